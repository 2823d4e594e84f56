/**
 * Syntax tree → typed tests: names looked up in the field registry, literals converted to values of the fields they
 * are compared with, everything that cannot be compared refused with its place and a hint.
 */

import { type Field, nameOf, RangeNames } from "../dissect/field.ts";
import { fieldsNamed } from "../dissect/protocol.ts";
import {
  type Arithmetic,
  type ArithmeticOperator,
  type Call,
  type Comparison,
  type Membership,
  type Operand,
  printOperand,
  type Range,
  type Slice,
  type Test,
  type Text,
  type Word,
} from "./ast.ts";
import { FilterError, type FilterWarning } from "./error.ts";
import { type FilterFunction, FUNCTIONS } from "./functions.ts";
import { placeInText } from "./lexer.ts";
import {
  plainText,
  readBytes,
  readFloat,
  readGuid,
  readInteger,
  readIpv4,
  readIpv6,
  readOid,
  readSeconds,
  readTime,
  textBytes,
} from "./literals.ts";
import { nearest, nearestNames, presentName } from "./names.ts";
import { PatternError } from "./pattern-syntax.ts";
import { compilePattern, type Pattern } from "./regex.ts";
import {
  canBeText,
  canCompute,
  canContain,
  canMask,
  canMatch,
  canSlice,
  hasValueNames,
  integerBits,
  isSigned,
  type OperandType,
  typeOf,
  typeTitle,
} from "./types.ts";
import { type Datum, orderOf, ValueSet } from "./values.ts";

export interface FieldOperand {
  readonly kind: "field";
  readonly name: string;
  readonly fields: readonly Field[];
  readonly layers: readonly Range[] | null;
  readonly raw: boolean;
  readonly type: OperandType;
}
export interface ReferenceOperand {
  readonly kind: "reference";
  /** What it is called in one canonical spelling. */
  readonly key: string;
  readonly field: FieldOperand;
  readonly type: OperandType;
  readonly start: number;
  readonly end: number;
}
export interface ConstantOperand {
  readonly kind: "constant";
  readonly value: Datum;
  readonly type: OperandType;
}
export interface SliceOperand {
  readonly kind: "slice";
  readonly operand: TypedOperand;
  readonly ranges: readonly Range[];
  readonly type: OperandType;
}
export interface CallOperand {
  readonly kind: "call";
  readonly function: FilterFunction;
  readonly arguments: readonly TypedOperand[];
  readonly type: OperandType;
}
export interface ArithmeticOperand {
  readonly kind: "arithmetic";
  readonly operator: ArithmeticOperator;
  readonly left: TypedOperand;
  readonly right: TypedOperand;
  readonly type: OperandType;
}
export interface NegationOperand {
  readonly kind: "negation";
  readonly operand: TypedOperand;
  readonly type: OperandType;
}
export type TypedOperand =
  | FieldOperand
  | ReferenceOperand
  | ConstantOperand
  | SliceOperand
  | CallOperand
  | ArithmeticOperand
  | NegationOperand;

export type Relation = "==" | "!=" | ">" | "<" | ">=" | "<=";

/** One test of a filter with everything known that can be known before the packets are. */
export type TypedTest =
  | { readonly kind: "exists"; readonly operand: FieldOperand | ReferenceOperand | SliceOperand }
  | { readonly kind: "true"; readonly operand: TypedOperand }
  | {
      readonly kind: "compare";
      readonly relation: Relation | "contains";
      /** Every pair of values must satisfy the relation, rather than one. */
      readonly all: boolean;
      readonly left: TypedOperand;
      readonly right: TypedOperand;
    }
  | {
      readonly kind: "matches";
      readonly all: boolean;
      readonly left: TypedOperand;
      readonly pattern: Pattern;
    }
  | {
      readonly kind: "in";
      readonly all: boolean;
      readonly left: TypedOperand;
      readonly members: readonly TypedMember[];
    };

export interface TypedMember {
  readonly first: TypedOperand;
  readonly last: TypedOperand | null;
}

const BYTES = typeOf("FT_BYTES");
const TEXT = typeOf("FT_STRING");
const NUMBER = typeOf("FT_DOUBLE");
const DURATION = typeOf("FT_RELATIVE_TIME");
const MIRRORED: Readonly<Record<Relation, Relation>> = {
  "==": "==",
  "!=": "!=",
  ">": "<",
  "<": ">",
  ">=": "<=",
  "<=": ">=",
};

/** Names that usually stand twice in a packet, once for each direction. */
const TWICE = /\.(addr|port|host|addr_host|ig|lg)$/;

/** Checks the tests of a filter one by one and collects warnings on the way. */
export class Checker {
  readonly warnings: FilterWarning[] = [];
  readonly references: ReferenceOperand[] = [];
  readonly #source: string;

  /** @param source the filter's text */
  constructor(source: string) {
    this.#source = source;
  }

