import { ContextMenu } from "@base-ui/react/context-menu";
import { memo, useCallback, useEffect, useRef } from "react";
import {
  asciiByte,
  BYTES_PER_ROW,
  COPY_FORMAT_TITLES,
  COPY_FORMATS,
  hexByte,
  offsetText,
} from "../lib/hex.ts";
import { CHUNK } from "../lib/source-bytes.ts";
import { copyBytes } from "../state/copying.ts";
import {
  type ByteRange,
  hoverByte,
  selectByte,
  selectBytes,
  selectedNode,
  showSource,
  useSelection,
  wantBytes,
} from "../state/selection.ts";
import { FilterSubmenus, Item, Line } from "./ContextItems.tsx";
import { VirtualRows, type VirtualRowsHandle } from "./VirtualRows.tsx";

const ROW_HEIGHT = 20;

/** Marked bytes of a row, counted from its first; empty when `end` is 0. */
interface RowProps {
  /** The chunk that holds the row; undefined while it is not here. */
  chunk: Uint8Array | undefined;
  /** Bytes of the source in all. */
  length: number;
  index: number;
  top: number;
  onStart: number;
  onEnd: number;
  overStart: number;
  overEnd: number;
}

const HexRow = memo(function HexRow(props: RowProps) {
  const { chunk, length } = props;
  const start = props.index * BYTES_PER_ROW;
  const row = Array.from(
    { length: Math.min(BYTES_PER_ROW, length - start) },
    (_, at) => chunk?.[(start % CHUNK) + at],
  );
  const marks = row.map((_, at) => {
    const on = at >= props.onStart && at < props.onEnd ? " on" : "";
    return at >= props.overStart && at < props.overEnd ? `${on} over` : on;
  });
  return (
    <div role="row" aria-rowindex={props.index + 1} className="hex-row" style={{ top: props.top }}>
      <span role="rowheader" className="hex-offset">
        {offsetText(start, length)}
      </span>
      <span className="hex-bytes" role="none">
        {row.map((value, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its offset
            key={index}
            role="gridcell"
            id={`byte-${start + index}`}
            data-offset={start + index}
            className={`byte${index === 8 ? " half" : ""}${marks[index]}`}
          >
            {value === undefined ? "" : hexByte(value)}
          </span>
        ))}
      </span>
      <span className="hex-text" aria-hidden>
        {row.map((value, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its offset
            key={index}
            data-offset={start + index}
            className={`char${value !== undefined && value >= 0x20 && value < 0x7f ? "" : " dot"}${marks[index]}`}
          >
            {value === undefined ? " " : asciiByte(value)}
          </span>
        ))}
      </span>
    </div>
  );
});

/** The part of a range that lies in a row, counted from the row's first byte; 0 to 0 for none. */
function within(range: ByteRange | null, row: number): [number, number] {
  const first = row * BYTES_PER_ROW;
  const start = Math.max(0, (range?.start ?? 0) - first);
  const end = Math.min(BYTES_PER_ROW, (range?.end ?? 0) - first);
  return start < end ? [start, end] : [0, 0];
}

