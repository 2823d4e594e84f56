import { Menu } from "@base-ui/react/menu";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { FilterText } from "../lib/cell-filter.ts";
import { COMBINATION_TITLES, COMBINATIONS } from "../lib/filters.ts";
import { combineFilterOf } from "../state/filter.ts";

/** One line of a context menu. */
export function Item(props: { children: ReactNode; onClick: () => void; disabled?: boolean; hint?: string }) {
  return (
    <Menu.Item className="menu-item" disabled={props.disabled} onClick={props.onClick}>
      <span className="menu-label">{props.children}</span>
      {props.hint ? <kbd>{props.hint}</kbd> : null}
    </Menu.Item>
  );
}

export function Line() {
  return <Menu.Separator className="menu-line" />;
}

export function Submenu({
  label,
  children,
  disabled,
}: {
  label: string;
  children: ReactNode;
  disabled?: boolean;
}) {
  return (
    <Menu.SubmenuRoot disabled={disabled}>
      <Menu.SubmenuTrigger className="menu-item" disabled={disabled}>
        <span className="menu-label">{label}</span>
        <ChevronRight size={13} className="menu-more" />
      </Menu.SubmenuTrigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" sideOffset={2} alignOffset={-5}>
          <Menu.Popup className="menu">{children}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.SubmenuRoot>
  );
}

/** "Apply as filter" and "Prepare as filter" with their six combinations. */
export function FilterSubmenus({ of }: { of: FilterText | null }) {
  return (
    <>
      {[true, false].map((apply) => (
        <Submenu
          key={String(apply)}
          label={apply ? "Apply as filter" : "Prepare as filter"}
          disabled={!of?.filter}
        >
          <div className="menu-heading">{of?.cut ? `${of.filter}…` : of?.filter}</div>
          {COMBINATIONS.map((how) => (
            <Item key={how} onClick={() => of && combineFilterOf(of, how, apply)}>
              {COMBINATION_TITLES[how]}
            </Item>
          ))}
        </Submenu>
      ))}
    </>
  );
}
