/** What every output format does with frames. */
import type { Dissection, Mode } from "../../engine/dissect/dissection.ts";
import type { Field } from "../../engine/dissect/field.ts";
import type { Output } from "../output.ts";

/** A frame on its way to the output. */
export interface ShownFrame {
  readonly d: Dissection;
  /** Text of the Time column. */
  readonly time: string;
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

/** Text of the columns of the packet list, in their order. */
export function columnTexts({ d, time }: ShownFrame): readonly string[] {
  const { addresses } = d.memory;
  return [
    String(d.frame),
    time,
    addresses.text(d.srcId),
    addresses.text(d.dstId),
    d.protocolColumn,
    String(d.len),
    d.info,
  ];
}

export const COLUMN_TITLES = ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"] as const;
