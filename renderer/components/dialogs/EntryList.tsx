import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Drafts } from "../../state/drafts.ts";
import { IconButton } from "../CommandButton.tsx";

/**
 * A list whose entries are chosen, ordered, added and removed, from the keyboard above all: arrows choose, with Alt
 * they move the entry; Delete removes, Insert adds, Enter goes to the entry's fields, the space bar switches it.
 */
export function EntryList<T extends object>(props: {
  label: string;
  drafts: Drafts<T>;
  /** Said in place of an empty list. */
  empty: string;
  render: (entry: T, index: number) => ReactNode;
  className?: string;
  onAdd: () => void;
  onEdit: () => void;
  onToggle?: (index: number) => void;
  /** More buttons beside those of the list. */
  children?: ReactNode;
}) {
  const { drafts, onToggle } = props;
  const { entries, at } = drafts;
  const list = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const id = `entry-${props.label.replace(/\W+/g, "-").toLowerCase()}`;

  useEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const act = (run: () => void) => {
      event.preventDefault();
      run();
    };
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      if (event.key === "ArrowUp") act(() => drafts.move(at, at - 1));
      else if (event.key === "ArrowDown") act(() => drafts.move(at, at + 1));
      return;
    }
    if (event.key === "ArrowUp") act(() => drafts.select(at - 1));
    else if (event.key === "ArrowDown") act(() => drafts.select(at + 1));
    else if (event.key === "Home") act(() => drafts.select(0));
    else if (event.key === "End") act(() => drafts.select(entries.length - 1));
    else if (event.key === "PageUp") act(() => drafts.select(at - 8));
    else if (event.key === "PageDown") act(() => drafts.select(at + 8));
    else if (event.key === "Insert") act(props.onAdd);
    else if (at < 0) return;
    else if (event.key === "Delete") act(() => drafts.remove(at));
    else if (event.key === "Enter" || event.key === "F2") act(props.onEdit);
    else if (event.key === " " && onToggle) act(() => onToggle(at));
  };

  return (
    <div className="entry-part">
      <div
        ref={list}
        className={`entry-list ${props.className ?? ""}`}
        role="listbox"
        tabIndex={0}
        aria-label={props.label}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        data-initial-focus=""
        onKeyDown={onKeyDown}
      >
        {entries.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself takes the keys
          <div
            key={entry.draftId}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            data-at={index}
            className={`entry${index === at ? " at" : ""}${over === index && dragged !== index ? ` drop-${(dragged ?? 0) < index ? "after" : "before"}` : ""}`}
            draggable
            onClick={() => drafts.select(index)}
            onDoubleClick={props.onEdit}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", String(index));
              setDragged(index);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(index);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) drafts.move(dragged, index);
              setDragged(null);
              setOver(null);
            }}
          >
            {props.render(entry, index)}
          </div>
        ))}
        {entries.length === 0 ? <p className="entry-empty">{props.empty}</p> : null}
      </div>
      <div className="entry-tools" role="toolbar" aria-label={`${props.label}: change the list`}>
        <IconButton label="Add" hint="Ins" icon={<Plus size={14} />} onClick={props.onAdd} />
        <IconButton
          label="Remove"
          hint="Del"
          icon={<Trash2 size={13} />}
          disabled={at < 0}
          onClick={() => drafts.remove(at)}
        />
        <IconButton
          label="Move up"
          hint="Alt+↑"
          icon={<ArrowUp size={14} />}
          disabled={at < 1}
          onClick={() => drafts.move(at, at - 1)}
        />
        <IconButton
          label="Move down"
          hint="Alt+↓"
          icon={<ArrowDown size={14} />}
          disabled={at < 0 || at === entries.length - 1}
          onClick={() => drafts.move(at, at + 1)}
        />
        {props.children}
      </div>
    </div>
  );
}
