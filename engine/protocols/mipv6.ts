/** Mobility headers of IPv6: RFC 6275 section 6.1, RFC 5568, RFC 5142, RFC 5847, RFC 5846, RFC 6705. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  bool,
  bytes,
  expert,
  type Field,
  ipv6,
  joined,
  SET_NOTSET,
  u8,
  u16,
  u32,
  u64,
  YES_NO,
} from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ipProtocols } from "../dissect/tables.ts";
import {
  addInFours,
  addMobilityOptions,
  mobilityOptionExperts,
  mobilityOptionFields,
} from "./mipv6-options.ts";
import { IP_PROTOCOL_NAMES } from "./names/ip.ts";
import {
  BA_STATUS_NAMES,
  BRI_R_TRIGGER_NAMES,
  BRI_STATUS_NAMES,
  FBACK_STATUS_NAMES,
  MHTYPE_NAMES,
} from "./names/mipv6.ts";

const f = {
  proto: u8("mip6.proto", "Payload protocol", { names: IP_PROTOCOL_NAMES }),
  hlen: u8("mip6.hlen", "Header length"),
  mhtype: u8("mip6.mhtype", "Mobility Header Type", { names: MHTYPE_NAMES }),
  reserved: u8("mip6.reserved", "Reserved", { base: "HEX" }),
  csum: u16("mip6.csum", "Checksum", { base: "HEX" }),
  hotiCookie: u64("mip6.hoti.cookie", "Home Init Cookie", { base: "HEX" }),
  cotiCookie: u64("mip6.coti.cookie", "Care-of Init Cookie", { base: "HEX" }),
  hotNindex: u16("mip6.hot.nindex", "Home Nonce Index"),
  hotCookie: u64("mip6.hot.cookie", "Home Init Cookie", { base: "HEX" }),
  hotToken: u64("mip6.hot.token", "Home Keygen Token", { base: "HEX" }),
  cotNindex: u16("mip6.cot.nindex", "Care-of Nonce Index"),
  cotCookie: u64("mip6.cot.cookie", "Care-of Init Cookie", { base: "HEX" }),
  buSeqnr: u16("mip6.bu.seqnr", "Sequence number"),
  buAFlag: bool("mip6.bu.a_flag", "Acknowledge (A) flag", {
    mask: 0x8000,
    bits: 16,
    tf: ["Binding Acknowledgement requested", "Binding Acknowledgement not requested"],
  }),
  buHFlag: bool("mip6.bu.h_flag", "Home Registration (H) flag", {
    mask: 0x4000,
    bits: 16,
    tf: ["Home Registration", "No Home Registration"],
  }),
  buLFlag: bool("mip6.bu.l_flag", "Link-Local Compatibility (L) flag", {
    mask: 0x2000,
    bits: 16,
    tf: ["Link-Local Address Compatibility", "No Link-Local Address Compatibility"],
  }),
  buKFlag: bool("mip6.bu.k_flag", "Key Management Compatibility (K) flag", {
    mask: 0x1000,
    bits: 16,
    tf: ["Key Management Mobility Compatibility", "No Key Management Mobility Compatibility"],
  }),
  buMFlag: bool("mip6.bu.m_flag", "MAP Registration Compatibility (M) flag", {
    mask: 0x800,
    bits: 16,
    tf: ["MAP Registration Compatibility", "No MAP Registration Compatibility"],
  }),
  nemoBuRFlag: bool("mip6.nemo.bu.r_flag", "Mobile Router (R) flag", {
    mask: 0x400,
    bits: 16,
    tf: ["Mobile Router Compatibility", "No Mobile Router Compatibility"],
  }),
  buPFlag: bool("mip6.bu.p_flag", "Proxy Registration (P) flag", {
    mask: 0x200,
    bits: 16,
    tf: ["Proxy Registration", "No Proxy Registration"],
  }),
  buFFlag: bool("mip6.bu.f_flag", "Forcing UDP encapsulation (F) flag", {
    mask: 0x100,
    bits: 16,
    tf: ["Forcing UDP encapsulation used", "No Forcing UDP encapsulation"],
  }),
  buTFlag: bool("mip6.bu.t_flag", "TLV-header format (T) flag", {
    mask: 0x80,
    bits: 16,
    tf: ["TLV-header format used", "No TLV-header format"],
  }),
  buBFlag: bool("mip6.bu.b_flag", "Bulk-Binding-Update flag (B)", {
    mask: 0x40,
    bits: 16,
    tf: ["Enable bulk binding update support", "Disable bulk binding update support"],
  }),
  buLifetime: u16("mip6.bu.lifetime", "Lifetime"),
  baStatus: u8("mip6.ba.status", "Status", { names: BA_STATUS_NAMES }),
  baKFlag: bool("mip6.ba.k_flag", "Key Management Compatibility (K) flag", {
    mask: 0x80,
    tf: ["Key Management Mobility Compatibility", "No Key Management Mobility Compatibility"],
  }),
  nemoBaRFlag: bool("mip6.nemo.ba.r_flag", "Mobile Router (R) flag", {
    mask: 0x40,
    tf: ["Mobile Router Compatibility", "No Mobile Router Compatibility"],
  }),
  baPFlag: bool("mip6.ba.p_flag", "Proxy Registration (P) flag", {
    mask: 0x20,
    tf: ["Proxy Registration", "No Proxy Registration"],
  }),
  baTFlag: bool("mip6.ba.t_flag", "TLV-header format (T) flag", {
    mask: 0x10,
    tf: ["TLV-header format used", "No TLV-header format"],
  }),
  baBFlag: bool("mip6.ba.b_flag", "Bulk-Binding-Update flag (B)", {
    mask: 0x8,
    tf: ["Enabled bulk binding update support", "Disabled bulk binding update support"],
  }),
  baSeqnr: u16("mip6.ba.seqnr", "Sequence number"),
  baLifetime: u16("mip6.ba.lifetime", "Lifetime"),
  beStatus: u8("mip6.be.status", "Status", {
    names: { 1: "Unknown binding for Home Address destination option", 2: "Unrecognized MH type value" },
  }),
  beHaddr: ipv6("mip6.be.haddr", "Home Address"),
  fbuSeqnr: u16("mip6.fbu.seqnr", "Sequence number"),
  fbuAFlag: bool("mip6.fbu.a_flag", "Acknowledge (A) flag", {
    mask: 0x80,
    tf: ["Fast Binding Acknowledgement requested", "Fast Binding Acknowledgement not requested"],
  }),
  fbuHFlag: bool("mip6.fbu.h_flag", "Home Registration (H) flag", {
    mask: 0x40,
    tf: ["Home Registration", "No Home Registration"],
  }),
  fbuLFlag: bool("mip6.fbu.l_flag", "Link-Local Compatibility (L) flag", {
    mask: 0x20,
    tf: ["Link-Local Address Compatibility", "No Link-Local Address Compatibility"],
  }),
  fbuKFlag: bool("mip6.fbu.k_flag", "Key Management Compatibility (K) flag", {
    mask: 0x10,
    tf: ["Key Management Mobility Compatibility", "No Key Management Mobility Compatibility"],
  }),
  fbuLifetime: u16("mip6.fbu.lifetime", "Lifetime"),
  fbackStatus: u8("mip6.fback.status", "Status", { names: FBACK_STATUS_NAMES }),
  fbackKFlag: bool("mip6.fback.k_flag", "Key Management Compatibility (K) flag", {
    mask: 0x80,
    tf: ["Key Management Mobility Compatibility", "No Key Management Mobility Compatibility"],
  }),
  fbackSeqnr: u16("mip6.fback.seqnr", "Sequence number"),
  fbackLifetime: u16("mip6.fback.lifetime", "Lifetime"),
  hasNumAddrs: u8("mip6.has.num_addrs", "Number of Addresses"),
  hasReserved: u8("mip6.has.reserved", "Reserved", { base: "HEX" }),
  hasAddress: ipv6("mip6.has.address", "Address"),
  hbUFlag: bool("mip6.hb.u_flag", "Unsolicited (U) flag", {
    mask: 0x2,
    tf: ["Unsolicited Heartbeat Response", "Otherwise"],
  }),
  hbRFlag: bool("mip6.hb.r_flag", "Response (R) flag", {
    mask: 0x1,
    tf: ["Heartbeat Response", "Heartbeat Request"],
  }),
  hbSeqnr: u32("mip6.hb.seqnr", "Sequence number"),
  hiSeqnr: u16("mip6.hi.seqnr", "Sequence number"),
  hiSFlag: bool("mip6.hi.s_flag", "Assigned address configuration flag (S) flag", { mask: 0x80 }),
  hiUFlag: bool("mip6.hi.u_flag", "Buffer flag (U) flag", { mask: 0x40 }),
  hiCode: u8("mip6.hi.code", "Code"),
  hackSeqnr: u16("mip6.hack.seqnr", "Sequence number"),
  hackCode: u8("mip6.hack.code", "Code"),
  bindingRefreshRequest: bytes("mip6.binding_refresh_request", "Binding Refresh Request"),
  unknownTypeData: bytes("mip6.unknown_type_data", "Message Data"),
  fastNeighborAdvertisement: bytes("mip6.fast_neighbor_advertisement", "Fast Neighbor Advertisement"),
  briBrType: u8("mip6.bri_br.type", "B.R. Type"),
  briRTrigger: u8("mip6.bri_r.trigger", "R. Trigger", { names: BRI_R_TRIGGER_NAMES }),
  briStatus: u8("mip6.bri_status", "Status", { names: BRI_STATUS_NAMES }),
  briSeqnr: u16("mip6.bri_seqnr", "Sequence Number"),
  briIp: bool("mip6.bri_ip", "Proxy Binding (P) Flag", { mask: 0x8000, bits: 16, tf: SET_NOTSET }),
  briIv: bool("mip6.bri_iv", "IPv4 HoA Binding Only (V) Flag", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  briIg: bool("mip6.bri_ig", "Global (G) Flag", { mask: 0x2000, bits: 16, tf: SET_NOTSET }),
  briAp: bool("mip6.bri_ap", "Proxy Binding (P) Flag", { mask: 0x8000, bits: 16, tf: SET_NOTSET }),
  briAv: bool("mip6.bri_av", "IPv4 HoA Binding Only (V) Flag", { mask: 0x4000, bits: 16, tf: SET_NOTSET }),
  briAg: bool("mip6.bri_ag", "Global (G) Flag", { mask: 0x2000, bits: 16, tf: SET_NOTSET }),
  briRes: u16("mip6.bri_res", "Reserved", { base: "HEX", mask: 0x1fff }),
  lriSequence: u16("mip6.lri.sequence", "Sequence"),
  lriReserved: u16("mip6.lri.reserved", "Reserved", { base: "HEX" }),
  lriLifetime: u16("mip6.lri.lifetime", "Lifetime", { base: "HEX" }),
  lraSequence: u16("mip6.lra.sequence", "Sequence"),
  lriUnsolicited: bool("mip6.lri.unsolicited", "unsolicited", { mask: 0x80, tf: YES_NO }),
  lraReserved: u8("mip6.lra.reserved", "Reserved", { base: "HEX", mask: 0x7f }),
  lraStatus: u8("mip6.lra.status", "Status", {
    names: { 0: "Success", 128: "Localized Routing Not Allowed", 129: "MN Not Attached" },
  }),
  lraLifetime: u16("mip6.lra.lifetime", "Lifetime", { base: "HEX" }),
};

const x = {
  headerLength: expert("mip6.bogus_header_length", "warning", "Protocol", "Bogus header length"),
  ...mobilityOptionExperts,
};

export const mipv6 = protocol({
  name: "mipv6",
  title: "Mobile IPv6",
  short: "MIPv6",
  fields: joined(f, mobilityOptionFields),
  experts: x,
  on: [[ipProtocols, 62, 135]],
  dissect,
});

const FIXED = 6;
const BINDING_UPDATE = 5;
const BINDING_ACKNOWLEDGEMENT = 6;
const REVOCATION = 16;
const REVOCATIONS: Readonly<Record<number, string>> = {
  1: "Binding Revocation Indication",
  2: "Binding Revocation Acknowledge",
};

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.peek8(2);
  d.u8(f.proto);
  const length = (d.u8(f.hlen) + 1) * 8;
  if (d.labels) d.append(` (${length} bytes)`);
  if (d.columns) {
    // Network mobility, RFC 3963, is what bindings are shown as.
    if (type === BINDING_UPDATE || type === BINDING_ACKNOWLEDGEMENT) d.setProtocol("NEMO");
    d.setInfo(MHTYPE_NAMES[type] ?? `Unknown Mobility Header (${type})`);
  }
  d.u8(f.mhtype);
  d.u8(f.reserved);
  d.u16(f.csum);
  if (type === REVOCATION && d.columns && d.remaining > 0) {
    d.setInfo(REVOCATIONS[d.peek8()] ?? MHTYPE_NAMES[REVOCATION]);
  }
  const end = start + length;
  d.layerEnd(Math.min(d.end, end));
  if (d.building) dissectMessage(d, start, type, end);
  else d.needAt(start, Math.min(length, d.end - start));
  d.pos = end;
}

/** Adds one field each to a subtree with the message's name. */
function within(d: Dissection, type: number, size: number, add: () => void): void {
  d.need(size);
  d.openText(d.pos, size, MHTYPE_NAMES[type]);
  add();
  if (d.labels) d.close();
}

