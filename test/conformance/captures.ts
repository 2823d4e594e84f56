/** Which captures a comparison runs over: the arguments that all of them share. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export interface CaptureArguments {
  places: string[];
  maxBytes: number;
  match: string;
  /** Further options with their values. */
  rest: Map<string, string>;
}

/**
 * Reads `DIR|FILE … [--max-bytes N] [--match TEXT]`; ends the program with how it is used when no place is named.
 * @param usage the command
 * @param more names of further options, each with a value
 */
export function arguments_(
  args: readonly string[],
  usage: string,
  more: readonly string[] = [],
): CaptureArguments {
  const found: CaptureArguments = {
    places: [],
    maxBytes: Number.POSITIVE_INFINITY,
    match: "",
    rest: new Map(),
  };
  const left = [...args];
  while (left.length > 0) {
    const arg = left.shift()!;
    if (arg === "--max-bytes") found.maxBytes = Number(left.shift());
    else if (arg === "--match") found.match = left.shift() ?? "";
    else if (more.includes(arg)) found.rest.set(arg, left.shift() ?? "");
    else found.places.push(arg);
  }
  if (found.places.length === 0) {
    const options = ["--max-bytes", "--match", ...more].map((name) => ` [${name} …]`).join("");
    console.error(`usage: ${usage} -- DIR|FILE …${options}`);
    process.exit(1);
  }
  return found;
}

/** The captures below the places, in the order of their names. */
export function* captures({ places, maxBytes, match }: CaptureArguments): Generator<string> {
  for (const place of places) {
    if (statSync(place).isDirectory()) {
      const inner = readdirSync(place)
        .sort()
        .map((name) => join(place, name));
      yield* captures({ places: inner, maxBytes, match, rest: new Map() });
    } else if (/\.(pcap|pcapng|cap)(\.gz|\.zst)?$/.test(place) && statSync(place).size <= maxBytes) {
      if (place.includes(match)) yield place;
    }
  }
}
