/** Names and shapes of what travels between the main process and the preload script; checked in the main process. */
import { z } from "zod";

export const CHANNELS = {
  /** renderer → main, answered: one request of the contract. */
  call: "tapline:call",
  /** main → renderer: one event of the contract. */
  event: "tapline:event",
  chooseFile: "tapline:choose-file",
  chooseSavePath: "tapline:choose-save-path",
  /** main → renderer: a command of the native menu. */
  command: "tapline:command",
  /** renderer → main: the menu bar as it should be now. */
  menu: "tapline:menu",
  openProtocolFolder: "tapline:open-protocol-folder",
  windowAction: "tapline:window-action",
} as const;

export const callSchema = z.object({ method: z.string().max(100), params: z.unknown() });
export const suggestedNameSchema = z.string().max(1000);
export const windowActionSchema = z.enum([
  "zoom-in",
  "zoom-out",
  "zoom-reset",
  "close",
  "full-screen",
  "developer-tools",
]);
export type WindowAction = z.infer<typeof windowActionSchema>;

export type MenuEntry =
  | { kind: "separator" }
  | { kind: "submenu"; label: string; items: MenuEntry[] }
  | {
      kind: "command";
      id: string;
      label: string;
      accelerator: string;
      enabled: boolean;
      checked: boolean | null;
    };

const menuEntry: z.ZodType<MenuEntry> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("separator") }),
    z.object({ kind: z.literal("submenu"), label: z.string().max(200), items: z.array(menuEntry).max(200) }),
    z.object({
      kind: z.literal("command"),
      id: z.string().max(100),
      label: z.string().max(200),
      accelerator: z.string().max(100),
      enabled: z.boolean(),
      checked: z.boolean().nullable(),
    }),
  ]),
);
export const menuSchema = z.array(menuEntry).max(20);
