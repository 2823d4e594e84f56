/** Which fields of a filter count from the first packet of a list. */
import type { FilterMacro } from "../api.ts";
import { fields } from "../dissect/protocol.ts";
import { compileFilter } from "./compile.ts";
import { FilterError } from "./error.ts";

const COUNTED = /^(frame\.number|frame\.time_relative|[a-z0-9]+\.stream)$/;

/**
 * Names the fields of a display filter whose values are counted from the first packet of a list: frame numbers,
 * numbers of streams, the time since the first frame. In a list that begins later the same packet has other values.
 * @returns their names, in no order; none for a filter that cannot be read
 */
export function countedFields(text: string, macros: readonly FilterMacro[]): string[] {
  try {
    const { wanted } = compileFilter(text, { macros });
    const asked = fields.filter(({ id }) => wanted[id] === 1);
    return asked
      .filter(({ name, type }) => type === "FT_FRAMENUM" || COUNTED.test(name))
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof FilterError) return [];
    throw error;
  }
}