  /** @throws FilterError */
  check(leaf: Test | Comparison | Membership): TypedTest {
    switch (leaf.kind) {
      case "test":
        return this.#test(leaf);
      case "compare":
        return this.#compare(leaf);
      case "in":
        return this.#membership(leaf);
    }
  }

  #warn(place: { start: number; end: number }, message: string, ...hints: string[]): void {
    this.warnings.push({ message, start: place.start, end: place.end, hints });
  }

  // ------------------------------------------------------------------ tests

  #test(leaf: Test): TypedTest {
    const operand = this.#typed(leaf.operand);
    if (operand === null) throw this.#noField(leaf.operand);
    switch (operand.kind) {
      case "field":
        if (operand.type.group === "boolean" && !operand.raw) {
          this.#warn(
            leaf,
            `${operand.name} alone asks whether the field is there, not whether it is set`,
            `${operand.name} == 1`,
          );
        }
        return { kind: "exists", operand };
      case "reference":
      case "slice":
        return { kind: "exists", operand };
      case "call":
        if (operand.function.name === "count") {
          this.#warn(
            leaf,
            "count() alone says no more than its field alone",
            "Compare it: count(ip.addr) > 2.",
          );
        }
        return { kind: "true", operand };
      default:
        return { kind: "true", operand };
    }
  }

  #compare(leaf: Comparison): TypedTest {
    const { operator, quantifier } = leaf;
    if (operator === "matches") return this.#matches(leaf);
    let left = this.#typed(leaf.left);
    let right = this.#typed(leaf.right);
    if (left === null && right === null) {
      throw operator === "contains" ? this.#noField(leaf.left) : this.#noField(leaf.left, leaf.right);
    }
    if (operator === "contains") {
      if (left === null) throw this.#noField(leaf.left);
      left = this.#searchable(left, canContain);
      if (!canContain(left.type)) throw this.#cannot(leaf, left, "contains");
      right ??= this.#constant(leaf.right, left.type, true);
      const partial = ["bytes", "protocol", "eui64"].includes(left.type.group);
      const fits = right.type.group === left.type.group || (partial && right.type.group === "bytes");
      if (!fits) throw this.#incompatible(leaf.left, left, leaf.right, right);
      return { kind: "compare", relation: "contains", all: quantifier === "all", left, right };
    }
    this.#warnOperator(leaf, left);
    const [relation, strict] = relationOf(operator);
    const all = quantifier === null ? strict : quantifier === "all";
    this.#mustCompare(leaf, left ?? right!);
    if (left === null) {
      left = right!;
      right = withoutOrder(this.#constant(leaf.left, left.type), left);
      if (relation !== "==" && relation !== "!=") this.#oneValue(right, leaf.left);
      return { kind: "compare", relation: MIRRORED[relation], all, left, right };
    }
    right = withoutOrder(right ?? this.#constant(leaf.right, left.type), left);
    if (!areComparable(left.type, right.type)) throw this.#incompatible(leaf.left, left, leaf.right, right);
    if (relation !== "==" && relation !== "!=") this.#oneValue(right, leaf.right);
    return { kind: "compare", relation, all, left, right };
  }

  #warnOperator(leaf: Comparison, left: TypedOperand | null): void {
    const place = { start: leaf.operatorStart, end: leaf.operatorStart + leaf.typed.length };
    if (leaf.typed === "~=") this.#warn(place, '"~=" is an old spelling', "Write !== or any_ne.");
    if (leaf.quantifier !== null || left?.kind !== "field" || !TWICE.test(left.name)) return;
    const name = left.name;
    if (leaf.operator === "!=") {
      this.#warn(
        place,
        `${name} != … shows packets that have ${name} and where none of its values is equal`,
        `To see packets without ${name} too, write !(${name} == …).`,
      );
    } else if (leaf.operator === "!==") {
      this.#warn(
        place,
        `${name} !== … is true as soon as one of the values differs, which is nearly always`,
        `${name} != … asks that no value is equal.`,
      );
    }
  }

  #matches(leaf: Comparison): TypedTest {
    let left = this.#typed(leaf.left);
    if (left === null) throw this.#noField(leaf.left);
    left = this.#searchable(left, canMatch);
    if (!canMatch(left.type)) throw this.#cannot(leaf, left, "matches");
    if (leaf.right.kind !== "string") {
      throw new FilterError(
        "A regular expression in double quotes must follow matches",
        leaf.right.start,
        leaf.right.end,
        leaf.right.kind === "word" ? [`Write "${leaf.right.text}".`] : [],
      );
    }
    const pattern = this.#pattern(leaf.right, left.type.group !== "string");
    return { kind: "matches", all: leaf.quantifier === "all", left, pattern };
  }

  /** A field of numbers with names stands for these names where text is searched. */
  #searchable(operand: TypedOperand, able: (type: OperandType) => boolean): TypedOperand {
    if (able(operand.type) || operand.kind !== "field" || !hasValueNames(operand.type)) return operand;
    return { kind: "call", function: FUNCTIONS.get("vals")!, arguments: [operand], type: TEXT };
  }

  /** Refuses a name of several values where one is needed. */
  #oneValue(operand: TypedOperand, place: Operand): TypedOperand {
    if (operand.kind !== "constant" || !(operand.value instanceof ValueSet)) return operand;
    const ranges = operand.value.ranges.map(([first, last]) =>
      first === last ? `${first}` : `${first}..${last}`,
    );
    throw new FilterError(
      `The name stands for several values (${ranges.slice(0, 4).join(", ")}), which have no order`,
      place.start,
      place.end,
      ["Compare it with == or !=, or write a number."],
    );
  }

  #pattern(text: Text, binary: boolean): Pattern {
    try {
      return compilePattern(text.value, { binary });
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      const [start, end] = [error.start, error.end].map((index) => placeInText(this.#source, text, index));
      throw new FilterError(
        `The regular expression cannot be used: ${error.message}`,
        start,
        Math.max(end, Math.min(start + 1, text.end)),
        [
          /linear time/.test(error.message)
            ? "Two tests joined with && or || often say the same; a repetition needs no + behind it."
            : "contains finds text as it is; \\\\ before a sign takes its meaning away.",
        ],
      );
    }
  }

  #membership(leaf: Membership): TypedTest {
    const left = this.#typed(leaf.left);
    if (left === null) throw this.#noField(leaf.left);
    this.#mustCompare(leaf, left);
    if (leaf.blanks) this.#warn(leaf, "Values of a set are parted by commas", "Write in {80, 443}.");
    const order = orderOf(left.type.group);
    const members = leaf.members.map((member): TypedMember => {
      const bound = (operand: Operand): TypedOperand => {
        const typed = withoutOrder(this.#typed(operand) ?? this.#constant(operand, left.type), left);
        if (typed.type.group !== left.type.group) throw this.#incompatible(leaf.left, left, operand, typed);
        return typed;
      };
      const first = bound(member.first);
      const last = member.last === null ? null : this.#oneValue(bound(member.last), member.last);
      if (last !== null) this.#oneValue(first, member.first);
      if (first.kind === "constant" && last?.kind === "constant" && order(first.value, last.value) > 0) {
        this.#warn(
          member,
          "The range ends before it begins and holds nothing",
          "Put the smaller value first.",
        );
      }
      return { first, last };
    });
    return { kind: "in", all: leaf.quantifier === "all", left, members };
  }

  #mustCompare(leaf: Comparison | Membership, operand: TypedOperand): void {
    if (operand.type.group !== "none") return;
    const name = operand.kind === "field" ? operand.name : "This";
    throw new FilterError(`${name} has no value, it is only there or not`, leaf.left.start, leaf.left.end, [
      operand.kind === "field"
        ? `Write ${name} alone to find packets that have it.`
        : "Leave the comparison out.",
    ]);
  }

  // ------------------------------------------------------------------ operands

  /** The operand with its type; null for literals, which get one from what they are compared with. */
  #typed(operand: Operand): TypedOperand | null {
    switch (operand.kind) {
      case "string":
      case "char":
        return null;
      case "word":
        return this.#word(operand);
      case "reference": {
        const field = this.#field(operand.field);
        const { start, end } = operand;
        const key = printOperand({ ...operand, field: { ...operand.field, forced: null } });
        const made: ReferenceOperand = { kind: "reference", key, field, type: field.type, start, end };
        this.references.push(made);
        return made;
      }
      case "slice":
        return this.#slice(operand);
      case "call":
        return this.#call(operand);
      case "arithmetic":
        return this.#arithmetic(operand);
      case "negation": {
        const inner = this.#typed(operand.operand);
        if (inner === null) return null;
        if (!canCompute(inner.type, "-")) throw this.#cannotCompute(operand.operand, inner, "-");
        return { kind: "negation", operand: inner, type: inner.type };
      }
    }
  }

  #word(word: Word): TypedOperand | null {
    const certain = word.forced === "field" || word.layers !== null || word.raw;
    if (word.forced === "value") return null;
    if (fieldsNamed(presentName(word.text)).length > 0 || certain) return this.#field(word);
    return null;
  }

  #field(word: Word): FieldOperand {
    const name = presentName(word.text);
    const fields = fieldsNamed(name);
    if (fields.length === 0) throw this.#unknown(word);
    if (name !== word.text) this.#warn(word, `${word.text} is called ${name} today`, `Write ${name}.`);
    const type = word.raw ? BYTES : widest(fields.map((field) => typeOf(field.type, fields)));
    return { kind: "field", name, fields, layers: word.layers, raw: word.raw, type };
  }

  #slice(slice: Slice): TypedOperand {
    const operand = this.#typed(slice.operand);
    if (operand === null) throw this.#noField(slice.operand);
    if (!canSlice(operand.type)) {
      throw new FilterError(
        `${nameFor(operand)} is ${article(operand)} and has no bytes to take a slice of`,
        slice.operand.start,
        slice.operand.end,
        operand.kind === "field" ? [`@${operand.name} stands for its bytes in the packet.`] : [],
      );
    }
    return { kind: "slice", operand, ranges: slice.ranges, type: BYTES };
  }

  #call(call: Call): TypedOperand {
    const called = FUNCTIONS.get(call.name);
    if (called === undefined) {
      const near = nearest(call.name, [...FUNCTIONS.keys()], 3);
      const isField = fieldsNamed(call.name).length > 0;
      throw new FilterError(
        isField ? `${call.name} is a field, not a function` : `There is no function ${call.name}()`,
        call.start,
        call.nameEnd,
        near.length > 0
          ? near.map((name) => `${name}()`)
          : [`Functions: ${[...FUNCTIONS.keys()].join(", ")}.`],
      );
    }
    const { arguments: given } = call;
    if (given.length === 0 || given.length > called.maximum) {
      const wanted = called.maximum === 1 ? "one argument" : "at least one argument";
      throw new FilterError(`${called.name}() takes ${wanted}, not ${given.length}`, call.start, call.end, [
        called.usage,
      ]);
    }
    const typed = given.map((argument) => this.#typed(argument));
    const leading = typed.find((each) => each !== null);
    const args = given.map((argument, i): TypedOperand => {
      let each = typed[i];
      if (each === null) {
        if (leading === undefined || leading === null || !called.literals) {
          if (called.literals || argument.kind !== "word") {
            throw new FilterError(`${called.name}() needs a field`, argument.start, argument.end, [
              called.usage,
            ]);
          }
          throw this.#noField(argument);
        }
        each = this.#oneValue(this.#constant(argument, leading.type), argument);
      }
      if (!called.accepts(each.type) || (called.fieldsOnly && each.kind !== "field")) {
        throw new FilterError(
          `${called.name}() takes ${called.takes}; ${nameFor(each)} is ${article(each)}`,
          argument.start,
          argument.end,
          [called.usage],
        );
      }
      if (leading && each.type.group !== leading.type.group) {
        throw new FilterError(
          `The arguments of ${called.name}() must be of one type: ${typeTitle(leading.type.type)}, not ${typeTitle(each.type.type)}`,
          argument.start,
          argument.end,
          [called.usage],
        );
      }
      return each;
    });
    return {
      kind: "call",
      function: called,
      arguments: args,
      type: called.result(widest(args.map((each) => each.type))),
    };
  }

  #arithmetic(node: Arithmetic): TypedOperand | null {
    let left = this.#typed(node.left);
    let right = this.#typed(node.right);
    if (left === null && right === null) return null;
    left ??= this.#arithmeticConstant(node.left, right!.type, node.operator);
    right ??= this.#arithmeticConstant(node.right, besideTime(left.type, node.operator), node.operator);
    return this.#computed(node, left, right);
  }

  #arithmeticConstant(operand: Operand, type: OperandType, operator: ArithmeticOperator): TypedOperand {
    const masked = type.group === "bytes" || type.group === "string" || type.group === "protocol";
    if (operator !== "&" || !masked) return this.#constant(operand, type);
    return this.#constant(operand, type.type === "FT_ETHER" ? type : BYTES);
  }

  #computed(node: Arithmetic, left: TypedOperand, right: TypedOperand): TypedOperand {
    const { operator } = node;
    const time = left.type.group === "time" || left.type.group === "duration";
    if (time && operator !== "&" && operator !== "%") {
      const { group } = right.type;
      const scalar = group === "integer" || group === "float";
      const scaled = operator === "*" || operator === "/";
      if (scaled ? scalar : group === "duration" || group === left.type.group) {
        const type = group === "time" ? DURATION : left.type;
        return { kind: "arithmetic", operator, left, right, type };
      }
      if (scaled) {
        throw new FilterError(
          `A time can be multiplied with and divided by a number only; ${nameFor(right)} is ${article(right)}`,
          node.right.start,
          node.right.end,
          ["Write the number behind the operator: frame.time_delta * 2."],
        );
      }
    }
    const able = (each: TypedOperand): boolean =>
      operator === "&" ? canMask(each.type) : canCompute(each.type, operator);
    if (!able(left)) throw this.#cannotCompute(node.left, left, operator);
    if (!able(right)) throw this.#cannotCompute(node.right, right, operator);
    if (left.type.group !== right.type.group) throw this.#incompatible(node.left, left, node.right, right);
    this.#oneValue(left, node.left);
    this.#oneValue(right, node.right);
    const mask = right.kind === "constant" ? right.value : null;
    if (left.kind === "slice" && mask instanceof Uint8Array) {
      const length = left.ranges.reduce(
        (sum, range) => (range.length === -1 ? Number.NaN : sum + range.length),
        0,
      );
      if (!Number.isNaN(length) && length !== mask.length) {
        throw new FilterError(
          `The slice has ${length} bytes, the mask ${mask.length}`,
          node.right.start,
          node.right.end,
          ["Give the mask as many bytes as the slice, parted by colons."],
        );
      }
    }
    return { kind: "arithmetic", operator, left, right, type: left.type };
  }

  // ------------------------------------------------------------------ literals

  /**
   * A literal as a value of a type.
   * @param part true for what `contains` looks for, which need not be a whole address
   */
  #constant(operand: Operand, type: OperandType, part = false): TypedOperand {
    switch (operand.kind) {
      case "word": {
        const value =
          part && (type.group === "bytes" || type.group === "eui64") ? readBytes(operand.text) : undefined;
        return constant(value ?? this.#literal(operand, type), type);
      }
      case "string":
      case "char":
        return constant(this.#text(operand, type), type);
      case "negation": {
        if (!canCompute(type, "-")) {
          throw new FilterError(
            `A value below zero is no ${typeTitle(type.type)}`,
            operand.start,
            operand.end,
            operand.operand.kind === "word" ? ["Put text that begins with a dash in double quotes."] : [],
          );
        }
        if (operand.operand.kind !== "word") {
          const inner = this.#constant(operand.operand, type);
          return { kind: "negation", operand: inner, type };
        }
        return constant(this.#negative(operand.operand, operand, type), type);
      }
      case "arithmetic": {
        const left = this.#arithmeticConstant(operand.left, type, operand.operator);
        const right = this.#arithmeticConstant(operand.right, type, operand.operator);
        return this.#computed(operand, left, right);
      }
      default:
        throw this.#noField(operand);
    }
  }

  #negative(word: Word, place: Operand, type: OperandType): Datum {
    if (type.group !== "integer") return -(this.#literal(word, type) as number | bigint);
    const value = readInteger(word.text);
    if (value === undefined) return -(this.#literal(word, type) as number | bigint);
    if (!isSigned(type.type)) {
      this.#warn(place, `An ${typeTitle(type.type)} is never below zero`, "Compare with 0 or more.");
      return fitting(-value, type);
    }
    const least = -(2n ** BigInt(integerBits(type.type) - 1));
    if (-value < least)
      throw new FilterError(
        `-${word.text} is too small: the least value is ${least}`,
        place.start,
        place.end,
        [`Write ${least} or more.`],
      );
    return fitting(-value, type);
  }

  /** An unquoted literal. */
  #literal(word: Word, type: OperandType): Datum {
    const { text } = word;
    switch (type.group) {
      case "integer":
      case "ipxnet":
        return this.#integer(word, type);
      case "boolean":
        return this.#boolean(word, type);
      case "float": {
        const value = readFloat(text);
        if (value !== undefined) return type.type === "FT_FLOAT" ? Math.fround(value) : value;
        break;
      }
      case "string":
        if (!/^[0-9]+$/.test(text)) this.#warn(word, "Text goes in double quotes", `"${text}"`);
        return text;
      case "ipv4":
      case "ipv6": {
        const value = type.group === "ipv4" ? readIpv4(text) : readIpv6(text);
        if (typeof value === "string") {
          throw new FilterError(value, word.start, word.end, EXAMPLES[type.type]);
        }
        if (value !== undefined) return value;
        break;
      }
      case "time": {
        // Numbers alone are seconds since 1970, as Wireshark has it since version 4.2.
        const value = readTime(text) ?? (/^\d{5,}(\.\d+)?$/.test(text) ? readSeconds(text) : undefined);
        if (value !== undefined) return value;
        break;
      }
      case "duration": {
        const value = readSeconds(text);
        if (value !== undefined) return value;
        break;
      }
      case "eui64": {
        const value = readBytes(text);
        if (value?.length === 8) return value;
        const number = readInteger(text);
        if (number !== undefined && number < 2n ** 64n) {
          const bytes = new Uint8Array(8);
          new DataView(bytes.buffer).setBigUint64(0, number);
          return bytes;
        }
        break;
      }
      case "bytes":
      case "protocol": {
        const value = bytesOf(text, type);
        if (value !== undefined) return value;
        break;
      }
      case "none":
        break;
    }
    throw this.#notA(word, type);
  }

  #integer(word: Word, type: OperandType): Datum {
    const value = readInteger(word.text);
    if (value === undefined) {
      const named = this.#named(word.text, type);
      if (named !== undefined) return named;
      throw this.#notA(word, type);
    }
    const bits = BigInt(integerBits(type.type));
    const largest = isSigned(type.type) ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
    if (value > largest) {
      const subject =
        type.fields.length > 0 ? `${type.fields[0].name} (${typeTitle(type.type)})` : "this number";
      throw new FilterError(`${word.text} is too large for ${subject}`, word.start, word.end, [
        `The largest value is ${largest}.`,
      ]);
    }
    return fitting(value, type);
  }

  #boolean(word: Word, type: OperandType): Datum {
    if (/^(true|false)$/i.test(word.text)) return word.text.toLowerCase() === "true" ? 1 : 0;
    const value = readInteger(word.text);
    if (value !== undefined) return value === 0n ? 0 : 1;
    const named = this.#named(word.text, type);
    if (named !== undefined) return named;
    throw new FilterError(`"${word.text}" is neither true nor false`, word.start, word.end, [
      "Write True or False, 1 or 0.",
      ...this.#knownNames(word.text, type),
    ]);
  }

  /** The value that bears this name; undefined when none does. Capitals do not count. */
  #named(text: string, type: OperandType): Datum | undefined {
    const wanted = text.toLowerCase();
    const ranges: [bigint, bigint][] = [];
    for (const field of type.fields) {
      if (field.type === "FT_BOOLEAN") {
        if (field.tf[0].toLowerCase() === wanted) return 1;
        if (field.tf[1].toLowerCase() === wanted) return 0;
      } else if (field.names instanceof RangeNames) {
        for (const [first, last, name] of field.names.ranges) {
          if (name.toLowerCase() === wanted) ranges.push([BigInt(first), BigInt(last)]);
        }
      } else if (field.names !== undefined) {
        for (const key of Object.keys(field.names)) {
          if (field.names[Number(key)].toLowerCase() === wanted) ranges.push([BigInt(key), BigInt(key)]);
        }
      }
    }
    if (ranges.length === 0) return undefined;
    const [[first, last]] = ranges;
    const one = first === last && ranges.every((range) => range[0] === first && range[1] === first);
    return one ? fitting(first, type) : new ValueSet(ranges);
  }

  #knownNames(text: string, type: OperandType): string[] {
    return nearest(text, valueNames(type.fields), 3).map((name) => `"${name}"`);
  }

  /** Quoted text and character constants. */
  #text(text: Text, type: OperandType): Datum {
    const { value } = text;
    switch (type.group) {
      case "string":
        return plainText(value);
      case "protocol":
        return textBytes(value);
      case "bytes":
        if (type.type === "FT_BYTES" || type.type === "FT_UINT_BYTES") return textBytes(value);
        break;
      case "integer":
      case "boolean": {
        if (text.kind === "char") return fitting(BigInt(value.charCodeAt(0) & 0xff), type);
        const named = this.#named(value, type);
        if (named !== undefined) return named;
        const names = valueNames(type.fields);
        if (names.length > 0) {
          throw new FilterError(`"${value}" is no value of ${type.fields[0].name}`, text.start, text.end, [
            ...this.#knownNames(value, type),
            readInteger(value) === undefined
              ? "Type a number or one of the field's value names."
              : `Write ${value} without quotes.`,
          ]);
        }
        break;
      }
      case "time": {
        const time = text.kind === "string" ? readTime(value) : undefined;
        if (time !== undefined) return time;
        throw this.#notA({ ...text, text: value }, type);
      }
      default:
        break;
    }
    throw new FilterError(
      `${text.kind === "char" ? "A character" : "Text in quotes"} is no ${typeTitle(type.type)}`,
      text.start,
      text.end,
      this.#fits(value, type)
        ? [`Write ${value} without quotes.`]
        : (EXAMPLES[type.type] ?? EXAMPLES_OF_GROUP[type.group] ?? []),
    );
  }

  /** True when the text is a literal of the type once its quotes are gone. */
  #fits(text: string, type: OperandType): boolean {
    try {
      this.#literal(
        { kind: "word", text, forced: null, layers: null, raw: false, start: 0, end: 0 },
        { ...type, fields: [] },
      );
      return true;
    } catch {
      return false;
    }
  }

  // ------------------------------------------------------------------ errors

  #notA(word: { text: string; start: number; end: number }, type: OperandType): FilterError {
    const subject = typeTitle(type.type);
    const hints = [...this.#knownNames(word.text, type)];
    if (/^[A-Za-z_][\w-]*\.[\w.-]+$/.test(word.text)) hints.push(...nearestNames(word.text, 3));
    const dash = word.text.lastIndexOf("-");
    if (type.group === "integer" && /^\d+-\d+$/.test(word.text)) {
      hints.push("Ranges are written 1..5 in a set; a minus sign needs a blank before it.");
    } else if (dash > 0 && readInteger(word.text.slice(dash + 1)) !== undefined && canCompute(type, "-")) {
      hints.push("A minus sign needs a blank before it.");
    }
    hints.push(...(EXAMPLES[type.type] ?? EXAMPLES_OF_GROUP[type.group] ?? []));
    return new FilterError(`"${word.text}" is no valid ${subject}`, word.start, word.end, hints);
  }

  #unknown(word: Word): FilterError {
    return new FilterError(
      `"${word.text}" is neither a field nor a protocol`,
      word.start,
      word.end,
      fieldHints(word.text),
    );
  }

  /** A literal stands where a field must. */
  #noField(operand: Operand, other?: Operand): FilterError {
    const names = (each: Operand | undefined): boolean =>
      each?.kind === "word" && /^[A-Za-z_.]/.test(each.text);
    const named = !names(operand) && names(other) ? other! : operand;
    const name = named.kind === "word" && named.forced !== "value" ? named : null;
    if (name !== null && (/^[A-Za-z_]/.test(name.text) || name.forced === "field"))
      return this.#unknown(name);
    return new FilterError("A field or a protocol is needed here, this is a value", named.start, named.end, [
      "Write the field's name first: ip.addr == 10.0.0.1.",
    ]);
  }

  #cannot(leaf: Comparison, left: TypedOperand, operator: "contains" | "matches"): FilterError {
    const hints = ["string", "vals"]
      .filter((name) => FUNCTIONS.get(name)?.accepts(left.type))
      .map((name) =>
        left.kind === "field" ? `${name}(${left.name}) ${operator} "…"` : `${name}(…) ${operator} "…"`,
      );
    return new FilterError(
      `${nameFor(left)} is ${article(left)}; "${operator}" searches text and bytes`,
      leaf.left.start,
      leaf.left.end,
      hints,
    );
  }

  #cannotCompute(place: Operand, operand: TypedOperand, operator: string): FilterError {
    return new FilterError(
      `"${operator}" cannot be used with ${nameFor(operand)}, ${article(operand)}`,
      place.start,
      place.end,
      operand.type.group === "boolean" && operand.kind === "field"
        ? [`Write ${operand.name} == 1.`]
        : [
            operator === "&"
              ? "& asks for bits of integers, addresses and bytes."
              : `${operator} goes with numbers${operator === "%" ? " that are whole" : " and times"}.`,
          ],
    );
  }

  #incompatible(
    leftPlace: Operand,
    left: TypedOperand,
    rightPlace: Operand,
    right: TypedOperand,
  ): FilterError {
    const hints: string[] = [];
    if (rightPlace.kind === "word" && rightPlace.forced === null && right.kind === "field") {
      const value = this.#named(rightPlace.text, left.type);
      if (value !== undefined || left.type.group === "string")
        hints.push(`Write "${rightPlace.text}" in quotes for the value.`);
      else if (/^[0-9a-f]+$/i.test(rightPlace.text)) hints.push(`Write :${rightPlace.text} for the bytes.`);
    }
    if (right.kind === "field" && ["bytes", "protocol", "eui64"].includes(left.type.group)) {
      hints.push(`@${right.name} stands for its bytes in the packet.`);
    } else if (left.kind === "field" && right.kind === "field") {
      const text = (each: FieldOperand): string | null =>
        each.type.group === "string" ? each.name : canBeText(each.type) ? `string(${each.name})` : null;
      const [first, second] = [text(left), text(right)];
      if (first !== null && second !== null) hints.push(`As text: ${first} == ${second}.`);
    }
    return new FilterError(
      `${nameFor(left)} is ${article(left)} and ${nameFor(right)} is ${article(right)}: they cannot be compared`,
      rightPlace.start === leftPlace.start ? leftPlace.start : rightPlace.start,
      rightPlace.end,
      hints,
    );
  }
}

