/**
 * Layer Two Tunneling Protocol, RFC 2661 (version 2) and RFC 3931 (version 3), over UDP and, version 3, over IP.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, none, str, u8, u16, u32, u64 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol, protocols } from "../dissect/protocol.ts";
import { ipProtocols, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ENTERPRISES } from "./names/enterprises.ts";
import {
  AUTHENTICATIONS,
  AVPS,
  BROADBAND_AVPS,
  CABLE_AVPS,
  CALL_RESULTS,
  CISCO_AVPS,
  DIRECTIONS,
  ERICSSON_AVPS,
  ERRORS,
  MESSAGES,
  PSEUDOWIRES,
  SEQUENCING,
  SHORT_MESSAGES,
  STOP_RESULTS,
  SUBLAYERS,
} from "./names/l2tp.ts";
import { ppp } from "./ppp.ts";

const f = {
  flags: u16("l2tp.flags", "Flags", { base: "HEX" }),
  type: u16("l2tp.type", "Type", { mask: 0x8000, names: { 0: "Data Message", 1: "Control Message" } }),
  hasLength: bool("l2tp.length_bit", "Length Bit", {
    mask: 0x4000,
    bits: 16,
    tf: ["Length field is present", "Length field is not present"],
  }),
  hasSequence: bool("l2tp.seq_bit", "Sequence Bit", {
    mask: 0x0800,
    bits: 16,
    tf: ["Ns and Nr fields are present", "Ns and Nr fields are not present"],
  }),
  hasOffset: bool("l2tp.offset_bit", "Offset bit", {
    mask: 0x0200,
    bits: 16,
    tf: ["Offset Size field is present", "Offset size field is not present"],
  }),
  priority: bool("l2tp.priority", "Priority", {
    mask: 0x0100,
    bits: 16,
    tf: ["This data message has priority", "No priority"],
  }),
  version: u16("l2tp.version", "Version", { mask: 0x000f }),
  length: u16("l2tp.length", "Length"),
  tunnel: u16("l2tp.tunnel", "Tunnel ID"),
  session: u16("l2tp.session", "Session ID"),
  ns: u16("l2tp.Ns", "Ns"),
  nr: u16("l2tp.Nr", "Nr"),
  offset: u16("l2tp.offset", "Offset"),
  offsetPadding: none("l2tp.offset_padding", "Offset Padding"),
  zeroLength: none("l2tp.zero_length_body_message", "Zero Length Body message"),
  sid: u32("l2tp.sid", "Session ID", { base: "HEX" }),
  ccid: u32("l2tp.ccid", "Control Connection ID", { base: "HEX" }),
  reserved: u16("l2tp.res", "Reserved", { base: "HEX" }),
  mandatory: bool("l2tp.avp.mandatory", "Mandatory", { mask: 0x8000, bits: 16 }),
  hidden: bool("l2tp.avp.hidden", "Hidden", { mask: 0x4000, bits: 16 }),
  avpLength: u16("l2tp.avp.length", "Length", { mask: 0x03ff }),
  vendor: u16("l2tp.avp.vendor_id", "Vendor ID", { names: ENTERPRISES }),
  avpType: u16("l2tp.avp.type", "AVP Type", { names: AVPS }),
  ciscoType: u16("l2tp.avp.ciscotype", "Type", { names: CISCO_AVPS }),
  ericssonType: u16("l2tp.avp.ericssontype", "Type", { names: ERICSSON_AVPS }),
  broadbandType: u16("l2tp.avp.broadbandtype", "Type", { names: BROADBAND_AVPS }),
  cableType: u16("l2tp.avp.cablelabstype", "Type", { names: CABLE_AVPS }),
  message: u16("l2tp.avp.message_type", "Message Type", { names: MESSAGES }),
  stopResult: u16("l2tp.result_code", "Result code", { names: STOP_RESULTS }),
  callResult: u16("l2tp.result_code", "Result code", { names: CALL_RESULTS }),
  error: u16("l2tp.avp.error_code", "Error code", { names: ERRORS }),
  errorMessage: str("l2tp.avp.error_message", "Error Message"),
  protocolVersion: u8("l2tp.avp.protocol_version", "Version"),
  revision: u8("l2tp.avp.protocol_revision", "Revision"),
  asyncFraming: bool("l2tp.avp.async_framing_supported", "Async Framing Supported", { mask: 2, bits: 32 }),
  syncFraming: bool("l2tp.avp.sync_framing_supported", "Sync Framing Supported", { mask: 1, bits: 32 }),
  analogAccess: bool("l2tp.avp.analog_access_supported", "Analog Access Supported", { mask: 2, bits: 32 }),
  digitalAccess: bool("l2tp.avp.digital_access_supported", "Digital Access Supported", { mask: 1, bits: 32 }),
  analogBearer: bool("l2tp.avp.analog_bearer_type", "Analog Bearer Type", { mask: 2, bits: 32 }),
  digitalBearer: bool("l2tp.avp.digital_bearer_type", "Digital Bearer Type", { mask: 1, bits: 32 }),
  asyncType: bool("l2tp.avp.async_framing_type", "Async Framing Type", { mask: 2, bits: 32 }),
  syncType: bool("l2tp.avp.sync_framing_type", "Sync Framing Type", { mask: 1, bits: 32 }),
  causeCode: u16("l2tp.avp.cause_code", "Cause Code"),
  causeMessage: u8("l2tp.avp.cause_msg", "Cause Msg"),
  advisory: str("l2tp.avp.advisory_msg", "Advisory Msg"),
  proxyId: u8("l2tp.avp.proxy_authen_id", "Proxy Authen ID"),
  crcErrors: u32("l2tp.avp.crc_errors", "CRC Errors"),
  framingErrors: u32("l2tp.avp.framing_errors", "Framing Errors"),
  hardwareOverruns: u32("l2tp.avp.hardware_overruns", "Hardware Overruns"),
  bufferOverruns: u32("l2tp.avp.buffer_overruns", "Buffer Overruns"),
  timeouts: u32("l2tp.avp.time_out_errors", "Time-out Errors"),
  alignmentErrors: u32("l2tp.avp.alignment_errors", "Alignment Errors"),
  sendAccm: u32("l2tp.avp.send_accm", "Send ACCM"),
  receiveAccm: u32("l2tp.avp.receive_accm", "Receive ACCM"),
  disconnectCode: u16("l2tp.avp.disconnect_code", "Disconnect Code"),
  controlProtocol: u16("l2tp.avp.control_protocol_number", "Control Protocol Number"),
  direction: u8("l2tp.avp.cause_code_direction", "Direction", { names: DIRECTIONS }),
  disconnectMessage: str("l2tp.avp.cause_code_message", "Message"),
  capability: u16("l2tp.avp.pw_type", "PW Type", { names: PSEUDOWIRES }),
  circuitStatus: bool("l2tp.avp.circuit_status", "Circuit Status", { mask: 1, bits: 16, tf: ["Up", "Down"] }),
  circuitType: bool("l2tp.avp.circuit_type", "Circuit Type", { mask: 2, bits: 16, tf: ["New", "Existing"] }),
  tieBreaker: u64("l2tp.tie_breaker", "Tie Breaker", { base: "HEX" }),
  firmware: u16("l2tp.avp.firmware_revision", "Firmware Revision", { base: "DEC_HEX" }),
  hostName: str("l2tp.avp.host_name", "Host Name"),
  vendorName: str("l2tp.avp.vendor_name", "Vendor Name"),
  assignedTunnel: u16("l2tp.avp.assigned_tunnel_id", "Assigned Tunnel ID"),
  window: u16("l2tp.avp.receive_window_size", "Receive Window Size"),
  challenge: bytes("l2tp.avp.chap_challenge", "CHAP Challenge"),
  challengeResponse: bytes("l2tp.avp.chap_challenge_response", "CHAP Challenge Response"),
  assignedSession: u16("l2tp.avp.assigned_session_id", "Assigned Session ID"),
  callSerial: u32("l2tp.avp.call_serial_number", "Call Serial Number"),
  minimumBps: u32("l2tp.avp.minimum_bps", "Minimum BPS"),
  maximumBps: u32("l2tp.avp.maximum_bps", "Maximum BPS"),
  calledNumber: str("l2tp.avp.called_number", "Called Number"),
  callingNumber: str("l2tp.avp.calling_number", "Calling Number"),
  subAddress: str("l2tp.avp.sub_address", "Sub-Address"),
  connectSpeed: u32("l2tp.avp.connect_speed", "Connect Speed"),
  physicalChannel: u32("l2tp.avp.physical_channel", "Physical Channel"),
  initialConfreq: bytes("l2tp.avp.initial_received_lcp_confreq", "Initial Received LCP CONFREQ"),
  lastSentConfreq: bytes("l2tp.avp.last_sent_lcp_confreq", "Last Sent LCP CONFREQ"),
  lastReceivedConfreq: bytes("l2tp.avp.last_received_lcp_confreq", "Last Received LCP CONFREQ"),
  proxyType: u16("l2tp.avp.proxy_authen_type", "Proxy Authen Type", { names: AUTHENTICATIONS }),
  proxyName: str("l2tp.avp.proxy_authen_name", "Proxy Authen Name"),
  proxyChallenge: bytes("l2tp.avp.proxy_authen_challenge", "Proxy Authen Challenge"),
  proxyResponse: bytes("l2tp.avp.proxy_authen_response", "Proxy Authen Response"),
  randomVector: bytes("l2tp.avp.random_vector", "Random Vector"),
  privateGroup: bytes("l2tp.avp.private_group_id", "Private Group ID"),
  rxConnectSpeed: u32("l2tp.avp.rx_connect_speed", "Rx Connect Speed"),
  messageDigest: bytes("l2tp.avp.message_digest", "Message Digest"),
  routerId: u32("l2tp.avp.router_id", "Router ID"),
  assignedConnection: u32("l2tp.avp.assigned_control_conn_id", "Assigned Control Connection ID"),
  localSession: u32("l2tp.avp.local_session_id", "Local Session ID"),
  remoteSession: u32("l2tp.avp.remote_session_id", "Remote Session ID"),
  assignedCookie: bytes("l2tp.avp.assigned_cookie", "Assigned Cookie"),
  remoteEnd: str("l2tp.avp.remote_end_id", "Remote End ID"),
  pseudowire: u16("l2tp.avp.pseudowire_type", "Pseudowire Type", { names: PSEUDOWIRES }),
  sublayer: u16("l2tp.avp.layer2_specific_sublayer", "Layer2 Specific Sublayer", { names: SUBLAYERS }),
  sequencing: u16("l2tp.avp.data_sequencing", "Data Sequencing", { names: SEQUENCING }),
  language: str("l2tp.avp.preferred_language", "Preferred Language"),
  nonce: bytes("l2tp.avp.nonce", "Nonce"),
  txSpeedV3: u64("l2tp.avp.tx_connect_speed_v3", "Tx Connect Speed v3", { base: "HEX" }),
  rxSpeedV3: u64("l2tp.avp.rx_connect_speed_v3", "Rx Connect Speed v3", { base: "HEX" }),
  circuitId: str("l2tp.broadband.agent_circuit_id", "Agent Circuit ID"),
  remoteId: str("l2tp.broadband.agent_remote_id", "Agent Remote ID"),
  actualDrUp: u64("l2tp.broadband.actual_dr_up", "Actual Data Rate Upstream"),
  actualDrDown: u64("l2tp.broadband.actual_dr_down", "Actual Data Rate Downstream"),
  minimumDrUp: u64("l2tp.broadband.minimum_dr_up", "Minimum Data Rate Upstream"),
  minimumDrDown: u64("l2tp.broadband.minimum_dr_down", "Minimum Data Rate Downstream"),
  attainableDrUp: u64("l2tp.broadband.attainable_dr_up", "Attainable Data Rate Upstream"),
  attainableDrDown: u64("l2tp.broadband.attainable_dr_down", "Attainable Data Rate Downstream"),
  maximumDrUp: u64("l2tp.broadband.maximum_dr_up", "Maximum Data Rate Upstream"),
  maximumDrDown: u64("l2tp.broadband.maximum_dr_down", "Maximum Data Rate Downstream"),
  minimumDrUpLowPower: u64("l2tp.broadband.minimum_dr_up_low_power", "Minimum Data Rate Upstream Low-Power"),
  minimumDrDownLowPower: u64(
    "l2tp.broadband.minimum_dr_down_low_power",
    "Minimum Data Rate Downstream Low-Power",
  ),
  maximumInterleavingDelayUp: u32(
    "l2tp.broadband.maximum_interleaving_delay_up",
    "Maximum Interleaving Delay Upstream",
  ),
  actualInterleavingDelayUp: u32(
    "l2tp.broadband.actual_interleaving_delay_up",
    "Actual Interleaving Delay Upstream",
  ),
  maximumInterleavingDelayDown: u32(
    "l2tp.broadband.maximum_interleaving_delay_down",
    "Maximum Interleaving Delay Downstream",
  ),
  actualInterleavingDelayDown: u32(
    "l2tp.broadband.actual_interleaving_delay_down",
    "Actual Interleaving Delay Downstream",
  ),
};

const x = {
  vendorData: expert("l2tp.vendor_specific_avp_data", "warning", "Undecoded", "Vendor-Specific AVP data"),
  badLength: expert("l2tp.avp_length.bad", "error", "Malformed", "Bad AVP length"),
};

export const l2tp = protocol({
  name: "l2tp",
  title: "Layer 2 Tunneling Protocol",
  short: "L2TP",
  fields: f,
  experts: x,
  on: [
    [udpPorts, 1701],
    [ipProtocols, 115],
  ],
  dissect,
});

const CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
const FLAGS_2 = [f.type, f.hasLength, f.hasSequence, f.hasOffset, f.priority, f.version];
const FLAGS_3 = [f.type, f.hasLength, f.hasSequence, f.version];

function dissect(d: Dissection): void {
  if (protocols[d.chain[d.chainLength - 2]]?.name === "udp") dissectOverUdp(d);
  else dissectOverIp(d);
}

function dissectOverUdp(d: Dissection): void {
  const version = d.peek16() & 0x0f;
  if (version === 2) dissectVersion2(d);
  else if (version === 3) {
    becomeVersion3(d);
    if (d.peek16() & CONTROL) dissectControl3(d);
    else {
      flags(d, FLAGS_3);
      d.u16(f.reserved);
      dissectData3(d);
    }
  } else d.call(data);
}

/** RFC 3931 4.1.1: a session of 0 announces a control message. */
function dissectOverIp(d: Dissection): void {
  becomeVersion3(d);
  if (d.peek32() === 0) {
    d.u32(f.sid);
    dissectControl3(d);
  } else dissectData3(d);
}

