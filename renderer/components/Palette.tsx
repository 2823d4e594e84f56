import { Command as Cmdk } from "cmdk";
import { Check } from "lucide-react";
import { COMMANDS, MENUS, offered, shortcutsOf } from "../commands/commands.ts";
import { isMac } from "../lib/platform.ts";
import { shortcutText } from "../lib/shortcuts.ts";
import { setUi, useUi } from "../state/ui.ts";

/**
 * How well a command fits what was typed: every word must occur in it; a match in the title, and at its
 * beginning, counts more.
 */
function score(value: string, search: string): number {
  const text = value.toLowerCase();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.every((word) => text.includes(word))) return 0;
  const at = text.indexOf(words[0] ?? "");
  return at === 0 ? 1 : text[at - 1] === " " ? 0.8 : 0.5;
}

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
      filter={score}
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
