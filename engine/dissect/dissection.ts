/**
 * The dissection of one frame: a cursor over its bytes and a sink for what is found there, in one object.
 *
 * There is exactly one class of it, so that every call site in every dissector stays monomorphic; how much is
 * kept is a matter of `mode`:
 *   INDEX   nothing but protocol chain, addresses and conversations (pass one),
 *   FIELDS  the fields of `wanted` only, as a flat list (display filter, custom columns),
 *   TREE    everything.
 *
 * Positions (`pos`, `end`, the `at` of methods) are indexes into `buf`. A read past `end` throws a private
 * signal that `call` catches: the layer is marked, what was dissected stays.
 */
import { AddressTable } from "./address.ts";
import {
  CONVERSATION_FRAGMENTS,
  type Conversation,
  type Conversations,
  ConversationTable,
  directionIn,
  makeRef,
  refKind,
  refNumber,
  type StreamRef,
} from "./conversation.ts";
import { type Announcement, Expectations, type Facts } from "./expectations.ts";
import type { Expert, ExpertSeverity, Field, Value } from "./field.ts";
import { type Datagram, FragmentTable } from "./fragments.ts";
import {
  expertFields,
  groupCode,
  malformed,
  malformedExpert,
  severityCode,
  shortFrame,
  strayCharacters,
  TEXT,
  unreassembled,
  unreassembledExpert,
} from "./marks.ts";
import { type MultipathEvent, MultipathTable } from "./multipath.ts";
import { GENERATED, HIDDEN, Node } from "./node.ts";
import type { Protocol } from "./protocol.ts";
import type { StreamNotes } from "./stream-notes.ts";
import { decodeText, hasStrayCharacters, type TextEncoding } from "./text.ts";

const EMPTY = new Uint8Array(0);
export const NO_CONTEXT: FrameContext = {
  first: null,
  previous: null,
  previousDisplayed: null,
  interfaceName: null,
  interfaceDescription: null,
  comments: [],
  record: null,
  fcsLength: null,
  section: 0,
};

export const MODE_INDEX = 0;
export const MODE_FIELDS = 1;
export const MODE_TREE = 2;
export type Mode = 0 | 1 | 2;

/** For `wantMore`: some more bytes, how many is not known. */
export const ONE_MORE_SEGMENT = 0x0fff_ffff;
/** For `wantMore`: everything until the sender closes the stream. */
export const UNTIL_END = 0x0fff_fffe;

/** Longest info text, as in Wireshark; a packet of tens of thousands of records must not make more. */
const INFO_LIMIT = 4095;

/** Conversations one frame can have: each layer may ask for one, and for one datagram. */
const MAX_REFS = 2 * 128;

/** Layers in one frame before a packet that nests without end is given up. */
export const MAX_LAYERS = 128;

/** Thrown by reads past the end; never leaves `call`. Shared objects: throwing must not allocate. */
class OutOfBytes {
  readonly kind: "malformed" | "overrun" | "short" | "unreassembled" | "cut";
  constructor(kind: OutOfBytes["kind"]) {
    this.kind = kind;
  }
}
const MALFORMED = new OutOfBytes("malformed");
const OVERRUN = new OutOfBytes("overrun");
const SHORT = new OutOfBytes("short");
const UNREASSEMBLED = new OutOfBytes("unreassembled");
const CUT = new OutOfBytes("cut");

const SEVERITY_RANK: Readonly<Record<ExpertSeverity, number>> = {
  comment: 1,
  chat: 2,
  note: 3,
  warning: 4,
  error: 5,
};

const capitalised = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** What a capture's dissections share. */
export class CaptureMemory {
  readonly addresses: AddressTable;
  readonly fragments: FragmentTable;
  /** Learnt in pass one, only read afterwards. */
  readonly expectations: Expectations;
  /** Learnt in pass one, only read afterwards. */
  readonly multipath: MultipathTable;
  readonly conversations: Conversations;
  /** True for the pass that numbers conversations and datagrams; later passes find them by these numbers. */
  readonly indexing: boolean;
  /** Pass one: where what TCP headers are read with is noted for the index; null for nowhere. */
  streamNotes: StreamNotes | null = null;
  /** Called when a protocol asks for the capture's state; null when anyone may. */
  onState: (() => void) | null = null;
  /** Pass one: called when something is to be remembered that goes by numbers of conversations. */
  onNumbered: (() => void) | null = null;
  /** Pass one: called with two address ids when something of their packets is to be remembered for the first time. */
  onPair: ((src: number, dst: number) => void) | null = null;
  /** Pass one: called with a conversation, and how many packets it has, at times when its state may be saved. */
  onMilestone: ((conversation: Conversation, packets: number) => void) | null = null;
  readonly #state: Map<Protocol, unknown>;

  /**
   * A new capture's memory; or, given that of a pass that went before, the same addresses and datagrams with other
   * conversations.
   * @param learnt "learnt" to share what the earlier pass's protocols learnt, "afresh" to let a new pass learn it
   *   for itself, "again" for another pass one in place of the earlier
   */
  constructor(
    conversations: Conversations = new ConversationTable(),
    earlier?: CaptureMemory,
    learnt: "learnt" | "afresh" | "again" = "learnt",
  ) {
    this.conversations = conversations;
    this.indexing = earlier === undefined || learnt === "again";
    this.addresses = earlier?.addresses ?? new AddressTable();
    this.fragments = earlier?.fragments ?? new FragmentTable();
    this.expectations = earlier?.expectations ?? new Expectations();
    this.multipath = earlier?.multipath ?? new MultipathTable();
    this.#state = earlier !== undefined && learnt !== "afresh" ? earlier.#state : new Map();
  }

  /**
   * What `protocol` remembers of the whole capture, for findings that belong to no conversation; made by `make`
   * when it is first asked for. Learnt in pass one, only read afterwards.
   */
  state<T>(protocol: Protocol, make: () => T): T {
    this.onState?.();
    let state = this.#state.get(protocol) as T | undefined;
    if (state === undefined) {
      state = make();
      this.#state.set(protocol, state);
    }
    return state;
  }

  /** Forgets what protocols learnt of the whole capture, for a pass that learns it again. */
  forgetState(): void {
    this.expectations.forget();
    this.multipath.forget();
    this.#state.clear();
  }
}

/** Gives the bytes of any frame of the capture, for reassembly. */
export type FrameBytes = (frame: number) => Uint8Array | undefined;

/** Bytes the tree can point into. */
export interface ByteSourceEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A point in time: whole seconds since 1970 UTC and nanoseconds. */
export interface Time {
  readonly sec: number;
  readonly nsec: number;
}

/** What a frame's own layer says of its surroundings; null where there is nothing before it. */
export interface FrameContext {
  /** Time of the capture's first frame, of the frame before, and of the displayed frame before. */
  first: Time | null;
  previous: Time | null;
  previousDisplayed: Time | null;
  interfaceName: string | null;
  interfaceDescription: string | null;
  /** Packet comments of the capture file. */
  comments: readonly string[];
  /** What else the capture file's record says; null for nothing. */
  record: RecordFacts | null;
  /** Length of the frame check sequence the capture file declares for the interface, in bytes. */
  fcsLength: number | null;
  section: number;
}

/** Options of a packet's record in the capture file (pcapng 4.3), undefined where it has none of the kind. */
export interface RecordFacts {
  /** epb_flags: direction in bits 0-1, reception 2-4, FCS length 5-8, link-layer errors 16-31. */
  readonly flags: number | undefined;
  readonly dropCount: number | undefined;
  readonly queue: number | undefined;
  readonly packetId: bigint | undefined;
  /** Type 0 = hardware, 1 = Linux eBPF TC, 2 = Linux eBPF XDP: those of Linux are 64-bit numbers. */
  readonly verdicts: readonly { readonly type: number; readonly value: Uint8Array | bigint }[];
}

