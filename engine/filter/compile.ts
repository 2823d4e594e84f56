/** A display filter ready to be asked about packets. */
import type { FilterMacro } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Field } from "../dissect/field.ts";
import type { Node } from "../dissect/node.ts";
import { fields, protocolNamed } from "../dissect/protocol.ts";
import { type Expression, printExpression, type Range } from "./ast.ts";
import { type ChainVerdict, chainVerdict, isByChain, isChosenLayer } from "./chain.ts";
import {
  type CallOperand,
  Checker,
  type FieldOperand,
  type ReferenceOperand,
  type Relation,
  type SliceOperand,
  type TypedMember,
  type TypedOperand,
  type TypedTest,
} from "./check.ts";
import { FilterError, type FilterWarning } from "./error.ts";
import { type Expansion, expandMacros } from "./macros.ts";
import { parseFilter } from "./parser.ts";
import { type ReferenceValues, valuesKey, withValues } from "./references.ts";
import { bytesAsLatin1, type Pattern } from "./regex.ts";
import { type Group, groupOf } from "./types.ts";
import { asBytes, contains, type Datum, layerBytes, nodeBytes, orderOf } from "./values.ts";

/** One test of a filter: a leaf of its boolean tree. Equal keys mean equal answers. */
export interface Atom {
  /** The test in one canonical spelling. */
  readonly key: string;
  /** Ids of the fields it looks at. */
  readonly fields: readonly number[];
  /** What a packet's protocol chain (protocol ids) says of it: the answer, or null for not without its fields. */
  readonly judgeChain: ChainVerdict;
  /** True when it needs the packet's bytes (`Dissection.sources`) besides field values. */
  readonly needsBytes: boolean;
  /** The checked test, for planners that answer it from elsewhere. */
  readonly test: TypedTest;
  /** The answer for a frame dissected with this atom's fields wanted. */
  readonly evaluate: (d: Dissection) => boolean;
}

/** The boolean tree over atoms, named by their index. */
export type FilterTree =
  | { readonly kind: "atom"; readonly atom: number }
  | { readonly kind: "not"; readonly operand: FilterTree }
  | { readonly kind: "and" | "or" | "xor"; readonly operands: readonly FilterTree[] };

export interface CompiledFilter {
  /** What was compiled: the text with its macros expanded. The places in `ast` are places in it. */
  readonly text: string;
  /** Leads from places in `text` to places in the text as it was typed. */
  readonly expansion: Expansion;
  readonly ast: Expression;
  readonly tree: FilterTree;
  /** Every test of the filter once. */
  readonly atoms: readonly Atom[];
  /** By field id: 1 for the fields to be kept by the dissection (MODE_FIELDS). */
  readonly wanted: Uint8Array;
  /** Ids of all protocols that own wanted fields. */
  readonly protocols: readonly number[];
  /** True when the filter asks for texts of the packet list (`_ws.col.…`), so that columns must be made. */
  readonly needsColumns: boolean;
  readonly needsBytes: boolean;
  /** In the typed text. */
  readonly warnings: readonly FilterWarning[];
  /** What stands for values of the selected packet, with the places in the typed text. */
  readonly references: readonly FieldReference[];
  /** The values that it was compiled with. */
  readonly referenceValues: ReferenceValues;
  /** True when the protocol chain decides the filter for every packet. */
  readonly byChainOnly: boolean;
  /** What a packet's protocol chain (protocol ids) says of the filter: the answer, or null for not on its own. */
  readonly judgeChain: ChainVerdict;
  /** The answer for a frame after a dissection with `wanted`. Not to be entered twice at a time. */
  readonly evaluate: (d: Dissection) => boolean;
}

/** `${field}`. */
export interface FieldReference {
  /** One canonical spelling. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Ids of the fields that bear the name. */
  readonly fields: readonly number[];
  /** Puts the field's values in a dissected packet into a list. */
  readonly collect: (d: Dissection, out: Datum[]) => void;
}

export interface CompileOptions {
  readonly macros?: readonly FilterMacro[];
  /** Values of the selected packet, for `${field}`; without them references have no value. */
  readonly references?: ReferenceValues;
}

type Test = (d: Dissection) => boolean;
type Collect = (d: Dissection, out: Datum[]) => void;
type Judge = (value: Datum) => boolean;

/**
 * Compiles a display filter.
 * @param text the filter; not empty
 * @throws FilterError with the place and hints, and nothing else
 */
