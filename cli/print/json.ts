/** `-T json`: packets as objects; keys of an object may repeat, as a field may in a packet. */
import { MODE_TREE } from "../../engine/dissect/dissection.ts";
import { bareLabel, pdmlShow } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";
import type { Selection } from "./fields.ts";
import { hasValue, isProtocol, isText } from "./nodes.ts";
import type { Printer, ShownFrame } from "./printer.ts";

const STEP = "  ";
/** Where the layers of a packet stand. */
const LAYERS = STEP.repeat(4);

/** @param selection fields asked for with `-e`; null for all, as a tree */
export function jsonPrinter(selection: Selection | null): Printer {
  let packets = 0;
  return {
    mode: selection?.mode ?? MODE_TREE,
    columns: selection?.columns ?? false,
    fields: selection?.fields ?? [],
    begin(out) {
      out.write("[");
    },
    frame(out, shown) {
      const layers = selection === null ? members(shown.d.roots, LAYERS) : arrays(selection, shown);
      const body = layers === "" ? "{}" : `{\n${layers}\n      }`;
      out.write(
        `${packets++ > 0 ? ",\n" : "\n"}  {\n    "_index": "${indexName(shown.d.sec)}",\n    "_type": "doc",\n    "_score": null,\n    "_source": {\n      "layers": ${body}\n    }\n  }`,
      );
    },
    end(out) {
      out.write(packets > 0 ? "\n]\n" : "]\n");
    },
  };
}

/** `packets-2024-05-01`, the day of the packet in local time. */
function indexName(sec: number): string {
  const date = new Date(sec * 1000);
  if (Number.isNaN(date.getTime())) return "packets";
  const two = (value: number): string => String(value).padStart(2, "0");
  return `packets-${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function members(nodes: readonly Node[], indent: string): string {
  let text = "";
  for (const node of nodes) text += (text === "" ? "" : ",\n") + member(node, indent);
  return text;
}

function member(node: Node, indent: string): string {
  const name = quoted(isText(node) ? bareLabel(node) : node.field.name);
  const inside = node.children === null ? "" : members(node.children, indent + STEP);
  const object = `{\n${inside}\n${indent}}`;
  if (!hasValue(node)) {
    if (inside !== "") return `${indent}"${name}": ${object}`;
    return `${indent}"${name}": "${isProtocol(node) ? quoted(bareLabel(node)) : ""}"`;
  }
  const value = `${indent}"${name}": "${quoted(pdmlShow(node.field, node.value))}"`;
  return inside === "" ? value : `${value},\n${indent}"${name}_tree": ${object}`;
}

function arrays(selection: Selection, shown: ShownFrame): string {
  return selection
    .values(shown)
    .map((values, place) => {
      if (values.length === 0) return "";
      const lines = values.map((value) => `${LAYERS}${STEP}"${quoted(value)}"`).join(",\n");
      return `${LAYERS}"${quoted(selection.names[place])}": [\n${lines}\n${LAYERS}]`;
    })
    .filter((text) => text !== "")
    .join(",\n");
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "</": "<\\/",
};

/** The inside of a JSON string. */
function quoted(text: string): string {
  return text.replace(
    /["\\\x00-\x1f]|<\//g,
    (part) => ESCAPES[part] ?? `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
