/**
 * Tests of a display filter that the index's columns answer, so that no packet is dissected for them.
 *
 * A column holds one value a frame, a field may have several (an address in each layer, the ports a quoted packet
 * names). So every column says for which protocol chains it speaks for the field; the others are dissected.
 *
 * Each kind of column has a loop of its own, which writes the answers of 32 frames at once: typed arrays and small
 * integers only, nothing is called but for a value met for the first time.
 */

import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_TCP, CONVERSATION_UDP, refKind, refNumber } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Field, Value } from "../dissect/field.ts";
import { Node } from "../dissect/node.ts";
import { protocolNamed, protocols } from "../dissect/protocol.ts";
import type { TypedTest } from "../filter/check.ts";
import type { Atom } from "../filter/compile.ts";
import { Ipv4Net } from "../filter/literals.ts";
import { visitOperands } from "../filter/operands.ts";
import { CHUNK_FRAMES } from "../index/bitmap.ts";
import type { FrameIndex, Segment } from "../index/frame-index.ts";
import { grown } from "../index/grown.ts";
import { analysisBits } from "../protocols/tcp.ts";
import { ACK, SYN } from "../protocols/tcp-analysis.ts";
import { type NumberRange, numberRange, numberRanges } from "./number-test.ts";
import type { ScannedCapture } from "./scanned.ts";

export const UNKNOWN = 0;
export const TRUE = 1;
export const FALSE = 2;
export type Verdict = 0 | 1 | 2;

/** By chain: the column is to be asked. */
export const ASK = 3;

/** The frames of one segment that are to be judged, and where the answers go. */
export interface Stretch {
  readonly segment: Segment;
  /** 0-based index in the capture of the segment's first frame. */
  readonly base: number;
  /** The first frame, a multiple of 32, and the one behind the last; places in the segment. */
  readonly from: number;
  readonly to: number;
  readonly known: Int32Array;
  readonly truth: Int32Array;
}

export interface ColumnAtom {
  /** Whether the column holds the field's only value in frames of this chain. */
  readonly speaksFor: (chain: ArrayLike<number>) => boolean;
  /**
   * Answers what it can.
   * @param byChain UNKNOWN, TRUE, FALSE or ASK for each chain
   */
  readonly fill: (stretch: Stretch, byChain: Uint8Array) => void;
}

/** The column that answers an atom; null when none does. */
export function columnAtom(atom: Atom, capture: ScannedCapture, blank: Dissection): ColumnAtom | null {
  const plain = leftField(atom.test);
  const left = plain ?? soleField(atom.test);
  if (left === null) return null;
  const node = new Node(left.field, 0, 0, 0, null, 0, 0, null);
  const found = [node];
  const answer = (value: Value): Verdict => {
    // The atom's own evaluation judges the value, so that columns and dissection cannot disagree.
    node.value = value;
    blank.found = found;
    return atom.evaluate(blank) ? TRUE : FALSE;
  };
  const { index } = capture;
  const exists = atom.test.kind === "exists";
  const range = plain === null ? null : numberRange(atom.test);
  switch (left.name) {
    case "frame.number":
      return always(range !== null ? numbers(range) : slow((_s, _slot, frame) => answer(frame)));
    case "frame.len":
      return always(lengths((s) => s.len, range, answer));
    case "frame.cap_len":
      return always(lengths((s) => s.capLen, range, answer));
    case "frame.time_relative":
      return always(
        (plain && times(atom.test, () => firstTime(index))) ??
          slow((s, slot) => answer(since(index, s, slot))),
      );
    case "frame.time_delta":
      return always(slow((s, slot, frame) => answer(sinceEpoch(s, slot) - timeBefore(index, frame))));
    case "frame.time_epoch":
    case "frame.time":
      return always((plain && times(atom.test, () => 0n)) ?? slow((s, slot) => answer(sinceEpoch(s, slot))));
    case "frame.protocols":
      return chainTexts(index, answer);
    default:
      break;
  }
  if (plain === null) return null;
  switch (left.name) {
    case "ip.src":
    case "ip.dst":
    case "ip.addr":
      return address(left.name.slice(3), "ip", "ipv6", ADDRESS_IPV4, capture, atom.test, answer);
    case "ipv6.src":
    case "ipv6.dst":
    case "ipv6.addr":
      return address(left.name.slice(5), "ipv6", "ip", ADDRESS_IPV6, capture, atom.test, answer);
    case "tcp.srcport":
    case "tcp.dstport":
    case "tcp.port":
      return port(left.name.slice(4), "tcp", atom.test, answer);
    case "udp.srcport":
    case "udp.dstport":
    case "udp.port":
      return port(left.name.slice(4), "udp", atom.test, answer);
    case "tcp.stream":
      return stream("tcp", CONVERSATION_TCP, range, answer);
    case "udp.stream":
      return stream("udp", CONVERSATION_UDP, range, answer);
    default:
      break;
  }
  if (left.name.startsWith("tcp.flags.") && left.field.type === "FT_BOOLEAN") {
    const set = answer(1);
    const clear = answer(0);
    const { mask } = left.field;
    const byFlags = Uint8Array.from({ length: 0x1000 }, (_, flags) => (flags & mask ? set : clear));
    return tcpFlags(byFlags, mask & ECN_FLAGS ? new EcnStreams(index) : null);
  }
  if (left.name === "tcp.flags") {
    return tcpFlags(
      Uint8Array.from({ length: 0x1000 }, (_, flags) => answer(flags)),
      null,
    );
  }
  const bits = exists ? analysisBits(left.name) : 0;
  return bits === 0 ? null : analysis(bits);
}