function becomeVersion3(d: Dissection): void {
  d.setProtocol("L2TPv3");
  if (d.labels) d.relabelLayer("Layer 2 Tunneling Protocol version 3");
}

/** The first 16 bits, the set ones summed up in their line. */
const flags = (d: Dissection, members: readonly Field[]): number => {
  const word = d.peek16();
  if (word & HAS_LENGTH && d.peek16(2) > d.wireRemaining) d.malformed();
  return addFlags(d, f.flags, 2, members);
};

// ---------------------------------------------------------------------- version 2

function dissectVersion2(d: Dissection): void {
  const start = d.pos;
  const word = flags(d, FLAGS_2);
  const control = (word & CONTROL) !== 0;
  let length = d.wireEnd - start;
  if (word & HAS_LENGTH) length = d.u16(f.length);
  const tunnel = d.u16(f.tunnel);
  const session = d.u16(f.session);
  const ids = `(tunnel id=${tunnel}, session id=${session})`;
  if (word & HAS_SEQUENCE) {
    d.u16(f.ns);
    d.u16(f.nr);
  }
  if (word & HAS_OFFSET) {
    const size = d.u16(f.offset);
    if (size > 0) {
      d.need(size);
      d.add(f.offsetPadding, d.pos, size, null);
      d.skip(size);
    }
  }
  d.limit(Math.max(0, length - (d.pos - start)));
  if (!control) {
    if (d.columns) d.setInfo(`Data    Message            ${ids}`);
    if (d.wireRemaining > 0) d.call(ppp);
    return;
  }
  if (d.columns) {
    if (d.wireRemaining === 0) d.setInfo(`Control Message - ZLB      ${ids}`);
    else d.setInfo(`Control Message${messageText(d)} ${ids}`);
  }
  dissectAvps(d);
}

