/** Fields of a packet as display filters that find them. */
import type { ByteSourceEntry } from "../dissect/dissection.ts";
import type { Field, Value } from "../dissect/field.ts";
import { showValue } from "../dissect/format.ts";
import type { Node } from "../dissect/node.ts";
import { formatHex, formatSeconds } from "../dissect/text.ts";
import { groupOf, integerBits } from "./types.ts";

/** Most bytes of a filter for a line that is nothing but bytes. */
const BYTES_LIMIT = 64;

/**
 * The display filter for a node's value: `ip.ttl == 64`, `http.host == "example.com"`; a protocol's is its name.
 * A line without value is found by its bytes where `sources` has them, else by its name.
 * @returns the filter, empty when none can find it
 */
export function fieldFilterText(
  node: Node,
  field: Field = node.field,
  sources: readonly ByteSourceEntry[] = [],
): string {
  if (field.type === "FT_PROTOCOL") return field.name;
  if (field.type === "FT_NONE" || node.value === null) return withoutValue(node, field, sources);
  if (field.name === "") return "";
  const value = valueText(field, node.value);
  return value === "" ? "" : `${field.name} == ${value}`;
}

function withoutValue(node: Node, field: Field, sources: readonly ByteSourceEntry[]): string {
  const source = sources[node.source];
  if (node.length <= 0 || node.length > BYTES_LIMIT || node.source !== 0 || source === undefined)
    return field.name;
  const bytes = source.bytes.subarray(node.offset, node.offset + node.length);
  if (bytes.length !== node.length) return field.name;
  return `frame[${node.offset}:${node.length}] == ${formatHex(bytes, ":")}`;
}

/** A value as the language writes it; empty when it cannot. */
function valueText(field: Field, value: Exclude<Value, null>): string {
  switch (groupOf(field.type)) {
    case "string":
      return quoted(String(value));
    case "boolean":
      return value === 0 || value === 0n ? "0" : "1";
    case "integer":
    case "ipxnet":
      return integerText(field, value as number | bigint);
    case "float":
      // The shortest text that reads back as the same number.
      return Number.isNaN(value) ? "" : String(value).toLowerCase().replace("infinity", "inf");
    case "time":
      return timeText(field, value as bigint);
    case "duration":
      return formatSeconds(value as bigint);
    case "bytes":
    case "eui64":
      return bytesText(field, value as Uint8Array);
    default:
      return showValue(field, value);
  }
}

function bytesText(field: Field, value: Uint8Array): string {
  if (field.type === "FT_GUID" || field.type === "FT_OID" || field.type === "FT_REL_OID") {
    return showValue(field, value);
  }
  return value.length === 0 ? '""' : formatHex(value, ":");
}

function integerText(field: Field, value: number | bigint): string {
  if (field.type === "FT_CHAR") {
    const code = Number(value);
    const plain = code >= 0x20 && code < 0x7f && code !== 0x27 && code !== 0x5c;
    return plain ? `'${String.fromCharCode(code)}'` : `'\\x${code.toString(16).padStart(2, "0")}'`;
  }
  if (value < 0 || (field.base !== "HEX" && field.base !== "HEX_DEC")) return String(value);
  return `0x${value.toString(16).padStart(Math.ceil(integerBits(field.type) / 4), "0")}`;
}

/** ISO 8601 with nanoseconds, quoted, local or UTC as the field is shown; empty for years of other than four digits. */
function timeText(field: Field, ns: bigint): string {
  const fraction = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  let ms = Number((ns - fraction) / 1_000_000n);
  const local = field.base === "LOCAL" || field.base === "NONE";
  if (local) ms -= new Date(ms).getTimezoneOffset() * 60_000;
  if (!(ms >= YEAR_0 && ms < YEAR_10000)) return "";
  const [day, clock] = new Date(ms).toISOString().split(/[T.]/);
  return `"${day} ${clock}.${String(fraction).padStart(9, "0")}${local ? "" : "Z"}"`;
}

const YEAR_0 = Date.parse("0000-01-01T00:00:00Z");
const YEAR_10000 = Date.UTC(10_000, 0);

/** Text in double quotes with C's escapes. */
export function quoted(text: string): string {
  const escaped = text.replace(/[\\"\x00-\x1f\x7f]/g, (char) => {
    if (char === "\\" || char === '"') return `\\${char}`;
    if (char === "\n") return "\\n";
    if (char === "\r") return "\\r";
    if (char === "\t") return "\\t";
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}
