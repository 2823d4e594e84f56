/** Link layer control PDUs of Bluetooth Low Energy: Bluetooth Core Specification 5.3, volume 6 part B section 2.4.2. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, joined, none, u8, u16, u32, u64 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { addChannelMap } from "./btle-channels.ts";
import { LL_CONTROL_OPCODES, LOW_ENERGY_VERSIONS, STATUS } from "./names/bluetooth.ts";
import { COMPANIES } from "./names/bluetooth-companies.ts";

const feature = (name: string, title: string, mask: number): Field =>
  bool(`btle.control.feature_set.${name}`, title, { mask });
const physOf = (name: string, of: (phy: string) => string) => ({
  one: bool(`btle.control.${name}.le_1m_phy`, of("LE 1M PHY"), { mask: 0x01 }),
  two: bool(`btle.control.${name}.le_2m_phy`, of("LE 2M PHY"), { mask: 0x02 }),
  coded: bool(`btle.control.${name}.le_coded_phy`, of("LE Coded PHY"), { mask: 0x04 }),
  rest: u8(`btle.control.${name}.reserved`, "Reserved for future use", { mask: 0xf8 }),
});
const prefers = physOf("phys", (phy) => `Sender prefers to use the ${phy}`);
const plain = physOf("phys", (phy) => phy);
const toSlave = physOf("phys", (phy) => `The ${phy} shall be used`);
const toMaster = physOf("phys", (phy) => `The ${phy} shall be used`);
const offset = (place: number): Field => u16(`btle.control.offset.${place}`, `Offset ${place}`);

const f = {
  opcode: u8("btle.control_opcode", "Control Opcode", { base: "HEX", names: LL_CONTROL_OPCODES }),
  errorCode: u8("btle.control.error_code", "Error Code", { base: "HEX", names: STATUS }),
  rejected: u8("btle.control.reject_opcode", "Reject Opcode", { base: "HEX", names: LL_CONTROL_OPCODES }),
  unknownType: u8("btle.control.unknown_type", "Unknown Type", { base: "HEX", names: LL_CONTROL_OPCODES }),
  windowSize: u8("btle.control.window_size", "Window Size"),
  windowOffset: u16("btle.control.window_offset", "Window Offset"),
  interval: u16("btle.control.interval", "Interval"),
  latency: u16("btle.control.latency", "Latency"),
  timeout: u16("btle.control.timeout", "Timeout"),
  instant: u16("btle.control.instant", "Instant"),
  channelMap: bytes("btle.control.channel_map", "Channel Map"),
  random: u64("btle.control.random_number", "Random Number", { base: "DEC_HEX" }),
  diversifier: u16("btle.control.encrypted_diversifier", "Encrypted Diversifier", { base: "DEC_HEX" }),
  masterKey: u64("btle.control.master_session_key_diversifier", "Master Session Key Diversifier", {
    base: "DEC_HEX",
  }),
  masterVector: u32(
    "btle.control.master_session_initialization_vector",
    "Master Session Initialization Vector",
    {
      base: "DEC_HEX",
    },
  ),
  slaveKey: u64("btle.control.slave_session_key_diversifier", "Slave Session Key Diversifier", {
    base: "DEC_HEX",
  }),
  slaveVector: u64(
    "btle.control.slave_session_initialization_vector",
    "Slave Session Initialization Vector",
    {
      base: "DEC_HEX",
    },
  ),
  features: u64("btle.control.feature_set", "Feature Set", { base: "HEX" }),
  featuresRest: u8("btle.control.feature_set.reserved_bits", "Reserved", { mask: 0xfe }),
  featuresReserved: bytes("btle.control.feature_set.reserved", "Reserved"),
  version: u8("btle.control.version_number", "Version Number", { base: "HEX", names: LOW_ENERGY_VERSIONS }),
  company: u16("btle.control.company_id", "Company Id", { base: "HEX", names: COMPANIES }),
  subversion: u16("btle.control.subversion_number", "Subversion Number", { base: "HEX" }),
  intervalMin: u16("btle.control.interval.min", "Interval Min"),
  intervalMax: u16("btle.control.interval.max", "Interval Max"),
  periodicity: u8("btle.control.preferred_periodicity", "Preferred Periodicity"),
  reference: u16("btle.control.reference_connection_event_count", "Reference Connection Event Count"),
  offset0: offset(0),
  offset1: offset(1),
  offset2: offset(2),
  offset3: offset(3),
  offset4: offset(4),
  offset5: offset(5),
  rxOctets: u16("btle.control.max_rx_octets", "Max RX octets"),
  rxTime: u16("btle.control.max_rx_time", "Max RX time", { unit: " microseconds" }),
  txOctets: u16("btle.control.max_tx_octets", "Max TX octets"),
  txTime: u16("btle.control.max_tx_time", "Max TX time", { unit: " microseconds" }),
  txPhys: u8("btle.control.tx_phys", "TX PHYs", { base: "HEX" }),
  rxPhys: u8("btle.control.rx_phys", "RX PHYs", { base: "HEX" }),
  slavePhy: u8("btle.control.m_to_s_phy", "Master to Slave PHY", { base: "HEX" }),
  masterPhy: u8("btle.control.s_to_m_phy", "Slave to Master PHY", { base: "HEX" }),
  phys: u8("btle.control.phys", "PHYs", { base: "HEX" }),
  minUsed: u8("btle.control.min_used_channels", "Minimum Used Channels"),
  unknown: none("btle.unknown_data", "Unknown data"),
};

const FEATURES_0 = {
  encryption: feature("le_encryption", "LE Encryption", 0x01),
  parameters: feature(
    "connection_parameters_request_procedure",
    "Connection Parameters Request Procedure",
    0x02,
  ),
  reject: feature("extended_reject_indication", "Extended Reject Indication", 0x04),
  slave: feature("slave_initiated_features_exchange", "Slave Initiated Features Exchange", 0x08),
  ping: feature("le_ping", "LE Ping", 0x10),
  length: feature("le_pkt_len_ext", "LE Data Packet Length Extension", 0x20),
  privacy: feature("le_privacy", "LL Privacy", 0x40),
  filters: feature("ext_scan_flt_pol", "Extended Scanner Filter Policies", 0x80),
};
const FEATURES_1 = {
  phy2: feature("le_2m_phy", "LE 2M PHY", 0x01),
  transmitter: feature("st_mod_idx_tx", "Stable Modulation Index - Transmitter", 0x02),
  receiver: feature("st_mod_idx_rx", "Stable Modulation Index - Receiver", 0x04),
  coded: feature("le_coded_phy", "LE Coded PHY", 0x08),
  extended: feature("le_extended_adv", "LE Extended Advertising", 0x10),
  periodic: feature("periodic_adv", "LE Periodic Advertising", 0x20),
  selection: feature("ch_sel_2", "Channel Selection Algorithm #2", 0x40),
  power: feature("le_power_class_1", "LE Power Class 1", 0x80),
};
const FEATURES_2 = {
  used: feature("min_num_used_ch_proc", "Minimum Number of Used Channels Procedure", 0x01),
};

/** For the table of the protocol, whose PDUs these are. */
export const controlFields = joined(f, FEATURES_0, FEATURES_1, FEATURES_2, prefers, plain, toSlave, toMaster);
const x = { unknown: expert("btle.unknown_data.expert", "note", "Protocol", "Unknown data") };
export const controlExperts = x;

