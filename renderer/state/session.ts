import { create } from "zustand";
import type { ColorRule, Hello, Method, Notice, ParamsIn, Results, Status } from "../../engine/api.ts";
import { type Connection, errorInfo, RequestError, type Transport } from "../transport/types.ts";

export const EMPTY_STATUS: Status = {
  capture: 0,
  view: 0,
  file: null,
  frames: 0,
  displayed: 0,
  filter: "",
  sort: null,
  replay: null,
  progress: [],
  live: {
    phase: "idle",
    interfaces: [],
    options: null,
    packets: 0,
    received: null,
    droppedByKernel: null,
    droppedByInterface: null,
    bytes: 0,
    elapsed: 0,
    rates: [],
    drops: null,
    paused: false,
    files: null,
    error: null,
    caveats: [],
  },
  unsaved: false,
  notices: [],
};

export interface Message extends Notice {
  id: number;
}

interface SessionState {
  connection: Connection;
  hello: Hello | null;
  status: Status;
  colorRules: ColorRule[];
  /** Rises when the colouring rules changed. */
  colorings: number;
  /** What the window tells the user beside its panes, the newest last. */
  messages: Message[];
}

/** The engine's state as this window knows it. */
export const useSession = create<SessionState>()(() => ({
  connection: "connecting",
  hello: null,
  status: EMPTY_STATUS,
  colorRules: [],
  colorings: 0,
  messages: [],
}));

let transport: Transport | null = null;

/** Binds the window to its engine; called once. */
export function setTransport(value: Transport): void {
  transport = value;
}

/** Asks the engine. Throws RequestError when it refuses or cannot be reached. */
export function call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
  if (!transport) {
    return Promise.reject(
      new RequestError({ code: "INTERNAL", message: "The engine is not connected yet." }),
    );
  }
  return transport.call(method, params);
}

export const status = (): Status => useSession.getState().status;

/** True while packets come in or are about to. */
export function isCapturing(state: Status = status()): boolean {
  return state.live.phase !== "idle";
}

/** True while packets come in, of a capture or in a file that another program writes. */
export function isGrowing(state: Status): boolean {
  return isCapturing(state) || (state.file?.following ?? false);
}

/** True when there is a capture to show: a file, or a capture that runs. */
export function hasCapture(state: Status = status()): boolean {
  return state.file !== null || isCapturing(state);
}

export const isDesktop = (): boolean => typeof window !== "undefined" && window.tapline !== undefined;

let nextMessage = 1;
const NOTE_STAYS_MS = 6000;
const SHOWN_MESSAGES = 5;

/**
 * Shows a message; notes leave by themselves, warnings and errors stay until dismissed.
 * @param about what it is about: it takes the place of an earlier message about the same
 */
export function tell(severity: Notice["severity"], message: string, about = ""): void {
  const id = nextMessage++;
  useSession.setState((state) => ({
    messages: [
      ...state.messages.filter((old) => old.message !== message && (about === "" || old.about !== about)),
      { id, severity, message, ...(about === "" ? {} : { about }) },
    ].slice(-SHOWN_MESSAGES),
  }));
  if (severity === "note") setTimeout(() => dismiss(id), NOTE_STAYS_MS);
}

/** What the messages about a capture, and about why none could be started, are about. */
export const ABOUT_CAPTURE = "capture";

/** Takes away what was said of a capture and its interfaces: another takes its place. */
export function dismissCapture(): void {
  useSession.setState((state) => ({
    messages: state.messages.filter(
      ({ about = "" }) => about !== ABOUT_CAPTURE && !about.startsWith("interface "),
    ),
  }));
}

export function dismiss(id: number): void {
  useSession.setState((state) => ({ messages: state.messages.filter((message) => message.id !== id) }));
}

/** Shows why a request failed, unless the user himself cancelled it. */
export function tellError(error: unknown, about = ""): void {
  const info = errorInfo(error);
  if (info.code !== "CANCELLED") tell("error", info.message, about);
}
