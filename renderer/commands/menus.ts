import { accelerator } from "../lib/shortcuts.ts";
import { useExplain } from "../state/explain.ts";
import { useFilter } from "../state/filter.ts";
import { useFind } from "../state/find.ts";
import { useHealth } from "../state/health.ts";
import { useSelection } from "../state/selection.ts";
import { useSession } from "../state/session.ts";
import { useSettings } from "../state/settings.ts";
import type { DesktopBridge, MenuEntry } from "../transport/types.ts";
import { type Command, MENUS, menuGroups, runCommand, shortcutsOf } from "./commands.ts";

function entryOf(command: Command, inSubmenu: boolean): MenuEntry {
  const shortcut = shortcutsOf(command, true)[0];
  return {
    kind: "command",
    id: command.id,
    label: inSubmenu ? (command.itemTitle ?? command.title) : command.title,
    accelerator: shortcut ? accelerator(shortcut) : "",
    enabled: command.enabled(),
    checked: command.checked ? command.checked() : null,
  };
}

/** The entries of one group, submenus where their first command stands. */
export function groupEntries(group: readonly Command[]): MenuEntry[] {
  const entries: MenuEntry[] = [];
  const submenus = new Map<string, MenuEntry[]>();
  for (const command of group) {
    if (!command.submenu) {
      entries.push(entryOf(command, false));
      continue;
    }
    let items = submenus.get(command.submenu);
    if (!items) {
      items = [];
      submenus.set(command.submenu, items);
      entries.push({ kind: "submenu", label: command.submenu, items });
    }
    items.push(entryOf(command, true));
  }
  return entries;
}

/** The whole menu bar as it is now. */
export function menuModel(): { label: string; items: MenuEntry[] }[] {
  return MENUS.map((menu) => ({
    label: menu,
    items: menuGroups(menu).flatMap((group, index) => [
      ...(index > 0 ? [{ kind: "separator" } as const] : []),
      ...groupEntries(group),
    ]),
  }));
}

/** Calls `listener` after any change that may enable, disable or check a command. */
export function onCommandState(listener: () => void): () => void {
  const ends = [useSession, useSelection, useSettings, useFilter, useFind, useExplain, useHealth].map(
    (store) => store.subscribe(listener),
  );
  return () => {
    for (const end of ends) end();
  };
}

const SEND_EVERY_MS = 100;

/** Keeps the desktop's native menu bar as this window's commands are, and runs what is chosen there. */
export function bindNativeMenu(bridge: DesktopBridge): () => void {
  const endCommands = bridge.onCommand?.((id) => {
    runCommand(id);
  });
  const send = bridge.setMenuState;
  if (!send) return () => endCommands?.();
  let last = "";
  let timer: ReturnType<typeof setTimeout> | null = null;
  const update = () => {
    timer = null;
    const menu: MenuEntry[] = menuModel().map((top) => ({ kind: "submenu", ...top }));
    const text = JSON.stringify(menu);
    if (text === last) return;
    last = text;
    send(menu);
  };
  update();
  const endState = onCommandState(() => {
    timer ??= setTimeout(update, SEND_EVERY_MS);
  });
  return () => {
    if (timer) clearTimeout(timer);
    endState();
    endCommands?.();
  };
}
