/** What a description must fulfil beyond its schema: names that are there, sizes that fit, frames that have an end. */
import { makeChecksum } from "./checksums.ts";
import { fixedSize, partsOf } from "./frame-layout.ts";
import {
  type Amount,
  type BitField,
  bytesOfInteger,
  type Condition,
  type DescribedField,
  type Description,
  type FieldTest,
  type LeafField,
  MOST_FIELDS,
  MOST_LEVELS,
} from "./schema.ts";
import type { Path } from "./yaml.ts";

/** One thing wrong with a description. */
export interface Fault {
  readonly path: Path;
  /** A sentence without its full stop. */
  readonly message: string;
}

/** Names of lines that Tapline adds by itself. */
export const OWN_FIELDS = {
  start: "start-marker",
  end: "end-marker",
  skipped: "skipped",
  withheld: "withheld",
  rest: "undecoded",
} as const;
export const OWN_EXPERTS = ["bad-checksum", "damage", "malformed"] as const;
const RESERVED = new Set<string>([...Object.values(OWN_FIELDS), ...OWN_EXPERTS]);

/** Everything that is wrong with a description, in its order. */
export function faultsOf(description: Description): Fault[] {
  return new Check(description).run();
}

class Check {
  readonly #d: Description;
  readonly #faults: Fault[] = [];
  /** Names of numbers met so far, of those that a length, a repetition or a condition may go by. */
  readonly #numbers = new Set<string>();
  readonly #names = new Set<string>();
  #count = 0;

  constructor(description: Description) {
    this.#d = description;
  }

  run(): Fault[] {
    const { header, payload, trailer } = this.#d;
    this.#fields(header, ["header"], 1);
    this.#fields(payload, ["payload"], 1);
    this.#fields(trailer, ["trailer"], 1);
    if (this.#count > MOST_FIELDS) this.#fault([], `There are more than ${MOST_FIELDS} fields`);
    for (const part of ["header", "trailer"] as const) {
      for (const [i, field] of this.#d[part].entries()) this.#fixed(field, [part, i]);
    }
    // What follows goes by sizes, and these are known only now.
    if (this.#faults.length === 0) {
      this.#frame();
      this.#checksum();
      this.#info();
    }
    return this.#faults;
  }

  #fault(path: Path, message: string): void {
    this.#faults.push({ path, message });
  }

  // ------------------------------------------------------------------ fields

  #fields(list: readonly DescribedField[], path: Path, level: number): void {
    if (level > MOST_LEVELS) this.#fault(path, `Groups nest at most ${MOST_LEVELS} levels deep`);
    else for (const [i, field] of list.entries()) this.#field(field, [...path, i], level);
  }

