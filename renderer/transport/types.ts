import type { Api, ErrorInfo, EventName, Events, Method, ParamsIn, Results } from "../../engine/api.ts";

/** A menu as the desktop's native menu bar is built from. JSON. */
export type MenuEntry =
  | { kind: "separator" }
  | { kind: "submenu"; label: string; items: MenuEntry[] }
  | {
      kind: "command";
      id: string;
      label: string;
      /** Electron accelerator; shown only, the window handles the keys itself. Empty for none. */
      accelerator: string;
      enabled: boolean;
      /** True or false for items that carry a check mark, null for the others. */
      checked: boolean | null;
    };

/** What the desktop's preload script puts into `window.tapline`. */
export interface DesktopBridge {
  call(method: string, params: unknown): Promise<{ result: unknown } | { error: ErrorInfo }>;
  on(event: string, listener: (data: unknown) => void): () => void;
  /** Native dialog for a capture to open; null when it was cancelled. */
  chooseFile?(): Promise<string | null>;
  /** Native dialog for where to save; null when it was cancelled. It asks itself before overwriting. */
  chooseSavePath?(suggestedName: string): Promise<string | null>;
  /** Path of a file that was dropped on the window. */
  pathOfFile?(file: File): string;
  /** A command of the native menu was chosen. */
  onCommand?(listener: (id: string) => void): () => void;
  /** The whole menu bar, sent whenever an entry changed. */
  setMenuState?(menu: MenuEntry[]): void;
  /** Shows the folder of protocol files in the system's file manager; false when it cannot. */
  openProtocolFolder?(): Promise<boolean>;
  windowAction?(action: "zoom-in" | "zoom-out" | "zoom-reset"): void;
}

declare global {
  interface Window {
    tapline?: DesktopBridge;
  }
}

/** A failed request. Looks like the engine's ApiError, whose class stays on the engine's side. */
export class RequestError extends Error {
  override readonly name = "ApiError";
  readonly info: ErrorInfo;
  constructor(info: ErrorInfo) {
    super(info.message);
    this.info = info;
  }
}

/** What went wrong, whatever was thrown. */
export function errorInfo(error: unknown): ErrorInfo {
  if (error instanceof RequestError) return error.info;
  if (error instanceof Error) return { code: "INTERNAL", message: error.message };
  return { code: "INTERNAL", message: String(error) };
}

export type Connection = "connecting" | "open" | "lost";

/** The engine, and whether it can be reached. */
export interface Transport extends Api {
  call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]>;
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void;
  onConnection(listener: (state: Connection) => void): () => void;
}