/** What the first attribute says of the control message; nothing when it does not name it. */
function messageText(d: Dissection): string {
  if (d.remaining < 8 || d.peek32(2) !== 0) return "";
  const message = d.peek16(6);
  return ` - ${SHORT_MESSAGES[message] ?? `Unknown (${message})`}`;
}

// ---------------------------------------------------------------------- version 3

function dissectControl3(d: Dissection): void {
  const start = d.pos;
  const word = flags(d, FLAGS_3);
  let length = d.wireEnd - start;
  if (word & HAS_LENGTH) length = d.u16(f.length);
  const id = d.u32(f.ccid);
  if (word & HAS_SEQUENCE) {
    d.u16(f.ns);
    d.u16(f.nr);
  }
  d.limit(Math.max(0, length - (d.pos - start)));
  if (d.columns) {
    const what = d.wireRemaining === 0 ? " - ZLB" : messageText(d);
    d.setInfo(`Control Message${what} (ccid=0x${id.toString(16).padStart(8, "0")})`);
  }
  dissectAvps(d);
}

/** A data message; the pseudowire it belongs to was agreed on by control messages, so what it carries stays data. */
function dissectData3(d: Dissection): void {
  const at = d.pos;
  const session = d.u32(f.sid);
  if (d.columns) d.setInfo(`D[S:0x${session.toString(16).toUpperCase().padStart(8, "0")}]`);
  d.generated(f.pseudowire, at, 0, 0);
  if (d.wireRemaining > 0) d.call(data);
}

