/** Extensible Authentication Protocol, RFC 3748, with the attributes of EAP-SIM (RFC 4186) and EAP-AKA (RFC 4187). */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, frameNum, none, str, u8, u16, u32 } from "../dissect/field.ts";
import type { Datagram } from "../dissect/fragments.ts";
import { protocol } from "../dissect/protocol.ts";
import { pppProtocols } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { callReassembled, isWhole, pieceHere } from "./reassembly.ts";
import { tls } from "./tls.ts";

const CODES: Readonly<Record<number, string>> = {
  1: "Request",
  2: "Response",
  3: "Success",
  4: "Failure",
  5: "Initiate",
  6: "Finish",
};
const TYPES: Readonly<Record<number, string>> = {
  1: "Identity",
  2: "Notification",
  3: "Legacy Nak (Response Only)",
  4: "MD5-Challenge EAP (EAP-MD5-CHALLENGE)",
  5: "One-Time Password EAP (EAP-OTP)",
  6: "Generic Token Card EAP (EAP-GTC)",
  7: "Allocated",
  8: "Allocated",
  9: "RSA Public Key Authentication EAP (EAP-RSA-PKA)",
  10: "DSS Unilateral EAP (EAP-DSS)",
  11: "KEA EAP (EAP-KEA)",
  12: "KEA Validate EAP (EAP-KEA-VALIDATE)",
  13: "TLS EAP (EAP-TLS)",
  14: "Defender Token EAP (EAP-AXENT)",
  15: "RSA Security SecurID EAP (EAP-RSA-SECURID)",
  16: "Arcot Systems EAP (EAP-ARCOT-SYSTEMS)",
  17: "Cisco Wireless EAP / Lightweight EAP (EAP-LEAP)",
  18: "GSM Subscriber Identity Modules EAP (EAP-SIM)",
  19: "Secure Remote Password SHA1 Part 1 EAP (EAP-SRP-SHA1-PART1)",
  20: "Secure Remote Password SHA1 Part 2 EAP (EAP-SRP-SHA1-PART2)",
  21: "Tunneled TLS EAP (EAP-TTLS)",
  22: "Remote Access Service EAP (EAP-RAS)",
  23: "UMTS Authentication and Key Agreement EAP (EAP-AKA)",
  24: "3Com Wireless EAP (EAP-3COM-WIRELESS)",
  25: "Protected EAP (EAP-PEAP)",
  26: "MS-Authentication EAP (EAP-MS-AUTH)",
  27: "Mutual Authentication w/Key Exchange EAP (EAP-MAKE)",
  28: "CRYPTOCard EAP (EAP-CRYPTOCARD)",
  29: "MS-CHAP-v2 EAP (EAP-MS-CHAP-V2)",
  30: "DynamID EAP (EAP-DYNAMID)",
  31: "Rob EAP (EAP-ROB)",
  32: "Protected One-Time Password EAP (EAP-POTP)",
  33: "MS-Authentication TLV EAP (EAP-MS-AUTH-TLV)",
  34: "SentriNET (EAP-SENTRINET)",
  35: "Actiontec Wireless EAP (EAP-ACTIONTEC-WIRELESS)",
  36: "Cogent Systems Biometrics Authentication EAP (EAP-COGENT-BIOMETRIC)",
  37: "AirFortress EAP (EAP-AIRFORTRESS)",
  38: "HTTP Digest EAP (EAP-HTTP-DIGEST)",
  39: "SecureSuite EAP (EAP-SECURESUITE)",
  40: "DeviceConnect EAP (EAP-DEVICECONNECT)",
  41: "Simple Password Exponential Key Exchange EAP (EAP-SPEKE)",
  42: "MOBAC EAP (EAP-MOBAC)",
  43: "Flexible Authentication via Secure Tunneling EAP (EAP-FAST)",
  44: "ZoneLabs EAP (EAP-ZLXEAP)",
  45: "Link EAP (EAP-LINK)",
  46: "Password Authenticated eXchange EAP (EAP-PAX)",
  47: "Pre-Shared Key EAP (EAP-PSK)",
  48: "Shared-secret Authentication and Key Establishment EAP (EAP-SAKE)",
  49: "Internet Key Exchange v2 EAP (EAP-IKEv2)",
  50: "UMTS Authentication and Key Agreement' EAP (EAP-AKA')",
  51: "Generalized Pre-Shared Key EAP (EAP-GPSK)",
  52: "Password EAP (EAP-pwd)",
  53: "Encrypted Key Exchange v1 EAP (EAP-EKEv1)",
  55: "Tunneled EAP protocol",
  254: "Expanded Type",
  255: "Experimental",
};
const SIM_SUBTYPES: Readonly<Record<number, string>> = {
  10: "Start",
  11: "Challenge",
  12: "Notification",
  13: "Re-authentication",
  14: "Client-Error",
};
const AKA_SUBTYPES: Readonly<Record<number, string>> = {
  1: "AKA-Challenge",
  2: "AKA-Authentication-Reject",
  4: "AKA-Synchronization-Failure",
  5: "AKA-Identity",
  12: "Notification",
  13: "Re-authentication",
  14: "Client-Error",
};
const ATTRIBUTES: Readonly<Record<number, string>> = {
  1: "AT_RAND",
  2: "AT_AUTN",
  3: "AT_RES",
  4: "AT_AUTS",
  6: "AT_PADDING",
  7: "AT_NONCE_MT",
  10: "AT_PERMANENT_ID_REQ",
  11: "AT_MAC",
  12: "AT_NOTIFICATION",
  13: "AT_ANY_ID_REQ",
  14: "AT_IDENTITY",
  15: "AT_VERSION_LIST",
  16: "AT_SELECTED_VERSION",
  17: "AT_FULLAUTH_ID_REQ",
  19: "AT_COUNTER",
  20: "AT_COUNTER_TOO_SMALL",
  21: "AT_NONCE_S",
  22: "AT_CLIENT_ERROR_CODE",
  23: "AT_KDF_INPUT",
  24: "AT_KDF",
  128: "Unassigned",
  129: "AT_IV",
  130: "AT_ENCR_DATA",
  131: "Unassigned",
  132: "AT_NEXT_PSEUDONYM",
  133: "AT_NEXT_REAUTH_ID",
  134: "AT_CHECKCODE",
  135: "AT_RESULT_IND",
  136: "AT_BIDDING",
  137: "AT_IPMS_IND",
  138: "AT_IPMS_RES",
  139: "AT_TRUST_IND",
  140: "AT_SHORT_NAME_FOR_NETWORK",
  141: "AT_FULL_NAME_FOR_NETWORK",
  142: "AT_RQSI_IND",
  143: "AT_RQSI_RES",
  144: "AT_TWAN_CONN_MODE",
  145: "AT_VIRTUAL_NETWORK_ID",
  146: "AT_VIRTUAL_NETWORK_REQ",
  147: "AT_CONNECTIVITY_TYPE",
  148: "AT_HANDOVER_INDICATION",
  149: "AT_HANDOVER_SESSION_ID",
  150: "AT_MN_SERIAL_ID",
  151: "AT_DEVICE_IDENTITY",
};

