/**
 * Organization specific slow protocols, IEEE 802.3 annex 57B, and the Ethernet synchronization messaging channel of
 * ITU-T G.8264 section 11.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, none, u8, u16, u24, u64, YES_NO } from "../dissect/field.ts";
import { bitPattern } from "../dissect/format.ts";
import { protocol } from "../dissect/protocol.ts";
import { data } from "./data.ts";
import { slowSubtypes } from "./lacp.ts";

const TLVS: Readonly<Record<number, string>> = { 1: "Quality Level", 2: "Extended Quality Level" };
/** Quality levels of option I networks by their SSM code: short and long. */
const LEVELS: Readonly<Record<number, readonly [string, string]>> = {
  2: ["QL-PRC", "Primary reference clock (G.811)"],
  4: ["QL-SSU-A", "Type I or V SSU clock (G.812), 'transit node clock'"],
  8: ["QL-SSU-B", "Type VI SSU clock (G.812), 'local node clock'"],
  11: ["QL-EEC1", "EEC (G.8262, Option I) or SEC clock (G.813, Option I)"],
  15: ["QL-DNU", "'Do Not Use'"],
};
/** The same by enhanced SSM code and SSM code. */
const EXTENDED_LEVELS: Readonly<Record<number, readonly [string, string]>> = {
  8194: ["QL-PRTC", "Primary Reference Time Clock"],
  8450: ["QL-ePRTC", "Enhanced Primary Reference Time Clock"],
  8715: ["QL-eEEC", "Enhanced Ethernet Equipment Clock"],
  8962: ["QL-ePRC", "Enhanced Primary Reference Clock"],
};

const f = {
  oui: u24("ossp.oui", "OUI", { base: "OUI" }),
  subtype: u16("ossp.itu.subtype", "ITU-T OSSP Subtype", { base: "HEX" }),
  version: u8("ossp.esmc.version", "Version", { base: "HEX", mask: 0xf0 }),
  event: bool("ossp.esmc.event_flag", "Event Flag", {
    mask: 0x08,
    tf: ["Time-critical Event ESMC PDU", "Information ESMC PDU"],
  }),
  reservedBits: u8("ossp.esmc.reserved_bits", "Reserved", { base: "HEX", mask: 0x07 }),
  reserved: u24("ossp.esmc.reserved", "Reserved", { base: "HEX" }),
  tlv: none("ossp.esmc.tlv", "ESMC TLV"),
  tlvType: u8("ossp.esmc.tlv_type", "TLV Type", { base: "HEX", names: TLVS }),
  tlvLength: u16("ossp.esmc.tlv_length", "TLV Length", { base: "HEX" }),
  unused: u8("ossp.esmc.tlv_ql_unused", "Unused", { base: "HEX", mask: 0xf0 }),
  ssm: u8("ossp.esmc.tlv_ql_ssm", "SSM Code", { base: "HEX", mask: 0x0f }),
  enhanced: u8("ossp.esmc.tlv_ext_ql_essm", "Enhanced SSM Code", { base: "HEX" }),
  clock: u64("ossp.esmc.tlv_ext_ql_clockid", "SyncE clockID", { base: "HEX" }),
  flagsReserved: u8("ossp.esmc.tlv_ext_ql_flag_reserved", "Reserved", { base: "HEX", mask: 0xfc }),
  chain: bool("ossp.esmc.tlv_ext_ql_flag_chain", "Partial chain", { mask: 0x02, tf: YES_NO }),
  mixed: bool("ossp.esmc.tlv_ext_ql_flag_mixed", "Mixed EEC/eEEC clocks", { mask: 0x01, tf: YES_NO }),
  enhancedClocks: u8("ossp.esmc.tlv_ext_ql_eeec", "Cascaded eEECs"),
  clocks: u8("ossp.esmc.tlv_ext_ql_eec", "Cascaded EECs"),
  extendedReserved: u64("ossp.esmc.tlv_ext_ql_reserved", "Reserved", { base: "HEX" }),
  level: u16("ossp.esmc.ql", "Quality Level", { base: "HEX" }),
  padding: bytes("ossp.esmc.padding", "Padding"),
};
const x = {
  version: expert(
    "ossp.esmc.version.compliance",
    "error",
    "Malformed",
    "Version must be 0x1 claim compliance with Version 1 of this protocol",
  ),
  notFirst: expert(
    "ossp.esmc.tlv_type.ql_type_not_first",
    "error",
    "Malformed",
    "TLV Type must be == 0x01 (QL) because QL TLV must be first in the ESMC PDU",
  ),
  asLevel: expert(
    "ossp.esmc.tlv_type.decoded_as_ql_type",
    "note",
    "Undecoded",
    "Let's decode as if this is QL TLV",
  ),
  asExtended: expert(
    "ossp.esmc.tlv_type.decoded_as_ext_ql",
    "note",
    "Undecoded",
    "Let's decode as if this is Extended QL TLV",
  ),
  length: expert("ossp.esmc.tlv_length.bad", "error", "Malformed", "QL TLV Length must be == 0x0004"),
  unused: expert(
    "ossp.esmc.tlv_ql_unused.not_zero",
    "warning",
    "Malformed",
    "Unused bits of TLV must be all zeroes",
  ),
  level: expert("ossp.esmc.ql.invalid", "warning", "Undecoded", "Invalid SSM message, unknown QL code"),
  reserved: expert(
    "ossp.esmc.reserved_bits_must_be_set_to_all_zero",
    "warning",
    "Protocol",
    "Reserved bits must be set to all zero on transmitter",
  ),
};

