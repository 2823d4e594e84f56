/** What a packet's protocol chain alone says of a filter, so that most packets need not be dissected for it. */
import type { Field } from "../dissect/field.ts";
import { protocolNamed, protocols } from "../dissect/protocol.ts";
import type { Range } from "./ast.ts";
import type { TypedTest } from "./check.ts";

const CERTIFICATES = ["tls", "dtls", "http", "ocsp", "rpkirtr"];

/**
 * Protocols whose fields are found only in packets that have the protocol itself, or one of those named with it, in
 * their chain. Fields of all others may turn up anywhere (certificates, marks, the frame's own).
 */
const HOLDERS: Readonly<Record<string, readonly string[]>> = {
  // Padding is shown as Ethernet's below other link layers too.
  eth: ["ethertype", "vlan", "ieee8021ad", "ieee8021ah", "vntag", "macsec", "cmd", "avsp", "sll"],
  llc: [],
  sll: [],
  vlan: [],
  arp: [],
  ip: [],
  ipv6: [],
  // ICMPv6 has the extensions of its errors under the names of ICMP.
  icmp: ["icmpv6"],
  icmpv6: [],
  igmp: [],
  igap: [],
  rgmp: [],
  mipv6: [],
  etherip: [],
  ipcomp: [],
  dccp: [],
  tcp: [],
  // UDP-Lite shows its ports and its checksum under the names of UDP.
  udp: ["udplite"],
  dns: ["mdns", "llmnr"],
  dhcp: [],
  dhcpv6: [],
  ntp: [],
  nbns: [],
  gre: [],
  mpls: [],
  stp: [],
  lldp: [],
  lacp: [],
  cdp: [],
  udld: [],
  aarp: [],
  aoe: [],
  arcnet: [],
  avsp: [],
  cfm: [],
  cfp: [],
  clip: [],
  cmd: [],
  ddp: [],
  erspan: [],
  fddi: [],
  ipnet: [],
  ipoib: [],
  ipx: [],
  ipxrip: [],
  ipxsap: [],
  "lisp-data": [],
  llap: [],
  macsec: [],
  mp: [],
  nflog: [],
  nsh: [],
  pktap: [],
  pptp: [],
  ptp: [],
  spx: [],
  tr: [],
  vntag: [],
  vtp: [],
  dtp: [],
  chdlc: [],
  slarp: [],
  radiotap: [],
  ppi: [],
  prism: [],
  wlancap: [],
  // What these layers say of a frame's reception is shown in a layer of its own.
  wlan_radio: ["radiotap", "ppi", "prism", "wlancap"],
  // The subframes of an A-MSDU have addresses under the names of the frame's own.
  // The key data of EAPOL has elements under the names of those in frames.
  wlan: ["wlan_aggregate", "eapol"],
  wlan_aggregate: [],
  "6lowpan": [],
  // The fields of both channels are those of the control channel.
  capwap: ["capwap.data"],
  "capwap.data": [],
  lwapp: [],
  caneth: [],
  usb: [],
  hci_h4: [],
  bthci_cmd: [],
  bthci_evt: [],
  bthci_acl: [],
  btl2cap: [],
  btatt: [],
  btsmp: [],
  btle: [],
  btle_rf: [],
  fr: [],
  vxlan: [],
  geneve: [],
  teredo: [],
  gtp: [],
  isakmp: [],
  udpencap: [],
  l2tp: [],
  bfd: [],
  bfd_echo: [],
  vrrp: [],
  hsrp: [],
  rip: [],
  ripng: [],
  ospf: [],
  clnp: [],
  esis: [],
  isis: [],
  "isis.hello": [],
  "isis.lsp": [],
  // Partial sequence numbers have the options of complete ones.
  "isis.csnp": ["isis.psnp"],
  "isis.psnp": [],
  eigrp: [],
  igrp: [],
  ldp: [],
  rsvp: [],
  "mpls-echo": [],
  nhrp: [],
  babel: [],
  olsr: [],
  aodv: [],
  pim: [],
  dvmrp: [],
  msdp: [],
  auto_rp: [],
  pgm: [],
  glbp: [],
  bgp: [],
  rpkirtr: [],
  syslog: [],
  ftp: [],
  "ftp-data": [],
  tftp: [],
  sdp: [],
  sip: ["sdp", "rtp"],
  rtp: [],
  rtcp: [],
  "db-lsp-disc": [],
  stun: [],
  wg: [],
  sctp: [],
  quic: [],
  // Its frames and tags are in packets of the IETF's QUIC and in TLS too.
  gquic: ["quic", "tls"],
  // Certificates in DTLS have time stamps under the names of TLS.
  tls: ["dtls"],
  dtls: [],
  http: ["ssdp"],
  ssdp: [],
  media: [],
  "data-text-lines": [],
  json: [],
  data: [],
  lisp: [],
  wpan: [],
  null: [],
  ppp: [],
  eap: [],
  eapol: [],
  mptcp: ["tcp"],
  "wlan.mgt": ["wlan"],
  mdns: [],
  // Certificates are parts of other protocols.
  "pkcs-1": CERTIFICATES,
  x509af: CERTIFICATES,
  x509ce: CERTIFICATES,
  x509if: CERTIFICATES,
  x509sat: CERTIFICATES,
  pkix1implicit: CERTIFICATES,
  pkix1explicit: CERTIFICATES,
};

