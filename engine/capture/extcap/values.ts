/** The values of a program's options, checked, and the arguments they become. */
import { statSync } from "node:fs";
import type { ExtcapArgument } from "./sentences.ts";

export type ExtcapValues = Readonly<Record<string, string>>;

/** Characters of a value. */
export const LONGEST_VALUE = 10_000;

/** What is wrong with a value of an option, in one sentence; null when nothing is. Empty means not given. */
export function valueProblem(argument: ExtcapArgument, value: string): string | null {
  const { type, display, min, max, validation } = argument;
  if (value === "") {
    const needed = argument.required && argument.default === "";
    return needed ? `"${display}" has to be filled in.` : null;
  }
  if (value.length > LONGEST_VALUE) return `"${display}" is too long.`;
  if (value.includes("\0")) return `"${display}" holds a zero byte.`;
  if (type === "integer" || type === "unsigned" || type === "long" || type === "timestamp") {
    if (!/^[+-]?\d{1,19}$/.test(value)) return `"${display}" must be a whole number.`;
    if (type === "unsigned" && value.startsWith("-")) return `"${display}" must not be negative.`;
  }
  if (type === "double" && !(value.trim() !== "" && Number.isFinite(Number(value))))
    return `"${display}" must be a number.`;
  if ((type === "boolean" || type === "boolflag") && value !== "true" && value !== "false")
    return `"${display}" must be true or false.`;
  if (min !== null || max !== null) {
    const number = Number(value);
    if ((min !== null && number < min) || (max !== null && number > max))
      return `"${display}" must be ${between(min, max)}.`;
  }
  if (type === "selector" || type === "radio") {
    if (!argument.reload && !isChoice(argument, value)) return `"${display}" cannot be "${value}".`;
  }
  if ((type === "multicheck" || type === "table") && !argument.reload) {
    const other = value.split(",").find((each) => !isChoice(argument, each));
    if (other !== undefined) return `"${display}" cannot be "${other}".`;
  }
  if (type === "fileselect" && argument.mustExist && statSync(value, { throwIfNoEntry: false }) === undefined)
    return `"${display}": there is no file "${value}".`;
  if (validation !== "" && !matches(validation, value))
    return `"${display}" is not as it has to be (${validation}).`;
  return null;
}

const isChoice = ({ choices }: ExtcapArgument, value: string): boolean =>
  choices.some((choice) => choice.value === value);

function between(min: number | null, max: number | null): string {
  if (min === null) return `at most ${max}`;
  return max === null ? `at least ${min}` : `from ${min} to ${max}`;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    // A pattern of another dialect of regular expressions: the program judges for itself.
    return true;
  }
}

/**
 * The command line arguments of these values. What is not given, or is the program's own default, is left out.
 * @param complete false while a form is being filled in: then what is wrong is left out, too
 * @returns the arguments, or why there are none
 */
export function valueArguments(
  known: readonly ExtcapArgument[],
  values: ExtcapValues,
  complete = true,
): { ok: true; args: string[] } | { ok: false; message: string } {
  const other = Object.keys(values).find((call) => !known.some((argument) => argument.call === call));
  if (other !== undefined) {
    const names = known.map(({ call }) => call).join(", ") || "none";
    return { ok: false, message: `There is no option "${other}"; there are: ${names}.` };
  }
  const args: string[] = [];
  for (const argument of known) {
    const value = values[argument.call] ?? "";
    const problem = valueProblem(argument, value);
    if (problem !== null && complete) return { ok: false, message: problem };
    if (problem !== null || value === "") continue;
    if (argument.type === "boolflag") {
      if (value === "true") args.push(argument.call);
    } else if (value !== argument.default || argument.required) args.push(argument.call, value);
  }
  return { ok: true, args };
}