export function compileFilter(text: string, options: CompileOptions = {}): CompiledFilter {
  const expansion = expandMacros(text, options.macros ?? []);
  try {
    return compileExpanded(expansion, options.references ?? new Map());
  } catch (error) {
    throw error instanceof FilterError ? expansion.explain(error) : error;
  }
}

function compileExpanded(expansion: Expansion, values: ReferenceValues): CompiledFilter {
  const { text } = expansion;
  const ast = parseFilter(text);
  const checker = new Checker(text);
  const atoms: Atom[] = [];
  const byKey = new Map<string, number>();
  const build = (expression: Expression): FilterTree => {
    switch (expression.kind) {
      case "not":
        return { kind: "not", operand: build(expression.operand) };
      case "and":
      case "or":
      case "xor":
        return { kind: expression.kind, operands: expression.operands.map(build) };
      default: {
        const before = checker.references.length;
        const test = withValues(checker.check(expression), values);
        const used = checker.references.slice(before).map((reference) => reference.key);
        // Answers are kept by this key: another packet's values are another test.
        const key = `${printExpression(expression)}${used.length === 0 ? "" : ` with ${valuesKey(used, values)}`}`;
        let atom = byKey.get(key);
        if (atom === undefined) {
          atom = atoms.push(makeAtom(key, test, values)) - 1;
          byKey.set(key, atom);
        }
        return { kind: "atom", atom };
      }
    }
  };
  const tree = build(ast);
  const wanted = new Uint8Array(fields.length);
  for (const atom of atoms) for (const id of atom.fields) wanted[id] = 1;
  const owners = new Set<number>();
  let needsColumns = false;
  wanted.forEach((flag, id) => {
    if (flag === 0) return;
    const owner = protocolNamed(fields[id].protocol);
    if (owner !== undefined) owners.add(owner.id);
    if (fields[id].name.startsWith("_ws.col.")) needsColumns = true;
  });
  return {
    text,
    expansion,
    ast,
    tree,
    atoms,
    wanted,
    protocols: [...owners],
    needsColumns,
    needsBytes: atoms.some((atom) => atom.needsBytes),
    warnings: checker.warnings.map((warning) => expansion.explainWarning(warning)),
    references: checker.references.map(({ key, field, start, end }) => ({
      key,
      ...expansion.placeOf(start, end),
      fields: field.fields.map(({ id }) => id),
      collect: collectField(field, false),
    })),
    referenceValues: values,
    byChainOnly: atoms.every((atom) => isByChain(atom.test)),
    judgeChain: (chain) => judged(tree, atoms, chain),
    evaluate: joined(tree, atoms),
  };
}

/** The tree's verdict with unknown answers: null unless the known ones decide. */
function judged(tree: FilterTree, atoms: readonly Atom[], chain: ArrayLike<number>): boolean | null {
  if (tree.kind === "atom") return atoms[tree.atom].judgeChain(chain);
  if (tree.kind === "not") {
    const verdict = judged(tree.operand, atoms, chain);
    return verdict === null ? null : !verdict;
  }
  const deciding = tree.kind === "and" ? false : tree.kind === "or" ? true : null;
  let unknown = false;
  let odd = false;
  for (const operand of tree.operands) {
    const verdict = judged(operand, atoms, chain);
    if (verdict === null) unknown = true;
    else if (verdict === deciding) return deciding;
    else if (verdict) odd = !odd;
  }
  if (unknown) return null;
  return tree.kind === "xor" ? odd : !deciding;
}

function joined(tree: FilterTree, atoms: readonly Atom[]): Test {
  if (tree.kind === "atom") return atoms[tree.atom].evaluate;
  if (tree.kind === "not") {
    const operand = joined(tree.operand, atoms);
    return (d) => !operand(d);
  }
  const operands = tree.operands.map((operand) => joined(operand, atoms));
  switch (tree.kind) {
    case "and":
      return (d) => {
        for (const operand of operands) if (!operand(d)) return false;
        return true;
      };
    case "or":
      return (d) => {
        for (const operand of operands) if (operand(d)) return true;
        return false;
      };
    case "xor":
      return (d) => {
        let odd = false;
        for (const operand of operands) if (operand(d)) odd = !odd;
        return odd;
      };
  }
}

// -------------------------------------------------------------------- atoms

