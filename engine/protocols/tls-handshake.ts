/**
 * Handshake messages of TLS and DTLS: 1.0 (RFC 2246), 1.1 (RFC 4346), 1.2 (RFC 5246), 1.3 (RFC 8446), extensions
 * (RFC 6066 and others). The layers that carry them (TLS records, QUIC's CRYPTO frames, DTLS records) put whole
 * messages together and enter with the fields to fill, and with what is known of the session.
 */
import { createHash } from "node:crypto";
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, bytes, expert, none, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { MARK_HANDSHAKE, MARK_HELLO, MARK_LINKED } from "../dissect/frame-marks.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { formatHex } from "../dissect/text.ts";
import {
  CERTIFICATE_TYPES,
  CIPHER_SUITES,
  CT_LOGS,
  EXTENSION_TYPES,
  GROUPS,
  HASH_ALGORITHMS,
  isGrease,
  RAW_CERTIFICATE_TYPES,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_SCHEMES,
  VERSIONS,
} from "./names/tls.ts";
import { dissectParameters, parameterFields } from "./quic-parameters.ts";
import { dissectCertificate, dissectDistinguishedName, ocsp, onCertificateExtension } from "./x509.ts";

export const HANDSHAKE_TYPES: Readonly<Record<number, string>> = {
  0: "Hello Request",
  1: "Client Hello",
  2: "Server Hello",
  3: "Hello Verify Request",
  4: "New Session Ticket",
  5: "End of Early Data",
  6: "Hello Retry Request",
  8: "Encrypted Extensions",
  11: "Certificate",
  12: "Server Key Exchange",
  13: "Certificate Request",
  14: "Server Hello Done",
  15: "Certificate Verify",
  16: "Client Key Exchange",
  20: "Finished",
  21: "Client Certificate URL",
  22: "Certificate Status",
  23: "Supplemental Data",
  24: "Key Update",
  25: "Compressed Certificate",
  67: "Encrypted Extensions",
};
const SRTP_PROFILES: Readonly<Record<number, string>> = {
  1: "SRTP_AES128_CM_HMAC_SHA1_80",
  2: "SRTP_AES128_CM_HMAC_SHA1_32",
  5: "SRTP_NULL_HMAC_SHA1_80",
  6: "SRTP_NULL_HMAC_SHA1_32",
  7: "SRTP_AEAD_AES_128_GCM",
  8: "SRTP_AEAD_AES_256_GCM",
};
const STATUS_TYPES = { 1: "OCSP", 2: "OCSP Multi" };

