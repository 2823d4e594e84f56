/** Literals → field values. Every reader answers undefined for text that is no such value. */

/** An IPv4 network: `address` is masked already. */
export class Ipv4Net {
  readonly address: number;
  readonly mask: number;
  constructor(address: number, prefix: number) {
    this.mask = prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0;
    this.address = (address & this.mask) >>> 0;
  }
}

/** An IPv6 network: the first `prefix` bits of `address` count. */
export class Ipv6Net {
  readonly address: Uint8Array;
  readonly prefix: number;
  constructor(address: Uint8Array, prefix: number) {
    this.address = address;
    this.prefix = prefix;
  }
}

const INTEGER = /^(?:0[xX][0-9A-Fa-f]+|0[bB][01]+|0[0-7]*|[1-9]\d*)$/;

/** Decimal, hexadecimal (0x), octal (0) and binary (0b) integers without sign. */
export function readInteger(text: string): bigint | undefined {
  if (!INTEGER.test(text) || text.length > 100) return undefined;
  return BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
}

/** Decimal and hexadecimal floating point numbers, "inf" among them. */
export function readFloat(text: string): number | undefined {
  if (/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const hex = /^0[xX]([0-9A-Fa-f]*)(?:\.([0-9A-Fa-f]*))?(?:[pP]([+-]?\d{1,5}))?$/.exec(text);
  if (!hex) return undefined;
  const [, whole, fraction = "", exponent = "0"] = hex;
  const digits = whole + fraction;
  return digits === ""
    ? undefined
    : Number.parseInt(digits, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

/**
 * Bytes: hex digits parted by colons, dashes or dots, one or two digits a byte, or longer runs of two digits a
 * byte; a last single digit is a byte. `0xff`: one byte.
 */
export function readBytes(text: string): Uint8Array | undefined {
  const single = /^0[xX]([0-9A-Fa-f]{2})$/.exec(text);
  if (single) return Uint8Array.of(Number.parseInt(single[1], 16));
  if (!/^[0-9A-Fa-f]+(?:[:.-][0-9A-Fa-f]+)*$/.test(text)) return undefined;
  const made: number[] = [];
  for (const run of text.split(/[:.-]/)) {
    for (let i = 0; i < run.length; i += 2) made.push(Number.parseInt(run.slice(i, i + 2), 16));
  }
  return Uint8Array.from(made);
}

/** `10.0.0.1`, `10.0.0.0/8`; a text says what is wrong with the prefix. */
export function readIpv4(text: string): number | Ipv4Net | string | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,7}))?$/.exec(text);
  if (!match) return undefined;
  let address = 0;
  for (const part of match.slice(1, 5)) {
    if (Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  if (match[5] === undefined) return address;
  const prefix = Number(match[5]);
  return prefix > 32 ? "The prefix of an IPv4 network has at most 32 bits" : new Ipv4Net(address, prefix);
}

/** RFC 4291 2.2 text forms, with an optional prefix length; a text says what is wrong with the prefix. */
export function readIpv6(text: string): Uint8Array | Ipv6Net | string | undefined {
  const [address, length, more] = text.split("/");
  if (more !== undefined) return undefined;
  const bytes = ipv6Bytes(address);
  if (bytes === undefined || length === undefined) return bytes;
  if (!/^\d{1,7}$/.test(length)) return undefined;
  const prefix = Number(length);
  return prefix > 128 ? "The prefix of an IPv6 network has at most 128 bits" : new Ipv6Net(bytes, prefix);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let plain = text;
  if (dotted) {
    const tail = readIpv4(dotted[2]);
    if (typeof tail !== "number") return undefined;
    plain = `${dotted[1]}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  if (!groups.every((half) => half.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)))) return undefined;
  const all = [...groups[0], ...Array<string>(8 - given).fill("0"), ...(groups[1] ?? [])];
  const bytes = new Uint8Array(16);
  all.forEach((group, i) => {
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >>> 8;
    bytes[2 * i + 1] = value & 255;
  });
  return bytes;
}

/** `8-4-4-4-12` hex digits. */
export function readGuid(text: string): Uint8Array | undefined {
  if (!/^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/.test(text))
    return undefined;
  return Uint8Array.from(Buffer.from(text.replaceAll("-", ""), "hex"));
}

/** Dotted object identifiers, as their BER contents (X.690 8.19, 8.20 for relative ones). */
export function readOid(text: string, relative: boolean): Uint8Array | undefined {
  if (!/^\d{1,20}(?:\.\d{1,20})+$/.test(text)) return undefined;
  const arcs = text.split(".").map(BigInt);
  if (!relative) {
    const [first, second] = arcs;
    if (first > 2n || (first < 2n && second > 39n)) return undefined;
    arcs.splice(0, 2, first * 40n + second);
  }
  const bytes: number[] = [];
  for (const arc of arcs) {
    const encoded = [Number(arc & 0x7fn)];
    for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) encoded.unshift(Number(rest & 0x7fn) | 0x80);
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const BILLION = 1_000_000_000n;

/** Digits behind a decimal point as nanoseconds; more than nine are cut off. */
function nanoseconds(digits: string | undefined): bigint {
  return BigInt((digits ?? "").slice(0, 9).padEnd(9, "0"));
}

/** Zones that are written as names (RFC 822 section 5), in hours from UTC; single letters are nautical. */
const ZONES: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  UT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};
const ZONE = "(UTC|GMT|UT|[ECMP][SD]T|[A-IK-Z]|[+-]\\d{2}(?::?\\d{2})?)?";
const ISO = new RegExp(
  `^(\\d{4})-(\\d{1,2})-(\\d{1,2})(?:[T ] ?(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2})(?:[.,](\\d+))?)?)?\\s?${ZONE})?$`,
);
const MONTH_FIRST = new RegExp(
  `^([A-Za-z]{3}) +(\\d{1,2}), *(\\d{4}) +(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:[.,](\\d+))? ?${ZONE}$`,
);

/** Minutes of a zone from UTC. */
function zoneMinutes(zone: string): number {
  if (Object.hasOwn(ZONES, zone)) return ZONES[zone] * 60;
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (offset) return (offset[1] === "-" ? -1 : 1) * (+offset[2] * 60 + +(offset[3] ?? 0));
  // A to I and K to M east of Greenwich, N to Y west of it; J is nobody's.
  const letter = zone.charCodeAt(0) - 64;
  return 60 * (letter <= 9 ? letter : letter <= 13 ? letter - 1 : 13 - letter);
}

/**
 * `2026-01-02`, `2026-01-02 03:04:05.678`, `2026-01-02T03:04:05Z`, `… +01:00`, `Jan 2, 2026 03:04:05.678 UTC`.
 * The zone may be Z, UTC, GMT, UT, ±hh:mm, a North American or a nautical one. Local time unless a zone is given.
 * @returns nanoseconds since 1970 UTC
 */
export function readTime(text: string): bigint | undefined {
  const iso = ISO.exec(text.trim());
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return instant(+year, +month, +day, +(hour ?? 0), +(minute ?? 0), +(second ?? 0), fraction, zone);
  }
  const named = MONTH_FIRST.exec(text.trim());
  if (!named) return undefined;
  const [, name, day, year, hour, minute, second, fraction, zone] = named;
  const month = MONTHS.indexOf(name.toLowerCase()) + 1;
  return month === 0 ? undefined : instant(+year, month, +day, +hour, +minute, +second, fraction, zone);
}

function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
  zone: string | undefined,
): bigint | undefined {
  const daysOfMonth = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  let ms: number;
  if (zone === undefined) ms = new Date(year, month - 1, day, hour, minute, second).getTime();
  else {
    ms = Date.UTC(year, month - 1, day, hour, minute, second) - zoneMinutes(zone) * 60_000;
  }
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + nanoseconds(fraction);
}

/** `1.5`: seconds with up to nine digits behind the point, as nanoseconds. */
export function readSeconds(text: string): bigint | undefined {
  const match = /^(\d{1,18})(?:\.(\d{1,9}))?$/.exec(text);
  return match ? BigInt(match[1]) * BILLION + nanoseconds(match[2]) : undefined;
}

/**
 * Escapes for bytes above 0x7f (`\xff`) are kept in a token's text as U+DC00 + byte, which no text holds, so that
 * they can become that one byte for fields of bytes.
 */
export const BYTE_ESCAPE = 0xdc00;

/** Text of a token as bytes: escaped bytes as they are, everything else in UTF-8. */
export function textBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= BYTE_ESCAPE && code <= 0xdcff) bytes.push(code - BYTE_ESCAPE);
    else bytes.push(...Buffer.from(char, "utf8"));
  }
  return Uint8Array.from(bytes);
}

/** Text of a token as text: escaped bytes are read as UTF-8. */
export function plainText(text: string): string {
  return /[\udc80-\udcff]/.test(text) ? Buffer.from(textBytes(text)).toString("utf8") : text;
}