/** Of types that compare with the first, the one that holds the largest integers. */
function widest(types: readonly OperandType[]): OperandType {
  return types.reduce((best, type) =>
    best.group === "integer" && type.group === "integer" && integerBits(type.type) > integerBits(best.type)
      ? type
      : best,
  );
}

/**
 * A constant below zero beside an unsigned field has no order: like Wireshark, no value is found greater or less
 * than it. (The warning has been given.)
 */
function withoutOrder(operand: TypedOperand, beside: TypedOperand): TypedOperand {
  if (operand.kind !== "constant" || beside.kind !== "field" || beside.type.group !== "integer")
    return operand;
  const { value } = operand;
  const negative = (typeof value === "number" || typeof value === "bigint") && value < 0;
  return negative && !isSigned(beside.type.type) ? constant(Number.NaN, operand.type) : operand;
}

/** True for values of one group, and for bytes compared with a protocol, which stands for its bytes. */
function areComparable(left: OperandType, right: OperandType): boolean {
  return left.group === right.group || (left.group === "bytes" && right.group === "protocol");
}

/** The type of a literal that follows an operator behind a time. */
function besideTime(type: OperandType, operator: ArithmeticOperator): OperandType {
  if (type.group !== "time" && type.group !== "duration") return type;
  return operator === "*" || operator === "/" ? NUMBER : DURATION;
}

