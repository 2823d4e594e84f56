/**
 * EAP over LANs, IEEE 802.1X-2010 section 11, with the key frames of 802.1X-2001 (RC4) and of IEEE 802.11-2016
 * section 12.7.2.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, joined, SET_NOTSET, u8, u16, u64, type ValueNames } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { eap } from "./eap.ts";
import { addElementsHere } from "./wlan-management.ts";

const VERSIONS: ValueNames = { 1: "802.1X-2001", 2: "802.1X-2004", 3: "802.1X-2010" };
const TYPES: Readonly<Record<number, string>> = {
  0: "EAP Packet",
  1: "Start",
  2: "Logoff",
  3: "Key",
  4: "Encapsulated ASF Alert",
  5: "MKA",
  6: "Announcement (Generic)",
  7: "Announcement (Specific)",
  8: "Announcement Request",
};
const DESCRIPTORS: ValueNames = { 1: "RC4 Descriptor", 2: "EAPOL RSN Key", 254: "EAPOL WPA Key" };
const KEY_VERSIONS: ValueNames = {
  1: "RC4 Cipher, HMAC-MD5 MIC",
  2: "AES Cipher, HMAC-SHA1 MIC",
  3: "AES Cipher, AES-128-CMAC MIC",
};

const f = {
  version: u8("eapol.version", "Version", { names: VERSIONS }),
  type: u8("eapol.type", "Type", { names: TYPES }),
  length: u16("eapol.len", "Length"),
  descriptor: u8("eapol.keydes.type", "Key Descriptor Type", { names: DESCRIPTORS }),
  descriptorBody: bytes("eapol.keydes.body", "Key Descriptor Body"),
  keyLength: u16("eapol.keydes.key_len", "Key Length"),
  replay: u64("eapol.keydes.replay_counter", "Replay Counter"),
  iv: bytes("eapol.keydes.key_iv", "Key IV"),
  index: u8("eapol.keydes.key_index", "Key Index", { base: "HEX" }),
  indexType: bool("eapol.keydes.key_index.type", "Type", { mask: 0x80, tf: ["Unicast", "Broadcast"] }),
  indexNumber: u8("eapol.keydes.key_index.number", "Number", { mask: 0x7f }),
  signature: bytes("eapol.keydes.key_signature", "Key Signature"),
  key: bytes("eapol.keydes.key", "Key"),
  local: bool("eapol.keydes.key.generated_locally", "Key Generated Locally"),
};

const flag = (name: string, title: string, mask: number): ReturnType<typeof bool> =>
  bool(`wlan_rsna_eapol.keydes.key_info.${name}`, title, { mask, bits: 16, tf: SET_NOTSET });
const rsn = {
  message: u8("wlan_rsna_eapol.keydes.msgnr", "Message number"),
  info: u16("wlan_rsna_eapol.keydes.key_info", "Key Information", { base: "HEX" }),
  version: u16("wlan_rsna_eapol.keydes.key_info.keydes_version", "Key Descriptor Version", {
    mask: 0x0007,
    names: KEY_VERSIONS,
  }),
  type: bool("wlan_rsna_eapol.keydes.key_info.key_type", "Key Type", {
    mask: 0x0008,
    bits: 16,
    tf: ["Pairwise Key", "Group Key"],
  }),
  index: u16("wlan_rsna_eapol.keydes.key_info.key_index", "Key Index", { mask: 0x0030 }),
  install: flag("install", "Install", 0x0040),
  ack: flag("key_ack", "Key ACK", 0x0080),
  hasMic: flag("key_mic", "Key MIC", 0x0100),
  secure: flag("secure", "Secure", 0x0200),
  error: flag("error", "Error", 0x0400),
  request: flag("request", "Request", 0x0800),
  encrypted: flag("encrypted_key_data", "Encrypted Key Data", 0x1000),
  smk: flag("smk_message", "SMK Message", 0x2000),
  nonce: bytes("wlan_rsna_eapol.keydes.nonce", "WPA Key Nonce"),
  rsc: bytes("wlan_rsna_eapol.keydes.rsc", "WPA Key RSC"),
  id: bytes("wlan_rsna_eapol.keydes.id", "WPA Key ID"),
  mic: bytes("wlan_rsna_eapol.keydes.mic", "WPA Key MIC"),
  dataLength: u16("wlan_rsna_eapol.keydes.data_len", "WPA Key Data Length"),
  data: bytes("wlan_rsna_eapol.keydes.data", "WPA Key Data"),
};
const INFO_BITS = [
  rsn.version,
  rsn.type,
  rsn.index,
  rsn.install,
  rsn.ack,
  rsn.hasMic,
  rsn.secure,
  rsn.error,
  rsn.request,
  rsn.encrypted,
  rsn.smk,
] as const;

export const eapol = protocol({
  name: "eapol",
  title: "802.1X Authentication",
  short: "EAPOL",
  fields: joined(f, Object.fromEntries(Object.values(rsn).map((field) => [field.name, field]))),
  on: [[ethertypes, 0x888e]],
  dissect,
});

const EAP_PACKET = 0;
const KEY = 3;

function dissect(d: Dissection): void {
  d.u8(f.version);
  const type = d.u8(f.type);
  const length = d.u16(f.length);
  if (d.columns) d.setInfo(TYPES[type] ?? `Unknown Type (0x${type.toString(16).padStart(2, "0")})`);
  d.limit(length);
  const end = d.wireEnd;
  if (type === EAP_PACKET) d.call(eap);
  else if (type === KEY) addKey(d);
  else if (d.remaining > 0) d.call(data);
  d.payloadEnd = end;
}

const RC4 = 1;
const RSN = 2;
const WPA = 254;

function addKey(d: Dissection): void {
  const descriptor = d.u8(f.descriptor);
  if (descriptor === RC4) addRc4Key(d);
  else if (descriptor === RSN || descriptor === WPA) addRsnKey(d, descriptor);
  else if (d.remaining > 0) d.bytes(f.descriptorBody, d.remaining);
}

/** 802.1X-2001 section 7.6. */
function addRc4Key(d: Dissection): void {
  const length = d.u16(f.keyLength);
  d.u64(f.replay);
  d.bytes(f.iv, 16);
  d.bitset(f.index, 1, [f.indexType, f.indexNumber]);
  d.bytes(f.signature, 16);
  const isThere = d.remaining > 0 && length > 0;
  if (isThere) d.bytes(f.key, length);
  d.add(f.local, d.pos, 0, isThere ? 0 : 1);
}

