/** Compares Tapline's dissection with tshark's, packet by packet and field by field. */
import { MODE_TREE } from "../../engine/dissect/dissection.ts";
import { bareLabel, pdmlShow } from "../../engine/dissect/format.ts";
import type { Node } from "../../engine/dissect/node.ts";
import { protocolNamed } from "../../engine/dissect/protocol.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import { type PdmlPacket, tsharkPackets } from "./pdml.ts";
import { type Difference, type Pair, reasonFor } from "./reviewed.ts";

/** Agreement on the fields of one protocol. */
export interface Score {
  /** Pairs tshark shows, pairs Tapline shows. */
  theirs: number;
  ours: number;
  /** Pairs both show. */
  both: number;
  /** Of the pairs both show, those whose line reads the same. */
  labels: number;
}

/** What one program shows and the other does not, or differently: how often, and where it was seen first. */
export interface Disagreement {
  count: number;
  example: string;
}

/** How many frames both programs read from a file; null where the program refuses the file. */
export interface FileCount {
  readonly path: string;
  readonly ours: number | null;
  readonly theirs: number | null;
}

export class Comparison {
  packets = 0;
  sameChain = 0;
  /** Frames of which either program says something under `tcp.analysis.`, and those of which both say the same. */
  analysed = 0;
  sameAnalysis = 0;
  readonly files: FileCount[] = [];
  readonly scores = new Map<string, Score>();
  /** "missing dns.id", "extra …", "label …" → how often. */
  readonly worst = new Map<string, Disagreement>();
  readonly chains = new Map<string, Disagreement>();
  readonly analyses = new Map<string, Disagreement>();
  /** Disagreements that the reviewed list excuses, by their entry's reason. */
  readonly excused = new Map<string, Disagreement>();
  readonly failures: string[] = [];

  /** Files of which Tapline and tshark read different numbers of frames. */
  get differing(): FileCount[] {
    return this.files.filter((file) => file.ours !== file.theirs);
  }

