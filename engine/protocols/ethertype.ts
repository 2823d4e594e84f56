/** The step from an Ethertype to the protocol it names (IANA IEEE 802 numbers). */
import type { Dissection } from "../dissect/dissection.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

let next = 0;

/** In the protocol chain as Wireshark has it, with no line in the tree. */
export const ethertype = protocol({
  name: "ethertype",
  title: "Ethertype",
  short: "Ethertype",
  invisible: true,
  dissect(d) {
    d.call(ethertypes.get(next) ?? data);
  },
});

/** Hands the rest of the layer to the protocol of an Ethertype. */
export function callEthertype(d: Dissection, type: number): void {
  next = type;
  d.call(ethertype);
}

export const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  2048: "IPv4",
  2054: "ARP",
  2114: "Wake on LAN",
  8944: "IEEE 1722 AVTP",
  25944: "Transparent Ethernet bridging",
  32821: "RARP",
  32923: "AppleTalk LLAP bridging",
  33011: "AppleTalk AARP",
  33024: "802.1Q Virtual LAN",
  33079: "Netware IPX/SPX",
  34525: "IPv6",
  34824: "MAC Control",
  34825: "Slow Protocols",
  34827: "PPP",
  34887: "MPLS label switched packet",
  34888: "MPLS multicast",
  34915: "PPPoE Discovery",
  34916: "PPPoE Session",
  34958: "802.1X Authentication",
  34984: "802.1ad Provider Bridge (Q-in-Q)",
  35020: "802.1 Link Layer Discovery Protocol (LLDP)",
  35045: "802.1AE (MACsec)",
  35063: "PTPv2 over Ethernet (IEEE1588)",
  36864: "Loopback",
};
