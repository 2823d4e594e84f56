/** Why a packet matches a display filter, or does not: every clause with its verdict and its values. */
import type { FilterClause, FilterOperand, FilterValue } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Field, Value } from "../dissect/field.ts";
import { labelValue, showValue } from "../dissect/format.ts";
import type { Node } from "../dissect/node.ts";
import { protocolNamed, protocols } from "../dissect/protocol.ts";
import { formatHex, formatSeconds } from "../dissect/text.ts";
import type { Comparison, Expression, Member, Membership, Operand, Test } from "./ast.ts";
import type { ConstantOperand, FieldOperand, TypedOperand, TypedTest } from "./check.ts";
import { type Atom, type CompiledFilter, type FilterTree, operandNodes, operandReader } from "./compile.ts";
import { quoted } from "./field-filter.ts";
import { presentName } from "./names.ts";
import { groupOf, type OperandType, typeTitle } from "./types.ts";
import { type Datum, nodeBytes } from "./values.ts";

/** Values of an operand, and members of a set, that are listed. */
const LISTED = 50;
/** UTF-16 units of a value's text, and bytes of it, that are shown. */
const TEXT_LIMIT = 120;
const BYTES_LIMIT = 24;

export interface ExplainOptions {
  /** Where a node stands in the frame's layer tree; null for nowhere. */
  readonly pathOf?: (node: Node) => number[] | null;
}

/**
 * The clauses of a filter with their verdicts on a frame. Each test is asked, whether its answer decides or not, and
 * by the atoms that the filter itself is evaluated with.
 * @param d the frame, dissected with the filter's fields wanted (MODE_FIELDS)
 */
export function explainFilter(
  filter: CompiledFilter,
  d: Dissection,
  options: ExplainOptions = {},
): FilterClause {
  return new Explainer(filter, d, options).clause(filter.ast, filter.tree, true);
}

class Explainer {
  readonly #filter: CompiledFilter;
  readonly #d: Dissection;
  readonly #options: ExplainOptions;

  constructor(filter: CompiledFilter, d: Dissection, options: ExplainOptions) {
    this.#filter = filter;
    this.#d = d;
    this.#options = options;
  }

  clause(node: Expression, tree: FilterTree, counts: boolean): FilterClause {
    const base = { ...this.#placeOf(node), counts };
    if (tree.kind === "atom") {
      return {
        ...base,
        kind: "test",
        clauses: [],
        ...this.#test(node as Leaf, this.#filter.atoms[tree.atom]),
      };
    }
    if (tree.kind === "not") {
      const clauses = [this.clause((node as { operand: Expression }).operand, tree.operand, true)];
      return { ...base, kind: "not", verdict: !clauses[0].verdict, note: "", clauses, operands: [] };
    }
    const parts = (node as { operands: readonly Expression[] }).operands;
    const below = tree.operands.map((operand, i) => this.clause(parts[i], operand, true));
    const held = below.filter(({ verdict }) => verdict).length;
    const verdict =
      tree.kind === "and" ? held === below.length : tree.kind === "or" ? held > 0 : held % 2 === 1;
    const clauses = below.map((each) => ({
      ...each,
      counts: tree.kind === "xor" || each.verdict === verdict,
    }));
    const note = tree.kind === "xor" ? `${held} of ${below.length} are true` : "";
    return { ...base, kind: tree.kind, verdict, note, clauses, operands: [] };
  }

  #textOf({ start, end }: { start: number; end: number }): string {
    return this.#filter.text.slice(start, end);
  }

  /** Where a part stands in the typed text, and what it reads with its macros expanded. */
  #placeOf(part: { start: number; end: number }): { start: number; end: number; text: string } {
    return { ...this.#filter.expansion.placeOf(part.start, part.end), text: this.#textOf(part) };
  }

  // ------------------------------------------------------------------ tests

