/**
 * Which thread dissects which packets in pass one. Packets between the same two network addresses go to the same
 * thread, so that each conversation's packets are met by one thread, in order. Pairs of addresses fall into buckets;
 * a bucket is given to a thread when its first packet is met and stays there.
 */
import { udpPorts } from "../dissect/tables.ts";

export const BUCKETS = 1 << 16;
/** Owners in the table of buckets: 0 is nobody yet, then the thread that reads the file, then its helpers. */
export const NOBODY = 0;
export const READER = 1;

const LINKTYPE_NULL = 0;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_LOOP = 108;
const LINKTYPE_SLL = 113;
const LINKTYPE_SLL2 = 276;
const RAW_LINKTYPES = new Set([12, 14, 101, 228, 229]);
const TAGS = new Set([0x8100, 0x88a8, 0x9100]);
const PPPOE_SESSION = 0x8864;

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

/** Protocols over UDP that carry packets of other conversations: these stay with the thread that reads. */
const TUNNELS = new Set(["vxlan", "geneve", "gtp", "teredo", "l2tp"]);

/** ICMP messages that quote a packet, which belongs to a conversation: destination unreachable to parameter problem. */
const ICMP_ERRORS = new Set([3, 4, 5, 11, 12]);
const LAST_ICMPV6_ERROR = 127;

/** What `place` found of a packet. */
export interface Place {
  /** Bucket of its two network addresses, -1 when it has none. */
  bucket: number;
  /** True when the packet carries its own data only, as far as can be seen from outside. */
  simple: boolean;
}

/** The same for all bytes of an address, wherever they stand. */
function addressHash(buf: Uint8Array, at: number, length: number): number {
  let hash = length;
  for (let i = at; i < at + length; i += 4) {
    const word = (buf[i] << 24) | (buf[i + 1] << 16) | (buf[i + 2] << 8) | buf[i + 3];
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** The bucket of two addresses, in either order. `length` is 4 or 16; any other length has no bucket (-1). */
export function bucketOf(
  bufA: Uint8Array,
  atA: number,
  bufB: Uint8Array,
  atB: number,
  length: number,
): number {
  if (length !== 4 && length !== 16) return -1;
  const mixed = Math.imul(addressHash(bufA, atA, length) + addressHash(bufB, atB, length), 0x85ebca6b);
  return (mixed ^ (mixed >>> 16)) & (BUCKETS - 1);
}

/**
 * Finds the network addresses that a packet's conversation goes by: the outermost, or those of the packet it quotes.
 * The packet is `buf[at .. end)`.
 * @param place filled in
 */
export function findPlace(buf: Uint8Array, at: number, end: number, linkType: number, place: Place): void {
  place.bucket = -1;
  place.simple = false;
  let packet = at;
  if (linkType === LINKTYPE_ETHERNET) {
    packet = behindEthernet(buf, at, end);
  } else if (linkType === LINKTYPE_SLL) packet = at + 16;
  else if (linkType === LINKTYPE_SLL2) packet = at + 20;
  else if (linkType === LINKTYPE_NULL || linkType === LINKTYPE_LOOP) packet = at + 4;
  else if (!RAW_LINKTYPES.has(linkType)) return;
  if (packet < 0 || packet + 20 > end) return;
  const version = buf[packet] >> 4;
  if (version === 4) {
    place.bucket = bucketOf(buf, packet + 12, buf, packet + 16, 4);
    const fragment = (buf[packet + 6] & 0x3f) !== 0 || buf[packet + 7] !== 0;
    if (fragment || buf[packet] !== 0x45) return;
    const quoted = packet + 28;
    if (buf[packet + 9] === ICMP && ICMP_ERRORS.has(buf[packet + 20]) && quoted + 20 <= end) {
      place.bucket = bucketOf(buf, quoted + 12, buf, quoted + 16, 4);
    }
    place.simple = isSimple(buf, packet + 20, end, buf[packet + 9]);
  } else if (version === 6 && packet + 40 <= end) {
    place.bucket = bucketOf(buf, packet + 8, buf, packet + 24, 16);
    const quoted = packet + 48;
    if (buf[packet + 6] === ICMPV6 && buf[packet + 40] <= LAST_ICMPV6_ERROR && quoted + 40 <= end) {
      place.bucket = bucketOf(buf, quoted + 8, buf, quoted + 24, 16);
    }
    place.simple = isSimple(buf, packet + 40, end, buf[packet + 6]);
  }
}

/** Where the network packet begins behind an Ethernet header with or without tags and PPPoE; -1 for none. */
function behindEthernet(buf: Uint8Array, at: number, end: number): number {
  let packet = at + 14;
  if (packet + 8 > end) return -1;
  let type = (buf[at + 12] << 8) | buf[at + 13];
  for (let i = 0; i < 2 && TAGS.has(type) && packet + 12 <= end; i++) {
    type = (buf[packet + 2] << 8) | buf[packet + 3];
    packet += 4;
  }
  if (type === PPPOE_SESSION && packet + 8 <= end) {
    const protocol = (buf[packet + 6] << 8) | buf[packet + 7];
    type = protocol === 0x21 ? 0x0800 : protocol === 0x57 ? 0x86dd : 0;
    packet += 8;
  }
  return type === 0x0800 || type === 0x86dd ? packet : -1;
}

function isSimple(buf: Uint8Array, transport: number, end: number, protocol: number): boolean {
  if (protocol === TCP) return true;
  if (protocol !== UDP || transport + 4 > end) return false;
  return (
    !isTunnel((buf[transport] << 8) | buf[transport + 1]) &&
    !isTunnel((buf[transport + 2] << 8) | buf[transport + 3])
  );
}

function isTunnel(port: number): boolean {
  const protocol = udpPorts.get(port);
  return protocol !== undefined && TUNNELS.has(protocol.name);
}
