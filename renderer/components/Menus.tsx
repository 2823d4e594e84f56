import { Menu } from "@base-ui/react/menu";
import { Menubar } from "@base-ui/react/menubar";
import { Check, ChevronRight } from "lucide-react";
import { useSyncExternalStore } from "react";
import { type Command, MENUS, type MenuName, menuGroups, shortcutsOf } from "../commands/commands.ts";
import { onCommandState } from "../commands/menus.ts";
import { isMac } from "../lib/platform.ts";
import { shortcutText } from "../lib/shortcuts.ts";

function CommandItem({ command, inSubmenu = false }: { command: Command; inSubmenu?: boolean }) {
  const enabled = useSyncExternalStore(onCommandState, command.enabled);
  const checked = useSyncExternalStore(onCommandState, () => command.checked?.() ?? false);
  const shortcut = shortcutsOf(command)[0];
  const label = inSubmenu ? (command.itemTitle ?? command.title) : command.title;
  const content = (
    <>
      <span className="menu-check">{command.checked && checked ? <Check size={13} /> : null}</span>
      <span className="menu-label">{label}</span>
      {shortcut ? <kbd>{shortcutText(shortcut, isMac)}</kbd> : null}
    </>
  );
  if (command.checked) {
    return (
      <Menu.CheckboxItem
        className="menu-item"
        checked={checked}
        disabled={!enabled}
        closeOnClick
        onClick={command.run}
      >
        {content}
      </Menu.CheckboxItem>
    );
  }
  return (
    <Menu.Item className="menu-item" disabled={!enabled} onClick={command.run}>
      {content}
    </Menu.Item>
  );
}

function GroupItems({ group }: { group: Command[] }) {
  const shown = new Set<string>();
  return (
    <>
      {group.map((command) => {
        if (!command.submenu) return <CommandItem key={command.id} command={command} />;
        if (shown.has(command.submenu)) return null;
        shown.add(command.submenu);
        return (
          <Menu.SubmenuRoot key={command.submenu}>
            <Menu.SubmenuTrigger className="menu-item">
              <span className="menu-check" />
              <span className="menu-label">{command.submenu}</span>
              <ChevronRight size={13} className="menu-more" />
            </Menu.SubmenuTrigger>
            <Menu.Portal>
              <Menu.Positioner className="layer" sideOffset={2} alignOffset={-5}>
                <Menu.Popup className="menu">
                  {group
                    .filter((entry) => entry.submenu === command.submenu)
                    .map((entry) => (
                      <CommandItem key={entry.id} command={entry} inSubmenu />
                    ))}
                </Menu.Popup>
              </Menu.Positioner>
            </Menu.Portal>
          </Menu.SubmenuRoot>
        );
      })}
    </>
  );
}

function MenuContent({ menu }: { menu: MenuName }) {
  return menuGroups(menu).map((group, index) => (
    <div key={group[0]?.id} role="none">
      {index > 0 ? <Menu.Separator className="menu-line" /> : null}
      <GroupItems group={group} />
    </div>
  ));
}

/** The menu bar of the browser face; on the desktop the system's own takes its place. */
export function MenuBar() {
  return (
    <Menubar className="menubar" aria-label="Menu bar">
      {MENUS.map((menu) => (
        <Menu.Root key={menu}>
          <Menu.Trigger className="menubar-item">{menu}</Menu.Trigger>
          <Menu.Portal>
            <Menu.Positioner className="layer" sideOffset={4} align="start">
              <Menu.Popup className="menu">
                <MenuContent menu={menu} />
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.Root>
      ))}
    </Menubar>
  );
}
