/** DHCP for IPv6, RFC 8415, with the options of the RFCs named in the IANA registry. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  expert,
  type Field,
  ipv4,
  ipv6,
  nameOf,
  str,
  strz,
  u8,
  u16,
  u24,
  u32,
} from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatEther, formatHex, formatIpv6 } from "../dissect/text.ts";
import { octetsText } from "./dns-name.ts";
import { HARDWARE_NAMES } from "./names/arphrd.ts";
import {
  BINDING_STATES,
  CABLE_OPTIONS,
  LEASE_QUERIES,
  MESSAGES,
  NTP_SUBOPTIONS,
  OPTIONS,
  SERVER_STATES,
  SOFTWIRES,
  STATUS_CODES,
} from "./names/dhcpv6.ts";
import { ENTERPRISES } from "./names/enterprises.ts";

const DUID_TYPES = {
  1: "link-layer address plus time",
  2: "assigned by vendor based on Enterprise number",
  3: "link-layer address",
  4: "Universally Unique IDentifier (UUID)",
};

const CLIENT_SERVERS = { 1: "TSP's Primary DHCP Server", 2: "TSP's Secondary DHCP Server" };

const AAAA_BY_SERVER = [
  "Server SHOULD perform AAAA RR updates",
  "Server SHOULD NOT perform AAAA RR updates",
] as const;
const NO_PTR = ["Server SHOULD NOT perform PTR RR updates", "Server SHOULD perform PTR RR updates"] as const;
const enterprise = (name: string): Field => u32(name, "Enterprise ID", { names: ENTERPRISES });

const f = {
  type: u8("dhcpv6.msgtype", "Message type", { names: MESSAGES }),
  hopcount: u8("dhcpv6.hopcount", "Hopcount"),
  xid: u24("dhcpv6.xid", "Transaction ID", { base: "HEX" }),
  linkAddress: ipv6("dhcpv6.linkaddr", "Link address"),
  peerAddress: ipv6("dhcpv6.peeraddr", "Peer address"),
  option: str("dhcpv6.option.type_str", "Option"),
  optionType: u16("dhcpv6.option.type", "Option", { names: OPTIONS }),
  optionLength: u16("dhcpv6.option.length", "Length"),
  duid: bytes("dhcpv6.duid.bytes", "DUID"),
  duidType: u16("dhcpv6.duid.type", "DUID Type", { names: DUID_TYPES }),
  lltHardware: u16("dhcpv6.duidllt.hwtype", "Hardware type", { names: HARDWARE_NAMES }),
  lltTime: absTime("dhcpv6.duidllt.time", "DUID Time", { base: "UTC" }),
  lltAddress: str("dhcpv6.duidllt.link_layer_addr", "Link-layer address"),
  llHardware: u16("dhcpv6.duidll.hwtype", "Hardware type", { names: HARDWARE_NAMES }),
  llAddress: str("dhcpv6.duidll.link_layer_addr", "Link-layer address"),
  enEnterprise: enterprise("dhcpv6.duiden.enterprise"),
  enIdentifier: bytes("dhcpv6.duiden.identifier", "Identifier"),
  uuid: bytes("dhcpv6.duiduuid.bytes", "UUID"),
  iaid: str("dhcpv6.iaid", "IAID"),
  t1: u32("dhcpv6.iaid.t1", "T1"),
  t2: u32("dhcpv6.iaid.t2", "T2"),
  iata: str("dhcpv6.iata", "IATA"),
  address: ipv6("dhcpv6.iaaddr.ip", "IPv6 address"),
  addressPreferred: u32("dhcpv6.iaaddr.pref_lifetime", "Preferred lifetime"),
  addressValid: u32("dhcpv6.iaaddr.valid_lifetime", "Valid lifetime"),
  prefixPreferred: u32("dhcpv6.iaprefix.pref_lifetime", "Preferred lifetime"),
  prefixValid: u32("dhcpv6.iaprefix.valid_lifetime", "Valid lifetime"),
  prefixLength: u8("dhcpv6.iaprefix.pref_len", "Prefix length"),
  prefixAddress: ipv6("dhcpv6.iaprefix.pref_addr", "Prefix address"),
  requested: u16("dhcpv6.requested_option_code", "Requested Option code", { names: OPTIONS }),
  preference: u8("dhcpv6.option_preference", "Pref-value"),
  elapsed: u16("dhcpv6.elapsed_time", "Elapsed time", { unit: "ms" }),
  authProtocol: u8("dhcpv6.auth.protocol", "Protocol"),
  authAlgorithm: u8("dhcpv6.auth.algorithm", "Algorithm"),
  authRdm: u8("dhcpv6.auth.rdm", "RDM"),
  authReplay: bytes("dhcpv6.auth.replay_detection", "Replay Detection"),
  authInfo: bytes("dhcpv6.auth.info", "Authentication Information"),
  authRealm: str("dhcpv6.auth.realm", "DHCP realm"),
  authKey: u32("dhcpv6.auth.key_id", "Key ID"),
  authDigest: bytes("dhcpv6.auth.md5_data", "HMAC-MD5 data"),
  unicast: ipv6("dhcpv6.unicast", "IPv6 address"),
  status: u16("dhcpv6.status_code", "Status Code", { names: STATUS_CODES }),
  statusMessage: str("dhcpv6.status_msg", "Status Message"),
  classEnterprise: enterprise("dhcpv6.vendorclass.enterprise"),
  classData: strz("dhcpv6.vendorclass.data", "vendor-class-data"),
  vendorEnterprise: enterprise("dhcpv6.vendoropts.enterprise"),
  vendorCode: u16("dhcpv6.vendoropts.enterprise.option_code", "Option code"),
  vendorLength: u16("dhcpv6.vendoropts.enterprise.option_length", "Option length"),
  vendorData: bytes("dhcpv6.vendoropts.enterprise.option_data", "Option data"),
  cable: u16("dhcpv6.cablelabs.opt", "Suboption", { names: CABLE_OPTIONS }),
  cableClient: u16("dhcpv6.packetcable.ccc.suboption", "Sub element", { names: CLIENT_SERVERS }),
  cablePrimary: ipv4("dhcpv6.packetcable.ccc.pri_dhcp", "Primary DHCP"),
  cableSecondary: ipv4("dhcpv6.packetcable.ccc.sec_dhcp", "Secondary DHCP"),
  cableServer: ipv6("dhcpv6.cablelabs.ipv6_server", "IPv6 address"),
  interfaceId: bytes("dhcpv6.interface_id", "Interface-ID"),
  reconfigure: u8("dhcpv6.reconf_msg", "Reconfigure message type", { names: MESSAGES }),
  sipName: str("dhcpv6.sip_server_domain_search_fqdn", "SIP Server Domain Search FQDN"),
  sipServer: ipv6("dhcpv6.sip_server_a", "SIP server address"),
  dnsServer: ipv6("dhcpv6.dns_server", "DNS server address"),
  searchEntry: str("dhcpv6.search_list_entry", "List entry"),
  nisServer: ipv6("dhcpv6.nis_server", "NIS server address"),
  nispServer: ipv6("dhcpv6.nisp_server", "NISP server address"),
  nisName: str("dhcpv6.nis_fqdn", "NIS FQDN"),
  nispName: str("dhcpv6.nisp_fqdn", "NISP FQDN"),
  sntpServer: ipv6("dhcpv6.sntp_server", "SNTP server address"),
  lifetime: u32("dhcpv6.lifetime", "Lifetime"),
  bcmcsName: str("dhcpv6.bcmcs_server_fqdn", "BCMCS server FQDN"),
  bcmcsServer: ipv6("dhcpv6.bcmcs_server_a", "BCMCS server address"),
  remoteEnterprise: enterprise("dhcpv6.remoteid.enterprise"),
  remoteId: bytes("dhcpv6.remoteid_enterprise_id", "Remote-ID"),
  subscriber: str("dhcpv6.subscriber_id", "Subscriber-ID"),
  fqdnFlags: u8("dhcpv6.client_fqdn_flags", "Flags", { base: "HEX" }),
  fqdnClientN: bool("dhcpv6.clientfqdn.client.n", "N bit", { mask: 0x4, bits: 8, tf: NO_PTR }),
  fqdnClientS: bool("dhcpv6.clientfqdn.client.s", "S bit", { mask: 0x1, bits: 8, tf: AAAA_BY_SERVER }),
  fqdnServerN: bool("dhcpv6.clientfqdn.server.n", "N bit", { mask: 0x4, bits: 8, tf: NO_PTR }),
  fqdnServerO: bool("dhcpv6.clientfqdn.server.o", "O bit", {
    mask: 0x2,
    bits: 8,
    tf: [
      "Server HAS overridden client's S bit preference",
      "Server HAS NOT overridden client's S bit preference",
    ],
  }),
  fqdnServerS: bool("dhcpv6.clientfqdn.server.s", "S bit", { mask: 0x1, bits: 8, tf: AAAA_BY_SERVER }),
  clientName: str("dhcpv6.client_domain", "Client Domain Name"),
  emptyName: u16("dhcpv6.domain_field_len", "Empty domain name - field length"),
  rootName: str("dhcpv6.root_only_domain_name", "Root only domain name"),
  topName: str("dhcpv6.tld", "Top Level Domain name"),
  nameTooLong: u8("dhcpv6.domain_field_len_exceeded", "Remaining length in the domain name field exceeded"),
  panaAgent: ipv6("dhcpv6.pana_agent", "PANA agents address"),
  timeZone: str("dhcpv6.timezone", "Time-zone"),
  timeZoneName: str("dhcpv6.tzdb", "TZ-database"),
  query: u8("dhcpv6.lq_query", "Query-type", { names: LEASE_QUERIES }),
  queryLink: ipv6("dhcpv6.lq_query_link_address", "Link address"),
  clientTime: u32("dhcpv6.clt_time", "Clt_time"),
  relayPeer: ipv6("dhcpv6.lq_relay_data_peer_addr", "Peer address"),
  relayMessage: str("dhcpv6.lq_relay_data_msg", "DHCPv6 relay message"),
  clientLink: ipv6("dhcpv6.lq_client_link", "LQ client links address"),
  capwap: ipv6("dhcpv6.capwap_ac_v6", "CAPWAP Access Controllers address"),
  aftr: str("dhcpv6.aftr_name", "DS-Lite AFTR Name"),
  homeAgent: ipv6("dhcpv6.mip6_home_agent", "Home Agent"),
  homeAddress: ipv6("dhcpv6.mip6_home_address", "Home Address"),
  nai: str("dhcpv6.nai", "NAI"),
  excludeLength: u8("dhcpv6.pd_exclude.pref_len", "Prefix length"),
  excludeSubnet: bytes("dhcpv6.pd_exclude.subnet_id", "IPv6 subnet ID"),
  userLength: u16("dhcpv6.userclass.length", "Length"),
  userData: bytes("dhcpv6.userclass.opaque_data", "Suboption"),
  ntpType: u16("dhcpv6.ntpserver.option.type", "Suboption", { names: NTP_SUBOPTIONS }),
  ntpLength: u16("dhcpv6.ntpserver.option.length", "Length"),
  ntpServer: ipv6("dhcpv6.ntpserver.addr", "NTP Server Address"),
  ntpMulticast: ipv6("dhcpv6.ntpserver.mc_addr", "NTP Multicast Address"),
  ntpName: str("dhcpv6.ntpserver.fqdn", "NTP Server FQDN"),
  portal: str("dhcpv6.captive_portal", "Captive Portal"),
  mud: str("dhcpv6.mudurl", "MUDURL"),
  relayPort: u16("dhcpv6.relay_port", "Downstream Source Port"),
  softwire: u16("dhcpv6.option_code", "S46 Option code", { base: "HEX", names: SOFTWIRES }),
  ruleFlags: u8("dhcpv6.s46_rule.flags", "Flags", { base: "HEX" }),
  ruleReserved: bool("dhcpv6.s46_rule.flags.reserved", "Reserved", { mask: 0xfe, bits: 8 }),
  ruleForwarding: bool("dhcpv6.s46_rule.flags.fmr", "Forwarding Mapping Rule", { mask: 0x01, bits: 8 }),
  ruleEa: u8("dhcpv6.s46_rule.ea_len", "EA-bit length"),
  ruleV4Length: u8("dhcpv6.s46_rule.ipv4_pref_len", "IPv4 prefix length"),
  ruleV4: ipv4("dhcpv6.s46_rule.ipv4_prefix", "IPv4 prefix"),
  ruleV6Length: u8("dhcpv6.s46_rule.ipv6_prefix_len", "IPv6 prefix length"),
  ruleV6: ipv6("dhcpv6.s46_rule.ipv6_prefix", "IPv6 prefix"),
  borderRelay: ipv6("dhcpv6.s46_br.address", "BR address"),
  dmrLength: u8("dhcpv6.s46_dmr.dmr_pref_len", "IPv6 prefix length"),
  dmrPrefix: ipv6("dhcpv6.s46_dmr.dmr_prefix", "IPv6 prefix"),
  bindV4: ipv4("dhcpv6.s46_v4v6bind.ipv4_address", "IPv4 Address"),
  bindV6Length: u8("dhcpv6.s46_v4v6bind.ipv6_pref_len", "IPv6 prefix length"),
  bindV6: ipv6("dhcpv6.s46_v4v6bind.ipv6_prefix", "IPv6 prefix"),
  portOffset: u8("dhcpv6.s46_portparam.offset", "Offset"),
  portIdLength: u8("dhcpv6.s46_portparam.psid_len", "PSID length"),
  portId: u16("dhcpv6.s46_portparam.psid", "PSID"),
  bindingStatus: u8("dhcpv6.failover.binding_status", "Failover Binding Status", { names: BINDING_STATES }),
  expiration: u32("dhcpv6.failover.expiration_time", "Expiration Time"),
  maxUnacked: u32("dhcpv6.failover.max_unacked_bndupd", "Max number of unacked BNDUPD messages"),
  leadTime: u32("dhcpv6.failover.mclt", "Maximum Client Lead Time (MCLT)"),
  partnerLifetime: u32("dhcpv6.failover.partner_lifetime", "Partner Lifetime"),
  partnerLifetimeSent: u32("dhcpv6.failover.partner_lifetime_sent", "Partner Lifetime Sent"),
  partnerDown: u32("dhcpv6.failover.partner_down_time", "Partner Down Time"),
  partnerClient: u32("dhcpv6.failover.partner_raw_clt_time", "Partner Raw Client Time"),
  major: u16("dhcpv6.failover.protocol.major_version", "Protocol Major Version"),
  minor: u16("dhcpv6.failover.protocol.minor_version", "Protocol Minor Version"),
  keepalive: u32("dhcpv6.failover.keepalive_time", "Keepalive Time"),
  reconfigureTime: u32("dhcpv6.failover.reconfigure_time", "Reconfigure Time"),
  reconfigureKey: bytes("dhcpv6.failover.reconfigure_key", "Reconfigure Key"),
  relationship: str("dhcpv6.failover.relationship_name", "Relationship Name"),
  serverState: u8("dhcpv6.failover.server_state", "Server State", { names: SERVER_STATES }),
  stateStart: u32("dhcpv6.failover.start_time_of_state", "Start Time of State"),
  stateExpiration: u32("dhcpv6.failover.state_expiration_time", "State Expiration Time"),
};

const x = {
  malformed: expert("dhcpv6.malformed_option", "error", "Malformed", "Malformed option"),
  hopcount: expert("dhcpv6.error_hopcount", "warning", "Protocol", "Detected error on hop-count"),
  sBit: expert(
    "dhcpv6.s_bit_should_be_zero",
    "error",
    "Protocol",
    "ERROR: When the N-bit is set, the S-bit must be reset",
  ),
  nameTooLong: expert(
    "dhcpv6.expert.domain_field_length_exceeded",
    "error",
    "Malformed",
    "ERROR: FQDN exceeds length of the domain name field",
  ),
  rootOnly: expert(
    "dhcpv6.expert.root_only_domain_name",
    "error",
    "Protocol",
    "ERROR: A root-only domain name cannot be resolved.",
  ),
  topLevel: expert("dhcpv6.expert.tld_lookup", "warning", "Comment", "WARNING: TLDs are rarely resolvable "),
};

export const dhcpv6 = protocol({
  name: "dhcpv6",
  title: "DHCPv6",
  short: "DHCPv6",
  fields: f,
  experts: x,
  on: [[udpPorts, 546, 547]],
  dissect(d) {
    if (d.columns) d.setInfo("");
    if (d.building || d.columns) dissectMessage(d, d.wireEnd, 0);
    d.pos = d.end;
  },
});

const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
/** Messages that answer a client: their FQDN option carries the server's bits. */
const ADVERTISE = 2;
const REPLY = 7;
const INFINITY = 0xffff_ffff;
/** Seconds from 1970 to 2000, where a DUID's time begins. */
const EPOCH_2000 = 946_684_800n;
/** Relay messages that may nest; RFC 8415 7.6 lets a message pass 8 relays. */
const MAX_RELAYS = 32;

