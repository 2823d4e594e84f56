/**
 * Tokens → syntax tree.
 *
 *   expression  = xor { or xor }
 *   xor         = and { xor and }
 *   and         = not { and not }
 *   not         = { not } primary
 *   primary     = "(" expression ")" | test
 *   test        = [ any | all ] operand ( { comparison operand } | [ not ] in set | )
 *   operand     = sum { "&" sum };  sum = product { ("+"|"-") product };  product = sign { ("*"|"/"|"%") sign }
 *   sign        = [ "+" | "-" ] value { slice };  value = "{" operand "}" | call | word | text
 */
import type {
  ArithmeticOperator,
  CompareOperator,
  Comparison,
  Expression,
  Member,
  Operand,
  Quantifier,
  Range,
  Word,
} from "./ast.ts";
import { FilterError } from "./error.ts";
import { type Token, tokenize } from "./lexer.ts";

/** Longest filter, in characters, and deepest nesting of brackets, signs and negations. */
export const FILTER_LIMIT = 100_000;
export const DEPTH_LIMIT = 200;
/** Most operators of one level in one calculation, and most slices of slices. */
const CHAIN_LIMIT = 500;

const COMPARISONS: Readonly<Record<string, CompareOperator>> = {
  "==": "==",
  eq: "==",
  any_eq: "==",
  "!=": "!=",
  ne: "!=",
  all_ne: "!=",
  "===": "===",
  all_eq: "===",
  "!==": "!==",
  any_ne: "!==",
  "~=": "!==",
  ">": ">",
  gt: ">",
  "<": "<",
  lt: "<",
  ">=": ">=",
  ge: ">=",
  "<=": "<=",
  le: "<=",
  contains: "contains",
  matches: "matches",
  "~": "matches",
};
const LOGICAL: Readonly<Record<string, "and" | "or" | "xor">> = {
  and: "and",
  "&&": "and",
  or: "or",
  "||": "or",
  xor: "xor",
  "^^": "xor",
};
const BITWISE_AND = new Set(["&", "bitand", "bitwise_and"]);

/** Every word that is an operator and can be no name. */
export const WORD_OPERATORS: ReadonlySet<string> = new Set([
  ...Object.keys(COMPARISONS).filter((key) => /^\w+$/.test(key)),
  "and",
  "or",
  "xor",
  "not",
  "in",
  "any",
  "all",
  "bitand",
  "bitwise_and",
]);

const CAPTURE_FILTER_WORDS = new Set([
  "port",
  "host",
  "net",
  "src",
  "dst",
  "portrange",
  "proto",
  "gateway",
  "less",
]);

/**
 * Reads a display filter.
 * @param text the filter; not empty
 * @throws FilterError with the place and a hint, and nothing else
 */
