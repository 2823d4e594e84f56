import type { FilterButton } from "../../engine/api.ts";

/** What stands beside the filter bar: a button, or a menu of buttons. */
export type ButtonEntry =
  | { readonly kind: "button"; readonly label: string; readonly button: FilterButton; readonly index: number }
  | { readonly kind: "group"; readonly label: string; readonly entries: ButtonEntry[] };

/**
 * The buttons that are switched on, those whose labels are parted by `//` in menus: `Web//Errors//4xx` is the button
 * 4xx in the menu Errors in the menu Web. A menu stands where its first button does.
 */
export function groupButtons(buttons: readonly FilterButton[]): ButtonEntry[] {
  const top: ButtonEntry[] = [];
  buttons.forEach((button, index) => {
    if (!button.enabled) return;
    const parts = button.label
      .split("//")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    const label = parts.pop() ?? button.label;
    let entries = top;
    for (const part of parts) {
      let group = entries.find((entry) => entry.kind === "group" && entry.label === part);
      if (group?.kind !== "group") {
        group = { kind: "group", label: part, entries: [] };
        entries.push(group);
      }
      entries = group.entries;
    }
    entries.push({ kind: "button", label, button, index });
  });
  return top;
}
