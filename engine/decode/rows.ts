/** Rows of the packet list: strings for what is on the screen, made when it is asked for. */

import type { Coloring } from "../analysis/coloring.ts";
import type { Column, Params, Row } from "../api.ts";
import { type Dissection, MODE_FIELDS } from "../dissect/dissection.ts";
import { showValue } from "../dissect/format.ts";
import { fieldsNamed, protocols } from "../dissect/protocol.ts";
import type { Displayed } from "./displayed.ts";
import type { Indexer } from "./indexer.ts";
import { formatTime } from "./times.ts";
import { timeOf, type Viewer } from "./viewer.ts";
import type { CaptureWatch } from "./watch.ts";

const FIELD = "field:";

/** What a row shows and how, compiled once for a set of columns. */
export class RowMaker {
  readonly #indexer: Indexer;
  readonly #viewer: Viewer;
  readonly #displayed: Displayed;
  readonly #watch: CaptureWatch;
  #coloring: Coloring;
  #wantedFor = "";
  #wanted: Uint8Array;

  constructor(
    indexer: Indexer,
    viewer: Viewer,
    displayed: Displayed,
    watch: CaptureWatch,
    coloring: Coloring,
  ) {
    this.#coloring = coloring;
    this.#wanted = coloring.wanted;
    this.#watch = watch;
    this.#indexer = indexer;
    this.#viewer = viewer;
    this.#displayed = displayed;
  }

  get coloring(): Coloring {
    return this.#coloring;
  }

  /** Rows are coloured by other rules from now on. */
  set coloring(coloring: Coloring) {
    this.#coloring = coloring;
    this.#wantedFor = "";
    this.#wanted = coloring.wanted;
  }

  /** A generator, to be run in slices: the first look at a frame may need a walk along its conversation. */
  *rows(params: Params<"rows">): Generator<number, Row[]> {
    const wanted = this.#wantedBy(params.columns);
    const rows: Row[] = [];
    const end = Math.min(params.start + params.count, this.#displayed.length);
    for (let row = params.start; row < end; row++) {
      const frame = this.#displayed.frameAt(row);
      const before = row > 0 ? this.#displayed.frameAt(row - 1) : 0;
      if (!this.#watch.readable(frame)) {
        rows.push(this.#lostRow(frame, before, params));
        continue;
      }
      while (!this.#viewer.ready(frame, MODE_FIELDS, wanted)) yield row / end;
      const d = this.#viewer.dissect(frame, MODE_FIELDS, true, wanted, before);
      if (this.#watch.cutShort(d)) {
        rows.push(this.#lostRow(frame, before, params));
        continue;
      }
      rows.push({
        number: frame,
        cells: params.columns.map((column) => this.#cell(column, frame, before, d, params)),
        color: this.coloring.of(d),
      });
      yield row / end;
    }
    return rows;
  }

  /** What the index knows of a frame whose bytes cannot be shown, and why they cannot. */
  #lostRow(frame: number, before: number, params: Params<"rows">): Row {
    const { index, memory } = this.#indexer;
    const s = index.segment(frame);
    const slot = index.slot(frame);
    const layers = Array.from(index.chains.chains[s.chain[slot]], (id) => protocols[id]);
    const highest = layers.findLast(({ name }) => name !== "data");
    const known: Partial<Record<Column, () => string>> = {
      number: () => String(frame),
      time: () => this.#time(frame, before, params),
      source: () => memory.addresses.text(s.src[slot]),
      destination: () => memory.addresses.text(s.dst[slot]),
      protocol: () => highest?.short ?? "",
      length: () => String(s.len[slot]),
      info: () => `[${this.#watch.reason(frame)}]`,
    };
    return { number: frame, cells: params.columns.map((column) => known[column]?.() ?? ""), color: -1 };
  }

  /** Index of the colouring rule of a frame, -1 for none. A generator, as `rows` is one. */
  *color(frame: number): Generator<number, number> {
    if (!this.#watch.readable(frame)) return -1;
    while (!this.#viewer.ready(frame, MODE_FIELDS, this.coloring.wanted)) yield 0;
    return this.coloring.of(this.#viewer.dissect(frame, MODE_FIELDS, false, this.coloring.wanted));
  }

  /** Digits behind the second that the capture's own time stamps have. */
  precision(wish: number | "auto", frame: number): number {
    if (wish !== "auto") return wish;
    const s = this.#indexer.index.segment(frame);
    const iface = this.#indexer.capture.reader.interfaces[s.iface[this.#indexer.index.slot(frame)]];
    return iface.tsresol >= 7 ? 9 : 6;
  }

  #wantedBy(columns: readonly Column[]): Uint8Array {
    const key = columns.join("\n");
    if (key === this.#wantedFor) return this.#wanted;
    const wanted = this.coloring.wanted.slice();
    for (const column of columns) {
      if (!column.startsWith(FIELD)) continue;
      for (const field of fieldsNamed(column.slice(FIELD.length))) wanted[field.id] = 1;
    }
    this.#wantedFor = key;
    this.#wanted = wanted;
    return wanted;
  }

  #time(frame: number, before: number, params: Params<"rows">): string {
    return formatTime(
      params.timeFormat,
      this.precision(params.timePrecision, frame),
      timeOf(this.#indexer, frame) ?? { sec: 0, nsec: 0 },
      timeOf(this.#indexer, 1),
      timeOf(this.#indexer, frame - 1),
      timeOf(this.#indexer, before),
    );
  }

  #cell(column: Column, frame: number, before: number, d: Dissection, params: Params<"rows">): string {
    switch (column) {
      case "number":
        return String(frame);
      case "time":
        return this.#time(frame, before, params);
      case "source":
        return this.#indexer.memory.addresses.text(d.srcId);
      case "destination":
        return this.#indexer.memory.addresses.text(d.dstId);
      case "protocol":
        return d.protocolColumn;
      case "length":
        return String(d.len);
      case "info":
        return d.info;
      default:
        return fieldText(d, column.slice(FIELD.length));
    }
  }
}

/** All values of a field in a frame, joined as tshark joins them. */
export function fieldText(d: Dissection, name: string): string {
  let text = "";
  for (const node of d.found) {
    if (node.field.name !== name) continue;
    const value =
      node.field.type === "FT_NONE" || node.field.type === "FT_PROTOCOL"
        ? node.field.title
        : showValue(node.field, node.value);
    text += text === "" ? value : `,${value}`;
  }
  return text;
}