/** The facts of a frame that the capture file gives. */
export interface FrameFacts {
  number: number;
  len: number;
  capLen: number;
  sec: number;
  nsec: number;
  iface: number;
  linkType: number;
}

/** Dissections begun so far in this thread. */
let begun = 0;

export class Dissection {
  /** Different for every dissection of a frame, also for another one of the same frame. */
  serial = 0;
  // ---- the frame
  frame = 0;
  len = 0;
  capLen = 0;
  sec = 0;
  nsec = 0;
  iface = 0;
  linkType = 0;

  /** Set by who runs the dissection, before `begin`; only looked at while building. */
  context: FrameContext = NO_CONTEXT;

  // ---- the cursor
  buf: Uint8Array = EMPTY;
  /** Next byte to read. */
  pos = 0;
  /** Behind the last captured byte of the present layer. */
  end = 0;
  /** Behind the last byte the layer had on the wire; more than `end` when the snapshot length cut it. */
  wireEnd = 0;
  /** Index in `buf` of offset 0 of the present byte source. */
  base = 0;
  /** Bytes at the frame's beginning that came from the capturing system and are no part of the packet. */
  lead = 0;
  /** Number of the present byte source; 0 is the frame. */
  source = 0;
  /** True while the bytes are one piece of a larger PDU, so that running out of them is no error of the packet. */
  fragment = false;
  /** True while the bytes are the beginning of a PDU that goes on in packets which are not put together. */
  cutPdu = false;
  /**
   * True when the layer below puts together PDUs that span its packets, so that `wantMore` may be called.
   * Holds for the layer that `callSegment` called only, not for those it calls in turn.
   */
  canDesegment = false;
  #offered = false;
  #streamNode: Node | null = null;
  /** What `wantMore` asked for; -1 for nothing. Read and cleared by the layer below. */
  desegmentAt = -1;
  desegmentMore = 0;
  desegmentEarly = false;
  /** True when the sender closes its stream with the present segment. */
  streamEnds = false;
  #withdrawn = false;
  #instead: Protocol | null = null;
  /** True when the layer called last withdrew, and none was called instead. */
  tookBack = false;
  /**
   * Where the innermost network layer says the packet ends; bytes of the link layer behind it are its trailer.
   * -1 while nothing said so.
   */
  payloadEnd = -1;

  // ---- what is kept
  mode: Mode = MODE_INDEX;
  /** True when anything at all is kept of fields. Guard for work done only for fields. */
  building = false;
  /** True when a tree with its labels is built. Guard for labels, suffixes and text lines. */
  labels = false;
  /** True when columns are wanted. Guard for every info text. */
  columns = false;
  /** By field id: the fields kept in MODE_FIELDS. */
  wanted: Uint8Array = EMPTY;
  /** The mode asked for; `mode` is INDEX within layers that hold no wanted field. */
  #asked: Mode = MODE_INDEX;
  /** By protocol id: 1 for the layers in which wanted fields can be; null when they can be in any. */
  #holders: Uint8Array | null = null;
  /** Found fields in order (MODE_FIELDS). */
  found: Node[] = [];
  /** The tree's top level (MODE_TREE). */
  roots: Node[] = [];
  /** The last added node. */
  last: Node | null = null;
  #sources: ByteSourceEntry[] = [];
  #frameBuf: Uint8Array = EMPTY;
  #frameAt = 0;
  #parent: Node | null = null;
  /** Node under which protocols' nodes go; null for the top level. */
  #tree: Node | null = null;

  // ---- layers
  /** Ids of the protocols in the order they were called. */
  readonly chain = new Uint16Array(MAX_LAYERS);
  chainLength = 0;
  /** By layer: where its bytes end in its byte source, its payload included. Kept while building. */
  readonly layerEnds = new Int32Array(MAX_LAYERS);
  /** For each layer of the frame 1 when it belongs to a packet that a message about an error quotes, else 0. */
  readonly layerQuoted = new Uint8Array(MAX_LAYERS);
  #layer = 0;
  #layerNode: Node | null = null;
  #layerEnd = -1;
  protocol: Protocol | null = null;

  // ---- columns
  info = "";
  /** Characters at the beginning of `info` that `setInfo` leaves alone. */
  #infoFence = 0;
  protocolColumn = "";
  /** Above 0 while a packet quoted inside another is dissected: columns and addresses stay as they are. */
  #quoted = 0;