// ---------------------------------------------------------------------- attributes

const HIDDEN = 0x4000;
const CISCO = 9;
const ERICSSON = 193;
const BROADBAND = 3561;
const CABLELABS = 4491;
const MESSAGE_TYPE = 0;
const STOP_NOTIFICATION = 4;
const LOCAL_SESSION = 63;
const REMOTE_SESSION = 64;

type Read = "u16" | "u32" | "u64" | "str" | "bytes";

const SIZES: Readonly<Partial<Record<Read, number>>> = { u16: 2, u32: 4, u64: 8 };

/** Attributes that are one value. */
const SINGLE: Readonly<Record<number, readonly [Read, Field]>> = {
  5: ["u64", f.tieBreaker],
  6: ["u16", f.firmware],
  7: ["str", f.hostName],
  8: ["str", f.vendorName],
  9: ["u16", f.assignedTunnel],
  10: ["u16", f.window],
  11: ["bytes", f.challenge],
  13: ["bytes", f.challengeResponse],
  14: ["u16", f.assignedSession],
  15: ["u32", f.callSerial],
  16: ["u32", f.minimumBps],
  17: ["u32", f.maximumBps],
  21: ["str", f.calledNumber],
  22: ["str", f.callingNumber],
  23: ["str", f.subAddress],
  24: ["u32", f.connectSpeed],
  25: ["u32", f.physicalChannel],
  26: ["bytes", f.initialConfreq],
  27: ["bytes", f.lastSentConfreq],
  28: ["bytes", f.lastReceivedConfreq],
  29: ["u16", f.proxyType],
  30: ["str", f.proxyName],
  31: ["bytes", f.proxyChallenge],
  33: ["bytes", f.proxyResponse],
  36: ["bytes", f.randomVector],
  37: ["bytes", f.privateGroup],
  38: ["u32", f.rxConnectSpeed],
  59: ["bytes", f.messageDigest],
  60: ["u32", f.routerId],
  61: ["u32", f.assignedConnection],
  63: ["u32", f.localSession],
  64: ["u32", f.remoteSession],
  65: ["bytes", f.assignedCookie],
  66: ["str", f.remoteEnd],
  68: ["u16", f.pseudowire],
  69: ["u16", f.sublayer],
  70: ["u16", f.sequencing],
  72: ["str", f.language],
  73: ["bytes", f.nonce],
  74: ["u64", f.txSpeedV3],
  75: ["u64", f.rxSpeedV3],
};

