/** Frames on their way from the dissection to the output: judged, counted, printed. */
import type { Dissection, Mode } from "../engine/dissect/dissection.ts";
import { MODE_FIELDS, MODE_INDEX, MODE_TREE } from "../engine/dissect/dissection.ts";
import { addWanted, fields } from "../engine/dissect/protocol.ts";
import type { CompiledFilter } from "../engine/filter/compile.ts";
import type { OpenCapture } from "../engine/formats/open.ts";
import type { Arguments } from "./arguments.ts";
import { printsPackets } from "./arguments.ts";
import type { Output } from "./output.ts";
import { fieldsPrinter, Selection } from "./print/fields.ts";
import { jsonPrinter } from "./print/json.ts";
import { gather } from "./print/nodes.ts";
import { pdmlPrinter, psmlPrinter } from "./print/pdml.ts";
import { ColumnTexts, type Printer } from "./print/printer.ts";
import { textPrinter } from "./print/text.ts";
import type { Statistics } from "./statistics.ts";
import { Clock, digitsOf } from "./times.ts";

/**
 * The printer the command line asks for, null for none.
 * @param file the capture's name as PDML shows it
 * @throws UsageError when a field is asked for that does not exist
 */
export function choosePrinter(a: Arguments, version: string, file: string): Printer | null {
  const selection = a.fields.length > 0 ? new Selection(a.fields) : null;
  if (!printsPackets(a)) return null;
  switch (a.format) {
    case "fields":
      return fieldsPrinter(selection ?? new Selection([]), a.table);
    case "json":
      return jsonPrinter(selection);
    case "pdml":
      return pdmlPrinter(version, file, selection);
    case "psml":
      return psmlPrinter(version);
    default:
      return textPrinter({
        summary: a.summary || !(a.details || a.hex),
        details: a.details,
        hex: a.hex,
        only: a.only,
        tabs: a.format === "tabs",
      });
  }
}

const NO_COLUMNS: readonly string[] = [];

export class Show {
  /** Frames seen, and those of them that the filter lets through. */
  seen = 0;
  displayed = 0;
  readonly mode: Mode;
  readonly columns: boolean;
  readonly wanted = new Uint8Array(fields.length);
  readonly #out: Output;
  readonly #printer: Printer | null;
  readonly #filter: CompiledFilter | null;
  readonly #statistics: readonly Statistics[];
  readonly #clock: Clock;
  readonly #flushEach: boolean;
  /** True when fields have to be picked from the tree. */
  readonly #gathers: boolean;
  readonly #texts = new ColumnTexts();
  #begun = false;

  constructor(
    out: Output,
    a: Arguments,
    printer: Printer | null,
    filter: CompiledFilter | null,
    statistics: readonly Statistics[],
  ) {
    this.#out = out;
    this.#printer = printer;
    this.#filter = filter;
    this.#statistics = statistics;
    this.#clock = new Clock(a.time);
    this.#flushEach = a.flushEach;
    const printing = printer?.mode ?? MODE_INDEX;
    const needs = [...statistics, ...(filter === null ? [] : [filter])];
    this.mode = printing === MODE_INDEX && needs.length > 0 ? MODE_FIELDS : printing;
    this.columns = (printer?.columns ?? false) || needs.some(({ needsColumns }) => needsColumns);
    for (const field of printer?.fields ?? []) this.wanted[field.id] = 1;
    for (const { wanted } of needs) addWanted(this.wanted, wanted);
    this.#gathers = this.mode === MODE_TREE && this.wanted.includes(1);
  }

  /** Whether frames have to be looked at at all: to be printed or counted. */
  get dissects(): boolean {
    return this.#printer !== null || this.#statistics.length > 0;
  }

  /** What the output begins with; done once. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#printer?.begin(this.#out);
  }

  /** Judges a frame and prints it when it is to be shown. Returns whether it is. */
  frame(d: Dissection, capture: OpenCapture): boolean {
    this.seen++;
    this.#clock.enter(d);
    if (this.#gathers) {
      d.found = [];
      gather(d.roots, this.wanted, d.found);
    }
    const displayed = this.#filter === null || this.#filter.evaluate(d);
    if (displayed) {
      this.displayed++;
      for (const each of this.#statistics) each.frame(d);
      if (this.#printer !== null) {
        this.#printer.frame(this.#out, { d, columns: this.#columnTexts(d, capture) });
        if (this.#flushEach) this.#out.flush();
      }
    }
    this.#clock.leave(displayed);
    return displayed;
  }

  #columnTexts(d: Dissection, capture: OpenCapture): readonly string[] {
    if (this.#printer?.columns !== true) return NO_COLUMNS;
    const time = this.#clock.text(digitsOf(capture.reader.interfaces[d.iface].tsresol));
    return this.#texts.of(d, time);
  }

  end(): void {
    this.#printer?.end(this.#out);
    for (const each of this.#statistics) each.print(this.#out);
    this.#out.flush();
  }
}