/**
 * One message up to `end`, an index into the buffer.
 * @returns its hop count, -1 when it is no relay's
 */
function dissectMessage(d: Dissection, end: number, depth: number): number {
  const type = d.u8(f.type);
  if (d.columns) d.addInfo(`${MESSAGES[type] ?? `Message Type ${type}`} `);
  if (type !== RELAY_FORWARD && type !== RELAY_REPLY) {
    const xid = d.u24(f.xid);
    if (d.columns) d.addInfo(`XID: 0x${xid.toString(16).padStart(6, "0")} `);
    dissectOptions(d, end, type, depth);
    return -1;
  }
  const hops = d.u8(f.hopcount);
  const hopLine = d.last;
  if (d.columns) d.addInfo(`L: ${formatIpv6(d.peekBytes(16))} `);
  d.ipv6(f.linkAddress);
  d.ipv6(f.peerAddress);
  const inner = dissectOptions(d, end, type, depth);
  if (inner === null || !d.building) return hops;
  const { last } = d;
  d.last = hopLine;
  if (inner === -1 && hops !== 0) {
    d.expert(x.hopcount, `Hopcount of most inner message has to equal 0 instead of ${hops}`);
  } else if (inner !== -1 && hops !== inner + 1) {
    const text = `hopcount is not correctly incremented by 1 (expected : ${inner + 1}, actual : ${hops})`;
    d.expert(x.hopcount, text);
  }
  d.last = last;
  return hops;
}

