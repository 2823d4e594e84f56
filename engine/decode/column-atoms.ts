/**
 * Tests of a display filter that the index's columns answer, so that no packet is dissected for them.
 *
 * A column holds one value a frame, a field may have several (an address in each layer, the ports a quoted packet
 * names). So every column says for which protocol chains it speaks for the field; the others are dissected.
 */
import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_TCP, CONVERSATION_UDP, refKind, refNumber } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Value } from "../dissect/field.ts";
import { Node } from "../dissect/node.ts";
import { protocolNamed } from "../dissect/protocol.ts";
import type { TypedTest } from "../filter/check.ts";
import type { Atom } from "../filter/compile.ts";
import type { Segment } from "../index/frame-index.ts";
import { analysisBits } from "../protocols/tcp.ts";
import type { Indexer } from "./indexer.ts";

export const UNKNOWN = 0;
export const TRUE = 1;
export const FALSE = 2;
export type Verdict = 0 | 1 | 2;

/** What the columns say of one frame whose chain the column speaks for. */
export type ColumnTest = (segment: Segment, slot: number, frame: number) => Verdict;

export interface ColumnAtom {
  /** Whether the column holds the field's only value in frames of this chain. */
  readonly speaksFor: (chain: ArrayLike<number>) => boolean;
  readonly test: ColumnTest;
}

/** The column that answers an atom; null when none does. */
export function columnAtom(atom: Atom, indexer: Indexer, blank: Dissection): ColumnAtom | null {
  const left = leftField(atom.test);
  if (left === null) return null;
  const answer = (value: Value): Verdict => {
    // The atom's own evaluation judges the value, so that columns and dissection cannot disagree.
    blank.found = [new Node(left.field, 0, 0, 0, value, 0, 0, null)];
    return atom.evaluate(blank) ? TRUE : FALSE;
  };
  const exists = atom.test.kind === "exists";
  const all = "all" in atom.test && atom.test.all;
  switch (left.name) {
    case "frame.number":
      return always((_s, _slot, frame) => answer(frame));
    case "frame.len":
      return always(cached((s, slot) => s.len[slot], answer));
    case "frame.cap_len":
      return always(cached((s, slot) => s.capLen[slot], answer));
    case "frame.time_relative":
      return always(relativeTime(atom.test, indexer) ?? ((s, slot) => answer(sinceFirst(indexer, s, slot))));
    case "ip.src":
    case "ip.dst":
    case "ip.addr":
      return address(left.name.slice(3), "ip", "ipv6", ADDRESS_IPV4, indexer, answer, exists, all);
    case "ipv6.src":
    case "ipv6.dst":
    case "ipv6.addr":
      return address(left.name.slice(5), "ipv6", "ip", ADDRESS_IPV6, indexer, answer, exists, all);
    case "tcp.srcport":
    case "tcp.dstport":
    case "tcp.port":
      return port(left.name.slice(4), "tcp", answer, all);
    case "udp.srcport":
    case "udp.dstport":
    case "udp.port":
      return port(left.name.slice(4), "udp", answer, all);
    case "tcp.stream":
      return stream("tcp", CONVERSATION_TCP, answer);
    case "udp.stream":
      return stream("udp", CONVERSATION_UDP, answer);
    default:
      break;
  }
  const flag = left.name.startsWith("tcp.flags.") ? left.field : null;
  if (flag !== null && flag.type === "FT_BOOLEAN" && !exists) {
    const set = answer(1);
    const clear = answer(0);
    const mask = flag.mask;
    return tcpOnly((s, slot) => (s.tcpFlags[slot] & mask ? set : clear));
  }
  if (left.name === "tcp.flags" && !exists) return tcpOnly(cached((s, slot) => s.tcpFlags[slot], answer));
  const bits = exists ? analysisBits(left.name) : 0;
  if (bits !== 0) return tcpOnly((s, slot) => (s.analysis[slot] & bits ? TRUE : FALSE));
  return null;
}

/** The field a test looks at, when it looks at one field and constants only. */
function leftField(test: TypedTest) {
  const operand = test.kind === "exists" ? test.operand : test.kind === "true" ? null : test.left;
  if (operand === null || operand.kind !== "field") return null;
  if (operand.layers !== null || operand.raw || operand.fields.length !== 1) return null;
  if (test.kind === "compare" && (test.right.kind !== "constant" || test.relation === "contains"))
    return null;
  if (test.kind === "matches") return null;
  if (test.kind === "in") {
    for (const { first, last } of test.members) {
      if (first.kind !== "constant" || (last !== null && last.kind !== "constant")) return null;
    }
  }
  return { name: operand.name, field: operand.fields[0] };
}

function always(test: ColumnTest): ColumnAtom {
  return { speaksFor: () => true, test };
}

/** Answers for small numbers are worked out once each. */
function cached(read: (s: Segment, slot: number) => number, answer: (value: number) => Verdict): ColumnTest {
  const known = new Uint8Array(65_536);
  return (s, slot) => {
    const value = read(s, slot);
    if (value >= known.length) return answer(value);
    if (known[value] === UNKNOWN) known[value] = answer(value);
    return known[value] as Verdict;
  };
}

