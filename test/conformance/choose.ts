/** Which captures a comparison runs over: the arguments that all of them share. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Options of every comparison over captures. */
const SHARED = {
  "max-bytes": { type: "string", default: "" },
  match: { type: "string", default: "" },
} as const;

export interface CaptureChoice {
  /** Files and folders. */
  places: string[];
  /** Longest file that is compared, in bytes. */
  maxBytes: number;
  /** What a file's path contains. */
  match: string;
  /** Options of the comparison itself. */
  values: Record<string, string | boolean>;
}

/**
 * Reads `DIR|FILE … [--max-bytes N] [--match TEXT]` and the comparison's own options. Ends the program with how it is
 * used when no place is named, or an option is not known.
 * @param command as it is typed
 * @param own options of the comparison itself
 */
export function chooseCaptures(
  command: string,
  own: NonNullable<ParseArgsConfig["options"]> = {},
): CaptureChoice {
  const options = { ...own, ...SHARED };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length > 0) {
      return {
        places: positionals,
        maxBytes: values["max-bytes"] === "" ? Number.POSITIVE_INFINITY : Number(values["max-bytes"]),
        match: String(values.match),
        values: values as CaptureChoice["values"],
      };
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  const named = Object.entries(options).map(([name, { type }]) =>
    type === "string" ? ` [--${name} …]` : ` [--${name}]`,
  );
  console.error(`usage: ${command} -- DIR|FILE …${named.join("")}`);
  process.exit(1);
}

/** The captures at or below `place`, in the order of their names. */
export function* capturesAt(place: string, choice: CaptureChoice): Generator<string> {
  if (statSync(place).isDirectory()) {
    for (const name of readdirSync(place).sort()) yield* capturesAt(join(place, name), choice);
  } else if (
    /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(place) &&
    statSync(place).size <= choice.maxBytes &&
    place.includes(choice.match)
  ) {
    yield place;
  }
}