/** The bytes of the selected packet, and of what was put together from it. */
export function HexPane() {
  const frame = useSelection((state) => state.frame);
  const sources = useSelection((state) => state.sources);
  const source = useSelection((state) => state.source);
  // Draws the rows whose bytes came.
  useSelection((state) => state.arrived);
  const selection = useSelection((state) => state.bytes);
  const hover = useSelection((state) => state.hover);
  const list = useRef<VirtualRowsHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const drag = useRef<{ anchor: number; moved: boolean } | null>(null);
  const caret = useRef<number | null>(null);

  const bytes = sources[source];
  const length = bytes?.length ?? 0;
  const selected = selection?.source === source ? selection : null;
  const hovered = hover?.source === source ? hover : null;
  const rows = Math.ceil(length / BYTES_PER_ROW);

  const start = selected?.start ?? null;
  useEffect(() => {
    // What is clicked stays where it is, though its field may begin far above.
    if (start === null || drag.current) return;
    const index = Math.floor(start / BYTES_PER_ROW);
    if (index < rows) list.current?.reveal(index);
  }, [start, rows]);

  // The rows on the screen, and a screen ahead of them and behind.
  const shown = useRef({ first: 0, last: 0 });
  const fetchShown = useCallback(() => {
    const { first, last } = shown.current;
    const screen = last - first + 1;
    const from = Math.max(0, first - screen) * BYTES_PER_ROW;
    if (bytes) wantBytes(bytes, from, (last + 1 + screen) * BYTES_PER_ROW);
  }, [bytes]);
  useEffect(fetchShown, [fetchShown]);

  const offsetOf = (event: React.MouseEvent | PointerEvent): number | null => {
    const cell = (event.target as HTMLElement | null)?.closest<HTMLElement>("[data-offset]");
    return cell ? Number(cell.dataset.offset) : null;
  };

  const extend = (to: number, anchor: number) =>
    selectBytes({ source, start: Math.min(anchor, to), end: Math.max(anchor, to) + 1 });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey || !bytes || length === 0) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "c" && !event.shiftKey && selected) {
        event.preventDefault();
        copyBytes(bytes, selected.start, selected.end, "stream");
      } else if (event.key.toLowerCase() === "a") {
        event.preventDefault();
        selectBytes({ source, start: 0, end: length });
      }
      return;
    }
    const at = caret.current ?? selected?.start ?? -1;
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - BYTES_PER_ROW,
      ArrowDown: at + BYTES_PER_ROW,
      Home: at - (Math.max(0, at) % BYTES_PER_ROW),
      End: at - (Math.max(0, at) % BYTES_PER_ROW) + BYTES_PER_ROW - 1,
      PageUp: at - BYTES_PER_ROW * 8,
      PageDown: at + BYTES_PER_ROW * 8,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = Math.min(length - 1, Math.max(0, target));
    if (event.shiftKey && selected) {
      const anchor = at === selected.start ? selected.end - 1 : selected.start;
      caret.current = next;
      extend(next, anchor);
    } else {
      caret.current = next;
      selectByte(source, next);
    }
  };

  const chosen = selected ?? (length > 0 ? { source, start: 0, end: length } : null);
  return (
    <section className="hex-pane" data-testid="hex-pane" aria-label="Packet bytes">
      <ContextMenu.Root>
        <ContextMenu.Trigger
          render={
            <div
              ref={root}
              role="grid"
              tabIndex={0}
              data-pane-focus
              aria-label={frame?.sources[source]?.name ?? "Bytes"}
              aria-rowcount={rows}
              aria-activedescendant={selected ? `byte-${caret.current ?? selected.start}` : undefined}
              className="hex-body"
              onKeyDown={onKeyDown}
              onPointerDown={(event) => {
                const offset = offsetOf(event);
                root.current?.focus({ preventScroll: true });
                if (offset === null) return;
                event.preventDefault();
                if (event.button === 2) {
                  if (!selected || offset < selected.start || offset >= selected.end)
                    selectByte(source, offset);
                  return;
                }
                caret.current = offset;
                if (event.shiftKey && selected) {
                  extend(offset, offset < selected.start ? selected.end - 1 : selected.start);
                  return;
                }
                drag.current = { anchor: offset, moved: false };
                // The button may be let go outside of the pane.
                const released = () => {
                  drag.current = null;
                };
                window.addEventListener("pointerup", released, { once: true });
                selectByte(source, offset);
              }}
              onPointerMove={(event) => {
                const offset = offsetOf(event);
                if (drag.current && event.buttons === 1 && offset !== null) {
                  if (offset !== drag.current.anchor) drag.current.moved = true;
                  if (drag.current.moved) extend(offset, drag.current.anchor);
                } else hoverByte(source, offset);
              }}
              onPointerLeave={() => hoverByte(source, null)}
            />
          }
        >
          <VirtualRows
            handle={list}
            role="presentation"
            tabIndex={-1}
            className="hex-rows"
            rows={rows}
            rowHeight={ROW_HEIGHT}
            overscan={2}
            onRowsShown={(first, last) => {
              shown.current = { first, last };
              fetchShown();
            }}
            renderRow={(index, top) => {
              const [onStart, onEnd] = within(selected, index);
              const [overStart, overEnd] = within(hovered, index);
              return (
                <HexRow
                  key={index}
                  chunk={bytes?.chunkAt(index * BYTES_PER_ROW)}
                  length={length}
                  index={index}
                  top={top}
                  onStart={onStart}
                  onEnd={onEnd}
                  overStart={overStart}
                  overEnd={overEnd}
                />
              );
            }}
          />
        </ContextMenu.Trigger>
        <ContextMenu.Portal>
          <ContextMenu.Positioner className="layer">
            <ContextMenu.Popup className="menu">
              <div className="menu-heading">
                {selected ? `Copy ${selected.end - selected.start} bytes` : "Copy all bytes"}
              </div>
              {COPY_FORMATS.map((format) => (
                <Item
                  key={format}
                  disabled={!chosen}
                  onClick={() => bytes && chosen && copyBytes(bytes, chosen.start, chosen.end, format)}
                >
                  {COPY_FORMAT_TITLES[format]}
                </Item>
              ))}
              <Line />
              <FilterSubmenus of={selectedNode()} />
            </ContextMenu.Popup>
          </ContextMenu.Positioner>
        </ContextMenu.Portal>
      </ContextMenu.Root>
      {frame && frame.sources.length > 1 ? (
        <SourceTabs names={frame.sources.map((entry) => entry.name)} source={source} />
      ) : null}
      {!frame ? <p className="pane-note dim">Select a packet to see its bytes.</p> : null}
    </section>
  );
}

function SourceTabs({ names, source }: { names: string[]; source: number }) {
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (source + step + names.length) % names.length;
    showSource(next);
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  return (
    <div
      className="hex-tabs"
      role="tablist"
      tabIndex={-1}
      aria-label="Sources of bytes"
      onKeyDown={onKeyDown}
    >
      {names.map((name, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: sources are known by their place; names may repeat
          key={index}
          type="button"
          role="tab"
          tabIndex={index === source ? 0 : -1}
          aria-selected={index === source}
          className="hex-tab"
          onClick={() => showSource(index)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
