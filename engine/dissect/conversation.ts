/**
 * Conversations and what dissectors remember about them.
 *
 * In pass one a conversation is found by its addresses and ports and numbered in order of appearance. The number
 * goes into the index; afterwards a frame's conversations are found by these numbers alone, so that one stream
 * can be dissected again without the others and gets the same numbers.
 */
import type { Protocol } from "./protocol.ts";

export const CONVERSATION_TCP = 1;
export const CONVERSATION_UDP = 2;
export const CONVERSATION_SCTP = 3;
export const CONVERSATION_DCCP = 4;
export const CONVERSATION_ICMP = 5;
/** A datagram being put together from fragments; its number names the list of pieces. */
export const CONVERSATION_FRAGMENTS = 6;
/** A session of WireGuard: from one handshake initiation to the next between the same endpoints. */
export const CONVERSATION_WIREGUARD = 7;
/** A USB device, with its host. */
export const CONVERSATION_USB = 8;
/** A Bluetooth controller, with its host. */
export const CONVERSATION_BLUETOOTH = 9;
/** A connection of QUIC. */
export const CONVERSATION_QUIC = 10;
const KINDS = 11;

/** Kind and number in one 32-bit integer: kind << 28 | number. 0 is none (kinds begin at 1). */
export type StreamRef = number;
export const makeRef = (kind: number, number: number): StreamRef => ((kind << 28) | number) >>> 0;
export const refKind = (ref: StreamRef): number => ref >>> 28;
export const refNumber = (ref: StreamRef): number => ref & 0x0fff_ffff;

/**
 * The conversation a frame belongs to first of all, of those its dissection asked for, the innermost last: the
 * innermost one, unless that is but a datagram of which the frame holds pieces.
 */
export function ownRef(refs: ArrayLike<StreamRef>, count = refs.length): StreamRef {
  for (let i = count - 1; i > 0; i--) if (refKind(refs[i]) !== CONVERSATION_FRAGMENTS) return refs[i];
  return refKind(refs[0]) === CONVERSATION_FRAGMENTS ? refs[count - 1] : refs[0];
}

/** One conversation: two endpoints of a transport, and the memory that belongs to them. */
export class Conversation {
  readonly ref: StreamRef;
  readonly kind: number;
  /** Number as Wireshark's `tcp.stream`, `udp.stream`. */
  readonly number: number;
  /** Address id and port of the endpoint whose packet made the conversation. */
  readonly addressA: number;
  readonly portA: number;
  readonly addressB: number;
  readonly portB: number;
  /** Frame that made it. */
  readonly firstFrame: number;
  /** The protocol above the transport once one was recognised (heuristics, decode as, set up by another). */
  app: Protocol | null = null;
  /** True when it took the place of an earlier conversation of the same endpoints. */
  renewed = false;
  /** True once another took its place. */
  replaced = false;
  /** Packets behind which the state may be saved again. */
  nextMilestone = 0;
  /** True once something was asked for that a saved state leaves out. */
  lacking = false;
  /** Place in the table of pass one; the table's own business. */
  position = -1;
  /** The transport's state, without the way through the map. */
  #first: Protocol | null = null;
  #firstState: unknown = undefined;
  #states: Map<Protocol, unknown> | null = null;
  #records: Map<number, FrameRecord[]> | null = null;

  constructor(
    ref: StreamRef,
    addressA: number,
    portA: number,
    addressB: number,
    portB: number,
    firstFrame: number,
  ) {
    this.ref = ref;
    this.kind = refKind(ref);
    this.number = refNumber(ref);
    this.addressA = addressA;
    this.portA = portA;
    this.addressB = addressB;
    this.portB = portB;
    this.firstFrame = firstFrame;
  }

