import type { ParamsIn } from "../../engine/api.ts";
import { withHistory } from "../lib/filters.ts";
import { counted } from "../lib/format.ts";
import { againOptions } from "../lib/output.ts";
import { ownOfThese } from "../lib/reading.ts";
import { errorInfo } from "../transport/types.ts";
import { upload } from "../transport/upload.ts";
import { call, hasCapture, isCapturing, status, tell, tellError } from "./session.ts";
import { changeSettings, settings } from "./settings.ts";
import { askUnsaved, closeDialog, openDialog, setUi, ui } from "./ui.ts";

const HISTORY_LIMIT = 30;

/**
 * Runs an action that would throw away unsaved packets: asks first, saves first when that is the answer, and
 * tells the action whether it may discard.
 */
async function guarded(action: string, run: (discard: boolean) => Promise<void>): Promise<void> {
  const discards = status().unsaved;
  if (discards) {
    const choice = await askUnsaved(action);
    if (choice === "cancel") return;
    if (choice === "save") {
      if (isCapturing()) await call("stopCapture", {});
      setUi({ saveWhich: "all", afterSave: () => void guarded(action, run) });
      openDialogForSave();
      return;
    }
  }
  try {
    await run(discards);
  } catch (error) {
    // Packets may have come in since the status was sent.
    if (errorInfo(error).code === "UNSAVED" && !discards) await guardedAgain(action, run);
    else tellError(error);
  }
}

async function guardedAgain(action: string, run: (discard: boolean) => Promise<void>): Promise<void> {
  const choice = await askUnsaved(action);
  if (choice === "discard") await run(true).catch(tellError);
  if (choice === "save") {
    setUi({ saveWhich: "all", afterSave: () => void guarded(action, run) });
    openDialogForSave();
  }
}

/**
 * Opens a capture by its path on the engine's machine.
 * @param follow true to show what another program writes to it, as it is written
 */
export function openPath(path: string, follow = false): Promise<void> {
  return guarded("Opening another capture", async (discard) => {
    closeDialog();
    if (follow) setUi({ following: true });
    const result = await call("open", { path, discard, follow });
    if (result.cancelled) {
      tell("note", `Reading was stopped; ${counted(result.frames, "packet")} can be looked at.`);
    }
  });
}

/** Asks for a capture to open: natively on the desktop, with the folder dialog in the browser. */
export async function chooseAndOpen(): Promise<void> {
  const choose = window.tapline?.chooseFile;
  if (!choose) {
    openDialog("open");
    return;
  }
  const path = await choose();
  if (path !== null) await openPath(path);
}

/** Opens a file dropped on the window or chosen from this machine. */
export async function openFile(file: File): Promise<void> {
  const path = window.tapline?.pathOfFile?.(file);
  if (path) {
    await openPath(path);
    return;
  }
  const controller = new AbortController();
  setUi({ upload: { name: file.name, done: 0, cancel: () => controller.abort() } });
  try {
    const sent = await upload(
      file,
      (done) => setUi((state) => ({ upload: state.upload ? { ...state.upload, done } : null })),
      controller.signal,
    );
    setUi({ upload: null });
    await openPath(sent.path);
  } catch (error) {
    setUi({ upload: null });
    tellError(error);
  }
}

export function closeCapture(): Promise<void> {
  return guarded("Closing the capture", async (discard) => {
    if (isCapturing()) await call("stopCapture", {});
    await call("close", { discard });
  });
}

/** Reads the open file as it grows, or no further than it is now. */
export async function followFile(): Promise<void> {
  const { file } = status();
  if (file?.following) await call("stopFollowing", {}).catch(tellError);
  else if (file) await openPath(file.path, true);
}

export async function reloadCapture(): Promise<void> {
  await call("reload", {}).catch(tellError);
}

/** Starts a capture; its options are remembered for the next time. */
export function startCapture(options: ParamsIn<"startCapture">["options"]): Promise<void> {
  return guarded("Starting a new capture", async (discard) => {
    const filter = options.filter?.trim() ?? "";
    // The engine keeps the options; it knows the passwords among what programs are given.
    if (filter)
      changeSettings({
        captureFilterHistory: withHistory(settings().captureFilterHistory, filter, HISTORY_LIMIT),
      });
    setUi({ following: true });
    if (isCapturing()) await call("stopCapture", {});
    const perInterface = ownOfThese(options.perInterface, options.interfaces);
    await call("startCapture", { options: { ...options, filter, perInterface }, discard });
    closeDialog();
  });
}

/** Starts with the options used last; asks for them when there are none. */
export function startAgain(): void {
  const { interfaces, ...rest } = againOptions(settings().capture);
  if (interfaces && interfaces.length > 0) void startCapture({ ...rest, interfaces });
  else openDialog("capture");
}

export async function stopCapture(): Promise<void> {
  await call("stopCapture", {}).catch(tellError);
}

export function restartCapture(): Promise<void> {
  return guarded("Restarting the capture", async (discard) => {
    setUi({ following: true });
    await call("restartCapture", { discard });
  });
}

/** Keeps the list as it is while packets go on being captured; a second time, goes on with it. */
export async function pauseView(): Promise<void> {
  await call("pauseView", { on: !status().live.paused }).catch(tellError);
}

/** Opens a capture that was left behind; answers whether it is open now. */
export async function openLeftBehind(id: string): Promise<boolean> {
  let isOpen = false;
  await guarded("Opening another capture", async (discard) => {
    await call("recover", { action: "open", id, discard });
    isOpen = true;
  });
  return isOpen;
}

/** Opens the save dialog. */
export function openDialogForSave(which: "all" | "displayed" | "selected" | "range" = "all"): void {
  setUi({ saveWhich: which });
  openDialog("save");
}

/** Saves and closes the save dialog. What goes wrong is thrown, for the dialog to show or to ask about. */
export async function save(params: ParamsIn<"save">): Promise<void> {
  const result = await call("save", params);
  tell("note", `Saved ${counted(result.frames, "packet")} to ${result.path}.`);
  const after = ui().afterSave;
  closeDialog();
  after?.();
}

/** Ctrl+S: there is something to save only after a capture; a file that was opened is saved under a new name. */
export const canSave = (): boolean => hasCapture() && status().frames > 0;
