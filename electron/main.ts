/**
 * The desktop app's main process. It owns the captures and the decode workers; all it knows of them is the
 * engine's `Session`.
 *
 *   electron <folder of Tapline> [FILE]
 */
import { resolve } from "node:path";
import { app, BrowserWindow, dialog } from "electron";
import { makeHost } from "../engine/session/host.ts";
import { registerScheme, serveScheme } from "./scheme.ts";
import { answerWindows, openWindow } from "./window.ts";

/** The capture named on a command line, null for none. Packaged, the program itself is the only word before it. */
function fileOf(argv: readonly string[], folder: string): string | null {
  const words = argv.slice(app.isPackaged ? 1 : 2).filter((word) => !word.startsWith("-"));
  return words[0] === undefined ? null : resolve(folder, words[0]);
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
  void app
    .whenReady()
    .then(async () => {
      const host = makeHost("desktop");
      serveScheme();
      answerWindows();
      app.on("second-instance", (_event, argv, folder) => void openWindow(host, fileOf(argv, folder)));
      app.removeAllListeners("open-file");
      app.on("open-file", (event, path) => {
        event.preventDefault();
        void openWindow(host, path);
      });
      app.on("activate", () => {
        if (BrowserWindow.getAllWindows().length === 0) void openWindow(host, null);
      });
      app.on("window-all-closed", () => {
        if (process.platform === "darwin") return;
        void host.desk.close();
        app.quit();
      });
      await openWindow(host, waiting);
    })
    .catch((error: unknown) => {
      dialog.showErrorBox("Tapline cannot start", error instanceof Error ? error.message : String(error));
      app.exit(2);
    });
}
