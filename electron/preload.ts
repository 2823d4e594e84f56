/**
 * Runs in the sandboxed window before the page: offers it `window.tapline`, and nothing else of Electron or Node.
 * The shape is the renderer's `DesktopBridge`.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from "electron";

// The preload must be one self-contained file, so the channel names are repeated by value; a test compares them.
const CHANNELS = {
  call: "tapline:call",
  event: "tapline:event",
  chooseFile: "tapline:choose-file",
  chooseSavePath: "tapline:choose-save-path",
  command: "tapline:command",
  menu: "tapline:menu",
  openProtocolFolder: "tapline:open-protocol-folder",
  windowAction: "tapline:window-action",
} as const;

/** Listens to a channel; returns the function that ends it. */
function listen(channel: string, listener: (...args: never[]) => void): () => void {
  const onMessage = (_event: IpcRendererEvent, ...args: unknown[]): void => listener(...(args as never[]));
  ipcRenderer.on(channel, onMessage);
  return () => ipcRenderer.removeListener(channel, onMessage);
}

contextBridge.exposeInMainWorld("tapline", {
  call: (method: string, params: unknown) => ipcRenderer.invoke(CHANNELS.call, { method, params }),
  on: (event: string, listener: (data: unknown) => void) =>
    listen(CHANNELS.event, (name: string, data: unknown) => {
      if (name === event) listener(data);
    }),
  chooseFile: () => ipcRenderer.invoke(CHANNELS.chooseFile),
  chooseSavePath: (suggestedName: string) => ipcRenderer.invoke(CHANNELS.chooseSavePath, suggestedName),
  pathOfFile: (file: File) => webUtils.getPathForFile(file),
  onCommand: (listener: (id: string) => void) => listen(CHANNELS.command, listener),
  setMenuState: (menu: unknown) => ipcRenderer.send(CHANNELS.menu, menu),
  openProtocolFolder: () => ipcRenderer.invoke(CHANNELS.openProtocolFolder),
  windowAction: (action: string) => ipcRenderer.send(CHANNELS.windowAction, action),
});
