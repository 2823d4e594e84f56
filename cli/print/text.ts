/** Text for people: one line a packet, the layer tree, the bytes. */
import { type Dissection, MODE_FIELDS, MODE_INDEX, MODE_TREE } from "../../engine/dissect/dissection.ts";
import { nodeLabel } from "../../engine/dissect/format.ts";
import { HIDDEN, type Node } from "../../engine/dissect/node.ts";
import type { Output } from "../output.ts";
import { hexDump } from "./hex.ts";
import { isData, nodeBytes } from "./nodes.ts";
import type { Printer, ShownFrame } from "./printer.ts";

export interface TextOptions {
  readonly summary: boolean;
  readonly details: boolean;
  readonly hex: boolean;
  /** Protocols whose details are shown; null for all. */
  readonly only: ReadonlySet<string> | null;
  /** Columns separated by tabs instead of padded. */
  readonly tabs: boolean;
}

export function textPrinter(options: TextOptions): Printer {
  const { summary, details, hex } = options;
  return {
    mode: details ? MODE_TREE : hex ? MODE_FIELDS : MODE_INDEX,
    columns: summary,
    fields: [],
    begin: () => undefined,
    end: () => undefined,
    frame(out, shown) {
      const { d } = shown;
      if (summary) out.write(options.tabs ? tabLine(shown) : summaryLine(shown));
      if (details) {
        for (const root of d.roots) printNode(out, d, root, 0, options);
        out.write("\n");
      } else if (summary && hex) out.write("\n");
      if (hex) {
        for (const { name, bytes } of d.sources) {
          if (d.sources.length > 1) out.write(`${name}:\n`);
          out.write(hexDump(bytes));
        }
        out.write("\n");
      }
    },
  };
}

/** `    1   0.000000    10.0.0.1 → 10.0.0.2     UDP 64 …` */
function summaryLine(shown: ShownFrame): string {
  const [number, time, source, destination, protocol, length, info] = shown.columns;
  return `${number.padStart(5)} ${time.padStart(10)} ${source.padStart(12)} → ${destination.padEnd(12)} ${protocol} ${length} ${info}\n`;
}

function tabLine(shown: ShownFrame): string {
  const [number, time, source, destination, protocol, length, info] = shown.columns;
  return `${number.padStart(5)}\t${time.padStart(10)}\t${source.padStart(12)}\t→\t${destination.padEnd(12)}\t${protocol}\t${length}\t${info}\n`;
}

const INDENT = "    ";

function printNode(out: Output, d: Dissection, node: Node, level: number, options: TextOptions): void {
  if (node.flags & HIDDEN) return;
  out.write(`${INDENT.repeat(level)}${nodeLabel(node)}\n`);
  if (level === 0 && options.only !== null && !options.only.has(node.field.name)) return;
  // With -x the bytes are shown below anyway.
  if (isData(node) && !options.hex) out.write(`\n${hexDump(nodeBytes(d, node))}`);
  for (const child of node.children ?? []) printNode(out, d, child, level + 1, options);
}
