/**
 * Internet Key Exchange: ISAKMP and IKE version 1, RFC 2407 to 2409; version 2, RFC 7296; and its way through address
 * translators beside ESP on one port, RFC 3948.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, type Field, ipv4, ipv6, nameOf, none, str, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatHex, formatIpv4, formatIpv6 } from "../dissect/text.ts";
import { esp } from "./ipsec.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";
import {
  AUTH_METHODS,
  CERTIFICATES,
  CERTIFICATES_2,
  CIPHERS,
  DOIS,
  ENCAPSULATIONS,
  EXCHANGES,
  GROUPS,
  IDENTITIES,
  IDENTITIES_2,
  IKE_ATTRIBUTES,
  IKE_CIPHERS,
  IKE_HASHES,
  IKE_METHODS,
  INTEGRITY,
  IPSEC_ATTRIBUTES,
  IPSEC_AUTHENTICATIONS,
  LIFE_TYPES,
  NOTIFICATIONS,
  NOTIFICATIONS_2,
  PAYLOADS,
  PROTOCOLS,
  PROTOCOLS_2,
  RANDOM_FUNCTIONS,
  SEQUENCE_NUMBERS,
  SIGNATURE_HASHES,
  TRAFFIC_SELECTORS,
  TRANSFORM_ATTRIBUTES,
  TRANSFORM_TYPES,
} from "./names/isakmp.ts";

const FORMAT = ["Type/Value (TV)", "Type/Length/Value (TLV)"] as const;

/** The fields of one kind of attribute (RFC 2408 3.3). */
interface AttributeFields {
  readonly line: Field;
  readonly format: Field;
  readonly type: Field;
  readonly length: Field;
  readonly value: Field;
}

const attributeFields = (name: string, title: string, names: Field["names"]): AttributeFields => ({
  line: none(`isakmp.${name}.attr`, title),
  format: bool(`isakmp.${name}.attr.format`, "Format", { mask: 0x8000, bits: 16, tf: FORMAT }),
  type: u16(`isakmp.${name}.attr.type`, "Type", names === undefined ? {} : { names }),
  length: u16(`isakmp.${name}.attr.length`, "Length"),
  value: bytes(`isakmp.${name}.attr.value`, "Value"),
});

const ike = attributeFields("ike", "IKE Attribute", IKE_ATTRIBUTES);
const ipsec = attributeFields("ipsec", "IPsec Attribute", IPSEC_ATTRIBUTES);
const ike2 = attributeFields("ike2", "Transform Attribute", TRANSFORM_ATTRIBUTES);

