/** Values as text, the way Wireshark writes them. */
import { TextDecoder } from "node:util";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Bytes as hex digits with an optional separator. */
export function formatHex(bytes: Uint8Array, separator = ""): string {
  if (separator === "") {
    let text = "";
    for (const byte of bytes) text += HEX[byte];
    return text;
  }
  return Array.from(bytes, (byte) => HEX[byte]).join(separator);
}

/** `00:11:22:33:44:55` */
export function formatEther(bytes: Uint8Array): string {
  return formatHex(bytes, ":");
}

/** Dotted decimal of a 32-bit number. */
export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** RFC 5952: lower case, the longest run of two or more zero groups as `::`, IPv4-mapped in dotted form. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push((bytes[2 * i] << 8) | bytes[2 * i + 1]);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    i += n;
  }
  const dotted =
    best === 0 && (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff))
      ? formatIpv4(((groups[6] << 16) | groups[7]) >>> 0)
      : null;
  const hex = (list: readonly number[]): string => list.map((group) => group.toString(16)).join(":");
  if (dotted !== null) return groups[5] === 0xffff ? `::ffff:${dotted}` : `::${dotted}`;
  if (best === -1) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** `N0CALL-7`: an AX.25 address of seven bytes, a call sign of six shifted characters and a station's number. */
export function formatAx25(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < 6; i++) {
    const code = bytes[i] >> 1;
    if (code === 0x20) break;
    text += code > 0x20 && code < 0x7f ? String.fromCharCode(code) : ".";
  }
  const station = (bytes[6] >> 1) & 0x0f;
  return station === 0 ? text : `${text}-${station}`;
}

/**
 * `1921.6800.1001.00-00`: an OSI system identifier with what may follow it, pseudonode and fragment; other lengths
 * as Wireshark shows them.
 */
export function formatSystemId(bytes: Uint8Array): string {
  const n = bytes.length;
  if (n === 0 || n > 15) return "<Invalid length of SYSTEM ID>";
  const hex = formatHex(bytes);
  if (n < 4) return hex;
  if (n < 6 || n > 8) return `${hex.slice(0, 8)}.${hex.slice(8)}`;
  const id = `${hex.slice(0, 4)}.${hex.slice(4, 8)}.${hex.slice(8, 12)}`;
  return id + (n > 6 ? `.${hex.slice(12, 14)}` : "") + (n > 7 ? `-${hex.slice(14)}` : "");
}

/** `8-4-4-4-12` hex digits of a GUID whose first three parts are big-endian. */
export function formatGuid(bytes: Uint8Array): string {
  const hex = formatHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Dotted form of a BER-encoded object identifier (X.690 8.19); `relative` leaves out the first-byte rule. */
export function formatOid(bytes: Uint8Array, relative = false): string {
  const arcs: string[] = [];
  let arc = 0n;
  bytes.forEach((byte) => {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (byte & 0x80) return;
    if (arcs.length === 0 && !relative) {
      const first = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      arcs.push(String(first), String(arc - first * 40n));
    } else arcs.push(String(arc));
    arc = 0n;
  });
  return arcs.join(".");
}

export type TextEncoding = "ascii" | "utf-8" | "latin1" | "utf-16be" | "utf-16le" | "macintosh";

const DECODERS: Readonly<Record<TextEncoding, TextDecoder>> = {
  ascii: new TextDecoder("latin1"),
  "utf-8": new TextDecoder("utf-8", { ignoreBOM: true }),
  latin1: new TextDecoder("latin1"),
  "utf-16be": new TextDecoder("utf-16be", { ignoreBOM: true }),
  "utf-16le": new TextDecoder("utf-16le", { ignoreBOM: true }),
  macintosh: new TextDecoder("macintosh"),
};

/** Text of `buf[start .. end)` up to the first NUL. What is not valid in the encoding becomes U+FFFD. */
export function decodeText(buf: Uint8Array, start: number, end: number, encoding: TextEncoding): string {
  if (encoding === "utf-16be" || encoding === "utf-16le") {
    const text = DECODERS[encoding].decode(buf.subarray(start, end));
    const nul = text.indexOf("\0");
    return nul === -1 ? text : text.slice(0, nul);
  }
  let stop = start;
  let plain = true;
  while (stop < end && buf[stop] !== 0) {
    if (buf[stop] >= 0x80) plain = false;
    stop++;
  }
  if (plain && stop - start < 64) {
    let text = "";
    for (let i = start; i < stop; i++) text += String.fromCharCode(buf[i]);
    return text;
  }
  const text = DECODERS[encoding].decode(buf.subarray(start, stop));
  return encoding === "ascii" ? text.replace(/[\x80-\xff]/g, "\ufffd") : text;
}

/** True when other characters follow a NUL in `buf[start .. end)`. */
export function hasStrayCharacters(buf: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && buf[at] !== 0) at++;
  while (at < end && buf[at] === 0) at++;
  return at < end;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** Text on one line: control characters escaped as in C, what cannot be printed as octal bytes. */
export function escapeText(text: string): string {
  if (!/[\0-\x1f\x7f-\x9f]/.test(text)) return text;
  let out = "";
  for (const char of text) {
    const short = ESCAPES[char];
    if (short !== undefined) out += short;
    else if (char < " " || (char >= "\x7f" && char <= "\x9f")) {
      out += `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
    } else out += char;
  }
  return out;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");

/** Milliseconds beyond which `Date` has no meaning. */
const DATE_LIMIT = 8.64e15;

/**
 * `Jan  2, 2026 03:04:05.678901234 UTC`
 * @param sec seconds since 1970, integer
 * @param utc false for the time zone of this machine, with its abbreviation
 */
export function formatAbsTime(sec: number, nsec: number, utc: boolean): string {
  if (Math.abs(sec * 1000) > DATE_LIMIT) return "Not representable";
  const date = new Date(sec * 1000);
  const fraction = pad(nsec, 9);
  if (utc) {
    const day = String(date.getUTCDate()).padStart(2, " ");
    const clock = `${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
    return `${MONTHS[date.getUTCMonth()]} ${day}, ${date.getUTCFullYear()} ${clock}.${fraction} UTC`;
  }
  const day = String(date.getDate()).padStart(2, " ");
  const clock = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
  return `${MONTHS[date.getMonth()]} ${day}, ${date.getFullYear()} ${clock}.${fraction} ${zoneOf(date)}`;
}

function zoneOf(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
}

/** `-1.000000500`: seconds with nine digits of a time difference in nanoseconds. */
export function formatSeconds(ns: bigint, digits = 9): string {
  const sign = ns < 0n ? "-" : "";
  const absolute = ns < 0n ? -ns : ns;
  const seconds = absolute / 1_000_000_000n;
  if (digits === 0) return `${sign}${seconds}`;
  const fraction = String(absolute % 1_000_000_000n)
    .padStart(9, "0")
    .slice(0, digits);
  return `${sign}${seconds}.${fraction}`;
}

/** `1 day, 1 minute`: whole seconds in words, parts that are zero left out. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0 seconds";
  const parts = [
    [Math.floor(seconds / 86400), "day"],
    [Math.floor(seconds / 3600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds % 60, "second"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(", ");
}

/** C's `%g` with the given number of significant digits, for floats. */
export function formatG(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, exp] = value.toExponential(digits - 1).split("e");
    const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const sign = exp.startsWith("-") ? "-" : "+";
    return `${trimmed}e${sign}${exp.replace(/^[+-]/, "").padStart(2, "0")}`;
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}
