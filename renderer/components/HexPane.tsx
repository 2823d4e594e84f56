import { ContextMenu } from "@base-ui/react/context-menu";
import { memo, useEffect, useRef } from "react";
import {
  asciiByte,
  BYTES_PER_ROW,
  COPY_FORMAT_TITLES,
  COPY_FORMATS,
  formatBytes,
  hexByte,
  offsetText,
} from "../lib/hex.ts";
import { copy } from "../state/copying.ts";
import {
  type ByteRange,
  hoverByte,
  selectByte,
  selectBytes,
  selectedNode,
  showSource,
  useSelection,
} from "../state/selection.ts";
import { FilterSubmenus, Item, Line } from "./ContextItems.tsx";
import { VirtualRows, type VirtualRowsHandle } from "./VirtualRows.tsx";

const ROW_HEIGHT = 20;
const NO_BYTES = new Uint8Array();

/** Marked bytes of a row, counted from its first; empty when `end` is 0. */
interface RowProps {
  bytes: Uint8Array;
  index: number;
  top: number;
  onStart: number;
  onEnd: number;
  overStart: number;
  overEnd: number;
}

const HexRow = memo(function HexRow(props: RowProps) {
  const { bytes } = props;
  const start = props.index * BYTES_PER_ROW;
  const row = Array.from(bytes.subarray(start, start + BYTES_PER_ROW));
  const marks = row.map((_, at) => {
    const on = at >= props.onStart && at < props.onEnd ? " on" : "";
    return at >= props.overStart && at < props.overEnd ? `${on} over` : on;
  });
  return (
    <div role="row" aria-rowindex={props.index + 1} className="hex-row" style={{ top: props.top }}>
      <span role="rowheader" className="hex-offset">
        {offsetText(start, bytes.length)}
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
            {hexByte(value)}
          </span>
        ))}
      </span>
      <span className="hex-text" aria-hidden>
        {row.map((value, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a byte is its offset
            key={index}
            data-offset={start + index}
            className={`char${value >= 0x20 && value < 0x7f ? "" : " dot"}${marks[index]}`}
          >
            {asciiByte(value)}
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
  const selection = useSelection((state) => state.bytes);
  const hover = useSelection((state) => state.hover);
  const list = useRef<VirtualRowsHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const drag = useRef<{ anchor: number; moved: boolean } | null>(null);
  const caret = useRef<number | null>(null);

  const bytes = sources[source] ?? NO_BYTES;
  const selected = selection?.source === source ? selection : null;
  const hovered = hover?.source === source ? hover : null;
  const rows = Math.ceil(bytes.length / BYTES_PER_ROW);

  const start = selected?.start ?? null;
  useEffect(() => {
    if (start === null) return;
    const index = Math.floor(start / BYTES_PER_ROW);
    if (index < rows) list.current?.reveal(index);
  }, [start, rows]);

  const offsetOf = (event: React.MouseEvent | PointerEvent): number | null => {
    const cell = (event.target as HTMLElement | null)?.closest<HTMLElement>("[data-offset]");
    return cell ? Number(cell.dataset.offset) : null;
  };

  const extend = (to: number, anchor: number) =>
    selectBytes({ source, start: Math.min(anchor, to), end: Math.max(anchor, to) + 1 });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey || bytes.length === 0) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "c" && !event.shiftKey && selected) {
        event.preventDefault();
        copy(formatBytes(bytes.subarray(selected.start, selected.end), "stream"));
      } else if (event.key.toLowerCase() === "a") {
        event.preventDefault();
        selectBytes({ source, start: 0, end: bytes.length });
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
    const next = Math.min(bytes.length - 1, Math.max(0, target));
    if (event.shiftKey && selected) {
      const anchor = at === selected.start ? selected.end - 1 : selected.start;
      caret.current = next;
      extend(next, anchor);
    } else {
      caret.current = next;
      selectByte(source, next);
    }
  };

  const chosen = selected ?? (bytes.length > 0 ? { source, start: 0, end: bytes.length } : null);
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
                selectByte(source, offset);
              }}
              onPointerMove={(event) => {
                const offset = offsetOf(event);
                if (drag.current && event.buttons === 1 && offset !== null) {
                  if (offset !== drag.current.anchor) drag.current.moved = true;
                  if (drag.current.moved) extend(offset, drag.current.anchor);
                } else hoverByte(source, offset);
              }}
              onPointerUp={() => {
                drag.current = null;
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
            renderRow={(index, top) => {
              const [onStart, onEnd] = within(selected, index);
              const [overStart, overEnd] = within(hovered, index);
              return (
                <HexRow
                  key={index}
                  bytes={bytes}
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
                  onClick={() =>
                    chosen &&
                    copy(formatBytes(bytes.subarray(chosen.start, chosen.end), format, chosen.start))
                  }
                >
                  {COPY_FORMAT_TITLES[format]}
                </Item>
              ))}
              <Line />
              <FilterSubmenus filter={selectedNode()?.filter ?? ""} />
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
