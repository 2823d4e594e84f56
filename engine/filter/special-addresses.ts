/** The blocks of the IANA special-purpose address registries (RFC 6890 and what followed it). */
import { readIpv4, readIpv6 } from "./literals.ts";

interface Block {
  readonly name: string;
  /** As source, as destination, forwardable, globally reachable, reserved by protocol: bits 4 to 0. */
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly prefix: number;
}

/** Network, flags as in the registry's columns (T for true), name. */
const IPV4: readonly (readonly [network: string, flags: string, name: string])[] = [
  ["0.0.0.0/8", "TFFFT", "This network"],
  ["0.0.0.0/32", "TFFFT", "This host on this network"],
  ["10.0.0.0/8", "TTTFF", "Private-Use"],
  ["100.64.0.0/10", "TTTFF", "Shared Address Space"],
  ["127.0.0.0/8", "FFFFT", "Loopback"],
  ["169.254.0.0/16", "TTFFT", "Link Local"],
  ["172.16.0.0/12", "TTTFF", "Private-Use"],
  ["192.0.0.0/24", "FFFFF", "IETF Protocol Assignments"],
  ["192.0.0.0/29", "TTTFF", "IPv4 Service Continuity Prefix"],
  ["192.0.0.8/32", "TFFFF", "IPv4 dummy address"],
  ["192.0.0.9/32", "TTTTF", "Port Control Protocol Anycast"],
  ["192.0.0.10/32", "TTTTF", "Traversal Using Relays around NAT Anycast"],
  ["192.0.0.170/31", "FFFFT", "NAT64/DNS64 Discovery"],
  ["192.0.2.0/24", "FFFFF", "Documentation (TEST-NET-1)"],
  ["192.31.196.0/24", "TTTTF", "AS112-v4"],
  ["192.52.193.0/24", "TTTTF", "AMT"],
  ["192.88.99.0/24", "FFFFF", "Deprecated (6to4 Relay Anycast)"],
  ["192.168.0.0/16", "TTTFF", "Private-Use"],
  ["192.175.48.0/24", "TTTTF", "Direct Delegation AS112 Service"],
  ["198.18.0.0/15", "TTTFF", "Benchmarking"],
  ["198.51.100.0/24", "FFFFF", "Documentation (TEST-NET-2)"],
  ["203.0.113.0/24", "FFFFF", "Documentation (TEST-NET-3)"],
  ["240.0.0.0/4", "FFFFT", "Reserved"],
  ["255.255.255.255/32", "FTFFT", "Limited Broadcast"],
];
const IPV6: typeof IPV4 = [
  ["::/128", "TFFFT", "Unspecified Address"],
  ["::1/128", "FFFFT", "Loopback Address"],
  ["::ffff:0:0/96", "FFFFT", "IPv4-mapped Address"],
  ["64:ff9b::/96", "TTTTF", "IPv4-IPv6 Translat."],
  ["64:ff9b:1::/48", "TTTFF", "IPv4-IPv6 Translat."],
  ["100::/64", "TTTFF", "Discard-Only Address Block"],
  ["2001::/23", "FFFFF", "IETF Protocol Assignments"],
  ["2001::/32", "TTTFF", "TEREDO"],
  ["2001:1::1/128", "TTTTF", "Port Control Protocol Anycast"],
  ["2001:1::2/128", "TTTTF", "Traversal Using Relays around NAT Anycast"],
  ["2001:2::/48", "TTTFF", "Benchmarking"],
  ["2001:3::/32", "TTTTF", "AMT"],
  ["2001:4:112::/48", "TTTTF", "AS112-v6"],
  ["2001:10::/28", "FFFFF", "Deprecated (previously ORCHID)"],
  ["2001:20::/28", "TTTTF", "ORCHIDv2"],
  ["2001:30::/28", "TTTTF", "Drone Remote ID Protocol Entity Tags (DETs) Prefix"],
  ["2001:db8::/32", "FFFFF", "Documentation"],
  ["2002::/16", "TTTFF", "6to4"],
  ["2620:4f:8000::/48", "TTTTF", "Direct Delegation AS112 Service"],
  ["3fff::/20", "FFFFF", "Documentation"],
  ["5f00::/16", "TTTFF", "Segment Routing (SRv6) SIDs"],
  ["fc00::/7", "TTTFF", "Unique-Local"],
  ["fe80::/10", "TTFFT", "Linked-Scoped Unicast"],
];

function bytesOfIpv4(address: number): Uint8Array {
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
}

/** Longest prefixes first: the block that an address is looked up in is the smallest that holds it. */
function blocks(list: typeof IPV4): readonly Block[] {
  const made = list.map(([network, flags, name]): Block => {
    const [address, prefix] = network.split("/");
    const v4 = readIpv4(address);
    const bytes = typeof v4 === "number" ? bytesOfIpv4(v4) : (readIpv6(address) as Uint8Array);
    const bits = [...flags].reduce((sum, flag) => sum * 2 + (flag === "T" ? 1 : 0), 0);
    return { name, flags: bits, bytes, prefix: Number(prefix) };
  });
  return made.sort((a, b) => b.prefix - a.prefix);
}

const BLOCKS4 = blocks(IPV4);
const BLOCKS6 = blocks(IPV6);

/**
 * The special-purpose block an address is in.
 * @param address IPv4 as a number, IPv6 as 16 bytes
 * @returns undefined for an address in none
 */
export function specialBlock(address: number | Uint8Array): Block | undefined {
  const bytes = typeof address === "number" ? bytesOfIpv4(address) : address;
  return (typeof address === "number" ? BLOCKS4 : BLOCKS6).find((block) => holds(block, bytes));
}

function holds({ bytes, prefix }: Block, address: Uint8Array): boolean {
  for (let i = 0, left = prefix; left > 0; i++, left -= 8) {
    const mask = left >= 8 ? 0xff : 0xff00 >> left;
    if (((bytes[i] ^ address[i]) & mask) !== 0) return false;
  }
  return true;
}