/** @returns the hop count of the message relayed, -1 for a message of no relay, null when none was relayed */
function dissectOptions(d: Dissection, end: number, message: number, depth: number): number | null {
  let relayed: number | null = null;
  while (end - d.pos >= 4) {
    const at = d.pos;
    const code = d.peek16();
    const length = d.peek16(2);
    const stop = at + 4 + length;
    if (stop > end) break;
    const name = OPTIONS[code] ?? `DHCP option ${code}`;
    d.open(f.option, at, Math.min(4 + length, d.end - at), name);
    if (d.labels) d.relabelParent(name);
    d.u16(f.optionType);
    d.u16(f.optionLength);
    d.needAt(at, 4 + length);
    if (code === RELAY_MESSAGE) {
      if (length === 0) malformed(d, "RELAY-MSG");
      else if (depth < MAX_RELAYS) {
        d.open(dhcpv6.field, d.pos, length);
        relayed = dissectMessage(d, stop, depth + 1);
        d.close();
      }
    } else dissectOption(d, code, stop, message, depth);
    d.close();
    d.pos = stop;
  }
  return relayed;
}

function malformed(d: Dissection, what: string): void {
  if (!d.building) return;
  d.last = d.parent;
  d.expert(x.malformed, `${what}: malformed option`);
}

