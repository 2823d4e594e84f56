/**
 * Fields that stand at fixed places of link, network and transport headers, read straight from a frame's bytes.
 *
 * Where the headers lie follows from the frame's protocol chain and a few of its bytes. A header is read only where
 * it is plain: the only one of its protocol in the frame, wholly captured, of a length that can be, not in a
 * fragment. All other frames are left to the dissectors.
 */

import { CONVERSATION_TCP, refKind, refNumber } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Field, Value } from "../dissect/field.ts";
import { Node } from "../dissect/node.ts";
import { validated } from "../dissect/preferences.ts";
import { fields, protocolNamed } from "../dissect/protocol.ts";
import type { Atom } from "../filter/compile.ts";
import { visitOperands } from "../filter/operands.ts";
import type { Segment } from "../index/frame-index.ts";
import { blankFacts, type TcpStreams } from "../index/tcp-streams.ts";
import { ACK, FIN, SYN } from "../protocols/tcp-analysis.ts";
import { hasMptcp } from "../protocols/tcp-options.ts";
import { countIn, FALSE, leftField, TRUE, UNKNOWN, type Verdict } from "./column-atoms.ts";
import { type NumberRange, numberRange } from "./number-test.ts";

// -------------------------------------------------------------------- the headers of a chain

const LINK_NONE = 0;
const LINK_ETHERNET = 1;
const LINK_SLL = 2;
const LINK_NULL = 3;
const LINK_RAW = 4;

const TRANSPORTS = ["tcp", "udp", "icmp", "icmpv6"];
/** Protocols whose headers are read. */
const HEADERS = ["eth", "vlan", "ip", "ipv6", ...TRANSPORTS] as const;
export type HeaderName = (typeof HEADERS)[number];

const idOf = (name: string): number => protocolNamed(name)?.id ?? -1;

/** What a protocol chain says of the headers at the beginning of its frames. */
export class ChainLayout {
  readonly link: number;
  /** VLAN tags behind the link header. */
  readonly tags: number;
  /** Version of the IP header behind them, 0 for none. */
  readonly version: 0 | 4 | 6;
  /** The transport right behind the IP header. */
  readonly transport: string;
  readonly #absent = new Set<string>();
  readonly #plain = new Set<string>();

  /** @param chain protocol ids, outermost first; null when the chain is not known */
  constructor(chain: ArrayLike<number> | null) {
    let at = 0;
    let link = LINK_NONE;
    let tags = 0;
    let version: 0 | 4 | 6 = 0;
    let transport = "";
    const next = (name: string): boolean => chain !== null && chain[at] === idOf(name);
    const take = (name: string): boolean => {
      if (!next(name)) return false;
      at++;
      return true;
    };
    let ethertype = false;
    if (take("eth")) {
      link = LINK_ETHERNET;
      ethertype = take("ethertype");
    } else if (take("sll")) {
      link = LINK_SLL;
      ethertype = take("ethertype");
    } else if (take("null")) link = LINK_NULL;
    else if (take("raw")) link = LINK_RAW;
    while (ethertype && take("vlan")) {
      tags++;
      ethertype = take("ethertype");
    }
    const reachesNetwork = ethertype || (link !== LINK_ETHERNET && link !== LINK_SLL);
    if (reachesNetwork && take("ip")) version = 4;
    else if (reachesNetwork && take("ipv6")) version = 6;
    if (version !== 0) transport = TRANSPORTS.find((name) => next(name)) ?? "";
    this.link = link;
    this.tags = tags;
    this.version = version;
    this.transport = transport;
    if (chain === null) return;
    const found: Readonly<Record<HeaderName, number>> = {
      eth: link === LINK_ETHERNET ? 1 : 0,
      vlan: tags,
      ip: version === 4 ? 1 : 0,
      ipv6: version === 6 ? 1 : 0,
      tcp: transport === "tcp" ? 1 : 0,
      udp: transport === "udp" ? 1 : 0,
      icmp: transport === "icmp" ? 1 : 0,
      icmpv6: transport === "icmpv6" ? 1 : 0,
    };
    for (const name of HEADERS) {
      const count = countIn(chain, idOf(name));
      // UDP-Lite shows its ports and its checksum under the names of UDP.
      if (count === 0 && !(name === "udp" && countIn(chain, idOf("udplite")) > 0)) this.#absent.add(name);
      else if (count > 0 && count === found[name]) this.#plain.add(name);
    }
  }

