import { Tooltip } from "@base-ui/react/tooltip";
import type { ReactNode } from "react";
import { useSyncExternalStore } from "react";
import { commandById, runCommand, shortcutsOf } from "../commands/commands.ts";
import { onCommandState } from "../commands/menus.ts";
import { isMac } from "../lib/platform.ts";
import { shortcutText } from "../lib/shortcuts.ts";

/** True while the command is possible. */
export function useEnabled(id: string): boolean {
  return useSyncExternalStore(onCommandState, () => commandById(id)?.enabled() ?? false);
}

/** A button with a tooltip that appears at once when another is shown already. */
export function IconButton(props: {
  label: string;
  hint?: string;
  icon: ReactNode;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
  className?: string;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            className={`icon-button ${props.className ?? ""}`}
            aria-label={props.label}
            aria-pressed={props.pressed}
            disabled={props.disabled}
            onClick={props.onClick}
          />
        }
      >
        {props.icon}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="layer">
          <Tooltip.Popup className="tooltip">
            {props.label}
            {props.hint ? <kbd>{props.hint}</kbd> : null}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** A toolbar button for a command of the table. */
export function CommandButton({ id, icon, className }: { id: string; icon: ReactNode; className?: string }) {
  const enabled = useEnabled(id);
  const command = commandById(id);
  if (!command) return null;
  const shortcut = shortcutsOf(command)[0];
  return (
    <IconButton
      label={command.title.replace(/…$/, "")}
      hint={shortcut ? shortcutText(shortcut, isMac) : ""}
      icon={icon}
      className={className ?? ""}
      disabled={!enabled}
      onClick={() => runCommand(id)}
    />
  );
}