const CLIENT_ID = 1;
const RELAY_MESSAGE = 9;

type Read = "u8" | "u16" | "u32" | "str" | "bytes" | "ip" | "names";

/** Options that are a single value: what is read, the field, the name when its length is wrong. */
const SINGLE: Readonly<Record<number, readonly [Read, Field, string]>> = {
  7: ["u8", f.preference, "PREFERENCE"],
  12: ["ip", f.unicast, "UNICAST"],
  18: ["bytes", f.interfaceId, "INTERFACE_ID"],
  19: ["u8", f.reconfigure, "RECONF_MSG"],
  32: ["u32", f.lifetime, "LIFETIME"],
  38: ["str", f.subscriber, "SUBSCRIBER_ID"],
  41: ["str", f.timeZone, ""],
  42: ["str", f.timeZoneName, ""],
  46: ["u32", f.clientTime, "CLT_TIME"],
  103: ["str", f.portal, ""],
  112: ["str", f.mud, ""],
  114: ["u8", f.bindingStatus, "Failover"],
  120: ["u32", f.expiration, "Failover"],
  121: ["u32", f.maxUnacked, "Failover"],
  122: ["u32", f.leadTime, "Failover"],
  123: ["u32", f.partnerLifetime, "Failover"],
  124: ["u32", f.partnerLifetimeSent, "Failover"],
  125: ["u32", f.partnerDown, "Failover"],
  126: ["u32", f.partnerClient, "Failover"],
  128: ["u32", f.keepalive, "Failover"],
  130: ["str", f.relationship, ""],
  132: ["u8", f.serverState, "Failover"],
  133: ["u32", f.stateStart, "Failover"],
  134: ["u32", f.stateExpiration, "Failover"],
  135: ["u16", f.relayPort, "Relay Port"],
  165: ["ip", f.homeAgent, "MIP6_HA"],
  166: ["ip", f.homeAddress, "MIP6_HOA"],
  90: ["ip", f.borderRelay, "S46_BR"],
};