/** The field a test looks at, when it looks at one field and constants only. */
export function leftField(test: TypedTest) {
  const operand = test.kind === "exists" || test.kind === "true" ? test.operand : test.left;
  if (operand.kind !== "field") return null;
  if (operand.layers !== null || operand.raw || operand.fields.length !== 1) return null;
  if (test.kind === "compare" && test.right.kind !== "constant") return null;
  if (test.kind === "in") {
    for (const { first, last } of test.members) {
      if (first.kind !== "constant" || (last !== null && last.kind !== "constant")) return null;
    }
  }
  return { name: operand.name, field: operand.fields[0] };
}

/** The field whose value, with constants, is all that a test looks at, whatever is worked out of it. */
function soleField(test: TypedTest): { name: string; field: Field } | null {
  let sole: { name: string; field: Field } | null = null;
  let fits = true;
  visitOperands(test, (operand) => {
    if (operand.kind === "reference") fits = false;
    if (operand.kind !== "field") return;
    const { name, fields, layers, raw } = operand;
    if (sole !== null || layers !== null || raw || fields.length !== 1) fits = false;
    sole = { name, field: fields[0] };
  });
  return fits ? sole : null;
}

const everyChain = (): boolean => true;

function always(fill: ColumnAtom["fill"]): ColumnAtom {
  return { speaksFor: everyChain, fill };
}

// -------------------------------------------------------------------- loops

/** Takes the answers of the 32 frames from place `at` on: bits of those known and of those true. */
function put({ known, truth }: Stretch, at: number, knownBits: number, trueBits: number): void {
  known[at >>> 5] |= knownBits;
  truth[at >>> 5] |= trueBits;
}

/** For tests that the chain decides, as far as it does. */
export function fillByChain(stretch: Stretch, byChain: Uint8Array): void {
  const { segment, from, to, known } = stretch;
  const { chain } = segment;
  for (let at = from; at < to; at += 32) {
    if (known[at >>> 5] === -1) continue;
    const end = Math.min(to, at + 32);
    let knownBits = 0;
    let trueBits = 0;
    for (let slot = at; slot < end; slot++) {
      const verdict = byChain[chain[slot]];
      if (verdict === ASK) continue;
      // TRUE is 1 and FALSE 2: both have one bit, and the lower one says which.
      knownBits |= ((verdict + 1) >> 1) << (slot & 31);
      trueBits |= (verdict & 1) << (slot & 31);
    }
    put(stretch, at, knownBits, trueBits);
  }
}

/**
 * Settles as false what frames without any of some marks leave open.
 * @param marks bits of frame-marks.ts: frames without any of them have none of the fields that are asked for
 */
export function fillByMarks(stretch: Stretch, marks: number): void {
  const { segment, from, to, known } = stretch;
  const { flags } = segment;
  for (let at = from; at < to; at += 32) {
    if (known[at >>> 5] === -1) continue;
    const end = Math.min(to, at + 32);
    let knownBits = 0;
    for (let slot = at; slot < end; slot++) {
      if ((flags[slot] & marks) === 0) knownBits |= 1 << (slot & 31);
    }
    put(stretch, at, knownBits, 0);
  }
}