/** The protocols beside itself that hold a protocol's fields; undefined when any may. */
function othersHolding(name: string): readonly string[] | undefined {
  if (Object.hasOwn(HOLDERS, name)) return HOLDERS[name];
  return protocolNamed(name)?.contained ? [] : undefined;
}

/** Protocol ids of one chain → what is known of a test: true, false, or null for not without dissecting. */
export type ChainVerdict = (chain: ArrayLike<number>) => boolean | null;

const UNKNOWN: ChainVerdict = () => null;

/**
 * What the chain says of a test.
 * @param fields what the test looks at
 * @param free true when the test may be true without any field
 */
export function chainVerdict(test: TypedTest, fields: readonly Field[], free: boolean): ChainVerdict {
  const exists = existence(test);
  if (exists !== null) return exists;
  if (free) return UNKNOWN;
  const holders = holdersOf(fields);
  if (holders === null) return UNKNOWN;
  return (chain) => (hasAny(chain, holders) ? null : false);
}

/** For the presence of a whole protocol: the chain says it all when the protocol has no other way into a packet. */
function existence(test: TypedTest): ChainVerdict | null {
  if (test.kind !== "exists" || test.operand.kind !== "field") return null;
  const { fields, layers, name } = test.operand;
  const protocol = protocolNamed(name);
  if (protocol === undefined || fields.length !== 1) return null;
  if (protocol.invisible || fields[0] !== protocol.field) return null;
  const absent = othersHolding(name) === undefined ? null : false;
  const { id } = protocol;
  if (layers !== null) {
    return (chain) => {
      let total = 0;
      for (let i = 0; i < chain.length; i++) if (chain[i] === id) total++;
      for (let at = 1; at <= total; at++) if (isChosenLayer(at, total, layers)) return true;
      return absent;
    };
  }
  return (chain) => {
    for (let i = 0; i < chain.length; i++) if (chain[i] === id) return true;
    return absent;
  };
}

/**
 * True when one of a protocol's layers is among those a filter asks for.
 * @param at its place among them, from 1, the outermost
 * @param total how many there are
 */
export function isChosenLayer(at: number, total: number, layers: readonly Range[]): boolean {
  for (const { offset, length } of layers) {
    const first = offset < 0 ? total + 1 + offset : offset;
    if (at >= first && (length === -1 || at < first + length)) return true;
  }
  return false;
}

/** True when the chain decides a test for every packet. */
export function isByChain(test: TypedTest): boolean {
  return (
    existence(test) !== null &&
    test.kind === "exists" &&
    test.operand.kind === "field" &&
    othersHolding(test.operand.name) !== undefined
  );
}

/** Fields of a layer that the layers above it add: the length of a PDU over TCP. */
const ADDED_FROM_ABOVE: ReadonlySet<string> = new Set(["tcp.pdu.size"]);

/** By protocol id: 1 for those in which any of the fields can be; null when some field can be anywhere. */
export function holdersOf(fields: readonly Field[]): Uint8Array | null {
  const holders = new Uint8Array(protocols.length);
  for (const field of fields) {
    const others = othersHolding(field.protocol);
    if (others === undefined || ADDED_FROM_ABOVE.has(field.name)) return null;
    for (const name of [field.protocol, ...others]) {
      const holder = protocolNamed(name);
      if (holder !== undefined) holders[holder.id] = 1;
    }
  }
  return holders;
}

function hasAny(chain: ArrayLike<number>, holders: Uint8Array): boolean {
  for (let i = 0; i < chain.length; i++) if (holders[chain[i]] === 1) return true;
  return false;
}