/** The fields of handshake messages under the names of a protocol, "tls" or "dtls". */
export const handshakeFields = (p: string) => ({
  handshake: none(`${p}.handshake`, "Handshake Protocol"),
  handshakeType: u8(`${p}.handshake.type`, "Handshake Type", { names: HANDSHAKE_TYPES }),
  handshakeLength: u24(`${p}.handshake.length`, "Length"),
  version: u16(`${p}.handshake.version`, "Version", { base: "HEX", names: VERSIONS }),
  random: bytes(`${p}.handshake.random`, "Random"),
  randomTime: absTime(`${p}.handshake.random_time`, "GMT Unix Time", { base: "LOCAL" }),
  randomBytes: bytes(`${p}.handshake.random_bytes`, "Random Bytes"),
  sessionIdLength: u8(`${p}.handshake.session_id_length`, "Session ID Length"),
  sessionId: bytes(`${p}.handshake.session_id`, "Session ID"),
  cipherSuitesLength: u16(`${p}.handshake.cipher_suites_length`, "Cipher Suites Length"),
  cipherSuites: none(`${p}.handshake.ciphersuites`, "Cipher Suites"),
  cipherSuite: u16(`${p}.handshake.ciphersuite`, "Cipher Suite", { base: "HEX", names: CIPHER_SUITES }),
  compMethodsLength: u8(`${p}.handshake.comp_methods_length`, "Compression Methods Length"),
  compMethods: none(`${p}.handshake.comp_methods`, "Compression Methods"),
  compMethod: u8(`${p}.handshake.comp_method`, "Compression Method", {
    names: { 0: "null", 1: "DEFLATE", 64: "LZS" },
  }),
  ja3Full: str(`${p}.handshake.ja3_full`, "JA3 Fullstring"),
  ja3: str(`${p}.handshake.ja3`, "JA3"),
  ja3sFull: str(`${p}.handshake.ja3s_full`, "JA3S Fullstring"),
  ja3s: str(`${p}.handshake.ja3s`, "JA3S"),

  // extensions
  extensionsLength: u16(`${p}.handshake.extensions_length`, "Extensions Length"),
  extensionType: u16(`${p}.handshake.extension.type`, "Type", { names: EXTENSION_TYPES }),
  extensionLength: u16(`${p}.handshake.extension.len`, "Length"),
  extensionData: bytes(`${p}.handshake.extension.data`, "Data"),
  serverNameListLength: u16(`${p}.handshake.extensions_server_name_list_len`, "Server Name list length"),
  serverNameType: u8(`${p}.handshake.extensions_server_name_type`, "Server Name Type", {
    names: { 0: "host_name" },
  }),
  serverNameLength: u16(`${p}.handshake.extensions_server_name_len`, "Server Name length"),
  serverName: str(`${p}.handshake.extensions_server_name`, "Server Name"),
  maxFragmentLength: u8(`${p}.handshake.max_fragment_length`, "Maximum Fragment Length", {
    names: { 1: "512", 2: "1024", 3: "2048", 4: "4096" },
  }),
  statusType: u8(`${p}.handshake.extensions_status_request_type`, "Certificate Status Type", {
    names: STATUS_TYPES,
  }),
  statusLength: u16(`${p}.handshake.extensions_status_request_len`, "Certificate Status Length"),
  statusListLength: u16(
    `${p}.handshake.extensions_status_request_list_len`,
    "Certificate Status List Length",
  ),
  responderIdsLength: u16(
    `${p}.handshake.extensions_status_request_responder_ids_len`,
    "Responder ID list Length",
  ),
  requestExtensionsLength: u16(
    `${p}.handshake.extensions_status_request_exts_len`,
    "Request Extensions Length",
  ),
  groupsLength: u16(`${p}.handshake.extensions_supported_groups_length`, "Supported Groups List Length"),
  groups: none(`${p}.handshake.extensions_supported_groups`, "Supported Groups List"),
  group: u16(`${p}.handshake.extensions_supported_group`, "Supported Group", { base: "HEX", names: GROUPS }),
  pointFormatsLength: u8(`${p}.handshake.extensions_ec_point_formats_length`, "EC point formats Length"),
  pointFormats: none(`${p}.handshake.extensions_ec_point_formats`, "EC point formats"),
  pointFormat: u8(`${p}.handshake.extensions_ec_point_format`, "EC point format", {
    names: { 0: "uncompressed", 1: "ansiX962_compressed_prime", 2: "ansiX962_compressed_char2" },
  }),
  sigHashLength: u16(`${p}.handshake.sig_hash_alg_len`, "Signature Hash Algorithms Length"),
  sigHashList: none(`${p}.handshake.sig_hash_algs`, "Signature Algorithms"),
  sigHash: u16(`${p}.handshake.sig_hash_alg`, "Signature Algorithm", { base: "HEX" }),
  sigHashHash: u8(`${p}.handshake.sig_hash_hash`, "Signature Hash Algorithm Hash", {
    names: HASH_ALGORITHMS,
  }),
  sigHashSig: u8(`${p}.handshake.sig_hash_sig`, "Signature Hash Algorithm Signature", {
    names: SIGNATURE_ALGORITHMS,
  }),
  alpnLength: u16(`${p}.handshake.extensions_alpn_len`, "ALPN Extension Length"),
  alpnList: none(`${p}.handshake.extensions_alpn_list`, "ALPN Protocol"),
  alpnStringLength: u8(`${p}.handshake.extensions_alpn_str_len`, "ALPN string length"),
  alpnString: str(`${p}.handshake.extensions_alpn_str`, "ALPN Next Protocol"),
  npnLength: u8(`${p}.handshake.extensions_npn_str_len`, "Protocol string length"),
  npn: str(`${p}.handshake.extensions_npn`, "Next Protocol"),
  alpsLength: u16(`${p}.handshake.extensions_alps_len`, "ALPS Extension Length"),
  alpsList: none(`${p}.handshake.extensions_alps_alpn_list`, "Supported ALPN List"),
  alpsStringLength: u8(`${p}.handshake.extensions_alps_alpn_str_len`, "Supported ALPN Length"),
  alpsString: str(`${p}.handshake.extensions_alps_alpn_str`, "Supported ALPN"),
  alpsSettings: bytes(`${p}.handshake.extensions_alps.settings`, "ALPN Opaque Settings"),
  renegotiationLength: u8(`${p}.handshake.extensions_reneg_info_len`, "Renegotiation info extension length"),
  renegotiationInfo: bytes(`${p}.handshake.extensions_reneg_info`, "Renegotiation info"),
  heartbeatMode: u8(`${p}.handshake.extension.heartbeat.mode`, "Mode", {
    names: { 1: "Peer allowed to send requests", 2: "Peer not allowed to send requests" },
  }),
  padding: bytes(`${p}.handshake.extensions_padding_data`, "Padding Data"),
  keyShareLength: u16(`${p}.handshake.extensions_key_share_client_length`, "Client Key Share Length"),
  keyShareGroup: u16(`${p}.handshake.extensions_key_share_group`, "Group", { names: GROUPS }),
  keyShareSelected: u16(`${p}.handshake.extensions_key_share_selected_group`, "Selected Group", {
    names: GROUPS,
  }),
  keyExchangeLength: u16(`${p}.handshake.extensions_key_share_key_exchange_length`, "Key Exchange Length"),
  keyExchange: bytes(`${p}.handshake.extensions_key_share_key_exchange`, "Key Exchange"),
  supportedVersionsLength: u8(
    `${p}.handshake.extensions.supported_versions_len`,
    "Supported Versions length",
  ),
  supportedVersion: u16(`${p}.handshake.extensions.supported_version`, "Supported Version", {
    base: "HEX",
    names: VERSIONS,
  }),
  cookieExtensionLength: u16(`${p}.handshake.extensions.cookie_len`, "Cookie length"),
  cookie: bytes(`${p}.handshake.extensions.cookie`, "Cookie"),
  pskModesLength: u8(`${p}.extension.psk_ke_modes_length`, "PSK Key Exchange Modes Length"),
  pskMode: u8(`${p}.extension.psk_ke_mode`, "PSK Key Exchange Mode", {
    names: {
      0: "PSK-only key establishment (psk_ke)",
      1: "PSK with (EC)DHE key establishment (psk_dhe_ke)",
    },
  }),
  identitiesLength: u16(`${p}.handshake.extensions.psk.identities.length`, "Identities Length"),
  pskIdentityLength: u16(`${p}.handshake.extensions.psk.identity.identity_length`, "Identity Length"),
  pskIdentity: bytes(`${p}.handshake.extensions.psk.identity.identity`, "Identity"),
  ticketAge: u32(`${p}.handshake.extensions.psk.identity.obfuscated_ticket_age`, "Obfuscated Ticket Age"),
  bindersLength: u16(`${p}.handshake.extensions.psk.binders_len`, "PSK Binders length"),
  binders: none(`${p}.handshake.extensions.psk.binders`, "PSK Binders"),
  pskSelected: u16(`${p}.handshake.extensions.psk.identity.selected`, "Selected Identity"),
  maxEarlyData: u32(`${p}.early_data.max_early_data_size`, "Maximum Early Data Size"),
  compressLength: u8(`${p}.compress_certificate.algorithms_length`, "Algorithms Length"),
  compressAlgorithm: u16(`${p}.compress_certificate.algorithm`, "Algorithm", {
    names: { 1: "zlib", 2: "brotli", 3: "zstd" },
  }),
  compressUncompressed: u24(`${p}.compress_certificate.uncompressed_length`, "Uncompressed Length"),
  compressMessageLength: u24(`${p}.compress_certificate.compressed_certificate_message.length`, "Length"),
  compressMessage: bytes(
    `${p}.compress_certificate.compressed_certificate_message`,
    "Compressed Certificate Message",
  ),
  recordSizeLimit: u16(`${p}.record_size_limit`, "Record Size Limit"),
  certTypesLength: u8(`${p}.handshake.cert_type.types_len`, "Certificate Type List Length"),
  certTypes: none(`${p}.handshake.cert_type.types`, "Certificate Type List"),
  certType: u8(`${p}.handshake.cert_type.type`, "Certificate Type", {
    base: "HEX",
    names: RAW_CERTIFICATE_TYPES,
  }),
  esniSuite: u16(`${p}.esni.suite`, "Cipher Suite", { base: "HEX", names: CIPHER_SUITES }),
  esniDigestLength: u16(`${p}.esni.record_digest_length`, "Record Digest Length"),
  esniDigest: bytes(`${p}.esni.record_digest`, "Record Digest"),
  esniLength: u16(`${p}.esni.encrypted_sni_length`, "Encrypted SNI Length"),
  esni: bytes(`${p}.esni.encrypted_sni`, "Encrypted SNI"),
  sctListLength: u16(`${p}.sct.scts_length`, "Serialized SCT List Length"),
  sctLength: u16(`${p}.sct.sct_length`, "Serialized SCT Length"),
  sctVersion: u8(`${p}.sct.sct_version`, "SCT Version"),
  sctLogId: bytes(`${p}.sct.sct_logid`, "Log ID"),
  sctTimestamp: absTime(`${p}.sct.sct_timestamp`, "Timestamp", { base: "UTC" }),
  sctExtensionsLength: u16(`${p}.sct.sct_extensions_length`, "Extensions length"),
  sctExtensions: none(`${p}.sct.sct_extensions`, "Extensions"),
  sctSignatureLength: u16(`${p}.sct.sct_signature_length`, "Signature Length"),
  sctSignature: bytes(`${p}.sct.sct_signature`, "Signature"),

  // other handshake messages
  ticketLifetime: u32(`${p}.handshake.session_ticket_lifetime_hint`, "Session Ticket Lifetime Hint", {
    unit: [" second", " seconds"],
  }),
  ticketAgeAdd: u32(`${p}.handshake.session_ticket_age_add`, "Session Ticket Age Add"),
  ticketNonceLength: u8(`${p}.handshake.session_ticket_nonce_length`, "Session Ticket Nonce Length"),
  ticketNonce: bytes(`${p}.handshake.session_ticket_nonce`, "Session Ticket Nonce"),
  ticketLength: u16(`${p}.handshake.session_ticket_length`, "Session Ticket Length"),
  ticket: bytes(`${p}.handshake.session_ticket`, "Session Ticket"),
  contextLength: u8(
    `${p}.handshake.certificate_request_context_length`,
    "Certificate Request Context Length",
  ),
  context: bytes(`${p}.handshake.certificate_request_context`, "Certificate Request Context"),
  certificatesLength: u24(`${p}.handshake.certificates_length`, "Certificates Length"),
  certificates: none(`${p}.handshake.certificates`, "Certificates"),
  certificateLength: u24(`${p}.handshake.certificate_length`, "Certificate Length"),
  certificate: bytes(`${p}.handshake.certificate`, "Certificate"),
  ocspListLength: u24(`${p}.handshake.ocsp_response_list_len`, "OCSP Response List Length"),
  ocspLength: u24(`${p}.handshake.ocsp_response_len`, "OCSP Response Length"),
  certificateTypesCount: u8(`${p}.handshake.cert_types_count`, "Certificate types count"),
  certificateTypes: none(`${p}.handshake.cert_types`, "Certificate types"),
  certificateType: u8(`${p}.handshake.cert_type`, "Certificate type", { names: CERTIFICATE_TYPES }),
  dnamesLength: u16(`${p}.handshake.dnames_len`, "Distinguished Names Length"),
  dnames: none(`${p}.handshake.dnames`, "Distinguished Names"),
  dnameLength: u16(`${p}.handshake.dname_len`, "Distinguished Name Length"),
  dname: none(`${p}.handshake.dname`, "Distinguished Name"),
  verifyLength: u16(`${p}.handshake.client_cert_vrfy.sig_len`, "Signature length"),
  verifySignature: bytes(`${p}.handshake.client_cert_vrfy.sig`, "Signature"),
  verifyData: none(`${p}.handshake.verify_data`, "Verify Data"),
  md5Hash: none(`${p}.handshake.md5_hash`, "MD5 Hash"),
  shaHash: none(`${p}.handshake.sha_hash`, "SHA-1 Hash"),
  keyUpdate: u8(`${p}.handshake.key_update.request_update`, "Key Update Request", {
    names: { 0: "update_not_requested", 1: "update_requested" },
  }),
  curveType: u8(`${p}.handshake.server_curve_type`, "Curve Type", {
    base: "HEX",
    names: { 1: "explicit_prime", 2: "explicit_char2", 3: "named_curve" },
  }),
  namedCurve: u16(`${p}.handshake.server_named_curve`, "Named Curve", { base: "HEX", names: GROUPS }),
  serverPointLength: u8(`${p}.handshake.server_point_len`, "Pubkey Length"),
  serverPoint: bytes(`${p}.handshake.server_point`, "Pubkey"),
  clientPointLength: u8(`${p}.handshake.client_point_len`, "Pubkey Length"),
  clientPoint: bytes(`${p}.handshake.client_point`, "Pubkey"),
  pLength: u16(`${p}.handshake.p_len`, "p Length"),
  p: bytes(`${p}.handshake.p`, "p"),
  gLength: u16(`${p}.handshake.g_len`, "g Length"),
  g: bytes(`${p}.handshake.g`, "g"),
  ysLength: u16(`${p}.handshake.ys_len`, "Pubkey Length"),
  ys: bytes(`${p}.handshake.ys`, "Pubkey"),
  ycLength: u16(`${p}.handshake.yc_len`, "Pubkey Length"),
  yc: bytes(`${p}.handshake.yc`, "Pubkey"),
  modulusLength: u16(`${p}.handshake.modulus_len`, "Modulus Length"),
  modulus: bytes(`${p}.handshake.modulus`, "Modulus"),
  exponentLength: u16(`${p}.handshake.exponent_len`, "Exponent Length"),
  exponent: bytes(`${p}.handshake.exponent`, "Exponent"),
  signatureLength: u16(`${p}.handshake.sig_len`, "Signature Length"),
  signature: bytes(`${p}.handshake.sig`, "Signature"),
  premasterLength: u16(`${p}.handshake.epms_len`, "Encrypted PreMaster length"),
  premaster: bytes(`${p}.handshake.epms`, "Encrypted PreMaster"),
  hintLength: u16(`${p}.handshake.hint_len`, "Hint Length"),
  hint: bytes(`${p}.handshake.hint`, "Hint"),
  identityLength: u16(`${p}.handshake.identity_len`, "Identity Length"),
  identity: bytes(`${p}.handshake.identity`, "Identity"),
  connectionIdLength: u8(`${p}.connection_id_length`, "Connection ID length"),
  connectionId: bytes(`${p}.connection_id`, "Connection ID"),
  ...parameterFields(p),
});
/** Fields of handshake messages over datagrams only (RFC 6347 section 4.2, RFC 5764 section 4.1.1). */
export const datagramFields = {
  cookieLength: u8("dtls.handshake.cookie_length", "Cookie Length"),
  cookie: bytes("dtls.handshake.cookie", "Cookie"),
  srtpLength: u16("dtls.use_srtp.protection_profiles_length", "SRTP Protection Profiles Length"),
  srtpProfile: u16("dtls.use_srtp.protection_profile", "SRTP Protection Profile", {
    base: "HEX",
    names: SRTP_PROFILES,
  }),
  mkiLength: u8("dtls.use_srtp.mki_length", "MKI Length"),
  mki: bytes("dtls.use_srtp.mki", "MKI"),
};
export type DatagramFields = typeof datagramFields;
export type HandshakeFields = ReturnType<typeof handshakeFields>;