type SlowTest = (segment: Segment, slot: number, frame: number) => Verdict;

/** Whatever there is no loop for. */
function slow(test: SlowTest): ColumnAtom["fill"] {
  return (stretch, byChain) => {
    const { segment, base, from, to, known } = stretch;
    const { chain } = segment;
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        let verdict = byChain[chain[slot]];
        if (verdict === ASK) verdict = test(segment, slot, base + slot + 1);
        knownBits |= ((verdict + 1) >> 1) << (slot & 31);
        trueBits |= (verdict & 1) << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
}

function numbers({ low, high, inverted }: NumberRange): ColumnAtom["fill"] {
  const inside = inverted ? 0 : 1;
  return (stretch) => {
    const { base, from, to, known } = stretch;
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        const frame = base + slot + 1;
        const verdict = frame >= low && frame <= high ? inside : 1 - inside;
        knownBits |= 1 << (slot & 31);
        trueBits |= verdict << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
}

function lengths(
  column: (segment: Segment) => Uint32Array,
  range: NumberRange | null,
  answer: (value: number) => Verdict,
): ColumnAtom["fill"] {
  if (range === null) {
    const known = new Map<number, Verdict>();
    return slow((s, slot) => {
      const value = column(s)[slot];
      const verdict = known.get(value) ?? answer(value);
      if (known.size < CHUNK_FRAMES) known.set(value, verdict);
      return verdict;
    });
  }
  const { low, high, inverted } = range;
  const inside = inverted ? 0 : 1;
  return (stretch) => {
    const { segment, from, to, known } = stretch;
    const values = column(segment);
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        const value = values[slot];
        knownBits |= 1 << (slot & 31);
        trueBits |= (value >= low && value <= high ? inside : 1 - inside) << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
}

// -------------------------------------------------------------------- times

const BILLION = 1_000_000_000n;

function sinceEpoch(s: Segment, slot: number): bigint {
  return BigInt(s.sec[slot]) * BILLION + BigInt(s.nsec[slot]);
}

function firstTime(index: FrameIndex): bigint {
  return index.count === 0 ? 0n : sinceEpoch(index.segments[0], 0);
}

/** When the frame before was captured; for the first frame its own time. */
function timeBefore(index: FrameIndex, frame: number): bigint {
  const before = Math.max(0, frame - 2);
  return sinceEpoch(index.segments[Math.floor(before / CHUNK_FRAMES)], before % CHUNK_FRAMES);
}

function since(index: FrameIndex, s: Segment, slot: number): bigint {
  return sinceEpoch(s, slot) - firstTime(index);
}

/** What is wanted of the order of time and limit: less, equal, greater. */
const RELATIONS: Readonly<Record<string, readonly [number, number, number] | undefined>> = {
  "==": [0, 1, 0],
  "!=": [1, 0, 1],
  ">": [0, 0, 1],
  "<": [1, 0, 0],
  ">=": [0, 1, 1],
  "<=": [1, 1, 0],
};

/**
 * Orders of times without a bigint per frame.
 * @param zero the time that the limit counts from, in nanoseconds since 1970; asked for when there are frames
 */
function times(test: TypedTest, zero: () => bigint): ColumnAtom["fill"] | null {
  if (test.kind !== "compare" || test.right.kind !== "constant") return null;
  const limit = test.right.value;
  const wanted = RELATIONS[test.relation];
  if (typeof limit !== "bigint" || wanted === undefined) return null;
  const [less, equal, greater] = wanted;
  return (stretch) => {
    const nanoseconds = zero() + limit;
    const fraction = ((nanoseconds % BILLION) + BILLION) % BILLION;
    const limitSec = Number((nanoseconds - fraction) / BILLION);
    const limitNsec = Number(fraction);
    const { segment, from, to, known } = stretch;
    const { sec, nsec } = segment;
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        const order = sec[slot] - limitSec || nsec[slot] - limitNsec;
        knownBits |= 1 << (slot & 31);
        trueBits |= (order < 0 ? less : order > 0 ? greater : equal) << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
}

// -------------------------------------------------------------------- chains

const idOf = (name: string): number => protocolNamed(name)?.id ?? -1;

export function countIn(chain: ArrayLike<number>, id: number): number {
  let count = 0;
  for (let i = 0; i < chain.length; i++) if (chain[i] === id) count++;
  return count;
}

/** `frame.protocols` is the chain in words. */
function chainTexts(index: FrameIndex, answer: (value: string) => Verdict): ColumnAtom {
  const known: (Verdict | undefined)[] = [];
  const judge = (chain: number): Verdict => {
    const text = Array.from(index.chains.chains[chain], (id) => protocols[id].name).join(":");
    const verdict = answer(text);
    known[chain] = verdict;
    return verdict;
  };
  return {
    // The empty chain stands for all those beyond the table's size.
    speaksFor: (chain) => chain.length > 0,
    fill: slow((s, slot) => known[s.chain[slot]] ?? judge(s.chain[slot])),
  };
}

/** True for chains with this transport once, and no other that could have set the ports or the conversation. */
function onlyTransport(name: string): (chain: ArrayLike<number>) => boolean {
  const own = idOf(name);
  const others = ["tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6"]
    .filter((other) => other !== name)
    .map(idOf);
  return (chain) => countIn(chain, own) === 1 && others.every((other) => countIn(chain, other) === 0);
}

// -------------------------------------------------------------------- values looked up in tables

/**
 * One column whose values index a table of answers.
 * @param column where the chain says ASK, `verdicts[column[slot]]` is the answer
 */
function fillLookup(
  stretch: Stretch,
  byChain: Uint8Array,
  column: Uint16Array | Uint32Array,
  verdicts: Uint8Array,
): void {
  const { segment, from, to, known } = stretch;
  const { chain } = segment;
  for (let at = from; at < to; at += 32) {
    if (known[at >>> 5] === -1) continue;
    const end = Math.min(to, at + 32);
    let knownBits = 0;
    let trueBits = 0;
    for (let slot = at; slot < end; slot++) {
      const said = byChain[chain[slot]];
      // All bits set for ASK: chosen without a branch that could not be foreseen.
      const ask = -(said & (said >> 1));
      const verdict = (said & ~ask) | (verdicts[column[slot] | 0] & ask);
      knownBits |= ((verdict + 1) >> 1) << (slot & 31);
      trueBits |= (verdict & 1) << (slot & 31);
    }
    put(stretch, at, knownBits, trueBits);
  }
}

/** In tables for pairs, besides the verdict: the value is 0. */
const ZERO = 4;
const CODES = 8;

/** What two values' answers make together, by `first * CODES + second`. */
function combination(decide: (first: number, second: number) => Verdict): Uint8Array {
  return Uint8Array.from({ length: CODES * CODES }, (_, i) => decide(i >> 3, i & 7));
}

function anyOf(first: number, second: number): Verdict {
  if ((first & 3) === UNKNOWN || (second & 3) === UNKNOWN) return UNKNOWN;
  return (first & 3) === TRUE || (second & 3) === TRUE ? TRUE : FALSE;
}

function allOf(first: number, second: number): Verdict {
  if ((first & 3) === UNKNOWN || (second & 3) === UNKNOWN) return UNKNOWN;
  return (first & 3) === TRUE && (second & 3) === TRUE ? TRUE : FALSE;
}

/** Two columns whose values index one table of answers. */
function fillPair(
  stretch: Stretch,
  byChain: Uint8Array,
  first: Uint16Array | Uint32Array,
  second: Uint16Array | Uint32Array,
  verdicts: Uint8Array,
  combined: Uint8Array,
): void {
  const { segment, from, to, known } = stretch;
  const { chain } = segment;
  for (let at = from; at < to; at += 32) {
    if (known[at >>> 5] === -1) continue;
    const end = Math.min(to, at + 32);
    let knownBits = 0;
    let trueBits = 0;
    for (let slot = at; slot < end; slot++) {
      const said = byChain[chain[slot]];
      const ask = -(said & (said >> 1));
      const both = (verdicts[first[slot] | 0] << 3) | verdicts[second[slot] | 0];
      const verdict = (said & ~ask) | (combined[both] & ask);
      knownBits |= ((verdict + 1) >> 1) << (slot & 31);
      trueBits |= (verdict & 1) << (slot & 31);
    }
    put(stretch, at, knownBits, trueBits);
  }
}

/** True for tests that look at all values together, so that the answers for each of them do not do. */
function isJoint(test: TypedTest): boolean {
  return test.kind === "in" && test.all && test.members.length > 1;
}

// -------------------------------------------------------------------- addresses

/** Address columns hold the innermost layer's pair, so they speak where there is one network layer only. */
function address(
  which: string,
  own: string,
  other: string,
  kind: number,
  { memory }: ScannedCapture,
  test: TypedTest,
  answer: (value: Value) => Verdict,
): ColumnAtom | null {
  const { addresses } = memory;
  const ownId = idOf(own);
  const otherId = idOf(other);
  const exists = test.kind === "exists";
  const all = "all" in test && test.all;
  if (which === "addr" && isJoint(test)) return null;
  const network = networkOf(test);
  // By address id; UNKNOWN for an address of another kind: the network layer was cut short.
  let verdicts = new Uint8Array(1024);
  let judged = 0;
  const judge = (id: number): Verdict => {
    if (addresses.kind(id) !== kind) return UNKNOWN;
    if (exists) return TRUE;
    const bytes = addresses.bytes(id);
    if (kind === ADDRESS_IPV6) return answer(bytes.slice());
    const value = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
    if (network === null) return answer(value);
    return ((value & network.mask) >>> 0 === network.address) === network.equal ? TRUE : FALSE;
  };
  const combined = combination(all ? allOf : anyOf);
  const fill = (stretch: Stretch, byChain: Uint8Array): void => {
    if (verdicts.length < addresses.count) {
      verdicts = grown(verdicts, addresses.count * 2);
    }
    for (; judged < addresses.count; judged++) verdicts[judged] = judge(judged);
    const { src, dst } = stretch.segment;
    if (which === "addr") fillPair(stretch, byChain, src, dst, verdicts, combined);
    else fillLookup(stretch, byChain, which === "src" ? src : dst, verdicts);
  };
  return { speaksFor: (chain) => countIn(chain, ownId) === 1 && countIn(chain, otherId) === 0, fill };
}

/** The IPv4 network a test compares with; null for other tests. */
function networkOf(test: TypedTest): { address: number; mask: number; equal: boolean } | null {
  if (test.kind !== "compare" || test.right.kind !== "constant") return null;
  if (test.relation !== "==" && test.relation !== "!=") return null;
  const { value } = test.right;
  const equal = test.relation === "==";
  if (value instanceof Ipv4Net) return { address: value.address, mask: value.mask, equal };
  return typeof value === "number" ? { address: value, mask: 0xffff_ffff, equal } : null;
}

// -------------------------------------------------------------------- transports

function port(
  which: string,
  transport: string,
  test: TypedTest,
  answer: (value: Value) => Verdict,
): ColumnAtom | null {
  if (which === "port" && isJoint(test)) return null;
  const all = "all" in test && test.all;
  const verdicts = tableOf(test, 65_536, answer);
  verdicts[0] |= ZERO;
  const pick = which === "srcport" ? pickFirst : which === "dstport" ? pickSecond : all ? allOf : anyOf;
  // Both ports 0 is how a header cut short looks.
  const combined = combination((a, b) => (a & b & ZERO ? UNKNOWN : pick(a, b)));
  const fill = (stretch: Stretch, byChain: Uint8Array): void => {
    const { srcPort, dstPort } = stretch.segment;
    fillPair(stretch, byChain, srcPort, dstPort, verdicts, combined);
  };
  return { speaksFor: onlyTransport(transport), fill };
}

function pickFirst(first: number): Verdict {
  return (first & 3) as Verdict;
}
function pickSecond(_first: number, second: number): Verdict {
  return (second & 3) as Verdict;
}

/** The answers for all numbers below `size`. */
function tableOf(test: TypedTest, size: number, answer: (value: number) => Verdict): Uint8Array {
  const ranges = numberRanges(test);
  if (ranges === null) return Uint8Array.from({ length: size }, (_, value) => answer(value));
  const table = new Uint8Array(size).fill(FALSE);
  for (const { low, high, inverted } of ranges) {
    if (inverted) table.fill(TRUE);
    const end = Math.min(size, high + 1);
    if (low < end) table.fill(inverted ? FALSE : TRUE, Math.max(0, low), end);
  }
  return table;
}

function stream(
  transport: string,
  kind: number,
  range: NumberRange | null,
  answer: (value: Value) => Verdict,
): ColumnAtom {
  const speaksFor = onlyTransport(transport);
  // A TCP header whose length cannot be shows no stream; no flags are known of it.
  const whole = kind === CONVERSATION_TCP;
  if (range === null) {
    let last = -1;
    let verdict: Verdict = UNKNOWN;
    return {
      speaksFor,
      fill: slow(({ ref, tcpFlags: flags }, slot) => {
        if (refKind(ref[slot]) !== kind || (whole && flags[slot] === 0)) return UNKNOWN;
        const number = refNumber(ref[slot]);
        if (number !== last) {
          last = number;
          verdict = answer(number);
        }
        return verdict;
      }),
    };
  }
  const { low, high } = range;
  const inside = range.inverted ? FALSE : TRUE;
  const outside = range.inverted ? TRUE : FALSE;
  const fill = (stretch: Stretch, byChain: Uint8Array): void => {
    const { segment, from, to, known } = stretch;
    const { chain, ref, tcpFlags: flags } = segment;
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        let verdict = byChain[chain[slot]];
        if (verdict === ASK) {
          if (ref[slot] >>> 28 !== kind || (whole && flags[slot] === 0)) continue;
          const number = ref[slot] & 0x0fff_ffff;
          verdict = number >= low && number <= high ? inside : outside;
        }
        knownBits |= ((verdict + 1) >> 1) << (slot & 31);
        trueBits |= (verdict & 1) << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
  return { speaksFor, fill };
}

/** Flags that show as one number, and not each for itself, where both sides speak Accurate ECN. */
const ECN_FLAGS = 0x1c0;

/** The streams whose SYN offers Accurate ECN (draft-ietf-tcpm-accurate-ecn section 3.1). */
class EcnStreams {
  readonly #index: FrameIndex;
  readonly #refs = new Set<number>();
  #seen = 0;

  constructor(index: FrameIndex) {
    this.#index = index;
  }

  /** The streams among the first `count` frames. */
  upTo(count: number): ReadonlySet<number> {
    for (; this.#seen < count; this.#seen++) {
      const s = this.#index.segments[Math.floor(this.#seen / CHUNK_FRAMES)];
      const slot = this.#seen % CHUNK_FRAMES;
      if ((s.tcpFlags[slot] & (ECN_FLAGS | SYN | ACK)) === (ECN_FLAGS | SYN)) this.#refs.add(s.ref[slot]);
    }
    return this.#refs;
  }
}

/** For the flags of a frame with one TCP header that was whole. */
function tcpFlags(byFlags: Uint8Array, ecn: EcnStreams | null): ColumnAtom {
  // Without any flag it may have been cut short.
  byFlags[0] = UNKNOWN;
  const fill = (stretch: Stretch, byChain: Uint8Array): void => {
    const excepted = ecn?.upTo(stretch.base + stretch.to);
    if (excepted === undefined || excepted.size === 0) {
      fillLookup(stretch, byChain, stretch.segment.tcpFlags, byFlags);
    } else {
      const test: SlowTest = ({ ref, tcpFlags: flags }, slot) =>
        excepted.has(ref[slot]) ? UNKNOWN : (byFlags[flags[slot]] as Verdict);
      slow(test)(stretch, byChain);
    }
  };
  return { speaksFor: onlyTransport("tcp"), fill };
}

/** Bytes from which on no header of TCP is cut: those of any usual link, network and transport. */
const LONGEST_HEADERS = 256;

/** For the findings of the sequence analysis: any of `bits`. */
function analysis(bits: number): ColumnAtom {
  const fill = (stretch: Stretch, byChain: Uint8Array): void => {
    const { segment, from, to, known } = stretch;
    const { chain, tcpFlags: flags, analysis: findings, capLen, len } = segment;
    for (let at = from; at < to; at += 32) {
      if (known[at >>> 5] === -1) continue;
      const end = Math.min(to, at + 32);
      let knownBits = 0;
      let trueBits = 0;
      for (let slot = at; slot < end; slot++) {
        let verdict = byChain[chain[slot]];
        if (verdict === ASK) {
          if (flags[slot] === 0) continue;
          verdict = findings[slot] & bits ? TRUE : FALSE;
          // Of a header whose options are cut off nothing is shown behind them.
          if (verdict === TRUE && capLen[slot] < len[slot] && capLen[slot] < LONGEST_HEADERS) continue;
        }
        knownBits |= ((verdict + 1) >> 1) << (slot & 31);
        trueBits |= (verdict & 1) << (slot & 31);
      }
      put(stretch, at, knownBits, trueBits);
    }
  };
  return { speaksFor: onlyTransport("tcp"), fill };
}