  #test(leaf: Leaf, atom: Atom): { verdict: boolean; note: string; operands: FilterOperand[] } {
    const d = this.#d;
    const { test } = atom;
    const verdict = atom.evaluate(d);
    const judge = this.#judgeOfOne(atom);
    const operands = this.#operands(leaf, test, judge);
    return { verdict, note: noteOn(test, operands), operands };
  }

  #operands(leaf: Leaf, test: TypedTest, judge: ((node: Node) => boolean) | null): FilterOperand[] {
    switch (test.kind) {
      case "exists":
        return [this.#operand((leaf as Test).operand, test.operand, null, false)];
      case "true":
        return [this.#operand((leaf as Test).operand, test.operand, judge, false)];
      case "matches": {
        const { left, right } = leaf as Comparison;
        return [this.#operand(left, test.left, judge, true), this.#constant(right, null)];
      }
      case "compare": {
        const { left, right } = leaf as Comparison;
        const whole = test.relation === "contains";
        // A literal on the left side is compared as if it stood on the right.
        const turned = !sameShape(left, test.left);
        const first = this.#operand(turned ? right : left, test.left, judge, whole);
        const second = this.#operand(turned ? left : right, test.right, null, false);
        return turned ? [second, first] : [first, second];
      }
      case "in": {
        if (leaf.kind === "compare") return this.#referred(leaf, test, judge);
        const { left, members } = leaf as Membership;
        const wanted = test.members
          .slice(0, LISTED)
          .flatMap(({ first, last }, i) => this.#member(members[i], first, last));
        return [this.#operand(left, test.left, judge, false), ...wanted];
      }
    }
  }

  /** A comparison with a reference that has several values became a membership in them. */
  #referred(
    { left, right }: Comparison,
    test: Extract<TypedTest, { kind: "in" }>,
    judge: ((node: Node) => boolean) | null,
  ): FilterOperand[] {
    const values = test.members.flatMap(({ first }) => (first.kind === "constant" ? [first] : []));
    return [this.#operand(left, test.left, judge, false), this.#values(right, values)];
  }

  /** A reference whose values took its place. */
  #values(place: Operand, values: readonly ConstantOperand[]): FilterOperand {
    const field = place.kind === "reference" ? place.field.text : "";
    return {
      ...NOTHING,
      ...this.#placeOf(place),
      kind: "reference",
      field,
      values: values.slice(0, LISTED).map(({ value, type }) => plainValue(shownDatum(value, type, ""))),
      count: values.length,
    };
  }

  /** A range of literals is one thing to compare with; other members are shown with their values. */
  #member(member: Member, first: TypedOperand, last: TypedOperand | null): FilterOperand[] {
    if (last === null) return [this.#operand(member.first, first, null, false)];
    if (first.kind === "constant" && last.kind === "constant") return [this.#constant(member, null)];
    return [
      this.#operand(member.first, first, null, false),
      this.#operand(member.last ?? member.first, last, null, false),
    ];
  }

  /**
   * What asks the test about the frame with one value of the field that it judges, the others left out; null when
   * its answer is not about single values.
   */
  #judgeOfOne({ test, fields, evaluate }: Atom): ((node: Node) => boolean) | null {
    const subject = subjectOf(test.kind === "exists" || test.kind === "true" ? test.operand : test.left);
    if (subject === null || test.kind === "exists") return null;
    const mine = new Set(subject.fields.map(({ id }) => id));
    // A field that stands on both sides cannot be left out on one.
    if (sidesOf(test).some((side) => holdsAny(side, mine))) return null;
    if (!fields.some((id) => mine.has(id))) return null;
    const d = this.#d;
    return (node) => {
      const all = d.found;
      d.found = all.filter((each) => each === node || !mine.has(each.field.id));
      try {
        return evaluate(d);
      } finally {
        d.found = all;
      }
    };
  }

  // ------------------------------------------------------------------ operands

  #operand(
    place: Operand,
    operand: TypedOperand,
    judge: ((node: Node) => boolean) | null,
    whole: boolean,
  ): FilterOperand {
    switch (operand.kind) {
      case "constant":
        if (place.kind === "reference") return this.#values(place, [operand]);
        return this.#constant(place, shownDatum(operand.value, operand.type, this.#textOf(place)));
      case "field":
        return this.#field(place, operand, judge, whole);
      case "reference":
        return {
          ...this.#worked(place, operand, "reference"),
          field: operand.field.name,
          title: operand.field.fields[0]?.title ?? "",
        };
      default:
        return this.#worked(place, operand, "computed", judge);
    }
  }

  #constant(place: { start: number; end: number }, shown: string | null): FilterOperand {
    const own = this.#placeOf(place);
    const values = shown === null || shown === own.text ? [] : [plainValue(shown)];
    return { ...NOTHING, ...own, kind: "constant", values, count: 1 };
  }

  #field(
    place: Operand,
    operand: FieldOperand,
    judge: ((node: Node) => boolean) | null,
    whole: boolean,
  ): FilterOperand {
    const d = this.#d;
    const nodes = operandNodes(operand, d);
    const own = new Set(nodes.slice(0, LISTED));
    const values = [...own].map((node) => this.#value(node, operand, judge, whole));
    // A protocol may be there without a line of its own.
    const there = values.length > 0 || isInChain(d, operand);
    return {
      ...NOTHING,
      kind: "field",
      ...this.#placeOf(place),
      field: operand.name,
      title: operand.fields[0].title,
      type: typeTitle(operand.type.type),
      missing: there ? "" : missingText(d, operand),
      values,
      count: nodes.length,
    };
  }

  #value(
    node: Node,
    operand: FieldOperand,
    judge: ((node: Node) => boolean) | null,
    whole: boolean,
  ): FilterValue {
    const d = this.#d;
    const bytes = nodeBytes(d, node) ?? new Uint8Array(0);
    return {
      text: operand.raw ? shownBytes(bytes) : shownNode(d, node, whole),
      raw: shownBytes(bytes),
      verdict: judge === null ? null : judge(node),
      ...layerOf(d, node),
      path: this.#options.pathOf?.(node) ?? null,
    };
  }

  #worked(
    place: Operand,
    operand: TypedOperand,
    kind: "computed" | "reference",
    judge: ((node: Node) => boolean) | null = null,
  ): FilterOperand {
    const found = operandReader(operand, this.#filter.referenceValues)(this.#d);
    const parts = kind === "computed" ? this.#parts(place, operand, judge) : [];
    const missing =
      found.length > 0
        ? ""
        : kind === "reference"
          ? "no packet that has it was selected when the filter was applied"
          : (parts.find((part) => part.missing !== "")?.missing ?? noResult(operand));
    return {
      ...NOTHING,
      kind,
      ...this.#placeOf(place),
      type: typeTitle(operand.type.type),
      missing,
      values: found.slice(0, LISTED).map((value) => plainValue(shownDatum(value, operand.type, ""))),
      count: found.length,
      parts,
    };
  }

  /** The fields that a worked out value is made of. */
  #parts(place: Operand, operand: TypedOperand, judge: ((node: Node) => boolean) | null): FilterOperand[] {
    switch (operand.kind) {
      case "slice":
        return place.kind === "slice" ? this.#part(place.operand, operand.operand, judge) : [];
      case "negation":
        return place.kind === "negation" ? this.#part(place.operand, operand.operand, judge) : [];
      case "arithmetic":
        if (place.kind !== "arithmetic") return [];
        return [
          ...this.#part(place.left, operand.left, judge),
          ...this.#part(place.right, operand.right, judge),
        ];
      case "call":
        if (place.kind !== "call") return [];
        return operand.arguments.flatMap((argument, i) => this.#part(place.arguments[i], argument, judge));
      default:
        return [];
    }
  }

  #part(place: Operand, operand: TypedOperand, judge: ((node: Node) => boolean) | null): FilterOperand[] {
    return operand.kind === "constant" ? [] : [this.#operand(place, operand, judge, false)];
  }
}