const f = {
  initiator: bytes("isakmp.ispi", "Initiator SPI"),
  responder: bytes("isakmp.rspi", "Responder SPI"),
  payload: u8("isakmp.typepayload", "Payload", { names: PAYLOADS }),
  next: u8("isakmp.nextpayload", "Next payload", { names: PAYLOADS }),
  critical: bool("isakmp.criticalpayload", "Critical Bit", {
    mask: 0x80,
    bits: 8,
    tf: ["Critical", "Not critical"],
  }),
  reserved7: u8("isakmp.reserved7", "Reserved", { base: "HEX", mask: 0x7f }),
  reserved: bytes("isakmp.reserved", "Reserved"),
  extra: bytes("isakmp.extradata", "Extra data"),
  data: bytes("isakmp.datapayload", "Data Payload"),
  version: u8("isakmp.version", "Version", { base: "HEX" }),
  major: u8("isakmp.mjver", "MjVer", { base: "HEX", mask: 0xf0 }),
  minor: u8("isakmp.mnver", "MnVer", { base: "HEX", mask: 0x0f }),
  exchange: u8("isakmp.exchangetype", "Exchange type", { names: EXCHANGES }),
  flags: u8("isakmp.flags", "Flags", { base: "HEX" }),
  encryption: bool("isakmp.flag_e", "Encryption", {
    mask: 0x01,
    bits: 8,
    tf: ["Encrypted", "Not encrypted"],
  }),
  commit: bool("isakmp.flag_c", "Commit", { mask: 0x02, bits: 8, tf: ["Commit", "No commit"] }),
  authentication: bool("isakmp.flag_a", "Authentication", {
    mask: 0x04,
    bits: 8,
    tf: ["Authentication", "No authentication"],
  }),
  isInitiator: bool("isakmp.flag_i", "Initiator", { mask: 0x08, bits: 8, tf: ["Initiator", "Responder"] }),
  higher: bool("isakmp.flag_v", "Version", {
    mask: 0x10,
    bits: 8,
    tf: ["A higher version enabled", "No higher version"],
  }),
  isResponse: bool("isakmp.flag_r", "Response", { mask: 0x20, bits: 8, tf: ["Response", "Request"] }),
  message: u32("isakmp.messageid", "Message ID", { base: "HEX" }),
  length: u32("isakmp.length", "Length"),
  payloadLength: u16("isakmp.payloadlength", "Payload length"),
  saDoi: u32("isakmp.sa.doi", "Domain of interpretation", { names: DOIS }),
  situation: bytes("isakmp.sa.situation", "Situation"),
  identityOnly: bool("isakmp.sa.situation.identity_only", "Identity Only", { mask: 1, bits: 32 }),
  secrecy: bool("isakmp.sa.situation.secrecy", "Secrecy", { mask: 2, bits: 32 }),
  integrity: bool("isakmp.sa.situation.integrity", "Integrity", { mask: 4, bits: 32 }),
  proposal: u8("isakmp.prop.number", "Proposal number"),
  proposalProtocol: u32("isakmp.prop.protoid", "Protocol ID", { names: PROTOCOLS }),
  proposalProtocol2: u32("isakmp.prop.protoid", "Protocol ID", { names: PROTOCOLS_2 }),
  spiSize: u8("isakmp.spisize", "SPI Size"),
  spi: bytes("isakmp.spi", "SPI"),
  transforms: u8("isakmp.prop.transforms", "Proposal transforms"),
  transform: u8("isakmp.trans.number", "Transform number"),
  transformId: u8("isakmp.trans.id", "Transform ID"),
  transformType: u8("isakmp.tf.type", "Transform Type", { names: TRANSFORM_TYPES }),
  cipher: u16("isakmp.tf.id.encr", "Transform ID (ENCR)", { names: CIPHERS }),
  random: u16("isakmp.tf.id.prf", "Transform ID (PRF)", { names: RANDOM_FUNCTIONS }),
  integ: u16("isakmp.tf.id.integ", "Transform ID (INTEG)", { names: INTEGRITY }),
  dh: u16("isakmp.tf.id.dh", "Transform ID (D-H)", { names: GROUPS }),
  esn: u16("isakmp.tf.id.esn", "Transform ID (ESN)", { names: SEQUENCE_NUMBERS }),
  otherTransform: u16("isakmp.tf.id", "Transform ID"),
  ikeLine: ike.line,
  ikeFormat: ike.format,
  ikeType: ike.type,
  ikeLength: ike.length,
  ikeValue: ike.value,
  ikeCipher: u16("isakmp.ike.attr.encryption_algorithm", "Encryption Algorithm", { names: IKE_CIPHERS }),
  ikeHash: u16("isakmp.ike.attr.hash_algorithm", "HASH Algorithm", { names: IKE_HASHES }),
  ikeMethod: u16("isakmp.ike.attr.authentication_method", "Authentication Method", { names: IKE_METHODS }),
  ikeGroup: u16("isakmp.ike.attr.group_description", "Group Description", { names: GROUPS }),
  ikeLifeType: u16("isakmp.ike.attr.life_type", "Life Type", { names: LIFE_TYPES }),
  ikeLife: u32("isakmp.ike.attr.life_duration", "Life Duration"),
  ikeKeyLength: u16("isakmp.ike.attr.key_length", "Key Length"),
  ipsecLine: ipsec.line,
  ipsecFormat: ipsec.format,
  ipsecType: ipsec.type,
  ipsecLength: ipsec.length,
  ipsecValue: ipsec.value,
  ipsecLifeType: u16("isakmp.ipsec.attr.life_type", "Life Type", { names: LIFE_TYPES }),
  ipsecLife: u32("isakmp.ipsec.attr.life_duration", "Life Duration"),
  ipsecGroup: u16("isakmp.ipsec.attr.group_description", "Group Description", { names: GROUPS }),
  ipsecMode: u16("isakmp.ipsec.attr.encap_mode", "Encapsulation Mode", { names: ENCAPSULATIONS }),
  ipsecAuth: u16("isakmp.ipsec.attr.auth_algorithm", "Authentication Algorithm", {
    names: IPSEC_AUTHENTICATIONS,
  }),
  ipsecKeyLength: u16("isakmp.ipsec.attr.key_length", "Key Length"),
  ike2Line: ike2.line,
  ike2Format: ike2.format,
  ike2Type: ike2.type,
  ike2Length: ike2.length,
  ike2Value: ike2.value,
  ike2KeyLength: u16("isakmp.ike2.attr.key_length", "Key Length"),
  dhGroup: u16("isakmp.key_exchange.dh_group", "DH Group #", { names: GROUPS }),
  keyExchange: bytes("isakmp.key_exchange.data", "Key Exchange Data"),
  nonce: bytes("isakmp.nonce", "Nonce DATA"),
  hash: bytes("isakmp.hash", "Hash DATA"),
  signature: bytes("isakmp.sig", "Signature DATA"),
  idType: u8("isakmp.id.type", "ID type", { names: IDENTITIES }),
  idType2: u8("isakmp.id.type", "ID type", { names: IDENTITIES_2 }),
  idProtocol: u8("isakmp.id.protoid", "Protocol ID", { names: IP_PROTOCOL_NAMES }),
  idPort: u16("isakmp.id.port", "Port"),
  idData: none("isakmp.id.data", "Identification Data:"),
  idIpv4: ipv4("isakmp.id.data.ipv4_addr", "ID_IPV4_ADDR"),
  idFqdn: str("isakmp.id.data.fqdn", "ID_FQDN"),
  idUserFqdn: str("isakmp.id.data.user_fqdn", "ID_FQDN"),
  idIpv4Subnet: ipv4("isakmp.id.data.ipv4_subnet", "ID_IPV4_SUBNET"),
  idIpv4Start: ipv4("isakmp.id.data.ipv4_range_start", "ID_IPV4_RANGE (Start)"),
  idIpv4End: ipv4("isakmp.id.data.ipv4_range_end", "ID_IPV4_RANGE (End)"),
  idIpv6: ipv6("isakmp.id.data.ipv6_addr", "ID_IPV6_ADDR"),
  idIpv6Subnet: ipv6("isakmp.id.data.ipv6_subnet", "ID_IPV6A_ADDR_SUBNET"),
  idIpv6Start: ipv6("isakmp.id.data.ipv6_range_start", "ID_IPV6_ADDR_RANGE (Start)"),
  idIpv6End: ipv6("isakmp.id.data.ipv6_range_end", "ID_IPV6_ADDR_RANGE (End)"),
  idKey: bytes("isakmp.id.data.key_id", "ID_KEY_ID"),
  certificateType: u8("isakmp.cert.encoding", "Certificate Encoding", { names: CERTIFICATES }),
  certificateType2: u8("isakmp.cert.encoding", "Certificate Encoding", { names: CERTIFICATES_2 }),
  certificate: none("isakmp.cert.data", "Certificate Data"),
  requestType: u8("isakmp.certreq.type", "Certificate Type", { names: CERTIFICATES }),
  requestType2: u8("isakmp.certreq.type", "Certificate Type", { names: CERTIFICATES_2 }),
  authority: bytes("isakmp.ike.certreq.authority", "Certificate Authority Data"),
  authMethod: u8("isakmp.auth.method", "Authentication Method", { names: AUTH_METHODS }),
  authData: bytes("isakmp.auth.data", "Authentication Data"),
  notifyDoi: u32("isakmp.notify.doi", "Domain of interpretation", { names: DOIS }),
  notifyProtocol: u32("isakmp.notify.protoid", "Protocol ID", { names: PROTOCOLS }),
  notifyProtocol2: u32("isakmp.notify.protoid", "Protocol ID", { names: PROTOCOLS_2 }),
  notification: u16("isakmp.notify.msgtype", "Notify Message Type", { names: NOTIFICATIONS }),
  notification2: u16("isakmp.notify.msgtype", "Notify Message Type", { names: NOTIFICATIONS_2 }),
  notifyData: bytes("isakmp.notify.data", "Notification DATA"),
  areYouThere: u32("isakmp.notify.data.dpd.are_you_there", "DPD ARE-YOU-THERE sequence"),
  areYouThereAck: u32("isakmp.notify.data.dpd.are_you_there_ack", "DPD ARE-YOU-THERE-ACK sequence"),
  acceptedGroup: u16("isakmp.notify.data.accepted_dh_group", "Accepted DH group number", { names: GROUPS }),
  signatureHash: u16("isakmp.notify.data.signature_hash_algorithms", "Supported Signature Hash Algorithm", {
    names: SIGNATURE_HASHES,
  }),
  deleteDoi: u32("isakmp.delete.doi", "Domain of interpretation", { names: DOIS }),
  deleteProtocol: u32("isakmp.delete.protoid", "Protocol ID", { names: PROTOCOLS }),
  deleteProtocol2: u32("isakmp.delete.protoid", "Protocol ID", { names: PROTOCOLS_2 }),
  spiCount: u16("isakmp.spinum", "Number of SPIs"),
  deleteSpi: bytes("isakmp.delete.spi", "Delete SPI"),
  vendor: bytes("isakmp.vid_bytes", "Vendor ID"),
  vendorName: str("isakmp.vid_string", "Vendor ID"),
  unityMajor: u8("isakmp.vid.cisco_unity.major", "CISCO-UNITY Major version"),
  unityMinor: u8("isakmp.vid.cisco_unity.minor", "CISCO-UNITY Minor version"),
  selectors: u8("isakmp.ts.number", "Number of Traffic Selectors"),
  selector: none("isakmp.ts.data", "Traffic Selector"),
  selectorType: u8("isakmp.ts.type", "Traffic Selector Type", { names: TRAFFIC_SELECTORS }),
  selectorProtocol: u8("isakmp.ts.protoid", "Protocol ID", { names: IP_PROTOCOL_NAMES }),
  selectorLength: u16("isakmp.ts.selector_length", "Selector Length"),
  startPort: u16("isakmp.ts.start_port", "Start Port"),
  endPort: u16("isakmp.ts.end_port", "End Port"),
  startIpv4: ipv4("isakmp.ts.start_ipv4", "Starting Addr"),
  endIpv4: ipv4("isakmp.ts.end_ipv4", "Ending Addr"),
  startIpv6: ipv6("isakmp.ts.start_ipv6", "Starting Addr"),
  endIpv6: ipv6("isakmp.ts.end_ipv6", "Ending Addr"),
  kekNext: u8("isakmp.sak.nextpayload", "Next Payload"),
  kekReserved: u8("isakmp.sak.reserved", "Reserved"),
  kekLength: u16("isakmp.sak.payload_len", "Payload length"),
  kekProtocol: u8("isakmp.sak.protoid", "Protocol ID", { names: IP_PROTOCOL_NAMES }),
  kekSourceType: u8("isakmp.sak.src_id_type", "SRC ID Type", { names: IDENTITIES }),
  kekSourcePort: u16("isakmp.sak.src_id_port", "SRC ID Port"),
  kekSourceLength: u8("isakmp.sak.src_id_length", "SRC ID Data Length"),
  kekSource: bytes("isakmp.sak.src_id_data", "SRC ID Data"),
  natHash: bytes("isakmp.ike.nat_hash", "HASH of the address and port"),
  natIpv4: ipv4("isakmp.ike.nat_original_address_ipv4", "NAT Original IPv4 Address"),
  natIpv6: ipv6("isakmp.ike.nat_original_address_ipv6", "NAT Original IPv6 Address"),
  keepalive: none("isakmp.ike.nat_keepalive", "NAT Keepalive"),
  fragment: u16("isakmp.frag.number", "Fragment Number"),
  fragments: u16("isakmp.frag.total", "Total Fragments"),
  eap: bytes("isakmp.eap.data", "EAP Message"),
  iv: bytes("isakmp.enc.iv", "Initialization Vector"),
  encrypted: none("isakmp.enc.data", "Encrypted Data"),
};