  /** True when frames of the chain have no header of the protocol. */
  lacks(name: string): boolean {
    return this.#absent.has(name);
  }

  /** True when all headers of the protocol stand where the frame begins. */
  isPlain(name: string): boolean {
    return this.#plain.has(name);
  }
}

// -------------------------------------------------------------------- the headers of a frame

const LINKTYPE_SLL2 = 276;
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const ICMP_HEADER = 8;

/** Where the headers of one frame lie. Filled in anew for each frame by `place`. */
export class FrameHeaders {
  buf: Uint8Array = new Uint8Array(0);
  /** The frame's first byte, and the ends of its captured bytes and of those it had on the wire; indexes in `buf`. */
  start = 0;
  end = 0;
  wireEnd = 0;
  /** Behind the link header and its tags. */
  linkEnd = 0;
  tags = 0;
  /** True when the bytes up to `linkEnd` are there. */
  hasLink = false;
  /** The IP header, -1 when it is not plain; its length, and the ends of its packet. */
  network = -1;
  networkLength = 0;
  packetEnd = 0;
  packetWireEnd = 0;
  /** The transport's header, -1 when it is not plain; its length. */
  transport = -1;
  transportLength = 0;
  /** The frame in the index, for what must be known of its stream. */
  readonly #streams: TcpStreams;
  #segment: Segment | null = null;
  #slot = 0;
  /** What the frame's TCP stream is read with; see `knowsStream`. */
  readonly #facts = blankFacts();
  /** Sequence numbers shown as 0 of the frame's own direction and of the other; -1 while not known. */
  base = -1;
  reverseBase = -1;
  /** Shift of the window of the frame's direction; -1 while unknown, -2 without scaling. */
  scale = -1;

  constructor(streams: TcpStreams) {
    this.#streams = streams;
  }

  /**
   * @param segment,slot the frame in the index
   * @param at index in `buf` of the frame's first byte
   * @param captured bytes of the frame in `buf`
   */
  place(
    layout: ChainLayout,
    linkType: number,
    segment: Segment,
    slot: number,
    buf: Uint8Array,
    at: number,
    captured: number,
  ): void {
    this.#segment = segment;
    this.#slot = slot;
    this.buf = buf;
    this.start = at;
    this.end = at + captured;
    this.wireEnd = at + Math.max(captured, segment.len[slot]);
    this.tags = layout.tags;
    this.network = -1;
    this.transport = -1;
    const { link } = layout;
    const linkLength =
      link === LINK_ETHERNET
        ? 14
        : link === LINK_SLL
          ? linkType === LINKTYPE_SLL2
            ? 20
            : 16
          : link === LINK_NULL
            ? 4
            : 0;
    this.linkEnd = at + linkLength + 4 * layout.tags;
    this.hasLink = this.linkEnd <= this.end;
    if (!this.hasLink || layout.version === 0) return;
    if (layout.version === 4) this.#placeIpv4(layout);
    else this.#placeIpv6(layout);
  }

