/** Compares Tapline's dissection with tshark's, packet by packet and field by field. */
import { MODE_TREE } from "../../engine/dissect/dissection.ts";
import { bareLabel, pdmlShow } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";
import { protocolNamed } from "../../engine/dissect/protocol.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import { type PdmlPacket, tsharkPackets } from "./pdml.ts";

/** Agreement on the fields of one protocol. */
export interface Score {
  /** Pairs tshark shows, pairs Tapline shows, pairs both show. */
  theirs: number;
  ours: number;
  both: number;
  /** Of the pairs both show, those whose line reads the same. */
  labels: number;
}

export interface Disagreement {
  count: number;
  /** The first place it was seen. */
  example: string;
}

export class Comparison {
  packets = 0;
  sameChain = 0;
  /** Files that neither reads. */
  refused = 0;
  readonly scores = new Map<string, Score>();
  /** "missing dns.id", "extra …", "label …" → how often. */
  readonly worst = new Map<string, Disagreement>();
  readonly chains = new Map<string, Disagreement>();
  readonly failures: string[] = [];

  score(protocol: string): Score {
    let score = this.scores.get(protocol);
    if (score === undefined) {
      score = { theirs: 0, ours: 0, both: 0, labels: 0 };
      this.scores.set(protocol, score);
    }
    return score;
  }

  note(into: Map<string, Disagreement>, key: string, example: string): void {
    const known = into.get(key);
    if (known) known.count++;
    else into.set(key, { count: 1, example });
  }
}

/** PDML's element around fields that stand beside the protocols, such as `tcp.segments`. */
const WRAPPER = "fake-field-wrapper";
/** tshark shows undissected bytes inside that element or the layer they are in, not as a protocol, and has no line. */
const DATA = "data";

interface Pair {
  protocol: string;
  name: string;
  show: string;
  label: string;
}

/** Fields that say what the program, not the packet, is like; and names that need the vendor list. */
const IGNORED =
  /^(_ws\.expert.*|frame\.(time|marked|ignored|offset_shift)|.*_resolved|.*\.oui|num|len|caplen|timestamp|)$/;

function ourPairs(roots: readonly Node[]): { pairs: Pair[]; chain: string[] } {
  const pairs: Pair[] = [];
  const chain: string[] = [];
  const walk = (node: Node, outer: string): void => {
    const isLayer = node.field.type === "FT_PROTOCOL";
    const protocol = isLayer ? node.field.name : outer;
    if (isLayer) chain.push(node.field.name);
    if (node.field.name !== "" && !IGNORED.test(node.field.name)) {
      pairs.push({
        protocol,
        name: node.field.name,
        show: pdmlShow(node.field, node.value),
        label: node.field.name === DATA ? "" : bareLabel(node),
      });
    }
    for (const child of node.children ?? []) walk(child, protocol);
  };
  let beside = "";
  for (const root of roots) {
    walk(root, beside);
    if (root.field.type === "FT_PROTOCOL") beside = root.field.name;
  }
  return { pairs, chain };
}

function theirPairs(packet: PdmlPacket): Pair[] {
  return packet.fields
    .filter((field) => field.protocol !== "geninfo" && !IGNORED.test(field.name))
    .map((field) => ({
      protocol: field.name === DATA || field.name.startsWith(`${DATA}.`) ? DATA : field.protocol,
      name: field.name,
      show: field.show,
      label: field.name === DATA ? "" : field.showname,
    }));
}

/**
 * Compares one capture and adds the result to `into`.
 * @param only protocols whose fields are compared; empty for all that Tapline knows
 */
export async function compareCapture(
  path: string,
  into: Comparison,
  only: ReadonlySet<string>,
): Promise<void> {
  const ours: { pairs: Pair[]; chain: string[] }[] = [];
  const theirs = tsharkPackets(path);
  let refused: string | null = null;
  try {
    const capture = await dissectInOrder(path, { mode: MODE_TREE, columns: true }, (d) => {
      ours.push(ourPairs(d.roots));
      return "displayed";
    });
    capture.close();
  } catch (error) {
    refused = `${path}: ${error instanceof Error ? error.message : error}`;
  }
  let number = 0;
  for await (const packet of theirs) {
    const mine = ours[number++];
    if (refused !== null) continue;
    into.packets++;
    if (mine === undefined) {
      into.failures.push(`${path}: frame ${number} is missing`);
      continue;
    }
    const where = `${path}#${number}`;
    const theirChain = packet.protocols.filter((name) => name !== "geninfo" && name !== WRAPPER).join(":");
    const ourChain = mine.chain.filter((name) => name !== DATA).join(":");
    if (theirChain === ourChain) into.sameChain++;
    else into.note(into.chains, `${theirChain}  but  ${ourChain}`, where);
    comparePairs(theirPairs(packet), mine.pairs, where, into, only);
  }
  if (refused !== null) {
    if (number > 0) into.failures.push(refused);
    else into.refused++;
    return;
  }
  if (number !== ours.length) into.failures.push(`${path}: ${ours.length} frames, tshark has ${number}`);
}

/** Carriage returns are lost in XML. */
const keyOf = (pair: Pair): string => `${pair.name}=${pair.show.replace(/\r/g, "")}`;

function comparePairs(
  theirs: readonly Pair[],
  ours: readonly Pair[],
  where: string,
  into: Comparison,
  only: ReadonlySet<string>,
): void {
  const wanted = (protocol: string): boolean =>
    only.size > 0 ? only.has(protocol) : protocolNamed(protocol) !== undefined;
  const left = new Map<string, Pair[]>();
  for (const pair of ours) {
    const key = keyOf(pair);
    const same = left.get(key);
    if (same) same.push(pair);
    else left.set(key, [pair]);
  }
  for (const pair of theirs) {
    const match = takeMatch(left.get(keyOf(pair)), pair);
    if (!wanted(pair.protocol)) continue;
    const score = into.score(pair.protocol);
    score.theirs++;
    if (match === undefined) {
      into.note(into.worst, `missing ${pair.name}`, `${where} "${pair.show}" (${pair.label})`);
      continue;
    }
    // Both show it; whose line it stands below is the chain's matter.
    score.ours++;
    score.both++;
    if (match.label === pair.label) score.labels++;
    else
      into.note(into.worst, `label ${pair.name}`, `${where} tshark "${pair.label}" Tapline "${match.label}"`);
  }
  for (const rest of left.values()) {
    for (const pair of rest) {
      if (!wanted(pair.protocol)) continue;
      into.score(pair.protocol).ours++;
      into.note(into.worst, `extra ${pair.name}`, `${where} "${pair.show}" (${pair.label})`);
    }
  }
}

/** Takes the pair out of those of the same name and value that is most like `wanted`: its layer, then its line. */
function takeMatch(same: Pair[] | undefined, wanted: Pair): Pair | undefined {
  if (same === undefined || same.length === 0) return undefined;
  let best = 0;
  let bestLikeness = -1;
  same.forEach((candidate, i) => {
    const likeness =
      (candidate.protocol === wanted.protocol ? 2 : 0) + (candidate.label === wanted.label ? 1 : 0);
    if (likeness > bestLikeness) {
      best = i;
      bestLikeness = likeness;
    }
  });
  return same.splice(best, 1)[0];
}