export const tlsFields = handshakeFields("tls");
/** The fields of the call at work. */
/** What can be wrong with a handshake of TLS or DTLS. */
const handshakeExperts = (p: "tls" | "dtls") => ({
  bufferTooSmall: expert(
    `${p}.malformed.buffer_too_small`,
    "error",
    "Malformed",
    "Malformed message, not enough data is available",
  ),
});
export const tlsExperts = handshakeExperts("tls");
export const dtlsExperts = handshakeExperts("dtls");

let f: HandshakeFields = tlsFields;

export const SSL2 = 0x0002;
export const SSL3 = 0x0300;
export const TLS12 = 0x0303;
export const TLS13 = 0x0304;
/** Handshake type, RFC 6066 section 8. */
export const CERTIFICATE_STATUS = 22;

/** What a negotiated protocol name (RFC 7301) says of it; names ending in a slash or a hyphen are prefixes. */
const NEGOTIATED: readonly (readonly [name: string, title: string])[] = [
  ["h2", "HyperText Transfer Protocol 2"],
  ["h2-", "HyperText Transfer Protocol 2"],
  ["http/", "Hypertext Transfer Protocol"],
  ["dot", "Domain Name System"],
  ["ftp", "File Transfer Protocol (FTP)"],
  ["imap", "Internet Message Access Protocol"],
  ["pop3", "Post Office Protocol"],
  ["mqtt", "MQ Telemetry Transport Protocol"],
  ["stun.nat-discovery", "Session Traversal Utilities for NAT"],
  ["stun.turn", "Session Traversal Utilities for NAT"],
];

// ------------------------------------------------------------------ what is known of a session

/** What the conversation's records told up to some point. */
export class Knowledge {
  /** Negotiated version, drafts of TLS 1.3 as TLS 1.3; 0 while not known. */
  version = 0;
  cipher = -1;
  /** Direction of the server's packets, -1 while not known. */
  server = -1;
  /** Bits by direction: a Change Cipher Spec was sent. */
  encrypted = 0;
  /** No Server Hello Done came: the handshake is an abbreviated one. */
  abbreviated = true;
  /** Lengths of connection ids in DTLS records of either direction (RFC 9146), 8 bits each. */
  idLengths = 0;
  /** Title of the protocol inside, where the handshake or the protocol outside named it. */
  application: string | null = null;

  clone(): Knowledge {
    const copy = new Knowledge();
    copy.version = this.version;
    copy.cipher = this.cipher;
    copy.server = this.server;
    copy.encrypted = this.encrypted;
    copy.abbreviated = this.abbreviated;
    copy.idLengths = this.idLengths;
    copy.application = this.application;
    return copy;
  }
}

/** A handshake message whose beginning came in earlier records. */
export interface Unfinished {
  /** -1 while its header is not whole. */
  length: number;
  readonly pieces: { frame: number; bytes: Uint8Array }[];
  have: number;
}

