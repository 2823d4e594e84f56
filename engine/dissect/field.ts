/**
 * Field tables: what a dissector can say about a packet, under Wireshark's display-filter names.
 *
 * A protocol file lists its fields once, with the builders below; that one table feeds the layer tree, the
 * display filter, its completion, custom columns and `tapline -G fields`.
 */

/** Wireshark's field types. */
export type FieldType =
  | "FT_NONE"
  | "FT_PROTOCOL"
  | "FT_BOOLEAN"
  | "FT_CHAR"
  | "FT_UINT8"
  | "FT_UINT16"
  | "FT_UINT24"
  | "FT_UINT32"
  | "FT_UINT40"
  | "FT_UINT48"
  | "FT_UINT56"
  | "FT_UINT64"
  | "FT_INT8"
  | "FT_INT16"
  | "FT_INT24"
  | "FT_INT32"
  | "FT_INT64"
  | "FT_FLOAT"
  | "FT_DOUBLE"
  | "FT_ABSOLUTE_TIME"
  | "FT_RELATIVE_TIME"
  | "FT_STRING"
  | "FT_STRINGZ"
  | "FT_UINT_STRING"
  | "FT_BYTES"
  | "FT_UINT_BYTES"
  | "FT_ETHER"
  | "FT_IPv4"
  | "FT_IPv6"
  | "FT_IPXNET"
  | "FT_FRAMENUM"
  | "FT_GUID"
  | "FT_OID"
  | "FT_EUI64"
  | "FT_AX25"
  | "FT_VINES"
  | "FT_FCWWN"
  | "FT_REL_OID"
  | "FT_SYSTEM_ID";

/**
 * How a value is shown: number bases for integers, separators for bytes ("SEP_COLON"), the clock for absolute
 * times ("LOCAL", "UTC", "NTP_UTC": UTC with 0 shown as "NULL").
 */
export type Base =
  | "NONE"
  | "DEC"
  | "HEX"
  | "OCT"
  | "DEC_HEX"
  | "HEX_DEC"
  | "CUSTOM"
  | "SEP_DOT"
  | "SEP_DASH"
  | "SEP_COLON"
  | "SEP_SPACE"
  | "LOCAL"
  | "UTC"
  | "DOY_UTC"
  | "NTP_UTC"
  | "PT_UDP"
  | "PT_TCP"
  | "PT_DCCP"
  | "PT_SCTP"
  | "OUI"
  | "NETMASK";

/**
 * The value of a field.
 * - integers, booleans (0 or 1), characters, IPv4 addresses, frame numbers, floats: number
 * - 40 to 64 bit integers, times (nanoseconds): bigint
 * - strings: string; bytes, MAC and IPv6 addresses, GUIDs, OIDs: Uint8Array; FT_NONE and FT_PROTOCOL: null
 */
export type Value = number | bigint | string | Uint8Array | null;

/** Names for ranges of values, for fields where a plain record would be too long. */
export class RangeNames {
  readonly ranges: readonly (readonly [first: number, last: number, name: string])[];
  constructor(ranges: readonly (readonly [number, number, string])[]) {
    this.ranges = ranges;
  }
  find(value: number): string | undefined {
    for (const [first, last, name] of this.ranges) if (value >= first && value <= last) return name;
    return undefined;
  }
}

/** value → name. */
export type ValueNames = Readonly<Record<number, string>> | RangeNames;

/** The name of a value, or undefined. */
export function nameOf(names: ValueNames | undefined, value: number): string | undefined {
  if (names === undefined) return undefined;
  return names instanceof RangeNames ? names.find(value) : names[value];
}

export interface FieldOptions {
  readonly base?: Base;
  /** Bits of the containing integer that make the field; the value is shifted down by the mask's lowest bit. */
  readonly mask?: number | bigint;
  /** For booleans with a mask: width in bits of the integer that holds it (8, 16, 24, 32, 64). */
  readonly bits?: number;
  readonly names?: ValueNames;
  /** Booleans: the texts for set and for not set. Default "True" and "False". */
  readonly tf?: readonly [string, string];
  /** Unit behind the number with its blank: " seconds"; a pair for singular and plural. */
  readonly unit?: string | readonly [string, string];
  /** The shown text of a value where no base fits (Wireshark's BASE_CUSTOM). */
  readonly text?: (value: number) => string;
  readonly blurb?: string;
}

/** One field of one protocol. Made by the builders below; `id` and `protocol` are set when it is registered. */
export class Field {
  /** Dense number over all fields of the program; -1 before the field's protocol is defined. */
  id = -1;
  /** Filter name of the protocol that owns it. */
  protocol = "";
  /**
   * True when its value follows from the PDU it stands in, whatever came before in the conversation; see
   * `ProtocolDefinition.linked`.
   */
  own = false;
  /** The mark (frame-marks.ts) of every frame that has the field; 0 when there is none. */
  mark = 0;
  readonly name: string;
  readonly title: string;
  readonly type: FieldType;
  readonly base: Base;
  readonly mask: number;
  readonly mask64: bigint;
  /** Bits the value is shifted down by. */
  readonly shift: number;
  /** Width in bits of the integer that holds the masked bits. */
  readonly bits: number;
  readonly names: ValueNames | undefined;
  readonly tf: readonly [string, string];
  readonly unit: string | readonly [string, string] | undefined;
  readonly text: ((value: number) => string) | undefined;
  readonly blurb: string;