const BROADBAND_SINGLE: Readonly<Record<number, readonly [Read, Field]>> = {
  1: ["str", f.circuitId],
  2: ["str", f.remoteId],
  129: ["u64", f.actualDrUp],
  130: ["u64", f.actualDrDown],
  131: ["u64", f.minimumDrUp],
  132: ["u64", f.minimumDrDown],
  133: ["u64", f.attainableDrUp],
  134: ["u64", f.attainableDrDown],
  135: ["u64", f.maximumDrUp],
  136: ["u64", f.maximumDrDown],
  137: ["u64", f.minimumDrUpLowPower],
  138: ["u64", f.minimumDrDownLowPower],
  139: ["u32", f.maximumInterleavingDelayUp],
  140: ["u32", f.actualInterleavingDelayUp],
  141: ["u32", f.maximumInterleavingDelayDown],
  142: ["u32", f.actualInterleavingDelayDown],
};

/** Attributes that are several bits of a 32-bit word. */
const BITS: Readonly<Record<number, readonly Field[]>> = {
  3: [f.asyncFraming, f.syncFraming],
  4: [f.analogAccess, f.digitalAccess],
  18: [f.analogBearer, f.digitalBearer],
  19: [f.asyncType, f.syncType],
};

/** Types of vendors, by the vendor's number. */
const VENDOR_TYPES: Readonly<Record<number, Field>> = {
  [CISCO]: f.ciscoType,
  [ERICSSON]: f.ericssonType,
  [BROADBAND]: f.broadbandType,
  [CABLELABS]: f.cableType,
};