/** How a record's beginning and end belong to messages that span records; kept for later dissections. */
export interface Spanning {
  /** Bytes at the record's beginning that belong to a message begun earlier. */
  readonly head: number;
  /** That message, when this record completes it, else null. */
  readonly complete: {
    readonly bytes: Uint8Array;
    readonly pieces: { frame: number; length: number }[];
  } | null;
  readonly type: number;
}

export class Session {
  /** Changes of knowledge in order: behind the call at `moment`, `knowledge` holds. */
  readonly changes: { moment: number; knowledge: Knowledge }[] = [];
  readonly unfinished: (Unfinished | null)[] = [null, null];
  /** Records of the dissection at work, to tell a frame's findings apart. */
  serial = 0;
  records = 0;

  /** What is known before the call at `moment`. */
  before(moment: number): Knowledge {
    for (let i = this.changes.length - 1; i >= 0; i--) {
      if (this.changes[i].moment < moment) return this.changes[i].knowledge;
    }
    return NOTHING_KNOWN;
  }
}

export const NOTHING_KNOWN = new Knowledge();
/** Changes kept of one conversation; a session that changes more often is no session. */
const MAX_CHANGES = 10_000;
export const newSession = (): Session => new Session();

stateClass(() => new Knowledge());
stateClass(newSession, (session) => {
  // To go on, only what was known last is needed.
  const copy = new Session();
  copy.changes.push(...session.changes.slice(-1));
  copy.unfinished.splice(0, 2, ...session.unfinished);
  return copy;
});

/** The call at work. */
class Work {
  /** What the conversation's session learnt; null when there is no conversation. */
  session: Session | null = null;
  knowledge: Knowledge = NOTHING_KNOWN;
  /** What was known before the call. */
  known: Knowledge = NOTHING_KNOWN;
  moment = 0;
  owned = false;
  /** Name of a version in the Protocol column; null to leave that column alone. */
  nameVersion: ((version: number) => string) | null = null;
  /** More fields, when the messages come in datagrams (DTLS). */
  datagrams: DatagramFields | null = null;
}
export const work = new Work();

/**
 * Begins a call: the messages to come fill these fields.
 * @param session of the conversation, or null when there is none
 * @param nameVersion see Work
 */
export function enter(
  d: Dissection,
  fields: HandshakeFields,
  session: Session | null,
  nameVersion: ((version: number) => string) | null,
  datagrams: DatagramFields | null = null,
): void {
  f = fields;
  work.session = session;
  work.moment = d.frame * 256 + Math.min(d.chainLength, 255);
  work.knowledge = session === null ? NOTHING_KNOWN : session.before(work.moment);
  work.known = work.knowledge;
  work.owned = false;
  work.nameVersion = nameVersion;
  work.datagrams = datagrams;
  if (session !== null && session.serial !== d.serial) {
    session.serial = d.serial;
    session.records = 0;
  }
}

/** The work.knowledge to write what was learnt into. */
export function learning(d: Dissection): Knowledge {
  if (work.owned) return work.knowledge;
  work.owned = true;
  work.knowledge = work.knowledge.clone();
  const { session } = work;
  if (session !== null && d.first && session.changes.length < MAX_CHANGES) {
    session.changes.push({ moment: work.moment, knowledge: work.knowledge });
  }
  return work.knowledge;
}

/** Notes that something of the frame depends on what earlier ones told. */
export function dependsOnEarlier(d: Dissection): void {
  if (work.known !== NOTHING_KNOWN) d.marks |= MARK_LINKED;
}

/** The version of TLS that a version of DTLS is like; all others as they are. */
export function overStream(version: number): number {
  switch (version) {
    case 0xfeff:
      return 0x0302;
    case 0xfefd:
      return TLS12;
    case 0xfefc:
      return TLS13;
    default:
      return version;
  }
}

/** Length of the connection id in records of a direction. */
export const idLengthOf = (lengths: number, direction: number): number => (lengths >> (8 * direction)) & 0xff;
const withIdLength = (lengths: number, direction: number, length: number): number =>
  (lengths & ~(0xff << (8 * direction))) | (length << (8 * direction));

export function validVersion(version: number): boolean {
  return (version >= SSL3 && version <= TLS13) || version === 0x0101 || isDraft(version);
}
export function isDraft(version: number): boolean {
  return (version >= 0x7f0e && version <= 0x7fff) || version === 0xfb17 || version === 0xfb1a;
}

/** Name of a version in the Protocol column. */
export function shortVersion(version: number): string {
  switch (version) {
    case SSL2:
      return "SSLv2";
    case SSL3:
      return "SSLv3";
    case 0x0301:
      return "TLSv1";
    case 0x0302:
      return "TLSv1.1";
    case TLS12:
      return "TLSv1.2";
    case TLS13:
      return "TLSv1.3";
    case 0x0101:
      return "GMTLSv1";
    default:
      return isDraft(version) ? "TLSv1.3" : "SSL";
  }
}
/** SHA-256 of "HelloRetryRequest": the random of a Server Hello that is one (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

function isRetry(d: Dissection, at: number): boolean {
  return d.buf[at] === 0xcf && d.end - at >= 32 && formatHex(d.buf.subarray(at, at + 32)) === RETRY_RANDOM;
}

export const messageName = (type: number): string => HANDSHAKE_TYPES[type] ?? "Encrypted Handshake Message";

/** Handshake messages that have extensions in some version of TLS, or a field named after one. */
const WITH_EXTENSIONS: ReadonlySet<number> = new Set([1, 2, 4, 8, 11, 13, CERTIFICATE_STATUS]);

/** What is shown of the message whose body begins at `at`: its type's name. */
export function messageTitle(d: Dissection, type: number, at: number): string {
  const retry = type === 2 && work.datagrams === null && isRetry(d, at + 2);
  return retry ? "Hello Retry Request" : messageName(type);
}

/** One whole message from the cursor to the layer's end. Returns its name. */
export function message(d: Dissection): string {
  const start = d.pos;
  const type = d.peek8();
  const name = messageTitle(d, type, start + 4);
  if (d.columns) d.addInfo(name, ", ");
  d.open(f.handshake, start, d.end - start);
  if (d.labels) d.relabelParent(`Handshake Protocol: ${name}`);
  d.u8(f.handshakeType);
  d.uint(f.handshakeLength, 3);
  messageBody(d, type);
  d.close();
  return name;
}

/**
 * What follows the header of a message, up to the layer's end. The index reads all of it too: a message that breaks off
 * ends the layer, and with it the chain of the certificates behind.
 */
export function messageBody(d: Dissection, type: number): void {
  d.marks |= MARK_HANDSHAKE;
  if (WITH_EXTENSIONS.has(type)) d.marks |= MARK_HELLO;
  // A server's hello tells all that what follows it in its frame is read with.
  if (type === 2) work.known = NOTHING_KNOWN;
  else if (type !== 1) dependsOnEarlier(d);
  switch (type) {
    case 1:
      clientHello(d);
      break;
    case 2:
      serverHello(d, isRetry(d, d.pos + 2));
      break;
    case 14:
      if (work.knowledge.abbreviated) learning(d).abbreviated = false;
      break;
    default:
      otherMessage(d, type);
  }
}

function otherMessage(d: Dissection, type: number): void {
  switch (type) {
    case 3:
      if (work.datagrams !== null) helloVerifyRequest(d, work.datagrams);
      break;
    case 4:
      newSessionTicket(d);
      break;
    case 8:
      extensions(d, type, null);
      break;
    case 11:
      certificates(d);
      break;
    case 12:
      serverKeyExchange(d);
      break;
    case 13:
      certificateRequest(d);
      break;
    case 15:
      certificateVerify(d);
      break;
    case 16:
      clientKeyExchange(d);
      break;
    case 20:
      finished(d);
      break;
    case 22:
      certificateStatus(d);
      break;
    case 24:
      d.u8(f.keyUpdate);
      break;
    case 25:
      compressedCertificate(d);
      break;
  }
}

