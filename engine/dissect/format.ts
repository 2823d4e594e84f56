/** How a node reads: its line in the tree, and its value alone, in Wireshark's words. */
import { type Field, isInteger, nameOf, RangeNames, type Value, widthOf } from "./field.ts";
import { GENERATED, type Node } from "./node.ts";
import {
  escapeText,
  formatAbsTime,
  formatAx25,
  formatEther,
  formatG,
  formatGuid,
  formatHex,
  formatIpv4,
  formatIpv6,
  formatOid,
  formatSeconds,
  formatSystemId,
} from "./text.ts";

const BILLION = 1_000_000_000n;
/** Bytes of UTF-8 from which a line is too long, as in Wireshark. */
const LABEL_LIMIT = 240;

/** The line of the tree, generated lines in brackets. */
export function nodeLabel(node: Node): string {
  const bare = bareLabel(node);
  return node.flags & GENERATED ? `[${bare}]` : bare;
}

/** The line without brackets, as PDML's `showname` has it. */
export function bareLabel(node: Node): string {
  const line = node.label === null ? fieldLabel(node.field, node.value) : node.label;
  const text = node.prefix + line + node.suffix;
  return text.length * 3 < LABEL_LIMIT ? text : fitLabel(text, node);
}

/**
 * A line that is too long loses its end, and says so behind the field's title or, where it is free text, at its
 * front; not when only what was appended to it is too long.
 */
function fitLabel(text: string, node: Node): string {
  const octets = Buffer.from(text);
  if (octets.length < LABEL_LIMIT) return text;
  const own = text.slice(0, text.length - node.suffix.length);
  if (Buffer.byteLength(own) < LABEL_LIMIT) return cutUtf8(octets, LABEL_LIMIT - 1);
  const title = node.label === null ? text.indexOf(`${node.field.title}: `) : -1;
  const at = title === -1 ? 0 : title + node.field.title.length;
  const marked = Buffer.from(`${own.slice(0, at)} [truncated]${own.slice(at)}`);
  return cutUtf8(Buffer.from(cutUtf8(marked, LABEL_LIMIT - 2) + node.suffix), LABEL_LIMIT - 1);
}

/** At most `limit` bytes of UTF-8 text, whole characters. */
function cutUtf8(octets: Uint8Array, limit: number): string {
  if (octets.length <= limit) return Buffer.from(octets).toString();
  let end = limit;
  while (end > 0 && (octets[end] & 0xc0) === 0x80) end--;
  return Buffer.from(octets.buffer, octets.byteOffset, end).toString();
}

/** `.... 0101 = Header Length: 5`: the line of a field with this value and nothing added. */
export function fieldLabel(field: Field, value: Value): string {
  if (field.type === "FT_PROTOCOL" || field.type === "FT_NONE") return field.title;
  const text = `${field.title}: ${labelValue(field, value)}`;
  return field.mask64 === 0n ? text : `${bitPattern(field, value)} = ${text}`;
}

/** The value as the line shows it: with its name, unit and number. */
export function labelValue(field: Field, value: Value): string {
  if (field.type === "FT_BOOLEAN") return value === 0 || value === 0n ? field.tf[1] : field.tf[0];
  if (isInteger(field.type)) return integerLabel(field, value as number | bigint);
  switch (field.type) {
    case "FT_STRING":
    case "FT_STRINGZ":
    case "FT_UINT_STRING":
      return escapeText(String(value));
    case "FT_BYTES":
    case "FT_UINT_BYTES":
      return value instanceof Uint8Array && value.length === 0 ? "<MISSING>" : bytesLabel(field, value);
    case "FT_AX25":
      return formatAx25(value as Uint8Array);
    case "FT_EUI64":
      return `${showValue(field, value)} (${showValue(field, value)})`;
    case "FT_RELATIVE_TIME":
      return `${showValue(field, value)} seconds`;
    case "FT_FLOAT":
    case "FT_DOUBLE":
      return showValue(field, value) + unitOf(field, value as number);
    default:
      return showValue(field, value);
  }
}

function bytesLabel(field: Field, value: Value): string {
  const bytes = value as Uint8Array;
  const separator = BYTE_SEPARATORS[field.base] ?? "";
  // 72 digits, with their separators, keep the line readable; the hex pane has the rest.
  const shown = separator === "" ? 36 : 24;
  if (bytes.length > shown) return `${formatHex(bytes.subarray(0, shown), separator)}${separator}…`;
  return formatHex(bytes, separator);
}

const BYTE_SEPARATORS: Readonly<Record<string, string>> = {
  SEP_DOT: ".",
  SEP_DASH: "-",
  SEP_COLON: ":",
  SEP_SPACE: " ",
};

function integerLabel(field: Field, value: number | bigint): string {
  if (field.base === "CUSTOM") return field.text === undefined ? String(value) : field.text(Number(value));
  if (field.type === "FT_CHAR") return charLabel(field, Number(value));
  const number = integerText(field, value, labelDigits(field));
  if (field.names !== undefined) {
    const name = nameOf(field.names, Number(value));
    return name === undefined ? `Unknown (${number})` : `${name} (${number})`;
  }
  if (field.text !== undefined) return `${field.text(Number(value))} (${number})`;
  return number + unitOf(field, value);
}

/** A character as C writes it. */
function charText(value: number): string {
  if (value === 0) return "'\\0'";
  if (value >= 32 && value < 127) return `'${String.fromCharCode(value)}'`;
  return `'\\x${value.toString(16).padStart(2, "0")}'`;
}

