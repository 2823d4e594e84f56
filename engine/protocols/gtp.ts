/** GPRS Tunneling Protocol version 1: header and extension headers, 3GPP TS 29.060 and TS 29.281, TS 38.415. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, nameOf, none, u8, u16, u24, u32, YES_NO } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { ip } from "./ipv4.ts";
import { ip6 } from "./ipv6.ts";
import { EXT_HDR_NEXT, FLAGS_VERSION, MESSAGE } from "./names/gtp.ts";

const f = {
  flags: u8("gtp.flags", "Flags", { base: "HEX" }),
  extHdr: none("gtp.ext_hdr", "Extension header"),
  extHdrNext: u8("gtp.ext_hdr.next", "Next extension header type", { base: "HEX", names: EXT_HDR_NEXT }),
  extHdrLongPdcpSn: u24("gtp.ext_hdr.long_pdcp_sn", "Long PDCP Sequence Number"),
  extHdrPduSesConPduType: u8("gtp.ext_hdr.pdu_ses_con.pdu_type", "PDU Type", {
    mask: 0xf0,
    names: { 0: "DL PDU SESSION INFORMATION", 1: "UL PDU SESSION INFORMATION" },
  }),
  extHdrPduSesContPpp: bool("gtp.ext_hdr.pdu_ses_cont.ppp", "Paging Policy Presence (PPP)", {
    mask: 0x80,
    tf: ["Present", "Not Present"],
  }),
  extHdrPduSesContRqi: bool("gtp.ext_hdr.pdu_ses_cont.rqi", "Reflective QoS Indicator (RQI)", {
    mask: 0x40,
    tf: ["Present", "Not Present"],
  }),
  extHdrPduSesConQosFlowId: u8("gtp.ext_hdr.pdu_ses_con.qos_flow_id", "QoS Flow Identifier (QFI)", {
    mask: 0x3f,
  }),
  extHdrPduSesContPpi: u8("gtp.ext_hdr.pdu_ses_cont.ppi", "Paging Policy Indicator (PPI)", { mask: 0xe0 }),
  extHdrPdcpSn: u16("gtp.ext_hdr.pdcp_sn", "PDCP Sequence Number"),
  extHdrUdpPort: u16("gtp.ext_hdr.udp_port", "UDP Port"),
  extHdrLength: u8("gtp.ext_hdr.length", "Extension Header Length"),
  flagsVersion: u8("gtp.flags.version", "Version", { mask: 0xe0, names: FLAGS_VERSION }),
  flagsPayload: u8("gtp.flags.payload", "Protocol type", { mask: 0x10, names: { 0: "GTP'", 1: "GTP" } }),
  flagsReserved: u8("gtp.flags.reserved", "Reserved", { mask: 0x8 }),
  flagsE: bool("gtp.flags.e", "Is Next Extension Header present?", { mask: 0x4, tf: YES_NO }),
  flagsS: bool("gtp.flags.s", "Is Sequence Number present?", { mask: 0x2, tf: YES_NO }),
  flagsPn: bool("gtp.flags.pn", "Is N-PDU number present?", { mask: 0x1, tf: YES_NO }),
  length: u16("gtp.length", "Length"),
  message: u8("gtp.message", "Message Type", { base: "HEX", names: MESSAGE }),
  npduNumber: u8("gtp.npdu_number", "N-PDU Number", { base: "HEX" }),
  seqNumber: u16("gtp.seq_number", "Sequence number", { base: "HEX_DEC" }),
  teid: u32("gtp.teid", "TEID", { base: "HEX_DEC" }),
};

const CONTROL_PORT = 2123;
const USER_PORT = 2152;

export const gtp = protocol({
  name: "gtp",
  title: "GPRS Tunneling Protocol",
  short: "GTP",
  fields: f,
  on: [[udpPorts, CONTROL_PORT, USER_PORT]],
  dissect,
});

const FLAGS = [f.flagsVersion, f.flagsPayload, f.flagsReserved, f.flagsE, f.flagsS, f.flagsPn];
/** Any of: extension header, sequence number, N-PDU number. */
const LONG_HEADER = 0x07;
const EXTENSION = 0x04;
const T_PDU = 0xff;

function dissect(d: Dissection): void {
  const flags = d.peek8();
  if (flags >> 5 !== 1 || d.remaining < 8) {
    d.call(data);
    return;
  }
  const type = d.peek8(1);
  if (d.columns) d.setInfo(MESSAGE[type] ?? "Unknown");
  d.bitset(f.flags, 1, FLAGS);
  d.u8(f.message);
  const length = d.u16(f.length);
  d.u32(f.teid);
  d.limit(length);
  if (flags & LONG_HEADER) {
    if (flags & 0x02) d.u16(f.seqNumber);
    else d.skip(2);
    if (flags & 0x01) d.u8(f.npduNumber);
    else d.skip(1);
    if (flags & EXTENSION) dissectExtensions(d);
    else d.skip(1);
  }
  if (d.remaining === 0) return;
  if (type !== T_PDU) {
    d.call(data);
    return;
  }
  const inner = d.peek8() >> 4;
  d.call(inner === 4 ? ip : inner === 6 ? ip6 : data);
  if (d.columns && d.protocolColumn !== gtp.short) d.setProtocol(`GTP <${d.protocolColumn}>`);
}

const PDU_SESSION_CONTAINER = 0x85;
const PDCP_NUMBER = 0xc0;
const UDP_PORT = 0x40;
const LONG_PDCP_NUMBER = 0x82;

/** Each begins with its length in words of four bytes and ends with the type of the next; 0 ends the list. */
function dissectExtensions(d: Dissection): void {
  let type = d.u8(f.extHdrNext);
  while (type !== 0 && d.remaining > 0) {
    const start = d.pos;
    const length = d.peek8() * 4;
    if (length === 0) d.malformed();
    d.open(f.extHdr, start, length);
    if (d.labels) d.appendParent(` (${nameOf(f.extHdrNext.names, type) ?? "Unknown"})`);
    d.u8(f.extHdrLength);
    const contents = length - 2;
    if (type === PDU_SESSION_CONTAINER) addSessionContainer(d, contents);
    else if (type === PDCP_NUMBER && contents >= 2) d.u16(f.extHdrPdcpSn);
    else if (type === UDP_PORT && contents >= 2) d.u16(f.extHdrUdpPort);
    else if (type === LONG_PDCP_NUMBER && contents >= 3) d.u24(f.extHdrLongPdcpSn);
    d.need(start + length - d.pos);
    d.pos = start + length - 1;
    type = d.u8(f.extHdrNext);
    d.close();
  }
}

/** TS 38.415 section 5.5.2. */
function addSessionContainer(d: Dissection, length: number): void {
  if (length < 2) return;
  const type = d.bits(f.extHdrPduSesConPduType, d.pos, 1);
  d.skip(1);
  if (type === 0) {
    const hasPolicy = d.bits(f.extHdrPduSesContPpp, d.pos, 1);
    d.bits(f.extHdrPduSesContRqi, d.pos, 1);
    d.bits(f.extHdrPduSesConQosFlowId, d.pos, 1);
    d.skip(1);
    if (hasPolicy && length >= 3) d.bits(f.extHdrPduSesContPpi, d.pos, 1);
  } else d.bits(f.extHdrPduSesConQosFlowId, d.pos, 1);
}
