/** The names of fields and protocols: looking them up, finding those that were meant, searching them. */
import type { FieldInfo } from "../api.ts";
import type { Field } from "../dissect/field.ts";
import { fields, fieldsNamed, registryVersion } from "../dissect/protocol.ts";

/** Protocols that were renamed; filters written for the old name still work. */
const RENAMED: readonly (readonly [old: string, now: string])[] = [
  ["bootp", "dhcp"],
  ["ssl", "tls"],
];

/** The name that a name given by the user stands for today. */
export function presentName(name: string): string {
  if (fieldsNamed(name).length > 0) return name;
  for (const [old, now] of RENAMED) {
    if (name !== old && !name.startsWith(`${old}.`)) continue;
    const renamed = now + name.slice(old.length);
    if (fieldsNamed(renamed).length > 0) return renamed;
  }
  return name;
}

/** All distinct names, each with the first field that bears it; kept until more fields are registered. */
let known: readonly Field[] = [];
let knownFor = "";

export function namedFields(): readonly Field[] {
  const now = `${registryVersion}/${fields.length}`;
  if (knownFor !== now) {
    const first = new Map<string, Field>();
    for (const field of fields) if (field.name !== "" && !first.has(field.name)) first.set(field.name, field);
    known = [...first.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    knownFor = now;
  }
  return known;
}

/** Longest name worth comparing letter by letter. */
const NAME_LIMIT = 80;

/**
 * The names most like a mistyped one, best first: by letters changed, left out, added or swapped.
 * @param n how many at most
 */
export function nearestNames(name: string, n: number): string[] {
  return nearest(
    name,
    namedFields().map((field) => field.name),
    n,
  );
}

/** The same among any texts; capitals do not count. */
export function nearest(text: string, candidates: readonly string[], n: number): string[] {
  const wanted = text.toLowerCase().slice(0, NAME_LIMIT);
  if (wanted === "") return [];
  const limit = Math.max(1, Math.min(4, Math.floor(wanted.length / 3)));
  const found: { candidate: string; distance: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), limit);
    if (distance <= limit) found.push({ candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length);
  return found.slice(0, n).map(({ candidate }) => candidate);
}

/** Damerau–Levenshtein distance (optimal string alignment); anything above `limit` counts as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length];
}

/**
 * How well a field answers a search, 0 for not at all: its name begins with the text, a part of its name does, the
 * name has it anywhere, its title has it.
 * @param text lower case
 */
export function rank(field: Field, text: string): number {
  const name = field.name.toLowerCase();
  if (name === text) return 6;
  if (name.startsWith(text)) return field.type === "FT_PROTOCOL" ? 5 : 4;
  const at = name.indexOf(text);
  if (at > 0) return name[at - 1] === "." || name[at - 1] === "_" ? 3 : 2;
  return field.title.toLowerCase().includes(text) ? 1 : 0;
}

/** The fields that answer a search, best first; equals by length of name, then alphabetically. */
export function findFields(text: string, limit: number): Field[] {
  const wanted = text.toLowerCase();
  const found: { field: Field; score: number }[] = [];
  for (const field of namedFields()) {
    const score = rank(field, wanted);
    if (score > 0) found.push({ field, score });
  }
  found.sort((a, b) => b.score - a.score || a.field.name.length - b.field.name.length);
  return found.slice(0, limit).map(({ field }) => field);
}

/**
 * Fields whose name or title holds every word of the text, best first.
 * @param limit how many at most
 */
export function searchFields(text: string, limit: number): FieldInfo[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  const found: { field: Field; score: number }[] = [];
  for (const field of namedFields()) {
    let score = 0;
    for (const word of words) {
      const own = rank(field, word);
      if (own === 0) {
        score = 0;
        break;
      }
      score += own;
    }
    if (score > 0) found.push({ field, score });
  }
  found.sort((a, b) => b.score - a.score || a.field.name.length - b.field.name.length);
  return found
    .slice(0, limit)
    .map(({ field: { name, title, type, protocol } }) => ({ name, title, type, protocol }));
}