const SIZES: Readonly<Partial<Record<Read, number>>> = { u8: 1, u16: 2, u32: 4, ip: 16 };

/** Options that are addresses one after the other. */
const ADDRESSES: Readonly<Record<number, readonly [Field, string]>> = {
  22: [f.sipServer, "SIP servers address"],
  23: [f.dnsServer, "DNS servers address"],
  27: [f.nisServer, "NIS servers address"],
  28: [f.nispServer, "NISP servers address"],
  31: [f.sntpServer, "SNTP servers address"],
  34: [f.bcmcsServer, "BCMCS servers address"],
  40: [f.panaAgent, "PANA agent address"],
  48: [f.clientLink, "LQ client links address"],
  52: [f.capwap, "CAPWAP Access Controllers address"],
};

/** Options that are lists of domain names below a line of their own. */
const NAME_LISTS: Readonly<Record<number, readonly [Field, string]>> = {
  21: [f.sipName, "SIP Servers Domain Search List"],
  24: [f.searchEntry, "Domain name suffix search list"],
  29: [f.nisName, "nis-domain-name"],
  30: [f.nispName, "nisp-domain-name"],
  33: [f.bcmcsName, "BCMCS Servers Domain Search List"],
};

/** The option `code` whose value is from the cursor to `stop`. */
function dissectOption(d: Dissection, code: number, stop: number, message: number, depth: number): void {
  const length = stop - d.pos;
  const single = SINGLE[code];
  if (single !== undefined) {
    addSingle(d, single[0], single[1], length, single[2]);
    return;
  }
  const addresses = ADDRESSES[code];
  if (addresses !== undefined) {
    addAddresses(d, addresses[0], stop, addresses[1]);
    return;
  }
  const list = NAME_LISTS[code];
  if (list !== undefined) {
    if (length === 0) return;
    d.openText(d.pos, length, list[1]);
    addNames(d, list[0], stop);
    d.close();
    return;
  }
  switch (code) {
    case CLIENT_ID:
    case 2:
    case 53:
      addDuid(d, code, length);
      break;
    case 3:
    case 25:
      if (length < 12) {
        if (length > 0) addIaid(d, f.iaid, Math.min(length, 4), length);
        malformed(d, code === 3 ? "IA_NA" : "IA_PD");
        break;
      }
      addIaid(d, f.iaid, 4, length);
      addTime(d, f.t1);
      addTime(d, f.t2);
      dissectOptions(d, stop, message, depth);
      break;
    case 4:
      if (length < 4) malformed(d, "IA_TA");
      else {
        addIaid(d, f.iata, 4, length);
        dissectOptions(d, stop, message, depth);
      }
      break;
    case 5:
      if (length < 24) {
        malformed(d, "IA_TA");
        break;
      }
      if (d.columns) d.addInfo(`IAA: ${formatIpv6(d.peekBytes(16))} `);
      d.ipv6(f.address);
      addTime(d, f.addressPreferred);
      addTime(d, f.addressValid);
      dissectOptions(d, stop, message, depth);
      break;
    case 26:
      if (length < 25) {
        malformed(d, "IAPREFIX");
        break;
      }
      addTime(d, f.prefixPreferred);
      addTime(d, f.prefixValid);
      d.u8(f.prefixLength);
      d.ipv6(f.prefixAddress);
      dissectOptions(d, stop, message, depth);
      break;
    case 6:
    case 43:
      while (stop - d.pos >= 2) d.u16(f.requested);
      break;
    case 8:
      if (length !== 2) malformed(d, "ELAPSED-TIME");
      else {
        // Hundredths of a second on the wire, shown as milliseconds.
        d.add(f.elapsed, d.pos, 2, d.peek16() * 10);
        d.skip(2);
      }
      break;
    case 11:
      addAuthentication(d, stop);
      break;
    case 13:
      if (length < 2) break;
      d.u16(f.status);
      if (length > 2) d.str(f.statusMessage, length - 2);
      break;
    case 15:
      addUserClass(d, stop);
      break;
    case 16:
      if (length < 4) malformed(d, "VENDOR_CLASS");
      else {
        d.u32(f.classEnterprise);
        while (stop - d.pos >= 2) {
          const size = Math.min(d.peek16(), stop - d.pos - 2);
          d.skip(2);
          d.str(f.classData, size);
        }
      }
      break;
    case 17:
      if (length < 4) malformed(d, "VENDOR_OPTS");
      else if (d.u32(f.vendorEnterprise) === CABLELABS) addCableOptions(d, stop);
      else addVendorOptions(d, stop);
      break;
    case 20:
      if (length !== 0) malformed(d, "RECONF_ACCEPT");
      break;
    case 37:
      if (length < 4) malformed(d, "REMOTE_ID");
      else {
        d.u32(f.remoteEnterprise);
        if (length > 4) d.bytes(f.remoteId, length - 4);
      }
      break;
    case 39:
      addClientName(d, stop, message);
      break;
    case 44:
      if (length < 17) malformed(d, "LQ-QUERY");
      else {
        d.u8(f.query);
        d.ipv6(f.queryLink);
        dissectOptions(d, stop, message, depth);
      }
      break;
    case 45:
    case 94:
    case 95:
    case 96:
      dissectOptions(d, stop, message, depth);
      break;
    case 47:
      if (length < 16) malformed(d, "LQ_RELAY_DATA");
      else {
        d.ipv6(f.relayPeer);
        d.str(f.relayMessage, stop - d.pos);
      }
      break;
    case 56:
      addNtp(d, stop);
      break;
    case 64:
      addNames(d, f.aftr, stop);
      break;
    case 67:
      if (length < 2) malformed(d, "PD_EXCLUDE");
      else {
        d.u8(f.excludeLength);
        d.bytes(f.excludeSubnet, length - 1);
      }
      break;
    case 89:
      addMappingRule(d, stop);
      break;
    case 91:
      if (length < 2) malformed(d, "S46_DMR");
      else addPrefix(d, f.dmrLength, f.dmrPrefix, stop);
      break;
    case 92:
      if (length < 5) malformed(d, "S46_V4V6BIND");
      else {
        d.ipv4(f.bindV4);
        addPrefix(d, f.bindV6Length, f.bindV6, stop);
        dissectOptions(d, stop, message, depth);
      }
      break;
    case 93:
      if (length !== 4) malformed(d, "S46_PORTPARAMS");
      else {
        d.u8(f.portOffset);
        // The identifier is the first bits of its two octets, as many as its length says.
        const bits = Math.min(d.u8(f.portIdLength), 16);
        d.add(f.portId, d.pos, 2, d.peek16() >>> (16 - bits));
      }
      break;
    case 111:
      while (stop - d.pos >= 2) d.u16(f.softwire);
      break;
    case 127:
      if (length !== 4) malformed(d, "Failover");
      else {
        d.u16(f.major);
        d.u16(f.minor);
      }
      break;
    case 129:
      if (length < 4) malformed(d, "Failover");
      else {
        d.u32(f.reconfigureTime);
        if (length > 4) d.bytes(f.reconfigureKey, length - 4);
      }
      break;
    case 167:
      if (length < 4) malformed(d, "NAI");
      else d.str(f.nai, length - 2);
      break;
  }
}