/** What JA3 hashes of a hello: decimal numbers in order, without GREASE. */
interface Fingerprint {
  version: number;
  readonly ciphers: number[];
  readonly extensions: number[];
  readonly groups: number[];
  readonly formats: number[];
}
const newFingerprint = (version: number): Fingerprint => ({
  version,
  ciphers: [],
  extensions: [],
  groups: [],
  formats: [],
});

const noGrease = (values: readonly number[]): string => values.filter((value) => !isGrease(value)).join("-");

/** RFC 8446 section 4.1.2. */
function clientHello(d: Dissection): void {
  const server = 1 - d.direction;
  if (work.knowledge.server !== server) learning(d).server = server;
  if (work.datagrams !== null) learnFromClientHello(d);
  const print = newFingerprint(d.u16(f.version));
  if (work.knowledge.version === TLS13 && work.datagrams === null) d.bytes(f.random, 32);
  else random(d);
  sessionId(d);
  if (work.datagrams !== null) {
    const cookie = d.u8(work.datagrams.cookieLength);
    if (cookie > 0) d.bytes(work.datagrams.cookie, cookie);
  }
  const length = d.u16(f.cipherSuitesLength);
  const count = length >> 1;
  d.need(length);
  d.open(f.cipherSuites, d.pos, length);
  if (d.labels) d.relabelParent(`Cipher Suites (${count} suite${count === 1 ? "" : "s"})`);
  for (let i = 0; i < count; i++) print.ciphers.push(d.u16(f.cipherSuite));
  d.close();
  if (length & 1) d.pos++;
  const methods = d.u8(f.compMethodsLength);
  if (methods > 0) {
    d.need(methods);
    d.open(f.compMethods, d.pos, methods);
    if (d.labels) d.relabelParent(`Compression Methods (${methods} method${methods === 1 ? "" : "s"})`);
    for (let i = 0; i < methods; i++) d.u8(f.compMethod);
    d.close();
  }
  if (d.remaining >= 2) extensions(d, 1, print);
  if (!d.wants(f.ja3Full) && !d.wants(f.ja3)) return;
  const text = `${print.version},${noGrease(print.ciphers)},${noGrease(print.extensions)},${noGrease(print.groups)},${print.formats.join("-")}`;
  d.generated(f.ja3Full, d.pos, 0, text);
  d.generated(f.ja3, d.pos, 0, createHash("md5").update(text).digest("hex"));
}

/** RFC 9146 section 3: the length of the connection id a client wants to see. Leaves the cursor. */
function learnFromClientHello(d: Dissection): void {
  const { buf, end } = d;
  let at = d.pos + 34;
  for (const size of [1, 1, 2, 1]) {
    if (at + size > end) return;
    at += size + (size === 2 ? (buf[at] << 8) | buf[at + 1] : buf[at]);
  }
  at += 2;
  while (at + 4 < end) {
    const length = (buf[at + 2] << 8) | buf[at + 3];
    if (((buf[at] << 8) | buf[at + 1]) === 54 && length >= 1) {
      const k = learning(d);
      k.idLengths = withIdLength(k.idLengths, 1 - d.direction, buf[at + 4]);
    }
    at += 4 + length;
  }
}

/** RFC 6347 section 4.2.1. */
function helloVerifyRequest(d: Dissection, more: DatagramFields): void {
  d.u16(f.version);
  const length = d.u8(more.cookieLength);
  if (length > 0) d.bytes(more.cookie, length);
}

/** RFC 5764 section 4.1.1. */
function secureMedia(d: Dissection, more: DatagramFields): void {
  const length = d.u16(more.srtpLength);
  for (let i = 0; i + 2 <= length; i += 2) d.u16(more.srtpProfile);
  const mki = d.u8(more.mkiLength);
  if (mki > 0) d.bytes(more.mki, mki);
}

/** RFC 8446 section 4.1.3. */
function serverHello(d: Dissection, retry: boolean): void {
  if (work.knowledge.server !== d.direction) learning(d).server = d.direction;
  if (!learnFromServerHello(d)) d.marks |= MARK_LINKED;
  if (d.columns && work.nameVersion !== null) d.setProtocol(work.nameVersion(work.knowledge.version));
  const legacy = d.u16(f.version);
  const print = newFingerprint(legacy);
  // The random of TLS 1.3 holds no time.
  if (work.knowledge.version === TLS13 && work.datagrams === null) d.bytes(f.random, 32);
  else random(d);
  if (retry && d.labels && work.datagrams === null) d.append(" (HelloRetryRequest magic)");
  // Drafts of TLS 1.3 up to 21 had neither session nor compression.
  const early = legacy >= 0x7f0e && legacy <= 0x7f15;
  if (!early) sessionId(d);
  print.ciphers.push(d.u16(f.cipherSuite));
  if (!early) d.u8(f.compMethod);
  if (d.remaining >= 2) extensions(d, retry ? 6 : 2, print);
  if (!d.wants(f.ja3sFull) && !d.wants(f.ja3s)) return;
  const text = `${print.version},${print.ciphers.join("-")},${print.extensions.join("-")}`;
  d.generated(f.ja3sFull, d.pos, 0, text);
  d.generated(f.ja3s, d.pos, 0, createHash("md5").update(text).digest("hex"));
}

/**
 * Version, cipher suite and protocol name the server chose. Adds nothing and leaves the cursor.
 * @returns false when nothing was learnt
 */
function learnFromServerHello(d: Dissection): boolean {
  const { buf, end } = d;
  let at = d.pos;
  if (at + 35 > end) return false;
  let version = (buf[at] << 8) | buf[at + 1];
  const early = version >= 0x7f0e && version <= 0x7f15;
  at += 34;
  if (!early) at += 1 + buf[at];
  if (at + 2 > end) return false;
  const cipher = (buf[at] << 8) | buf[at + 1];
  let application: string | null = null;
  let idLength = -1;
  at += early ? 2 : 3;
  if (at + 2 <= end) {
    const stop = Math.min(end, at + 2 + ((buf[at] << 8) | buf[at + 1]));
    at += 2;
    while (at + 4 <= stop) {
      const type = (buf[at] << 8) | buf[at + 1];
      const length = (buf[at + 2] << 8) | buf[at + 3];
      at += 4;
      if (at + length > stop) break;
      if (type === 43 && length === 2) version = (buf[at] << 8) | buf[at + 1];
      else if (type === 16 && length >= 3)
        application = negotiated(buf, at + 3, at + 3 + buf[at + 2], at + length);
      else if (type === 54 && length >= 1) idLength = buf[at];
      at += length;
    }
  }
  if (work.datagrams !== null) version = overStream(version);
  if (!validVersion(version)) return false;
  if (isDraft(version)) version = TLS13;
  const k = learning(d);
  k.version = version;
  k.cipher = cipher;
  if (idLength !== -1) k.idLengths = withIdLength(k.idLengths, 1 - d.direction, idLength);
  if (application !== null) k.application = application;
  return true;
}

function negotiated(buf: Uint8Array, from: number, to: number, end: number): string | null {
  if (to > end) return null;
  const name = String.fromCharCode(...buf.subarray(from, to));
  for (const [known, title] of NEGOTIATED) {
    if (name === known || (/[-/]$/.test(known) && name.startsWith(known))) return title;
  }
  return null;
}

function random(d: Dissection): void {
  const at = d.pos;
  d.need(32);
  d.open(f.random, at, 32, d.buf.subarray(at, at + 32));
  d.add(f.randomTime, at, 4, BigInt(d.peek32()) * 1_000_000_000n);
  d.pos += 4;
  d.bytes(f.randomBytes, 28);
  d.close();
}

