/** The display filter language: reading, checking, compiling, completing and writing filters. */
export type { Expression } from "./ast.ts";
export {
  type Atom,
  type CompiledFilter,
  type CompileOptions,
  compileFilter,
  type FilterTree,
} from "./compile.ts";
export { type CompletionSources, completeFilter, describeFilter } from "./complete.ts";
export { FilterError, type FilterWarning } from "./error.ts";
export { fieldFilterText } from "./field-filter.ts";
export { nearestNames, searchFields } from "./names.ts";
export { parseFilter } from "./parser.ts";
export { checkFilter } from "./verdict.ts";
