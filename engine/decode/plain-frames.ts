/**
 * Pass one's short way through the plainest frames: a whole TCP segment or UDP datagram in an IPv4 packet without
 * options or an IPv6 packet without extension headers, directly in an Ethernet frame that was captured whole.
 * Most frames of most captures are such. What comes out is what `dissectFrame` finds in INDEX mode; every other
 * frame, and every frame that is strange in any way, is left to it.
 */
import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import {
  CONVERSATION_TCP,
  CONVERSATION_UDP,
  type Conversation,
  type ConversationTable,
  directionIn,
} from "../dissect/conversation.ts";
import type { Dissection, FrameFacts } from "../dissect/dissection.ts";
import type { Protocol } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, linkTypes } from "../dissect/tables.ts";
import { ethernet } from "../protocols/ethernet.ts";
import { ethertype } from "../protocols/ethertype.ts";
import { ip } from "../protocols/ipv4.ts";
import { ip6 as ipv6 } from "../protocols/ipv6.ts";
import { indexSegment, tcp } from "../protocols/tcp.ts";
import { indexDatagram, udp } from "../protocols/udp.ts";

export const LINKTYPE_ETHERNET = 1;

const IPV4_TYPE = 0x0800;
const IPV6_TYPE = 0x86dd;
const ETHERNET_HEADER = 14;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const UDP_HEADER = 8;
const TCP_NUMBER = 6;
const UDP_NUMBER = 17;

const chainOf = (network: Protocol, transport: Protocol): Uint16Array =>
  Uint16Array.of(ethernet.id, ethertype.id, network.id, transport.id);
const chains = {
  tcp4: chainOf(ip, tcp),
  udp4: chainOf(ip, udp),
  tcp6: chainOf(ipv6, tcp),
  udp6: chainOf(ipv6, udp),
} as const;

/** Entries of a cache: powers of two. */
const ENTRIES_V4 = 1 << 13;
const ENTRIES_V6 = 1 << 11;

/** The conversations met lately, by what stands in their packets' headers; for addresses of one length. */
class RecentFlows {
  readonly #addressKind: number;
  /** 32-bit words of an address, and of a key: addresses, ports, kind of conversation. */
  readonly #words: number;
  readonly #keyWords: number;
  readonly #mask: number;
  readonly #keys: Int32Array;
  readonly #found: (Conversation | undefined)[];
  /** Address ids of source and destination, and the direction, of each entry. */
  readonly #ids: Uint32Array;
  readonly #table: ConversationTable;
  readonly #key: Int32Array;

  constructor(table: ConversationTable, addressKind: number, words: number, entries: number) {
    this.#table = table;
    this.#addressKind = addressKind;
    this.#words = words;
    this.#keyWords = 2 * words + 2;
    this.#mask = entries - 1;
    this.#keys = new Int32Array(entries * this.#keyWords);
    this.#found = new Array<Conversation | undefined>(entries).fill(undefined);
    this.#ids = new Uint32Array(entries * 3);
    this.#key = new Int32Array(this.#keyWords);
  }

