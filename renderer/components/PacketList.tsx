import { ContextMenu } from "@base-ui/react/context-menu";
import {
  type CSSProperties,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { List, type RowComponentProps, useListCallbackRef } from "react-window";
import type { ColorRule } from "../../engine/api.ts";
import { count } from "../lib/format.ts";
import { ScrollMap, type ScrollState } from "../lib/scroll-map.ts";
import type { ColumnSetting } from "../state/columns.ts";
import { rowAt, showRows, useRows } from "../state/rows.ts";
import { selectRow, useSelection } from "../state/selection.ts";
import { isCapturing, useSession } from "../state/session.ts";
import { panesOf, useSettings } from "../state/settings.ts";
import { setUi, ui, useUi } from "../state/ui.ts";
import { ListHeader } from "./ListHeader.tsx";
import { NoMatch } from "./NoMatch.tsx";
import { OverviewStrip } from "./OverviewStrip.tsx";
import { RowMenu } from "./RowMenu.tsx";

export const ROW_HEIGHT = 20;

const RIGHT_ALIGNED = new Set(["number", "length"]);

interface RowProps {
  shift: number;
  /** Makes rows draw anew when cached rows changed. */
  version: number;
  columns: ColumnSetting[];
  rules: ColorRule[] | null;
  first: number;
  last: number;
  current: number;
}

function pair(rule: ColorRule, part: "background" | "text"): string {
  return `light-dark(${rule.light[part]}, ${rule.dark[part]})`;
}

function PacketRow(props: RowComponentProps<RowProps>) {
  const index = props.index + props.shift;
  const row = rowAt(index);
  const rule = row && props.rules ? props.rules[row.color] : undefined;
  const selected = index >= props.first && index <= props.last;
  const style: CSSProperties = { ...props.style, width: undefined };
  if (rule && !selected) {
    style.background = pair(rule, "background");
    style.color = pair(rule, "text");
  }
  const className = [
    "packet",
    selected ? "selected" : "",
    index === props.current ? "current" : "",
    row ? "" : "waiting",
  ].join(" ");
  return (
    <div
      role="row"
      id={`packet-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-row={index}
      data-number={row?.number}
      className={className}
      style={style}
    >
      <span className="gutter" role="none">
        {rule?.problem ? (
          <span className="problem" role="img" aria-label={rule.name} title={rule.name} />
        ) : null}
      </span>
      {props.columns.map((entry, at) => (
        <span
          key={entry.column}
          role="gridcell"
          data-column={at}
          className={RIGHT_ALIGNED.has(entry.column) ? "cell right" : "cell"}
        >
          {row ? (row.cells[at] ?? "") : entry.column === "number" ? count(index + 1) : ""}
        </span>
      ))}
    </div>
  );
}

/** Column widths as a grid template: the last column takes what is left, numbers are never cut. */
export function gridTemplate(columns: readonly ColumnSetting[], digits: number): string {
  const tracks = columns.map((entry, index) => {
    if (index === columns.length - 1) return "minmax(160px, 1fr)";
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
    (sum, entry, index) => sum + (index === columns.length - 1 ? 160 : widthOf(entry, digits)),
    18,
  );
}

/** The packet list. Scrolls through any number of rows; see lib/scroll-map.ts. */
export function PacketList() {
  const total = useSession((state) => state.status.displayed);
  const capture = useSession((state) => state.status.capture);
  const view = useSession((state) => state.status.view);
  const live = useSession((state) => isCapturing(state.status));
  const filtered = useSession((state) => state.status.filter !== "");
  const columns = useSettings((state) => state.columns);
  const colorize = useSettings((state) => state.colorize);
  const autoScroll = useSettings((state) => state.autoScroll);
  const overview = useSettings((state) => panesOf(state.layout).overview);
  const rules = useSession((state) => state.colorRules);
  const digits = useSession((state) => String(state.status.frames).length);
  const version = useRows((state) => state.version);
  const row = useSelection((state) => state.row);
  const anchor = useSelection((state) => state.anchor);
  const reveal = useSelection((state) => state.reveal);
  const following = useUi((state) => state.following);

  const [listApi, setListApi] = useListCallbackRef();
  const element = listApi?.element ?? null;
  const grid = useRef<HTMLDivElement>(null);
  const header = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(0);
  const map = useMemo(() => new ScrollMap(total, ROW_HEIGHT, viewport), [total, viewport]);
  const [shift, setShift] = useState(0);
  // What the element was last set to; a scroll event at this offset is the answer to that.
  const now = useRef<ScrollState>({ top: 0, shift: 0 });
  const slots = useRef({ first: 0, last: 0 });
  const [firstVisible, setFirstVisible] = useState(0);
  const mapRef = useRef(map);
  mapRef.current = map;

  const report = useCallback(() => {
    showRows(slots.current.first + now.current.shift, slots.current.last + now.current.shift);
    setFirstVisible(mapRef.current.firstVisible(now.current));
  }, []);

  const go = useCallback(
    (state: ScrollState) => {
      if (!element) return;
      element.scrollTop = state.top;
      now.current = { top: element.scrollTop, shift: state.shift };
      setShift(state.shift);
      report();
    },
    [element, report],
  );

  const scrolled = useCallback(() => {
    if (!element) return;
    if (header.current) header.current.style.transform = `translateX(${-element.scrollLeft}px)`;
    if (Math.abs(element.scrollTop - now.current.top) < 0.75) return;
    const current = mapRef.current;
    const up = element.scrollTop < now.current.top;
    now.current = current.scrolledTo(element.scrollTop, now.current);
    // The slots move with the scrollbar, so the rows in them must change in the same frame.
    flushSync(() => setShift(now.current.shift));
    report();
    const atEnd = current.offset(now.current) >= current.maxOffset - ROW_HEIGHT;
    if (atEnd) setUi({ following: true });
    else if (up) setUi({ following: false });
  }, [element, report]);

  useEffect(() => {
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      const current = mapRef.current;
      if (!current.scaled || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? ROW_HEIGHT : event.deltaMode === 2 ? current.viewport : 1;
      const state = current.at(current.offset(now.current) + event.deltaY * unit);
      go(state);
      setUi({ following: current.offset(state) >= current.maxOffset - ROW_HEIGHT });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("scroll", scrolled);
    };
  }, [element, go, scrolled]);

  // Another capture or view begins at its top; what is selected is revealed afterwards.
  const shown = useRef("");
  useLayoutEffect(() => {
    const key = `${capture}/${view}`;
    if (shown.current === key) {
      // The list grew or the pane was resized: the same rows stay where they are.
      if (map.scaled || now.current.shift > 0) go(map.at(map.offset(now.current)));
    } else {
      shown.current = key;
      go({ top: 0, shift: 0 });
    }
  }, [capture, view, map, go]);

  useLayoutEffect(() => {
    if (live && autoScroll && following) go(map.at(map.maxOffset));
  }, [live, autoScroll, following, map, go]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `reveal` counts the wishes to see the selected row
  useLayoutEffect(() => {
    const selection = useSelection.getState();
    if (selection.row === null || mapRef.current.viewport === 0) return;
    const state = mapRef.current.reveal(selection.row, now.current, selection.revealAlign);
    if (state === now.current) return;
    go(state);
    // Whoever goes to another place of a live list wants to stay there.
    const atEnd = mapRef.current.offset(state) >= mapRef.current.maxOffset - ROW_HEIGHT;
    if (!atEnd) setUi({ following: false });
  }, [reveal, go, viewport > 0]);

  const rowProps: RowProps = useMemo(() => {
    const other = anchor ?? row ?? -1;
    return {
      shift,
      version,
      columns,
      rules: colorize ? rules : null,
      first: row === null ? -1 : Math.min(row, other),
      last: row === null ? -1 : Math.max(row, other),
      current: row ?? -1,
    };
  }, [shift, version, columns, colorize, rules, row, anchor]);

  const select = (target: number, extend: boolean) => {
    const last = total - 1;
    setUi({ following: live && target >= last && ui().following });
    selectRow(target, { extend });
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || total === 0) return;
    const at = row ?? map.firstVisible(now.current) - 1;
    const moves: Record<string, number> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - map.page,
      PageDown: at + map.page,
      Home: 0,
      End: total - 1,
    };
    const target = moves[event.key];
    if (target === undefined) {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        if (event.shiftKey) return;
        event.preventDefault();
        element?.scrollBy({ left: event.key === "ArrowLeft" ? -60 : 60 });
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
    const selected = index >= rowProps.first && index <= rowProps.last;
    if (event.button === 2 && selected) return;
    select(index, event.shiftKey);
  };
  const [menuColumn, setMenuColumn] = useState(0);

  const template = gridTemplate(columns, digits);
  const width = totalWidth(columns, digits);
  const style = { "--columns": template, "--row-width": `${width}px` } as CSSProperties;

  return (
    <section className="packet-list" data-testid="packet-list" aria-label="Packet list">
      <ContextMenu.Root>
        <ContextMenu.Trigger
          render={
            <div
              ref={grid}
              role="grid"
              tabIndex={0}
              data-pane-focus
              aria-label="Packets"
              aria-rowcount={total + 1}
              aria-colcount={columns.length}
              aria-multiselectable
              aria-activedescendant={row === null ? undefined : `packet-row-${row}`}
              className="packet-grid"
              style={style}
              onKeyDown={onKeyDown}
              onMouseDown={onMouseDown}
            />
          }
        >
          <ListHeader columns={columns} innerRef={header} />
          <div className="packet-body">
            <List
              listRef={setListApi}
              role="rowgroup"
              tabIndex={-1}
              className="packet-rows"
              rowComponent={PacketRow}
              rowCount={map.slots}
              rowHeight={ROW_HEIGHT}
              rowProps={rowProps}
              overscanCount={6}
              onFocus={(event) => {
                if (event.target === event.currentTarget) grid.current?.focus({ preventScroll: true });
              }}
              onResize={(size) => setViewport(element?.clientHeight ?? size.height)}
              onRowsRendered={(visible) => {
                slots.current = { first: visible.startIndex, last: visible.stopIndex };
                report();
              }}
            />
            {overview ? (
              <OverviewStrip
                total={total}
                first={firstVisible}
                page={map.page}
                onGo={(index) => {
                  setUi({ following: false });
                  go(map.at((index - map.page / 2) * ROW_HEIGHT));
                }}
              />
            ) : null}
          </div>
        </ContextMenu.Trigger>
        <ContextMenu.Portal>
          <ContextMenu.Positioner className="layer">
            <ContextMenu.Popup className="menu">
              <RowMenu column={columns[menuColumn] ?? columns[0]} at={menuColumn} />
            </ContextMenu.Popup>
          </ContextMenu.Positioner>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      {total === 0 && filtered ? <NoMatch /> : null}
      {total === 0 && !filtered && live ? (
        <p className="list-empty dim" role="status">
          Waiting for the first packet…
        </p>
      ) : null}
    </section>
  );
}