function addSingle(d: Dissection, read: Read, field: Field, length: number, name: string): void {
  const size = SIZES[read];
  if (size === undefined ? length === 0 && name !== "" : length !== size) malformed(d, name);
  else if (read === "str") d.str(field, length);
  else if (read === "u8") d.u8(field);
  else if (read === "u16") d.u16(field);
  else if (read === "u32") d.u32(field);
  else d.bytes(field, length);
}

/** Addresses; the name servers' and the time servers' are counted. */
function addAddresses(d: Dissection, field: Field, stop: number, name: string): void {
  if ((stop - d.pos) % 16 !== 0) {
    malformed(d, name);
    return;
  }
  for (let number = 1; d.pos < stop; number++) {
    d.ipv6(field);
    if (d.labels && (field === f.dnsServer || field === f.sntpServer || field === f.cableServer)) {
      const address = formatIpv6(d.buf.subarray(d.pos - 16, d.pos));
      d.relabel(`${String(number).padStart(2, " ")} ${field.title}: ${address}`);
    }
  }
}

function addIaid(d: Dissection, field: Field, n: number, left: number): void {
  d.need(Math.min(n, left));
  if (d.building) d.add(field, d.pos, n, formatHex(d.peekBytes(n)));
  d.pos += n;
}

/** A time in seconds, all ones for one without end (RFC 8415 7.7). */
function addTime(d: Dissection, field: Field): void {
  if (d.u32(field) === INFINITY && d.labels) d.relabel(`${field.title}: infinity`);
}

// ---------------------------------------------------------------------- identifiers

/** A DHCP unique identifier, RFC 8415 11. */
function addDuid(d: Dissection, code: number, length: number): void {
  d.need(length);
  if (d.columns && code === CLIENT_ID && length > 0) d.addInfo(`CID: ${formatHex(d.peekBytes(length))} `);
  if (length < 2) {
    malformed(d, "DUID");
    return;
  }
  const start = d.pos;
  const stop = start + length;
  d.bytes(f.duid, length);
  d.pos = start;
  const type = d.u16(f.duidType);
  if (type === 1 && length >= 8) {
    const hardware = d.u16(f.lltHardware);
    if (d.building) d.add(f.lltTime, d.pos, 4, (BigInt(d.peek32()) + EPOCH_2000) * 1_000_000_000n);
    d.skip(4);
    addLinkAddress(d, f.lltAddress, hardware, stop);
  } else if (type === 2 && length >= 6) {
    d.u32(f.enEnterprise);
    if (stop > d.pos) d.bytes(f.enIdentifier, stop - d.pos);
  } else if (type === 3 && length >= 4) {
    const hardware = d.u16(f.llHardware);
    addLinkAddress(d, f.llAddress, hardware, stop);
  } else if (type === 4 && length === 18) d.bytes(f.uuid, 16);
  else if (type >= 1 && type <= 4) malformed(d, "DUID");
}

function addLinkAddress(d: Dissection, field: Field, hardware: number, stop: number): void {
  const length = stop - d.pos;
  if (length > 0 && d.building) {
    const address = d.peekBytes(length);
    const isEther = length === 6 && (hardware === 1 || hardware === 6);
    d.add(field, d.pos, length, isEther ? formatEther(address) : formatHex(address));
  }
  d.pos = stop;
}