const flags = (d: Dissection, n: number, bits: readonly Field[]): void => {
  for (const bit of bits) d.bits(bit, d.pos, n);
  d.skip(n);
};

const BU_BITS = [
  f.buAFlag,
  f.buHFlag,
  f.buLFlag,
  f.buKFlag,
  f.buMFlag,
  f.nemoBuRFlag,
  f.buPFlag,
  f.buFFlag,
  f.buTFlag,
  f.buBFlag,
] as const;
const BA_BITS = [f.baKFlag, f.nemoBaRFlag, f.baPFlag, f.baTFlag, f.baBFlag] as const;

function dissectMessage(d: Dissection, start: number, type: number, end: number): void {
  switch (type) {
    case 0:
      d.bytes(f.bindingRefreshRequest, 2);
      break;
    case 1:
    case 2:
      within(d, type, 10, () => {
        d.skip(2);
        d.u64(type === 1 ? f.hotiCookie : f.cotiCookie);
      });
      break;
    case 3:
    case 4:
      within(d, type, 18, () => {
        d.u16(type === 3 ? f.hotNindex : f.cotNindex);
        d.u64(type === 3 ? f.hotCookie : f.cotCookie);
        d.u64(f.hotToken);
      });
      break;
    case BINDING_UPDATE:
      within(d, type, 6, () => {
        d.u16(f.buSeqnr);
        flags(d, 2, BU_BITS);
        addInFours(d, f.buLifetime);
      });
      break;
    case BINDING_ACKNOWLEDGEMENT:
      within(d, type, 6, () => {
        d.u8(f.baStatus);
        flags(d, 1, BA_BITS);
        d.u16(f.baSeqnr);
        addInFours(d, f.baLifetime);
      });
      break;
    case 7:
      within(d, type, 18, () => {
        d.u8(f.beStatus);
        d.skip(1);
        d.ipv6(f.beHaddr);
      });
      break;
    case 8:
      within(d, type, 6, () => {
        d.u16(f.fbuSeqnr);
        for (const bit of [f.fbuAFlag, f.fbuHFlag, f.fbuLFlag, f.fbuKFlag]) d.bits(bit, d.pos, 1);
        d.skip(2);
        addInFours(d, f.fbuLifetime);
      });
      break;
    case 9:
      within(d, type, 6, () => {
        d.u8(f.fbackStatus);
        flags(d, 1, [f.fbackKFlag]);
        d.u16(f.fbackSeqnr);
        addInFours(d, f.fbackLifetime);
      });
      break;
    case 10:
      d.bytes(f.fastNeighborAdvertisement, 2);
      break;
    case 11:
      d.bytes(mobilityOptionFields.emData, end - d.pos);
      break;
    case 12:
      within(d, type, 2, () => {
        const count = d.u8(f.hasNumAddrs);
        d.u8(f.hasReserved);
        for (let i = 0; i < count; i++) d.ipv6(f.hasAddress);
      });
      // Wireshark looks for options from the last bytes of the addresses on.
      d.pos -= FIXED;
      break;
    case 13:
      within(d, type, 6, () => {
        d.skip(1);
        flags(d, 1, [f.hbUFlag, f.hbRFlag]);
        d.u32(f.hbSeqnr);
      });
      break;
    case 14:
      within(d, type, 4, () => {
        d.u16(f.hiSeqnr);
        flags(d, 1, [f.hiSFlag, f.hiUFlag]);
        d.u8(f.hiCode);
      });
      break;
    case 15:
      within(d, type, 4, () => {
        d.u16(f.hackSeqnr);
        d.skip(1);
        d.u8(f.hackCode);
      });
      break;
    case REVOCATION:
      addRevocation(d);
      break;
    case 17:
    case 18:
      addLocalizedRouting(d, start, type);
      break;
    default:
      d.bytes(f.unknownTypeData, end - d.pos);
  }
  if (d.pos < end) addMobilityOptions(d, end);
}

function addRevocation(d: Dissection): void {
  const type = d.peek8();
  if (REVOCATIONS[type] === undefined) {
    d.skip(6);
    return;
  }
  d.openText(d.pos, 6, REVOCATIONS[type]);
  d.u8(f.briBrType);
  d.u8(type === 1 ? f.briRTrigger : f.briStatus);
  d.u16(f.briSeqnr);
  flags(d, 2, type === 1 ? [f.briIp, f.briIv, f.briIg, f.briRes] : [f.briAp, f.briAv, f.briAg, f.briRes]);
  if (d.labels) d.close();
}

/** RFC 6705 section 9; Wireshark reads the fields from the header's first byte on. */
function addLocalizedRouting(d: Dissection, start: number, type: number): void {
  d.pos = start;
  if (type === 17) {
    d.u16(f.lriSequence);
    d.u16(f.lriReserved);
    d.u16(f.lriLifetime);
    return;
  }
  d.u16(f.lraSequence);
  flags(d, 1, [f.lriUnsolicited, f.lraReserved]);
  d.u8(f.lraStatus);
  d.u16(f.lraLifetime);
}
