/** Expert infos of many frames, counted by kind: same severity, group, protocol and text. */
import type { ExpertSummary } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Expert } from "../dissect/field.ts";
import { expertFields, malformedExpert } from "../dissect/marks.ts";
import { expertOf, fields, protocolNamed, protocols } from "../dissect/protocol.ts";

/** Kinds told apart. The texts of further ones, which may name ports and sizes, give way to their general text. */
const KINDS_LIMIT = 10_000;

/** Gravest first. */
export const SEVERITIES = ["error", "warning", "note", "chat", "comment"] as const;

interface Kind {
  readonly expert: Expert;
  /** As in the Protocol column. */
  readonly protocol: string;
  readonly message: string;
  readonly first: number;
  count: number;
  frames: number;
  last: number;
}

/** Which fields a dissection must keep for `ExpertCounts`: by field id, 1 for wanted. */
export function expertFieldsWanted(): Uint8Array {
  const wanted = new Uint8Array(fields.length);
  wanted[expertFields.message.id] = 1;
  for (const field of fields) if (expertOf(field) !== undefined) wanted[field.id] = 1;
  return wanted;
}

/** Counts the expert infos of frames, which may come in any order but each only once. */
export class ExpertCounts {
  readonly #kinds = new Map<string, Kind>();

  /** Adds those of a frame, whose dissection kept the wanted fields (`d.found`, in the order of the packet). */
  add({ found, frame, chain, layerQuoted }: Dissection): void {
    let expert: Expert | undefined;
    for (const { field, value, layer } of found) {
      expert = expertOf(field) ?? expert;
      if (field !== expertFields.message || expert === undefined) continue;
      // What is noteworthy in a packet that an error message quotes, the packet itself tells of.
      if (layerQuoted[layer] !== 0) continue;
      // A layer that ended early is told of in one way for all protocols.
      const owner =
        expert === malformedExpert ? protocols[chain[layer]] : protocolNamed(expert.field.protocol);
      this.#count(expert, owner?.short ?? "", String(value), frame);
      expert = undefined;
    }
  }

  #count(expert: Expert, protocol: string, message: string, frame: number): void {
    const kinds = `${expert.field.id} ${protocol}`;
    let key = `${kinds} ${message}`;
    if (this.#kinds.size >= KINDS_LIMIT && !this.#kinds.has(key)) key = kinds;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      const text = key === kinds ? expert.message : message;
      kind = { expert, protocol, message: text, first: frame, count: 0, frames: 0, last: 0 };
      this.#kinds.set(key, kind);
    }
    kind.count++;
    if (kind.last !== frame) kind.frames++;
    kind.last = frame;
  }

  /** The kinds met, the gravest first, and those of one severity in the order in which they were met. */
  summary(): ExpertSummary[] {
    const rank = ({ expert }: Kind): number => SEVERITIES.indexOf(expert.severity);
    return [...this.#kinds.values()]
      .sort((a, b) => rank(a) - rank(b))
      .map(({ expert, protocol, message, count, frames, first }) => ({
        severity: expert.severity,
        group: expert.group,
        protocol,
        message,
        field: expert.field.name,
        count,
        frames,
        first,
      }));
  }
}