  // ---- addresses and conversations
  readonly memory: CaptureMemory;
  readonly frameBytes: FrameBytes;
  #srcKind = 0;
  #srcBuf: Uint8Array = EMPTY;
  #srcAt = 0;
  #srcLength = 0;
  #dstKind = 0;
  #dstBuf: Uint8Array = EMPTY;
  #dstAt = 0;
  #dstLength = 0;
  #srcId = -1;
  #dstId = -1;
  srcPort = 0;
  dstPort = 0;
  /** The innermost conversation so far. */
  conversation: Conversation | null = null;
  /** 0 when the present packet goes from the conversation's endpoint A to B, 1 the other way. */
  direction: 0 | 1 = 0;
  /** The frame's conversations, in the order they were asked for: the first `refCount` entries. */
  readonly refs = new Uint32Array(MAX_REFS);
  refCount = 0;
  /**
   * True when this is the frame's first dissection with these conversations, in the order of the capture:
   * the time to learn. When false, what was learnt is to be recalled, never learnt again.
   */
  first = true;
  /** True when what is learnt of single frames is to be kept for later dissections. */
  keep = true;
  /** Findings about the frame's place in its TCP stream: bits of tcp-analysis.ts. */
  analysis = 0;
  /** What pass one notes of the frame: bits of frame-marks.ts. */
  marks = 0;
  /** Flags of the innermost TCP header. */
  tcpFlags = 0;
  /** Protocols called at most; beyond it `call` does nothing. For who needs the outer layers only. */
  maxLayers = MAX_LAYERS;
  /** What was learnt of the present frame while nothing is kept. */
  readonly #fresh: {
    readonly conversation: Conversation;
    readonly protocol: Protocol;
    readonly key: number;
    readonly value: unknown;
  }[] = [];
  /** The gravest expert information of the frame. */
  worst: ExpertSeverity | null = null;

  constructor(memory: CaptureMemory, frameBytes: FrameBytes) {
    this.memory = memory;
    this.frameBytes = frameBytes;
  }

  /**
   * Sets what is kept of the dissections to come.
   * @param columns true when Protocol and Info are wanted
   * @param wanted FIELDS: by field id, 1 for those kept
   * @param holders FIELDS: by protocol id, 1 for the layers in which wanted fields can be; null for any
   */
  setMode(mode: Mode, columns: boolean, wanted: Uint8Array = EMPTY, holders: Uint8Array | null = null): void {
    this.#asked = mode;
    this.#holders = mode === MODE_FIELDS ? holders : null;
    this.#keepWithin(mode);
    this.labels = mode === MODE_TREE;
    this.columns = columns;
    if (wanted !== this.wanted) {
      this.wanted = wanted;
      this.#wantedOf.clear();
    }
  }

  /** What is kept from here on, inside one layer. */
  #keepWithin(mode: Mode): void {
    this.mode = mode;
    this.building = mode !== MODE_INDEX;
  }

  readonly #wantedOf = new Map<Protocol | readonly Field[], boolean>();

  /** True when any field of the protocol, or the protocol itself, would be kept. */
  wantsOf(protocol: Protocol): boolean {
    if (this.mode !== MODE_FIELDS) return this.mode === MODE_TREE;
    let wants = this.#wantedOf.get(protocol);
    if (wants === undefined) {
      wants = this.wants(protocol.field) || protocol.fields.some((field) => this.wants(field));
      this.#wantedOf.set(protocol, wants);
    }
    return wants;
  }

  /**
   * Begins a frame: its captured bytes are `buf[at .. at + facts.capLen)`. Call a protocol next.
   */
  begin(buf: Uint8Array, at: number, facts: FrameFacts): void {
    this.serial = ++begun;
    this.frame = facts.number;
    this.len = facts.len;
    this.capLen = facts.capLen;
    this.sec = facts.sec;
    this.nsec = facts.nsec;
    this.iface = facts.iface;
    this.linkType = facts.linkType;
    this.buf = buf;
    this.base = at;
    this.pos = at;
    this.end = at + facts.capLen;
    this.wireEnd = at + Math.max(facts.len, facts.capLen);
    this.lead = 0;
    this.source = 0;
    this.fragment = false;
    this.cutPdu = false;
    this.canDesegment = false;
    this.#offered = false;
    this.desegmentAt = -1;
    this.streamEnds = false;
    this.payloadEnd = -1;
    this.chainLength = 0;
    this.#layer = 0;
    this.#layerNode = null;
    this.#streamNode = null;
    this.protocol = null;
    this.info = "";
    this.#infoFence = 0;
    this.analysis = 0;
    this.marks = 0;
    this.tcpFlags = 0;
    this.protocolColumn = "";
    this.#quoted = 0;
    this.#srcKind = 0;
    this.#dstKind = 0;
    this.#srcId = -1;
    this.#dstId = -1;
    this.srcPort = 0;
    this.dstPort = 0;
    this.conversation = null;
    this.direction = 0;
    this.refCount = 0;
    if (this.#fresh.length > 0) this.#fresh.length = 0;
    this.worst = null;
    this.#parent = null;
    this.#tree = null;
    this.last = null;
    if (this.#holders !== null) this.#keepWithin(this.#asked);
    if (this.found.length > 0) this.found = [];
    if (this.roots.length > 0) this.roots = [];
    if (this.#sources.length > 0) this.#sources = [];
    this.#frameBuf = buf;
    this.#frameAt = at;
  }

  // ------------------------------------------------------------------ bounds

  /** Bytes left in the layer. */
  get remaining(): number {
    return this.end - this.pos;
  }

  /** Bytes the rest of the layer had on the wire. */
  get wireRemaining(): number {
    return this.wireEnd - this.pos;
  }

  /** Offset of a place in `buf` in the present byte source, as Wireshark counts it. */
  offset(at: number): number {
    return at - this.base;
  }

  /** Ends the layer here unless `n` more bytes are there. */
  need(n: number): void {
    if (this.pos + n > this.end || n < 0) this.outOfBytes(this.pos, n);
  }

  /** Ends the layer here unless `buf[at .. at + n)` lies before its end. */
  needAt(at: number, n: number): void {
    if (at + n > this.end || n < 0 || at < this.base) this.outOfBytes(at, n);
  }

  /** Ends the layer as malformed, for contents that cannot be. */
  malformed(): never {
    throw MALFORMED;
  }

  /** Ends the layer as malformed: a length field reaches beyond what holds the field. */
  overrun(): never {
    throw OVERRUN;
  }

  private outOfBytes(at: number, n: number): never {
    if (n >= 0 && at >= this.base && at + n <= this.wireEnd) throw SHORT;
    if (this.cutPdu) throw CUT;
    throw this.fragment ? UNREASSEMBLED : MALFORMED;
  }

  /** The rest of the layer is at most `n` bytes long (a length field said so). */
  limit(n: number): void {
    const wireEnd = this.pos + n;
    if (wireEnd < this.wireEnd) this.wireEnd = wireEnd;
    if (this.wireEnd < this.end) this.end = this.wireEnd;
  }

  /**
   * Asks the stream below for more bytes: the PDU that begins at `at` (index into `buf`) is not whole.
   * The dissector returns after it and is called again, from that byte on, when they have come.
   * @param more how many are missing, or ONE_MORE_SEGMENT, or UNTIL_END
   * @param early true to be called again before all of them are there, now and then as more come: for a protocol
   *   that finds out by what follows that it was wrong about the number
   */
  wantMore(at: number, more: number, early = false): void {
    this.desegmentAt = at;
    this.desegmentMore = more;
    this.desegmentEarly = early;
  }

  // ------------------------------------------------------------------ reading without adding

  /** Unsigned integers, big-endian unless named le, at `pos + ahead`; nothing is consumed. */
  peek8(ahead = 0): number {
    this.needAt(this.pos + ahead, 1);
    return this.buf[this.pos + ahead];
  }
  peek16(ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, 2);
    return (this.buf[at] << 8) | this.buf[at + 1];
  }
  peek24(ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, 3);
    return (this.buf[at] << 16) | (this.buf[at + 1] << 8) | this.buf[at + 2];
  }
  peek32(ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, 4);
    const b = this.buf;
    return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
  }
  peek16le(ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, 2);
    return this.buf[at] | (this.buf[at + 1] << 8);
  }
  peek32le(ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, 4);
    const b = this.buf;
    return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
  }
  /** Big-endian unsigned integer of `n` bytes (1 to 6). */
  peekUint(n: number, ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, n);
    let value = 0;
    for (let i = 0; i < n; i++) value = value * 256 + this.buf[at + i];
    return value;
  }
  /** Little-endian unsigned integer of `n` bytes (1 to 6). */
  peekUintLe(n: number, ahead = 0): number {
    const at = this.pos + ahead;
    this.needAt(at, n);
    let value = 0;
    for (let i = n - 1; i >= 0; i--) value = value * 256 + this.buf[at + i];
    return value;
  }
  peek64(ahead = 0): bigint {
    return (BigInt(this.peek32(ahead)) << 32n) | BigInt(this.peek32(ahead + 4));
  }
  /** The bytes `buf[pos + ahead ..]`, a view. */
  peekBytes(n: number, ahead = 0): Uint8Array {
    this.needAt(this.pos + ahead, n);
    return this.buf.subarray(this.pos + ahead, this.pos + ahead + n);
  }
  skip(n: number): void {
    this.need(n);
    this.pos += n;
  }

  // ------------------------------------------------------------------ reading and adding

  /** Reads an unsigned integer at the cursor, adds it as `field`, moves on. Fields with a mask: see `bits`. */
  u8(field: Field): number {
    this.need(1);
    const value = this.buf[this.pos++];
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 1, 1, value);
    return value;
  }
  u16(field: Field): number {
    const value = this.peek16();
    this.pos += 2;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 2, 2, value);
    return value;
  }
  u24(field: Field): number {
    const value = this.peek24();
    this.pos += 3;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 3, 3, value);
    return value;
  }
  u32(field: Field): number {
    const value = this.peek32();
    this.pos += 4;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 4, 4, value);
    return value;
  }
  u64(field: Field): bigint {
    const value = this.peek64();
    this.pos += 8;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 8, 8, value);
    return value;
  }
  u16le(field: Field): number {
    const value = this.peek16le();
    this.pos += 2;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 2, 2, value);
    return value;
  }
  u32le(field: Field): number {
    const value = this.peek32le();
    this.pos += 4;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 4, 4, value);
    return value;
  }
  u64le(field: Field): bigint {
    const value = (BigInt(this.peek32le(4)) << 32n) | BigInt(this.peek32le(0));
    this.pos += 8;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - 8, 8, value);
    return value;
  }
  /** Big-endian unsigned integer of `n` bytes (1 to 6). */
  uint(field: Field, n: number): number {
    const value = this.peekUint(n);
    this.pos += n;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - n, n, value);
    return value;
  }
  /** Big-endian two's complement integer of `n` bytes (1 to 4). */
  int(field: Field, n: number): number {
    const raw = this.peekUint(n);
    const value = raw >= 2 ** (8 * n - 1) ? raw - 2 ** (8 * n) : raw;
    this.pos += n;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - n, n, value);
    return value;
  }
  ipv4(field: Field): number {
    return this.u32(field);
  }
  ipv6(field: Field): void {
    this.bytes(field, 16);
  }
  ether(field: Field): void {
    this.bytes(field, 6);
  }
  /** `n` bytes as they are. */
  bytes(field: Field, n: number): void {
    this.need(n);
    this.pos += n;
    if (this.mode !== MODE_INDEX) this.add(field, this.pos - n, n, this.buf.subarray(this.pos - n, this.pos));
  }
  /** Text of `n` bytes; a NUL ends the value, and what follows it is pointed out. "" in INDEX mode unless `always`. */
  str(field: Field, n: number, encoding: TextEncoding = "utf-8", always = false): string {
    this.need(n);
    const start = this.pos;
    this.pos += n;
    const hasStray =
      field.type === "FT_STRING" &&
      (encoding === "utf-8" || encoding === "ascii") &&
      hasStrayCharacters(this.buf, start, this.pos);
    if (this.mode === MODE_INDEX && !always && !this.columns) {
      if (hasStray) this.expert(strayCharacters);
      return "";
    }
    const value = decodeText(this.buf, start, this.pos, encoding);
    if (this.mode !== MODE_INDEX) this.add(field, start, n, value);
    if (hasStray) this.expert(strayCharacters);
    return value;
  }
  /** Text up to and with a NUL. */
  strz(field: Field, encoding: TextEncoding = "utf-8"): string {
    const stop = this.buf.indexOf(0, this.pos);
    if (stop === -1 || stop >= this.end) this.outOfBytes(this.end, 1);
    const at = this.pos;
    this.pos = stop + 1;
    const value = decodeText(this.buf, at, stop, encoding);
    if (this.mode !== MODE_INDEX) this.add(field, at, stop + 1 - at, value);
    return value;
  }

  /**
   * A field that is some bits of the big-endian integer of `n` bytes at `at`. The cursor stays.
   * Returns the masked, shifted-down value (booleans: 0 or 1).
   */
  bits(field: Field, at: number, n: number): number {
    this.needAt(at, n);
    let raw = 0;
    for (let i = 0; i < n; i++) raw = raw * 256 + this.buf[at + i];
    return this.#masked(field, at, n, raw);
  }
  /** The same for a little-endian integer. */
  bitsLe(field: Field, at: number, n: number): number {
    this.needAt(at, n);
    let raw = 0;
    for (let i = n - 1; i >= 0; i--) raw = raw * 256 + this.buf[at + i];
    return this.#masked(field, at, n, raw);
  }
  #masked(field: Field, at: number, n: number, raw: number): number {
    let value: number;
    if (raw <= 0xffff_ffff && field.mask <= 0xffff_ffff) value = ((raw & field.mask) >>> 0) >>> field.shift;
    else value = Number((BigInt(raw) & field.mask64) >> BigInt(field.shift));
    if (field.type === "FT_BOOLEAN") value = value !== 0 ? 1 : 0;
    if (this.mode !== MODE_INDEX) this.add(field, at, n, value);
    return value;
  }

  /**
   * An integer of `n` bytes with a subtree of its bit fields; moves on behind it. Returns the whole integer
   * (masked and shifted when `field` has a mask).
   */
  bitset(field: Field, n: number, members: readonly Field[]): number {
    return this.#bitset(field, n, members, this.peekUint(n));
  }
  bitsetLe(field: Field, n: number, members: readonly Field[]): number {
    return this.#bitset(field, n, members, this.peekUintLe(n));
  }
  #bitset(field: Field, n: number, members: readonly Field[], raw: number): number {
    const at = this.pos;
    this.pos += n;
    if (this.mode === MODE_INDEX) {
      return field.mask === 0 ? raw : ((raw & field.mask) >>> 0) >>> field.shift;
    }
    let value = raw;
    if (field.mask !== 0) value = this.#masked(field, at, n, raw);
    else this.add(field, at, n, raw);
    const top = this.last;
    this.#push(top);
    for (const member of members) this.#masked(member, at, n, raw);
    this.#pop(top);
    this.last = top;
    return value;
  }

  /**
   * True when any field of a list, or an expert info, may be kept. Guard for parts of a packet that are costly to
   * dissect.
   * @param list the same object each time
   */
  wantsSome(list: readonly Field[]): boolean {
    if (this.mode !== MODE_FIELDS) return this.mode === MODE_TREE;
    if (this.#holders === null) return true;
    let wants = this.#wantedOf.get(list);
    if (wants === undefined) {
      wants = list.some((field) => this.wants(field));
      this.#wantedOf.set(list, wants);
    }
    return wants;
  }

  // ------------------------------------------------------------------ adding

  /**
   * Adds a field whose value the dissector worked out.
   * @param at index in `buf` of its first byte; with `length` what is highlighted
   */
  add(field: Field, at: number, length: number, value: Value, flags = 0): void {
    if (this.mode === MODE_INDEX) return;
    if (this.mode === MODE_FIELDS) {
      if (this.wanted[field.id] !== 1) return;
      const node = new Node(field, this.source, at - this.base, length, value, flags, this.#layer, null);
      this.last = node;
      this.found.push(node);
      return;
    }
    const parent = this.#parent;
    const node = new Node(field, this.source, at - this.base, length, value, flags, this.#layer, parent);
    this.last = node;
    if (parent === null) this.roots.push(node);
    else if (parent.children === null) parent.children = [node];
    else parent.children.push(node);
  }

  /** True when the field would be kept. Guard for values that are costly to work out. */
  wants(field: Field): boolean {
    return this.mode === MODE_TREE || (this.mode === MODE_FIELDS && this.wanted[field.id] === 1);
  }

  /** True when the texts of expert infos are kept. Guard for texts that are costly to make. */
  get wantsMessages(): boolean {
    return this.wants(expertFields.message);
  }

  /** Adds a field that is not in the packet but follows from it; shown in brackets. */
  generated(field: Field, at: number, length: number, value: Value): void {
    if (this.mode !== MODE_INDEX) this.add(field, at, length, value, GENERATED);
  }

  /** Adds a field that can be filtered for but is not shown (`ip.addr`, `tcp.port`). */
  hidden(field: Field, at: number, length: number, value: Value): void {
    if (this.mode !== MODE_INDEX) this.add(field, at, length, value, HIDDEN);
  }

  /** Adds a line that is text only. */
  text(at: number, length: number, label: string): void {
    if (this.mode !== MODE_TREE) return;
    this.add(TEXT, at, length, null);
    this.last!.label = label;
  }

  /** Adds a field and puts what follows below it, until `close`. */
  open(field: Field, at: number, length: number, value: Value = null, flags = 0): void {
    if (this.mode === MODE_INDEX) return;
    this.add(field, at, length, value, flags);
    if (this.mode === MODE_TREE) this.#parent = this.last;
  }

  /** Adds a line of text and puts what follows below it, until `close`. */
  openText(at: number, length: number, label: string, flags = 0): void {
    if (this.mode !== MODE_TREE) return;
    this.text(at, length, label);
    this.last!.flags |= flags;
    this.#parent = this.last;
  }

  /** Puts what follows below the last added node, until `close`. */
  openLast(): void {
    if (this.mode === MODE_TREE) this.#parent = this.last;
  }

  /** Ends `open`; with `end` (an index into `buf`) the node reaches up to there. */
  close(end?: number): void {
    if (this.mode !== MODE_TREE) return;
    const node = this.#parent;
    if (node === null) return;
    if (end !== undefined) node.length = end - this.base - node.offset;
    this.#parent = node.parent;
    this.last = node;
  }

  /** The node that `open` made and `close` will end; null outside TREE mode. */
  get parent(): Node | null {
    return this.#parent;
  }

  /** Appends to the label of the last added node. Guard with `labels` when the text is costly. */
  append(text: string): void {
    if (this.mode === MODE_TREE && this.last !== null) this.last.suffix += text;
  }
  /** Appends to the label of the node opened last. */
  appendParent(text: string): void {
    if (this.mode === MODE_TREE && this.#parent !== null) this.#parent.suffix += text;
  }
  /** Appends to the layer's own line. */
  appendLayer(text: string): void {
    if (this.#layerNode !== null) this.#layerNode.suffix += text;
  }
  /** Replaces the label of the last added node. */
  relabel(text: string): void {
    if (this.mode === MODE_TREE && this.last !== null) this.last.label = text;
  }
  /** Makes `parent`, as it was before, the present one again: something below it ended early. */
  resume(parent: Node | null): void {
    this.#parent = parent;
  }
  /** Replaces the label of the node opened last. */
  relabelParent(text: string): void {
    if (this.mode === MODE_TREE && this.#parent !== null) this.#parent.label = text;
  }
  /** Replaces the layer's own line. */
  relabelLayer(text: string): void {
    if (this.#layerNode !== null) this.#layerNode.label = text;
  }

  /** Adds expert information below the last added node. */
  expert(expert: Expert, message: string = expert.message): void {
    if (this.worst === null || SEVERITY_RANK[expert.severity] > SEVERITY_RANK[this.worst]) {
      this.worst = expert.severity;
    }
    if (this.mode === MODE_INDEX) return;
    const below = this.last;
    const parent = this.#parent;
    this.#push(below);
    this.add(expertFields.expert, this.pos, 0, null, GENERATED);
    const line = this.last;
    if (this.mode === MODE_TREE && line !== null) {
      line.expert = expert;
      line.label = `Expert Info (${capitalised(expert.severity)}/${expert.group}): ${message}`;
      this.#push(line);
    }
    this.add(expert.field, this.pos, 0, null, GENERATED);
    if (this.mode === MODE_TREE) this.last!.label = message;
    this.add(expertFields.message, this.pos, 0, message, GENERATED | HIDDEN);
    this.add(expertFields.severity, this.pos, 0, severityCode(expert.severity), GENERATED);
    this.add(expertFields.group, this.pos, 0, groupCode(expert.group), GENERATED);
    // A packet with such an item is found by `_ws.malformed`, as one of which a layer ended early.
    if (expert.group === "Malformed") {
      this.#parent = parent;
      this.#push(below);
      this.add(malformed, this.pos, 0, null, HIDDEN);
    }
    this.#parent = parent;
    this.last = below;
  }

  #push(node: Node | null): void {
    if (this.mode === MODE_TREE) this.#parent = node;
  }
  #pop(node: Node | null): void {
    if (this.mode === MODE_TREE) this.#parent = node === null ? null : node.parent;
  }

  // ------------------------------------------------------------------ layers

  /** Where the present layer's line ends, when it is not where the cursor stands at its hand-over or end. */
  layerEnd(at: number): void {
    this.#layerEnd = at;
  }

  /**
   * Hands the bytes from `pos` to `end` to another protocol. Afterwards the cursor, the ends and the tree are as
   * before. Returns false when that layer ended early, or packets nest beyond MAX_LAYERS.
   */
  call(protocol: Protocol): boolean {
    if (this.chainLength >= this.maxLayers) return this.maxLayers < MAX_LAYERS;
    this.#endLayerNode();
    const pos = this.pos;
    const end = this.end;
    const wireEnd = this.wireEnd;
    const parent = this.#parent;
    const layer = this.#layer;
    const layerNode = this.#layerNode;
    const layerEnd = this.#layerEnd;
    const outer = this.protocol;
    const fragment = this.fragment;
    const cutPdu = this.cutPdu;
    const buf = this.buf;
    const base = this.base;
    const source = this.source;
    const canDesegment = this.canDesegment;
    this.canDesegment = this.#offered;
    this.#offered = false;
    const steps = this.chainLength;
    const column = this.protocolColumn;

    this.chain[this.chainLength++] = protocol.id;
    this.#layer = this.chainLength - 1;
    this.layerQuoted[this.#layer] = this.#quoted;
    this.#layerEnd = -1;
    this.protocol = protocol;
    if (this.columns && !protocol.quiet && this.#quoted === 0) this.protocolColumn = protocol.short;
    const mode = this.mode;
    if (this.#holders !== null) this.#keepWithin(this.#holders[protocol.id] === 1 ? this.#asked : MODE_INDEX);
    if (this.mode !== MODE_INDEX) {
      this.#parent = this.#tree;
      this.#layerNode = null;
      if (!protocol.invisible) {
        this.add(protocol.field, pos, end - pos, null);
        if (this.mode === MODE_TREE) this.#parent = this.last;
        if (this.mode === MODE_TREE || this.wanted[protocol.field.id] === 1) this.#layerNode = this.last;
      }
    }
    let whole = true;
    let passed: unknown = null;
    try {
      protocol.dissect(this);
      this.#endLayerNode();
    } catch (signal) {
      whole = false;
      if (this.#quoted > 0 && signal instanceof OutOfBytes) passed = signal;
      else this.#mark(signal, protocol);
    }
    if (this.building) {
      this.layerEnds[this.#layer] = (this.buf === buf ? this.end : end) - base;
    }
    this.pos = pos;
    this.end = end;
    this.wireEnd = wireEnd;
    this.#parent = parent;
    this.#layer = layer;
    this.#layerNode = layerNode;
    this.#layerEnd = layerEnd;
    this.protocol = outer;
    this.fragment = fragment;
    this.cutPdu = cutPdu;
    this.buf = buf;
    this.base = base;
    this.source = source;
    this.canDesegment = canDesegment;
    if (this.#holders !== null) this.#keepWithin(mode);
    this.tookBack = this.#withdrawn;
    if (this.#withdrawn) {
      this.#withdrawn = false;
      this.chainLength = steps;
      this.protocolColumn = column;
      const instead = this.#instead;
      this.#instead = null;
      if (instead !== null) return this.call(instead);
    }
    // A quoted packet is cut off by nature, which is not worth a mark; where the capture ends is.
    if (passed !== null && passed !== MALFORMED) throw passed;
    return whole;
  }

  /**
   * Hands a piece of a stream over, with the offer to put together PDUs that span pieces: after it
   * `desegmentAt` tells whether the protocol wants more bytes. One that wanted them from the first byte on is
   * taken back, as if it had not been called, unless its line is there early.
   * @param bytes put-together bytes to hand over instead of those from `pos` to `end`, or null
   * @param name of these bytes as a source of the tree
   * @param offer false when no more bytes will come
   */
  callSegment(protocol: Protocol, bytes: Uint8Array | null, name: string, offer = true): boolean {
    const { chainLength, protocolColumn, worst, last } = this;
    this.#streamNode = this.#layerNode;
    const lines = this.#tree === null ? this.roots.length : (this.#tree.children?.length ?? 0);
    const found = this.found.length;
    const sources = this.#sources.length;
    const start = bytes === null ? this.pos : 0;
    this.desegmentAt = -1;
    this.#offered = offer;
    const whole = bytes === null ? this.call(protocol) : this.callOn(protocol, name, bytes);
    this.#offered = false;
    if (!whole) this.desegmentAt = -1;
    if (this.desegmentAt !== start || protocol.early) return whole;
    this.chainLength = chainLength;
    this.protocolColumn = protocolColumn;
    this.worst = worst;
    this.last = last;
    if (this.building) {
      const list = this.#tree === null ? this.roots : this.#tree.children;
      if (list !== null) list.length = lines;
      this.found.length = found;
      this.#sources.length = sources;
    }
    return whole;
  }

  /** Hands over like `call`, the offer to the present layer to put together PDUs included. */
  callThrough(protocol: Protocol): boolean {
    this.#offered = this.canDesegment;
    const whole = this.call(protocol);
    this.#offered = false;
    if (!whole) this.desegmentAt = -1;
    return whole;
  }

  /**
   * Dissects one of several PDUs of the present protocol, `pos` to `end`: no step of the protocol chain. Running out
   * of bytes marks the layer and ends this PDU only.
   * @param again true for a line of its own beside the layer's
   */
  onePdu(dissect: (d: Dissection) => void, again: boolean): void {
    const { pos, end, wireEnd, fragment, cutPdu, canDesegment, buf, base, source } = this;
    const parent = this.#parent;
    const layerNode = this.#layerNode;
    const layerEnd = this.#layerEnd;
    const protocol = this.protocol!;
    if (!again) {
      if (layerNode !== null && layerNode.source === source) layerNode.length = end - base - layerNode.offset;
    } else {
      this.#endLayerNode();
      this.#layerNode = null;
      this.#layerEnd = -1;
      this.#parent = this.#tree;
      if (this.building) {
        this.add(protocol.field, pos, end - pos, null);
        if (this.mode === MODE_TREE) this.#parent = this.last;
        if (this.mode === MODE_TREE || this.wanted[protocol.field.id] === 1) this.#layerNode = this.last;
      }
    }
    let passed: unknown = null;
    try {
      dissect(this);
      this.#endLayerNode();
    } catch (signal) {
      if (this.#quoted > 0 && signal instanceof OutOfBytes) passed = signal;
      else this.#mark(signal, protocol);
    }
    this.pos = pos;
    this.end = end;
    this.wireEnd = wireEnd;
    this.fragment = fragment;
    this.cutPdu = cutPdu;
    this.canDesegment = canDesegment;
    this.buf = buf;
    this.base = base;
    this.source = source;
    this.protocol = protocol;
    this.#parent = parent;
    if (again) {
      this.#layerNode = layerNode;
      this.#layerEnd = layerEnd;
    }
    if (passed !== null && passed !== MALFORMED) throw passed;
  }

  /** The same with the PDU of `length` bytes at the cursor, and goes on behind it. */
  sizedPdu(length: number, dissect: (d: Dissection) => void, again: boolean): void {
    const { pos, end, wireEnd } = this;
    this.end = Math.min(end, pos + length);
    this.wireEnd = Math.min(wireEnd, pos + length);
    this.onePdu(dissect, again);
    this.end = end;
    this.wireEnd = wireEnd;
    this.pos = Math.min(end, pos + length);
  }

  /** Adds a field to the layer that offered to put PDUs together, from within the one that was offered it. */
  addToStream(field: Field, at: number, length: number, value: Value): void {
    const { last } = this;
    const parent = this.#parent;
    this.#parent = this.#streamNode;
    this.add(field, at, length, value, GENERATED);
    this.#parent = parent;
    this.last = last;
  }

  /** Adds a field behind the present layer's line instead of below it. */
  addBehind(field: Field, at: number, length: number, value: Value, flags = 0): void {
    const parent = this.#parent;
    this.#parent = this.#tree;
    this.add(field, at, length, value, flags);
    this.#parent = parent;
  }

  /**
   * Adds a protocol to the frame's chain whose lines stand inside the present layer (an option of TCP that is
   * a protocol of its own).
   */
  include(protocol: Protocol): void {
    if (this.chainLength < MAX_LAYERS) this.chain[this.chainLength++] = protocol.id;
    if (this.columns && this.#quoted === 0) this.protocolColumn = protocol.short;
  }

  /** The same for a part of the present layer, which leaves the columns to it. */
  includeWithin(protocol: Protocol): void {
    if (this.chainLength < MAX_LAYERS) this.chain[this.chainLength++] = protocol.id;
  }

  /**
   * Adds a field right behind the present layer's own line instead of below it, on bytes of another source, and
   * puts what `members` adds below it.
   */
  addBeside(
    field: Field,
    source: number,
    length: number,
    value: Value,
    label: string,
    members: () => void,
  ): void {
    if (this.mode === MODE_INDEX) return;
    const { base, last } = this;
    const own = this.source;
    const parent = this.#parent;
    this.source = source;
    this.base = 0;
    this.#parent = this.#tree;
    this.add(field, 0, length, value, GENERATED);
    if (this.mode === MODE_TREE) {
      const node = this.last!;
      node.label = label;
      const list = this.#tree === null ? this.roots : this.#tree.children!;
      list.pop();
      list.splice(list.indexOf(this.#layerNode!) + 1, 0, node);
      this.#parent = node;
    }
    members();
    this.#parent = parent;
    this.source = own;
    this.base = base;
    this.last = last;
  }

  /**
   * Begins a further line of the present layer beside its own, for a part of the protocol that has a name of its own
   * but is no step of the protocol chain. The layer's own line ends where the cursor stands.
   */
  openBeside(part: Protocol): void {
    this.beside();
    this.open(part.field, this.pos, this.end - this.pos);
  }

  /** Takes the present layer's line away: it only hands over, or is none. Not once anything stands below it. */
  unlist(): void {
    const node = this.#layerNode;
    if (node === null || node.children !== null) return;
    const list =
      this.mode === MODE_TREE ? (this.#tree === null ? this.roots : this.#tree.children!) : this.found;
    if (list[list.length - 1] !== node) return;
    list.pop();
    if (this.mode === MODE_TREE) {
      this.#parent = this.#tree;
      this.last = node.parent;
    }
    this.#layerNode = null;
  }

  /**
   * The bytes are not the present layer's after all: it is taken back, as if it had not been called. Add nothing, and
   * return.
   * @param instead is called in its place; null for nothing
   */
  withdraw(instead: Protocol | null): void {
    this.unlist();
    this.#withdrawn = true;
    this.#instead = instead;
  }

  /** What is added from here on stands beside the present layer's own line, which ends where the cursor stands. */
  beside(): void {
    if (this.mode === MODE_INDEX) return;
    this.#endLayerNode();
    this.#layerNode = null;
    this.#parent = this.#tree;
  }

  /** The present layer's line ends where its dissector stands, unless it said otherwise; done once. */
  #endLayerNode(): void {
    const node = this.#layerNode;
    if (node === null || node.source !== this.source) return;
    if (this.#layerEnd === -1) this.#layerEnd = this.pos;
    node.length = this.#layerEnd - this.base - node.offset;
  }

  #mark(signal: unknown, protocol: Protocol): void {
    const inner = this.protocol ?? protocol;
    if (this.mode === MODE_TREE) this.#parent = this.#tree;
    if (!(signal instanceof OutOfBytes)) {
      // A mistake in a dissector must not cost the user the packet.
      this.#markWith(malformed, `[Dissector bug, protocol ${inner.short}: ${String(signal)}]`);
      if (this.columns && this.#quoted === 0) this.info += ` [Dissector bug, protocol ${inner.short}]`;
      this.worst = "error";
      return;
    }
    if (signal.kind === "short") {
      this.#markWith(shortFrame, `[Packet size limited during capture: ${inner.short} truncated]`);
      if (this.columns && this.#quoted === 0) this.info += "[Packet size limited during capture]";
      return;
    }
    if (signal.kind === "unreassembled" || signal.kind === "cut") {
      const bound = signal.kind === "cut";
      this.#markWith(unreassembled, `[${bound ? "BoundError " : ""}Unreassembled Packet: ${inner.short}]`);
      if (this.columns && this.#quoted === 0)
        this.info += `[${bound ? "BoundError" : ""}Unreassembled Packet]`;
      this.expert(unreassembledExpert);
      return;
    }
    // A message about an error quotes only the beginning of a packet.
    if (this.#quoted > 0) return;
    const reason =
      signal.kind === "overrun" ? ": length of contained item exceeds length of containing item" : "";
    this.#markWith(malformed, `[Malformed Packet: ${inner.short}${reason}]`);
    if (this.columns) this.info += `[Malformed Packet${reason}]`;
    if (this.building) this.expert(malformedExpert);
    this.worst = "error";
  }

  #markWith(field: Field, label: string): void {
    if (this.mode === MODE_INDEX) return;
    this.add(field, this.end, 0, null);
    if (this.mode === MODE_TREE) this.last!.label = label;
  }

  /**
   * Dissects a part of the present layer by itself: where it ends early it is marked, and the layer goes on behind it.
   * @returns false when it ended early
   */
  attempt(part: (d: Dissection) => void): boolean {
    const parent = this.#parent;
    try {
      part(this);
      return true;
    } catch (signal) {
      this.#mark(signal, this.protocol!);
      this.#parent = parent;
      return false;
    }
  }

  /** Hands over like `call`, with the protocol's lines below the present layer (a quoted packet). */
  callQuoted(protocol: Protocol): boolean {
    const tree = this.#tree;
    const conversation = this.conversation;
    const direction = this.direction;
    const srcPort = this.srcPort;
    const dstPort = this.dstPort;
    const payloadEnd = this.payloadEnd;
    const srcKind = this.#srcKind;
    const srcBuf = this.#srcBuf;
    const srcAt = this.#srcAt;
    const srcLength = this.#srcLength;
    const dstKind = this.#dstKind;
    const dstBuf = this.#dstBuf;
    const dstAt = this.#dstAt;
    const dstLength = this.#dstLength;
    const srcId = this.#srcId;
    const dstId = this.#dstId;
    this.#tree = this.#layerNode;
    this.#quoted++;
    try {
      return this.call(protocol);
    } finally {
      this.#quoted--;
      this.#tree = tree;
      this.conversation = conversation;
      this.direction = direction;
      this.srcPort = srcPort;
      this.dstPort = dstPort;
      this.payloadEnd = payloadEnd;
      this.#srcKind = srcKind;
      this.#srcBuf = srcBuf;
      this.#srcAt = srcAt;
      this.#srcLength = srcLength;
      this.#dstKind = dstKind;
      this.#dstBuf = dstBuf;
      this.#dstAt = dstAt;
      this.#dstLength = dstLength;
      this.#srcId = srcId;
      this.#dstId = dstId;
    }
  }

  /** Hands over like `call`, with the protocol's lines below the present layer: headers and data that belong to it. */
  callBelow(protocol: Protocol): boolean {
    return this.#callIn(this.#layerNode, protocol);
  }

  /** What `run` hands over to has its lines below the node opened last. */
  underParent(run: () => void): void {
    const tree = this.#tree;
    if (this.#parent !== null) this.#tree = this.#parent;
    try {
      run();
    } finally {
      this.#tree = tree;
    }
  }

  /** Hands over like `call`, with the protocol's lines at the top of the tree, also within a quoted packet. */
  callAtTop(protocol: Protocol): boolean {
    return this.#callIn(null, protocol);
  }

  /** Hands over like `call`, with the protocol's lines below the node opened last. */
  callHere(protocol: Protocol): boolean {
    return this.#callIn(this.#parent, protocol);
  }

  /** Hands over like `call`, with the protocol's lines below `node`, or at the top. */
  #callIn(node: Node | null, protocol: Protocol): boolean {
    const tree = this.#tree;
    this.#tree = node;
    try {
      return this.call(protocol);
    } finally {
      this.#tree = tree;
    }
  }

  /** True while a packet quoted inside another (an ICMP error's) is dissected. */
  get quoted(): boolean {
    return this.#quoted > 0;
  }

  /** Hands over bytes that are not in the frame as they are: reassembled, decompressed, decrypted. */
  callOn(protocol: Protocol, name: string, bytes: Uint8Array): boolean {
    const { buf, pos, end, wireEnd, base, source, fragment, cutPdu } = this;
    this.#endLayerNode();
    this.buf = bytes;
    this.base = 0;
    this.pos = 0;
    this.end = bytes.length;
    this.wireEnd = bytes.length;
    this.fragment = false;
    this.cutPdu = false;
    this.source = this.addSource(name, bytes);
    const whole = this.call(protocol);
    this.buf = buf;
    this.pos = pos;
    this.end = end;
    this.wireEnd = wireEnd;
    this.base = base;
    this.source = source;
    this.fragment = fragment;
    this.cutPdu = cutPdu;
    return whole;
  }

  /** The bytes nodes point into: the frame's first, then those added. */
  get sources(): readonly ByteSourceEntry[] {
    if (this.#sources.length === 0) {
      const bytes = this.#frameBuf.subarray(this.#frameAt, this.#frameAt + this.capLen);
      this.#sources.push({ name: `Frame (${this.capLen} bytes)`, bytes });
    }
    return this.#sources;
  }

  /** Adds bytes the tree can point into ("Reassembled TCP (5120 bytes)"); returns their number. */
  addSource(name: string, bytes: Uint8Array): number {
    if (this.#asked === MODE_INDEX) return 1;
    const number = this.sources.length;
    this.#sources.push({ name, bytes });
    return number;
  }

  /**
   * Dissects with the cursor on other bytes of the same layer (decompressed contents, a reassembled header).
   * Running out of bytes inside ends the layer as anywhere.
   */
  within(name: string, bytes: Uint8Array, dissect: () => void): void {
    const { buf, pos, end, wireEnd, base, source } = this;
    this.buf = bytes;
    this.base = 0;
    this.pos = 0;
    this.end = bytes.length;
    this.wireEnd = bytes.length;
    this.source = this.addSource(name, bytes);
    dissect();
    this.buf = buf;
    this.pos = pos;
    this.end = end;
    this.wireEnd = wireEnd;
    this.base = base;
    this.source = source;
  }

  /** True when the protocol's test accepts the bytes at the cursor. */
  probe(protocol: Protocol): boolean {
    if (protocol.test === undefined) return false;
    const pos = this.pos;
    let accepted = false;
    try {
      accepted = protocol.test(this);
    } catch (signal) {
      if (!(signal instanceof OutOfBytes)) accepted = false;
    }
    this.pos = pos;
    return accepted;
  }

  // ------------------------------------------------------------------ columns

  /** Replaces the info text, but for what is fenced. Guard with `columns`. */
  setInfo(text: string): void {
    if (!this.columns || this.#quoted > 0) return;
    this.info = this.#infoFence === 0 ? text : this.info.slice(0, this.#infoFence) + text;
  }
  /** Puts text before the info text, to stay there whatever is set later. Guard with `columns`. */
  prependInfo(text: string): void {
    if (!this.columns || this.#quoted > 0) return;
    this.info = text + this.info;
    this.#infoFence += text.length;
  }
  /** What the info text says so far stays, whatever is set later. */
  fenceInfo(): void {
    this.#infoFence = this.info.length;
  }
  /** Appends to the info text, behind `separator` when there is any. Guard with `columns`. */
  addInfo(text: string, separator = ""): void {
    if (!this.columns || this.#quoted > 0) return;
    if (this.info.length >= INFO_LIMIT) return;
    this.info = this.info === "" ? text : this.info + separator + text;
    if (this.info.length > INFO_LIMIT) this.info = this.info.slice(0, INFO_LIMIT);
  }
  /** Replaces the text of the Protocol column. */
  setProtocol(text: string): void {
    if (this.columns && this.#quoted === 0) this.protocolColumn = text;
  }

  // ------------------------------------------------------------------ addresses

  /** Source and destination of the present layer, `length` bytes each at `src` and `dst` in `buf`. */
  setAddresses(kind: number, src: number, dst: number, length: number): void {
    this.setSource(kind, this.buf, src, length);
    this.setDestination(kind, this.buf, dst, length);
  }
  setSource(kind: number, buf: Uint8Array, at: number, length: number): void {
    this.#srcKind = kind;
    this.#srcBuf = buf;
    this.#srcAt = at;
    this.#srcLength = length;
    this.#srcId = -1;
  }
  setDestination(kind: number, buf: Uint8Array, at: number, length: number): void {
    this.#dstKind = kind;
    this.#dstBuf = buf;
    this.#dstAt = at;
    this.#dstLength = length;
    this.#dstId = -1;
  }

  /** Address id (see AddressTable) of the innermost source, 0 for none. */
  get srcId(): number {
    if (this.#srcId === -1) {
      this.#srcId =
        this.#srcKind === 0
          ? 0
          : this.memory.addresses.intern(this.#srcKind, this.#srcBuf, this.#srcAt, this.#srcLength);
    }
    return this.#srcId;
  }
  get dstId(): number {
    if (this.#dstId === -1) {
      this.#dstId =
        this.#dstKind === 0
          ? 0
          : this.memory.addresses.intern(this.#dstKind, this.#dstBuf, this.#dstAt, this.#dstLength);
    }
    return this.#dstId;
  }

  // ------------------------------------------------------------------ conversations

  /**
   * The conversation the present packet belongs to, by its addresses and these ports; becomes `conversation`.
   * A quoted packet belongs to one, too, but teaches it nothing.
   */
  converse(kind: number, srcPort: number, dstPort: number): Conversation {
    const index = this.refCount;
    const src = this.srcId;
    const dst = this.dstId;
    const found = this.memory.conversations.find(kind, this.frame, index, src, srcPort, dst, dstPort);
    this.#addRef(found.ref);
    this.#enter(found, src, srcPort, dst, dstPort);
    return found;
  }

  /**
   * Puts the dissection where `protocol` begins, as if the layers of `outer` had been called and had found nothing
   * remarkable. For pass one's short way, right after `begin`.
   * @param outer ids of the protocols outside, and of `protocol` itself
   * @param at first byte of the layer, which ends at `end` in the capture and on the wire
   */
  enterPlain(outer: Uint16Array, protocol: Protocol, at: number, end: number): void {
    const { chain } = this;
    for (let i = 0; i < outer.length; i++) chain[i] = outer[i];
    this.chainLength = outer.length;
    this.#layer = outer.length - 1;
    this.protocol = protocol;
    this.pos = at;
    this.end = end;
    this.wireEnd = end;
    this.payloadEnd = end;
  }

  /** Enters a conversation that was found already, as `converse` does; for pass one's short way. */
  enterConversation(
    found: Conversation,
    srcId: number,
    dstId: number,
    srcPort: number,
    dstPort: number,
    direction: 0 | 1,
  ): void {
    this.#srcId = srcId;
    this.#dstId = dstId;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.conversation = found;
    this.direction = direction;
    this.refs[0] = found.ref;
    this.refCount = 1;
  }

  /** A new conversation in place of the one `converse` just gave: its ports are used again. */
  renewConversation(srcPort: number, dstPort: number): Conversation {
    const index = this.refCount - 1;
    const src = this.srcId;
    const dst = this.dstId;
    const old = this.conversation!;
    const made = this.memory.conversations.renew(old, this.frame, index, src, srcPort, dst, dstPort);
    this.refs[index] = made.ref;
    this.#enter(made, src, srcPort, dst, dstPort);
    return made;
  }

  #addRef(ref: StreamRef): void {
    if (this.refCount < MAX_REFS) this.refs[this.refCount++] = ref;
  }

  #enter(c: Conversation, src: number, srcPort: number, dst: number, dstPort: number): void {
    this.conversation = c;
    this.direction = directionIn(c, src, srcPort, dst, dstPort);
  }

  /**
   * The datagram a fragment belongs to. In pass one it is found, or made, under its key (what tells the datagrams
   * of two hosts apart); later by the number that the index holds for the frame.
   * @returns undefined when the index knows of no datagram here
   */
  datagram(key: string): Datagram | undefined {
    if (this.memory.indexing) {
      const { fragments, onPair } = this.memory;
      if (onPair !== null && !fragments.has(key)) onPair(this.srcId, this.dstId);
      const found = fragments.open(key);
      this.#addRef(makeRef(CONVERSATION_FRAGMENTS, found.number));
      return found;
    }
    const ref = this.memory.conversations.ref(this.refCount);
    if (refKind(ref) !== CONVERSATION_FRAGMENTS) return undefined;
    this.#addRef(ref);
    return this.memory.fragments.get(refNumber(ref));
  }

  /**
   * Announces what packets to or from an endpoint carry, from the next frame on, unless their conversation is known
   * to carry something else.
   * @param kind of the conversation: CONVERSATION_TCP, CONVERSATION_UDP
   * @param address kind of the address and its bytes; undefined for the present packet's source
   * @param facts what the announced protocol is to know of them
   */
  expect(
    kind: number,
    port: number,
    app: Protocol,
    address?: { readonly kind: number; readonly bytes: Uint8Array },
    facts: Facts | null = null,
  ): void {
    const { memory } = this;
    if (!memory.indexing || this.#quoted > 0) return;
    memory.onState?.();
    const id =
      address === undefined
        ? this.srcId
        : memory.addresses.intern(address.kind, address.bytes, 0, address.bytes.length);
    memory.expectations.add({ kind, address: id, port, app, frame: this.frame, facts });
  }

  /** Pass one: keeps what the present frame says of its Multipath TCP connection, unless it is known. */
  learnMultipath(kind: number, token: number, base: bigint): void {
    const { memory, frame, direction } = this;
    const event: MultipathEvent = { frame, stream: this.streamNumber, direction, kind, token, base };
    if (!memory.indexing || !memory.multipath.isNews(event)) return;
    memory.onNumbered?.();
    memory.multipath.add(event);
  }

  /** What the present conversation's packets were announced to carry; null for nothing. */
  get expected(): Protocol | null {
    return this.announcement?.app ?? null;
  }

  /** The announcement that holds for the present conversation's packets; null for none. */
  get announcement(): Announcement | null {
    const { expectations } = this.memory;
    const { conversation } = this;
    if (expectations.empty || conversation === null) return null;
    return expectations.find(
      conversation.kind,
      this.srcId,
      this.srcPort,
      this.dstId,
      this.dstPort,
      this.frame,
    );
  }

  /**
   * Keeps a finding about this frame: with its conversation, for later dissections of the frame, or, when nothing is
   * kept, for the rest of this one.
   */
  remember(protocol: Protocol, key: number, value: unknown): void {
    const { conversation } = this;
    if (conversation === null) return;
    if (this.keep) conversation.remember(this.frame, protocol, key, value);
    else if (this.#asked !== MODE_INDEX || this.columns)
      this.#fresh.push({ conversation, protocol, key, value });
  }

  /** What `remember` kept for this frame. */
  recall<T>(protocol: Protocol, key: number): T | undefined {
    const { conversation } = this;
    if (conversation === null) return undefined;
    for (const one of this.#fresh) {
      if (one.conversation === conversation && one.protocol === protocol && one.key === key)
        return one.value as T;
    }
    return conversation.recall<T>(this.frame, protocol, key);
  }

  /** Number of the innermost conversation, for `tcp.stream` and the like. */
  get streamNumber(): number {
    return this.conversation === null ? -1 : refNumber(this.conversation.ref);
  }
}
