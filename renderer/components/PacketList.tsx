import { ContextMenu } from "@base-ui/react/context-menu";
import { type ComponentProps, type CSSProperties, useCallback, useRef, useState } from "react";
import type { ColumnSetting } from "../state/columns.ts";
import { numberBefore, useRows } from "../state/rows.ts";
import { goToFrame, selectRow, useSelection } from "../state/selection.ts";
import { isGrowing, tellError, useSession } from "../state/session.ts";
import { useSettings } from "../state/settings.ts";
import { setUi, ui } from "../state/ui.ts";
import { ListHeader } from "./ListHeader.tsx";
import { NoMatch } from "./NoMatch.tsx";
import { LAST_COLUMN, PacketRows, type PacketRowsHandle } from "./PacketRows.tsx";
import { RowMenu } from "./RowMenu.tsx";

/** Column widths as a grid template: the last column takes what is left, numbers are never cut. */
export function gridTemplate(columns: readonly ColumnSetting[], digits: number): string {
  const tracks = columns.map((entry, index) => {
    if (index === columns.length - 1) return `minmax(${LAST_COLUMN}px, 1fr)`;
    return `${widthOf(entry, digits)}px`;
  });
  return `18px ${tracks.join(" ")}`;
}

const DIGIT_WIDTH = 8;

function widthOf(entry: ColumnSetting, digits: number): number {
  return entry.column === "number" ? Math.max(entry.width, digits * DIGIT_WIDTH + 14) : entry.width;
}

export function totalWidth(columns: readonly ColumnSetting[], digits: number): number {
  return columns.reduce(
    (sum, entry, index) => sum + (index === columns.length - 1 ? LAST_COLUMN : widthOf(entry, digits)),
    18,
  );
}

/** What of the list changes with every packet and every key; the rest of it is not drawn anew for that. */
function Grid(props: ComponentProps<"div">) {
  const total = useRows((state) => state.list.total);
  const row = useSelection((state) => state.row);
  return (
    <div
      role="grid"
      tabIndex={0}
      data-pane-focus
      aria-label="Packets"
      aria-rowcount={total + 1}
      aria-multiselectable
      aria-activedescendant={row === null ? undefined : `packet-row-${row}`}
      {...props}
    />
  );
}

/** The packet list: headings, rows, keys and the menu of a row. */
export function PacketList() {
  const empty = useRows((state) => state.list.total === 0);
  const live = useSession((state) => isGrowing(state.status));
  const filtered = useSession((state) => state.status.filter !== "");
  const replaying = useSession((state) => state.status.replay !== null);
  const columns = useSettings((state) => state.columns);
  const digits = useSession((state) => String(state.status.frames).length);
  const grid = useRef<HTMLDivElement>(null);
  const header = useRef<HTMLDivElement>(null);
  const rows = useRef<PacketRowsHandle>(null);
  const [menuColumn, setMenuColumn] = useState(0);

  const select = (target: number, extend: boolean) => {
    const { total } = useRows.getState().list;
    const following = live && target >= total - 1 && ui().following;
    if (following !== ui().following) setUi({ following });
    const number = numberBefore(target);
    if (number !== undefined) goToFrame(number).catch(tellError);
    else selectRow(target, { extend });
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const { total } = useRows.getState().list;
    if (event.ctrlKey || event.metaKey || event.altKey || total === 0 || !rows.current) return;
    const at = useSelection.getState().row ?? rows.current.firstVisible() - 1;
    const page = rows.current.page();
    const moves: Record<string, number> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: 0,
      End: total - 1,
    };
    const target = moves[event.key];
    if (target === undefined) {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        if (event.shiftKey) return;
        event.preventDefault();
        rows.current.scrollSideways(event.key === "ArrowLeft" ? -60 : 60);
      }
      return;
    }
    event.preventDefault();
    select(Math.min(total - 1, Math.max(0, target)), event.shiftKey);
  };

  const onMouseDown = (event: React.MouseEvent) => {
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    if (!target || event.button === 1) return;
    event.preventDefault();
    grid.current?.focus({ preventScroll: true });
    const index = Number(target.dataset.row);
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-column]");
    setMenuColumn(cell ? Number(cell.dataset.column) : 0);
    if (event.button === 2 && target.ariaSelected === "true") return;
    select(index, event.shiftKey);
  };

  const focusGrid = useCallback(() => grid.current?.focus({ preventScroll: true }), []);
  const style = {
    "--columns": gridTemplate(columns, digits),
    "--row-width": `${totalWidth(columns, digits)}px`,
  } as CSSProperties;

  return (
    <section className="packet-list" data-testid="packet-list" aria-label="Packet list">
      <ContextMenu.Root>
        <ContextMenu.Trigger
          render={
            <Grid
              ref={grid}
              aria-colcount={columns.length}
              className="packet-grid"
              style={style}
              onKeyDown={onKeyDown}
              onMouseDown={onMouseDown}
            />
          }
        >
          <ListHeader columns={columns} innerRef={header} />
          <PacketRows handle={rows} header={header} columns={columns} onFocus={focusGrid} />
        </ContextMenu.Trigger>
        <ContextMenu.Portal>
          <ContextMenu.Positioner className="layer">
            <ContextMenu.Popup className="menu">
              <RowMenu column={columns[menuColumn] ?? columns[0]} at={menuColumn} />
            </ContextMenu.Popup>
          </ContextMenu.Positioner>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      {empty && filtered && !replaying ? <NoMatch /> : null}
      {empty && replaying ? (
        <p className="list-empty dim" role="status">
          {filtered ? "No packet up to here matches the filter." : "No packet is here yet."}
        </p>
      ) : null}
      {empty && !filtered && !replaying && live ? (
        <p className="list-empty dim" role="status">
          Waiting for the first packet…
        </p>
      ) : null}
    </section>
  );
}
