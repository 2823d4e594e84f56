/** Field references: `${field}` stands for the field's values in the selected packet, read when a filter is applied. */
import type { Dissection } from "../dissect/dissection.ts";
import { fields } from "../dissect/protocol.ts";
import type { ReferenceOperand, TypedMember, TypedOperand, TypedTest } from "./check.ts";
import type { CompiledFilter } from "./compile.ts";
import { FilterError } from "./error.ts";
import { integerBits, isSigned, type OperandType } from "./types.ts";
import type { Datum } from "./values.ts";

/** The selected packet's values by the reference's spelling. Can be handed to another thread. */
export type ReferenceValues = ReadonlyMap<string, readonly Datum[]>;

/** By field id: what a dissection of the selected packet must keep for `readReferences` (MODE_FIELDS). */
export function referredFields(filter: CompiledFilter): Uint8Array {
  const wanted = new Uint8Array(fields.length);
  for (const reference of filter.references) for (const id of reference.fields) wanted[id] = 1;
  return wanted;
}

/**
 * Reads what a filter refers to.
 * @param d the selected packet, dissected with `referredFields` and with columns
 */
export function readReferences(filter: CompiledFilter, d: Dissection): ReferenceValues {
  const values = new Map<string, readonly Datum[]>();
  for (const { key, collect } of filter.references) {
    if (values.has(key)) continue;
    const found: Datum[] = [];
    collect(d, found);
    // The packet's bytes are in memory that other packets use next.
    values.set(
      key,
      found.map((value) => (value instanceof Uint8Array ? value.slice() : value)),
    );
  }
  return values;
}

/**
 * What is wrong with a filter that refers to a packet where none can be meant; null when it refers to none.
 * @param why "No packet is selected"
 */
export function referenceError(filter: CompiledFilter, why: string, ...hints: string[]): FilterError | null {
  const [first] = filter.references;
  if (first === undefined) return null;
  return new FilterError(`${why}: ${first.key} has no value`, first.start, first.end, hints);
}

/** Where no packet is selected in the window. */
export const NOTHING_SELECTED = "No packet is selected";
export const SELECT_FIRST = "Select a packet first: the value is read from it when the filter is applied.";

/** The test with references that have one value replaced by it, so that it is answered as if it had been typed. */
export function withValues(test: TypedTest, values: ReferenceValues): TypedTest {
  if (test.kind === "compare") {
    const { left, right, relation, all } = test;
    if (right.kind !== "reference") return test;
    const found = values.get(right.key) ?? [];
    const constants = found.map((value) => constant(value, right, left.type));
    if (constants.length === 0 || constants.some((each) => each === null)) return test;
    if (constants.length === 1 && constants[0] !== null) return { ...test, right: constants[0] };
    if (relation !== "==" || all) return test;
    const members = constants.flatMap((first): TypedMember[] =>
      first === null ? [] : [{ first, last: null }],
    );
    return { kind: "in", all: false, left, members };
  }
  if (test.kind === "in") {
    const { left } = test;
    const one = (operand: TypedOperand): TypedOperand => {
      if (operand.kind !== "reference") return operand;
      const found = values.get(operand.key) ?? [];
      return (found.length === 1 ? constant(found[0], operand, left.type) : null) ?? operand;
    };
    const members = test.members.map(({ first, last }) => ({
      first: one(first),
      last: last === null ? null : one(last),
    }));
    return { ...test, members };
  }
  return test;
}

/** The value as a literal of the type it is compared with would be; null when the type has no such literal. */
function constant(value: Datum, { type }: ReferenceOperand, beside: OperandType): TypedOperand | null {
  if (beside.group !== "integer") return { kind: "constant", value, type };
  if (typeof value !== "number" && typeof value !== "bigint") return null;
  const bits = BigInt(integerBits(beside.type));
  const signed = isSigned(beside.type);
  const least = signed ? -(2n ** (bits - 1n)) : 0n;
  const most = signed ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
  const whole = BigInt(value);
  if (whole < least || whole > most) return null;
  return { kind: "constant", value: bits > 32n ? whole : Number(whole), type };
}

/** What a test with references is called besides its text: the values that it was made with. */
export function valuesKey(keys: readonly string[], values: ReferenceValues): string {
  return keys
    .map((key) => `${key}=${(values.get(key) ?? []).map((value) => `${typeof value}:${value}`).join(",")}`)
    .join(";");
}