  /**
   * Enters the conversation of the frame's transport into `d`.
   * @param addresses index in `d.buf` of the source address, the destination behind it
   * @param ports index of the two ports
   */
  enter(d: Dissection, kind: number, addresses: number, ports: number): void {
    const { buf } = d;
    const key = this.#key;
    const count = 2 * this.#words;
    let hash = kind;
    for (let i = 0; i < count; i++) {
      const at = addresses + 4 * i;
      const word = (buf[at] << 24) | (buf[at + 1] << 16) | (buf[at + 2] << 8) | buf[at + 3];
      key[i] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const srcPort = (buf[ports] << 8) | buf[ports + 1];
    const dstPort = (buf[ports + 2] << 8) | buf[ports + 3];
    key[count] = (srcPort << 16) | dstPort;
    key[count + 1] = kind;
    hash = Math.imul(hash ^ key[count], 0x85ebca6b);
    const entry = (hash ^ (hash >>> 13)) & this.#mask;
    const at = entry * this.#keyWords;
    const keys = this.#keys;
    let same = true;
    for (let i = 0; same && i < count + 2; i++) same = keys[at + i] === key[i];
    const ids = this.#ids;
    const idAt = 3 * entry;
    if (!same) {
      const bytes = 4 * this.#words;
      const known = d.memory.addresses;
      ids[idAt] = known.intern(this.#addressKind, buf, addresses, bytes);
      ids[idAt + 1] = known.intern(this.#addressKind, buf, addresses + bytes, bytes);
      for (let i = 0; i < count + 2; i++) keys[at + i] = key[i];
    }
    const src = ids[idAt];
    const dst = ids[idAt + 1];
    let conversation = this.#found[entry];
    if (!same || conversation === undefined || conversation.replaced) {
      conversation = this.#table.find(kind, d.frame, 0, src, srcPort, dst, dstPort);
      this.#found[entry] = conversation;
      ids[idAt + 2] = directionIn(conversation, src, srcPort, dst, dstPort);
    }
    d.enterConversation(conversation, src, dst, srcPort, dstPort, ids[idAt + 2] as 0 | 1);
  }
}

/** The short way of one capture's pass one. */
export class PlainFrames {
  readonly #flows4: RecentFlows;
  readonly #flows6: RecentFlows;
  /** The user takes one of the headers for something else ("decode as"). */
  readonly #otherwise =
    linkTypes.get(LINKTYPE_ETHERNET) !== ethernet ||
    ethertypes.get(IPV4_TYPE) !== ip ||
    ethertypes.get(IPV6_TYPE) !== ipv6 ||
    ipProtocols.get(TCP_NUMBER) !== tcp ||
    ipProtocols.get(UDP_NUMBER) !== udp;

  /** @param table the conversations of the capture, those of the dissections given to `index` */
  constructor(table: ConversationTable) {
    this.#flows4 = new RecentFlows(table, ADDRESS_IPV4, 1, ENTRIES_V4);
    this.#flows6 = new RecentFlows(table, ADDRESS_IPV6, 4, ENTRIES_V6);
  }

  /**
   * Dissects a frame of link type Ethernet when it is plain, `d.begin` included.
   * @param at index in `buf` of its first byte
   * @returns false when it is not plain: `d` has not begun the frame then
   */
  index(d: Dissection, buf: Uint8Array, at: number, facts: FrameFacts): boolean {
    const { capLen } = facts;
    if (this.#otherwise || capLen < ETHERNET_HEADER + IPV4_HEADER + UDP_HEADER || facts.len !== capLen)
      return false;
    const packet = at + ETHERNET_HEADER;
    const type = (buf[at + 12] << 8) | buf[at + 13];
    if (type === IPV4_TYPE) {
      // Version 4 without options; neither a fragment nor the beginning of one.
      if (buf[packet] !== 0x45 || (buf[packet + 6] & 0x3f) !== 0 || buf[packet + 7] !== 0) return false;
      const length = (buf[packet + 2] << 8) | buf[packet + 3];
      if (length > capLen - ETHERNET_HEADER || mayHaveTrailer(buf, at, capLen, packet + length)) return false;
      const number = buf[packet + 9];
      return this.#transport(d, buf, at, facts, number, packet + IPV4_HEADER, packet + length, false);
    }
    if (type === IPV6_TYPE) {
      if (buf[packet] >> 4 !== 6) return false;
      const length = (buf[packet + 4] << 8) | buf[packet + 5];
      if (length === 0 || length + IPV6_HEADER > capLen - ETHERNET_HEADER) return false;
      const transport = packet + IPV6_HEADER;
      if (mayHaveTrailer(buf, at, capLen, transport + length)) return false;
      return this.#transport(d, buf, at, facts, buf[packet + 6], transport, transport + length, true);
    }
    return false;
  }

  #transport(
    d: Dissection,
    buf: Uint8Array,
    at: number,
    facts: FrameFacts,
    number: number,
    transport: number,
    end: number,
    six: boolean,
  ): boolean {
    const length = end - transport;
    const packet = at + ETHERNET_HEADER;
    const addresses = six ? packet + 8 : packet + 12;
    const flows = six ? this.#flows6 : this.#flows4;
    if (number === TCP_NUMBER) {
      const headerLength = length < TCP_HEADER ? 0 : (buf[transport + 12] >> 4) * 4;
      if (headerLength < TCP_HEADER || headerLength > length) return false;
      d.begin(buf, at, facts);
      d.enterPlain(six ? chains.tcp6 : chains.tcp4, tcp, transport, end);
      flows.enter(d, CONVERSATION_TCP, addresses, transport);
      indexSegment(d, headerLength);
      return true;
    }
    if (number !== UDP_NUMBER || length < UDP_HEADER) return false;
    if (((buf[transport + 4] << 8) | buf[transport + 5]) !== length) return false;
    d.begin(buf, at, facts);
    d.enterPlain(six ? chains.udp6 : chains.udp4, udp, transport, end);
    flows.enter(d, CONVERSATION_UDP, addresses, transport);
    indexDatagram(d);
    return true;
  }
}

/** Shortest Ethernet frame without its check sequence, and shortest trailer that a protocol recognises. */
const SHORTEST_FRAME = 60;
const SHORTEST_TRAILER = 8;

/** True when the bytes behind a packet that ends at `end` are more than padding and a frame check sequence. */
function mayHaveTrailer(buf: Uint8Array, at: number, capLen: number, end: number): boolean {
  if (at + capLen - end < SHORTEST_TRAILER) return false;
  return capLen - SHORTEST_FRAME >= SHORTEST_TRAILER || buf[end] !== 0;
}