const MIC = 16;
const HAS_ACK = 0x0080;
const HAS_MIC = 0x0100;
const IS_PAIRWISE = 0x0008;
const ENCRYPTED = 0x1000;

/** 802.11 section 12.7.2. */
function addRsnKey(d: Dissection, descriptor: number): void {
  const info = d.peek16();
  const message = messageOf(d, info);
  if (message !== 0) d.generated(rsn.message, d.pos, 2, message);
  if (d.columns) {
    if (message !== 0) d.setInfo(`Key (Message ${message} of 4)`);
    else if ((info & IS_PAIRWISE) === 0) d.setInfo(`Key (Group Message ${info & HAS_ACK ? 1 : 2} of 2)`);
  }
  d.bitset(rsn.info, 2, INFO_BITS);
  d.u16(f.keyLength);
  d.u64(f.replay);
  d.bytes(rsn.nonce, 32);
  d.bytes(f.iv, 16);
  d.bytes(rsn.rsc, 8);
  d.bytes(rsn.id, 8);
  d.bytes(rsn.mic, MIC);
  const length = d.u16(rsn.dataLength);
  if (length === 0) return;
  const at = d.pos;
  d.bytes(rsn.data, length);
  // What is encrypted stays as it is; the WPA of before 2004 encrypts a group key without saying so.
  if (!d.building || info & ENCRYPTED || isOld(info, descriptor)) return;
  d.openLast();
  d.pos = at;
  const { end, wireEnd } = d;
  d.limit(length);
  addElementsHere(d);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = at + length;
  d.close();
}

const isOld = (info: number, descriptor: number): boolean => descriptor === WPA && (info & IS_PAIRWISE) === 0;

/** Bytes from the key information to the length of the key data. */
const TO_DATA_LENGTH = 92;

/** Which message of the four-way handshake, 0 for none: its place follows from the flags. */
function messageOf(d: Dissection, info: number): number {
  if ((info & IS_PAIRWISE) === 0) return 0;
  if ((info & HAS_ACK) !== 0) return (info & HAS_MIC) !== 0 ? 3 : 1;
  if ((info & HAS_MIC) === 0) return 0;
  // The second message brings the station's elements; "secure" does not tell, it is set in both when rekeying.
  return d.peek16(TO_DATA_LENGTH) > 0 ? 2 : 4;
}