function sessionId(d: Dissection): void {
  const length = d.u8(f.sessionIdLength);
  if (length > 0) d.bytes(f.sessionId, length);
}

/** RFC 5246 section 7.4.8, RFC 8446 section 4.4.3. */
function certificateVerify(d: Dissection): void {
  if (work.knowledge.version >= TLS12) signatureScheme(d);
  d.bytes(f.verifySignature, d.u16(f.verifyLength));
}

function finished(d: Dissection): void {
  if (work.knowledge.version === SSL3) {
    d.add(f.md5Hash, d.pos, 16, null);
    d.skip(16);
    d.add(f.shaHash, d.pos, 20, null);
    d.skip(20);
  } else {
    d.add(f.verifyData, d.pos, d.remaining, null);
    d.pos = d.end;
  }
}

/** RFC 5077 section 3.3, RFC 8446 section 4.6.1. */
function newSessionTicket(d: Dissection): void {
  d.openText(d.pos, d.remaining, "TLS Session Ticket");
  const seconds = d.u32(f.ticketLifetime);
  if (d.labels && seconds >= 60) d.append(` (${duration(seconds)})`);
  if (work.knowledge.version === TLS13) {
    d.u32(f.ticketAgeAdd);
    d.bytes(f.ticketNonce, d.u8(f.ticketNonceLength));
  }
  const length = d.u16(f.ticketLength);
  if (length > 0) d.bytes(f.ticket, length);
  if (work.knowledge.version === TLS13) extensions(d, 4, null);
  d.close();
}

/** "1 day, 3 hours, 46 minutes, 40 seconds" */
function duration(seconds: number): string {
  const parts: string[] = [];
  const add = (n: number, unit: string): void => {
    if (n > 0) parts.push(`${n} ${unit}${n === 1 ? "" : "s"}`);
  };
  add(Math.floor(seconds / 86400), "day");
  add(Math.floor(seconds / 3600) % 24, "hour");
  add(Math.floor(seconds / 60) % 60, "minute");
  add(seconds % 60, "second");
  return parts.join(", ");
}

/** RFC 5246 section 7.4.2, RFC 8446 section 4.4.2. */
function certificates(d: Dissection): void {
  const tls13 = work.knowledge.version === TLS13;
  if (tls13) {
    const context = d.u8(f.contextLength);
    if (context > 0) d.bytes(f.context, context);
  }
  const length = d.uint(f.certificatesLength, 3);
  if (length === 0) return;
  d.need(length);
  const end = d.pos + length;
  d.open(f.certificates, d.pos, length);
  if (d.labels) d.relabelParent(`Certificates (${length} bytes)`);
  while (d.pos + 3 <= end) {
    const size = d.uint(f.certificateLength, 3);
    const stop = d.pos + size;
    if (stop > end) d.malformed();
    d.open(f.certificate, d.pos, size, d.buf.subarray(d.pos, stop));
    const subject = size > 0 ? dissectCertificate(d, d.pos, stop) : "";
    if (d.labels) d.appendParent(subject);
    d.close();
    d.pos = stop;
    if (tls13) extensions(d, 11, null);
  }
  d.close();
  d.pos = end;
}

/** RFC 8879. */
function compressedCertificate(d: Dissection): void {
  d.u16(f.compressAlgorithm);
  d.uint(f.compressUncompressed, 3);
  d.bytes(f.compressMessage, d.uint(f.compressMessageLength, 3));
}

/** RFC 6066 section 8, RFC 6961. */
function certificateStatus(d: Dissection): void {
  const type = d.u8(f.statusType);
  if (type === 1) ocspResponse(d);
  else if (type === 2) {
    const end = d.pos + 3 + d.peek24();
    d.uint(f.ocspListLength, 3);
    while (d.pos + 3 <= Math.min(end, d.end)) ocspResponse(d);
  }
}

function ocspResponse(d: Dissection): void {
  const length = d.uint(f.ocspLength, 3);
  if (length === 0) return;
  d.need(length);
  const { end, wireEnd, protocolColumn } = d;
  d.end = d.pos + length;
  d.wireEnd = d.end;
  d.call(ocsp);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos += length;
  if (d.columns) d.setProtocol(protocolColumn);
}

/** RFC 5246 section 7.4.4, RFC 8446 section 4.3.2. */
function certificateRequest(d: Dissection): void {
  if (work.knowledge.version === TLS13) {
    const context = d.u8(f.contextLength);
    if (context > 0) d.bytes(f.context, context);
    extensions(d, 13, null);
    return;
  }
  const count = d.u8(f.certificateTypesCount);
  if (count > 0) {
    d.need(count);
    d.open(f.certificateTypes, d.pos, count);
    if (d.labels) d.relabelParent(`Certificate types (${count} type${count === 1 ? "" : "s"})`);
    for (let i = 0; i < count; i++) d.u8(f.certificateType);
    d.close();
  }
  if (work.knowledge.version === TLS12) signatureSchemes(d);
  const length = d.u16(f.dnamesLength);
  if (length === 0) return;
  d.need(length);
  const end = d.pos + length;
  d.open(f.dnames, d.pos, length);
  if (d.labels) d.relabelParent(`Distinguished Names (${length} byte${length === 1 ? "" : "s"})`);
  while (d.pos + 2 <= end) {
    const size = d.u16(f.dnameLength);
    const stop = d.pos + size;
    if (stop > end) d.malformed();
    d.open(f.dname, d.pos, size);
    const text = dissectDistinguishedName(d, d.pos, stop);
    if (d.labels) d.relabelParent(`Distinguished Name:${text}`);
    d.close();
    d.pos = stop;
  }
  d.close();
  d.pos = end;
}

/** How a cipher suite exchanges keys. */
type KeyExchange = "ECDHE" | "DHE" | "RSA" | "PSK" | "";

function keyExchange(cipher: number): KeyExchange {
  const name = CIPHER_SUITES[cipher] ?? "";
  if (/^TLS_ECDHE?_(?!PSK)/.test(name)) return "ECDHE";
  if (/^TLS_DHE?_(?!PSK)/.test(name)) return "DHE";
  if (/^TLS_RSA_(?!PSK)/.test(name)) return "RSA";
  if (/^TLS_PSK_/.test(name)) return "PSK";
  return "";
}
const isAnonymous = (cipher: number): boolean => /_anon_/i.test(CIPHER_SUITES[cipher] ?? "");

/** RFC 5246 section 7.4.3, RFC 8422 section 5.4, RFC 4279. */
function serverKeyExchange(d: Dissection): void {
  switch (keyExchange(work.knowledge.cipher)) {
    case "ECDHE":
      d.openText(d.pos, d.remaining, "EC Diffie-Hellman Server Params");
      if (d.u8(f.curveType) === 3) {
        d.u16(f.namedCurve);
        d.bytes(f.serverPoint, d.u8(f.serverPointLength));
        signature(d);
      }
      d.close();
      break;
    case "DHE":
      d.openText(d.pos, d.remaining, "Diffie-Hellman Server Params");
      d.bytes(f.p, d.u16(f.pLength));
      d.bytes(f.g, d.u16(f.gLength));
      d.bytes(f.ys, d.u16(f.ysLength));
      signature(d);
      d.close();
      break;
    case "RSA":
      d.openText(d.pos, d.remaining, "RSA-EXPORT Server Params");
      d.bytes(f.modulus, d.u16(f.modulusLength));
      d.bytes(f.exponent, d.u16(f.exponentLength));
      signature(d);
      d.close();
      break;
    case "PSK":
      d.openText(d.pos, d.remaining, "PSK Server Params");
      d.bytes(f.hint, d.u16(f.hintLength));
      d.close();
      break;
  }
}

