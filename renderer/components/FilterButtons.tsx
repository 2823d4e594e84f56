import { ContextMenu } from "@base-ui/react/context-menu";
import { Menu } from "@base-ui/react/menu";
import { Popover } from "@base-ui/react/popover";
import type { CompletionSource } from "@codemirror/autocomplete";
import { ChevronDown, ChevronsRight, Plus } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { FilterButton } from "../../engine/api.ts";
import { type ButtonEntry, groupButtons } from "../lib/filter-buttons.ts";
import { useJudged } from "../state/drafts.ts";
import { applyFilter, setFilterText, useFilter } from "../state/filter.ts";
import { call, useSession } from "../state/session.ts";
import { changeSettings, settings, useSettings } from "../state/settings.ts";
import { openFilters } from "../state/ui.ts";
import { Item, Line, Submenu } from "./ContextItems.tsx";
import { FilterField } from "./FilterField.tsx";

/** What the small form is about: a new button, or one there is. */
interface Editing {
  /** Index in the settings; null for a new one. */
  index: number | null;
  button: FilterButton;
}

const titleOf = ({ expression, comment }: FilterButton): string =>
  comment === "" ? expression : `${comment}\n${expression}`;

/** Buttons that apply a filter, menus of them, and the one that adds another. */
export function FilterButtons({ complete }: { complete: CompletionSource }) {
  const buttons = useSettings((state) => state.filterButtons);
  const inForce = useSession((state) => state.status.filter);
  const entries = useMemo(() => groupButtons(buttons), [buttons]);
  const [editing, setEditing] = useState<Editing | null>(null);
  const row = useRef<HTMLDivElement>(null);
  const plus = useRef<HTMLButtonElement>(null);
  const fit = useFitting(row, entries);
  const edit = (index: number) => {
    const button = settings().filterButtons[index];
    if (button) setEditing({ index, button });
  };
  const add = () => {
    const expression = useFilter.getState().text.trim() || useSession.getState().status.filter;
    setEditing({ index: null, button: { label: "", expression, comment: "", enabled: true } });
  };

  return (
    <>
      {entries.length > 0 ? (
        <div ref={row} className="filter-buttons" role="toolbar" aria-label="Filter buttons">
          {entries.map((entry, index) => (
            <TopEntry
              key={`${entry.kind} ${entry.label} ${entry.kind === "button" ? entry.index : ""}`}
              entry={entry}
              hidden={index >= fit}
              inForce={inForce}
              onEdit={edit}
            />
          ))}
        </div>
      ) : null}
      {fit < entries.length ? (
        <Menu.Root>
          <Menu.Trigger className="icon-button" aria-label="More filter buttons">
            <ChevronsRight size={14} />
          </Menu.Trigger>
          <MenuPopup label="More filter buttons">
            <Entries entries={entries.slice(fit)} />
          </MenuPopup>
        </Menu.Root>
      ) : null}
      <Popover.Root open={editing !== null} onOpenChange={(open) => (open ? add() : setEditing(null))}>
        <Popover.Trigger
          ref={plus}
          className="icon-button"
          aria-label="Add a filter button"
          title="Add a filter button"
        >
          <Plus size={14} />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner className="layer" align="end" sideOffset={6}>
            <Popover.Popup className="popover button-form" aria-label="Filter button">
              {editing ? (
                <ButtonForm
                  key={`${editing.index}`}
                  editing={editing}
                  complete={complete}
                  onClose={() => {
                    setEditing(null);
                    plus.current?.focus();
                  }}
                />
              ) : null}
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </>
  );
}

/** How many of the entries stand in the first line of their row; the others are hidden and offered in a menu. */
function useFitting(row: React.RefObject<HTMLDivElement | null>, entries: readonly ButtonEntry[]): number {
  const [fit, setFit] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const element = row.current;
    if (!element || entries.length === 0) return;
    const measure = () => {
      const children = [...element.children].filter((child) => child instanceof HTMLElement);
      const first = children[0]?.offsetTop ?? 0;
      const below = children.findIndex((child) => child.offsetTop > first);
      setFit(below < 0 ? Number.POSITIVE_INFINITY : below);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [row, entries]);
  return fit;
}