function relationOf(operator: Comparison["operator"]): [relation: Relation, all: boolean] {
  switch (operator) {
    case "!=":
      return ["!=", true];
    case "===":
      return ["==", true];
    case "!==":
      return ["!=", false];
    case ">":
    case "<":
    case ">=":
    case "<=":
      return [operator, false];
    default:
      return ["==", false];
  }
}

/** All value names of the fields, without repetition. */
export function valueNames(fields: readonly Field[]): string[] {
  const names = new Set<string>();
  for (const field of fields) {
    if (field.type === "FT_BOOLEAN") for (const text of field.tf) names.add(text);
    else if (field.names instanceof RangeNames) for (const [, , name] of field.names.ranges) names.add(name);
    else if (field.names !== undefined) {
      for (const key of Object.keys(field.names)) names.add(nameOf(field.names, Number(key)) ?? "");
    }
  }
  names.delete("");
  return [...names];
}

/** What may have been meant by an unknown name. */
function fieldHints(name: string): string[] {
  const dash = name.lastIndexOf("-");
  if (dash > 0 && fieldsNamed(name.slice(0, dash)).length > 0) {
    return [`A minus sign needs a blank before it: ${name.slice(0, dash)} -${name.slice(dash + 1)}.`];
  }
  const lower = name.toLowerCase();
  if (lower !== name && fieldsNamed(lower).length > 0) return [lower];
  const near = nearestNames(name, 5);
  if (near.length > 0) return near;
  const protocol = name.slice(0, name.indexOf(".") + 1);
  if (protocol !== "" && fieldsNamed(protocol.slice(0, -1)).length > 0) {
    return [`Fields of ${protocol.slice(0, -1)} begin with ${protocol}.`];
  }
  return ["Fields are named after their protocol: ip.addr, tcp.port."];
}