function signature(d: Dissection): void {
  if (isAnonymous(work.knowledge.cipher) || d.remaining === 0) return;
  if (work.knowledge.version === TLS12) signatureScheme(d);
  d.bytes(f.signature, d.u16(f.signatureLength));
}

/** RFC 5246 section 7.4.7, RFC 8422 section 5.7, RFC 4279. */
function clientKeyExchange(d: Dissection): void {
  switch (keyExchange(work.knowledge.cipher)) {
    case "ECDHE":
      d.openText(d.pos, d.remaining, "EC Diffie-Hellman Client Params");
      d.bytes(f.clientPoint, d.u8(f.clientPointLength));
      d.close();
      break;
    case "DHE":
      d.openText(d.pos, d.remaining, "Diffie-Hellman Client Params");
      d.bytes(f.yc, d.u16(f.ycLength));
      d.close();
      break;
    case "RSA":
      d.openText(d.pos, d.remaining, "RSA Encrypted PreMaster Secret");
      if (work.knowledge.version === SSL3) d.bytes(f.premaster, d.remaining);
      else d.bytes(f.premaster, d.u16(f.premasterLength));
      d.close();
      break;
    case "PSK":
      d.openText(d.pos, d.remaining, "PSK Client Params");
      d.bytes(f.identity, d.u16(f.identityLength));
      d.close();
      break;
  }
}

/** A SignatureScheme, or the hash and signature pair of TLS 1.2, which is the same two bytes. */
function signatureScheme(d: Dissection): void {
  const at = d.pos;
  const value = d.peek16();
  d.open(f.sigHash, at, 2, value);
  if (d.labels) {
    const name =
      SIGNATURE_SCHEMES[value] ??
      `${HASH_ALGORITHMS[value >> 8] ?? "Unknown"} ${SIGNATURE_ALGORITHMS[value & 0xff] ?? "Unknown"}`;
    d.relabelParent(`Signature Algorithm: ${name} (0x${value.toString(16).padStart(4, "0")})`);
  }
  d.u8(f.sigHashHash);
  d.u8(f.sigHashSig);
  d.close();
}

function signatureSchemes(d: Dissection): void {
  const length = d.u16(f.sigHashLength);
  d.need(length);
  const count = length >> 1;
  d.open(f.sigHashList, d.pos, length);
  if (d.labels) d.relabelParent(`Signature Hash Algorithms (${count} algorithm${count === 1 ? "" : "s"})`);
  for (let i = 0; i < count; i++) signatureScheme(d);
  d.close();
}

// ------------------------------------------------------------------ extensions

/**
 * The extensions at the cursor, preceded by their length; only called while fields are built.
 * @param within type of the message they stand in; 6 for a Hello Retry Request
 * @param print takes in what JA3 hashes
 */
function extensions(d: Dissection, within: number, print: Fingerprint | null): void {
  const length = d.u16(f.extensionsLength);
  const { end, wireEnd } = d;
  d.limit(length);
  while (d.remaining >= 4) {
    const start = d.pos;
    const type = d.peek16();
    const size = d.peek16(2);
    print?.extensions.push(type);
    d.openText(start, Math.min(4 + size, d.end - start), "");
    if (d.labels) {
      d.relabelParent(`Extension: ${EXTENSION_TYPES[type] ?? `Unknown type ${type}`} (len=${size})`);
    }
    d.u16(f.extensionType);
    d.u16(f.extensionLength);
    const outer = d.end;
    const outerWire = d.wireEnd;
    d.limit(size);
    extension(d, type, size, within, print);
    d.end = outer;
    d.wireEnd = outerWire;
    d.close();
    d.pos = Math.min(outer, start + 4 + size);
  }
  d.pos = Math.min(end, d.end);
  d.end = end;
  d.wireEnd = wireEnd;
}