  constructor(name: string, title: string, type: FieldType, options: FieldOptions = {}) {
    this.name = name;
    this.title = title;
    this.type = type;
    this.base = options.base ?? (isInteger(type) ? "DEC" : "NONE");
    this.mask64 = BigInt(options.mask ?? 0);
    this.mask = Number(this.mask64);
    this.shift = trailingZeros(this.mask64);
    this.bits = options.bits ?? widthOf(type);
    this.names = options.names;
    this.tf = options.tf ?? TRUE_FALSE;
    this.unit = options.unit;
    this.text = options.text;
    this.blurb = options.blurb ?? "";
  }
}

const TRUE_FALSE = ["True", "False"] as const;
/** The usual texts of flags. */
export const SET_NOTSET = ["Set", "Not set"] as const;
export const YES_NO = ["Yes", "No"] as const;
export const SUPPORTED = ["Supported", "Not supported"] as const;

/** Bits of an integer type, 0 for all others; FT_BOOLEAN takes its width from the options. */
export function widthOf(type: FieldType): number {
  const digits = /^FT_U?INT(\d+)$/.exec(type);
  if (digits) return Number(digits[1]);
  return type === "FT_CHAR" || type === "FT_BOOLEAN" ? 8 : 0;
}

export function isInteger(type: FieldType): boolean {
  return /^FT_(U?INT\d+|CHAR)$/.test(type);
}

function trailingZeros(mask: bigint): number {
  let shift = 0;
  if (mask !== 0n) while (((mask >> BigInt(shift)) & 1n) === 0n) shift++;
  return shift;
}

type Builder = (name: string, title: string, options?: FieldOptions) => Field;
const builder =
  (type: FieldType): Builder =>
  (name, title, options) =>
    new Field(name, title, type, options);

export const none = builder("FT_NONE");
export const bool = builder("FT_BOOLEAN");
export const char = builder("FT_CHAR");
export const u8 = builder("FT_UINT8");
export const u16 = builder("FT_UINT16");
export const u24 = builder("FT_UINT24");
export const u32 = builder("FT_UINT32");
export const u40 = builder("FT_UINT40");
export const u48 = builder("FT_UINT48");
export const u56 = builder("FT_UINT56");
export const u64 = builder("FT_UINT64");
export const i8 = builder("FT_INT8");
export const i16 = builder("FT_INT16");
export const i24 = builder("FT_INT24");
export const i32 = builder("FT_INT32");
export const i64 = builder("FT_INT64");
export const float = builder("FT_FLOAT");
export const double = builder("FT_DOUBLE");
export const absTime = builder("FT_ABSOLUTE_TIME");
export const relTime = builder("FT_RELATIVE_TIME");
export const str = builder("FT_STRING");
export const strz = builder("FT_STRINGZ");
export const uintStr = builder("FT_UINT_STRING");
export const bytes = builder("FT_BYTES");
export const uintBytes = builder("FT_UINT_BYTES");
export const ether = builder("FT_ETHER");
export const ipv4 = builder("FT_IPv4");
export const ipv6 = builder("FT_IPv6");
export const ipxNet = builder("FT_IPXNET");
export const frameNum = builder("FT_FRAMENUM");
export const guid = builder("FT_GUID");
export const oid = builder("FT_OID");
export const relOid = builder("FT_REL_OID");
export const eui64 = builder("FT_EUI64");
export const ax25 = builder("FT_AX25");
export const fcwwn = builder("FT_FCWWN");
export const systemId = builder("FT_SYSTEM_ID");

export type ExpertSeverity = "comment" | "chat" | "note" | "warning" | "error";
export type ExpertGroup =
  | "Checksum"
  | "Sequence"
  | "Response"
  | "Request"
  | "Undecoded"
  | "Reassemble"
  | "Malformed"
  | "Debug"
  | "Protocol"
  | "Security"
  | "Comment"
  | "Decryption"
  | "Assumption"
  | "Deprecated"
  | "Receive"
  | "Interface";

/** One kind of expert information: an FT_NONE field with a severity and a group. */
export class Expert {
  readonly field: Field;
  readonly severity: ExpertSeverity;
  readonly group: ExpertGroup;
  readonly message: string;
  constructor(name: string, severity: ExpertSeverity, group: ExpertGroup, message: string) {
    this.field = new Field(name, message, "FT_NONE");
    this.severity = severity;
    this.group = group;
    this.message = message;
  }
}

export function expert(name: string, severity: ExpertSeverity, group: ExpertGroup, message: string): Expert {
  return new Expert(name, severity, group, message);
}

/** Several tables of fields as one; keys that are the same in two of them do not hide each other's fields. */
export function joined(...tables: readonly Readonly<Record<string, Field>>[]): Record<string, Field> {
  return Object.fromEntries(tables.flatMap((table) => Object.values(table)).map((field, i) => [i, field]));
}
