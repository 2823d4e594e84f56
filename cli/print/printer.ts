/** What every output format does with frames. */
import type { Dissection, Mode } from "../../engine/dissect/dissection.ts";
import type { Field } from "../../engine/dissect/field.ts";
import type { Output } from "../output.ts";

/** A frame on its way to the output. */
export interface ShownFrame {
  readonly d: Dissection;
  /** Texts of the columns of the packet list, in their order; empty when the printer asks for none. */
  readonly columns: readonly string[];
}

export interface Printer {
  /** The least a dissection must keep for it. */
  readonly mode: Mode;
  /** True when Protocol and Info are wanted. */
  readonly columns: boolean;
  /** Fields it looks up in `d.found`. */
  readonly fields: readonly Field[];
  begin(out: Output): void;
  frame(out: Output, shown: ShownFrame): void;
  end(out: Output): void;
}

/** Makes the texts of the columns. An address's text is made once: few addresses make up most frames. */
export class ColumnTexts {
  readonly #addresses: string[] = [];

  /** @param time text of the Time column */
  of(d: Dissection, time: string): readonly string[] {
    const source = this.#address(d, d.srcId);
    const destination = this.#address(d, d.dstId);
    return [String(d.frame), time, source, destination, d.protocolColumn, String(d.len), d.info];
  }

  #address(d: Dissection, id: number): string {
    let text = this.#addresses[id];
    if (text === undefined) {
      text = d.memory.addresses.text(id);
      this.#addresses[id] = text;
    }
    return text;
  }
}

export const COLUMN_TITLES = ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"] as const;