function dissectAvps(d: Dissection): void {
  if (d.wireRemaining === 0) {
    d.add(f.zeroLength, d.pos, 0, null);
    return;
  }
  let message = -1;
  while (d.wireRemaining > 0) {
    const at = d.pos;
    const word = d.peek16();
    const vendor = d.peek16(2);
    const type = d.peek16(4);
    const length = word & 0x03ff;
    if (length < 6) {
      d.text(at, length, `AVP length must be >= 6, got ${length}`);
      d.expert(x.badLength, `AVP length must be >= 6, got ${length}`);
      return;
    }
    d.openText(at, Math.min(length, d.remaining), d.labels ? avpTitle(vendor, type) : "");
    d.bits(f.mandatory, at, 2);
    d.bits(f.hidden, at, 2);
    d.bits(f.avpLength, at, 2);
    d.skip(2);
    if ((word & HIDDEN) === 0) {
      d.u16(f.vendor);
      if (vendor === 0) {
        d.u16(f.avpType);
        if (type === MESSAGE_TYPE) message = d.peek16();
        addAvp(d, type, at + length, message);
      } else {
        d.u16(VENDOR_TYPES[vendor] ?? f.avpType);
        const single = vendor === BROADBAND ? BROADBAND_SINGLE[type] : undefined;
        if (single !== undefined) addSingle(d, single[0], single[1], at + length);
        else addVendorData(d, at + length);
      }
    }
    d.close();
    d.needAt(at, length);
    d.pos = at + length;
  }
}