export const isakmp = protocol({
  name: "isakmp",
  title: "Internet Security Association and Key Management Protocol",
  short: "ISAKMP",
  fields: f,
  on: [[udpPorts, 500]],
  dissect,
});

const encapsulation = {
  keepalive: none("udpencap.nat_keepalive", "NAT-keepalive packet"),
  marker: none("udpencap.non_esp_marker", "Non-ESP Marker"),
};

export const udpEncapsulation = protocol({
  name: "udpencap",
  title: "UDP Encapsulation of IPsec Packets",
  short: "UDPENCAP",
  fields: encapsulation,
  on: [[udpPorts, 4500]],
  dissect: dissectEncapsulation,
});

/** RFC 3948 2: a byte of ones keeps a translation alive, four zero bytes come before IKE, all else is ESP. */
function dissectEncapsulation(d: Dissection): void {
  if (d.wireRemaining === 1 && d.peek8() === 0xff) {
    if (d.columns) d.setInfo("NAT-keepalive");
    d.add(encapsulation.keepalive, d.pos, 1, null);
    d.pos++;
  } else if (d.peek32() === 0) {
    if (d.columns) d.setInfo("ISAKMP");
    d.add(encapsulation.marker, d.pos, 4, null);
    d.pos += 4;
    d.call(isakmp);
  } else {
    if (d.columns) d.setInfo("ESP");
    d.call(esp);
  }
}