  /**
   * True when the header and the facts of the frame's TCP stream are all there is to know to read its numbers:
   * `base`, `reverseBase` and `scale` are those facts then.
   */
  knowsStream(): boolean {
    const s = this.#segment;
    if (s === null || this.transport < 0) return false;
    const ref = s.ref[this.#slot];
    const facts = this.#facts;
    if (refKind(ref) !== CONVERSATION_TCP || !this.#streams.get(refNumber(ref), facts)) return false;
    if (!facts.settled) return false;
    const src = s.src[this.#slot];
    const srcPort = s.srcPort[this.#slot];
    const fromA =
      src === s.dst[this.#slot]
        ? srcPort === facts.portA || s.dstPort[this.#slot] !== facts.portA
        : src === facts.addressA && srcPort === facts.portA;
    this.base = fromA ? facts.baseA : facts.baseB;
    this.reverseBase = fromA ? facts.baseB : facts.baseA;
    this.scale = fromA ? facts.scaleA : facts.scaleB;
    return true;
  }

  #placeIpv4(layout: ChainLayout): void {
    const { buf } = this;
    const at = this.linkEnd;
    if (at + IPV4_HEADER > this.end || buf[at] >> 4 !== 4) return;
    const headerLength = (buf[at] & 15) * 4;
    if (headerLength < IPV4_HEADER || at + headerLength > this.end) return;
    const declared = (buf[at + 2] << 8) | buf[at + 3];
    // 0 stands for all that is there: the network card was to fill it in.
    const length = declared === 0 ? this.wireEnd - at : declared;
    if (length < headerLength) return;
    this.network = at;
    this.networkLength = headerLength;
    this.packetWireEnd = Math.min(this.wireEnd, at + length);
    this.packetEnd = Math.min(this.end, this.packetWireEnd);
    if (((buf[at + 6] << 8) | buf[at + 7]) & MORE_FRAGMENTS_OR_OFFSET) return;
    this.#placeTransport(layout, at + headerLength);
  }

  #placeIpv6(layout: ChainLayout): void {
    const { buf } = this;
    const at = this.linkEnd;
    if (at + IPV6_HEADER > this.end || buf[at] >> 4 !== 6) return;
    const length = (buf[at + 4] << 8) | buf[at + 5];
    this.network = at;
    this.networkLength = IPV6_HEADER;
    this.packetWireEnd = length === 0 ? this.wireEnd : Math.min(this.wireEnd, at + IPV6_HEADER + length);
    this.packetEnd = Math.min(this.end, this.packetWireEnd);
    this.#placeTransport(layout, at + IPV6_HEADER);
  }

  #placeTransport(layout: ChainLayout, at: number): void {
    const { buf } = this;
    const there = this.packetEnd - at;
    if (layout.transport === "tcp") {
      if (there < TCP_HEADER) return;
      const length = (buf[at + 12] >> 4) * 4;
      if (length < TCP_HEADER || length > there) return;
      this.transportLength = length;
    } else if (layout.transport === "udp") {
      if (there < UDP_HEADER) return;
      const length = (buf[at + 4] << 8) | buf[at + 5];
      if (length < UDP_HEADER) return;
      this.transportLength = UDP_HEADER;
    } else if (layout.transport !== "") {
      if (there < ICMP_HEADER) return;
      this.transportLength = ICMP_HEADER;
    } else return;
    this.transport = at;
  }
}

// -------------------------------------------------------------------- readers

/** Puts a field's values into the list; false when these bytes do not tell them. */
export type Reader = (h: FrameHeaders, out: Value[]) => boolean;

const readers = new Map<string, Reader>();

function define(header: HeaderName, table: Readonly<Record<string, Reader>>): void {
  for (const [name, read] of Object.entries(table)) readers.set(`${header} ${name}`, read);
}

type Place = (h: FrameHeaders) => number;
const linkStart: Place = (h) => h.start;
const network: Place = (h) => h.network;
const transport: Place = (h) => h.transport;

/** One value that `take` finds in the header at `place`. */
function one(place: Place, take: (b: Uint8Array, at: number) => Value): Reader {
  return (h, out) => {
    const at = place(h);
    if (at < 0) return false;
    out.push(take(h.buf, at));
    return true;
  };
}

const u16 = (b: Uint8Array, at: number): number => (b[at] << 8) | b[at + 1];
const u32 = (b: Uint8Array, at: number): number =>
  ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;

const byte = (place: Place, offset: number, mask = 255, shift = 0): Reader =>
  one(place, (b, at) => (b[at + offset] & mask) >> shift);
const bit = (place: Place, offset: number, mask: number): Reader =>
  one(place, (b, at) => (b[at + offset] & mask ? 1 : 0));
const short = (place: Place, offset: number, mask = 0xffff): Reader =>
  one(place, (b, at) => u16(b, at + offset) & mask);
const word = (place: Place, offset: number): Reader => one(place, (b, at) => u32(b, at + offset));
const piece = (place: Place, offset: number, length: number): Reader =>
  one(place, (b, at) => b.subarray(at + offset, at + offset + length));
const both =
  (first: Reader, second: Reader): Reader =>
  (h, out) =>
    first(h, out) && second(h, out);
const always =
  (value: Value, place: Place): Reader =>
  (h, out) => {
    if (place(h) < 0) return false;
    out.push(value);
    return true;
  };

const CHECKSUM_UNVERIFIED = 2;
const CHECKSUM_NOT_PRESENT = 3;
/** The status of a checksum, which only the dissector knows when it is validated. */
const unlessValidated =
  (name: keyof typeof validated, read: Reader): Reader =>
  (h, out) =>
    !validated[name] && read(h, out);

const FIRST_ETHERTYPE = 1536;

define("eth", {
  "eth.dst": piece(linkStart, 0, 6),
  "eth.src": piece(linkStart, 6, 6),
  "eth.addr": both(piece(linkStart, 0, 6), piece(linkStart, 6, 6)),
  "eth.dst.lg": bit(linkStart, 0, 2),
  "eth.dst.ig": bit(linkStart, 0, 1),
  "eth.src.lg": bit(linkStart, 6, 2),
  "eth.src.ig": bit(linkStart, 6, 1),
  "eth.lg": both(bit(linkStart, 0, 2), bit(linkStart, 6, 2)),
  "eth.ig": both(bit(linkStart, 0, 1), bit(linkStart, 6, 1)),
  "eth.type": (h, out) => {
    const type = u16(h.buf, h.start + 12);
    if (type >= FIRST_ETHERTYPE) out.push(type);
    return true;
  },
});

/** Values of all VLAN tags; `take` gets the place of a tag's two bytes of control information. */
const tags =
  (take: (b: Uint8Array, at: number) => number): Reader =>
  (h, out) => {
    for (let at = h.linkEnd - 4 * h.tags; at < h.linkEnd; at += 4) out.push(take(h.buf, at));
    return true;
  };
define("vlan", {
  "vlan.priority": tags((b, at) => b[at] >> 5),
  "vlan.dei": tags((b, at) => (b[at] & 0x10 ? 1 : 0)),
  "vlan.id": tags((b, at) => u16(b, at) & 0x0fff),
});

define("ip", {
  "ip.version": always(4, network),
  "ip.hdr_len": (h, out) => {
    if (h.network < 0) return false;
    out.push(h.networkLength);
    return true;
  },
  "ip.dsfield": byte(network, 1),
  "ip.dsfield.dscp": byte(network, 1, 0xfc, 2),
  "ip.dsfield.ecn": byte(network, 1, 0x03),
  "ip.len": (h, out) => {
    if (h.network < 0) return false;
    const declared = u16(h.buf, h.network + 2);
    out.push(declared === 0 ? h.wireEnd - h.network : declared);
    return true;
  },
  "ip.id": short(network, 4),
  "ip.flags": byte(network, 6, 0xe0, 5),
  "ip.flags.rb": bit(network, 6, 0x80),
  "ip.flags.df": bit(network, 6, 0x40),
  "ip.flags.mf": bit(network, 6, 0x20),
  "ip.frag_offset": short(network, 6, 0x1fff),
  "ip.ttl": byte(network, 8),
  "ip.proto": byte(network, 9),
  "ip.checksum": short(network, 10),
  "ip.checksum.status": unlessValidated("ip", always(CHECKSUM_UNVERIFIED, network)),
  "ip.src": word(network, 12),
  // With a source route the header's destination is the next hop only.
  "ip.dst": (h, out) => {
    if (h.network < 0 || h.networkLength > IPV4_HEADER) return false;
    out.push(u32(h.buf, h.network + 16));
    return true;
  },
  "ip.addr": (h, out) => {
    if (h.network < 0 || h.networkLength > IPV4_HEADER) return false;
    out.push(u32(h.buf, h.network + 12), u32(h.buf, h.network + 16));
    return true;
  },
});

const trafficClass = (b: Uint8Array, at: number): number => (u16(b, at) >> 4) & 255;
define("ipv6", {
  "ipv6.version": always(6, network),
  "ip.version": always(6, network),
  "ipv6.tclass": one(network, trafficClass),
  "ipv6.tclass.dscp": one(network, (b, at) => trafficClass(b, at) >> 2),
  "ipv6.tclass.ecn": one(network, (b, at) => trafficClass(b, at) & 3),
  "ipv6.flow": one(network, (b, at) => u32(b, at) & 0x0f_ffff),
  "ipv6.plen": short(network, 4),
  "ipv6.nxt": byte(network, 6),
  "ipv6.hlim": byte(network, 7),
  "ipv6.src": piece(network, 8, 16),
  "ipv6.dst": piece(network, 24, 16),
  "ipv6.addr": both(piece(network, 8, 16), piece(network, 24, 16)),
});

define("udp", {
  "udp.srcport": short(transport, 0),
  "udp.dstport": short(transport, 2),
  "udp.port": both(short(transport, 0), short(transport, 2)),
  "udp.length": short(transport, 4),
  "udp.checksum": short(transport, 6),
  "udp.checksum.status": unlessValidated(
    "udp",
    one(transport, (b, at) => (u16(b, at + 6) === 0 ? CHECKSUM_NOT_PRESENT : CHECKSUM_UNVERIFIED)),
  ),
  "udp.payload": (h, out) => {
    if (h.transport < 0) return false;
    const end = Math.min(h.packetEnd, h.transport + u16(h.buf, h.transport + 4));
    if (end > h.transport + UDP_HEADER) out.push(h.buf.subarray(h.transport + UDP_HEADER, end));
    return true;
  },
});

for (const name of ["icmp", "icmpv6"] as const) {
  define(name, {
    [`${name}.type`]: byte(transport, 0),
    [`${name}.code`]: byte(transport, 1),
    [`${name}.checksum`]: short(transport, 2),
  });
}

const tcpFlag = (mask: number): Reader => one(transport, (b, at) => (u16(b, at + 12) & mask ? 1 : 0));
define("tcp", {
  "tcp.srcport": short(transport, 0),
  "tcp.dstport": short(transport, 2),
  "tcp.port": both(short(transport, 0), short(transport, 2)),
  "tcp.len": (h, out) => {
    if (h.transport < 0) return false;
    out.push(h.packetWireEnd - h.transport - h.transportLength);
    return true;
  },
  "tcp.seq_raw": word(transport, 4),
  "tcp.ack_raw": word(transport, 8),
  "tcp.hdr_len": (h, out) => {
    if (h.transport < 0) return false;
    out.push(h.transportLength);
    return true;
  },
  "tcp.flags": short(transport, 12, 0x0fff),
  "tcp.flags.res": tcpFlag(0xe00),
  "tcp.flags.urg": tcpFlag(0x020),
  "tcp.flags.ack": tcpFlag(0x010),
  "tcp.flags.push": tcpFlag(0x008),
  "tcp.flags.reset": tcpFlag(0x004),
  "tcp.flags.syn": tcpFlag(0x002),
  "tcp.flags.fin": tcpFlag(0x001),
  "tcp.window_size_value": short(transport, 14),
  "tcp.checksum": short(transport, 16),
  "tcp.checksum.status": unlessValidated("tcp", always(CHECKSUM_UNVERIFIED, transport)),
  "tcp.urgent_pointer": short(transport, 18),
  "tcp.payload": (h, out) => {
    if (h.transport < 0) return false;
    const at = h.transport + h.transportLength;
    if (h.packetEnd <= at) return true;
    if (hasMptcp(h.buf, h.transport + TCP_HEADER, at)) return false;
    out.push(h.buf.subarray(at, h.packetEnd));
    return true;
  },
  "tcp.options": (h, out) => {
    if (h.transport < 0) return false;
    const at = h.transport + TCP_HEADER;
    const end = h.transport + h.transportLength;
    if (end > at) out.push(h.buf.subarray(at, end));
    return true;
  },
});

/** Fields whose values depend on the stream as well as on the header. */
const STREAM_FIELDS = new Set([
  "tcp.seq",
  "tcp.nxtseq",
  "tcp.ack",
  "tcp.window_size",
  "tcp.window_size_scalefactor",
  "tcp.options.sack_le",
  "tcp.options.sack_re",
]);

/** True for fields that follow from the header's own bytes. */
export function isHeaderField(field: Field): boolean {
  return headerReader(field) !== undefined && !STREAM_FIELDS.has(field.name);
}

/** A value of a TCP header read with the facts of its stream. */
const withStream =
  (take: (h: FrameHeaders, b: Uint8Array, at: number, flags: number) => number | null): Reader =>
  (h, out) => {
    if (!h.knowsStream()) return false;
    const value = take(h, h.buf, h.transport, u16(h.buf, h.transport + 12));
    if (value !== null) out.push(value);
    return true;
  };
const relative = (number: number, base: number): number => (base < 0 ? number : (number - base) >>> 0);
const sequence = (h: FrameHeaders, b: Uint8Array, at: number): number => relative(u32(b, at + 4), h.base);

define("tcp", {
  "tcp.seq": withStream(sequence),
  "tcp.nxtseq": withStream((h, b, at, flags) => {
    const length = h.packetWireEnd - h.transport - h.transportLength;
    return (sequence(h, b, at) + length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
  }),
  "tcp.ack": withStream((h, b, at, flags) => {
    const raw = u32(b, at + 8);
    return flags & ACK ? relative(raw, h.reverseBase) : raw;
  }),
  "tcp.window_size": withStream((h, b, at, flags) => {
    const window = u16(b, at + 14);
    return flags & SYN || h.scale < 0 ? window : window * 2 ** h.scale;
  }),
  "tcp.window_size_scalefactor": withStream((h, _b, _at, flags) => {
    if (flags & SYN) return null;
    return h.scale >= 0 ? 2 ** h.scale : h.scale;
  }),
});

// -------------------------------------------------------------------- TCP options

const EOL = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMP = 8;
/** The length each option must have, 0 for one that varies; options of other kinds are left to the dissector. */
const OPTION_LENGTHS: Readonly<Record<number, number>> = {
  [MSS]: 4,
  [WINDOW_SCALE]: 3,
  [SACK_PERMITTED]: 2,
  [SACK]: 0,
  [TIMESTAMP]: 10,
};

/** Called for each option: its kind, its place and its length. */
type OptionVisitor = (out: Value[], b: Uint8Array, kind: number, at: number, length: number) => void;

/** Walks the options of a segment; false when one is not as it should be. */
const options =
  (visit: OptionVisitor): Reader =>
  (h, out) => {
    if (h.transport < 0) return false;
    const { buf } = h;
    const end = h.transport + h.transportLength;
    let ended = false;
    for (let at = h.transport + TCP_HEADER; at < end; ) {
      const kind = buf[at];
      if (kind === EOL || (kind === NOP && !ended)) {
        if (kind === EOL) ended = true;
        visit(out, buf, kind, at, 1);
        at++;
        continue;
      }
      const length = at + 1 < end ? buf[at + 1] : 0;
      const wanted = OPTION_LENGTHS[kind];
      if (ended || wanted === undefined || length < 2 || at + length > end) return false;
      if (wanted !== 0 && length !== wanted) return false;
      visit(out, buf, kind, at, length);
      at += length;
    }
    return true;
  };

/** The values of options of one kind. */
const ofKind = (kind: number, take: (b: Uint8Array, at: number, length: number) => Value): Reader =>
  options((out, b, found, at, length) => {
    if (found === kind) out.push(take(b, at, length));
  });
const wholeOption = (kind: number): Reader => ofKind(kind, (b, at, length) => b.subarray(at, at + length));
const LARGEST_SHIFT = 14;

/** The edges of the SACK blocks, which speak of the other direction; `offset` of the edge in its block. */
function sackEdges(offset: number): Reader {
  let base = 0;
  const edges = options((out, b, kind, at, length) => {
    if (kind !== SACK) return;
    for (let block = at + 2; block + 8 <= at + length; block += 8)
      out.push((u32(b, block + offset) - base) >>> 0);
  });
  return (h, out) => {
    // Without an acknowledgment the other direction may have been unknown when the segment came.
    if (!h.knowsStream() || (h.buf[h.transport + 13] & ACK) === 0 || h.reverseBase < 0) return false;
    base = h.reverseBase;
    return edges(h, out);
  };
}

define("tcp", {
  "tcp.option_kind": options((out, _b, kind) => {
    out.push(kind);
  }),
  "tcp.option_len": options((out, _b, kind, _at, length) => {
    if (kind > NOP) out.push(length);
  }),
  "tcp.options.eol": wholeOption(EOL),
  "tcp.options.nop": wholeOption(NOP),
  "tcp.options.mss": wholeOption(MSS),
  "tcp.options.mss_val": ofKind(MSS, (b, at) => u16(b, at + 2)),
  "tcp.options.wscale": wholeOption(WINDOW_SCALE),
  "tcp.options.wscale.shift": ofKind(WINDOW_SCALE, (b, at) => b[at + 2]),
  "tcp.options.wscale.multiplier": ofKind(WINDOW_SCALE, (b, at) => 1 << Math.min(b[at + 2], LARGEST_SHIFT)),
  "tcp.options.sack_perm": wholeOption(SACK_PERMITTED),
  "tcp.options.sack": wholeOption(SACK),
  "tcp.options.sack.count": ofKind(SACK, (_b, _at, length) => (length - 2) >> 3),
  "tcp.options.sack_le": sackEdges(0),
  "tcp.options.sack_re": sackEdges(4),
  "tcp.options.timestamp": wholeOption(TIMESTAMP),
  "tcp.options.timestamp.tsval": ofKind(TIMESTAMP, (b, at) => u32(b, at + 2)),
  "tcp.options.timestamp.tsecr": ofKind(TIMESTAMP, (b, at) => u32(b, at + 6)),
});

// -------------------------------------------------------------------- tests

/** The reader of a field, undefined for a field that is not read from headers. */
export function headerReader(field: Field): Reader | undefined {
  return readers.get(`${field.protocol} ${field.name}`);
}

interface Source {
  readonly field: Field;
  readonly read: Reader;
  /** Nodes for the field's values, made when first needed. */
  readonly nodes: Node[];
}

/** A test answered from header bytes. */
export class HeaderTest {
  readonly #atom: Atom;
  readonly #sources: readonly Source[];
  readonly #blank: Dissection;
  readonly #exists: boolean;
  readonly #all: boolean;
  readonly #range: NumberRange | null;
  readonly #values: Value[] = [];
  readonly #found: Node[] = [];

  constructor(atom: Atom, sources: readonly Source[], blank: Dissection) {
    this.#atom = atom;
    this.#sources = sources;
    this.#blank = blank;
    const plain = leftField(atom.test) !== null && sources.length === 1;
    this.#exists = plain && atom.test.kind === "exists";
    this.#all = "all" in atom.test && atom.test.all;
    this.#range = plain ? numberRange(atom.test) : null;
  }

  /** The answer for the frame whose headers were placed; UNKNOWN when its headers do not tell. */
  judge(h: FrameHeaders, layout: ChainLayout): Verdict {
    const values = this.#values;
    values.length = 0;
    if (this.#exists || this.#range !== null) {
      if (!this.#read(this.#sources[0], h, layout)) return UNKNOWN;
      return this.#exists ? (values.length > 0 ? TRUE : FALSE) : this.#judgeRange(this.#range!);
    }
    const found = this.#found;
    found.length = 0;
    for (const source of this.#sources) {
      values.length = 0;
      if (!this.#read(source, h, layout)) return UNKNOWN;
      for (let i = 0; i < values.length; i++) {
        let node = source.nodes[i];
        if (node === undefined) {
          node = new Node(source.field, 0, 0, 0, null, 0, 0, null);
          source.nodes.push(node);
        }
        node.value = values[i];
        found.push(node);
      }
    }
    this.#blank.found = found;
    return this.#atom.evaluate(this.#blank) ? TRUE : FALSE;
  }

  #read({ field, read }: Source, h: FrameHeaders, layout: ChainLayout): boolean {
    if (layout.lacks(field.protocol)) return true;
    return h.hasLink && layout.isPlain(field.protocol) && read(h, this.#values);
  }

  #judgeRange({ low, high, inverted }: NumberRange): Verdict {
    const all = this.#all;
    for (const value of this.#values) {
      const inside = (value as number) >= low && (value as number) <= high;
      if ((inside !== inverted) !== all) return all ? FALSE : TRUE;
    }
    return all && this.#values.length > 0 ? TRUE : FALSE;
  }
}

/** The test of an atom that looks at nothing but fields of plain headers; null for other atoms. */
export function headerTest(atom: Atom, blank: Dissection): HeaderTest | null {
  if (atom.fields.length === 0) return null;
  let fits = true;
  visitOperands(atom.test, (operand) => {
    if (operand.kind === "field" && (operand.layers !== null || operand.raw)) fits = false;
  });
  if (!fits) return null;
  const sources: Source[] = [];
  for (const id of atom.fields) {
    const field = fields[id];
    const read = headerReader(field);
    if (read === undefined) return null;
    sources.push({ field, read, nodes: [] });
  }
  return new HeaderTest(atom, sources, blank);
}
