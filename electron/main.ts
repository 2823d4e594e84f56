/**
 * The desktop app's main process. It owns the captures and the decode workers; all it knows of them is the
 * engine's `Session`.
 *
 *   electron <folder of Tapline> [--protocol-file FILE] [FILE]
 */
import { resolve } from "node:path";
import { app, BrowserWindow, dialog } from "electron";
import { makeHost } from "../engine/session/host.ts";
import { registerScheme, serveScheme } from "./scheme.ts";
import { answerWindows, openWindow } from "./window.ts";

/** The capture named on a command line, null for none. Packaged, the program itself is the only word before it. */
function fileOf(argv: readonly string[], folder: string): string | null {
  const words = argv.slice(app.isPackaged ? 1 : 2);
  const file = words.find((word, i) => !word.startsWith("-") && words[i - 1] !== PROTOCOL_FILE);
  return file === undefined ? null : resolve(folder, file);
}

const PROTOCOL_FILE = "--protocol-file";

/** The protocol files named on a command line, as `--protocol-file FILE` or `--protocol-file=FILE`. */
function protocolFilesOf(argv: readonly string[], folder: string): string[] {
  return argv.flatMap((word, i) => {
    if (word.startsWith(`${PROTOCOL_FILE}=`)) return [resolve(folder, word.slice(PROTOCOL_FILE.length + 1))];
    const next = argv.at(i + 1);
    return word === PROTOCOL_FILE && next !== undefined ? [resolve(folder, next)] : [];
  });
}

registerScheme();

if (!app.requestSingleInstanceLock()) {
  // The first instance gets this one's command line and opens a window for it.
  app.quit();
} else {
  let waiting = fileOf(process.argv, process.env.INIT_CWD ?? process.cwd());
  app.on("open-file", (event, path) => {
    event.preventDefault();
    waiting = path;
  });
  app.whenReady().then(start).catch(cannotStart);

  async function start(): Promise<void> {
    const host = makeHost("desktop", protocolFilesOf(process.argv, process.env.INIT_CWD ?? process.cwd()));
    serveScheme();
    answerWindows();
    const open = (file: string | null): void => {
      openWindow(host, file).catch(cannotStart);
    };
    app.on("second-instance", (_event, argv, folder) => open(fileOf(argv, folder)));
    app.removeAllListeners("open-file");
    app.on("open-file", (event, path) => {
      event.preventDefault();
      open(path);
    });
    app.on("activate", () => {
      if (BrowserWindow.getAllWindows().length === 0) open(null);
    });
    app.on("window-all-closed", () => {
      if (process.platform === "darwin") return;
      void host.desk.close();
      host.protocols.close();
      app.quit();
    });
    await openWindow(host, waiting);
  }
}

/** Says why there is no window, and ends when there is no other one. */
function cannotStart(error: unknown): void {
  dialog.showErrorBox("Tapline cannot start", error instanceof Error ? error.message : String(error));
  if (BrowserWindow.getAllWindows().length === 0) app.exit(2);
}