const HEADER = 28;
/** Of a datagram. */
const LONGEST = 0xffff;
const ENCRYPTED = 0x01;
const FLAGS_1 = [f.encryption, f.commit, f.authentication];
const FLAGS_2 = [f.isInitiator, f.higher, f.isResponse];
const VERSION = [f.major, f.minor];

function dissect(d: Dissection): void {
  if (d.wireRemaining === 1 && d.peek8() === 0xff) {
    if (d.columns) d.setInfo("NAT Keepalive");
    d.add(f.keepalive, d.pos, 1, null);
    d.pos++;
    return;
  }
  d.need(HEADER);
  const start = d.pos;
  const major = d.peek8(17) >>> 4;
  const exchange = d.peek8(18);
  const flags = d.peek8(19);
  if (d.columns) d.setInfo(info(d, major, exchange, flags));
  if (!d.building) {
    d.pos = d.end;
    return;
  }
  d.bytes(f.initiator, 8);
  d.bytes(f.responder, 8);
  const first = d.u8(f.next);
  const version = d.bitset(f.version, 1, VERSION);
  if (d.labels) d.relabel(`Version: ${version >>> 4}.${version & 15}`);
  d.u8(f.exchange);
  d.bitset(f.flags, 1, major === 1 ? FLAGS_1 : FLAGS_2);
  if (d.labels && major !== 1)
    d.append(` (${FLAGS_2.map((flag) => flag.tf[flags & flag.mask ? 0 : 1]).join(", ")})`);
  d.u32(f.message);
  const length = d.u32(f.length);
  if (length > LONGEST) {
    if (d.labels) d.relabel(`Length: (bogus, length is ${length}, which is too large)`);
    return;
  }
  d.limit(Math.max(0, length - (d.pos - start)));
  if (major === 1 && flags & ENCRYPTED) {
    d.add(f.encrypted, d.pos, d.remaining, null);
    d.relabel(`Encrypted Data (${d.wireRemaining} byte${d.wireRemaining === 1 ? "" : "s"})`);
    d.pos = d.end;
    return;
  }
  dissectPayloads(d, first, major);
  if (d.remaining > 0) d.bytes(f.extra, d.remaining);
}

