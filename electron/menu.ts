/** The native menu bar, built from what the window says its commands are. */
import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from "electron";
import { CHANNELS, type MenuEntry } from "./channels.ts";

/** Sets the menu bar; choosing an entry sends its command to the window, which owns all commands. */
export function setMenu(window: BrowserWindow, entries: readonly MenuEntry[]): void {
  const own: MenuItemConstructorOptions[] = process.platform === "darwin" ? [{ role: "appMenu" }] : [];
  const menu = Menu.buildFromTemplate([...own, ...entries.map((entry) => item(window, entry))]);
  if (process.platform === "darwin") Menu.setApplicationMenu(menu);
  else window.setMenu(menu);
}

function item(window: BrowserWindow, entry: MenuEntry): MenuItemConstructorOptions {
  if (entry.kind === "separator") return { type: "separator" };
  if (entry.kind === "submenu") {
    return { label: entry.label, submenu: entry.items.map((child) => item(window, child)) };
  }
  return {
    id: entry.id,
    label: entry.label,
    enabled: entry.enabled,
    ...(entry.accelerator === "" ? {} : { accelerator: entry.accelerator }),
    // The window handles the keys itself, the same on every face; the menu only shows them.
    registerAccelerator: false,
    ...(entry.checked === null ? {} : { type: "checkbox" as const, checked: entry.checked }),
    click: () => window.webContents.send(CHANNELS.command, entry.id),
  };
}