  #field(field: DescribedField, path: Path, level: number): void {
    this.#count++;
    if (field.when !== undefined) this.#condition(field.when, [...path, "when"]);
    this.#name(field.name, path);
    switch (field.type) {
      case "group":
        if (field.length !== undefined) this.#amount(field.length, [...path, "length"]);
        if (field.repeat !== undefined && !isUntil(field.repeat))
          this.#amount(field.repeat, [...path, "repeat"]);
        this.#fields(field.fields, [...path, "fields"], level + 1);
        if (field.repeat !== undefined && isUntil(field.repeat))
          this.#condition(field.repeat.until, [...path, "repeat", "until"]);
        return;
      case "string":
      case "bytes":
        if (field.length !== undefined) this.#amount(field.length, [...path, "length"]);
        return;
      case "f32":
      case "f64":
      case "mac":
      case "ipv4":
      case "ipv6":
      case "guid":
      case "eui64":
      case "time":
      case "duration":
        return;
      case "bool":
        this.#numbers.add(field.name);
        return;
      case "char":
        this.#numbers.add(field.name);
        this.#values(field.values, path);
        return;
      default:
        this.#numbers.add(field.name);
        this.#values(field.values, path);
        if (
          (field.scale !== undefined || field.offset !== undefined) &&
          (field.values ?? field.bits ?? field.base)
        )
          this.#fault(path, "A scaled field has no values, bits or base");
        if (field.bits !== undefined) this.#bits(field.bits, field.type, path);
    }
  }

  #name(name: string, path: Path): void {
    if (RESERVED.has(name))
      this.#fault([...path, "name"], `"${name}" is a field that Tapline adds by itself`);
    this.#names.add(name);
  }

  #bits(bits: readonly BitField[], type: string, path: Path): void {
    if (!/^u(8|16|24|32)$/.test(type)) {
      this.#fault([...path, "bits"], `Only u8, u16, u24 and u32 have bits, not ${type}`);
      return;
    }
    const width = Number(type.slice(1));
    for (const [i, bit] of bits.entries()) {
      const at = [...path, "bits", i];
      this.#count++;
      this.#name(bit.name, at);
      this.#numbers.add(bit.name);
      this.#values(bit.values, at);
      if ((bit.bit ?? 0) >= width || (bit.mask ?? 0) >= 2 ** width)
        this.#fault(
          [...at, bit.bit === undefined ? "mask" : "bit"],
          `This is beyond the ${width} bits of ${type}`,
        );
    }
  }

  #values(values: Readonly<Record<string, string>> | undefined, path: Path): void {
    for (const key of Object.keys(values ?? {})) {
      const [first, last] = rangeOf(key);
      if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last))
        this.#fault([...path, "values", key], `${key} is too large a number for a name`);
      else if (last < first) this.#fault([...path, "values", key], `The range ${key} ends before it begins`);
    }
  }

  #number(name: string, path: Path): void {
    if (this.#numbers.has(name)) return;
    const why = this.#names.has(name) ? "is no integer" : "does not stand before this";
    this.#fault(path, `The field "${name}" ${why}`);
  }

  #amount(amount: Amount, path: Path): void {
    if (typeof amount === "object") this.#number(amount.field, [...path, "field"]);
  }

  #condition(condition: Condition, path: Path): void {
    for (const [test, at] of testsOf(condition, path)) this.#number(test.field, [...at, "field"]);
  }

  #fixed(field: LeafField, path: Path): void {
    if (field.when !== undefined)
      this.#fault(
        [...path, "when"],
        `A field of the ${String(path[0])} is always there; move it to the payload`,
      );
    if (fixedSize(field) === null)
      this.#fault(path, `A field of the ${String(path[0])} has a fixed size; move it to the payload`);
  }

  // ------------------------------------------------------------------ the frame

  #frame(): void {
    const { frame, on } = this.#d;
    const parts = partsOf(this.#d);
    const least = parts.header + parts.trailer + parts.end;
    if (frame.length !== undefined && frame.size !== undefined)
      this.#fault(["frame", "size"], "A frame has either a length field or a size");
    if (least > frame.max)
      this.#fault(
        ["frame"],
        `Header and trailer alone are ${least} bytes, more than the ${frame.max} of max`,
      );
    if (frame.size !== undefined && (frame.size < least || frame.size > frame.max))
      this.#fault(
        ["frame", "size"],
        `The size must be from ${least} (header and trailer) to ${frame.max} (max)`,
      );
    const bounded = frame.length !== undefined || frame.size !== undefined || frame.end !== undefined;
    if (!bounded && on["tcp.port"] !== undefined)
      this.#fault(["frame"], "Over TCP a frame needs an end: describe length, size or end");
    if (!bounded && least === 0 && this.#d.payload.length === 0)
      this.#fault(["payload"], "There is nothing in the frame: describe header, payload or trailer");
    if (frame.length === undefined) return;
    const { field, counts } = frame.length;
    const path = ["frame", "length"];
    const found = this.#d.header.find(({ name }) => name === field);
    if (found === undefined) this.#fault([...path, "field"], `There is no field "${field}" in the header`);
    else if (!/^u(8|16|24|32|40|48)$/.test(found.type))
      this.#fault([...path, "field"], `The length must be u8 to u48, and "${field}" is ${found.type}`);
    if (!counts.some((part) => part === "frame" || part === "payload" || part === "following"))
      this.#fault([...path, "counts"], "The length must count the payload: name payload, following or frame");
    if (counts.includes("before"))
      this.#fault(
        [...path, "counts"],
        '"before" stands for what a checksum covers; a length does not count it',
      );
    this.#parts(counts, [...path, "counts"]);
  }

  #parts(parts: readonly string[], path: Path): void {
    const { frame } = this.#d;
    if (parts.includes("start") && frame.start === undefined)
      this.#fault(path, "There is no start marker: describe frame.start");
    if (parts.includes("end") && frame.end === undefined)
      this.#fault(path, "There is no end marker: describe frame.end");
    if ((parts.includes("length") || parts.includes("following")) && frame.length === undefined)
      this.#fault(path, "There is no length field: describe frame.length");
  }

  #checksum(): void {
    const { frame, header, trailer } = this.#d;
    const sum = frame.checksum;
    if (sum === undefined) return;
    const path = ["frame", "checksum"];
    const found = [...header, ...trailer].find(({ name }) => name === sum.field);
    if (this.#names.has(`${sum.field}.status`))
      this.#fault([...path, "field"], `"${sum.field}.status" is a field that Tapline adds by itself`);
    const kind = typeof sum.kind === "string" ? sum.kind : "crc";
    let { width } = typeof sum.kind === "string" ? makeChecksum(sum.kind) : sum.kind.crc;
    width = Math.ceil(width / 8);
    if (found === undefined)
      this.#fault([...path, "field"], `There is no field "${sum.field}" in header or trailer`);
    else if (!/^u(8|16|24|32)$/.test(found.type) || bytesOfInteger(found.type as "u8") < width)
      this.#fault(
        [...path, "field"],
        `"${sum.field}" is ${found.type}; ${kind} needs an integer of ${width} bytes`,
      );
    if (typeof sum.kind === "object") {
      const { crc } = sum.kind;
      for (const name of ["poly", "init", "xor-out"] as const) {
        if (crc[name] >= 2 ** crc.width)
          this.#fault([...path, "kind", "crc", name], `This is wider than the ${crc.width} bits of the CRC`);
      }
    }
    if (Array.isArray(sum.covers)) this.#parts(sum.covers, [...path, "covers"]);
  }

  #info(): void {
    for (const [, name] of (this.#d.info ?? "").matchAll(/\{([^{}]*)\}/g)) {
      if (!this.#names.has(name)) this.#fault(["info"], `There is no field "${name}" for the info column`);
    }
  }
}

export const isUntil = (repeat: Amount | { until: Condition }): repeat is { until: Condition } =>
  typeof repeat === "object" && "until" in repeat;

/** The comparisons of a condition, each with its place. */
export function* testsOf(condition: Condition, path: Path = []): Generator<[FieldTest, Path]> {
  if (Array.isArray(condition)) for (const [i, test] of condition.entries()) yield [test, [...path, i]];
  else if ("any" in condition)
    for (const [i, test] of condition.any.entries()) yield [test, [...path, "any", i]];
  else yield [condition, path];
}

/** First and last value of a key of `values`: "7", "0x10-0x1f". */
export function rangeOf(key: string): [first: number, last: number] {
  const [, first, , last] = /^(-?\w+)(\s*-\s*(\w+))?$/.exec(key) ?? [];
  return [Number(first), Number(last ?? first)];
}