function avpTitle(vendor: number, type: number): string {
  if (vendor === 0) return `${AVPS[type] ?? `Unknown (${type})`} AVP`;
  const who = `Vendor ${ENTERPRISES[vendor] ?? "Unknown"} (${vendor})`;
  const types = VENDOR_TYPES[vendor];
  if (types === undefined) return `${who} AVP Type ${type}`;
  const names = types.names as Readonly<Record<number, string>>;
  return `${who}: ${names[type] ?? `Unknown (${type})`} AVP`;
}

function addVendorData(d: Dissection, stop: number): void {
  if (stop <= d.pos) return;
  d.text(d.pos, Math.min(stop, d.end) - d.pos, x.vendorData.message);
  if (d.building) d.expert(x.vendorData);
}

function addSingle(d: Dissection, read: Read, field: Field, stop: number): void {
  const size = SIZES[read];
  if (size !== undefined && stop - d.pos !== size) d.malformed();
  if (read === "u16") d.u16(field);
  else if (read === "u32") d.u32(field);
  else if (read === "u64") d.u64(field);
  else if (stop > d.pos && read === "str") d.str(field, stop - d.pos);
  else if (stop > d.pos) d.bytes(field, stop - d.pos);
}

/** An attribute of the IETF's own, whose value is from the cursor to `stop`. */
function addAvp(d: Dissection, type: number, stop: number, message: number): void {
  if (d.columns && (type === LOCAL_SESSION || type === REMOTE_SESSION)) {
    d.addInfo(`, ${type === LOCAL_SESSION ? "LSID" : "RSID"}: ${String(d.peek32()).padStart(2, " ")}`);
  }
  const single = SINGLE[type];
  if (single !== undefined) {
    addSingle(d, single[0], single[1], stop);
    return;
  }
  const bits = BITS[type];
  if (bits !== undefined) {
    for (const bit of bits) d.bits(bit, d.pos, 4);
    return;
  }
  switch (type) {
    case MESSAGE_TYPE:
      d.u16(f.message);
      break;
    case 1:
      d.u16(message === STOP_NOTIFICATION ? f.stopResult : f.callResult);
      if (stop - d.pos >= 2) d.u16(f.error);
      if (stop > d.pos) d.str(f.errorMessage, stop - d.pos);
      break;
    case 2:
      d.u8(f.protocolVersion);
      d.u8(f.revision);
      break;
    case 12:
      d.u16(f.causeCode);
      d.u8(f.causeMessage);
      if (stop > d.pos) d.str(f.advisory, stop - d.pos);
      break;
    case 32:
      d.skip(1);
      d.u8(f.proxyId);
      break;
    case 34:
      d.skip(2);
      d.u32(f.crcErrors);
      d.u32(f.framingErrors);
      d.u32(f.hardwareOverruns);
      d.u32(f.bufferOverruns);
      d.u32(f.timeouts);
      d.u32(f.alignmentErrors);
      break;
    case 35:
      d.skip(2);
      d.u32(f.sendAccm);
      d.u32(f.receiveAccm);
      break;
    case 46:
      d.u16(f.disconnectCode);
      d.u16(f.controlProtocol);
      d.u8(f.direction);
      if (stop > d.pos) d.str(f.disconnectMessage, stop - d.pos);
      break;
    case 62:
      d.openText(d.pos, stop - d.pos, "Pseudowire Capabilities List");
      while (stop - d.pos >= 2) d.u16(f.capability);
      d.close();
      break;
    case 71:
      d.bits(f.circuitStatus, d.pos, 2);
      d.bits(f.circuitType, d.pos, 2);
      break;
    default:
      addVendorData(d, stop);
  }
}