function makeAtom(key: string, test: TypedTest, values: ReferenceValues): Atom {
  const used = new Set<Field>();
  let needsBytes = test.kind === "matches" || (test.kind === "compare" && test.relation === "contains");
  let free = false;
  const visit = (operand: TypedOperand): void => {
    switch (operand.kind) {
      case "field":
        for (const field of operand.fields) used.add(field);
        if (operand.raw || operand.type.group === "protocol")
          needsBytes = needsBytes || test.kind !== "exists";
        return;
      case "reference":
        free = true;
        return;
      case "slice":
        needsBytes = true;
        visit(operand.operand);
        return;
      case "call":
        if (operand.arguments.some((argument) => argument.kind === "constant")) free = true;
        operand.arguments.forEach(visit);
        return;
      case "arithmetic":
        visit(operand.left);
        visit(operand.right);
        return;
      case "negation":
        visit(operand.operand);
        return;
      case "constant":
        return;
    }
  };
  switch (test.kind) {
    case "exists":
    case "true":
      visit(test.operand);
      break;
    case "compare":
      visit(test.left);
      visit(test.right);
      break;
    case "matches":
      visit(test.left);
      break;
    case "in":
      visit(test.left);
      for (const member of test.members) {
        visit(member.first);
        if (member.last !== null) visit(member.last);
      }
      break;
  }
  return {
    key,
    fields: [...used].map((field) => field.id),
    judgeChain: chainVerdict(test, [...used], free),
    needsBytes,
    test,
    evaluate: new TestCompiler(values).compile(test),
  };
}

/** What reads an operand's values of a dissected frame, as the tests that hold the operand do. */
export function operandReader(
  operand: TypedOperand,
  references: ReferenceValues,
  whole = false,
): (d: Dissection) => Datum[] {
  const collect = new TestCompiler(references).collect(operand, whole);
  return (d) => {
    const values: Datum[] = [];
    collect(d, values);
    return values;
  };
}

/** A dissected frame's nodes of a field operand, those of the chosen layers only. */
export function operandNodes(operand: FieldOperand, d: Dissection): Node[] {
  const nodes: Node[] = [];
  nodesOf(operand, operand.fields)(d, (node) => {
    nodes.push(node);
  });
  return nodes;
}

class TestCompiler {
  readonly #references: ReferenceValues;

  constructor(references: ReferenceValues) {
    this.#references = references;
  }

  compile(test: TypedTest): Test {
    switch (test.kind) {
      case "exists":
        return this.#exists(test.operand);
      case "true":
        return this.#judged(test.operand, isNotZero, false, false);
      case "compare":
        return this.#compare(test.relation, test.all, test.left, test.right);
      case "matches":
        return this.#judged(test.left, matching(test.pattern), test.all, true);
      case "in":
        return this.#in(test.left, test.members, test.all);
    }
  }

  // ------------------------------------------------------------------ tests

