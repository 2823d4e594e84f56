/**
 * The fields of a described protocol: compiled once into a list of steps, which then read frames through the
 * dissection. Every step takes bytes or is done once, loops end when an element takes none, and a packet gets at
 * most `MOST_STEPS` steps: no description and no packet can make it run for long.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  type Base,
  type Expert,
  Field,
  type FieldType,
  nameOf,
  RangeNames,
  type Value,
  type ValueNames,
} from "../dissect/field.ts";
import { labelValue } from "../dissect/format.ts";
import { decodeText, type TextEncoding } from "../dissect/text.ts";
import { isUntil, rangeOf, testsOf } from "./check.ts";
import { fixedSize, sizeOfTime } from "./frame-layout.ts";
import { orderOf, readUint } from "./framing.ts";
import {
  type Amount,
  type BitField,
  bytesOf,
  bytesOfInteger,
  type Condition,
  type DescribedField,
  type Description,
  type FieldTest,
  type GroupField,
  type IntegerField,
  type IntegerType,
  type LeafField,
  type StretchField,
  type TimeField,
} from "./schema.ts";

/** Steps through the fields of all frames of one packet. */
const MOST_STEPS = 200_000;

/** Adds what a step found to the packet; returns false when it cannot be read, and with it all behind it. */
type Step = (d: Dissection) => boolean;

/** A number that may be known by now: a size, a count. -1 when it is not to be had. */
type Counted = (d: Dissection) => number;

export class FieldProgram {
  /** All fields, for the registry; those of one name stand side by side. */
  readonly fields: Field[] = [];
  readonly #description: Description;
  readonly #malformed: Expert;
  readonly #header: readonly Step[];
  readonly #payload: readonly Step[];
  readonly #trailer: readonly Step[];
  /** The last value of each field that something goes by; NaN before it was met. */
  readonly #numbers: Float64Array;
  readonly #slots: ReadonlyMap<string, number>;
  /** Texts of fields for the info column, and which of them it wants. */
  readonly #texts = new Map<string, string>();
  readonly #shown: ReadonlySet<string>;
  readonly #info: readonly (string | { readonly name: string })[];
  #steps = 0;
  /** Serial of the dissection that the steps are counted for. */
  #counted = -1;
  /** True when the frame goes on beyond what was captured: reading further ends the layer. */
  #cut = false;

  constructor(description: Description, malformed: Expert) {
    this.#description = description;
    this.#malformed = malformed;
    this.#slots = slotsOf(description);
    this.#numbers = new Float64Array(this.#slots.size);
    this.#info = (description.info ?? "")
      .split(/(\{[^{}]*\})/)
      .filter((part) => part !== "")
      .map((part) => (/^\{.*\}$/.test(part) ? { name: part.slice(1, -1) } : part));
    this.#shown = new Set(this.#info.flatMap((part) => (typeof part === "string" ? [] : [part.name])));
    this.#header = this.#compile(description.header);
    this.#payload = this.#compile(description.payload);
    this.#trailer = this.#compile(description.trailer);
  }

  /** Forgets the frame before. */
  begin(d: Dissection, cut: boolean): void {
    if (this.#counted !== d.serial) {
      this.#counted = d.serial;
      this.#steps = MOST_STEPS;
    }
    this.#cut = cut;
    this.#numbers.fill(Number.NaN);
    this.#texts.clear();
  }

  header(d: Dissection): boolean {
    return this.#run(d, this.#header);
  }
  payload(d: Dissection): boolean {
    return this.#run(d, this.#payload);
  }
  trailer(d: Dissection): boolean {
    return this.#run(d, this.#trailer);
  }