function info(d: Dissection, major: number, exchange: number, flags: number): string {
  const name = EXCHANGES[exchange] ?? `Unknown ${exchange}`;
  if (major < 2) return name;
  const from = flags & 0x08 ? "Initiator" : "Responder";
  const number = String(d.peek32(20)).padStart(2, "0");
  return `${name} MID=${number} ${from} ${flags & 0x20 ? "Response" : "Request"}`;
}

const NONE = 0;
const SECURITY_2 = 33;
const ENCRYPTED_PAYLOAD = 46;
const ENCRYPTED_FRAGMENT = 53;

/** The chain of payloads, RFC 2408 3.2 and RFC 7296 3.2; each names the type of the next. */
function dissectPayloads(d: Dissection, first: number, major: number): void {
  let type = first;
  while (type !== NONE && d.wireRemaining > 0) {
    const at = d.pos;
    const next = d.peek8();
    const length = d.peek16(2);
    openPayload(d, type, major);
    if (length < 4) d.malformed();
    dissectPayload(d, type, at + length, major);
    d.close();
    d.needAt(at, length);
    d.pos = at + length;
    // What comes next in the chain is inside the encrypted one.
    if (type === ENCRYPTED_PAYLOAD || type === ENCRYPTED_FRAGMENT) return;
    type = next;
  }
}

/** A payload's line and its header; `inner` ones have no critical bit. */
function openPayload(d: Dissection, type: number, major: number, inner = false): void {
  const at = d.pos;
  d.open(f.payload, at, Math.min(d.peek16(2), d.end - at), type);
  d.u8(f.next);
  if (major === 1 || inner) d.bytes(f.reserved, 1);
  else {
    d.bits(f.critical, d.pos, 1);
    d.bits(f.reserved7, d.pos, 1);
    d.skip(1);
  }
  d.u16(f.payloadLength);
}

/** The body of a payload of the chain, up to `stop`. */
function dissectPayload(d: Dissection, type: number, stop: number, major: number): void {
  switch (type) {
    case 1:
      d.u32(f.saDoi);
      addSituation(d);
      dissectProposals(d, stop, major);
      break;
    case SECURITY_2:
      dissectProposals(d, stop, major);
      break;
    case 4:
      rest(d, f.keyExchange, stop);
      break;
    case 34:
      d.u16(f.dhGroup);
      d.bytes(f.reserved, 2);
      rest(d, f.keyExchange, stop);
      break;
    case 5:
    case 35:
    case 36:
      addIdentity(d, stop, major);
      break;
    case 6:
    case 37:
      d.u8(major === 1 ? f.certificateType : f.certificateType2);
      if (stop > d.pos) d.add(f.certificate, d.pos, stop - d.pos, null);
      break;
    case 7:
    case 38:
      d.u8(major === 1 ? f.requestType : f.requestType2);
      rest(d, f.authority, stop);
      break;
    case 8:
      rest(d, f.hash, stop);
      break;
    case 9:
      rest(d, f.signature, stop);
      break;
    case 10:
    case 40:
      rest(d, f.nonce, stop);
      break;
    case 11:
    case 41:
      addNotification(d, stop, major);
      break;
    case 12:
    case 42:
      addDeletion(d, stop, major);
      break;
    case 13:
    case 43:
      addVendor(d, stop);
      break;
    case 39:
      d.u8(f.authMethod);
      d.bytes(f.reserved, 3);
      rest(d, f.authData, stop);
      break;
    case 44:
    case 45:
      addSelectors(d, stop);
      break;
    case 15:
      addKeyServer(d);
      break;
    case 20:
    case 130:
      rest(d, f.natHash, stop);
      break;
    case 21:
    case 131:
      addOriginalAddress(d, stop);
      break;
    case 48:
      rest(d, f.eap, stop);
      break;
    case ENCRYPTED_FRAGMENT:
      d.u16(f.fragment);
      d.u16(f.fragments);
      addEncrypted(d, stop);
      break;
    case ENCRYPTED_PAYLOAD:
      addEncrypted(d, stop);
      break;
    default:
      rest(d, f.data, stop);
  }
}