function extension(
  d: Dissection,
  type: number,
  size: number,
  within: number,
  print: Fingerprint | null,
): void {
  switch (type) {
    case 0:
      if (size > 0) serverNames(d);
      break;
    case 1:
      d.u8(f.maxFragmentLength);
      break;
    case 5:
      statusRequest(d, size, within);
      break;
    case 10:
      supportedGroups(d, print);
      break;
    case 11:
      pointFormats(d, print);
      break;
    case 13:
    case 34:
    case 50:
      signatureSchemes(d);
      break;
    case 14:
      if (work.datagrams !== null) secureMedia(d, work.datagrams);
      else d.add(f.extensionData, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
      break;
    case 15:
      d.u8(f.heartbeatMode);
      break;
    case 16:
      protocolNames(d);
      break;
    case 17:
      if (within === 1) statusRequestV2(d);
      break;
    case 18:
      if (size > 0) timestampList(d);
      break;
    case 19:
    case 20:
      rawKeyTypes(d, within);
      break;
    case 21:
      d.bytes(f.padding, size);
      break;
    case 22:
    case 23:
    case 49:
      break;
    case 27:
      compressionAlgorithms(d);
      break;
    case 28:
      d.u16(f.recordSizeLimit);
      break;
    case 35:
      d.add(f.extensionData, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
      if (d.labels) d.relabel(`Data (${size} byte${size === 1 ? "" : "s"})`);
      break;
    case 41:
      preSharedKey(d, within);
      break;
    case 42:
      if (within === 4) d.u32(f.maxEarlyData);
      break;
    case 43:
      supportedVersions(d, within);
      break;
    case 44:
      d.bytes(f.cookie, d.u16(f.cookieExtensionLength));
      break;
    case 45:
      pskModes(d);
      break;
    case 40:
    case 51:
      keyShare(d, within);
      break;
    case 54: {
      const length = d.u8(f.connectionIdLength);
      if (length > 0) d.bytes(f.connectionId, length);
      break;
    }
    case 57:
    case 65445:
      dissectParameters(d, f, type === 65445, within);
      break;
    case 13172:
      nextProtocols(d, size);
      break;
    case 17513:
      if (within === 1) applicationSettings(d);
      else d.bytes(f.alpsSettings, size);
      break;
    case 65281:
      renegotiationInfo(d);
      break;
    case 65486:
      if (within === 1) encryptedServerName(d);
      else d.add(f.extensionData, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
      break;
    default:
      d.add(f.extensionData, d.pos, d.remaining, d.buf.subarray(d.pos, d.end));
  }
}

/** RFC 6066 section 3. */
function serverNames(d: Dissection): void {
  d.openText(d.pos, d.remaining, "Server Name Indication extension");
  d.u16(f.serverNameListLength);
  while (d.remaining >= 3) {
    d.u8(f.serverNameType);
    d.str(f.serverName, d.u16(f.serverNameLength), "ascii");
  }
  d.close();
}

/** RFC 6066 section 8. */
function statusRequest(d: Dissection, size: number, within: number): void {
  if (within === 11) {
    if (d.u8(f.statusType) === 1) ocspResponse(d);
    return;
  }
  if (size === 0) return;
  d.u8(f.statusType);
  d.skip(d.u16(f.responderIdsLength));
  d.skip(d.u16(f.requestExtensionsLength));
}

/** RFC 6961. */
function statusRequestV2(d: Dissection): void {
  d.u16(f.statusListLength);
  while (d.remaining >= 3) {
    d.u8(f.statusType);
    const length = d.u16(f.statusLength);
    const stop = d.pos + length;
    d.need(length);
    if (length >= 4) {
      d.u16(f.responderIdsLength);
      d.u16(f.requestExtensionsLength);
    }
    d.pos = stop;
  }
}

/** RFC 8422 section 5.1.1, RFC 8446 section 4.2.7. */
function supportedGroups(d: Dissection, print: Fingerprint | null): void {
  const length = d.u16(f.groupsLength);
  d.need(length);
  const count = length >> 1;
  d.open(f.groups, d.pos, length);
  if (d.labels) d.relabelParent(`Supported Groups (${count} group${count === 1 ? "" : "s"})`);
  for (let i = 0; i < count; i++) {
    const group = d.u16(f.group);
    print?.groups.push(group);
  }
  d.close();
}

/** RFC 8422 section 5.1.2. */
function pointFormats(d: Dissection, print: Fingerprint | null): void {
  const length = d.u8(f.pointFormatsLength);
  d.need(length);
  d.open(f.pointFormats, d.pos, length);
  if (d.labels) d.relabelParent(`Elliptic curves point formats (${length})`);
  for (let i = 0; i < length; i++) {
    const format = d.u8(f.pointFormat);
    print?.formats.push(format);
  }
  d.close();
}

/** RFC 7301 section 3.1. */
function protocolNames(d: Dissection): void {
  d.u16(f.alpnLength);
  d.open(f.alpnList, d.pos, d.remaining);
  while (d.remaining > 0) d.str(f.alpnString, d.u8(f.alpnStringLength), "ascii");
  d.close();
}

function nextProtocols(d: Dissection, size: number): void {
  if (size === 0) return;
  d.openText(d.pos, d.remaining, "Next Protocol Negotiation");
  while (d.remaining > 0) d.str(f.npn, d.u8(f.npnLength), "ascii");
  d.close();
}

function applicationSettings(d: Dissection): void {
  d.u16(f.alpsLength);
  d.open(f.alpsList, d.pos, d.remaining);
  while (d.remaining > 0) d.str(f.alpsString, d.u8(f.alpsStringLength), "ascii");
  d.close();
}

/** RFC 7250. */
function rawKeyTypes(d: Dissection, within: number): void {
  if (within !== 1) {
    d.u8(f.certType);
    return;
  }
  const length = d.u8(f.certTypesLength);
  d.need(length);
  d.open(f.certTypes, d.pos, length);
  for (let i = 0; i < length; i++) d.u8(f.certType);
  d.close();
}

/** RFC 8879 section 3. */
function compressionAlgorithms(d: Dissection): void {
  d.u8(f.compressLength);
  while (d.remaining >= 2) d.u16(f.compressAlgorithm);
}

/** RFC 8446 section 4.2.11. */
function preSharedKey(d: Dissection, within: number): void {
  d.openText(d.pos, d.remaining, "Pre-Shared Key extension");
  if (within === 2) d.u16(f.pskSelected);
  else {
    const length = d.u16(f.identitiesLength);
    d.need(length);
    const end = d.pos + length;
    while (d.pos + 2 <= end) {
      const size = d.peek16();
      d.openText(d.pos, size + 6, `PSK Identity (length: ${size})`);
      d.u16(f.pskIdentityLength);
      d.bytes(f.pskIdentity, size);
      d.u32(f.ticketAge);
      d.close();
    }
    const binders = d.u16(f.bindersLength);
    d.add(f.binders, d.pos, Math.min(binders, d.remaining), null);
    d.skip(binders);
  }
  d.close();
}

/** RFC 8446 section 4.2.1. */
function supportedVersions(d: Dissection, within: number): void {
  if (within !== 1) {
    d.u16(f.supportedVersion);
    return;
  }
  d.u8(f.supportedVersionsLength);
  while (d.remaining >= 2) d.u16(f.supportedVersion);
}

/** RFC 8446 section 4.2.9. */
function pskModes(d: Dissection): void {
  d.u8(f.pskModesLength);
  while (d.remaining > 0) d.u8(f.pskMode);
}

/** RFC 8446 section 4.2.8. */
function keyShare(d: Dissection, within: number): void {
  d.openText(d.pos, d.remaining, "Key Share extension");
  if (within === 6) d.u16(f.keyShareSelected);
  else if (within === 2) keyShareEntry(d);
  else {
    d.u16(f.keyShareLength);
    while (d.remaining >= 4) keyShareEntry(d);
  }
  d.close();
}

function keyShareEntry(d: Dissection): void {
  const group = d.peek16();
  const length = d.peek16(2);
  d.openText(d.pos, Math.min(4 + length, d.remaining), "");
  if (d.labels) {
    const name = GROUPS[group] ?? `Unknown (${group})`;
    d.relabelParent(`Key Share Entry: Group: ${name}, Key Exchange length: ${length}`);
  }
  d.u16(f.keyShareGroup);
  d.u16(f.keyExchangeLength);
  d.bytes(f.keyExchange, length);
  d.close();
}

/** RFC 5746. */
function renegotiationInfo(d: Dissection): void {
  d.openText(d.pos, d.remaining, "Renegotiation Info extension");
  const length = d.u8(f.renegotiationLength);
  if (length > 0) d.bytes(f.renegotiationInfo, length);
  d.close();
}

/** draft-ietf-tls-esni-03. */
function encryptedServerName(d: Dissection): void {
  d.u16(f.esniSuite);
  keyShareEntry(d);
  d.bytes(f.esniDigest, d.u16(f.esniDigestLength));
  d.bytes(f.esni, d.u16(f.esniLength));
}

/** RFC 6962 section 3.3: timestamps of Certificate Transparency logs, in hellos and in certificates. */
function timestampList(d: Dissection): void {
  d.u16(f.sctListLength);
  while (d.remaining >= 2) {
    const at = d.pos;
    const length = Math.min(d.peek16(), d.remaining - 2);
    const end = at + 2 + length;
    d.openText(at, 2 + length, "");
    if (d.labels) {
      const id = formatHex(d.buf.subarray(at + 3, Math.min(at + 35, d.end)));
      d.relabelParent(`Signed Certificate Timestamp (${CT_LOGS[id] ?? "Unknown Log"})`);
    }
    vectorLength(d, d.u16(f.sctLength), end);
    signedTimestamp(d, end);
    d.close();
    d.pos = end;
  }
}

/** One timestamp, as far as there is room for it. */
function signedTimestamp(d: Dissection, end: number): void {
  if (end - d.pos < 43) return;
  d.u8(f.sctVersion);
  d.bytes(f.sctLogId, 32);
  const timestamp = d.peek64();
  d.add(f.sctTimestamp, d.pos, 8, timestamp * 1_000_000n);
  d.pos += 8;
  const extensionLength = vectorLength(d, d.u16(f.sctExtensionsLength), end);
  if (extensionLength > 0) {
    d.add(f.sctExtensions, d.pos, extensionLength, null);
    d.skip(extensionLength);
  }
  if (end - d.pos < 4) return;
  signatureScheme(d);
  d.bytes(f.sctSignature, vectorLength(d, d.u16(f.sctSignatureLength), end));
}

/** The length of a vector that must end at `end`; one that is too large is told of and cut. */
function vectorLength(d: Dissection, length: number, end: number): number {
  const room = end - d.pos;
  if (length <= room) return length;
  const { bufferTooSmall } = f === tlsFields ? tlsExperts : dtlsExperts;
  d.expert(bufferTooSmall, `Vector length ${length} is too large, truncating it to ${room}`);
  return room;
}

/** In certificates the list is wrapped in one more OCTET STRING (RFC 6962 section 3.3). */
onCertificateExtension("1.3.6.1.4.1.11129.2.4.2", (d, start, end) => {
  if (end - start < 4 || d.buf[start] !== 4) return;
  const header = d.buf[start + 1] < 0x80 ? 2 : 2 + (d.buf[start + 1] & 0x7f);
  const { pos, end: outer, wireEnd } = d;
  const fields = f;
  // Whatever the certificate is in, these fields are TLS's.
  f = tlsFields;
  d.pos = Math.min(end, start + header);
  d.end = end;
  d.wireEnd = end;
  try {
    timestampList(d);
  } finally {
    f = fields;
    d.pos = pos;
    d.end = outer;
    d.wireEnd = wireEnd;
  }
});
