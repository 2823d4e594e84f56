/** `-T fields`: chosen fields as a table. */
import { type Dissection, MODE_FIELDS, MODE_INDEX, MODE_TREE } from "../../engine/dissect/dissection.ts";
import type { Field } from "../../engine/dissect/field.ts";
import { fieldsNamed } from "../../engine/dissect/protocol.ts";
import { UsageError } from "../errors.ts";
import { fieldText, needsLabels } from "./nodes.ts";
import { COLUMN_TITLES, type Printer, type ShownFrame } from "./printer.ts";

export interface TableOptions {
  bom: boolean;
  header: boolean;
  separator: string;
  occurrence: "first" | "last" | "all";
  aggregator: string;
  quote: string;
}

export const TABLE_DEFAULTS: Readonly<TableOptions> = {
  bom: false,
  header: false,
  separator: "\t",
  occurrence: "all",
  aggregator: ",",
  quote: "",
};

/**
 * Reads one `-E` option into `options`.
 * @throws UsageError when there is no such option or value
 */
export function setTableOption(options: TableOptions, text: string): void {
  const at = text.indexOf("=");
  const name = at === -1 ? text : text.slice(0, at);
  const value = at === -1 ? "" : text.slice(at + 1);
  const refuse = (allowed: string): UsageError =>
    new UsageError(`-E ${name} cannot be "${value}"; it must be ${allowed}.`);
  const yes = (): boolean => {
    if (!/^[yn]$/i.test(value)) throw refuse("y or n");
    return value.toLowerCase() === "y";
  };
  const character = (): string => {
    if (value === "/t") return "\t";
    if (value === "/s") return " ";
    if ([...value].length !== 1) throw refuse("/t for a tab, /s for a space, or one character");
    return value;
  };
  const choice = <T>(choices: Readonly<Record<string, T>>): T => {
    if (!Object.hasOwn(choices, value)) throw refuse(Object.keys(choices).join(", "));
    return choices[value];
  };
  switch (name) {
    case "bom":
      options.bom = yes();
      return;
    case "header":
      options.header = yes();
      return;
    case "separator":
      options.separator = character();
      return;
    case "aggregator":
      options.aggregator = character();
      return;
    case "occurrence":
      options.occurrence = choice({ f: "first", l: "last", a: "all" } as const);
      return;
    case "quote":
      options.quote = choice({ d: '"', s: "'", n: "" });
      return;
    default:
      throw new UsageError(
        `-E has no option "${text}"; it knows bom=, header=, separator=, occurrence=, aggregator= and quote=.`,
      );
  }
}

const COLUMN_PREFIX = "_ws.col.";

/** Columns and fields asked for with `-e`, and their values frame by frame. */
export class Selection {
  readonly names: readonly string[];
  readonly fields: readonly Field[];
  /** True when Protocol or Info is among them. */
  readonly columns: boolean;
  readonly #needsLabels: boolean;
  /** Field id → places of the values in a row. */
  readonly #places: (readonly number[] | undefined)[] = [];
  /** By place: index of the column of the packet list, -1 for a field. */
  readonly #columns: readonly number[];

  /** @throws UsageError naming the fields nobody knows */
  constructor(names: readonly string[]) {
    this.names = names;
    this.#columns = names.map(columnIndex);
    const unknown = names.filter((name, i) => this.#columns[i] === -1 && fieldsNamed(name).length === 0);
    if (unknown.length > 0) {
      const list = unknown.map((name) => `"${name}"`).join(", ");
      throw new UsageError(
        unknown.length === 1 ? `There is no field ${list}.` : `There are no fields ${list}.`,
      );
    }
    const fields = new Set<Field>();
    names.forEach((name, place) => {
      if (this.#columns[place] !== -1) return;
      for (const field of fieldsNamed(name)) {
        fields.add(field);
        this.#places[field.id] = [...(this.#places[field.id] ?? []), place];
      }
    });
    this.fields = [...fields];
    this.columns = this.#columns.some((column) => column !== -1);
    this.#needsLabels = this.fields.some(({ type, name }) => needsLabels(type, name));
  }

  get mode(): Printer["mode"] {
    if (this.#needsLabels) return MODE_TREE;
    return this.fields.length > 0 ? MODE_FIELDS : MODE_INDEX;
  }

  /** The values of each place, in the order of the packet. */
  values(shown: ShownFrame): string[][] {
    const row: string[][] = this.names.map(() => []);
    if (this.columns) {
      this.#columns.forEach((column, place) => {
        if (column !== -1) row[place].push(shown.columns[column]);
      });
    }
    this.#gather(shown.d, row);
    return row;
  }

  #gather(d: Dissection, row: string[][]): void {
    for (const node of d.found) {
      const places = this.#places[node.field.id];
      if (places === undefined) continue;
      const text = fieldText(d, node);
      for (const place of places) row[place].push(text);
    }
  }
}

function columnIndex(name: string): number {
  if (!name.startsWith(COLUMN_PREFIX)) return -1;
  const title = name.slice(COLUMN_PREFIX.length).toLowerCase();
  return COLUMN_TITLES.findIndex((known) => known.toLowerCase() === title);
}

export function fieldsPrinter(selection: Selection, options: TableOptions): Printer {
  const { separator, aggregator, quote, occurrence } = options;
  return {
    mode: selection.mode,
    columns: selection.columns,
    fields: selection.fields,
    begin(out) {
      if (options.bom) out.write("\ufeff");
      if (options.header) out.write(`${selection.names.join(separator)}\n`);
    },
    frame(out, shown) {
      let line = "";
      let place = 0;
      for (const values of selection.values(shown)) {
        if (place++ > 0) line += separator;
        if (values.length === 0) continue;
        const text =
          occurrence === "first"
            ? values[0]
            : occurrence === "last"
              ? values[values.length - 1]
              : values.join(aggregator);
        line += quote + oneLine(text) + quote;
      }
      out.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** A value must not break the table. */
function oneLine(text: string): string {
  return text.replace(/[\x07-\x0d]/g, (character) => ESCAPES[character]);
}
