import { Command as Cmdk } from "cmdk";
import { Check } from "lucide-react";
import { COMMANDS, MENUS, offered, shortcutsOf } from "../commands/commands.ts";
import { isMac } from "../lib/platform.ts";
import { shortcutText } from "../lib/shortcuts.ts";
import { setUi, useUi } from "../state/ui.ts";

/** Every command that is possible now, found by typing. */
export function Palette() {
  const open = useUi((state) => state.palette);
  if (!open) return null;
  const possible = COMMANDS.filter((command) => !command.quiet && offered(command) && command.enabled());
  return (
    <Cmdk.Dialog
      open
      onOpenChange={(next) => setUi({ palette: next })}
      label="Command palette"
      className="palette"
      overlayClassName="backdrop"
      contentClassName="palette-frame"
      loop
    >
      <Cmdk.Input placeholder="Type a command…" className="palette-input" />
      <Cmdk.List className="palette-list">
        <Cmdk.Empty className="palette-empty">No command of this name is possible now.</Cmdk.Empty>
        {MENUS.map((menu) => {
          const entries = possible.filter((command) => command.menu === menu);
          if (entries.length === 0) return null;
          return (
            <Cmdk.Group key={menu} heading={menu}>
              {entries.map((command) => (
                <Cmdk.Item
                  key={command.id}
                  value={`${command.title} ${command.menu} ${command.id}`}
                  onSelect={() => {
                    setUi({ palette: false });
                    // The palette gives its focus back first, so that a command may take it.
                    requestAnimationFrame(() => command.run());
                  }}
                >
                  <span className="menu-check">{command.checked?.() ? <Check size={13} /> : null}</span>
                  <span className="menu-label">{command.title}</span>
                  {shortcutsOf(command)[0] ? (
                    <kbd>{shortcutText(shortcutsOf(command)[0]!, isMac)}</kbd>
                  ) : null}
                </Cmdk.Item>
              ))}
            </Cmdk.Group>
          );
        })}
      </Cmdk.List>
    </Cmdk.Dialog>
  );
}