function sinceFirst(indexer: Indexer, s: Segment, slot: number): bigint {
  const first = indexer.index.segments[0];
  return BigInt(s.sec[slot] - first.sec[0]) * 1_000_000_000n + BigInt(s.nsec[slot] - first.nsec[0]);
}

/** Orders of relative times without a bigint per frame. */
function relativeTime(test: TypedTest, indexer: Indexer): ColumnTest | null {
  if (test.kind !== "compare" || test.right.kind !== "constant") return null;
  const limit = test.right.value;
  if (typeof limit !== "bigint") return null;
  const [first] = indexer.index.segments;
  if (first === undefined) return null;
  const nanoseconds = BigInt(first.nsec[0]) + limit;
  const carry = Number((nanoseconds - (((nanoseconds % BILLION) + BILLION) % BILLION)) / BILLION);
  const sec = first.sec[0] + carry;
  const nsec = Number(((nanoseconds % BILLION) + BILLION) % BILLION);
  const wanted = RELATIONS[test.relation];
  if (wanted === undefined) return null;
  return (s, slot) => {
    const order = s.sec[slot] - sec || s.nsec[slot] - nsec;
    return wanted(order) ? TRUE : FALSE;
  };
}

const BILLION = 1_000_000_000n;
const RELATIONS: Readonly<Record<string, ((order: number) => boolean) | undefined>> = {
  "==": (order) => order === 0,
  "!=": (order) => order !== 0,
  ">": (order) => order > 0,
  "<": (order) => order < 0,
  ">=": (order) => order >= 0,
  "<=": (order) => order <= 0,
};

const idOf = (name: string): number => protocolNamed(name)?.id ?? -1;

function countIn(chain: ArrayLike<number>, id: number): number {
  let count = 0;
  for (let i = 0; i < chain.length; i++) if (chain[i] === id) count++;
  return count;
}

/** Address columns hold the innermost layer's pair, so they speak where there is one network layer only. */
function address(
  which: string,
  own: string,
  other: string,
  kind: number,
  indexer: Indexer,
  answer: (value: Value) => Verdict,
  exists: boolean,
  all: boolean,
): ColumnAtom {
  const { addresses } = indexer.memory;
  const ownId = idOf(own);
  const otherId = idOf(other);
  let verdicts = new Uint8Array(1024);
  /** UNKNOWN for an address of another kind: the network layer was cut short. */
  const judge = (id: number): Verdict => {
    if (id >= verdicts.length) {
      const larger = new Uint8Array(Math.max(id + 1, verdicts.length * 2));
      larger.set(verdicts);
      verdicts = larger;
    }
    if (verdicts[id] === UNKNOWN && addresses.kind(id) === kind) {
      const bytes = addresses.bytes(id);
      const value =
        kind === ADDRESS_IPV4
          ? ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0
          : bytes.slice();
      verdicts[id] = exists ? TRUE : answer(value);
    }
    return verdicts[id] as Verdict;
  };
  const src: ColumnTest = (s, slot) => judge(s.src[slot]);
  const dst: ColumnTest = (s, slot) => judge(s.dst[slot]);
  return {
    speaksFor: (chain) => countIn(chain, ownId) === 1 && countIn(chain, otherId) === 0,
    test: which === "src" ? src : which === "dst" ? dst : both(src, dst, all),
  };
}

function both(first: ColumnTest, second: ColumnTest, all: boolean): ColumnTest {
  return (s, slot, frame) => {
    const a = first(s, slot, frame);
    const b = second(s, slot, frame);
    if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
    if (all) return a === TRUE && b === TRUE ? TRUE : FALSE;
    return a === TRUE || b === TRUE ? TRUE : FALSE;
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

function port(which: string, transport: string, answer: (value: Value) => Verdict, all: boolean): ColumnAtom {
  const src = cached((s, slot) => s.srcPort[slot], answer);
  const dst = cached((s, slot) => s.dstPort[slot], answer);
  const pair = which === "srcport" ? src : which === "dstport" ? dst : both(src, dst, all);
  return {
    speaksFor: onlyTransport(transport),
    // Both ports 0 is how a header cut short looks.
    test: (s, slot, frame) =>
      s.srcPort[slot] === 0 && s.dstPort[slot] === 0 ? UNKNOWN : pair(s, slot, frame),
  };
}

function stream(transport: string, kind: number, answer: (value: Value) => Verdict): ColumnAtom {
  let lastNumber = -1;
  let lastVerdict: Verdict = UNKNOWN;
  return {
    speaksFor: onlyTransport(transport),
    test: (s, slot) => {
      const ref = s.ref[slot];
      if (refKind(ref) !== kind) return UNKNOWN;
      const number = refNumber(ref);
      if (number !== lastNumber) {
        lastNumber = number;
        lastVerdict = answer(number);
      }
      return lastVerdict;
    },
  };
}

/** For what the TCP header says: a frame with one TCP header that was whole. */
function tcpOnly(test: ColumnTest): ColumnAtom {
  return {
    speaksFor: onlyTransport("tcp"),
    test: (s, slot, frame) =>
      refKind(s.ref[slot]) === CONVERSATION_TCP && s.tcpFlags[slot] !== 0 ? test(s, slot, frame) : UNKNOWN,
  };
}
