/**
 * What protects QUIC packets with keys that anyone can work out: Initial packets (RFC 9001 section 5.2, RFC 9369
 * section 3.3) and the integrity tag of Retry packets (RFC 9001 section 5.8).
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";

export const VERSION_1 = 0x0000_0001;
export const VERSION_2 = 0x6b33_43cf;
export const Q050 = 0x5130_3530;
export const T050 = 0x5430_3530;
export const T051 = 0x5430_3531;

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

const SALT_Q050 = hex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45");
const SALT_T050 = hex("7ff579e5acd072915580304c43a2367c60488310");
const SALT_T051 = hex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d");
const SALT_22 = hex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a");
const SALT_23 = hex("c3eef712c72ebb5a11a7d2432bb46365bef9f502");
const SALT_29 = hex("afbfec289993d24c9e9786f19c6111e04390a899");
const SALT_1 = hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
const SALT_2 = hex("0dede3def700a6db819381be6e269dcbf9bd2ed9");

/** What is taken for the draft of version 1 and of version 2. */
const FINAL_1 = 34;
const FINAL_2 = 100;

/** True for versions that no one speaks, which force a negotiation (RFC 9000 section 15). */
export const isReserved = (version: number): boolean => (version & 0x0f0f_0f0f) >>> 0 === 0x0a0a_0a0a;

/** True for Google's versions between its own QUIC and the IETF's: packets of the one, frames of the other. */
export const isGoogle = (version: number): boolean =>
  version === Q050 || version === T050 || version === T051;

/** The draft of RFC 9000 a version is like, 34 for version 1, 100 for version 2; 0 for versions not known. */
export function draftOf(version: number): number {
  if (version >>> 8 === 0xff0000) return version & 0xff;
  if (version === 0xfaceb001) return 22;
  if (version === 0xfaceb002 || version === 0xfaceb00e || isGoogle(version)) return 27;
  if (isReserved(version)) return 29;
  if (version === VERSION_1) return FINAL_1;
  return version === VERSION_2 ? FINAL_2 : 0;
}

function saltOf(version: number): Uint8Array {
  if (version === Q050) return SALT_Q050;
  if (version === T050) return SALT_T050;
  if (version === T051) return SALT_T051;
  const draft = draftOf(version);
  if (draft <= 22) return SALT_22;
  if (draft <= 28) return SALT_23;
  if (draft <= 32) return SALT_29;
  return draft < FINAL_2 ? SALT_1 : SALT_2;
}

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
  const sum = createHmac("sha256", key);
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** HKDF-Expand-Label (RFC 8446 section 7.1) for at most 32 bytes. */
function expand(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = `tls13 ${label}`;
  const info = new Uint8Array(name.length + 5);
  info[1] = length;
  info[2] = name.length;
  for (let i = 0; i < name.length; i++) info[3 + i] = name.charCodeAt(i);
  info[info.length - 1] = 1;
  return new Uint8Array(hmac(secret, info)).slice(0, length);
}

/** The keys of one side's Initial packets. */
export interface PacketKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  /** Of the header's protection. */
  readonly header: Uint8Array;
}

/**
 * The keys of a connection's Initial packets, the client's and the server's.
 * @param destination the connection id to which the client sent its first packet
 */
export function initialKeys(
  version: number,
  destination: Uint8Array,
): readonly [client: PacketKeys, server: PacketKeys] {
  const secret = hmac(saltOf(version), destination);
  const prefix = version === VERSION_2 ? "quicv2" : "quic";
  const side = (label: string): PacketKeys => {
    const own = expand(secret, label, 32);
    return {
      key: expand(own, `${prefix} key`, 16),
      iv: expand(own, `${prefix} iv`, 12),
      header: expand(own, `${prefix} hp`, 16),
    };
  };
  return [side("client in"), side("server in")];
}

/** The mask of the header's protection (RFC 9001 section 5.4.3), from a sample of 16 bytes. */
export function headerMask(keys: PacketKeys, sample: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", keys.header, null);
  return cipher.update(sample);
}

const TAG = 16;

function nonceOf(keys: PacketKeys, number: number): Uint8Array {
  const nonce = keys.iv.slice();
  let rest = number;
  for (let i = 11; rest > 0; i--) {
    nonce[i] ^= rest % 256;
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

/**
 * Decrypts a packet's payload.
 * @param header the packet's bytes before the payload, their protection removed
 * @param payload with the tag behind it
 * @returns null when the tag is not that of the packet
 */
export function openPayload(
  keys: PacketKeys,
  number: number,
  header: Uint8Array,
  payload: Uint8Array,
): Uint8Array | null {
  if (payload.length < TAG) return null;
  const cipher = createDecipheriv("aes-128-gcm", keys.key, nonceOf(keys, number));
  cipher.setAAD(header);
  cipher.setAuthTag(payload.subarray(payload.length - TAG));
  const plain = cipher.update(payload.subarray(0, payload.length - TAG));
  try {
    cipher.final();
  } catch {
    return null;
  }
  return new Uint8Array(plain);
}

const RETRY_25 = [hex("4d32ecdb2a2133c841e4043df27d4430"), hex("4d1611d05513a552c587d575")] as const;
const RETRY_29 = [hex("ccce187ed09a09d05728155a6cb96be1"), hex("e54930f97f2136f0530a8c1c")] as const;
const RETRY_1 = [hex("be0c690b9f66575a1d766b54e368c84e"), hex("461599d35d632bf2239825bb")] as const;
const RETRY_2 = [hex("8fb4b01b56ac48e260fbcbcead7ccc92"), hex("d86969bc2d7c6d9990efb04a")] as const;

/** The integrity tag of a Retry packet: `packet` is all of it before the tag. */
export function retryTag(version: number, original: Uint8Array, packet: Uint8Array): Uint8Array {
  const draft = draftOf(version);
  const [key, nonce] = draft <= 28 ? RETRY_25 : draft <= 32 ? RETRY_29 : draft < FINAL_2 ? RETRY_1 : RETRY_2;
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const whole = new Uint8Array(1 + original.length + packet.length);
  whole[0] = original.length;
  whole.set(original, 1);
  whole.set(packet, 1 + original.length);
  cipher.setAAD(whole);
  cipher.final();
  return cipher.getAuthTag();
}
