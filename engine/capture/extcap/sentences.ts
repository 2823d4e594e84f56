/**
 * What extcap programs say, read and checked: `name {key=value}{key=value}…`, one sentence a line.
 * Wireshark's convention is described in its document "extcap(4)".
 */
import { z } from "zod";
import { EXTCAP_OPTION_TYPES, type ExtcapOptionType } from "../../api.ts";

/** An interface that a program captures from. */
export interface ExtcapSentenceInterface {
  readonly name: string;
  readonly display: string;
}

export interface ExtcapInterfaces {
  /** Version and address of the help as the program tells them; empty when it does not. */
  readonly version: string;
  readonly help: string;
  readonly interfaces: readonly ExtcapSentenceInterface[];
}

export interface ExtcapDlt {
  readonly dlt: number;
  readonly name: string;
  readonly display: string;
}

export interface ExtcapChoice {
  readonly value: string;
  readonly display: string;
  readonly isDefault: boolean;
  /** False for one that only stands above others. */
  readonly enabled: boolean;
  /** Value of the choice it stands under; empty for none. */
  readonly parent: string;
}

/** An option of a program. */
export interface ExtcapArgument {
  readonly number: number;
  /** What it is called with: "--remote-host". */
  readonly call: string;
  readonly display: string;
  readonly type: ExtcapOptionType;
  readonly tooltip: string;
  readonly placeholder: string;
  readonly group: string;
  readonly required: boolean;
  /** The value that holds when none is given; empty for none. Several are separated by commas. */
  readonly default: string;
  readonly min: number | null;
  readonly max: number | null;
  /** Regular expression that a text has to match; empty for none. */
  readonly validation: string;
  /** The file has to be there. */
  readonly mustExist: boolean;
  /** The choices can be asked for again once other options are filled in. */
  readonly reload: boolean;
  readonly choices: readonly ExtcapChoice[];
}

/** Lines looked at, options and choices taken: bounds on what a program can make of them. */
const MOST_LINES = 20_000;
const MOST_ARGUMENTS = 500;
const MOST_CHOICES = 10_000;

type Values = ReadonlyMap<string, string>;

/** The sentences of one kind in a program's output; everything else it prints is passed over. */
function sentences(output: string, kind: string): Values[] {
  const found: Values[] = [];
  for (const line of output.split(/\r?\n/, MOST_LINES)) {
    const [, name, rest] = /^\s*([a-z]+)\s*(\{.*)$/.exec(line) ?? [];
    if (name !== kind || rest === undefined) continue;
    const values = new Map<string, string>();
    for (const [, key = "", value = ""] of rest.matchAll(/\{([A-Za-z_-]+)=([^}]*)\}/g))
      values.set(key, value);
    found.push(values);
  }
  return found;
}

const plain = /^[^\x00-\x1f\x7f]*$/;
const word = z.string().min(1).max(256).regex(plain);
const text = z.string().max(4096).default("");
const flag = z
  .string()
  .optional()
  .transform((value) => value !== undefined && /^(true|1|yes|y)$/i.test(value));
const whole = z.coerce.number().int().min(0).max(1_000_000);

// A name with a slash would be the path of a pipe.
const interfaceSchema = z.object({ value: word.regex(/^[^/]+$/), display: text });
const dltSchema = z.object({ number: whole, name: text, display: text });
const argumentSchema = z.object({
  number: whole,
  call: z
    .string()
    .max(256)
    .regex(/^--?[A-Za-z0-9][A-Za-z0-9_.-]*$/),
  display: text,
  type: z.enum(EXTCAP_OPTION_TYPES),
  tooltip: text,
  placeholder: text,
  group: text,
  required: flag,
  default: text,
  range: text,
  validation: z.string().max(1000).default(""),
  mustexist: flag,
  reload: flag,
});
const choiceSchema = z.object({
  arg: whole,
  value: z.string().max(4096).regex(plain),
  display: text,
  default: flag,
  enabled: z
    .string()
    .optional()
    .transform((value) => value === undefined || !/^(false|0|no|n)$/i.test(value)),
  parent: text,
});

/** Reads the sentences that fit; one that does not is left out. */
function read<T>(schema: z.ZodType<T>, output: string, kind: string): T[] {
  const found: T[] = [];
  for (const values of sentences(output, kind)) {
    const parsed = schema.safeParse(Object.fromEntries(values));
    if (parsed.success) found.push(parsed.data);
  }
  return found;
}

/** The answer to `--extcap-interfaces`. */
export function parseInterfaces(output: string): ExtcapInterfaces {
  const about = sentences(output, "extcap")[0];
  const interfaces = read(interfaceSchema, output, "interface");
  return {
    version: about?.get("version")?.slice(0, 100) ?? "",
    help: about?.get("help")?.slice(0, 1000) ?? "",
    interfaces: interfaces
      .slice(0, 1000)
      .map(({ value, display }) => ({ name: value, display: display || value })),
  };
}

/** The answer to `--extcap-dlts`. */
export function parseDlts(output: string): ExtcapDlt[] {
  return read(dltSchema, output, "dlt")
    .slice(0, 1000)
    .map(({ number, name, display }) => ({ dlt: number, name, display }));
}

/** The answer to `--extcap-config`: the options in the order of their numbers, each with its choices. */
export function parseConfig(output: string): ExtcapArgument[] {
  const choices = new Map<number, ExtcapChoice[]>();
  for (const { arg, value, display, default: isDefault, enabled, parent } of read(
    choiceSchema,
    output,
    "value",
  )) {
    const list = choices.get(arg) ?? [];
    choices.set(arg, list);
    if (list.length < MOST_CHOICES)
      list.push({ value, display: display || value, isDefault, enabled, parent });
  }
  const found = new Map<string, ExtcapArgument>();
  for (const { range, mustexist: mustExist, ...argument } of read(argumentSchema, output, "arg")) {
    if (found.has(argument.call) || found.size >= MOST_ARGUMENTS) continue;
    const own = choices.get(argument.number) ?? [];
    const chosen = own.filter(({ isDefault }) => isDefault).map(({ value }) => value);
    found.set(argument.call, {
      ...argument,
      display: argument.display || argument.call,
      mustExist,
      ...bounds(range),
      default: argument.default || chosen.join(","),
      choices: own,
    });
  }
  return [...found.values()].sort((a, b) => a.number - b.number);
}

/** The answer to `--extcap-reload-option`: the choices of that option now. */
export function parseChoices(output: string, argument: number): ExtcapChoice[] {
  return read(choiceSchema, output, "value")
    .filter(({ arg }) => arg === argument)
    .slice(0, MOST_CHOICES)
    .map(({ value, display, default: isDefault, enabled, parent }) => ({
      value,
      display: display || value,
      isDefault,
      enabled,
      parent,
    }));
}

/** "1,65535"; either side may be left out. */
function bounds(range: string): { min: number | null; max: number | null } {
  const [low = "", high = ""] = range.split(",");
  const bound = (of: string): number | null => {
    const value = Number(of);
    return of.trim() === "" || !Number.isFinite(value) ? null : value;
  };
  return { min: bound(low), max: bound(high) };
}