/** The key encryption key of GDOI, RFC 6407 5.3, as far as its source's identity. */
function addKeyServer(d: Dissection): void {
  d.u8(f.kekNext);
  d.u8(f.kekReserved);
  d.u16(f.kekLength);
  d.u8(f.kekProtocol);
  d.u8(f.kekSourceType);
  d.u16(f.kekSourcePort);
  d.bytes(f.kekSource, d.u8(f.kekSourceLength));
}

function rest(d: Dissection, field: Field, stop: number): void {
  if (stop > d.pos) d.bytes(field, stop - d.pos);
}

/** Its vector's true length is agreed on in secret; four bytes of it are told apart, as Wireshark does without keys. */
function addEncrypted(d: Dissection, stop: number): void {
  if (stop - d.pos < 4) return;
  d.bytes(f.iv, 4);
  d.add(f.encrypted, d.pos, stop - d.pos, null);
}

const SITUATIONS = [f.identityOnly, f.secrecy, f.integrity];

/** RFC 2407 4.2. */
function addSituation(d: Dissection): void {
  const at = d.pos;
  d.bytes(f.situation, 4);
  d.openLast();
  for (const bit of SITUATIONS) d.bits(bit, at, 4);
  d.close();
}

// ---------------------------------------------------------------------- proposals

const PROPOSAL = 2;
const TRANSFORM = 3;
const IKE = 1;

function dissectProposals(d: Dissection, stop: number, major: number): void {
  while (stop - d.pos >= 8) {
    const at = d.pos;
    const length = d.peek16(2);
    if (length < 8 || at + length > stop) d.malformed();
    openPayload(d, PROPOSAL, major, true);
    if (d.labels) d.appendParent(` # ${d.peek8()}`);
    d.u8(f.proposal);
    const kind = d.peek8();
    d.add(major === 1 ? f.proposalProtocol : f.proposalProtocol2, d.pos, 1, kind);
    d.skip(1);
    const spi = d.u8(f.spiSize);
    d.u8(f.transforms);
    if (spi > 0) d.bytes(f.spi, spi);
    dissectTransforms(d, at + length, kind, major);
    d.close();
    d.pos = at + length;
  }
}

function dissectTransforms(d: Dissection, stop: number, kind: number, major: number): void {
  while (stop - d.pos >= 8) {
    const at = d.pos;
    const length = d.peek16(2);
    if (length < 8 || at + length > stop) d.malformed();
    openPayload(d, TRANSFORM, major, true);
    if (major === 1) {
      if (d.labels) d.appendParent(` # ${d.peek8()}`);
      d.u8(f.transform);
      addTransformId(d, kind);
      d.bytes(f.reserved, 2);
      while (at + length - d.pos >= 4) addAttribute(d, at + length, kind === IKE ? ike : ipsec);
    } else {
      const type = d.u8(f.transformType);
      d.bytes(f.reserved, 1);
      d.u16(TRANSFORM_IDS[type] ?? f.otherTransform);
      while (at + length - d.pos >= 4) addAttribute(d, at + length, ike2);
    }
    d.close();
    d.pos = at + length;
  }
}

/** Transform types of version 2, RFC 7296 3.3.2. */
const TRANSFORM_IDS: Readonly<Record<number, Field>> = {
  1: f.cipher,
  2: f.random,
  3: f.integ,
  4: f.dh,
  5: f.esn,
};

const AH_TRANSFORMS: Readonly<Record<number, string>> = {
  2: "AH_MD5",
  3: "AH_SHA",
  4: "AH_DES",
  5: "AH_SHA2-256",
  6: "AH_SHA2-384",
  7: "AH_SHA2-512",
};
const ESP_TRANSFORMS: Readonly<Record<number, string>> = {
  1: "ESP_DES_IV64",
  2: "ESP_DES",
  3: "ESP_3DES",
  4: "ESP_RC5",
  5: "ESP_IDEA",
  6: "ESP_CAST",
  7: "ESP_BLOWFISH",
  11: "ESP_NULL",
  12: "AES",
};
const TRANSFORM_NAMES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: { 0: "RESERVED", 1: "KEY_IKE" },
  2: AH_TRANSFORMS,
  3: ESP_TRANSFORMS,
};

/** RFC 2407 4.4: what a transform's number means depends on the proposal's protocol. */
function addTransformId(d: Dissection, kind: number): void {
  const id = d.u8(f.transformId);
  const names = TRANSFORM_NAMES[kind];
  if (d.labels && names !== undefined)
    d.relabel(`Transform ID: ${names[id] ?? "UNKNOWN-TRANSFORM-TYPE"} (${id})`);
}

