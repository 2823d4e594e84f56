/** Integers made of bit fields whose line sums the fields up. */
import type { Dissection } from "./dissection.ts";
import { type Field, nameOf } from "./field.ts";

/**
 * Reads an integer of `n` bytes with a subtree of its bit fields, as `d.bitset` does, and appends to its line the
 * title of every boolean that is set and the name of every field that has names:
 * `Flags: 0x23, Leap Indicator: no warning, Mode: client`.
 */
export function addFlags(d: Dissection, field: Field, n: number, members: readonly Field[]): number {
  return withSummary(d, d.bitset(field, n, members), members);
}

function withSummary(d: Dissection, value: number, members: readonly Field[]): number {
  if (!d.labels) return value;
  for (const member of members) {
    const bits = (value & member.mask) >>> member.shift;
    if (member.names !== undefined) d.append(`, ${member.title}: ${nameOf(member.names, bits) ?? "Unknown"}`);
    else if (member.type === "FT_BOOLEAN" && bits !== 0) d.append(`, ${member.title}`);
  }
  return value;
}

/** The same for a little-endian integer. */
export function addFlagsLe(d: Dissection, field: Field, n: number, members: readonly Field[]): number {
  return withSummary(d, d.bitsetLe(field, n, members), members);
}