const fragments = {
  fragments: none("eap.tls.fragments", "EAP-TLS Fragments"),
  fragment: frameNum("eap.tls.fragment", "EAP-TLS Fragment"),
  overlap: bool("eap.tls.fragment.overlap", "Fragment Overlap"),
  conflict: bool("eap.tls.fragment.overlap_conflict", "Conflicting Data In Fragment Overlap"),
  multipleTails: bool("eap.tls.fragment.multiple_tails", "Multiple Tail Fragments Found"),
  tooLong: bool("eap.tls.fragment.fragment.too_long", "Fragment Too Long"),
  error: frameNum("eap.tls.fragment.error", "Defragmentation Error"),
  count: u32("eap.tls.fragment.count", "Fragment Count"),
  reassembledLength: u32("eap.tls.reassembled.len", "Reassembled EAP-TLS Length"),
};

const f = {
  ...fragments,
  code: u8("eap.code", "Code", { names: CODES }),
  id: u8("eap.id", "Id"),
  length: u16("eap.len", "Length"),
  type: u8("eap.type", "Type", { names: TYPES }),
  identity: str("eap.identity", "Identity"),
  identityLength: u16("eap.identity.actual_len", "Identity Actual Length"),
  notification: str("eap.notification", "Notification"),
  desired: u8("eap.desired_type", "Desired Auth Type", { names: TYPES }),
  md5Size: u8("eap.md5.value_size", "EAP-MD5 Value-Size"),
  md5Value: bytes("eap.md5.value", "EAP-MD5 Value"),
  md5Extra: bytes("eap.md5.extra_data", "EAP-MD5 Extra Data"),
  tlsFlags: u8("eap.tls.flags", "EAP-TLS Flags", { base: "HEX" }),
  tlsHasLength: bool("eap.tls.flags.len_included", "Length Included", { mask: 0x80 }),
  tlsMore: bool("eap.tls.flags.more_fragments", "More Fragments", { mask: 0x40 }),
  tlsStart: bool("eap.tls.flags.start", "Start", { mask: 0x20 }),
  tlsVersion: u8("eap.tls.flags.version", "Version", { mask: 0x07 }),
  tlsLength: u32("eap.tls.len", "EAP-TLS Length"),
  simSubtype: u8("eap.sim.subtype", "EAP-SIM Subtype", { names: SIM_SUBTYPES }),
  simReserved: u16("eap.sim.reserved", "EAP-SIM Reserved", { base: "HEX" }),
  simAttribute: none("eap.sim.subtype.attribute", "EAP-SIM Attribute"),
  simType: u8("eap.sim.subtype.type", "EAP-SIM Type", { names: ATTRIBUTES }),
  simLength: u8("eap.sim.subtype.len", "EAP-SIM Length"),
  simValue: bytes("eap.sim.subtype.value", "EAP-SIM Value"),
  akaSubtype: u8("eap.aka.subtype", "EAP-AKA Subtype", { names: AKA_SUBTYPES }),
  akaReserved: u16("eap.aka.reserved", "EAP-AKA Reserved", { base: "HEX" }),
  akaAttribute: none("eap.aka.subtype.attribute", "EAP-AKA Attribute"),
  akaType: u8("eap.aka.subtype.type", "EAP-AKA Type", { names: ATTRIBUTES }),
  akaLength: u8("eap.aka.subtype.len", "EAP-AKA Length"),
  akaValue: bytes("eap.aka.subtype.value", "EAP-AKA Value"),
};