const BYTE_0 = Object.values(FEATURES_0);
const BYTE_1 = Object.values(FEATURES_1);
const BYTE_2 = Object.values(FEATURES_2);
const PREFERS = Object.values(prefers);
const PLAIN = Object.values(plain);
const TO_SLAVE = Object.values(toSlave);
const TO_MASTER = Object.values(toMaster);
const OFFSETS = [f.offset0, f.offset1, f.offset2, f.offset3, f.offset4, f.offset5] as const;

/** The body of the PDU, behind its opcode; ends with the layer. */
export function dissectControl(d: Dissection, opcode: number): void {
  switch (opcode) {
    case 0x00:
      addMilliseconds(d, f.windowSize, 1, 1.25);
      addMilliseconds(d, f.windowOffset, 2, 1.25);
      addMilliseconds(d, f.interval, 2, 1.25);
      d.u16le(f.latency);
      addMilliseconds(d, f.timeout, 2, 10);
      d.u16le(f.instant);
      break;
    case 0x01:
      addChannelMap(d, f.channelMap);
      d.u16le(f.instant);
      break;
    case 0x02:
    case 0x0d:
      d.u8(f.errorCode);
      break;
    case 0x03:
      d.u64le(f.random);
      d.u16le(f.diversifier);
      d.u64le(f.masterKey);
      d.u32le(f.masterVector);
      break;
    case 0x04:
      d.u64le(f.slaveKey);
      d.need(4);
      d.add(f.slaveVector, d.pos, 4, BigInt(d.peek32le()));
      d.skip(4);
      break;
    case 0x07:
      d.u8(f.unknownType);
      break;
    case 0x08:
    case 0x09:
    case 0x0e:
      addFeatures(d);
      break;
    case 0x0c:
      d.u8(f.version);
      d.u16le(f.company);
      d.u16le(f.subversion);
      break;
    case 0x0f:
    case 0x10:
      for (const field of [f.intervalMin, f.intervalMax, f.latency, f.timeout]) d.u16le(field);
      d.u8(f.periodicity);
      d.u16le(f.reference);
      for (const field of OFFSETS) d.u16le(field);
      break;
    case 0x11:
      d.u8(f.rejected);
      d.u8(f.errorCode);
      break;
    case 0x14:
    case 0x15:
      for (const field of [f.rxOctets, f.rxTime, f.txOctets, f.txTime]) d.u16le(field);
      break;
    case 0x16:
    case 0x17:
      addFlags(d, f.txPhys, 1, PREFERS);
      addFlags(d, f.rxPhys, 1, PREFERS);
      break;
    case 0x18:
      addFlags(d, f.slavePhy, 1, TO_SLAVE);
      addFlags(d, f.masterPhy, 1, TO_MASTER);
      d.u16le(f.instant);
      break;
    case 0x19:
      addFlags(d, f.phys, 1, PLAIN);
      d.u8(f.minUsed);
      break;
  }
  if (d.remaining === 0) return;
  d.add(f.unknown, d.pos, d.remaining, null);
  d.expert(x.unknown);
  d.pos = d.end;
}

function addMilliseconds(d: Dissection, field: Field, bytes: number, unit: number): void {
  const value = bytes === 1 ? d.u8(field) : d.u16le(field);
  if (d.labels) d.append(` (${Math.trunc(value * unit * 1000) / 1000} msec)`);
}

function addFeatures(d: Dissection): void {
  const at = d.pos;
  d.u64le(f.features);
  d.openLast();
  for (const field of BYTE_0) d.bits(field, at, 1);
  for (const field of BYTE_1) d.bits(field, at + 1, 1);
  for (const field of BYTE_2) d.bits(field, at + 2, 1);
  d.bits(f.featuresRest, at + 2, 1);
  d.pos = at + 3;
  d.bytes(f.featuresReserved, 5);
  d.close();
}