function charLabel(field: Field, value: number): string {
  const name = nameOf(field.names, value);
  const text = charText(value);
  return name === undefined ? text : `${name} (${text})`;
}

function unitOf(field: Field, value: number | bigint): string {
  if (field.unit === undefined) return "";
  if (typeof field.unit === "string") return field.unit;
  return Number(value) === 1 ? field.unit[0] : field.unit[1];
}

/** Hex digits of a label: the mask's width where there is one. */
function labelDigits(field: Field): number {
  if (field.mask64 === 0n) return typeDigits(field);
  return Math.ceil((field.mask64 >> BigInt(field.shift)).toString(2).length / 4);
}

function typeDigits(field: Field): number {
  return Math.ceil(widthOf(field.type) / 4);
}

function integerText(field: Field, value: number | bigint, digits: number): string {
  switch (field.base) {
    case "HEX":
      return hexText(value, digits);
    case "OCT":
      return `0${value.toString(8)}`;
    case "DEC_HEX":
      return `${value} (${hexText(value, digits)})`;
    case "HEX_DEC":
      return `${hexText(value, digits)} (${value})`;
    case "OUI":
      return value
        .toString(16)
        .padStart(6, "0")
        .replace(/(..)(..)/, "$1:$2:");
    default:
      return String(value);
  }
}

function hexText(value: number | bigint, digits: number): string {
  const positive = value < 0 ? BigInt.asUintN(digits * 4, BigInt(value)) : value;
  return `0x${positive.toString(16).padStart(digits, "0")}`;
}

/** `.... 0101`: the field's bits in their integer, dots for the others. */
export function bitPattern(field: Field, value: Value): string {
  const mask = field.mask64;
  const raw = (BigInt((value ?? 0) as number | bigint) << BigInt(field.shift)) & mask;
  const flag = field.type === "FT_BOOLEAN" && BigInt((value ?? 0) as number | bigint) !== 0n;
  let text = "";
  for (let bit = field.bits - 1; bit >= 0; bit--) {
    const here = 1n << BigInt(bit);
    if ((mask & here) === 0n) text += ".";
    else text += flag || (raw & here) !== 0n ? "1" : "0";
    if ((field.bits - bit) % 4 === 0 && bit > 0) text += " ";
  }
  return text;
}

/** The value alone, as `tshark -T fields` prints it. */
export function showValue(field: Field, value: Value): string {
  switch (field.type) {
    case "FT_NONE":
    case "FT_PROTOCOL":
      return "";
    case "FT_BOOLEAN":
      return value === 0 || value === 0n ? "0" : "1";
    case "FT_IPv4":
      return formatIpv4(value as number);
    case "FT_IPXNET":
      return hexText(value as number, 8);
    case "FT_IPv6":
      return formatIpv6(value as Uint8Array);
    case "FT_ETHER":
    case "FT_EUI64":
    case "FT_AX25":
    case "FT_FCWWN":
      return formatEther(value as Uint8Array);
    case "FT_BYTES":
    case "FT_UINT_BYTES":
      return formatHex(value as Uint8Array, BYTE_SEPARATORS[field.base] ?? "");
    case "FT_SYSTEM_ID":
      return formatSystemId(value as Uint8Array);
    case "FT_GUID":
      return formatGuid(value as Uint8Array);
    case "FT_OID":
      return formatOid(value as Uint8Array);
    case "FT_REL_OID":
      return formatOid(value as Uint8Array, true);
    case "FT_ABSOLUTE_TIME":
      return absTimeText(field, value as bigint);
    case "FT_RELATIVE_TIME":
      return formatSeconds(value as bigint);
    case "FT_FLOAT":
      return formatG(value as number, 6);
    case "FT_DOUBLE":
      return formatG(value as number, 15);
    case "FT_STRING":
    case "FT_STRINGZ":
    case "FT_UINT_STRING":
    case "FT_FRAMENUM":
      return String(value);
    case "FT_CHAR":
      return charText(value as number);
    default:
      // Wireshark shows 64 bits with names for ranges in decimal, whatever their base.
      if (typeof value === "bigint" && field.names instanceof RangeNames) return String(value);
      if (field.base === "HEX" || field.base === "HEX_DEC") {
        return hexText(value as number | bigint, widthOf(field.type) > 32 ? 16 : typeDigits(field));
      }
      if (field.base === "OCT") return `0${(value as number).toString(8)}`;
      return String(value);
  }
}

function absTimeText(field: Field, ns: bigint): string {
  if (field.base === "NTP_UTC" && ns === 0n) return "NULL";
  let sec = ns / BILLION;
  let rest = ns % BILLION;
  if (rest < 0n) {
    rest += BILLION;
    sec -= 1n;
  }
  return formatAbsTime(Number(sec), Number(rest), field.base !== "NONE" && field.base !== "LOCAL");
}

/** The value of a node alone, for "copy value". */
export function nodeValue(node: Node): string {
  return showValue(node.field, node.value);
}

/** The value as PDML's `show` has it: bytes get colons, whatever separates them in their line. */
export function pdmlShow(field: Field, value: Value): string {
  if (
    (field.type === "FT_BYTES" || field.type === "FT_UINT_BYTES") &&
    (field.base === "NONE" || field.base === "SEP_SPACE")
  ) {
    return formatHex(value as Uint8Array, ":");
  }
  return showValue(field, value);
}