function constant(value: Datum, type: OperandType): ConstantOperand {
  return { kind: "constant", value, type };
}

/** An integer as fields of the type hold it: a bigint for more than 32 bits. */
function fitting(value: bigint, type: OperandType): number | bigint {
  return integerBits(type.type) > 32 ? value : Number(value);
}

/** Bytes each address type has. */
const LENGTHS: Readonly<Record<string, number>> = { FT_ETHER: 6, FT_AX25: 7, FT_VINES: 6, FT_FCWWN: 8 };

function bytesOf(text: string, { type }: OperandType): Uint8Array | undefined {
  if (type === "FT_GUID") return readGuid(text);
  if (type === "FT_OID" || type === "FT_REL_OID") return readOid(text, type === "FT_REL_OID");
  const value = readBytes(text);
  const length = LENGTHS[type];
  return length === undefined || value?.length === length ? value : undefined;
}

function nameFor(operand: TypedOperand): string {
  switch (operand.kind) {
    case "field":
      return operand.name;
    case "reference":
      return `\${${operand.field.name}}`;
    case "call":
      return `${operand.function.name}()`;
    case "slice":
      return "the slice";
    case "constant":
      return "the value";
    default:
      return "the result";
  }
}

/** "an IPv4 address", "a MAC address", "text". */
function article({ type: { type } }: TypedOperand): string {
  const title = typeTitle(type);
  if (title === "text" || title === "bytes" || title === "true or false") return title;
  return `${/^(?:[aeioAEIO]|un)/.test(title) && !title.startsWith("EUI") ? "an" : "a"} ${title}`;
}

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  FT_ETHER: ["Write six bytes: 00:11:22:aa:bb:cc."],
  FT_IPv4: ["Write 10.0.0.1, or 10.0.0.0/8 for a network."],
  FT_IPv6: ["Write 2001:db8::1, or 2001:db8::/32 for a network."],
  FT_GUID: ["Write 12345678-9abc-def0-1234-56789abcdef0."],
  FT_OID: ["Write 1.2.840.113549."],
  FT_EUI64: ["Write eight bytes: 00:11:22:33:44:55:66:77."],
  FT_ABSOLUTE_TIME: ['Write "2026-01-02 03:04:05.678" or "Jan 2, 2026 03:04:05.678".'],
  FT_RELATIVE_TIME: ["Write seconds with up to nine digits behind the point: 0.25."],
  FT_BYTES: ["Write bytes as 0a:0b:0c or text in double quotes."],
};

const EXAMPLES_OF_GROUP: Readonly<Record<string, readonly string[]>> = {
  ipxnet: ["Write a number: 0xa8f8a8e7."],
  integer: ["Write a number: 80, 0x50, 0120 or 0b1010000."],
  float: ["Write a number: 0.5 or 1e-3."],
  bytes: ["Write bytes as 0a:0b:0c."],
  protocol: ["Write bytes as 0a:0b:0c or text in double quotes."],
};