export const ossp = protocol({
  name: "ossp",
  title: "Organization Specific Slow Protocol",
  short: "OSSP",
  fields: f,
  experts: x,
  contained: true,
  on: [[slowSubtypes, 10]],
  dissect,
});

const ITU_T = 0x0019a7;
const ESMC = 1;
const LEVEL = 1;
const EXTENDED = 2;
const LEVEL_LENGTH = 4;
const EXTENDED_LENGTH = 20;
const AS_IF = "Let's decode this TLV as if Length has valid value";

function dissect(d: Dissection): void {
  const { end } = d;
  const oui = d.u24(f.oui);
  const isItu = oui === ITU_T;
  if (isItu && d.labels) d.append(" (Itu-T)");
  if (d.columns) {
    d.setInfo(
      `OUI: ${
        isItu
          ? "Itu-T"
          : oui
              .toString(16)
              .padStart(6, "0")
              .replace(/(..)(..)/, "$1:$2:")
      }`,
    );
  }
  if (isItu) addItu(d);
  d.layerEnd(end);
}

function addItu(d: Dissection): void {
  const at = d.pos;
  const subtype = d.peek16();
  d.skip(2);
  d.open(f.subtype, at, 2, subtype);
  const number = `0x${subtype.toString(16).padStart(4, "0")}`;
  if (subtype === ESMC) {
    const event = d.peek8() & 0x08 ? "Event:Time-critical" : "Event:Information";
    if (d.labels) d.relabel(`${f.subtype.title}: ${number}: ESMC, ${event}`);
    if (d.columns) {
      d.setProtocol("ESMC");
      d.setInfo(event);
    }
    addEsmc(d);
  } else if (d.labels) d.relabel(`${f.subtype.title}: ${number} (Unknown)`);
  d.close();
}

function addEsmc(d: Dissection): void {
  const version = d.bits(f.version, d.pos, 1);
  if (version !== 1) d.expert(x.version);
  d.bits(f.event, d.pos, 1);
  const reserved = d.bits(f.reservedBits, d.pos, 1);
  if (d.labels) d.relabel(`${bitPattern(f.reservedBits, reserved)} = Reserved: 0x0${reserved}`);
  if (reserved !== 0) d.expert(x.reserved);
  d.skip(1);
  if (d.u24(f.reserved) !== 0) d.expert(x.reserved, "Reserved octets must be set to all zero on transmitter");
  const start = d.pos;
  const ssm = addLevel(d);
  let enhanced = 0;
  if (d.remaining > 0 && d.peek8() === EXTENDED) enhanced = addExtended(d);
  const known = enhanced === 0 || enhanced === 0xff ? LEVELS[ssm] : EXTENDED_LEVELS[(enhanced << 8) | ssm];
  d.add(f.level, start + 2, d.pos - start - 2, (enhanced << 8) | ssm);
  const name = known === undefined ? "Unknown Quality Level" : known[0];
  if (d.labels) d.relabel(`${f.level.title}: ${known === undefined ? name : known.join(", ")}`);
  if (known === undefined) d.expert(x.level);
  if (d.columns) d.addInfo(name, ", ");
  if (d.remaining === 0) return;
  const length = d.remaining;
  if (d.building) d.open(f.padding, d.pos, length, d.peekBytes(length));
  if (d.labels) d.append(`, ${length} octets`);
  d.callHere(data);
  if (d.building) d.close();
  d.skip(length);
}

/** The quality level, G.8264 table 11-4; what its head says wrongly is passed over. Returns the SSM code. */
function addLevel(d: Dissection): number {
  const type = d.peek8();
  d.open(f.tlv, d.pos, LEVEL_LENGTH);
  if (d.labels) d.relabel(`${f.tlv.title}, ${TLVS[type] ?? "Unknown"}`);
  d.u8(f.tlvType);
  if (type !== LEVEL) {
    d.expert(x.notFirst);
    d.expert(x.asLevel);
  }
  if (d.u16(f.tlvLength) !== LEVEL_LENGTH) {
    d.expert(x.length);
    d.expert(x.asLevel, AS_IF);
  }
  if (d.bits(f.unused, d.pos, 1) !== 0) d.expert(x.unused);
  const ssm = d.bits(f.ssm, d.pos, 1);
  d.skip(1);
  d.close();
  return ssm;
}

/** The extended quality level, G.8264 table 11-5. Returns the enhanced SSM code. */
function addExtended(d: Dissection): number {
  d.open(f.tlv, d.pos, EXTENDED_LENGTH);
  if (d.labels) d.relabel(`${f.tlv.title}, ${TLVS[EXTENDED]}`);
  d.u8(f.tlvType);
  if (d.u16(f.tlvLength) !== EXTENDED_LENGTH) {
    d.expert(x.length, "Extended QL TLV Length must be == 0x0014");
    d.expert(x.asExtended, AS_IF);
  }
  const enhanced = d.u8(f.enhanced);
  d.u64(f.clock);
  d.bits(f.flagsReserved, d.pos, 1);
  d.bits(f.chain, d.pos, 1);
  d.bits(f.mixed, d.pos, 1);
  d.skip(1);
  d.u8(f.enhancedClocks);
  d.u8(f.clocks);
  const at = d.pos;
  const reserved = d.peekUint(5);
  d.skip(5);
  d.add(f.extendedReserved, at, 5, BigInt(reserved));
  if (d.labels) d.relabel(`Reserved: 0x${reserved.toString(16).padStart(10, "0")}`);
  d.close();
  return enhanced;
}