/** RFC 8415 21.11, with the delayed and the reconfigure key protocols. */
function addAuthentication(d: Dissection, stop: number): void {
  const length = stop - d.pos;
  if (length < 11) {
    malformed(d, "AUTH");
    return;
  }
  const kind = d.u8(f.authProtocol);
  d.u8(f.authAlgorithm);
  d.u8(f.authRdm);
  d.bytes(f.authReplay, 8);
  const left = stop - d.pos;
  // Delayed authentication: a realm of any length before the key's number and the digest.
  if ((kind === 1 || kind === 2) && left >= 20) {
    if (left > 20) d.str(f.authRealm, left - 20);
    d.u32(f.authKey);
    d.bytes(f.authDigest, 16);
  } else if (left > 0) d.bytes(f.authInfo, left);
}

function addUserClass(d: Dissection, stop: number): void {
  while (stop - d.pos >= 2) {
    const size = d.peek16();
    if (size > stop - d.pos - 2) {
      malformed(d, "User Class: suboption too long");
      return;
    }
    d.openText(d.pos, 2 + size, "User Class suboption");
    d.u16(f.userLength);
    d.bytes(f.userData, size);
    d.close();
  }
}

function addVendorOptions(d: Dissection, stop: number): void {
  while (stop - d.pos >= 4) {
    const size = d.peek16(2);
    if (size > stop - d.pos - 4) {
      malformed(d, "VENDOR_OPTS");
      return;
    }
    d.openText(d.pos, 4 + size, "option");
    d.u16(f.vendorCode);
    d.u16(f.vendorLength);
    if (size > 0) d.bytes(f.vendorData, size);
    d.close();
  }
}

const CABLELABS = 4491;
const CABLE_REQUEST = 1;
const CABLE_SERVERS = [32, 34, 37];
const CABLE_DEVICE = 36;
const CABLE_OFFSET = 38;
const CABLE_PREFERENCE = 39;
const CABLE_CLIENT = 2170;

/** Options of CableLabs' modems: their texts, numbers and servers; the rest shows its number only. */
function addCableOptions(d: Dissection, stop: number): void {
  while (stop - d.pos >= 4) {
    const at = d.pos;
    const code = d.peek16();
    const size = d.peek16(2);
    const end = at + 4 + size;
    if (end > stop) return;
    d.open(f.cable, at, 4 + size, code);
    d.pos = at + 4;
    if (d.labels)
      d.relabelParent(`Suboption: ${CABLE_OPTIONS[code] ?? "unknown"} (${code})${cableText(d, code, end)}`);
    if (code === CABLE_CLIENT) addClientServers(d, end);
    if (CABLE_SERVERS.includes(code) && size % 16 === 0) addAddresses(d, f.cableServer, end, "");
    d.close();
    d.pos = end;
  }
}

/** Where a modem's telephone adapter finds its DHCP servers. */
function addClientServers(d: Dissection, end: number): void {
  while (end - d.pos >= 4) {
    const kind = d.peek16();
    const stop = d.pos + 4 + d.peek16(2);
    if (stop > end) return;
    d.open(f.cableClient, d.pos, stop - d.pos, kind);
    d.pos += 4;
    if (stop - d.pos === 4 && kind === 1) d.ipv4(f.cablePrimary);
    else if (stop - d.pos === 4 && kind === 2) d.ipv4(f.cableSecondary);
    d.close();
    d.pos = stop;
  }
}

function cableText(d: Dissection, code: number, end: number): string {
  const { buf, pos } = d;
  if (code === CABLE_REQUEST) {
    let text = "";
    for (let at = pos; at + 2 <= end; at += 2) text += ` ${(buf[at] << 8) | buf[at + 1]}`;
    return text;
  }
  if (code === CABLE_CLIENT) return ` (${end - pos} bytes)`;
  if (code <= 10 || code === 33) return `"${octetsText(buf, pos, end)}"`;
  if (code === CABLE_DEVICE) return formatHex(buf.subarray(pos, end));
  if (code === CABLE_OFFSET && end - pos === 4) return String(d.peek32() | 0);
  if (code === CABLE_PREFERENCE && end > pos) {
    if (buf[pos] === 1) return "IPv4";
    return buf[pos] === 2 ? "IPv6" : `Invalid IP Preference value ${buf[pos]}`;
  }
  return "";
}

// ---------------------------------------------------------------------- names

const FQDN_CLIENT = [f.fqdnClientN, f.fqdnClientS];
const FQDN_SERVER = [f.fqdnServerN, f.fqdnServerO, f.fqdnServerS];

/** The client's name, RFC 4704. */
function addClientName(d: Dissection, stop: number, message: number): void {
  if (stop === d.pos) {
    malformed(d, "FQDN");
    return;
  }
  const fromServer = message === ADVERTISE || message === REPLY;
  const flags = d.bitset(f.fqdnFlags, 1, fromServer ? FQDN_SERVER : FQDN_CLIENT);
  if (d.labels) d.append(`  [${fromServer ? serverWish(flags) : clientWish(flags)}]`);
  if ((flags & 5) === 5 && d.building) {
    d.text(d.pos - 1, 1, x.sBit.message);
    d.expert(x.sBit);
  }
  addNames(d, f.clientName, stop);
}