type Leaf = Test | Comparison | Membership;

const NOTHING = { field: "", title: "", type: "", missing: "", values: [], count: 0, parts: [] };

// -------------------------------------------------------------------- the judged field

/** The field whose values a test judges one by one; null when it judges something made of all of them. */
function subjectOf(operand: TypedOperand): FieldOperand | null {
  switch (operand.kind) {
    case "field":
      return operand;
    case "slice":
    case "negation":
      return subjectOf(operand.operand);
    case "call":
      return operand.function.each === undefined ? null : subjectOf(operand.arguments[0]);
    case "arithmetic": {
      if (operand.right.kind === "constant") return subjectOf(operand.left);
      return operand.left.kind === "constant" ? subjectOf(operand.right) : null;
    }
    default:
      return null;
  }
}

/** The operands that a test compares its subject with. */
function sidesOf(test: TypedTest): readonly TypedOperand[] {
  switch (test.kind) {
    case "compare":
      return [test.right];
    case "in":
      return test.members.flatMap(({ first, last }) => (last === null ? [first] : [first, last]));
    default:
      return [];
  }
}

function holdsAny(operand: TypedOperand, ids: ReadonlySet<number>): boolean {
  switch (operand.kind) {
    case "field":
      return operand.fields.some(({ id }) => ids.has(id));
    case "slice":
    case "negation":
      return holdsAny(operand.operand, ids);
    case "arithmetic":
      return holdsAny(operand.left, ids) || holdsAny(operand.right, ids);
    case "call":
      return operand.arguments.some((argument) => holdsAny(argument, ids));
    default:
      return false;
  }
}

/** True when the checked operand can be what the place in the text became. */
function sameShape(place: Operand, operand: TypedOperand): boolean {
  switch (operand.kind) {
    case "field":
      return place.kind === "word" && presentName(place.text) === operand.name && place.forced !== "value";
    case "constant":
      return place.kind !== "slice" && place.kind !== "call";
    case "reference":
      return place.kind === "reference";
    case "slice":
    case "negation":
      return place.kind === operand.kind && sameShape(place.operand, operand.operand);
    case "call":
      return (
        place.kind === "call" && operand.arguments.every((each, i) => sameShape(place.arguments[i], each))
      );
    case "arithmetic":
      return (
        place.kind === "arithmetic" &&
        sameShape(place.left, operand.left) &&
        sameShape(place.right, operand.right)
      );
  }
}