  /** The info text of the frame read last; empty when the description has none. Fields that are not there are left out. */
  info(): string {
    return this.#info
      .map((part) => (typeof part === "string" ? part : (this.#texts.get(part.name) ?? "")))
      .join("")
      .trim();
  }

  #run(d: Dissection, steps: readonly Step[]): boolean {
    for (const step of steps) if (!step(d)) return false;
    return true;
  }

  // ------------------------------------------------------------------ while reading

  /** True when `n` more bytes are there; else says so. */
  #room(d: Dissection, n: number, field: Field): boolean {
    if (--this.#steps < 0) return this.#fail(d, "There are more fields than are shown of one packet");
    if (d.pos + n <= d.end) return true;
    if (this.#cut) d.need(n);
    return this.#fail(d, `${field.title} needs ${n} bytes, and ${d.remaining} are left`);
  }

  #fail(d: Dissection, message: string): false {
    d.expert(this.#malformed, message);
    return false;
  }

  #show(d: Dissection, field: Field, name: string, value: Value): void {
    if (d.columns && this.#shown.has(name)) {
      const known = field.names === undefined ? undefined : nameOf(field.names, Number(value));
      this.#texts.set(name, known ?? labelValue(field, value));
    }
  }

  #put(d: Dissection, field: Field, name: string, n: number, value: Value): void {
    d.add(field, d.pos, n, value);
    this.#show(d, field, name, value);
    d.pos += n;
  }

  // ------------------------------------------------------------------ compiling

  #field(
    described: { name: string; title?: string | undefined; description?: string | undefined },
    type: FieldType,
    options: FieldLook = {},
  ): Field {
    const { name, title, description } = described;
    const field = new Field(`${this.#description.protocol}.${name}`, title ?? titleOf(name), type, {
      ...options,
      ...(description === undefined ? {} : { blurb: description.replace(/\s+/g, " ") }),
    });
    this.fields.push(field);
    return field;
  }