  #exists(operand: FieldOperand | ReferenceOperand | SliceOperand): Test {
    if (operand.kind === "field") {
      const mine = maskOf(operand.fields);
      const { layers } = operand;
      const protocol = operand.fields.length === 1 ? protocolNamed(operand.name) : undefined;
      if (layers === null && protocol !== undefined && !protocol.invisible) {
        const { id } = protocol;
        return (d) => {
          for (let i = 0; i < d.chainLength; i++) if (d.chain[i] === id) return true;
          for (const node of d.found) if (mine[node.field.id] === 1) return true;
          return false;
        };
      }
      return (d) => {
        for (const node of d.found) {
          if (mine[node.field.id] === 1 && (layers === null || inLayers(d, node, layers))) return true;
        }
        return false;
      };
    }
    const collect = this.collect(operand, false);
    const values: Datum[] = [];
    return (d) => {
      values.length = 0;
      collect(d, values);
      return values.length > 0;
    };
  }

  #compare(relation: Relation | "contains", all: boolean, left: TypedOperand, right: TypedOperand): Test {
    const whole = relation === "contains";
    const group = left.type.group;
    if (right.kind === "constant") return this.#judged(left, judgeOf(relation, group, right), all, whole);
    const pair = pairOf(relation, group);
    const collectLeft = this.collect(left, whole);
    const collectRight = this.collect(right, false);
    const lefts: Datum[] = [];
    const rights: Datum[] = [];
    return (d) => {
      lefts.length = 0;
      collectLeft(d, lefts);
      if (lefts.length === 0) return false;
      rights.length = 0;
      collectRight(d, rights);
      if (rights.length === 0) return false;
      for (const a of lefts) for (const b of rights) if (pair(a, b) !== all) return !all;
      return all;
    };
  }

  #in(left: TypedOperand, members: readonly TypedMember[], all: boolean): Test {
    const group = left.type.group;
    const singles: Datum[] = [];
    const judges: Judge[] = [];
    const tests: Test[] = [];
    const order = orderOf(group);
    for (const { first, last } of members) {
      if (first.kind === "constant" && last === null) {
        if (typeof first.value === "number" && group !== "float") singles.push(first.value);
        else judges.push(judgeOf("==", group, first));
      } else if (first.kind === "constant" && last?.kind === "constant") {
        const low = first.value;
        const high = last.value;
        judges.push((value) => order(value, low) >= 0 && order(value, high) <= 0);
      } else tests.push(this.#inVariable(left, first, last, all));
    }
    if (singles.length > 0) judges.push(judgeOfSet(singles));
    if (all) {
      // As Wireshark has it: there is one member that all values equal, or one range that holds them all.
      for (const single of singles) {
        tests.push(this.#judged(left, (value) => order(value, single) === 0, true, false));
      }
      if (singles.length > 0) judges.pop();
      for (const judge of judges) tests.push(this.#judged(left, judge, true, false));
    } else if (judges.length === 1) tests.push(this.#judged(left, judges[0], false, false));
    else if (judges.length > 1) {
      tests.push(this.#judged(left, (value) => judges.some((judge) => judge(value)), false, false));
    }
    if (tests.length === 1) return tests[0];
    return (d) => {
      for (const test of tests) if (test(d)) return true;
      return false;
    };
  }

  /** Membership in a value or range that is known only with the packet. */
  #inVariable(left: TypedOperand, first: TypedOperand, last: TypedOperand | null, all: boolean): Test {
    if (last === null) return this.#compare("==", all, left, first);
    const order = orderOf(left.type.group);
    const collectors = [left, first, last].map((operand) => this.collect(operand, false));
    const [values, lows, highs]: Datum[][] = [[], [], []];
    return (d) => {
      [values, lows, highs].forEach((list, i) => {
        list.length = 0;
        collectors[i](d, list);
      });
      if (values.length === 0 || lows.length === 0 || highs.length === 0) return false;
      const held = (value: Datum): boolean =>
        lows.some((low) => order(value, low) >= 0) && highs.some((high) => order(value, high) <= 0);
      return all ? values.every(held) : values.some(held);
    };
  }

  /** One value, or all, of an operand satisfy a condition; false without any value. */
  #judged(operand: TypedOperand, judge: Judge, all: boolean, whole: boolean): Test {
    if (operand.kind === "field" && operand.layers === null && !operand.raw) {
      const mine = maskOf(comparable(operand));
      if (operand.type.group !== "protocol") {
        if (!all) {
          return (d) => {
            for (const node of d.found) {
              if (mine[node.field.id] === 1 && node.value !== null && judge(node.value)) return true;
            }
            return false;
          };
        }
        return (d) => {
          let seen = false;
          for (const node of d.found) {
            if (mine[node.field.id] !== 1 || node.value === null) continue;
            if (!judge(node.value)) return false;
            seen = true;
          }
          return seen;
        };
      }
    }
    const collect = this.collect(operand, whole);
    const values: Datum[] = [];
    return (d) => {
      values.length = 0;
      collect(d, values);
      for (const value of values) if (judge(value) !== all) return !all;
      return all && values.length > 0;
    };
  }

  // ------------------------------------------------------------------ values

  /**
   * What puts an operand's values into a list.
   * @param whole true for protocols with their payload
   */
  collect(operand: TypedOperand, whole: boolean): Collect {
    switch (operand.kind) {
      case "constant": {
        const { value } = operand;
        return (_d, out) => {
          out.push(value);
        };
      }
      case "field":
        return collectField(operand, whole);
      case "reference":
        return this.#reference(operand);
      case "slice": {
        const { ranges } = operand;
        return mapped(this.collect(operand.operand, false), (value) => {
          const bytes = asBytes(value);
          return bytes === undefined ? undefined : sliced(bytes, ranges);
        });
      }
      case "call":
        return this.#call(operand);
      case "negation":
        return mapped(this.collect(operand.operand, false), (value) => -(value as number | bigint));
      case "arithmetic": {
        const compute = computer(operand.operator, operand.type.group);
        const collectLeft = this.collect(operand.left, false);
        const collectRight = this.collect(operand.right, false);
        const lefts: Datum[] = [];
        const rights: Datum[] = [];
        return (d, out) => {
          lefts.length = 0;
          rights.length = 0;
          collectLeft(d, lefts);
          collectRight(d, rights);
          for (const a of lefts) {
            for (const b of rights) {
              const value = compute(a, b);
              if (value !== undefined) out.push(value);
            }
          }
        };
      }
    }
  }

  #reference({ key }: ReferenceOperand): Collect {
    const values = this.#references.get(key) ?? [];
    return (_d, out) => {
      for (const value of values) out.push(value);
    };
  }

  #call(operand: CallOperand): Collect {
    const { function: called, arguments: given } = operand;
    const { all, each } = called;
    if (all !== undefined) {
      const collectors = given.map((argument) =>
        called.name === "count" && argument.kind === "field"
          ? collectNodes(argument)
          : this.collect(argument, false),
      );
      const order = orderOf(given[0].type.group);
      const values: Datum[] = [];
      return (d, out) => {
        values.length = 0;
        for (const collect of collectors) collect(d, values);
        if (values.length > 0) out.push(all(values, order));
      };
    }
    const [argument] = given;
    if (each === undefined) return () => undefined;
    if (argument.kind !== "field") {
      return mapped(this.collect(argument, false), (value) => each(value, null));
    }
    const read = valueReader(argument, false);
    const nodes = nodesOf(argument, comparable(argument));
    return (d, out) => {
      nodes(d, (node) => {
        const value = read(d, node);
        const made = value === undefined ? undefined : each(value, argument.raw ? null : node.field);
        if (made !== undefined) out.push(made);
      });
    };
  }
}