function TopEntry(props: {
  entry: ButtonEntry;
  hidden: boolean;
  inForce: string;
  onEdit: (index: number) => void;
}) {
  const { entry, hidden, inForce } = props;
  const style = hidden ? ({ visibility: "hidden" } as const) : undefined;
  if (entry.kind === "group") {
    const on = holds(entry, inForce);
    return (
      <ContextMenu.Root>
        <ContextMenu.Trigger render={<span className="filter-button-place" style={style} />}>
          <Menu.Root>
            <Menu.Trigger className={`filter-button${on ? " on" : ""}`}>
              {entry.label} <ChevronDown size={11} />
            </Menu.Trigger>
            <MenuPopup label={entry.label}>
              <Entries entries={entry.entries} />
            </MenuPopup>
          </Menu.Root>
        </ContextMenu.Trigger>
        <ContextPopup>
          <Item onClick={() => openFilters("buttons")}>Filter buttons…</Item>
        </ContextPopup>
      </ContextMenu.Root>
    );
  }
  const { button, index, label } = entry;
  const change = (list: FilterButton[]) => changeSettings({ filterButtons: list });
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger
        render={
          <button
            type="button"
            className={`filter-button${button.expression === inForce ? " on" : ""}`}
            style={style}
            title={titleOf(button)}
            onClick={() => void applyFilter(button.expression)}
          />
        }
      >
        {label}
      </ContextMenu.Trigger>
      <ContextPopup>
        <Item onClick={() => setFilterText(button.expression)}>Prepare as filter</Item>
        <Line />
        {/* The menu gives the focus back to the button before the form takes it. */}
        <Item onClick={() => setTimeout(() => props.onEdit(index))}>Edit…</Item>
        <Item
          onClick={() =>
            change(
              settings().filterButtons.map((each, at) => (at === index ? { ...each, enabled: false } : each)),
            )
          }
        >
          Disable
        </Item>
        <Item onClick={() => change(settings().filterButtons.filter((_, at) => at !== index))}>Remove</Item>
        <Line />
        <Item onClick={() => openFilters("buttons")}>Filter buttons…</Item>
      </ContextPopup>
    </ContextMenu.Root>
  );
}

function holds(entry: ButtonEntry, expression: string): boolean {
  return entry.kind === "button"
    ? entry.button.expression === expression
    : entry.entries.some((each) => holds(each, expression));
}

function Entries({ entries }: { entries: readonly ButtonEntry[] }) {
  return entries.map((entry) =>
    entry.kind === "group" ? (
      <Submenu key={`group ${entry.label}`} label={entry.label}>
        <Entries entries={entry.entries} />
      </Submenu>
    ) : (
      <Menu.Item
        key={entry.index}
        className="menu-item"
        title={entry.button.comment || undefined}
        onClick={() => void applyFilter(entry.button.expression)}
      >
        <span className="menu-label">{entry.label}</span>
        <code className="menu-code">{entry.button.expression}</code>
      </Menu.Item>
    ),
  );
}

function MenuPopup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu.Portal>
      <Menu.Positioner className="layer" align="end" sideOffset={4}>
        <Menu.Popup className="menu" aria-label={label}>
          {children}
        </Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  );
}

function ContextPopup({ children }: { children: ReactNode }) {
  return (
    <ContextMenu.Portal>
      <ContextMenu.Positioner className="layer">
        <ContextMenu.Popup className="menu">{children}</ContextMenu.Popup>
      </ContextMenu.Positioner>
    </ContextMenu.Portal>
  );
}

function ButtonForm(props: { editing: Editing; complete: CompletionSource; onClose: () => void }) {
  const { index, button: before } = props.editing;
  const [button, setButton] = useState(before);
  const { label, expression } = button;
  const { answer, fresh } = useJudged(expression, () => call("checkFilters", { expressions: [expression] }));
  const form = useRef<HTMLFormElement>(null);
  const ready = label.replaceAll("/", "").trim() !== "" && expression.trim() !== "";
  const keep = () => {
    if (!ready) return;
    const made = { ...button, label: label.trim(), expression: expression.trim() };
    const list = settings().filterButtons;
    changeSettings({
      filterButtons: index === null ? [...list, made] : list.map((each, at) => (at === index ? made : each)),
    });
    props.onClose();
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <label className="field inline">
        <span>Label</span>
        <input
          className="input"
          value={label}
          maxLength={200}
          placeholder="Retries, or Web//Retries in a menu"
          onChange={(event) => setButton({ ...button, label: event.target.value })}
        />
      </label>
      <div className="field inline editor">
        <span>Filter</span>
        <FilterField
          label="Filter of the button"
          text={expression}
          placeholder="Display filter"
          verdict={fresh ? (answer?.[0] ?? null) : null}
          complete={props.complete}
          onType={(text) => setButton((now) => ({ ...now, expression: text }))}
          onEnter={keep}
          onEscape={props.onClose}
        />
      </div>
      <label className="field inline">
        <span>Comment</span>
        <input
          className="input"
          value={button.comment}
          maxLength={1000}
          onChange={(event) => setButton({ ...button, comment: event.target.value })}
        />
      </label>
      <div className="row">
        <button type="button" className="text-button" onClick={() => openFilters("buttons")}>
          All buttons…
        </button>
        <span className="grow" />
        <button type="button" className="button" onClick={props.onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!ready}>
          {index === null ? "Add" : "Save"}
        </button>
      </div>
    </form>
  );
}