const VALUES = new Map<AttributeFields, Readonly<Record<number, Field>>>([
  [
    ike,
    {
      1: f.ikeCipher,
      2: f.ikeHash,
      3: f.ikeMethod,
      4: f.ikeGroup,
      11: f.ikeLifeType,
      12: f.ikeLife,
      14: f.ikeKeyLength,
    },
  ],
  [
    ipsec,
    {
      1: f.ipsecLifeType,
      2: f.ipsecLife,
      3: f.ipsecGroup,
      4: f.ipsecMode,
      5: f.ipsecAuth,
      6: f.ipsecKeyLength,
    },
  ],
  [ike2, { 14: f.ike2KeyLength }],
]);

/** RFC 2408 3.3: with its first bit set, the value stands where else its length does. */
function addAttribute(d: Dissection, stop: number, kind: AttributeFields): void {
  const at = d.pos;
  const short = (d.peek16() & 0x8000) !== 0;
  const type = d.peek16() & 0x7fff;
  const length = short ? 2 : d.peek16(2);
  const value = at + (short ? 2 : 4);
  if (value + length > stop) d.malformed();
  d.open(kind.line, at, value + length - at);
  d.bits(kind.format, at, 2);
  d.add(kind.type, at, 2, type);
  d.pos = at + 2;
  if (!short) d.u16(kind.length);
  d.pos = value;
  if (d.labels)
    d.relabelParent(
      `${kind.line.title} (t=${type},l=${length}): ${nameOf(kind.type.names, type) ?? "Unknown"}`,
    );
  if (length > 0) d.bytes(kind.value, length);
  const field = VALUES.get(kind)?.[type];
  if (field !== undefined && length > 0 && length <= 4) {
    d.pos = value;
    const number = d.uint(field, length);
    if (d.labels)
      d.appendParent(`: ${field.names === undefined ? number : (nameOf(field.names, number) ?? "Unknown")}`);
  }
  d.close();
  d.pos = value + length;
}

// ---------------------------------------------------------------------- identities, notifications, vendors

/** RFC 2407 4.6.2 and RFC 7296 3.5. */
function addIdentity(d: Dissection, stop: number, major: number): void {
  const type = d.u8(major === 1 ? f.idType : f.idType2);
  if (major === 1) {
    const number = d.u8(f.idProtocol);
    if (d.labels && number === 0) d.relabel("Protocol ID: Unused");
    const port = d.u16(f.idPort);
    if (d.labels && port === 0) d.relabel("Port: Unused");
  } else d.bytes(f.reserved, 3);
  const length = stop - d.pos;
  if (length <= 0) return;
  d.open(f.idData, d.pos, length);
  const text = identityText(d, type, length);
  if (d.labels) d.relabelParent(`Identification Data:${text}`);
  if (type === 1) d.ipv4(f.idIpv4);
  else if (type === 2) d.str(f.idFqdn, length);
  else if (type === 3) d.str(f.idUserFqdn, length);
  else if (type === 4) {
    d.ipv4(f.idIpv4Subnet);
    d.ipv4(f.idIpv4Subnet);
  } else if (type === 5) d.ipv6(f.idIpv6);
  else if (type === 6) {
    d.ipv6(f.idIpv6Subnet);
    d.ipv6(f.idIpv6Subnet);
  } else if (type === 7) {
    d.ipv4(f.idIpv4Start);
    d.ipv4(f.idIpv4End);
  } else if (type === 8) {
    d.ipv6(f.idIpv6Start);
    d.ipv6(f.idIpv6End);
  } else if (type === 11) d.bytes(f.idKey, length);
  d.close();
}

function identityText(d: Dissection, type: number, length: number): string {
  const v4 = (ahead: number): string => formatIpv4(d.peek32(ahead));
  const v6 = (ahead: number): string => formatIpv6(d.peekBytes(16, ahead));
  if (type === 1) return v4(0);
  if (type === 2 || type === 3) return Buffer.from(d.peekBytes(length)).toString("latin1");
  if (type === 4) return `${v4(0)}/${v4(4)}`;
  if (type === 5) return v6(0);
  if (type === 7) return `${v4(0)} - ${v4(4)}`;
  if (type === 8) return `${v6(0)} - ${v6(16)}`;
  return "";
}

const INVALID_KE = 17;
const SIGNATURE_ALGORITHMS = 16431;
const ARE_YOU_THERE = 36136;
const ARE_YOU_THERE_ACK = 36137;

/** RFC 2408 3.14 and RFC 7296 3.10. */
function addNotification(d: Dissection, stop: number, major: number): void {
  if (major === 1) d.u32(f.notifyDoi);
  d.add(major === 1 ? f.notifyProtocol : f.notifyProtocol2, d.pos, 1, d.peek8());
  d.skip(1);
  const spi = d.u8(f.spiSize);
  const field = major === 1 ? f.notification : f.notification2;
  const type = d.u16(field);
  if (d.labels && major !== 1) d.appendParent(` - ${nameOf(field.names, type) ?? "UNKNOWN-NOTIFY"}`);
  if (spi > 0) d.bytes(f.spi, spi);
  const length = stop - d.pos;
  if (length < 0 || (length === 0 && major !== 1)) return;
  d.bytes(f.notifyData, length);
  d.pos = stop - length;
  if (type === INVALID_KE && major === 2 && length === 2) d.u16(f.acceptedGroup);
  else if (type === SIGNATURE_ALGORITHMS && major === 2) while (stop - d.pos >= 2) d.u16(f.signatureHash);
  else if (type === ARE_YOU_THERE && length === 4) d.u32(f.areYouThere);
  else if (type === ARE_YOU_THERE_ACK && length === 4) d.u32(f.areYouThereAck);
}