  /** Files that neither reads. */
  get refused(): number {
    return this.files.filter((file) => file.ours === null && file.theirs === null).length;
  }

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

/** Fields that say what the program, not the packet, is like; and names that need the vendor list. */
const IGNORED = /^(frame\.(time|marked|ignored|offset_shift)|.*_resolved|.*\.oui|num|len|caplen|timestamp|)$/;

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

/** The first layer of tshark's that Tapline does not claim; Infinity when it claims all. */
function firstUnclaimed(packet: PdmlPacket): number {
  const at = packet.protocols.findIndex(
    (name) => name !== "geninfo" && name !== WRAPPER && protocolNamed(name) === undefined,
  );
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

/** What Tapline shows where tshark has a layer that Tapline does not claim. */
const inPlaceOfUnclaimed = (pair: Pair): boolean =>
  pair.protocol === DATA || pair.protocol === "media" || pair.name === "frame.protocols";

function theirPairs(packet: PdmlPacket, end: number): Pair[] {
  return packet.fields
    .filter((field) => field.protocol !== "geninfo" && field.layer < end && !IGNORED.test(field.name))
    .filter((field) => end === Number.POSITIVE_INFINITY || field.name !== "frame.protocols")
    .map((field) => ({
      protocol: field.name === DATA || field.name.startsWith(`${DATA}.`) ? DATA : field.protocol,
      name: field.name,
      show: field.show,
      label: field.name === DATA ? "" : field.showname,
    }));
}

/**
 * Compares one capture and adds the result to `into`.
 * @param only protocols whose fields are compared; empty for all that Tapline claims (`tapline -G protocols`)
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
    // tshark shows a custom block of pcapng as a frame, which it is not: draft-ietf-opsawg-pcapng section 4.9.
    if (packet.fields.some((field) => field.name === "frame.cb_pen")) continue;
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
    const packetOf: PacketOfBoth = { where, chain: theirChain, into };
    if (theirChain === ourChain) into.sameChain++;
    else if (excuse(packetOf, { kind: "chain", name: ourChain, label: "", other: theirChain }) !== null) {
      into.sameChain++;
    } else into.note(into.chains, `${theirChain}  but  ${ourChain}`, where);
    // What lies behind a layer that Tapline does not claim is not Tapline's to show; the chain says that it is missing.
    const end = firstUnclaimed(packet);
    const named = theirPairs(packet, end);
    const own =
      end === Number.POSITIVE_INFINITY ? mine.pairs : mine.pairs.filter((p) => !inPlaceOfUnclaimed(p));
    compareAnalysis(named, own, packetOf);
    comparePairs(named, own, packetOf, only);
  }
  // tshark writes no packet of a file that it cannot read, and none of one without packets.
  const count = { path, ours: refused === null ? ours.length : null, theirs: number };
  into.files.push(refused !== null && number === 0 ? { path, ours: null, theirs: null } : count);
  if (refused !== null && number > 0) into.failures.push(refused);
  if (refused === null && number !== ours.length) {
    into.failures.push(`${path}: ${ours.length} frames, tshark has ${number}`);
  }
}

interface PacketOfBoth {
  readonly where: string;
  /** tshark's protocol chain. */
  readonly chain: string;
  readonly into: Comparison;
}

/** The reviewed reason for a difference, which is counted; null when there is none. */
function excuse(packet: PacketOfBoth, difference: Omit<Difference, "chain">): string | null {
  const reason = reasonFor({ ...difference, chain: packet.chain });
  if (reason !== null) packet.into.note(packet.into.excused, reason, packet.where);
  return reason;
}

/** Control characters as PDML writes them; a carriage return ends a line of it, as a line end does. */
const inXml = (char: string): string => `\\x${char.charCodeAt(0).toString(16)}`;
const keyOf = (pair: Pair): string =>
  `${pair.name}=${pair.show.replace(/\r\n?/g, "\n").replace(/[\0-\x08\v\f\x0e-\x1f\x7f]/g, inXml)}`;

function compareAnalysis(theirs: readonly Pair[], ours: readonly Pair[], packet: PacketOfBoth): void {
  const { into, where } = packet;
  // tshark says some of it twice, as a flag and as expert information.
  const said = (pairs: readonly Pair[]): string[] =>
    [...new Set(pairs.filter((pair) => pair.name.startsWith("tcp.analysis.")).map(keyOf))].sort();
  const here = said(ours);
  const there = said(theirs);
  if (here.length === 0 && there.length === 0) return;
  into.analysed++;
  if (here.join() === there.join()) {
    into.sameAnalysis++;
    return;
  }
  const names = (from: readonly string[], without: readonly string[]): string =>
    from
      .filter((pair) => !without.includes(pair))
      .map((pair) => pair.replace(/^tcp\.analysis\.|=.*/g, ""))
      .join(", ") || "nothing";
  into.note(into.analyses, `${names(there, here)}  but  ${names(here, there)}`, where);
}

function comparePairs(
  theirs: readonly Pair[],
  ours: readonly Pair[],
  packet: PacketOfBoth,
  only: ReadonlySet<string>,
): void {
  const { where, into } = packet;
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
    if (match === undefined) {
      if (
        excuse(packet, {
          kind: "missing",
          name: pair.name,
          label: pair.label,
          other: "",
          show: pair.show,
        }) !== null
      )
        continue;
      into.score(pair.protocol).theirs++;
      into.note(into.worst, `missing ${pair.name}`, `${where} "${pair.show}" (${pair.label})`);
      continue;
    }
    const score = into.score(pair.protocol);
    score.theirs++;
    // Both show it; whose line it stands below is the chain's matter.
    score.ours++;
    score.both++;
    const different = { kind: "label", name: pair.name, label: match.label, other: pair.label } as const;
    if (match.label === pair.label || excuse(packet, different) !== null) score.labels++;
    else
      into.note(into.worst, `label ${pair.name}`, `${where} tshark "${pair.label}" Tapline "${match.label}"`);
  }
  for (const rest of left.values()) {
    for (const pair of rest) {
      if (!wanted(pair.protocol)) continue;
      if (
        excuse(packet, { kind: "extra", name: pair.name, label: pair.label, other: "", show: pair.show }) !==
        null
      )
        continue;
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