// -------------------------------------------------------------------- fields

function maskOf(list: readonly Field[]): Uint8Array {
  const mask = new Uint8Array(fields.length);
  for (const field of list) mask[field.id] = 1;
  return mask;
}

/** The fields of a name whose values are of the type the operand was checked for. */
function comparable({ fields: list, raw, type }: FieldOperand): readonly Field[] {
  return raw ? list : list.filter((field) => groupOf(field.type) === type.group);
}

function nodesOf(operand: FieldOperand, list: readonly Field[]) {
  const mine = maskOf(list);
  const { layers } = operand;
  return (d: Dissection, visit: (node: Node) => void): void => {
    for (const node of d.found) {
      if (mine[node.field.id] === 1 && (layers === null || inLayers(d, node, layers))) visit(node);
    }
  };
}

function valueReader({ raw, type }: FieldOperand, whole: boolean) {
  if (type.group === "protocol") return whole ? layerBytes : nodeBytes;
  if (raw) return nodeBytes;
  return (_d: Dissection, node: Node): Datum | undefined => node.value ?? undefined;
}

function collectField(operand: FieldOperand, whole: boolean): Collect {
  const nodes = nodesOf(operand, comparable(operand));
  const read = valueReader(operand, whole);
  return (d, out) => {
    nodes(d, (node) => {
      const value = read(d, node);
      if (value !== undefined) out.push(value);
    });
  };
}

/** One value for every node, whatever it holds. */
function collectNodes(operand: FieldOperand): Collect {
  const nodes = nodesOf(operand, operand.fields);
  return (d, out) => {
    nodes(d, () => {
      out.push(1);
    });
  };
}

/** True when the node's layer is among those chosen: layers of one protocol are counted from 1, the outermost. */
function inLayers(d: Dissection, node: Node, layers: readonly Range[]): boolean {
  const protocol = d.chain[node.layer];
  let at = 0;
  let total = 0;
  for (let i = 0; i < d.chainLength; i++) {
    if (d.chain[i] !== protocol) continue;
    total++;
    if (i <= node.layer) at = total;
  }
  return isChosenLayer(at, total, layers);
}

// -------------------------------------------------------------------- values

function mapped(collect: Collect, change: (value: Datum) => Datum | undefined): Collect {
  const values: Datum[] = [];
  return (d, out) => {
    values.length = 0;
    collect(d, values);
    for (const value of values) {
      const made = change(value);
      if (made !== undefined) out.push(made);
    }
  };
}

