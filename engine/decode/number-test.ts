/** Tests of one field against constants, reduced to a range of numbers: what loops over columns can ask cheaply. */
import type { TypedOperand, TypedTest } from "../filter/check.ts";
import type { Datum } from "../filter/values.ts";

/** Values from `low` to `high` satisfy the test, all others do not; with `inverted` it is the other way round. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly inverted: boolean;
}

/** The constant as an exact integer, undefined when it is none. */
function integer(operand: TypedOperand): number | undefined {
  if (operand.kind !== "constant") return undefined;
  const value: Datum = operand.value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "bigint") return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The range of integers a test asks for, whatever operand stands on its left.
 * @returns null for a test that is no such range
 */
export function numberRange(test: TypedTest): NumberRange | null {
  const group = test.kind === "compare" || test.kind === "in" ? test.left.type.group : null;
  if (group !== "integer" && group !== "boolean") return null;
  if (test.kind === "in") {
    if (test.members.length !== 1) return null;
    const [{ first, last }] = test.members;
    const low = integer(first);
    const high = last === null ? low : integer(last);
    return low === undefined || high === undefined ? null : { low, high, inverted: false };
  }
  if (test.kind !== "compare" || test.relation === "contains") return null;
  const value = integer(test.right);
  if (value === undefined) return null;
  switch (test.relation) {
    case "==":
      return { low: value, high: value, inverted: false };
    case "!=":
      return { low: value, high: value, inverted: true };
    case ">":
      return { low: value + 1, high: Number.POSITIVE_INFINITY, inverted: false };
    case ">=":
      return { low: value, high: Number.POSITIVE_INFINITY, inverted: false };
    case "<":
      return { low: Number.NEGATIVE_INFINITY, high: value - 1, inverted: false };
    case "<=":
      return { low: Number.NEGATIVE_INFINITY, high: value, inverted: false };
  }
}

/** The same for sets of values and ranges: a value satisfies the test when it satisfies one of these. */
export function numberRanges(test: TypedTest): readonly NumberRange[] | null {
  const single = numberRange(test);
  if (single !== null) return [single];
  if (test.kind !== "in") return null;
  const ranges = test.members.map((member) => numberRange({ ...test, members: [member] }));
  return ranges.every((range) => range !== null) ? ranges : null;
}
