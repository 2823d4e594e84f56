/** The tables through which protocols find each other, under Wireshark's names. */
import { DissectorTable, HeuristicTable } from "./protocol.ts";

/** LINKTYPE_ values, https://www.tcpdump.org/linktypes.html */
export const linkTypes = new DissectorTable("wtap_encap", "Link type");
export const ethertypes = new DissectorTable("ethertype", "Ethertype");
/** IANA protocol numbers. */
export const ipProtocols = new DissectorTable("ip.proto", "IP protocol");
export const igmpTypes = new DissectorTable("igmp.type", "IGMP type");
export const udpPorts = new DissectorTable("udp.port", "UDP port");
export const tcpPorts = new DissectorTable("tcp.port", "TCP port");
export const sctpPorts = new DissectorTable("sctp.port", "SCTP port");
/** Payload protocol identifiers of SCTP's user data. */
export const sctpPayloads = new DissectorTable("sctp.ppi", "SCTP payload protocol identifier");
export const llcSaps = new DissectorTable("llc.dsap", "LLC SAP");
/** SNAP protocol ids by organisation: (OUI << 16 | PID) as a plain number below 2^40. */
export const snapPids = new DissectorTable("llc.snap", "SNAP organisation and protocol");
export const pppProtocols = new DissectorTable("ppp.protocol", "PPP protocol");

export const udpHeuristics = new HeuristicTable("udp");
/** What capturing hardware puts behind an Ethernet frame. */
export const ethernetTrailers = new HeuristicTable("eth.trailer");
export const tcpHeuristics = new HeuristicTable("tcp");

const byName = new Map(
  [
    linkTypes,
    ethertypes,
    ipProtocols,
    udpPorts,
    tcpPorts,
    sctpPorts,
    sctpPayloads,
    llcSaps,
    snapPids,
    pppProtocols,
  ].map((table) => [table.name, table]),
);

/** The table of this name, for "decode as". */
export function dissectorTable(name: string): DissectorTable | undefined {
  return byName.get(name);
}