const x = {
  vulnerable: expert(
    "eap.mitm_attacks",
    "warning",
    "Security",
    "Vulnerable to MITM attacks. If possible, change EAP type.",
  ),
  badLength: expert("eap.bad_length", "warning", "Protocol", "Bad length (too small or too large)"),
};

export const eap = protocol({
  name: "eap",
  title: "Extensible Authentication Protocol",
  short: "EAP",
  fields: f,
  experts: x,
  on: [[pppProtocols, 0xc227]],
  dissect,
});

const HEADER = 4;
const REQUEST = 1;
const RESPONSE = 2;
const IDENTITY = 1;
const NOTIFICATION = 2;
const NAK = 3;
const MD5 = 4;
const TLS = 13;
const LEAP = 17;
const SIM = 18;
const TTLS = 21;
const AKA = 23;
const PEAP = 25;
const FAST = 43;
const AKA_PRIME = 50;
const TEAP = 55;
const TLS_TYPES: readonly number[] = [TLS, TTLS, PEAP, FAST, TEAP];

/** RFC 3748 section 4. */
function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  const start = d.pos;
  const code = d.u8(f.code);
  d.u8(f.id);
  const length = d.u16(f.length);
  if (length < HEADER || length > d.wireEnd - start) d.expert(x.badLength);
  const isTyped = code === REQUEST || code === RESPONSE;
  if (d.columns) d.setInfo(CODES[code] ?? `Unknown code (0x${code.toString(16).padStart(2, "0")})`);
  if (!isTyped || length <= HEADER) return;
  d.limit(length - HEADER);
  const type = d.u8(f.type);
  if (d.columns) d.addInfo(`, ${TYPES[type] ?? `Unknown type (0x${type.toString(16).padStart(2, "0")})`}`);
  if (type === MD5 || type === LEAP) d.expert(x.vulnerable);
  if (TLS_TYPES.includes(type)) {
    if (d.remaining > 0) addTls(d, type !== TLS, code);
  } else if (d.remaining > 0 || type === NAK) addTypeData(d, type);
}

