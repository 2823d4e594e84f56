import {
  memo,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import type { ColorRule, Row } from "../../engine/api.ts";
import { count } from "../lib/format.ts";
import { ScrollMap, type ScrollState } from "../lib/scroll-map.ts";
import type { ColumnSetting } from "../state/columns.ts";
import { rowAt, showRows, useRows } from "../state/rows.ts";
import { useSelection } from "../state/selection.ts";
import { isGrowing, useSession } from "../state/session.ts";
import { panesOf, useSettings } from "../state/settings.ts";
import { setUi, ui, useUi } from "../state/ui.ts";
import { OverviewStrip } from "./OverviewStrip.tsx";

const ROW_HEIGHT = 20;
/** Rows drawn beyond each end of the visible part, which the browser shows when it scrolls before this window does. */
const OVERSCAN = 8;
/** In a list taller than its element this window itself turns the wheel. */
const OVERSCAN_SCALED = 3;
/**
 * Rows the layer has place for: short enough that pixels stay exact. Its box stays the same while rows come and go in
 * it, so that the browser keeps the pixels of those that stay; it is put elsewhere when they reach its end.
 */
const LAYER_ROWS = 100_000;
/** Pixels of the scroll offset that come from rounding. */
const ROUNDING = 0.75;

const RIGHT_ALIGNED = new Set(["number", "length"]);
/** Digits, and what stands between them in numbers, times and addresses: hardly a font has them wider than DIGIT. */
const NARROW = /^[\d.,:;a-f -]*$/;
const DIGIT = 8.5;
/** The widest of all ASCII characters, in pixels. */
const WIDEST = 13;
const ASCII = /^[ -~]*$/;
const PADDING = 12;
/** The last column takes what is left of the width, and at least this. */
export const LAST_COLUMN = 160;

/** Each cut cell is a clip that the browser carries through every frame: cells that cannot be too long have none. */
function cellClass(entry: ColumnSetting, last: boolean, text: string): string {
  const each = NARROW.test(text) ? DIGIT : ASCII.test(text) ? WIDEST : Number.POSITIVE_INFINITY;
  const fits = text === "" || text.length * each + PADDING <= (last ? LAST_COLUMN : entry.width);
  return `cell${RIGHT_ALIGNED.has(entry.column) ? " right" : ""}${fits ? "" : " cut"}`;
}

interface RowProps {
  index: number;
  /** Pixels from the layer's upper edge. */
  top: number;
  row: Row | undefined;
  rule: ColorRule | undefined;
  columns: ColumnSetting[];
  selected: boolean;
  current: boolean;
}

function pair(rule: ColorRule, part: "background" | "text"): string {
  return `light-dark(${rule.light[part]}, ${rule.dark[part]})`;
}

const PacketRow = memo(function PacketRow({ index, top, row, rule, columns, selected, current }: RowProps) {
  const tint = rule && !selected ? { background: pair(rule, "background"), color: pair(rule, "text") } : null;
  return (
    <div
      role="row"
      id={`packet-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-row={index}
      data-number={row?.number}
      className={`packet${selected ? " selected" : ""}${current ? " current" : ""}${row ? "" : " waiting"}`}
      style={{ top, ...tint }}
    >
      <span className="gutter" role="none">
        {rule?.problem ? (
          <span className="problem" role="img" aria-label={rule.name} title={rule.name} />
        ) : null}
      </span>
      {columns.map((entry, at) => {
        const text = row ? (row.cells[at] ?? "") : entry.column === "number" ? count(index + 1) : "";
        return (
          <span
            key={entry.column}
            role="gridcell"
            data-column={at}
            className={cellClass(entry, at === columns.length - 1, text)}
          >
            {text}
          </span>
        );
      })}
    </div>
  );
});

/** What the list's keys and header need of its rows. */
export interface PacketRowsHandle {
  firstVisible(): number;
  /** Rows that fit wholly into the visible part. */
  page(): number;
  scrollSideways(pixels: number): void;
}

/**
 * The rows of the packet list. Scrolls through any number of them; see lib/scroll-map.ts.
 *
 * Drawn here and not by react-window, which serves the other lists: this one is taller than an element can be, and
 * react-window asks for the page's layout in each update, which costs frames while the wheel turns.
 * @param header moves sideways with the rows
 */
export const PacketRows = memo(function PacketRows({
  handle,
  header,
  columns,
  onFocus,
}: {
  handle: Ref<PacketRowsHandle>;
  header: { readonly current: HTMLElement | null };
  columns: ColumnSetting[];
  onFocus: () => void;
}) {
  const list = useRows((state) => state.list);
  // Rows are read from their cache while drawing; this makes them be drawn again when it has others.
  useRows((state) => state.version);
  const live = useSession((state) => isGrowing(state.status));
  const rules = useSession((state) => state.colorRules);
  const colorize = useSettings((state) => state.colorize);
  const autoScroll = useSettings((state) => state.autoScroll);
  const overview = useSettings((state) => panesOf(state.layout).overview);
  const following = useUi((state) => state.following);
  const row = useSelection((state) => state.row);
  const anchor = useSelection((state) => state.anchor);

  const element = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(0);
  const map = useMemo(() => new ScrollMap(list.total, ROW_HEIGHT, viewport), [list.total, viewport]);
  const mapRef = useRef(map);
  mapRef.current = map;
  const [scroll, setScroll] = useState<ScrollState>({ top: 0, shift: 0 });
  // What the element was last set to; a scroll event at this offset is the answer to that.
  const now = useRef(scroll);
  const base = useRef(0);

  const take = useCallback((state: ScrollState) => {
    now.current = state;
    setScroll(state);
    const current = mapRef.current;
    const first = current.firstVisible(state);
    showRows(first, first + current.page + 1);
  }, []);

  const go = useCallback(
    (state: ScrollState) => {
      const target = element.current;
      if (!target) return;
      if (state.top === now.current.top && state.shift === now.current.shift) return;
      if (state.top !== now.current.top) target.scrollTop = state.top;
      take(state);
    },
    [take],
  );

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new ResizeObserver(() => setViewport(target.clientHeight));
    observer.observe(target);
    let left = 0;
    const scrolled = () => {
      if (target.scrollLeft !== left) {
        left = target.scrollLeft;
        if (header.current) header.current.style.transform = `translateX(${-left}px)`;
      }
      const { scrollTop } = target;
      if (Math.abs(scrollTop - now.current.top) < ROUNDING) return;
      const current = mapRef.current;
      const up = scrollTop < now.current.top;
      // Rows must be there in the frame in which the scrollbar moved.
      flushSync(() => take(current.scrolledTo(scrollTop, now.current)));
      follow(current.offset(now.current) >= current.maxOffset - ROW_HEIGHT, up);
    };
    const wheel = (event: WheelEvent) => {
      const current = mapRef.current;
      if (!current.scaled || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? ROW_HEIGHT : event.deltaMode === 2 ? current.viewport : 1;
      const state = current.at(current.offset(now.current) + event.deltaY * unit);
      flushSync(() => go(state));
      follow(current.offset(state) >= current.maxOffset - ROW_HEIGHT, true);
    };
    target.addEventListener("wheel", wheel, { passive: false });
    target.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      target.removeEventListener("wheel", wheel);
      target.removeEventListener("scroll", scrolled);
    };
  }, [header, go, take]);

  const revealed = useRef(0);
  /** Brings the selected row into view when that is wished for and has not been done. */
  const reveal = useCallback(() => {
    const current = mapRef.current;
    const selection = useSelection.getState();
    const { row: target, reveal: wish } = selection;
    if (revealed.current === wish || target === null || current.viewport === 0) return;
    // The list is about to grow or to change.
    if (target >= current.rows) return;
    revealed.current = wish;
    const state = current.reveal(target, now.current, selection.revealAlign);
    if (state === now.current) return;
    go(state);
    // Whoever goes to another place of a live list wants to stay there.
    if (current.offset(state) < current.maxOffset - ROW_HEIGHT) follow(false, true);
  }, [go]);

  // Scrolled before anything is drawn: afterwards the browser would have to lay the page out twice.
  useEffect(
    () =>
      useSelection.subscribe((state, before) => {
        if (state.reveal !== before.reveal && shown.current === keyOf(useRows.getState().list)) reveal();
      }),
    [reveal],
  );

  // Another list begins where it is told to; what is selected is revealed afterwards.
  const shown = useRef("");
  useLayoutEffect(() => {
    const key = keyOf(list);
    if (shown.current === key) {
      // The list grew or the pane was resized: the same rows stay where they are.
      if (map.scaled || now.current.shift > 0) go(map.at(map.offset(now.current)));
      else take(now.current);
    } else {
      shown.current = key;
      go(map.at(list.at * ROW_HEIGHT));
      take(now.current);
    }
    if (live && autoScroll && following) go(map.at(map.maxOffset));
    reveal();
  }, [list, live, autoScroll, following, map, go, take, reveal]);

  useImperativeHandle(
    handle,
    () => ({
      firstVisible: () => mapRef.current.firstVisible(now.current),
      page: () => mapRef.current.page,
      scrollSideways: (pixels) => element.current?.scrollBy({ left: pixels }),
    }),
    [],
  );

  const firstVisible = map.firstVisible(scroll);
  const overscan = map.scaled ? OVERSCAN_SCALED : OVERSCAN;
  const first = Math.max(0, firstVisible - overscan);
  const end = Math.min(list.total, firstVisible + Math.ceil(viewport / ROW_HEIGHT) + 1 + overscan);
  if (first < base.current || end > base.current + LAYER_ROWS)
    base.current = Math.max(0, first - LAYER_ROWS / 2);
  const lower = row === null ? -1 : Math.min(row, anchor ?? row);
  const upper = row === null ? -1 : Math.max(row, anchor ?? row);
  const rows = [];
  for (let index = first; index < end; index++) {
    const known = rowAt(index);
    rows.push(
      <PacketRow
        key={index}
        index={index}
        top={(index - base.current) * ROW_HEIGHT}
        row={known}
        rule={known && colorize ? rules[known.color] : undefined}
        columns={columns}
        selected={index >= lower && index <= upper}
        current={index === row}
      />,
    );
  }
  return (
    <div className="packet-body">
      <div
        ref={element}
        role="rowgroup"
        tabIndex={-1}
        className="packet-rows"
        onFocus={(event) => {
          if (event.target === event.currentTarget) onFocus();
        }}
      >
        <div role="none" className="packet-space" style={{ height: map.slots * ROW_HEIGHT }}>
          <div
            role="none"
            className="packet-layer"
            style={{
              height: LAYER_ROWS * ROW_HEIGHT,
              transform: `translateY(${(base.current - scroll.shift) * ROW_HEIGHT}px)`,
            }}
          >
            {rows}
          </div>
        </div>
      </div>
      {overview ? (
        <OverviewStrip
          total={list.total}
          first={firstVisible}
          page={map.page}
          onGo={(index) => {
            follow(false, true);
            go(map.at((index - map.page / 2) * ROW_HEIGHT));
          }}
        />
      ) : null}
    </div>
  );
});

const keyOf = ({ capture, view }: { capture: number; view: number }): string => `${capture}/${view}`;

/** A live list that is scrolled to its end follows it; scrolling up ends that. */
function follow(atEnd: boolean, up: boolean): void {
  const { following } = ui();
  if (atEnd && !following) setUi({ following: true });
  else if (!atEnd && up && following) setUi({ following: false });
}
