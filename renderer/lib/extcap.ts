import type { ExtcapChoice, ExtcapOption } from "../../engine/api.ts";

/** Values of a program's options, by their names; what is not there is the program's own. */
export type ExtcapValues = Readonly<Record<string, string>>;

const WHOLE: ReadonlySet<string> = new Set(["integer", "unsigned", "long", "timestamp"]);

/** What is wrong with a value, in a few words; empty when nothing is. The engine judges it again. */
export function problemOf(option: ExtcapOption, value: string): string {
  if (value === "") return option.required && option.default === "" ? "needed" : "";
  const number = Number(value);
  if (WHOLE.has(option.type) && !/^[+-]?\d{1,19}$/.test(value)) return "a whole number";
  if (option.type === "unsigned" && number < 0) return "not below 0";
  if (option.type === "double" && !Number.isFinite(number)) return "a number";
  const { min, max } = option;
  if ((min !== null && number < min) || (max !== null && number > max)) {
    if (min === null) return `at most ${max}`;
    return max === null ? `at least ${min}` : `${min} to ${max}`;
  }
  if (option.validation !== "" && !matches(option.validation, value)) return `as ${option.validation}`;
  return "";
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
}

/** The options by their groups, in the order in which the groups first occur. */
export function byGroup(options: readonly ExtcapOption[]): { title: string; options: ExtcapOption[] }[] {
  const groups: { title: string; options: ExtcapOption[] }[] = [];
  for (const option of options) {
    const title = option.group || "Options";
    let group = groups.find((each) => each.title === title);
    if (group === undefined) {
      group = { title, options: [] };
      groups.push(group);
    }
    group.options.push(option);
  }
  return groups;
}

/** The values with one changed; the program's own value is left out. */
export function withValue(values: ExtcapValues, option: ExtcapOption, value: string): ExtcapValues {
  const { [option.name]: _, ...others } = values;
  return value === "" || value === option.default ? others : { ...others, [option.name]: value };
}

/** The values of the options that there are: those remembered may be of an older program. */
export function knownValues(options: readonly ExtcapOption[], values: ExtcapValues): ExtcapValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => options.some((option) => option.name === name)),
  );
}

/** How deep a choice stands under others. */
export function depthOf(choices: readonly ExtcapChoice[], choice: ExtcapChoice): number {
  let depth = 0;
  let above = choice;
  // What names itself above itself ends somewhere, too.
  while (above.parent !== "" && depth < 10) {
    const next = choices.find(({ value }) => value === above.parent);
    if (next === undefined) break;
    above = next;
    depth++;
  }
  return depth;
}

/** Seconds since 1970 as a field for date and time shows them, in local time; empty for none. */
export function toLocalTime(seconds: string): string {
  if (!/^\d{1,11}$/.test(seconds)) return "";
  const date = new Date(Number(seconds) * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The other way round. */
export function fromLocalTime(text: string): string {
  const time = new Date(text).getTime();
  return Number.isNaN(time) ? "" : String(Math.floor(time / 1000));
}