  /** What `protocol` remembers of this conversation; made by `make` when it is first asked for. */
  state<T>(protocol: Protocol, make: () => T): T {
    if (this.#first === protocol) return this.#firstState as T;
    let state = this.#states?.get(protocol) as T | undefined;
    if (state !== undefined) return state;
    state = make();
    if (this.#first === null) {
      this.#first = protocol;
      this.#firstState = state;
    } else {
      this.#states ??= new Map();
      this.#states.set(protocol, state);
    }
    return state;
  }

  /** All that is remembered of the conversation as a whole. */
  saveStates(): unknown {
    const states: [Protocol, unknown][] = [];
    if (this.#first !== null) states.push([this.#first, this.#firstState]);
    if (this.#states !== null) states.push(...this.#states);
    return [this.app, states];
  }

  /** Takes what `saveStates` gave, in a new conversation. */
  restoreStates(saved: unknown): void {
    const [app, states] = saved as [Protocol | null, [Protocol, unknown][]];
    this.app = app;
    for (const [protocol, state] of states) this.state(protocol, () => state);
  }

  /** Keeps what `protocol` found out about one frame; `key` tells several findings of a frame apart. */
  remember(frame: number, protocol: Protocol, key: number, value: unknown): void {
    this.#records ??= new Map();
    const records = this.#records.get(frame);
    const record = { protocol, key, value };
    if (records) records.push(record);
    else this.#records.set(frame, [record]);
  }

  /** What `remember` kept, or undefined. */
  recall<T>(frame: number, protocol: Protocol, key: number): T | undefined {
    const records = this.#records?.get(frame);
    if (records === undefined) return undefined;
    for (const r of records) if (r.protocol === protocol && r.key === key) return r.value as T;
    return undefined;
  }
}

/** 0 when a packet of these endpoints goes from the conversation's endpoint A to B, 1 the other way. */
export function directionIn(
  c: Conversation,
  src: number,
  srcPort: number,
  dst: number,
  dstPort: number,
): 0 | 1 {
  if (src === dst) return srcPort === c.portA || dstPort !== c.portA ? 0 : 1;
  return src === c.addressA && srcPort === c.portA && dstPort === c.portB ? 0 : 1;
}

interface FrameRecord {
  readonly protocol: Protocol;
  readonly key: number;
  readonly value: unknown;
}

/** When a conversation's first packet and the one before the present were captured. */
export interface ConversationTimes {
  readonly firstSec: number;
  readonly firstNsec: number;
  readonly lastSec: number;
  readonly lastNsec: number;
}

/** Where a dissection finds its conversations. */
export interface Conversations {
  /**
   * The conversation of these endpoints, in either direction; made when there is none.
   * @param index how many conversations this frame asked for before
   */
  find(
    kind: number,
    frame: number,
    index: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
  ): Conversation;
  /** A new conversation in place of `old`: the endpoints' ports are used again. */
  renew(
    old: Conversation,
    frame: number,
    index: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
  ): Conversation;
  /** The `index`-th reference the index holds for the frame; 0 where it holds none, as in pass one. */
  ref(index: number): StreamRef;
  /** Times of the frame's `index`-th conversation, null in a pass that learns them itself. */
  readonly times: ((index: number) => ConversationTimes | null) | null;
}

/** Pass one: conversations by their endpoints, numbered as they appear. */
export class ConversationTable implements Conversations {
  #slots = new Int32Array(1 << 12);
  #list: Conversation[] = [];
  readonly #numbers = new Uint32Array(KINDS);
  readonly times = null;
  /** Called with two address ids when a conversation of theirs is made. */
  onMade: ((src: number, dst: number) => void) | null = null;
  /** The conversations that took the place of others; `IndexedConversations` wants to know them. */
  renewed = new Set<StreamRef>();

  find(
    kind: number,
    frame: number,
    _index: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
  ): Conversation {
    const mask = this.#slots.length - 1;
    let slot = hashEndpoints(kind, src, sport, dst, dport) & mask;
    for (;;) {
      const at = this.#slots[slot];
      if (at === 0) break;
      const c = this.#list[at - 1];
      if (
        c.kind === kind &&
        ((c.addressA === src && c.portA === sport && c.addressB === dst && c.portB === dport) ||
          (c.addressA === dst && c.portA === dport && c.addressB === src && c.portB === sport))
      ) {
        return c;
      }
      slot = (slot + 1) & mask;
    }
    this.onMade?.(src, dst);
    const made = new Conversation(makeRef(kind, this.#numbers[kind]++), src, sport, dst, dport, frame);
    made.position = this.#list.length;
    this.#list.push(made);
    this.#slots[slot] = this.#list.length;
    if (this.#list.length * 2 > this.#slots.length) this.#grow();
    return made;
  }

  renew(
    old: Conversation,
    frame: number,
    _index: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
  ): Conversation {
    const made = new Conversation(
      makeRef(old.kind, this.#numbers[old.kind]++),
      src,
      sport,
      dst,
      dport,
      frame,
    );
    made.position = old.position;
    made.renewed = true;
    old.replaced = true;
    this.renewed.add(made.ref);
    this.#list[made.position] = made;
    return made;
  }

  ref(): StreamRef {
    return 0;
  }

  /** Conversations of a kind so far. */
  count(kind: number): number {
    return this.#numbers[kind];
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    this.#list.forEach((c, i) => {
      let slot = hashEndpoints(c.kind, c.addressA, c.portA, c.addressB, c.portB) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    });
    this.#slots = slots;
  }
}

/** The same for both directions. */
function hashEndpoints(kind: number, src: number, sport: number, dst: number, dport: number): number {
  const a = Math.imul(src, 0x9e3779b1) ^ Math.imul(sport + 1, 0x85ebca6b);
  const b = Math.imul(dst, 0x9e3779b1) ^ Math.imul(dport + 1, 0x85ebca6b);
  let hash = Math.imul(a + b, 0xc2b2ae35) ^ Math.imul(a ^ b, 0x27d4eb2f) ^ kind;
  hash ^= hash >>> 16;
  return hash & 0x7fff_ffff;
}

/** After pass one: conversations by the numbers the index holds for the frame. */
export class IndexedConversations implements Conversations {
  /** The present frame's conversations, in the order the frame asks for them; set before each dissection. */
  refs: ArrayLike<StreamRef> = [];
  /**
   * Seconds and nanoseconds of the first frame of the present frame's `index`-th conversation, and of its last frame
   * before the present one (of the present one when it is the first); null when nobody knows.
   */
  times: ((index: number) => ConversationTimes | null) | null = null;
  /** What `ConversationTable.renewed` held after pass one. */
  renewed: ReadonlySet<StreamRef> = new Set();
  readonly #byRef = new Map<StreamRef, Conversation>();

  find(
    kind: number,
    frame: number,
    index: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
  ): Conversation {
    // A frame whose bytes changed since it was indexed may ask for more than the index knows.
    const ref = this.refs[index] ?? makeRef(kind, 0x0fff_ffff);
    let found = this.#byRef.get(ref);
    if (found === undefined) {
      found = new Conversation(ref, src, sport, dst, dport, frame);
      found.renewed = this.renewed.has(ref);
      this.#byRef.set(ref, found);
    }
    return found;
  }

  renew(old: Conversation): Conversation {
    return old;
  }

  ref(index: number): StreamRef {
    return this.refs[index] ?? 0;
  }

  get(ref: StreamRef): Conversation | undefined {
    return this.#byRef.get(ref);
  }

  /** Takes in a conversation whose state was restored. */
  put(conversation: Conversation): void {
    conversation.renewed = this.renewed.has(conversation.ref);
    this.#byRef.set(conversation.ref, conversation);
  }

  forget(ref: StreamRef): void {
    this.#byRef.delete(ref);
  }

  forgetAll(): void {
    this.#byRef.clear();
  }
}
