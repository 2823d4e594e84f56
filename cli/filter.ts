/** Display filters on the command line. */
import type { CompiledFilter } from "../engine/filter/compile.ts";
import { RunError } from "./errors.ts";

/**
 * Compiles a display filter with the macros of the settings; null for the empty one.
 * @throws RunError naming the place and the reason of a mistake
 */
export async function displayFilter(text: string): Promise<CompiledFilter | null> {
  if (text.trim() === "") return null;
  const [{ compileFilter }, { FilterError }, { referenceError }, { SettingsStore }] = await Promise.all([
    import("../engine/filter/compile.ts"),
    import("../engine/filter/error.ts"),
    import("../engine/filter/references.ts"),
    import("../engine/session/stores.ts"),
  ]);
  try {
    const filter = compileFilter(text, { macros: new SettingsStore().get().filterMacros });
    const refused = referenceError(
      filter,
      "On the command line no packet is selected",
      "Write the value itself in place of the reference.",
    );
    if (refused !== null) throw refused;
    return filter;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, start, end, hints } = error;
    const part = text.slice(start, end);
    const where = part === "" ? `at its character ${start + 1}` : `at "${part}" (character ${start + 1})`;
    // Hints are corrections of a name, or sentences of advice.
    const names = hints.filter((hint) => !hint.endsWith(".")).slice(0, 3);
    const advice = hints.filter((hint) => hint.endsWith("."));
    if (names.length > 0) advice.push(`Did you mean ${names.join(", ")}?`);
    throw new RunError([`The display filter is wrong ${where}: ${message}.`, ...advice].join(" "));
  }
}
