/** Bidirectional Forwarding Detection, RFC 5880 and RFC 5881. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, expert, type Field, nameOf, SET_NOTSET, str, u8, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { DIAG } from "./names/bfd.ts";

const f = {
  version: u8("bfd.version", "Protocol Version", { mask: 0xe0 }),
  diag: u8("bfd.diag", "Diagnostic Code", { base: "HEX", mask: 0x1f, names: DIAG }),
  sta: u8("bfd.sta", "Session State", {
    base: "HEX",
    mask: 0xc0,
    names: { 0: "AdminDown", 1: "Down", 2: "Init", 3: "Up" },
  }),
  flags: u8("bfd.flags", "Message Flags", { base: "HEX" }),
  flagsH: bool("bfd.flags.h", "I hear you", { mask: 0x80, tf: SET_NOTSET }),
  flagsD: bool("bfd.flags.d", "Demand", { mask: 0x40, tf: SET_NOTSET }),
  flagsP: bool("bfd.flags.p", "Poll", { mask: 0x20, tf: SET_NOTSET }),
  flagsF: bool("bfd.flags.f", "Final", { mask: 0x10, tf: SET_NOTSET }),
  flagsC: bool("bfd.flags.c", "Control Plane Independent", { mask: 0x8, bits: 6, tf: SET_NOTSET }),
  flagsA: bool("bfd.flags.a", "Authentication Present", { mask: 0x4, bits: 6, tf: SET_NOTSET }),
  flagsM: bool("bfd.flags.m", "Multipoint", { mask: 0x1, bits: 6, tf: SET_NOTSET }),
  detectTimeMultiplier: u8("bfd.detect_time_multiplier", "Detect Time Multiplier"),
  messageLength: u8("bfd.message_length", "Message Length"),
  myDiscriminator: u32("bfd.my_discriminator", "My Discriminator", { base: "HEX" }),
  yourDiscriminator: u32("bfd.your_discriminator", "Your Discriminator", { base: "HEX" }),
  desiredMinTxInterval: u32("bfd.desired_min_tx_interval", "Desired Min TX Interval"),
  requiredMinRxInterval: u32("bfd.required_min_rx_interval", "Required Min RX Interval"),
  requiredMinEchoInterval: u32("bfd.required_min_echo_interval", "Required Min Echo Interval"),
  checksum: bytes("bfd.checksum", "Checksum"),
  authType: u8("bfd.auth.type", "Authentication Type", {
    names: {
      1: "Simple Password",
      2: "Keyed MD5",
      3: "Meticulous Keyed MD5",
      4: "Keyed SHA1",
      5: "Meticulous Keyed SHA1",
    },
  }),
  authLen: u8("bfd.auth.len", "Authentication Length"),
  authKey: u8("bfd.auth.key", "Authentication Key ID"),
  authPassword: str("bfd.auth.password", "Password"),
  authSeqNum: u32("bfd.auth.seq_num", "Sequence Number", { base: "HEX" }),
  flagP: bool("bfd.flags.p", "Poll", { mask: 0x20, bits: 6, tf: SET_NOTSET }),
  flagF: bool("bfd.flags.f", "Final", { mask: 0x10, bits: 6, tf: SET_NOTSET }),
  flagD: bool("bfd.flags.d", "Demand", { mask: 0x02, bits: 6, tf: SET_NOTSET }),
};

const x = {
  authLength: expert(
    "bfd.auth.len.invalid",
    "warning",
    "Malformed",
    "Length of authentication section is invalid",
  ),
  noAuth: expert(
    "bfd.auth.no_data",
    "warning",
    "Malformed",
    "Authentication flag is set in a BFD packet, but no authentication data is present",
  ),
};

export const bfd = protocol({
  name: "bfd",
  title: "Bidirectional Forwarding Detection Control Message",
  short: "BFD Control",
  fields: f,
  experts: x,
  on: [[udpPorts, 3784, 4784, 6784, 7784]],
  dissect,
});

const FLAGS = [f.flagP, f.flagF, f.flagsC, f.flagsA, f.flagD, f.flagsM];
const FLAGS_0 = [f.flagsH, f.flagsD, f.flagsP, f.flagsF];

function dissect(d: Dissection): void {
  const version = d.peek8() >> 5;
  const diagnostic = d.peek8() & 0x1f;
  const second = d.peek8(1);
  if (d.labels) d.relabelLayer("BFD Control message");
  if (d.columns) {
    const reason = DIAG[diagnostic] ?? "Unknown";
    const bits = (version === 0 ? second : second & 0x3f).toString(16).padStart(2, "0");
    const state = version === 0 ? "" : `State: ${nameOf(f.sta.names, second >> 6)}, `;
    d.setInfo(`Diag: ${reason}, ${state}Flags: 0x${bits}`);
  }
  d.bits(f.version, d.pos, 1);
  d.bits(f.diag, d.pos, 1);
  d.skip(1);
  if (version !== 0) d.bits(f.sta, d.pos, 1);
  const members = version === 0 ? FLAGS_0 : FLAGS;
  d.bitset(f.flags, 1, members);
  if (d.labels) {
    for (const member of members) if (second & member.mask) d.append(`, ${member.title}: Set`);
  }
  const multiplier = d.u8(f.detectTimeMultiplier);
  if (d.labels && d.remaining >= 13) {
    d.relabel(
      `Detect Time Multiplier: ${multiplier} (= ${multiplier * Math.floor(d.peek32(9) / 1000)} ms Detection time)`,
    );
  }
  const length = d.u8(f.messageLength);
  if (d.labels) d.relabel(`Message Length: ${length} bytes`);
  d.u32(f.myDiscriminator);
  d.u32(f.yourDiscriminator);
  addInterval(d, f.desiredMinTxInterval);
  addInterval(d, f.requiredMinRxInterval);
  addInterval(d, f.requiredMinEchoInterval);
  if (version === 0 || (second & f.flagsA.mask) === 0) return;
  if (length >= 28) addAuthentication(d);
  else d.expert(x.noAuth);
}

function addInterval(d: Dissection, field: Field): void {
  const value = d.u32(field);
  if (d.labels) d.relabel(`${field.title}: ${String(Math.floor(value / 1000)).padStart(4)} ms (${value} us)`);
}

const PASSWORD = 1;
const DIGESTS: Readonly<Record<number, number>> = { 2: 16, 3: 16, 4: 20, 5: 20 };

/** RFC 5880 section 4.2 to 4.4. */
function addAuthentication(d: Dissection): void {
  if (!d.building) return;
  const type = d.peek8();
  const length = d.peek8(1);
  if (d.labels)
    d.openText(
      d.pos,
      length,
      `Authentication: ${nameOf(f.authType.names, type) ?? `Unknown Authentication Type (${type})`}`,
    );
  d.u8(f.authType);
  d.u8(f.authLen);
  if (d.labels) d.relabel(`Authentication Length: ${length} bytes`);
  d.u8(f.authKey);
  const digest = DIGESTS[type];
  if (type === PASSWORD && length > 3) {
    d.str(f.authPassword, length - 3);
  } else if (digest !== undefined) {
    if (length !== digest + 8)
      d.expert(
        x.authLength,
        `Length of authentication section (${length}) is invalid for Authentication Type: ${nameOf(f.authType.names, type)} (${type})`,
      );
    d.skip(1);
    d.u32(f.authSeqNum);
    d.bytes(f.checksum, digest);
  }
  if (d.labels) d.close();
}

const echo = { packet: bytes("bfd_echo.packet", "Echo") };

export const bfdEcho = protocol({
  name: "bfd_echo",
  title: "Bidirectional Forwarding Detection Echo Packet",
  short: "BFD Echo",
  fields: echo,
  on: [[udpPorts, 3785]],
  dissect(d) {
    if (d.labels) d.relabelLayer("BFD Echo message");
    if (d.columns) d.setInfo("Originator specific content");
    d.bytes(echo.packet, d.remaining);
  },
});