// -------------------------------------------------------------------- words

/** What the verdict of a test does not say by itself. */
function noteOn(test: TypedTest, operands: readonly FilterOperand[]): string {
  if (test.kind === "exists") {
    const { operand } = test;
    const flag = operand.kind === "field" && !operand.raw && operand.type.group === "boolean";
    return flag && operands[0].count > 0 ? "Asks whether the field is there, not whether it is set" : "";
  }
  if (test.kind === "true" || operands.some(({ missing }) => missing !== "")) return "";
  const judged = operands.flatMap(judgedValues);
  if (judged.length < 2) return "";
  const fits = judged.filter(({ verdict }) => verdict).length;
  const must = test.all ? "; all must" : fits === 0 ? "; one would do" : "";
  return `${fits} of ${judged.length} values ${fits === 1 ? "fits" : "fit"}${must}`;
}

function judgedValues({ values, parts }: FilterOperand): FilterValue[] {
  return [...values, ...parts.flatMap(judgedValues)].filter(({ verdict }) => verdict !== null);
}

function isInChain(d: Dissection, { name, layers }: FieldOperand): boolean {
  const protocol = protocolNamed(name);
  return protocol !== undefined && layers === null && hasLayer(d, protocol.id);
}

function hasLayer(d: Dissection, protocol: number): boolean {
  return d.chain.subarray(0, d.chainLength).includes(protocol);
}

/** Why a field has no value, and which protocol it would come with. */
function missingText(d: Dissection, operand: FieldOperand): string {
  if (operand.layers !== null && operandNodes({ ...operand, layers: null }, d).length > 0) {
    return "not in this layer; it is in another";
  }
  const owner = protocolNamed(operand.fields[0].protocol);
  if (owner === undefined || owner.name === operand.name || owner.invisible) return "not in this packet";
  const { title, short } = owner;
  if (hasLayer(d, owner.id)) return `not in this packet, although it has ${short}`;
  return `not in this packet: it has no ${title}`;
}

function noResult(operand: TypedOperand): string {
  if (operand.kind === "slice") return "no value reaches that far";
  return "nothing can be worked out from these values";
}

function layerOf(d: Dissection, node: Node): { layer: number; layers: number } {
  const protocol = d.chain[node.layer];
  let layer = 0;
  let layers = 0;
  for (let i = 0; i < d.chainLength; i++) {
    if (d.chain[i] !== protocol) continue;
    layers++;
    if (i <= node.layer) layer = layers;
  }
  return { layer, layers };
}

// -------------------------------------------------------------------- values as text

function plainValue(text: string): FilterValue {
  return { text, raw: "", verdict: null, layer: 0, layers: 0, path: null };
}

function shownNode(d: Dissection, node: Node, whole: boolean): string {
  const { field, value } = node;
  if (field.type === "FT_PROTOCOL") {
    const bytes = whole ? d.layerEnds[node.layer] - node.offset : node.length;
    return `${field.title}, ${Math.max(bytes, node.length)} bytes`;
  }
  return value === null ? "there" : shownValue(field, value);
}

function shownValue(field: Field, value: Exclude<Value, null>): string {
  if (field.type === "FT_BOOLEAN") return `${showValue(field, value)} (${labelValue(field, value)})`;
  if (groupOf(field.type) === "string") return cut(quoted(String(value).slice(0, TEXT_LIMIT)));
  return cut(labelValue(field, value));
}

/** A value that belongs to no node; `text` stands in for what can only be shown as it was written. */
function shownDatum(value: Datum, type: OperandType, text: string): string {
  if (typeof value === "string") return cut(quoted(value));
  const plain = typeof value !== "object" || value instanceof Uint8Array;
  const field = type.fields.find((each) => groupOf(each.type) === type.group);
  if (plain && field !== undefined && type.group !== "protocol") return cut(showValue(field, value));
  if (value instanceof Uint8Array) return shownBytes(value);
  if (type.group === "duration" && typeof value === "bigint") return formatSeconds(value);
  return plain ? String(value) : text;
}

function shownBytes(bytes: Uint8Array): string {
  const hex = formatHex(bytes.subarray(0, BYTES_LIMIT), ":");
  return bytes.length > BYTES_LIMIT ? `${hex}… (${bytes.length} bytes)` : hex;
}

function cut(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT - 1)}…` : text;
}

/** Names of a dissected frame's protocols. */
export function protocolsOf(d: Dissection): string[] {
  return Array.from(d.chain.subarray(0, d.chainLength), (id) => protocols[id].name);
}
