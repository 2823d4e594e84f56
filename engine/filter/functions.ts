/** The functions of the filter language. */
import { type Field, isInteger, nameOf } from "../dissect/field.ts";
import { showValue } from "../dissect/format.ts";
import { specialBlock } from "./special-addresses.ts";
import { canBeText, canCompute, hasValueNames, integerBits, type OperandType, typeOf } from "./types.ts";
import type { Datum } from "./values.ts";

export interface FilterFunction {
  readonly name: string;
  readonly title: string;
  /** How it is called, for completion and errors. */
  readonly usage: string;
  /** Most arguments it takes; at least one is needed always. */
  readonly maximum: number;
  /** What an argument must be, in words for errors. */
  readonly takes: string;
  readonly accepts: (type: OperandType) => boolean;
  /** Literals are allowed among the arguments. */
  readonly literals: boolean;
  /** The arguments must be fields by name: what they give follows from the field, not from the value. */
  readonly fieldsOnly: boolean;
  readonly result: (argument: OperandType) => OperandType;
  /** Of the values of all arguments together; never called without any. */
  readonly all?: (values: readonly Datum[], compare: (a: Datum, b: Datum) => number) => Datum;
  /** Of each value on its own; `field` is where it comes from, null for values worked out. */
  readonly each?: (value: Datum, field: Field | null) => Datum | undefined;
}

const TEXT = typeOf("FT_STRING");
const NUMBER = typeOf("FT_UINT32");
const TRUTH = typeOf("FT_BOOLEAN");

const encoder = new TextEncoder();

function make(
  name: string,
  title: string,
  takes: string,
  accepts: (type: OperandType) => boolean,
  result: (argument: OperandType) => OperandType,
  rest: Partial<FilterFunction>,
): FilterFunction {
  return {
    name,
    title,
    usage: `${name}(field)`,
    maximum: 1,
    takes,
    accepts,
    literals: false,
    fieldsOnly: false,
    result,
    ...rest,
  };
}

const isText = (type: OperandType): boolean => type.group === "string";
const isNumber = (type: OperandType): boolean =>
  ["integer", "float", "boolean", "time", "duration"].includes(type.group);
const isAddress = (type: OperandType): boolean => type.group === "ipv4" || type.group === "ipv6";
const isOrdered = (type: OperandType): boolean => type.group !== "none";
const same = (type: OperandType): OperandType => type;

/** Bytes of a value on the wire. */
function lengthOf(value: Datum, field: Field | null): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "string") return encoder.encode(value).length;
  if (field === null) return 4;
  return field.type === "FT_IPv4" ? 4 : integerBits(field.type) / 8;
}

/** An address test by the first bytes of IPv4 and IPv6 addresses. */
const address =
  (v4: (address: number) => boolean, v6: (bytes: Uint8Array) => boolean) =>
  (value: Datum): Datum | undefined => {
    if (typeof value === "number") return v4(value) ? 1 : 0;
    return value instanceof Uint8Array && value.length === 16 ? Number(v6(value)) : undefined;
  };

/** A number as it is, a time in seconds. */
function asNumber(value: Datum, field: Field | null): number {
  const time = field?.type === "FT_RELATIVE_TIME" || field?.type === "FT_ABSOLUTE_TIME";
  return time ? Number(value) / 1e9 : Number(value);
}

const never = (): boolean => false;

function toText(value: Datum, field: Field | null): Datum | undefined {
  if (field === null) return typeof value === "string" ? value : String(value);
  if (isInteger(field.type) && (typeof value === "number" || typeof value === "bigint")) return String(value);
  return value instanceof Uint8Array || typeof value !== "object" ? showValue(field, value) : undefined;
}

