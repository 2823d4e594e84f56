/** Reads protocol files: text becomes a checked description, or a list of what is wrong and where. */
import type { z } from "zod";
import { nearest } from "../filter/names.ts";
import { type Fault, faultsOf } from "./check.ts";
import { clashesOf } from "./registry.ts";
import { type Description, descriptionSchema } from "./schema.ts";
import { DocumentError, type Path, YamlDocument } from "./yaml.ts";

/** One thing wrong with a protocol file. */
export interface Problem {
  /** Counted from 1. */
  readonly line: number;
  /** "frame.length.counts", "header[2].type"; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

export type Reading =
  | { readonly description: Description; readonly problems: readonly [] }
  | { readonly description: null; readonly problems: readonly Problem[] };

/** Characters of the longest protocol file. */
export const LONGEST_FILE = 1 << 20;
/** Problems told of one file: the first ones cause the others. */
const MOST_PROBLEMS = 20;

/** Reads the text of a protocol file. */
export function readDescription(text: string): Reading {
  const broken = (problems: readonly Problem[]): Reading => ({
    description: null,
    problems: problems.slice(0, MOST_PROBLEMS),
  });
  if (text.length > LONGEST_FILE)
    return broken([
      { line: 1, path: "", message: `A protocol file has at most ${LONGEST_FILE} characters.` },
    ]);
  let document: YamlDocument;
  try {
    document = new YamlDocument(text);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return broken([{ line: error.line, path: "", message: `${error.message}.` }]);
  }
  const problem = ({ path, message }: Fault): Problem => ({
    line: document.lineOf(path),
    path: pathText(path),
    message: `${message}.`,
  });
  const parsed = descriptionSchema.safeParse(document.value);
  if (!parsed.success)
    return broken(parsed.error.issues.flatMap((issue) => faultsIn(issue, [], document.value)).map(problem));
  const faults = [...faultsOf(parsed.data), ...clashesOf(parsed.data)];
  return faults.length > 0 ? broken(faults.map(problem)) : { description: parsed.data, problems: [] };
}

function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

/** Every entry there can be, for "did you mean". */
const ENTRIES =
  "tapline protocol title short on order frame header payload trailer info start end size length max nested checksum field counts times plus kind covers own bad crc width poly init reflect-in reflect-out xor-out name description when type base values unit bits scale offset bit mask texts prefix encoding separator of resolution epoch show repeat until fields is not has above below any from to tcp.port udp.port ethertype ip.proto".split(
    " ",
  );

type Issue = z.core.$ZodIssue;

/** An issue of the schema in words; of the ways that a part may be written, the one that fits best is spoken of. */
function faultsIn(issue: Issue, outer: Path, document: unknown): Fault[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const [meant] = nearest(key, ENTRIES, 1);
      const hint = meant === undefined ? "" : `; did you mean "${meant}"`;
      return { path: [...path, key], message: `There is no entry "${key.slice(0, 60)}" here${hint}` };
    });
  }
  if (issue.code === "invalid_union") {
    const given = at(document, path);
    if (issue.discriminator !== undefined) {
      const type = at(document, path);
      return [
        {
          path,
          message:
            type === undefined
              ? `The entry "${issue.discriminator}" is missing`
              : `"${String(type).slice(0, 60)}" is no ${issue.discriminator}; known are ${TYPES}`,
        },
      ];
    }
    // A way of writing of another shape altogether says nothing about what was meant.
    const ways = issue.errors.filter(
      (way) => !way.some((one) => one.path.length === 0 && one.code === "invalid_type"),
    );
    const best = (ways.length > 0 ? ways : issue.errors).toSorted((a, b) => deepest(b) - deepest(a))[0];
    if (ways.length > 0 && best !== undefined) return best.flatMap((one) => faultsIn(one, path, document));
    return [{ path, message: `${shown(given)} cannot stand here` }];
  }
  if (path.length === 0 && issue.code === "invalid_type")
    return [{ path, message: 'A protocol file is a mapping whose first entry is "tapline: 1"' }];
  if ((issue.code === "invalid_type" || issue.code === "invalid_value") && at(document, path) === undefined)
    return [{ path, message: `The entry "${String(path.at(-1) ?? "")}" is missing` }];
  const message = issue.message.replace(/\.$/, "");
  return [{ path, message: `${shown(at(document, path))}: ${message[0].toLowerCase()}${message.slice(1)}` }];
}

const deepest = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length));

const TYPES =
  "u8 to u64, i8 to i64, f32, f64, bool, char, string, bytes, mac, ipv4, ipv6, guid, eui64, time, duration, group";

function at(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 60)}"`;
  if (Array.isArray(value)) return "A list";
  if (typeof value === "object" && value !== null) return "A mapping";
  return value === undefined || value === null ? "Nothing" : String(value);
}