function clientWish(flags: number): string {
  if (flags & 4) {
    const wish = "CLIENT prefers that the server not perform *any* DNS updates";
    return flags & 1 ? `ERROR: ${wish}\nIn which case the 'S' bit MUST be 0` : wish;
  }
  if (flags & 1) return "CLIENT wants SERVER to update both its AAAA and PTR RRs";
  return "CLIENT wants to update its AAAA RRs and SERVER to update its PTR RRs";
}

function serverWish(flags: number): string {
  const overridden = flags & 2 ? "]\n[Server has overridden the client's S bit" : "";
  if (flags & 4) return `CLIENT SHALL update AAAA RRs; SERVER SHALL NOT perform any DNS updates${overridden}`;
  if (flags & 1) return `SERVER SHALL update both AAAA and PTR RRs${overridden}`;
  return `CLIENT SHALL update AAAA RRs; SERVER SHALL update PTR RRs${overridden}`;
}

/** Domain names as RFC 1035 encodes them, without compression, up to `stop` (RFC 8415 10). */
function addNames(d: Dissection, field: Field, stop: number): void {
  if (d.pos >= stop) {
    d.add(f.emptyName, d.pos - 2, 2, 0);
    d.relabel("Empty domain field: the client requests the server to provide a domain name");
    return;
  }
  while (d.pos < stop) if (!addDomain(d, field, stop)) return;
}

/** One name; returns false when it was not whole. */
function addDomain(d: Dissection, field: Field, stop: number): boolean {
  const start = d.pos;
  let text = "";
  let labels = 0;
  let at = start;
  while (at < stop && d.buf[at] !== 0) {
    const size = d.buf[at];
    if (at + 1 + size > stop) {
      const left = stop - at - 1;
      d.add(f.nameTooLong, at, 1, size);
      d.relabel(
        `ERROR: The length of this name, ${size}, exceeds the remaining length, ${left}, in the\ndomain name field.\n`,
      );
      d.openLast();
      d.text(at, 1, x.nameTooLong.message);
      d.expert(x.nameTooLong);
      d.close();
      if (d.columns) d.addInfo(" [DOMAIN FIELD LEN EXCEEDED]");
      d.pos = stop;
      return false;
    }
    if (d.building) text += (labels === 0 ? "" : ".") + octetsText(d.buf, at + 1, at + 1 + size);
    labels++;
    at += 1 + size;
  }
  const whole = at < stop;
  d.pos = whole ? at + 1 : stop;
  const length = d.pos - start;
  if (!whole) {
    d.add(field, start, length, text);
    if (d.labels) d.relabel(`Partial domain name: ${text}`);
    return false;
  }
  if (labels === 0) addOddName(d, f.rootName, start, length, "['.' (0)]", x.rootOnly);
  else if (labels === 1) addOddName(d, f.topName, start, length, `${text}.`, x.topLevel);
  else d.add(field, start, length, `${text}.`);
  if (labels === 0 && d.columns) d.addInfo(" [ROOT-ONLY DOMAIN NAME]");
  return true;
}

function addOddName(
  d: Dissection,
  field: Field,
  at: number,
  length: number,
  value: string,
  note: (typeof x)["rootOnly"],
): void {
  d.open(field, at, length, value);
  if (d.labels && field === f.topName) d.relabelParent(`${field.title} (TLD): ${value}`);
  d.text(at, length, note.message);
  d.expert(note);
  d.close();
}

// ---------------------------------------------------------------------- time servers and softwires

/** RFC 5908. */
function addNtp(d: Dissection, stop: number): void {
  if (stop - d.pos < 4) malformed(d, "NTP Server");
  while (stop - d.pos >= 4) {
    const type = d.peek16();
    const size = d.peek16(2);
    const end = d.pos + 4 + size;
    if (end > stop) {
      malformed(d, "NTP Server");
      return;
    }
    d.openText(d.pos, 4 + size, nameOf(NTP_SUBOPTIONS, type) ?? `NTP Server suboption ${type}`);
    d.u16(f.ntpType);
    d.u16(f.ntpLength);
    if (type === 1 && size === 16) d.ipv6(f.ntpServer);
    else if (type === 2 && size === 16) d.ipv6(f.ntpMulticast);
    else if (type === 3) addNames(d, f.ntpName, end);
    else if (type === 1 || type === 2) malformed(d, "NTP Server");
    d.close();
    d.pos = end;
  }
}

const RULE_FLAGS = [f.ruleReserved, f.ruleForwarding];

/** RFC 7598 4.1. */
function addMappingRule(d: Dissection, stop: number): void {
  if (stop - d.pos < 8) {
    malformed(d, "S46_RULE");
    return;
  }
  addFlags(d, f.ruleFlags, 1, RULE_FLAGS);
  d.u8(f.ruleEa);
  d.u8(f.ruleV4Length);
  d.ipv4(f.ruleV4);
  addPrefix(d, f.ruleV6Length, f.ruleV6, stop);
}

/** A prefix with as many octets as its length needs. */
function addPrefix(d: Dissection, lengthField: Field, field: Field, stop: number): void {
  const octets = Math.min(16, Math.ceil(d.u8(lengthField) / 8), stop - d.pos);
  if (octets <= 0) return;
  if (d.building) {
    const whole = new Uint8Array(16);
    whole.set(d.peekBytes(octets));
    d.add(field, d.pos, octets, whole);
  }
  d.skip(octets);
}