function addTypeData(d: Dissection, type: number): void {
  switch (type) {
    case IDENTITY:
      d.str(f.identity, d.remaining);
      break;
    case NOTIFICATION:
      d.str(f.notification, d.remaining);
      break;
    case NAK:
      while (d.remaining > 0) d.u8(f.desired);
      break;
    case MD5: {
      const size = d.u8(f.md5Size);
      d.bytes(f.md5Value, size);
      if (d.remaining > 0) d.bytes(f.md5Extra, d.remaining);
      break;
    }
    case SIM:
      addAttributes(d, f.simSubtype, f.simReserved, f.simAttribute, f.simType, f.simLength, f.simValue);
      break;
    case AKA:
    case AKA_PRIME:
      addAttributes(d, f.akaSubtype, f.akaReserved, f.akaAttribute, f.akaType, f.akaLength, f.akaValue);
      break;
    default:
      d.callBelow(data);
  }
}

const HAS_LENGTH = 0x80;
const MORE_FRAGMENTS = 0x40;

/** RFC 5216 section 3.1; the protocols inside TLS tunnels add a version. */
function addTls(d: Dissection, hasVersion: boolean, code: number): void {
  const bits = [f.tlsHasLength, f.tlsMore, f.tlsStart];
  const flags = d.bitset(f.tlsFlags, 1, hasVersion ? [...bits, f.tlsVersion] : bits);
  if (flags & HAS_LENGTH) d.u32(f.tlsLength);
  if (d.remaining === 0) return;
  const more = (flags & MORE_FRAGMENTS) !== 0;
  const datagram = fragmentsOf(d, more, code);
  if (datagram === undefined) d.callBelow(more ? data : tls);
  else if (isWhole(datagram)) d.callBelow(tls);
  else if (
    datagram.reassembledIn !== d.frame ||
    !callReassembled(d, fragments, "EAP-TLS", datagram, (whole) => whole.callBelow(tls))
  ) {
    d.callBelow(data);
  }
}

/** The message that the fragment at the cursor is part of; undefined for one that is not all there. */
function fragmentsOf(d: Dissection, more: boolean, code: number): Datagram | undefined {
  if (d.remaining !== d.wireRemaining) return undefined;
  const key = `eap,${d.srcId},${d.dstId},${code}`;
  const datagram = d.datagram(key);
  if (datagram !== undefined && d.memory.indexing) {
    // Each is acknowledged before the next one is sent: they come in order, and say nothing of their place.
    const last = datagram.pieces.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.length;
    d.memory.fragments.add(key, datagram, pieceHere(d, offset, d.remaining, more));
  }
  return datagram;
}

const AT_IDENTITY = 14;

/** RFC 4186 section 8.1: attributes of type, length in words of four bytes, value. */
function addAttributes(
  d: Dissection,
  subtype: Field,
  reserved: Field,
  attribute: Field,
  type: Field,
  length: Field,
  value: Field,
): void {
  d.u8(subtype);
  d.u16(reserved);
  while (d.remaining > 0) {
    const at = d.pos;
    const kind = d.peek8();
    const size = d.peek8(1) * 4;
    if (size === 0) {
      d.expert(x.badLength);
      return;
    }
    d.open(attribute, at, size);
    if (d.labels) d.relabel(`${attribute.title}: ${ATTRIBUTES[kind] ?? "Unknown"} (${kind})`);
    d.u8(type);
    d.u8(length);
    if (kind === AT_IDENTITY) {
      const actual = Math.min(d.u16(f.identityLength), size - 4);
      d.str(f.identity, actual);
    } else d.bytes(value, size - 2);
    if (d.labels) d.close(at + size);
    d.pos = at + size;
  }
}