/** The ranges of the bytes one after the other; undefined when one of them is not wholly there. */
function sliced(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (const { offset, length } of ranges) {
    const start = offset < 0 ? bytes.length + offset : offset;
    const end = length === -1 ? bytes.length : start + length;
    if (start < 0 || start >= bytes.length || end > bytes.length) return undefined;
    parts.push(bytes.subarray(start, end));
  }
  if (parts.length === 1) return parts[0];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function isNotZero(value: Datum): boolean {
  if (value instanceof Uint8Array) return value.some((byte) => byte !== 0);
  if (typeof value === "string") return value !== "";
  return typeof value === "bigint" ? value !== 0n : value !== 0;
}

type Compute = (a: Datum, b: Datum) => Datum | undefined;

/** Arithmetic of two values; undefined for division by zero. */
function computer(operator: string, group: Group): Compute {
  if (operator === "&") return masked;
  if (group === "float") {
    return (a, b) => floatOf(operator, a as number, b as number);
  }
  if (group === "duration" || group === "time") return (a, b) => timeOf(operator, a as bigint, b);
  return (a, b) => {
    if (typeof a === "number" && typeof b === "number") {
      const value = integerOf(operator, a, b);
      if (value === undefined || Number.isSafeInteger(value)) return value;
    }
    return bigintOf(operator, BigInt(a as number), BigInt(b as number));
  };
}

/** Of nanoseconds: with others, or as many times as a number says. */
function timeOf(operator: string, a: bigint, b: Datum): bigint | undefined {
  if (operator === "+" || operator === "-" || typeof b === "bigint")
    return bigintOf(operator, a, b as bigint);
  const factor = b as number;
  if (operator === "/" && factor === 0) return undefined;
  const value = operator === "*" ? Number(a) * factor : Number(a) / factor;
  return Number.isFinite(value) ? BigInt(Math.round(value)) : undefined;
}

function floatOf(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    default:
      return a / b;
  }
}

function integerOf(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0 ? undefined : Math.trunc(a / b);
    default:
      return b === 0 ? undefined : a % b;
  }
}

function bigintOf(operator: string, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? undefined : a / b;
    default:
      return b === 0n ? undefined : a % b;
  }
}

function masked(a: Datum, b: Datum): Datum | undefined {
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const length = Math.min(a.length, b.length);
    return a.subarray(0, length).map((byte, i) => byte & b[i]);
  }
  if (typeof a === "number" && typeof b === "number") {
    const both = a & b;
    return a < 0 && b < 0 ? both : both >>> 0;
  }
  if (typeof a === "object" || typeof b === "object") return undefined;
  return BigInt(a) & BigInt(b);
}

// -------------------------------------------------------------------- conditions

function matching(pattern: Pattern): Judge {
  return (value) => {
    if (typeof value === "string") return pattern.matches(value);
    return value instanceof Uint8Array && pattern.matches(bytesAsLatin1(value));
  };
}

function judgeOfSet(values: readonly Datum[]): Judge {
  const set = new Set(values);
  return (value) => set.has(value) || (typeof value === "bigint" && set.has(Number(value)));
}

/** The relation of two values known only with the packet. */
function pairOf(relation: Relation | "contains", group: Group): (a: Datum, b: Datum) => boolean {
  if (relation === "contains") return contains;
  const order = orderOf(group);
  switch (relation) {
    case "==":
      return (a, b) => order(a, b) === 0;
    case "!=":
      return (a, b) => order(a, b) !== 0;
    case ">":
      return (a, b) => order(a, b) > 0;
    case "<":
      return (a, b) => order(a, b) < 0;
    case ">=":
      return (a, b) => order(a, b) >= 0;
    case "<=":
      return (a, b) => order(a, b) <= 0;
  }
}

/** The relation to a constant. Plain numbers and texts, which most filters ask for, are compared without a detour. */
function judgeOf(
  relation: Relation | "contains",
  group: Group,
  { value: constant }: { readonly value: Datum },
): Judge {
  if (typeof constant === "number" && group !== "float") {
    // Fields of up to 32 bits hold numbers, but a wider field may bear the same name.
    const large = Number.isInteger(constant) ? BigInt(constant) : null;
    switch (relation) {
      case "==":
        return (value) => value === constant || value === large;
      case "!=":
        return (value) => value !== constant && value !== large;
      case ">":
        return (value) => (value as number) > constant;
      case "<":
        return (value) => (value as number) < constant;
      case ">=":
        return (value) => (value as number) >= constant;
      case "<=":
        return (value) => (value as number) <= constant;
      default:
        break;
    }
  }
  if (typeof constant === "string") {
    if (relation === "==") return (value) => value === constant;
    if (relation === "!=") return (value) => value !== constant;
  }
  const pair = pairOf(relation, group);
  return (value) => pair(value, constant);
}
