import { Menu } from "@base-ui/react/menu";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type CSSProperties, memo, type Ref, useRef, useState } from "react";
import {
  type ColumnSetting,
  hiddenColumns,
  moveColumn,
  removeColumn,
  resetColumns,
  resizeColumn,
  showColumn,
} from "../state/columns.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { Item, Line, Submenu } from "./ContextItems.tsx";

const DRAG_THRESHOLD = 5;

/** Sorts by a column; the third time the order of the capture comes back. */
function toggleSort(column: ColumnSetting["column"]): void {
  const { sort } = useSession.getState().status;
  const next =
    sort?.column !== column
      ? { column, descending: false }
      : sort.descending
        ? { column: null }
        : { column, descending: true };
  call("sort", next).catch(tellError);
}

/** Headings of the packet list: click sorts, drag moves, the edge resizes, right click offers the rest. */
export const ListHeader = memo(function ListHeader({
  columns,
  innerRef,
}: {
  columns: ColumnSetting[];
  innerRef: Ref<HTMLDivElement>;
}) {
  const sort = useSession((state) => state.status.sort);
  const cells = useRef<(HTMLDivElement | null)[]>([]);
  const [focus, setFocus] = useState(0);
  const [drag, setDrag] = useState<{ from: number; to: number; dx: number } | null>(null);
  const [menu, setMenu] = useState<{ index: number; anchor: Element } | null>(null);

  const startResize = (index: number, event: React.PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const startX = event.clientX;
    const startWidth = columns[index]!.width;
    follow(
      event,
      (move) => resizeColumn(index, startWidth + move.clientX - startX),
      () => {},
    );
  };

  const startDrag = (index: number, event: React.PointerEvent) => {
    if (event.button !== 0) return;
    const startX = event.clientX;
    let target = index;
    let moved = false;
    follow(
      event,
      (move) => {
        const dx = move.clientX - startX;
        if (!moved && Math.abs(dx) < DRAG_THRESHOLD) return;
        moved = true;
        target = columnAt(move.clientX);
        setDrag({ from: index, to: target, dx });
      },
      (cancelled) => {
        setDrag(null);
        if (cancelled) return;
        if (!moved) toggleSort(columns[index]!.column);
        else if (target !== index) moveColumn(index, target);
      },
    );
  };

  const columnAt = (x: number): number => {
    for (let index = 0; index < columns.length; index++) {
      const box = cells.current[index]?.getBoundingClientRect();
      if (box && x < box.right) return index;
    }
    return columns.length - 1;
  };

  const onKeyDown = (index: number, event: React.KeyboardEvent) => {
    const column = columns[index]!;
    const to = event.key === "ArrowLeft" ? index - 1 : event.key === "ArrowRight" ? index + 1 : index;
    if (event.key === "Enter" || event.key === " ") toggleSort(column.column);
    else if (to !== index && event.shiftKey) resizeColumn(index, column.width + (to - index) * 8);
    else if (to !== index && event.altKey && columns[to]) {
      moveColumn(index, to);
      focusCell(to);
    } else if (to !== index && columns[to]) focusCell(to);
    else if (event.key === "Delete") removeColumn(index);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      setMenu({ index, anchor: event.currentTarget });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const focusCell = (index: number) => {
    setFocus(index);
    cells.current[index]?.focus();
  };

  const chosen = menu ? columns[menu.index] : undefined;
  return (
    <div className="list-header" role="rowgroup">
      <div className="header-row" role="row" aria-rowindex={1} tabIndex={-1} ref={innerRef}>
        <span className="gutter" role="none" />
        {columns.map((entry, index) => {
          const sorted = sort?.column === entry.column ? sort : null;
          const style: CSSProperties =
            drag?.from === index ? { transform: `translateX(${drag.dx}px)`, zIndex: 2 } : {};
          return (
            <div
              key={entry.column}
              ref={(element) => {
                cells.current[index] = element;
              }}
              role="columnheader"
              tabIndex={index === Math.min(focus, columns.length - 1) ? 0 : -1}
              aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : "none"}
              title={entry.column.startsWith("field:") ? entry.column.slice(6) : undefined}
              className={`header-cell ${drag && drag.to === index && drag.from !== index ? (drag.to < drag.from ? "drop-before" : "drop-after") : ""} ${drag?.from === index ? "dragged" : ""} ${entry.column === "number" || entry.column === "length" ? "right" : ""}`}
              style={style}
              onPointerDown={(event) => startDrag(index, event)}
              onKeyDown={(event) => onKeyDown(index, event)}
              onContextMenu={(event) => {
                event.preventDefault();
                event.stopPropagation();
                setMenu({ index, anchor: event.currentTarget });
              }}
            >
              <span className="header-title">{entry.title}</span>
              {sorted ? sorted.descending ? <ArrowDown size={11} /> : <ArrowUp size={11} /> : null}
              {index < columns.length - 1 ? (
                <span className="resizer" role="none" onPointerDown={(event) => startResize(index, event)} />
              ) : null}
            </div>
          );
        })}
      </div>
      <Menu.Root open={menu !== null} onOpenChange={(open) => !open && setMenu(null)} modal={false}>
        <Menu.Portal>
          <Menu.Positioner className="layer" anchor={menu?.anchor ?? null} align="start" sideOffset={1}>
            <Menu.Popup className="menu" aria-label="Column">
              {chosen && menu ? (
                <>
                  <Item
                    onClick={() =>
                      call("sort", { column: chosen.column, descending: false }).catch(tellError)
                    }
                  >
                    Sort ascending
                  </Item>
                  <Item
                    onClick={() => call("sort", { column: chosen.column, descending: true }).catch(tellError)}
                  >
                    Sort descending
                  </Item>
                  <Item disabled={!sort} onClick={() => call("sort", { column: null }).catch(tellError)}>
                    Order of the capture
                  </Item>
                  <Line />
                  <Item disabled={columns.length < 2} onClick={() => removeColumn(menu.index)}>
                    {chosen.column.startsWith("field:") ? "Remove this column" : "Hide this column"}
                  </Item>
                  <Submenu label="Show column" disabled={hiddenColumns(columns).length === 0}>
                    {hiddenColumns(columns).map((entry) => (
                      <Item key={entry.column} onClick={() => showColumn(entry.column)}>
                        {entry.title}
                      </Item>
                    ))}
                  </Submenu>
                  <Item onClick={resetColumns}>Default columns</Item>
                </>
              ) : null}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
});

/** Follows a pressed pointer until it is released or Escape is pressed. */
function follow(
  start: React.PointerEvent,
  onMove: (event: PointerEvent) => void,
  onEnd: (cancelled: boolean) => void,
): void {
  const pointer = start.pointerId;
  const move = (event: PointerEvent) => {
    if (event.pointerId === pointer) onMove(event);
  };
  const end = (cancelled: boolean) => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
    window.removeEventListener("keydown", key, true);
    onEnd(cancelled);
  };
  const up = () => end(false);
  const cancel = () => end(true);
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(true);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  window.addEventListener("keydown", key, true);
}
