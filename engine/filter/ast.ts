/** The syntax tree of a display filter: a boolean tree of tests over operands. Every node knows its place. */

interface Placed {
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

/** `and`, `or` and `xor` with two or more operands, evaluated from left to right. */
export interface Logical extends Placed {
  readonly kind: "and" | "or" | "xor";
  readonly operands: readonly Expression[];
}

export interface Not extends Placed {
  readonly kind: "not";
  readonly operand: Expression;
}

/** An operand alone: the field is there, the bits are not all zero. */
export interface Test extends Placed {
  readonly kind: "test";
  readonly operand: Operand;
}

export type CompareOperator = "==" | "!=" | "===" | "!==" | ">" | "<" | ">=" | "<=" | "contains" | "matches";
export type Quantifier = "any" | "all" | null;

export interface Comparison extends Placed {
  readonly kind: "compare";
  readonly operator: CompareOperator;
  readonly quantifier: Quantifier;
  /** The operator as it was typed, with its place. */
  readonly typed: string;
  readonly operatorStart: number;
  readonly left: Operand;
  readonly right: Operand;
}

/** One value or range of a set; `last` is null for a single value. */
export interface Member extends Placed {
  readonly first: Operand;
  readonly last: Operand | null;
}

export interface Membership extends Placed {
  readonly kind: "in";
  readonly quantifier: Quantifier;
  readonly left: Operand;
  readonly members: readonly Member[];
  /** True when some members are parted by blanks alone. */
  readonly blanks: boolean;
}

export type Expression = Logical | Not | Test | Comparison | Membership;

/**
 * A piece of a slice or of a choice of layers. Offsets below zero count from the end.
 * `length` -1: up to the end.
 */
export interface Range extends Placed {
  readonly offset: number;
  readonly length: number;
}

/** An unquoted word: a field's name or a literal; which of them, the checker decides. */
export interface Word extends Placed {
  readonly kind: "word";
  readonly text: string;
  /** A leading dot says "this is a field", a leading colon "this is a value". */
  readonly forced: "field" | "value" | null;
  /** `#2`, `#[1-2]`: 1-based layers of the field's protocol; null for all. */
  readonly layers: readonly Range[] | null;
  /** `@`: the field's bytes as they are in the packet. */
  readonly raw: boolean;
}

/** `"text"`, `r"text"`, `'c'`. */
export interface Text extends Placed {
  readonly kind: "string" | "char";
  readonly value: string;
}

/** `${field}`: the field's value in the selected packet. */
export interface Reference extends Placed {
  readonly kind: "reference";
  readonly field: Word;
}

export interface Slice extends Placed {
  readonly kind: "slice";
  readonly operand: Operand;
  readonly ranges: readonly Range[];
}

export interface Call extends Placed {
  readonly kind: "call";
  readonly name: string;
  readonly nameEnd: number;
  readonly arguments: readonly Operand[];
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&";

export interface Arithmetic extends Placed {
  readonly kind: "arithmetic";
  readonly operator: ArithmeticOperator;
  readonly left: Operand;
  readonly right: Operand;
}

export interface Negation extends Placed {
  readonly kind: "negation";
  readonly operand: Operand;
}

export type Operand = Word | Text | Reference | Slice | Call | Arithmetic | Negation;

/** The expression in one canonical spelling: equal texts mean equal tests. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "not":
      return `!(${printExpression(expression.operand)})`;
    case "and":
    case "or":
    case "xor":
      return expression.operands
        .map((operand) => `(${printExpression(operand)})`)
        .join(` ${expression.kind} `);
    case "test":
      return printOperand(expression.operand);
    case "compare": {
      const quantifier = expression.quantifier === null ? "" : `${expression.quantifier} `;
      return `${quantifier}${printOperand(expression.left)} ${expression.operator} ${printOperand(expression.right)}`;
    }
    case "in": {
      const quantifier = expression.quantifier === null ? "" : `${expression.quantifier} `;
      const members = expression.members.map((member) =>
        member.last === null
          ? printOperand(member.first)
          : `${printOperand(member.first)} .. ${printOperand(member.last)}`,
      );
      return `${quantifier}${printOperand(expression.left)} in {${members.join(", ")}}`;
    }
  }
}

export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case "word": {
      const mark = operand.forced === "field" ? "." : operand.forced === "value" ? ":" : "";
      const layers = operand.layers === null ? "" : `#[${printRanges(operand.layers)}]`;
      return `${operand.raw ? "@" : ""}${mark}${operand.text}${layers}`;
    }
    case "string":
      return JSON.stringify(operand.value);
    case "char":
      return `'\\u${operand.value.charCodeAt(0).toString(16).padStart(4, "0")}'`;
    case "reference":
      return `\${${printOperand(operand.field)}}`;
    case "slice":
      return `${printOperand(operand.operand)}[${printRanges(operand.ranges)}]`;
    case "call":
      return `${operand.name}(${operand.arguments.map(printOperand).join(", ")})`;
    case "arithmetic":
      return `{${printOperand(operand.left)} ${operand.operator} ${printOperand(operand.right)}}`;
    case "negation":
      return `{-${printOperand(operand.operand)}}`;
  }
}

function printRanges(ranges: readonly Range[]): string {
  return ranges.map((range) => `${range.offset}:${range.length === -1 ? "" : range.length}`).join(",");
}
