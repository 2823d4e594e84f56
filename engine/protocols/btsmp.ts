/** Bluetooth security manager: Bluetooth Core Specification 5.3, volume 3 part H. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, type Field, nameOf, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { l2capChannels } from "./btl2cap.ts";
import {
  ADDRESS_TYPES,
  BONDING_FLAGS,
  IO_CAPABILITYS,
  NOTIFICATION_TYPES,
  OOB_DATA_FLAGS,
  OPCODES,
  REASONS,
} from "./names/btsmp.ts";

const f = {
  opcode: u8("btsmp.opcode", "Opcode", { base: "HEX", names: OPCODES }),
  reason: u8("btsmp.reason", "Reason", { base: "HEX", names: REASONS }),
  ioCapability: u8("btsmp.io_capability", "IO Capability", { base: "HEX", names: IO_CAPABILITYS }),
  oobDataFlags: u8("btsmp.oob_data_flags", "OOB Data Flags", { base: "HEX", names: OOB_DATA_FLAGS }),
  cfmValue: bytes("btsmp.cfm_value", "Confirm Value"),
  randomValue: bytes("btsmp.random_value", "Random Value"),
  longTermKey: bytes("btsmp.long_term_key", "Long Term Key"),
  idResolvingKey: bytes("btsmp.id_resolving_key", "Identity Resolving Key"),
  signatureKey: bytes("btsmp.signature_key", "Signature Key"),
  bondingFlags: u8("btsmp.bonding_flags", "Bonding Flags", { base: "HEX", mask: 0x3, names: BONDING_FLAGS }),
  mitmFlag: bool("btsmp.mitm_flag", "MITM Flag", { mask: 0x4 }),
  scFlag: bool("btsmp.sc_flag", "Secure Connection Flag", { mask: 0x8 }),
  keypressFlag: bool("btsmp.keypress_flag", "Keypress Flag", { mask: 0x10 }),
  reservedFlags: u8("btsmp.reserved_flags", "Reserved", { base: "HEX", mask: 0xe0 }),
  maxEncKeySize: u8("btsmp.max_enc_key_size", "Max Encryption Key Size"),
  keyDistEnc: bool("btsmp.key_dist_enc", "Encryption Key (LTK)", { mask: 0x1 }),
  keyDistId: bool("btsmp.key_dist_id", "Id Key (IRK)", { mask: 0x2 }),
  keyDistSign: bool("btsmp.key_dist_sign", "Signature Key (CSRK)", { mask: 0x4 }),
  keyDistLinkkey: bool("btsmp.key_dist_linkkey", "Link Key", { mask: 0x8 }),
  keyDistReserved: u8("btsmp.key_dist_reserved", "Reserved", { base: "HEX", mask: 0xf0 }),
  ediv: u16("btsmp.ediv", "Encrypted Diversifier (EDIV)", { base: "HEX" }),
  authreq: u8("btsmp.authreq", "AuthReq", { base: "HEX" }),
  initiatorKeyDistribution: u8("btsmp.initiator_key_distribution", "Initiator Key Distribution", {
    base: "HEX",
  }),
  responderKeyDistribution: u8("btsmp.responder_key_distribution", "Responder Key Distribution", {
    base: "HEX",
  }),
  bdAddr: ether("btsmp.bd_addr", "BD_ADDR"),
  addressType: u8("btsmp.address_type", "Address Type", { base: "HEX", names: ADDRESS_TYPES }),
  publicKeyX: bytes("btsmp.public_key_x", "Public Key X"),
  publicKeyY: bytes("btsmp.public_key_y", "Public Key Y"),
  dhkeyCheck: bytes("btsmp.dhkey_check", "DHKey Check"),
  notificationType: u8("btsmp.notification_type", "Notification Type", {
    base: "HEX",
    names: NOTIFICATION_TYPES,
  }),
};

export const btsmp = protocol({
  name: "btsmp",
  title: "Bluetooth Security Manager Protocol",
  short: "SMP",
  fields: f,
  on: [[l2capChannels, 6]],
  dissect,
});

const REQUIREMENTS = [f.reservedFlags, f.keypressFlag, f.scFlag, f.mitmFlag, f.bondingFlags] as const;
const KEYS = [f.keyDistReserved, f.keyDistLinkkey, f.keyDistSign, f.keyDistId, f.keyDistEnc] as const;
const KEY_NAMES = ["LTK", "IRK", "CSRK", "Linkkey"] as const;

/** A value that may be shorter than it should be. */
const VALUES: Readonly<Record<number, Field>> = {
  3: f.cfmValue,
  4: f.randomValue,
  6: f.longTermKey,
  8: f.idResolvingKey,
  10: f.signatureKey,
  13: f.dhkeyCheck,
};

function dissect(d: Dissection): void {
  const opcode = d.u8(f.opcode);
  if (d.columns) d.addInfo(nameOf(OPCODES, opcode) ?? "<unknown>");
  const value = VALUES[opcode];
  if (value !== undefined) {
    d.bytes(value, 16);
    return;
  }
  switch (opcode) {
    case 1:
    case 2:
      d.u8(f.ioCapability);
      d.u8(f.oobDataFlags);
      if (d.columns) d.addInfo(": ");
      addRequirements(d);
      d.u8(f.maxEncKeySize);
      addKeys(d, f.initiatorKeyDistribution, "Initiator");
      addKeys(d, f.responderKeyDistribution, "Responder");
      break;
    case 5: {
      const reason = d.u8(f.reason);
      if (d.columns) d.addInfo(`: ${nameOf(REASONS, reason) ?? "<unknown>"}`);
      break;
    }
    case 7:
      d.u16le(f.ediv);
      d.bytes(f.randomValue, 8);
      break;
    case 9:
      d.u8(f.addressType);
      d.add(f.bdAddr, d.pos, 6, Uint8Array.from(d.peekBytes(6)).reverse());
      d.pos += 6;
      break;
    case 11:
      if (d.columns) d.addInfo(": ");
      addRequirements(d);
      break;
    case 12:
      d.bytes(f.publicKeyX, 32);
      d.bytes(f.publicKeyY, 32);
      break;
    case 14: {
      const type = d.u8(f.notificationType);
      if (d.columns) d.addInfo(`: ${nameOf(NOTIFICATION_TYPES, type) ?? "<unknown>"}`);
      break;
    }
    default:
      break;
  }
}

function addRequirements(d: Dissection): void {
  const value = d.bitset(f.authreq, 1, REQUIREMENTS);
  const bonding = nameOf(BONDING_FLAGS, value & 3) ?? "<unknown>";
  if (d.labels) {
    for (const field of [f.keypressFlag, f.scFlag, f.mitmFlag])
      if (value & field.mask) d.append(`, ${field.title}`);
    d.append(`, Bonding Flags: ${bonding}`);
  }
  if (!d.columns) return;
  const set = [bonding];
  if (value & f.mitmFlag.mask) set.push("MITM");
  if (value & f.scFlag.mask) set.push("SecureConnection");
  if (value & f.keypressFlag.mask) set.push("Keypress");
  d.addInfo(`AuthReq: ${set.join(", ")}`);
}

function addKeys(d: Dissection, field: Field, who: string): void {
  const value = d.bitset(field, 1, KEYS);
  if (d.labels)
    for (const key of KEYS) if (key !== f.keyDistReserved && value & key.mask) d.append(`, ${key.title}`);
  if (d.columns) {
    const names = KEY_NAMES.filter((_, bit) => (value >> bit) & 1);
    d.addInfo(` | ${who} Key(s): ${names.length === 0 ? "<none>" : names.join(" ")}`);
  }
}