  #compile(list: readonly DescribedField[]): Step[] {
    return list.map((described) => {
      const step = described.type === "group" ? this.#group(described) : this.#leaf(described);
      if (described.when === undefined) return step;
      const holds = this.#condition(described.when);
      return (d) => --this.#steps < 0 || !holds() || step(d);
    });
  }

  #leaf(described: LeafField): Step {
    switch (described.type) {
      case "f32":
      case "f64":
        return this.#float(described);
      case "bool":
        return this.#bool(described);
      case "char":
        return this.#char(described);
      case "string":
      case "bytes":
        return this.#stretch(described);
      case "mac":
      case "ipv4":
      case "ipv6":
      case "guid":
      case "eui64":
        return this.#address(described);
      case "time":
      case "duration":
        return this.#time(described);
      default:
        return this.#integer(described);
    }
  }

  #integer(described: IntegerField): Step {
    const { name, type, scale, offset, bits } = described;
    const n = bytesOfInteger(type);
    const little = orderOf(described, this.#description) === "little";
    const slot = this.#slots.get(name) ?? -1;
    const unit = unitOf(described.unit);
    if (scale !== undefined || offset !== undefined) {
      const field = this.#field(described, "FT_DOUBLE", { ...unit });
      return (d) => {
        if (!this.#room(d, n, field)) return false;
        const raw = Number(readInteger(d.buf, d.pos, type, little));
        if (slot !== -1) this.#numbers[slot] = raw;
        this.#put(d, field, name, n, rounded(raw * (scale ?? 1) + (offset ?? 0)));
        return true;
      };
    }
    if (bits !== undefined) return this.#bits(described, bits, n, little);
    const field = this.#field(described, INTEGER_FIELDS[type], {
      base: BASES[described.base ?? "dec"],
      ...unit,
      ...namesOf(described.values),
    });
    return (d) => {
      if (!this.#room(d, n, field)) return false;
      const value = readInteger(d.buf, d.pos, type, little);
      if (slot !== -1) this.#numbers[slot] = Number(value);
      this.#put(d, field, name, n, value);
      return true;
    };
  }

  #bits(described: IntegerField, bits: readonly BitField[], n: number, little: boolean): Step {
    const { name, type, base } = described;
    const slot = this.#slots.get(name) ?? -1;
    const field = this.#field(described, INTEGER_FIELDS[type], {
      base: BASES[base ?? "hex"],
      ...unitOf(described.unit),
      ...namesOf(described.values),
    });
    const members = bits.map((bit) => {
      const mask = bit.mask ?? 2 ** (bit.bit ?? 0);
      const flag = Number.isInteger(Math.log2(mask)) && bit.values === undefined;
      const look = { mask, bits: 8 * n, ...namesOf(bit.values) };
      return flag
        ? this.#field(bit, "FT_BOOLEAN", { ...look, ...(bit.texts === undefined ? {} : { tf: bit.texts }) })
        : this.#field(bit, INTEGER_FIELDS[type], { ...look, base: BASES[bit.base ?? "dec"] });
    });
    const slots = bits.map((bit) => this.#slots.get(bit.name) ?? -1);
    return (d) => {
      if (!this.#room(d, n, field)) return false;
      const raw = readUint(d.buf, d.pos, n, little);
      if (slot !== -1) this.#numbers[slot] = raw;
      this.#show(d, field, name, raw);
      for (let i = 0; i < members.length; i++) {
        const member = members[i];
        let value = ((raw & member.mask) >>> 0) >>> member.shift;
        if (member.type === "FT_BOOLEAN") value = value === 0 ? 0 : 1;
        if (slots[i] !== -1) this.#numbers[slots[i]] = value;
        this.#show(d, member, bits[i].name, value);
      }
      if (little) d.bitsetLe(field, n, members);
      else d.bitset(field, n, members);
      return true;
    };
  }

  #float(described: Extract<LeafField, { type: "f32" | "f64" }>): Step {
    const { name, scale, offset } = described;
    const n = described.type === "f32" ? 4 : 8;
    const little = orderOf(described, this.#description) === "little";
    const scaled = scale !== undefined || offset !== undefined;
    const type = n === 4 && !scaled ? "FT_FLOAT" : "FT_DOUBLE";
    const field = this.#field(described, type, unitOf(described.unit));
    return (d) => {
      if (!this.#room(d, n, field)) return false;
      const raw = readFloat(d.buf, d.pos, n, little);
      this.#put(d, field, name, n, scaled ? rounded(raw * (scale ?? 1) + (offset ?? 0)) : raw);
      return true;
    };
  }

  #bool(described: Extract<LeafField, { type: "bool" }>): Step {
    const { name, texts } = described;
    const slot = this.#slots.get(name) ?? -1;
    const field = this.#field(described, "FT_BOOLEAN", texts === undefined ? {} : { tf: texts });
    return (d) => {
      if (!this.#room(d, 1, field)) return false;
      const value = d.buf[d.pos] === 0 ? 0 : 1;
      if (slot !== -1) this.#numbers[slot] = value;
      this.#put(d, field, name, 1, value);
      return true;
    };
  }

  #char(described: Extract<LeafField, { type: "char" }>): Step {
    const { name } = described;
    const slot = this.#slots.get(name) ?? -1;
    const field = this.#field(described, "FT_CHAR", namesOf(described.values));
    return (d) => {
      if (!this.#room(d, 1, field)) return false;
      const value = d.buf[d.pos];
      if (slot !== -1) this.#numbers[slot] = value;
      this.#put(d, field, name, 1, value);
      return true;
    };
  }

  #address(described: Extract<LeafField, { type: "mac" | "ipv4" | "ipv6" | "guid" | "eui64" }>): Step {
    const { name, type } = described;
    const n = fixedSize(described) ?? 0;
    const little = orderOf(described, this.#description) === "little" && described.order === "little";
    const field = this.#field(described, ADDRESS_FIELDS[type]);
    return (d) => {
      if (!this.#room(d, n, field)) return false;
      const bytes = d.buf.subarray(d.pos, d.pos + n);
      if (type === "ipv4") this.#put(d, field, name, n, readUint(d.buf, d.pos, n, little));
      else this.#put(d, field, name, n, little ? bytes.toReversed() : bytes);
      return true;
    };
  }

  #time(described: TimeField): Step {
    const { name, type, of } = described;
    const n = sizeOfTime(of);
    const little = orderOf(described, this.#description) === "little";
    const unit = NANOSECONDS[described.resolution];
    const absolute = type === "time";
    let epoch = 0n;
    if (described.type === "time") {
      const given = described.epoch ?? (of === "ntp" ? "1900-01-01T00:00:00Z" : "1970-01-01T00:00:00Z");
      epoch = BigInt(Date.parse(given)) * 1_000_000n;
    }
    const field = absolute
      ? this.#field(described, "FT_ABSOLUTE_TIME", { base: described.show === "local" ? "LOCAL" : "UTC" })
      : this.#field(described, "FT_RELATIVE_TIME");
    return (d) => {
      if (!this.#room(d, n, field)) return false;
      this.#put(d, field, name, n, epoch + nanoseconds(d.buf, d.pos, of, little, unit));
      return true;
    };
  }

  #stretch(described: StretchField): Step {
    const { name, type, prefix, end } = described;
    const field =
      described.type === "string"
        ? this.#field(described, "FT_STRING")
        : this.#field(described, "FT_BYTES", separatorOf(described.separator));
    const encoding: TextEncoding = described.type === "string" ? described.encoding : "ascii";
    const wide = encoding.startsWith("utf-16") ? 2 : 1;
    const put = (d: Dissection, from: number, to: number, whole: number): true => {
      let value: Value = null;
      if (d.building || (d.columns && this.#shown.has(name)))
        value = type === "string" ? decodeText(d.buf, from, to, encoding) : d.buf.subarray(from, to);
      if (value !== null) this.#put(d, field, name, whole, value);
      else d.pos += whole;
      return true;
    };
    if (end !== undefined) {
      const marker = bytesOf(end);
      return (d) => {
        if (!this.#room(d, marker.length, field)) return false;
        let at = d.pos;
        for (; at + marker.length <= d.end; at += wide)
          if (marker.every((byte, i) => d.buf[at + i] === byte))
            return put(d, d.pos, at, at + marker.length - d.pos);
        if (this.#cut) d.need(d.remaining + 1);
        return this.#fail(d, `${field.title} has no end`);
      };
    }
    if (prefix !== undefined) {
      const n = bytesOfInteger(prefix);
      const little = orderOf(described, this.#description) === "little";
      return (d) => {
        if (!this.#room(d, n, field)) return false;
        const length = readUint(d.buf, d.pos, n, little);
        return this.#room(d, n + length, field) && put(d, d.pos + n, d.pos + n + length, n + length);
      };
    }
    const amount = this.#amount(described.length ?? 0);
    return (d) => {
      const length = amount(d);
      if (length < 0) return this.#fail(d, `The length of ${field.title} is not known or below zero`);
      return this.#room(d, length, field) && put(d, d.pos, d.pos + length, length);
    };
  }

  #group(described: GroupField): Step {
    const { repeat } = described;
    const field = this.#field(described, "FT_NONE");
    const steps = this.#compile(described.fields);
    const length = described.length === undefined ? null : this.#amount(described.length);
    const once = (d: Dissection, number: number): boolean => {
      if (!this.#room(d, 0, field)) return false;
      const { pos, end, wireEnd } = d;
      let stop = end;
      if (length !== null) {
        const n = length(d);
        if (n < 0) return this.#fail(d, `The length of ${field.title} is not known or below zero`);
        if (!this.#room(d, n, field)) return false;
        stop = pos + n;
      }
      d.open(field, pos, 0);
      if (number > 0 && d.labels) d.relabelParent(`${field.title} ${number}`);
      d.end = stop;
      d.wireEnd = Math.min(wireEnd, stop === end ? wireEnd : stop);
      const whole = this.#run(d, steps);
      d.end = end;
      d.wireEnd = wireEnd;
      // What the fields leave of a group with a length is passed over, and what they spoil ends with it.
      if (length !== null) d.pos = stop;
      d.close(d.pos);
      return whole || (length !== null && this.#steps > 0);
    };
    if (repeat === undefined) return (d) => once(d, 0);
    if (isUntil(repeat)) {
      const reached = this.#condition(repeat.until);
      return (d) => {
        for (let number = 1; d.pos < d.end; number++) {
          const { pos } = d;
          if (!once(d, number)) return false;
          if (reached() || d.pos === pos) return true;
        }
        if (this.#cut) d.need(1);
        return this.#fail(d, `${field.title} ends without its last element`);
      };
    }
    const amount = repeat === "rest" ? null : this.#amount(repeat);
    return (d) => {
      const count = amount === null ? Number.POSITIVE_INFINITY : amount(d);
      if (count < 0) return this.#fail(d, `The number of ${field.title} is not known or below zero`);
      for (let number = 1; number <= count; number++) {
        if (amount === null && d.pos >= d.end && !(this.#cut && d.end < d.wireEnd)) return true;
        const { pos } = d;
        if (!once(d, number)) return false;
        if (d.pos === pos) return true;
      }
      return true;
    };
  }

  #amount(amount: Amount): Counted {
    if (amount === "rest") return (d) => (this.#cut ? d.wireRemaining : d.remaining);
    if (typeof amount === "number") return () => amount;
    const slot = this.#slots.get(amount.field) ?? 0;
    return () => {
      const value = this.#numbers[slot] * amount.times + amount.plus;
      return Number.isNaN(value) ? -1 : value;
    };
  }

  #condition(condition: Condition): () => boolean {
    const tests = [...testsOf(condition)].map(([test]) => this.#test(test));
    const any = typeof condition === "object" && "any" in condition;
    return any ? () => tests.some((holds) => holds()) : () => tests.every((holds) => holds());
  }

  /** A field that was not met fulfils nothing. */
  #test({ field, is, not, has, above, below }: FieldTest): () => boolean {
    const slot = this.#slots.get(field) ?? 0;
    const list = (given: number | number[] | boolean): number[] =>
      Array.isArray(given) ? given : [Number(given)];
    return () => {
      const value = this.#numbers[slot];
      if (Number.isNaN(value)) return false;
      if (is !== undefined && !list(is).includes(value)) return false;
      if (not !== undefined && list(not).includes(value)) return false;
      if (has !== undefined && (value & has) >>> 0 !== has) return false;
      return (above === undefined || value > above) && (below === undefined || value < below);
    };
  }
}

type FieldLook = NonNullable<ConstructorParameters<typeof Field>[3]>;

/** The fields that lengths, repetitions and conditions go by, numbered. */
function slotsOf(description: Description): Map<string, number> {
  const slots = new Map<string, number>();
  const take = (name: string): void => {
    if (!slots.has(name)) slots.set(name, slots.size);
  };
  const takeAmount = (amount: Amount | undefined): void => {
    if (typeof amount === "object") take(amount.field);
  };
  const takeCondition = (condition: Condition | undefined): void => {
    if (condition !== undefined) for (const [test] of testsOf(condition)) take(test.field);
  };
  const walk = (list: readonly DescribedField[]): void => {
    for (const field of list) {
      takeCondition(field.when);
      if ("length" in field) takeAmount(field.length);
      if (field.type !== "group") continue;
      if (field.repeat !== undefined && isUntil(field.repeat)) takeCondition(field.repeat.until);
      else takeAmount(field.repeat);
      walk(field.fields);
    }
  };
  for (const list of [description.header, description.payload, description.trailer]) walk(list);
  return slots;
}

/** "item.unit-price" → "Unit price". */
function titleOf(name: string): string {
  const text = (name.split(".").at(-1) ?? name).replace(/[-_]+/g, " ").trim();
  return text === "" ? name : text[0].toUpperCase() + text.slice(1);
}

const BASES: Readonly<Record<"dec" | "hex" | "oct" | "dec-hex" | "hex-dec", Base>> = {
  dec: "DEC",
  hex: "HEX",
  oct: "OCT",
  "dec-hex": "DEC_HEX",
  "hex-dec": "HEX_DEC",
};

const INTEGER_FIELDS: Readonly<Record<IntegerType, FieldType>> = {
  u8: "FT_UINT8",
  u16: "FT_UINT16",
  u24: "FT_UINT24",
  u32: "FT_UINT32",
  u40: "FT_UINT40",
  u48: "FT_UINT48",
  u56: "FT_UINT56",
  u64: "FT_UINT64",
  i8: "FT_INT8",
  i16: "FT_INT16",
  i24: "FT_INT24",
  i32: "FT_INT32",
  i64: "FT_INT64",
};

const ADDRESS_FIELDS = {
  mac: "FT_ETHER",
  ipv4: "FT_IPv4",
  ipv6: "FT_IPv6",
  guid: "FT_GUID",
  eui64: "FT_EUI64",
} as const;

const NANOSECONDS = { s: 1_000_000_000, ms: 1_000_000, us: 1000, ns: 1 } as const;

function unitOf(unit: string | undefined): FieldLook {
  if (unit === undefined) return {};
  return { unit: unit.startsWith(" ") || unit === "%" || unit === "°" ? unit : ` ${unit}` };
}

function separatorOf(separator: ":" | "-" | "." | " " | undefined): FieldLook {
  const bases = { ":": "SEP_COLON", "-": "SEP_DASH", ".": "SEP_DOT", " ": "SEP_SPACE" } as const;
  return separator === undefined ? {} : { base: bases[separator] };
}

function namesOf(values: Readonly<Record<string, string>> | undefined): { names?: ValueNames } {
  if (values === undefined) return {};
  const ranges = Object.entries(values).map(([key, name]) => [...rangeOf(key), name] as const);
  if (ranges.some(([first, last]) => last !== first)) return { names: new RangeNames(ranges) };
  return { names: Object.fromEntries(ranges.map(([first, , name]) => [first, name])) };
}

/** Without the last digits that multiplying spoils: 3 × 0.1 is 0.3. */
const rounded = (value: number): number => Number(value.toPrecision(15));

/** A value as its field wants it: bigint from 40 bits on. */
function readInteger(buf: Uint8Array, at: number, type: IntegerType, little: boolean): number | bigint {
  const n = bytesOfInteger(type);
  const signed = type[0] === "i";
  if (n <= 4) {
    const value = readUint(buf, at, n, little);
    return signed && value >= 2 ** (8 * n - 1) ? value - 2 ** (8 * n) : value;
  }
  const value = readBig(buf, at, n, little);
  return signed ? BigInt.asIntN(8 * n, value) : value;
}

function readBig(buf: Uint8Array, at: number, n: number, little: boolean): bigint {
  const low = little ? at : at + n - 4;
  const high = little ? at + 4 : at;
  return (BigInt(readUint(buf, high, n - 4, little)) << 32n) | BigInt(readUint(buf, low, 4, little));
}

function readFloat(buf: Uint8Array, at: number, n: number, little: boolean): number {
  const view = new DataView(buf.buffer, buf.byteOffset + at, n);
  return n === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little);
}

/** Furthest time in seconds that a floating-point number may tell. */
const FARTHEST = 1e15;

function nanoseconds(buf: Uint8Array, at: number, of: string, little: boolean, unit: number): bigint {
  if (of === "ntp") {
    const raw = readBig(buf, at, 8, little);
    return (raw >> 32n) * 1_000_000_000n + (((raw & 0xffff_ffffn) * 1_000_000_000n) >> 32n);
  }
  if (of === "f64") {
    const value = readFloat(buf, at, 8, little);
    const seconds = Number.isFinite(value) ? Math.max(-FARTHEST, Math.min(FARTHEST, value)) : 0;
    const whole = Math.floor(seconds);
    return BigInt(whole) * BigInt(unit) + BigInt(Math.round((seconds - whole) * unit));
  }
  return BigInt(readInteger(buf, at, of as IntegerType, little)) * BigInt(unit);
}