/** RFC 2408 3.15 and RFC 7296 3.11. */
function addDeletion(d: Dissection, stop: number, major: number): void {
  if (major === 1) d.u32(f.deleteDoi);
  d.add(major === 1 ? f.deleteProtocol : f.deleteProtocol2, d.pos, 1, d.peek8());
  d.skip(1);
  const size = d.u8(f.spiSize);
  d.u16(f.spiCount);
  while (size > 0 && stop - d.pos >= size) d.bytes(f.deleteSpi, size);
}

/** Vendor identifiers, most of them hashes of a text that their makers published. */
const VENDORS: Readonly<Record<string, string>> = {
  "09002689dfd6b712": "XAUTH",
  "434953434f2d44454c4554452d524541534f4e": "Cisco Delete Reason Supported",
  "434953434f2d44594e414d49432d524f555445": "Cisco Dynamic Route Supported",
  "434953434f56504e2d5245562d3032": "Cisco VPN Revision 2",
  "439b59f8ba676c4c7737ae22eab8f582": "draft-ietf-ipsec-nat-t-ike-07",
  "4485152d18b6bbcd0be8a8469579ddcc": "draft-ietf-ipsec-nat-t-ike-00",
  "464c455856504e2d535550504f52544544": "Cisco FlexVPN Supported",
  "4a131c81070358455c5728f20e95452f": "RFC 3947 Negotiation of NAT-Traversal in the IKE",
  "7d9419a65310ca6f2c179d9215529d56": "draft-ietf-ipsec-nat-t-ike-03",
  "90cb80913ebb696e086381b5ec427b1f": "draft-ietf-ipsec-nat-t-ike-02\\n",
  afcad71368a1f1c96b8696fc77570100: "RFC 3706 DPD (Dead Peer Detection)",
  cd60464335df21f87cfdb2fc68b6a448: "draft-ietf-ipsec-nat-t-ike-02",
};
const CISCO_UNITY = "12f5f28c457168a9702d9fe274cc";

function addVendor(d: Dissection, stop: number): void {
  const length = stop - d.pos;
  if (length <= 0) return;
  const id = formatHex(d.peekBytes(length));
  const unity = id.length === 32 && id.startsWith(CISCO_UNITY);
  const name = unity ? "CISCO-UNITY" : (VENDORS[id] ?? "Unknown Vendor ID");
  if (d.labels) d.appendParent(` : ${name}`);
  const at = d.pos;
  d.bytes(f.vendor, length);
  d.add(f.vendorName, at, length, name);
  if (!unity) return;
  d.pos = stop - 2;
  const major = d.u8(f.unityMajor);
  const minor = d.u8(f.unityMinor);
  if (d.labels) d.appendParent(` ${major}.${minor}`);
}

// ---------------------------------------------------------------------- selectors and addresses

const SELECTOR_IPV4 = 7;
const SELECTOR_IPV6 = 8;

/** RFC 7296 3.13. */
function addSelectors(d: Dissection, stop: number): void {
  const count = d.u8(f.selectors);
  d.bytes(f.reserved, 3);
  for (let i = 0; i < count && stop - d.pos >= 8; i++) {
    const at = d.pos;
    const length = d.peek16(2);
    if (length < 8 || at + length > stop) d.malformed();
    d.open(f.selector, at, length);
    if (d.labels) d.relabelParent(`Traffic Selector # ${i + 1}`);
    const type = d.u8(f.selectorType);
    const number = d.u8(f.selectorProtocol);
    if (d.labels && number === 0) d.relabel("Protocol ID: Unused");
    d.u16(f.selectorLength);
    d.u16(f.startPort);
    d.u16(f.endPort);
    if (type === SELECTOR_IPV4) {
      d.ipv4(f.startIpv4);
      d.ipv4(f.endIpv4);
    } else if (type === SELECTOR_IPV6) {
      d.ipv6(f.startIpv6);
      d.ipv6(f.endIpv6);
    }
    d.close();
    d.pos = at + length;
  }
}

/** RFC 3947 5.2. */
function addOriginalAddress(d: Dissection, stop: number): void {
  const type = d.u8(f.idType);
  d.bytes(f.reserved, 3);
  if (type === 1 && stop - d.pos === 4) d.ipv4(f.natIpv4);
  else if (type === 5 && stop - d.pos === 16) d.ipv6(f.natIpv6);
}