export function parseFilter(text: string): Expression {
  if (text.length > FILTER_LIMIT) {
    throw new FilterError(`The filter is longer than ${FILTER_LIMIT} characters`, FILTER_LIMIT, text.length);
  }
  return new Parser(text, tokenize(text)).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  parse(): Expression {
    if (this.#peek.kind === "end")
      throw new FilterError("The filter is empty", 0, 0, ["Type a field or a protocol."]);
    const expression = this.#logical("or");
    if (!this.#atEnd) throw this.#unexpected("behind");
    return expression;
  }

  get #peek(): Token {
    return this.#tokens[this.#at];
  }

  get #atEnd(): boolean {
    return this.#peek.kind === "end";
  }

  /** The end of the token before. */
  get #end(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1].end;
  }

  #isOperator(text: string): boolean {
    return this.#peek.kind === "operator" && this.#peek.text === text;
  }

  #isWord(text: string): boolean {
    return this.#peek.kind === "word" && this.#peek.text === text;
  }

  /** The token's text when it is a sign or a word that can be an operator. */
  get #sign(): string {
    return this.#peek.kind === "operator" || this.#peek.kind === "word" ? this.#peek.text : "";
  }

  #enter(): void {
    if (++this.#depth > DEPTH_LIMIT) {
      throw new FilterError(
        `The filter is nested deeper than ${DEPTH_LIMIT} levels`,
        this.#peek.start,
        this.#peek.end,
      );
    }
  }

  /** Refuses calculations and slices of slices that go on and on. */
  #link(links: number): void {
    if (links <= CHAIN_LIMIT) return;
    const { start, end } = this.#peek;
    throw new FilterError(`More than ${CHAIN_LIMIT} operations follow each other`, start, end, [
      "Sums and products of constants can be worked out beforehand.",
    ]);
  }

  // ------------------------------------------------------------------ boolean level

  #logical(level: "or" | "xor" | "and"): Expression {
    const below = (): Expression =>
      level === "or" ? this.#logical("xor") : level === "xor" ? this.#logical("and") : this.#not();
    const first = below();
    if (LOGICAL[this.#sign] !== level) return first;
    const operands = [first];
    while (LOGICAL[this.#sign] === level) {
      this.#at++;
      operands.push(below());
    }
    return { kind: level, operands, start: first.start, end: operands[operands.length - 1].end };
  }

  #not(): Expression {
    if (!this.#isOperator("!") && !this.#isWord("not")) return this.#primary();
    const { start } = this.#peek;
    this.#at++;
    this.#enter();
    const operand = this.#not();
    this.#depth--;
    return { kind: "not", operand, start, end: operand.end };
  }

  #primary(): Expression {
    if (!this.#isOperator("(")) return this.#test();
    const open = this.#peek;
    this.#at++;
    this.#enter();
    const inner = this.#logical("or");
    this.#depth--;
    if (!this.#isOperator(")")) {
      if (!this.#atEnd) throw this.#unexpected("behind");
      throw new FilterError('The bracket "(" is not closed', open.start, open.end, [
        "Add ) where the group ends.",
      ]);
    }
    this.#at++;
    const sign = this.#sign;
    if (sign in COMPARISONS || sign === "in" || /^[-+*/%&]$/.test(sign)) {
      throw new FilterError(
        `A group in round brackets is true or false and cannot be used with "${sign}"`,
        this.#peek.start,
        this.#peek.end,
        ["Use braces { } to group arithmetic.", "Leave the brackets out around a single field."],
      );
    }
    return { ...inner, start: open.start, end: this.#end };
  }

  #test(): Expression {
    const { start } = this.#peek;
    let quantifier: Quantifier = null;
    if (this.#isWord("any") || this.#isWord("all")) {
      quantifier = this.#peek.text as "any" | "all";
      this.#at++;
    }
    let left = this.#operand();
    const chain: Comparison[] = [];
    while (this.#sign in COMPARISONS) {
      const token = this.#peek;
      this.#at++;
      const right = this.#operand();
      chain.push({
        kind: "compare",
        operator: COMPARISONS[token.text],
        typed: token.text,
        operatorStart: token.start,
        quantifier: chain.length === 0 ? quantifier : null,
        left,
        right,
        start: chain.length === 0 ? start : left.start,
        end: right.end,
      });
      left = right;
    }
    if (chain.length === 1) return chain[0];
    if (chain.length > 1) return { kind: "and", operands: chain, start, end: this.#end };
    const negated = this.#isWord("not") && this.#tokens[this.#at + 1].text === "in";
    if (negated) this.#at++;
    if (this.#isWord("in")) {
      this.#at++;
      const set = this.#set();
      const membership: Expression = { kind: "in", quantifier, left, ...set, start, end: this.#end };
      return negated ? { kind: "not", operand: membership, start, end: this.#end } : membership;
    }
    if (quantifier !== null) {
      throw new FilterError(`"${quantifier}" needs a comparison`, start, this.#end, [
        `Write ${quantifier} ${this.#text.slice(left.start, left.end)} == …`,
      ]);
    }
    return { kind: "test", operand: left, start, end: left.end };
  }

  #set(): { members: Member[]; blanks: boolean } {
    const open = this.#peek;
    if (!this.#isOperator("{")) {
      throw new FilterError('A set in braces must follow "in"', open.start, open.end, [
        "Write in {80, 443}.",
      ]);
    }
    this.#at++;
    const members: Member[] = [];
    let blanks = false;
    if (this.#isOperator("}")) {
      throw new FilterError("The set is empty", open.start, this.#peek.end, [
        "Put values between the braces.",
      ]);
    }
    for (;;) {
      const first = this.#operand();
      let last: Operand | null = null;
      if (this.#isOperator("..")) {
        this.#at++;
        last = this.#operand();
      }
      members.push({ first, last, start: first.start, end: (last ?? first).end });
      if (this.#isOperator("}")) {
        this.#at++;
        return { members, blanks };
      }
      if (this.#isOperator(",")) this.#at++;
      else if (this.#atEnd) {
        throw new FilterError('The brace "{" is not closed', open.start, open.end, [
          "Add } behind the last value.",
        ]);
      } else if (this.#startsValue && this.#peek.spaced) blanks = true;
      else throw this.#unexpected("in a set");
    }
  }

  get #startsValue(): boolean {
    const { kind, text } = this.#peek;
    return (
      kind === "string" ||
      kind === "char" ||
      kind === "reference" ||
      (kind === "word" && !WORD_OPERATORS.has(text))
    );
  }

  // ------------------------------------------------------------------ operands

  #operand(): Operand {
    this.#enter();
    const made = this.#binary(0);
    this.#depth--;
    return made;
  }

  /** Levels of arithmetic from the loosest: 0 `&`, 1 `+ -`, 2 `* / %`. */
  #binary(level: 0 | 1 | 2): Operand {
    const below = (): Operand => (level === 2 ? this.#signed() : this.#binary((level + 1) as 1 | 2));
    let left = below();
    for (let links = 1; ; links++) {
      const operator = this.#arithmetic(level);
      if (operator === null) return left;
      this.#link(links);
      this.#at++;
      const right = below();
      left = { kind: "arithmetic", operator, left, right, start: left.start, end: right.end };
    }
  }

  #arithmetic(level: 0 | 1 | 2): ArithmeticOperator | null {
    const sign = this.#sign;
    if (level === 0) return BITWISE_AND.has(sign) ? "&" : null;
    const own = level === 1 ? ["+", "-"] : ["*", "/", "%"];
    return this.#peek.kind === "operator" && own.includes(sign) ? (sign as ArithmeticOperator) : null;
  }

  #signed(): Operand {
    const { start } = this.#peek;
    if (this.#isOperator("+")) {
      this.#at++;
      return this.#sliced();
    }
    if (!this.#isOperator("-")) return this.#sliced();
    this.#at++;
    const operand = this.#sliced();
    return { kind: "negation", operand, start, end: operand.end };
  }

  #sliced(): Operand {
    let operand = this.#value();
    for (let links = 1; this.#peek.kind === "ranges"; links++) {
      this.#link(links);
      const { ranges, end } = this.#peek;
      this.#at++;
      operand = { kind: "slice", operand, ranges, start: operand.start, end };
    }
    return operand;
  }

  #value(): Operand {
    const token = this.#peek;
    switch (token.kind) {
      case "string":
      case "char":
        this.#at++;
        return { kind: token.kind, value: token.text, start: token.start, end: token.end };
      case "reference":
        this.#at++;
        return this.#reference(token);
      case "word":
        if (!WORD_OPERATORS.has(token.text)) return this.#word(false, token.start);
        throw this.#unexpected("value");
      case "operator":
        if (token.text === "{") return this.#braces();
        if (token.text === "@") {
          this.#at++;
          if (this.#peek.kind === "word" && !WORD_OPERATORS.has(this.#peek.text))
            return this.#word(true, token.start);
          throw new FilterError("A field must follow @", token.start, token.end, [
            "@ip.src stands for its bytes in the packet.",
          ]);
        }
        throw this.#unexpected("value");
      default:
        throw this.#unexpected("value");
    }
  }

  #braces(): Operand {
    const open = this.#peek;
    this.#at++;
    const inner = this.#operand();
    if (!this.#isOperator("}")) {
      if (!this.#atEnd) throw this.#unexpected("in braces");
      throw new FilterError('The brace "{" is not closed', open.start, open.end, [
        "Add } where the group ends.",
      ]);
    }
    this.#at++;
    return { ...inner, start: open.start, end: this.#end };
  }

  #word(raw: boolean, start: number): Operand {
    const token = this.#peek;
    this.#at++;
    const next = this.#peek;
    if (!raw && next.kind === "operator" && next.text === "(" && !next.spaced) return this.#call(token);
    let text = token.text;
    let forced: Word["forced"] = null;
    if (/^\.[A-Za-z_0-9]/.test(text)) {
      forced = "field";
      text = text.slice(1);
    } else if (/^:[0-9A-Fa-f]/.test(text) && !text.startsWith("::")) {
      forced = "value";
      text = text.slice(1);
    }
    const layers = this.#isOperator("#") ? this.#layers() : null;
    return { kind: "word", text, forced, layers, raw, start, end: this.#end };
  }

  #layers(): readonly Range[] {
    const hash = this.#peek;
    this.#at++;
    const token = this.#peek;
    if (token.kind === "ranges") {
      this.#at++;
      return token.ranges;
    }
    if (token.kind === "word" && /^\d{1,9}$/.test(token.text)) {
      this.#at++;
      return [{ offset: Number(token.text), length: 1, start: token.start, end: token.end }];
    }
    if (this.#isOperator("-") && /^\d{1,9}$/.test(this.#tokens[this.#at + 1].text)) {
      const number = this.#tokens[this.#at + 1];
      this.#at += 2;
      return [{ offset: -Number(number.text), length: 1, start: token.start, end: number.end }];
    }
    throw new FilterError("The number of a layer must follow #", hash.start, Math.max(hash.end, token.end), [
      "Write #1 for the outermost, #2 for the next, #[1-2] for a range.",
    ]);
  }

  #reference(token: Token): Operand {
    const raw = token.text.startsWith("@");
    const start = token.start + 2;
    const field: Word = {
      kind: "word",
      text: raw ? token.text.slice(1) : token.text,
      forced: "field",
      layers: token.ranges.length > 0 ? token.ranges : null,
      raw,
      start,
      end: token.end - 1,
    };
    return { kind: "reference", field, start: token.start, end: token.end };
  }

  #call(name: Token): Operand {
    const open = this.#peek;
    this.#at++;
    const args: Operand[] = [];
    if (!this.#isOperator(")")) {
      for (;;) {
        args.push(this.#operand());
        if (!this.#isOperator(",")) break;
        this.#at++;
      }
    }
    if (!this.#isOperator(")")) {
      if (!this.#atEnd) throw this.#unexpected("in a call");
      throw new FilterError('The bracket "(" is not closed', open.start, open.end, [
        `Add ) behind what ${name.text}() is given.`,
      ]);
    }
    this.#at++;
    return {
      kind: "call",
      name: name.text,
      nameEnd: name.end,
      arguments: args,
      start: name.start,
      end: this.#end,
    };
  }

  // ------------------------------------------------------------------ errors

  /** The present token cannot stand where it stands. */
  #unexpected(where: "value" | "behind" | "in a set" | "in braces" | "in a call"): FilterError {
    const token = this.#peek;
    const shown = this.#text.slice(token.start, token.end);
    if (token.kind === "end") {
      const before =
        this.#at > 0 ? `"${this.#text.slice(this.#tokens[this.#at - 1].start, this.#end)}"` : "here";
      return new FilterError(
        `The filter ends too early: something must follow ${before}`,
        this.#end,
        this.#end,
        ["Add a field, a protocol or a value."],
      );
    }
    if (where === "value") {
      const hint =
        token.kind === "word"
          ? `"${shown}" is an operator; a value that is spelled like it goes in double quotes.`
          : token.text === ")"
            ? "Put a test between the brackets."
            : "Add a field, a protocol or a value before it.";
      return new FilterError(
        `"${shown}" cannot stand here: a field or a value is expected`,
        token.start,
        token.end,
        [hint],
      );
    }
    if (where === "in a set") {
      return new FilterError(`"${shown}" cannot stand in a set`, token.start, token.end, [
        "Part values with commas; write ranges as 1..5.",
      ]);
    }
    if (where === "in a call") {
      return new FilterError(`"${shown}" cannot stand here: "," or ")" is expected`, token.start, token.end);
    }
    if (where === "in braces") {
      return new FilterError(`"${shown}" cannot stand here: "}" is expected`, token.start, token.end, [
        "Braces group arithmetic; tests are grouped with round brackets.",
      ]);
    }
    if (token.text === ")") {
      return new FilterError('")" closes no bracket', token.start, token.end, [
        "Remove it, or add ( before.",
      ]);
    }
    if (token.text === "}") {
      return new FilterError('"}" closes no brace', token.start, token.end, ["Remove it, or add { before."]);
    }
    return new FilterError(`"${shown}" cannot follow here: an operator is expected`, token.start, token.end, [
      ...this.#slips(token),
    ]);
  }

  #slips(token: Token): string[] {
    const lower = token.text.toLowerCase();
    const shown = this.#text.slice(token.start, token.end);
    if (token.kind === "word" && lower !== token.text && WORD_OPERATORS.has(lower)) {
      return [`Operators are written in lower case: ${lower}.`];
    }
    if (token.kind === "word" && /^(is|equals?)$/i.test(token.text)) return ["Write == to compare."];
    if (token.kind === "word" && /^like$/i.test(token.text)) return ["Write contains or matches."];
    const before = this.#tokens[this.#at - 1];
    const words = this.#tokens.slice(0, this.#at + 1).map((each) => each.text);
    if (words.some((word) => CAPTURE_FILTER_WORDS.has(word))) {
      return [
        "This looks like a capture filter. In a display filter write tcp.port == 80 or ip.addr == 10.0.0.1.",
      ];
    }
    if (token.kind === "operator" && token.text === ",") return ["Several values go in a set: in {80, 443}."];
    if (token.kind === "operator" && token.text === "!") return ["Write != for not equal."];
    if (token.kind === "operator" && token.text === "..") return ["Ranges stand in a set: in {1..5}."];
    const isName = before?.kind === "word" && /^[A-Za-z_.]/.test(before.text);
    const alone = this.#at < 2 || this.#tokens[this.#at - 2].text in LOGICAL;
    if (isName && alone && token.kind !== "operator") {
      return [`Write ${before.text} == ${shown}, or put and or or between two tests.`];
    }
    return ["Put && (and) or || (or) between two tests."];
  }
}