const LIST: readonly FilterFunction[] = [
  make(
    "len",
    "Length in bytes of text, bytes or a protocol",
    "text, bytes, a number or an address",
    (type) =>
      type.group !== "none" &&
      type.group !== "time" &&
      type.group !== "duration" &&
      type.group !== "boolean" &&
      type.group !== "float",
    () => NUMBER,
    {
      each: lengthOf,
    },
  ),
  make(
    "count",
    "How often a field is in the packet",
    "a field",
    () => true,
    () => NUMBER,
    {
      all: (values) => values.length,
      fieldsOnly: true,
    },
  ),
  make("upper", "Text in capital letters", "text", isText, () => TEXT, {
    each: (value) => (typeof value === "string" ? value.toUpperCase() : undefined),
  }),
  make("lower", "Text in small letters", "text", isText, () => TEXT, {
    each: (value) => (typeof value === "string" ? value.toLowerCase() : undefined),
  }),
  make("string", "A number or an address as text", "a number or an address", canBeText, () => TEXT, {
    each: toText,
  }),
  make("vals", "The name of a value", "a field whose values have names", hasValueNames, () => TEXT, {
    fieldsOnly: true,
    each: (value, field) => {
      if (field?.type === "FT_BOOLEAN") return field.tf[Number(value) === 0 ? 1 : 0];
      return nameOf(field?.names, Number(value));
    },
  }),
  make(
    "dec",
    "An integer as decimal text",
    "an integer",
    (type) => type.group === "integer",
    () => TEXT,
    {
      each: (value) => String(value),
    },
  ),
  make(
    "hex",
    "An integer as hexadecimal text",
    "an integer",
    (type) => type.group === "integer",
    () => TEXT,
    {
      each: (value, field) => {
        const bits = field === null ? 32 : integerBits(field.type);
        const digits = BigInt.asUintN(bits, BigInt(value as number | bigint)).toString(16);
        return `0x${digits.padStart(Math.ceil(bits / 4), "0")}`;
      },
    },
  ),
  make("float", "A number with single precision", "a number or a time", isNumber, () => typeOf("FT_FLOAT"), {
    each: (value, field) => Math.fround(asNumber(value, field)),
  }),
  make(
    "double",
    "A number with double precision",
    "a number or a time",
    isNumber,
    () => typeOf("FT_DOUBLE"),
    {
      each: asNumber,
    },
  ),
  make("abs", "A number without its sign", "a number or a time span", (type) => canCompute(type, "-"), same, {
    each: (value) => ((value as number | bigint) < 0 ? -(value as number | bigint) : value),
  }),
  make("max", "The largest of all values", "a value", isOrdered, same, {
    usage: "max(field, …)",
    maximum: 1000,
    literals: true,
    all: (values, compare) => values.reduce((best, value) => (compare(value, best) > 0 ? value : best)),
  }),
  make("min", "The smallest of all values", "a value", isOrdered, same, {
    usage: "min(field, …)",
    maximum: 1000,
    literals: true,
    all: (values, compare) => values.reduce((best, value) => (compare(value, best) < 0 ? value : best)),
  }),
  make("ip_special_name", "The name of a special-purpose block", "an IP address", isAddress, () => TEXT, {
    each: (value) => specialBlock(value as number | Uint8Array)?.name,
  }),
  make(
    "ip_special_mask",
    "Source 16, destination 8, forwardable 4, global 2, reserved by protocol 1",
    "an IP address",
    isAddress,
    () => NUMBER,
    {
      each: (value) => specialBlock(value as number | Uint8Array)?.flags,
    },
  ),
  make("ip_linklocal", "169.254.0.0/16, fe80::/10", "an IP address", isAddress, () => TRUTH, {
    each: address(
      (v4) => v4 >>> 16 === 0xa9fe,
      (v6) => v6[0] === 0xfe && (v6[1] & 0xc0) === 0x80,
    ),
  }),
  make("ip_multicast", "224.0.0.0/4, ff00::/8", "an IP address", isAddress, () => TRUTH, {
    each: address(
      (v4) => v4 >>> 28 === 0xe,
      (v6) => v6[0] === 0xff,
    ),
  }),
  make(
    "ip_rfc1918",
    "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
    "an IPv4 address",
    (type) => type.group === "ipv4",
    () => TRUTH,
    {
      each: address((v4) => v4 >>> 24 === 10 || v4 >>> 20 === 0xac1 || v4 >>> 16 === 0xc0a8, never),
    },
  ),
  make(
    "ip_ula",
    "fc00::/7, unique local addresses",
    "an IPv6 address",
    (type) => type.group === "ipv6",
    () => TRUTH,
    {
      each: address(never, (v6) => (v6[0] & 0xfe) === 0xfc),
    },
  ),
];

/** All functions by name. */
export const FUNCTIONS: ReadonlyMap<string, FilterFunction> = new Map(LIST.map((each) => [each.name, each]));
