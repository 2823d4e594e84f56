/** One window with its session: native dialogs, messages checked for sender and shape, nothing lost on closing. */
import { homedir } from "node:os";
import { join } from "node:path";
import {
  BrowserWindow,
  dialog,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  nativeTheme,
  shell,
} from "electron";
import { ApiError, EVENTS, isMethod } from "../engine/api.ts";
import { installationFolder } from "../engine/installation.ts";
import { Session, type SessionHost } from "../engine/session/session.ts";
import {
  CHANNELS,
  callSchema,
  menuSchema,
  suggestedNameSchema,
  type WindowAction,
  windowActionSchema,
} from "./channels.ts";
import { setMenu } from "./menu.ts";
import { ORIGIN } from "./scheme.ts";

const CAPTURE_TYPES = ["pcapng", "pcap", "cap", "ntar", "dmp", "gz", "zst"];

/** Windows by the id of their contents. */
const windows = new Map<number, OpenWindow>();

interface OpenWindow {
  readonly window: BrowserWindow;
  readonly session: Session;
  readonly host: SessionHost;
}

/**
 * Opens a window.
 * @param file capture to open in it, null for the welcome screen
 */
export async function openWindow(host: SessionHost, file: string | null): Promise<BrowserWindow> {
  const session = new Session(host);
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 640,
    minHeight: 400,
    show: false,
    title: "Tapline",
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#16181b" : "#ffffff",
    icon: join(installationFolder(), "build", "icons", "png", "256x256.png"),
    webPreferences: {
      preload: join(installationFolder(), "dist", "electron", "preload.cjs"),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  const { id } = window.webContents;
  windows.set(id, { window, session, host });
  for (const event of EVENTS) {
    session.on(event, (data: unknown) => {
      if (!window.isDestroyed()) window.webContents.send(CHANNELS.event, event, data);
    });
  }
  // The window shows Tapline's own page and nothing else, whatever a packet says.
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith("https://")) void shell.openExternal(url);
    return { action: "deny" };
  });
  window.webContents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  window.once("ready-to-show", () => window.show());

  let decided = false;
  window.on("close", (event) => {
    if (decided || !session.unsaved) return;
    event.preventDefault();
    void mayClose(window, session).then((yes) => {
      if (!yes) return;
      decided = true;
      window.close();
    });
  });
  window.on("closed", () => {
    windows.delete(id);
    void session.end(false);
  });

  await window.loadURL(`${ORIGIN}/`);
  if (file !== null) void session.openAtStart(file);
  return window;
}

/** Asks what becomes of packets that exist only in the spool. */
async function mayClose(window: BrowserWindow, session: Session): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: "warning",
    message: "Save the captured packets before closing?",
    detail: "The capture has not been saved. Packets that are not saved are lost.",
    buttons: ["Save…", "Close without saving", "Cancel"],
    defaultId: 0,
    cancelId: 2,
  });
  if (response === 1) return true;
  if (response === 2) return false;
  const path = await chooseSavePath(window, "capture.pcapng");
  if (path === null) return false;
  try {
    await session.call("stopCapture", {});
    await session.call("save", { path, overwrite: true });
    return true;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    await dialog.showMessageBox(window, { type: "error", message: "The capture was not saved.", detail });
    return false;
  }
}

async function chooseFile(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: "Open capture file",
    properties: ["openFile"],
    filters: [
      { name: "Captures", extensions: CAPTURE_TYPES },
      { name: "All files", extensions: ["*"] },
    ],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

async function chooseSavePath(window: BrowserWindow, suggestedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: "Save capture file",
    defaultPath: join(homedir(), suggestedName),
    filters: [
      { name: "pcapng", extensions: ["pcapng", "gz"] },
      { name: "pcap", extensions: ["pcap", "gz"] },
    ],
    properties: ["showOverwriteConfirmation"],
  });
  return canceled || filePath === "" ? null : filePath;
}

/** The window a message came from, if it is our page in its top frame that sent it. */
function sender(event: IpcMainEvent | IpcMainInvokeEvent): OpenWindow | null {
  const found = windows.get(event.sender.id);
  if (found === undefined || event.senderFrame === null) return null;
  if (event.senderFrame.parent !== null || !event.senderFrame.url.startsWith(`${ORIGIN}/`)) return null;
  return found;
}

const REFUSED = new ApiError("BAD_REQUEST", "The message did not come from a Tapline window.");

/** Answers the messages of all windows; called once. */
export function answerWindows(): void {
  ipcMain.handle(CHANNELS.call, async (event, message: unknown) => {
    const from = sender(event);
    if (from === null) return { error: REFUSED.info };
    const parsed = callSchema.safeParse(message);
    if (!parsed.success || !isMethod(parsed.data.method)) {
      return { error: new ApiError("BAD_REQUEST", "There is no such request.").info };
    }
    try {
      return { result: await from.session.call(parsed.data.method, (parsed.data.params ?? {}) as never) };
    } catch (error) {
      return { error: error instanceof ApiError ? error.info : new ApiError("INTERNAL", String(error)).info };
    }
  });
  ipcMain.handle(CHANNELS.chooseFile, (event) => {
    const from = sender(event);
    return from === null ? null : chooseFile(from.window);
  });
  ipcMain.handle(CHANNELS.chooseSavePath, (event, name: unknown) => {
    const from = sender(event);
    const parsed = suggestedNameSchema.safeParse(name);
    return from === null || !parsed.success ? null : chooseSavePath(from.window, parsed.data);
  });
  ipcMain.handle(CHANNELS.openProtocolFolder, async (event) => {
    const from = sender(event);
    return from !== null && (await shell.openPath(from.host.protocols.folder)) === "";
  });
  ipcMain.on(CHANNELS.menu, (event, menu: unknown) => {
    const from = sender(event);
    const parsed = menuSchema.safeParse(menu);
    if (from !== null && parsed.success) setMenu(from.window, parsed.data);
  });
  ipcMain.on(CHANNELS.windowAction, (event, action: unknown) => {
    const from = sender(event);
    const parsed = windowActionSchema.safeParse(action);
    if (from !== null && parsed.success) act(from.window, parsed.data);
  });
}

const ZOOM_STEP = 0.5;

function act(window: BrowserWindow, action: WindowAction): void {
  const contents = window.webContents;
  switch (action) {
    case "zoom-in":
      contents.setZoomLevel(Math.min(contents.getZoomLevel() + ZOOM_STEP, 4));
      break;
    case "zoom-out":
      contents.setZoomLevel(Math.max(contents.getZoomLevel() - ZOOM_STEP, -2));
      break;
    case "zoom-reset":
      contents.setZoomLevel(0);
      break;
    case "close":
      window.close();
      break;
    case "full-screen":
      window.setFullScreen(!window.isFullScreen());
      break;
    case "developer-tools":
      contents.toggleDevTools();
      break;
  }
}
