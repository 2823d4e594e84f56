/**
 * Transport Layer Security: SSL 2.0 compatible hellos and SSL 3.0 (RFC 6101), TLS 1.0 (RFC 2246), 1.1 (RFC 4346),
 * 1.2 (RFC 5246), 1.3 (RFC 8446), extensions (RFC 6066 and others), heartbeats (RFC 6520).
 *
 * Nothing is decrypted. What a record shows depends on the conversation: the version is the Server Hello's, what
 * follows a Change Cipher Spec is encrypted, key exchange messages read as the cipher suite says.
 */
import { createHash } from "node:crypto";
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { absTime, bytes, expert, frameNum, none, str, u8, u16, u24, u32 } from "../dissect/field.ts";
import { MARK_HANDSHAKE, MARK_HELLO, MARK_LINKED } from "../dissect/frame-marks.ts";
import { protocol } from "../dissect/protocol.ts";
import { stateClass } from "../dissect/state-codec.ts";
import { tcpHeuristics, tcpPorts } from "../dissect/tables.ts";
import { formatHex } from "../dissect/text.ts";
import {
  ALERTS,
  CERTIFICATE_TYPES,
  CIPHER_SUITES,
  CT_LOGS,
  EXTENSION_TYPES,
  GROUPS,
  HASH_ALGORITHMS,
  RAW_CERTIFICATE_TYPES,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_SCHEMES,
  SSL2_CIPHER_SPECS,
  VERSIONS,
} from "./names/tls.ts";
import { dissectCertificate, dissectDistinguishedName, ocsp, onCertificateExtension } from "./x509.ts";

const CONTENT_TYPES: Readonly<Record<number, string>> = {
  20: "Change Cipher Spec",
  21: "Alert",
  22: "Handshake",
  23: "Application Data",
  24: "Heartbeat",
  25: "Connection ID",
};
const HANDSHAKE_TYPES: Readonly<Record<number, string>> = {
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
const SSL2_TYPES = {
  0: "Error",
  1: "Client Hello",
  2: "Client Master Key",
  3: "Client Finished",
  4: "Server Hello",
  5: "Server Verify",
  6: "Server Finished",
  7: "Request Certificate",
  8: "Client Certificate",
};
const STATUS_TYPES = { 1: "OCSP", 2: "OCSP Multi" };
const LEVELS: Readonly<Record<number, string>> = { 1: "Warning", 2: "Fatal" };
const HEARTBEAT_TYPES: Readonly<Record<number, string>> = { 1: "Request", 2: "Response" };

const f = {
  record: none("tls.record", "Record Layer"),
  contentType: u8("tls.record.content_type", "Content Type", { names: CONTENT_TYPES }),
  opaqueType: u8("tls.record.opaque_type", "Opaque Type", { names: CONTENT_TYPES }),
  recordVersion: u16("tls.record.version", "Version", { base: "HEX", names: VERSIONS }),
  recordLength: u16("tls.record.length", "Length"),
  appData: bytes("tls.app_data", "Encrypted Application Data"),
  appDataProtocol: str("tls.app_data_proto", "Application Data Protocol"),
  changeCipherSpec: none("tls.change_cipher_spec", "Change Cipher Spec Message"),
  alert: none("tls.alert_message", "Alert Message"),
  alertLevel: u8("tls.alert_message.level", "Level", { names: LEVELS }),
  alertDescription: u8("tls.alert_message.desc", "Description", { names: ALERTS }),
  heartbeat: none("tls.heartbeat_message", "Heartbeat Message"),
  heartbeatType: u8("tls.heartbeat_message.type", "Type", { names: HEARTBEAT_TYPES }),
  heartbeatLength: u16("tls.heartbeat_message.payload_length", "Payload Length"),
  heartbeatPayload: bytes("tls.heartbeat_message.payload", "Payload Length"),
  heartbeatPadding: bytes("tls.heartbeat_message.padding", "Payload Length"),

  handshake: none("tls.handshake", "Handshake Protocol"),
  handshakeType: u8("tls.handshake.type", "Handshake Type", { names: HANDSHAKE_TYPES }),
  handshakeLength: u24("tls.handshake.length", "Length"),
  fragments: none("tls.handshake.fragments", "Reassembled Handshake Fragments"),
  fragment: frameNum("tls.handshake.fragment", "Handshake Fragment"),
  fragmentCount: u32("tls.handshake.fragment.count", "Handshake Fragment count"),
  version: u16("tls.handshake.version", "Version", { base: "HEX", names: VERSIONS }),
  random: bytes("tls.handshake.random", "Random"),
  randomTime: absTime("tls.handshake.random_time", "GMT Unix Time", { base: "LOCAL" }),
  randomBytes: bytes("tls.handshake.random_bytes", "Random Bytes"),
  sessionIdLength: u8("tls.handshake.session_id_length", "Session ID Length"),
  sessionId: bytes("tls.handshake.session_id", "Session ID"),
  cipherSuitesLength: u16("tls.handshake.cipher_suites_length", "Cipher Suites Length"),
  cipherSuites: none("tls.handshake.ciphersuites", "Cipher Suites"),
  cipherSuite: u16("tls.handshake.ciphersuite", "Cipher Suite", { base: "HEX", names: CIPHER_SUITES }),
  compMethodsLength: u8("tls.handshake.comp_methods_length", "Compression Methods Length"),
  compMethods: none("tls.handshake.comp_methods", "Compression Methods"),
  compMethod: u8("tls.handshake.comp_method", "Compression Method", {
    names: { 0: "null", 1: "DEFLATE", 64: "LZS" },
  }),
  ja3Full: str("tls.handshake.ja3_full", "JA3 Fullstring"),
  ja3: str("tls.handshake.ja3", "JA3"),
  ja3sFull: str("tls.handshake.ja3s_full", "JA3S Fullstring"),
  ja3s: str("tls.handshake.ja3s", "JA3S"),

  // SSL 2.0 Client Hello
  ssl2Type: u8("tls.handshake.type", "Handshake Message Type", { names: SSL2_TYPES }),
  cipherSpecLength: u16("tls.handshake.cipher_spec_len", "Cipher Spec Length"),
  sessionIdLength2: u16("tls.handshake.session_id_length", "Session ID Length"),
  challengeLength: u16("tls.handshake.challenge_length", "Challenge Length"),
  cipherSpecs: none("tls.handshake.ciphersuites", "Cipher Specs"),
  cipherSpec: u24("tls.handshake.cipherspec", "Cipher Spec", { base: "HEX", names: SSL2_CIPHER_SPECS }),
  challenge: none("tls.handshake.challenge", "Challenge"),

  // extensions
  extensionsLength: u16("tls.handshake.extensions_length", "Extensions Length"),
  extensionType: u16("tls.handshake.extension.type", "Type", { names: EXTENSION_TYPES }),
  extensionLength: u16("tls.handshake.extension.len", "Length"),
  extensionData: bytes("tls.handshake.extension.data", "Data"),
  serverNameListLength: u16("tls.handshake.extensions_server_name_list_len", "Server Name list length"),
  serverNameType: u8("tls.handshake.extensions_server_name_type", "Server Name Type", {
    names: { 0: "host_name" },
  }),
  serverNameLength: u16("tls.handshake.extensions_server_name_len", "Server Name length"),
  serverName: str("tls.handshake.extensions_server_name", "Server Name"),
  maxFragmentLength: u8("tls.handshake.max_fragment_length", "Maximum Fragment Length", {
    names: { 1: "512", 2: "1024", 3: "2048", 4: "4096" },
  }),
  statusType: u8("tls.handshake.extensions_status_request_type", "Certificate Status Type", {
    names: STATUS_TYPES,
  }),
  statusLength: u16("tls.handshake.extensions_status_request_len", "Certificate Status Length"),
  statusListLength: u16("tls.handshake.extensions_status_request_list_len", "Certificate Status List Length"),
  responderIdsLength: u16(
    "tls.handshake.extensions_status_request_responder_ids_len",
    "Responder ID list Length",
  ),
  requestExtensionsLength: u16(
    "tls.handshake.extensions_status_request_exts_len",
    "Request Extensions Length",
  ),
  groupsLength: u16("tls.handshake.extensions_supported_groups_length", "Supported Groups List Length"),
  groups: none("tls.handshake.extensions_supported_groups", "Supported Groups List"),
  group: u16("tls.handshake.extensions_supported_group", "Supported Group", { base: "HEX", names: GROUPS }),
  pointFormatsLength: u8("tls.handshake.extensions_ec_point_formats_length", "EC point formats Length"),
  pointFormats: none("tls.handshake.extensions_ec_point_formats", "EC point formats"),
  pointFormat: u8("tls.handshake.extensions_ec_point_format", "EC point format", {
    names: { 0: "uncompressed", 1: "ansiX962_compressed_prime", 2: "ansiX962_compressed_char2" },
  }),
  sigHashLength: u16("tls.handshake.sig_hash_alg_len", "Signature Hash Algorithms Length"),
  sigHashList: none("tls.handshake.sig_hash_algs", "Signature Algorithms"),
  sigHash: u16("tls.handshake.sig_hash_alg", "Signature Algorithm", { base: "HEX" }),
  sigHashHash: u8("tls.handshake.sig_hash_hash", "Signature Hash Algorithm Hash", { names: HASH_ALGORITHMS }),
  sigHashSig: u8("tls.handshake.sig_hash_sig", "Signature Hash Algorithm Signature", {
    names: SIGNATURE_ALGORITHMS,
  }),
  alpnLength: u16("tls.handshake.extensions_alpn_len", "ALPN Extension Length"),
  alpnList: none("tls.handshake.extensions_alpn_list", "ALPN Protocol"),
  alpnStringLength: u8("tls.handshake.extensions_alpn_str_len", "ALPN string length"),
  alpnString: str("tls.handshake.extensions_alpn_str", "ALPN Next Protocol"),
  npnLength: u8("tls.handshake.extensions_npn_str_len", "Protocol string length"),
  npn: str("tls.handshake.extensions_npn", "Next Protocol"),
  alpsLength: u16("tls.handshake.extensions_alps_len", "ALPS Extension Length"),
  alpsList: none("tls.handshake.extensions_alps_alpn_list", "Supported ALPN List"),
  alpsStringLength: u8("tls.handshake.extensions_alps_alpn_str_len", "Supported ALPN Length"),
  alpsString: str("tls.handshake.extensions_alps_alpn_str", "Supported ALPN"),
  alpsSettings: bytes("tls.handshake.extensions_alps.settings", "ALPN Opaque Settings"),
  renegotiationLength: u8("tls.handshake.extensions_reneg_info_len", "Renegotiation info extension length"),
  renegotiationInfo: bytes("tls.handshake.extensions_reneg_info", "Renegotiation info"),
  heartbeatMode: u8("tls.handshake.extension.heartbeat.mode", "Mode", {
    names: { 1: "Peer allowed to send requests", 2: "Peer not allowed to send requests" },
  }),
  padding: bytes("tls.handshake.extensions_padding_data", "Padding Data"),
  keyShareLength: u16("tls.handshake.extensions_key_share_client_length", "Client Key Share Length"),
  keyShareGroup: u16("tls.handshake.extensions_key_share_group", "Group", { names: GROUPS }),
  keyShareSelected: u16("tls.handshake.extensions_key_share_selected_group", "Selected Group", {
    names: GROUPS,
  }),
  keyExchangeLength: u16("tls.handshake.extensions_key_share_key_exchange_length", "Key Exchange Length"),
  keyExchange: bytes("tls.handshake.extensions_key_share_key_exchange", "Key Exchange"),
  supportedVersionsLength: u8("tls.handshake.extensions.supported_versions_len", "Supported Versions length"),
  supportedVersion: u16("tls.handshake.extensions.supported_version", "Supported Version", {
    base: "HEX",
    names: VERSIONS,
  }),
  cookieExtensionLength: u16("tls.handshake.extensions.cookie_len", "Cookie length"),
  cookie: bytes("tls.handshake.extensions.cookie", "Cookie"),
  pskModesLength: u8("tls.extension.psk_ke_modes_length", "PSK Key Exchange Modes Length"),
  pskMode: u8("tls.extension.psk_ke_mode", "PSK Key Exchange Mode", {
    names: {
      0: "PSK-only key establishment (psk_ke)",
      1: "PSK with (EC)DHE key establishment (psk_dhe_ke)",
    },
  }),
  identitiesLength: u16("tls.handshake.extensions.psk.identities.length", "Identities Length"),
  pskIdentityLength: u16("tls.handshake.extensions.psk.identity.identity_length", "Identity Length"),
  pskIdentity: bytes("tls.handshake.extensions.psk.identity.identity", "Identity"),
  ticketAge: u32("tls.handshake.extensions.psk.identity.obfuscated_ticket_age", "Obfuscated Ticket Age"),
  bindersLength: u16("tls.handshake.extensions.psk.binders_len", "PSK Binders length"),
  binders: none("tls.handshake.extensions.psk.binders", "PSK Binders"),
  pskSelected: u16("tls.handshake.extensions.psk.identity.selected", "Selected Identity"),
  maxEarlyData: u32("tls.early_data.max_early_data_size", "Maximum Early Data Size"),
  compressLength: u8("tls.compress_certificate.algorithms_length", "Algorithms Length"),
  compressAlgorithm: u16("tls.compress_certificate.algorithm", "Algorithm", {
    names: { 1: "zlib", 2: "brotli", 3: "zstd" },
  }),
  compressUncompressed: u24("tls.compress_certificate.uncompressed_length", "Uncompressed Length"),
  compressMessageLength: u24("tls.compress_certificate.compressed_certificate_message.length", "Length"),
  compressMessage: bytes(
    "tls.compress_certificate.compressed_certificate_message",
    "Compressed Certificate Message",
  ),
  recordSizeLimit: u16("tls.record_size_limit", "Record Size Limit"),
  certTypesLength: u8("tls.handshake.cert_type.types_len", "Certificate Type List Length"),
  certTypes: none("tls.handshake.cert_type.types", "Certificate Type List"),
  certType: u8("tls.handshake.cert_type.type", "Certificate Type", {
    base: "HEX",
    names: RAW_CERTIFICATE_TYPES,
  }),
  esniSuite: u16("tls.esni.suite", "Cipher Suite", { base: "HEX", names: CIPHER_SUITES }),
  esniDigestLength: u16("tls.esni.record_digest_length", "Record Digest Length"),
  esniDigest: bytes("tls.esni.record_digest", "Record Digest"),
  esniLength: u16("tls.esni.encrypted_sni_length", "Encrypted SNI Length"),
  esni: bytes("tls.esni.encrypted_sni", "Encrypted SNI"),
  sctListLength: u16("tls.sct.scts_length", "Serialized SCT List Length"),
  sctLength: u16("tls.sct.sct_length", "Serialized SCT Length"),
  sctVersion: u8("tls.sct.sct_version", "SCT Version"),
  sctLogId: bytes("tls.sct.sct_logid", "Log ID"),
  sctTimestamp: absTime("tls.sct.sct_timestamp", "Timestamp", { base: "UTC" }),
  sctExtensionsLength: u16("tls.sct.sct_extensions_length", "Extensions length"),
  sctExtensions: none("tls.sct.sct_extensions", "Extensions"),
  sctSignatureLength: u16("tls.sct.sct_signature_length", "Signature Length"),
  sctSignature: bytes("tls.sct.sct_signature", "Signature"),

  // other handshake messages
  ticketLifetime: u32("tls.handshake.session_ticket_lifetime_hint", "Session Ticket Lifetime Hint", {
    unit: [" second", " seconds"],
  }),
  ticketAgeAdd: u32("tls.handshake.session_ticket_age_add", "Session Ticket Age Add"),
  ticketNonceLength: u8("tls.handshake.session_ticket_nonce_length", "Session Ticket Nonce Length"),
  ticketNonce: bytes("tls.handshake.session_ticket_nonce", "Session Ticket Nonce"),
  ticketLength: u16("tls.handshake.session_ticket_length", "Session Ticket Length"),
  ticket: bytes("tls.handshake.session_ticket", "Session Ticket"),
  contextLength: u8("tls.handshake.certificate_request_context_length", "Certificate Request Context Length"),
  context: bytes("tls.handshake.certificate_request_context", "Certificate Request Context"),
  certificatesLength: u24("tls.handshake.certificates_length", "Certificates Length"),
  certificates: none("tls.handshake.certificates", "Certificates"),
  certificateLength: u24("tls.handshake.certificate_length", "Certificate Length"),
  certificate: bytes("tls.handshake.certificate", "Certificate"),
  ocspListLength: u24("tls.handshake.ocsp_response_list_len", "OCSP Response List Length"),
  ocspLength: u24("tls.handshake.ocsp_response_len", "OCSP Response Length"),
  certificateTypesCount: u8("tls.handshake.cert_types_count", "Certificate types count"),
  certificateTypes: none("tls.handshake.cert_types", "Certificate types"),
  certificateType: u8("tls.handshake.cert_type", "Certificate type", { names: CERTIFICATE_TYPES }),
  dnamesLength: u16("tls.handshake.dnames_len", "Distinguished Names Length"),
  dnames: none("tls.handshake.dnames", "Distinguished Names"),
  dnameLength: u16("tls.handshake.dname_len", "Distinguished Name Length"),
  dname: none("tls.handshake.dname", "Distinguished Name"),
  verifyLength: u16("tls.handshake.client_cert_vrfy.sig_len", "Signature length"),
  verifySignature: bytes("tls.handshake.client_cert_vrfy.sig", "Signature"),
  verifyData: none("tls.handshake.verify_data", "Verify Data"),
  md5Hash: none("tls.handshake.md5_hash", "MD5 Hash"),
  shaHash: none("tls.handshake.sha_hash", "SHA-1 Hash"),
  keyUpdate: u8("tls.handshake.key_update.request_update", "Key Update Request", {
    names: { 0: "update_not_requested", 1: "update_requested" },
  }),
  curveType: u8("tls.handshake.server_curve_type", "Curve Type", {
    base: "HEX",
    names: { 1: "explicit_prime", 2: "explicit_char2", 3: "named_curve" },
  }),
  namedCurve: u16("tls.handshake.server_named_curve", "Named Curve", { base: "HEX", names: GROUPS }),
  serverPointLength: u8("tls.handshake.server_point_len", "Pubkey Length"),
  serverPoint: bytes("tls.handshake.server_point", "Pubkey"),
  clientPointLength: u8("tls.handshake.client_point_len", "Pubkey Length"),
  clientPoint: bytes("tls.handshake.client_point", "Pubkey"),
  pLength: u16("tls.handshake.p_len", "p Length"),
  p: bytes("tls.handshake.p", "p"),
  gLength: u16("tls.handshake.g_len", "g Length"),
  g: bytes("tls.handshake.g", "g"),
  ysLength: u16("tls.handshake.ys_len", "Pubkey Length"),
  ys: bytes("tls.handshake.ys", "Pubkey"),
  ycLength: u16("tls.handshake.yc_len", "Pubkey Length"),
  yc: bytes("tls.handshake.yc", "Pubkey"),
  modulusLength: u16("tls.handshake.modulus_len", "Modulus Length"),
  modulus: bytes("tls.handshake.modulus", "Modulus"),
  exponentLength: u16("tls.handshake.exponent_len", "Exponent Length"),
  exponent: bytes("tls.handshake.exponent", "Exponent"),
  signatureLength: u16("tls.handshake.sig_len", "Signature Length"),
  signature: bytes("tls.handshake.sig", "Signature"),
  premasterLength: u16("tls.handshake.epms_len", "Encrypted PreMaster length"),
  premaster: bytes("tls.handshake.epms", "Encrypted PreMaster"),
  hintLength: u16("tls.handshake.hint_len", "Hint Length"),
  hint: bytes("tls.handshake.hint", "Hint"),
  identityLength: u16("tls.handshake.identity_len", "Identity Length"),
  identity: bytes("tls.handshake.identity", "Identity"),
};

const x = {
  ignored: expert("tls.ignored_unknown_record", "warning", "Protocol", "Ignored Unknown Record"),
  resumed: expert(
    "tls.resumed",
    "note",
    "Sequence",
    "This session reuses previously negotiated keys (Session resumption)",
  ),
  recordLengthInvalid: expert(
    "tls.record.length.invalid",
    "error",
    "Protocol",
    "Record fragment length is too small or too large",
  ),
  heartbeatLengthInvalid: expert(
    "tls.heartbeat_message.payload_length.invalid",
    "error",
    "Malformed",
    "Invalid heartbeat payload length",
  ),
};

const PORTS = [
  324, 443, 465, 636, 802, 853, 993, 995, 1300, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684, 5868,
  8883, 11207, 19999, 27017,
];

export const tls = protocol({
  name: "tls",
  title: "Transport Layer Security",
  short: "TLS",
  early: true,
  fields: f,
  experts: x,
  on: [[tcpPorts, ...PORTS]],
  heuristicOn: [tcpHeuristics],
  test: looksLikeTls,
  marks: [
    [MARK_HANDSHAKE, Object.values(f).filter(({ name }) => name.startsWith("tls.handshake."))],
    [MARK_HELLO, Object.values(f).filter(({ name }) => name.startsWith("tls.handshake.extension"))],
  ],
  linked: Object.values(f).filter(({ name }) => !name.startsWith("tls.handshake.")),
  dissect,
});

/** What a port says about the protocol inside. */
const APPLICATIONS: Readonly<Record<number, string>> = {
  443: "Hypertext Transfer Protocol",
  465: "Simple Mail Transfer Protocol",
  636: "Lightweight Directory Access Protocol",
  802: "Modbus/TCP",
  853: "Domain Name System",
  993: "Internet Message Access Protocol",
  995: "Post Office Protocol",
  1300: "Q.931",
  2443: "Skinny Client Control Protocol",
  3389: "TPKT - ISO on TCP - RFC1006",
  5061: "Session Initiation Protocol",
  5671: "Advanced Message Queuing Protocol",
  5684: "Constrained Application Protocol",
  5868: "Diameter Protocol",
  8883: "MQ Telemetry Transport Protocol",
  19999: "Distributed Network Protocol 3.0",
  27017: "Mongo Wire Protocol",
};

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

const SSL2 = 0x0002;
const SSL3 = 0x0300;
const TLS12 = 0x0303;
const TLS13 = 0x0304;
const MAX_RECORD = 16384 + 2048;
/** Longest handshake message that is put together over records; longer ones are taken for encrypted ones. */
const MAX_MESSAGE = 1 << 18;

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const HEARTBEAT = 24;
/** Handshake type, RFC 6066 section 8. */
const CERTIFICATE_STATUS = 22;

// ------------------------------------------------------------------ what is known of a session

/** What the conversation's records told up to some point. */
class Knowledge {
  /** Negotiated version, drafts of TLS 1.3 as TLS 1.3; 0 while not known. */
  version = 0;
  cipher = -1;
  /** Direction of the server's packets, -1 while not known. */
  server = -1;
  /** Bits by direction: a Change Cipher Spec was sent. */
  encrypted = 0;
  /** No Server Hello Done came: the handshake is an abbreviated one. */
  abbreviated = true;
  /** Title of the protocol inside, where the handshake or the protocol outside named it. */
  application: string | null = null;

  clone(): Knowledge {
    const copy = new Knowledge();
    copy.version = this.version;
    copy.cipher = this.cipher;
    copy.server = this.server;
    copy.encrypted = this.encrypted;
    copy.abbreviated = this.abbreviated;
    copy.application = this.application;
    return copy;
  }
}

/** A handshake message whose beginning came in earlier records. */
interface Unfinished {
  readonly length: number;
  readonly pieces: { frame: number; bytes: Uint8Array }[];
  have: number;
}

/** How a record's beginning and end belong to messages that span records; kept for later dissections. */
interface Spanning {
  /** Bytes at the record's beginning that belong to a message begun earlier. */
  readonly head: number;
  /** That message, when this record completes it, else null. */
  readonly complete: {
    readonly bytes: Uint8Array;
    readonly pieces: { frame: number; length: number }[];
  } | null;
  readonly type: number;
}

class Session {
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

const NOTHING_KNOWN = new Knowledge();
/** Changes kept of one conversation; a session that changes more often is no session. */
const MAX_CHANGES = 10_000;
const newSession = (): Session => new Session();

stateClass(() => new Knowledge());
stateClass(newSession, (session) => {
  // To go on, only what was known last is needed.
  const copy = new Session();
  copy.changes.push(...session.changes.slice(-1));
  copy.unfinished.splice(0, 2, ...session.unfinished);
  return copy;
});

// The call at work.
let session: Session | null = null;
let knowledge: Knowledge = NOTHING_KNOWN;
/** What was known before the call. */
let known: Knowledge = NOTHING_KNOWN;
let moment = 0;
let owned = false;

/** The knowledge to write what was learnt into. */
function learning(d: Dissection): Knowledge {
  if (owned) return knowledge;
  owned = true;
  knowledge = knowledge.clone();
  if (session !== null && d.first && session.changes.length < MAX_CHANGES) {
    session.changes.push({ moment, knowledge });
  }
  return knowledge;
}

/**
 * Tells that the present conversation speaks TLS from the next packet on (STARTTLS).
 * @param application title of the protocol inside, or null where the port tells
 */
export function startTls(d: Dissection, application: string | null): void {
  const { conversation } = d;
  if (conversation === null || !d.first) return;
  conversation.app = tls;
  const own = conversation.state(tls, newSession);
  const known = own.before(Number.POSITIVE_INFINITY).clone();
  known.application = application;
  own.changes.push({ moment: d.frame * 256 + 255, knowledge: known });
}

function fromServer(d: Dissection): boolean {
  if (knowledge.server !== -1) return d.direction === knowledge.server;
  const source = tcpPorts.get(d.srcPort) === tls;
  const destination = tcpPorts.get(d.dstPort) === tls;
  return source === destination ? d.srcPort < d.dstPort : source;
}

function validVersion(version: number): boolean {
  return (version >= SSL3 && version <= TLS13) || version === 0x0101 || isDraft(version);
}
function isDraft(version: number): boolean {
  return (version >= 0x7f0e && version <= 0x7fff) || version === 0xfb17 || version === 0xfb1a;
}

/** Name of a version in the Protocol column. */
function shortVersion(version: number): string {
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

// ------------------------------------------------------------------ records

/** The heuristic for other ports: a handshake or data record of a known version and sane length, or an SSL 2 hello. */
function looksLikeTls(d: Dissection): boolean {
  if (d.remaining < 5) return false;
  if (isSsl2ClientHello(d)) return true;
  const type = d.peek8();
  const version = d.peek16(1);
  const length = d.peek16(3);
  if (type !== HANDSHAKE && type !== APPLICATION_DATA) return false;
  return version >= SSL3 && version <= TLS12 && length > 0 && length < MAX_RECORD;
}

/** RFC 5246 appendix E.2: a Client Hello in SSL 2.0 form. */
function isSsl2ClientHello(d: Dissection): boolean {
  if (d.remaining < 5 || (d.peek8() & 0x80) === 0 || d.peek8(2) !== 1) return false;
  const version = d.peek16(3);
  return version === SSL2 || (version >= SSL3 && version <= TLS12);
}

function dissect(d: Dissection): void {
  session = d.conversation !== null && !d.quoted ? d.conversation.state(tls, newSession) : null;
  moment = d.frame * 256 + Math.min(d.chainLength, 255);
  knowledge = session === null ? NOTHING_KNOWN : session.before(moment);
  known = knowledge;
  owned = false;
  if (session !== null && session.serial !== d.serial) {
    session.serial = d.serial;
    session.records = 0;
  }
  if (d.columns) {
    d.setInfo("");
    d.setProtocol(shortVersion(knowledge.version));
  }
  // A message may end with a record of an inner length: nothing above TLS asks the stream for more.
  while (d.pos < d.end) {
    if (isSsl2ClientHello(d)) {
      if (!ssl2Hello(d)) return;
    } else {
      const usual = looksLikeRecord(d);
      if (!usual) dependsOnEarlier(d);
      if (!usual && knowledge.version === 0) {
        if (d.columns) d.addInfo("Continuation Data", ", ");
        d.pos = d.end;
      } else if (!record(d)) return;
    }
  }
}

/** Notes that something of the frame depends on what earlier ones told. */
function dependsOnEarlier(d: Dissection): void {
  if (known !== NOTHING_KNOWN) d.marks |= MARK_LINKED;
}

function looksLikeRecord(d: Dissection): boolean {
  if (d.remaining < 3) return d.canDesegment && CONTENT_TYPES[d.peek8()] !== undefined;
  return CONTENT_TYPES[d.peek8()] !== undefined && validVersion(d.peek16(1));
}

/** One record at the cursor. False when the stream has to give more bytes first. */
function record(d: Dissection): boolean {
  const start = d.pos;
  if (d.wireRemaining < 5 && d.canDesegment) {
    d.wantMore(start, ONE_MORE_SEGMENT);
    return false;
  }
  const type = d.peek8();
  const length = d.peek16(3);
  if (CONTENT_TYPES[type] === undefined) {
    if (d.columns) {
      d.addInfo("Ignored Unknown Record", ", ");
      d.setProtocol(shortVersion(knowledge.version));
    }
    if (d.building) {
      d.text(start, d.end - start, "Ignored Unknown Record");
      d.expert(x.ignored);
    }
    d.pos = d.end;
    return true;
  }
  if (d.wireRemaining < 5 + length && d.canDesegment) {
    d.wantMore(start, 5 + length - d.wireRemaining);
    return false;
  }
  let version = d.peek16(1);
  if (knowledge.version === 0) learnFromRecord(d, type, version);
  if (knowledge.version !== 0) version = knowledge.version;
  if (d.columns) d.setProtocol(shortVersion(version));

  const shown = Math.min(5 + length, d.end - start);
  d.open(f.record, start, shown);
  d.u8(version === TLS13 && type === APPLICATION_DATA ? f.opaqueType : f.contentType);
  d.u16(f.recordVersion);
  d.u16(f.recordLength);
  if (d.building && (length >= MAX_RECORD || (length === 0 && type !== APPLICATION_DATA))) {
    d.expert(x.recordLengthInvalid);
  }
  const { end, wireEnd } = d;
  const next = d.pos + length;
  d.end = Math.min(end, next);
  d.wireEnd = Math.min(wireEnd, next);
  if (session !== null) session.records++;
  const what = recordContents(d, type, length, next);
  if (d.labels) d.relabelParent(`${shortVersion(version)} Record Layer: ${what}`);
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, next);
  d.close();
  return true;
}

/** Messages that carry the version of the session: all handshakes but the Client Hello, Change Cipher Spec. */
function learnFromRecord(d: Dissection, type: number, version: number): void {
  if (d.remaining < 6 || !validVersion(version)) return;
  const first = d.peek8(5);
  const telling =
    (type === HANDSHAKE && first !== 1 && HANDSHAKE_TYPES[first] !== undefined) ||
    (type === CHANGE_CIPHER_SPEC && first === 1);
  if (telling) learning(d).version = isDraft(version) ? TLS13 : version;
}

/** Returns what the record's line says of it. */
function recordContents(d: Dissection, type: number, length: number, end: number): string {
  switch (type) {
    case CHANGE_CIPHER_SPEC:
      return changeCipherSpec(d);
    case ALERT:
      return alert(d, length);
    case HANDSHAKE:
      return handshakes(d, length, end);
    case APPLICATION_DATA:
      return applicationData(d, length);
    case HEARTBEAT:
      return heartbeat(d, length);
    default:
      return "Connection ID";
  }
}

function changeCipherSpec(d: Dissection): string {
  const { direction } = d;
  if (d.columns) d.addInfo("Change Cipher Spec", ", ");
  d.add(f.changeCipherSpec, d.pos, d.remaining, null);
  dependsOnEarlier(d);
  if (knowledge.version !== TLS13) {
    if ((knowledge.encrypted & (1 << direction)) === 0) learning(d).encrypted |= 1 << direction;
    if (d.building && knowledge.abbreviated && fromServer(d)) d.expert(x.resumed);
  }
  return "Change Cipher Spec Protocol: Change Cipher Spec";
}

/** RFC 8446 section 6. */
function alert(d: Dissection, length: number): string {
  if (length !== 2) {
    if (d.columns) d.addInfo("Encrypted Alert", ", ");
    d.add(f.alert, d.pos, d.remaining, null);
    if (d.labels) d.relabel("Alert Message: Encrypted Alert");
    return "Encrypted Alert";
  }
  const start = d.pos;
  const level = d.peek8();
  const description = d.peek8(1);
  const known = LEVELS[level] !== undefined && ALERTS[description] !== undefined;
  const text = known
    ? `Alert (Level: ${LEVELS[level]}, Description: ${ALERTS[description]})`
    : "Encrypted Alert";
  if (d.columns) d.addInfo(text, ", ");
  d.open(f.alert, start, 2);
  if (known) {
    d.u8(f.alertLevel);
    d.u8(f.alertDescription);
  } else if (d.labels) d.relabelParent("Alert Message: Encrypted Alert");
  d.close();
  return text;
}

function applicationData(d: Dissection, length: number): string {
  if (d.columns) d.addInfo("Application Data", ", ");
  if (!d.building) return "";
  const at = d.pos;
  d.bytes(f.appData, Math.min(length, d.remaining));
  const server = fromServer(d);
  const title =
    knowledge.application ??
    APPLICATIONS[server ? d.srcPort : d.dstPort] ??
    APPLICATIONS[server ? d.dstPort : d.srcPort];
  if (title === undefined) return "Application Data Protocol: Application Data";
  d.generated(f.appDataProtocol, at, 0, title);
  return `Application Data Protocol: ${title}`;
}

/** RFC 6520. */
function heartbeat(d: Dissection, length: number): string {
  const start = d.pos;
  const type = d.remaining >= 3 ? (HEARTBEAT_TYPES[d.peek8()] ?? null) : null;
  const payload = type === null ? 0 : d.peek16(1);
  if (type === null || length < 19) {
    if (d.columns) d.addInfo("Encrypted Heartbeat", ", ");
    d.add(f.heartbeat, start, d.remaining, null);
    if (d.labels) d.relabel("Encrypted Heartbeat Message");
    return "Encrypted Heartbeat";
  }
  if (d.columns) d.addInfo(`Heartbeat ${type}`, ", ");
  d.open(f.heartbeat, start, length);
  d.u8(f.heartbeatType);
  d.u16(f.heartbeatLength);
  if (d.building) {
    if (payload > length - 19) d.expert(x.heartbeatLengthInvalid);
    const there = Math.min(payload, d.remaining);
    d.bytes(f.heartbeatPayload, there);
    if (d.labels) d.relabel(`Payload (${there} bytes)`);
    if (d.remaining > 0) {
      const rest = d.remaining;
      d.bytes(f.heartbeatPadding, rest);
      if (d.labels) d.relabel(`Padding and HMAC (${rest} bytes)`);
    }
  }
  d.close();
  return `Heartbeat ${type}`;
}

/** A Client Hello in SSL 2.0 form. False when the stream has to give more bytes first. */
function ssl2Hello(d: Dissection): boolean {
  const start = d.pos;
  const length = d.peek16() & 0x7fff;
  if (d.wireRemaining < 2 + length && d.canDesegment) {
    d.wantMore(start, 2 + length - d.wireRemaining);
    return false;
  }
  if (knowledge.server === -1 || knowledge.server === d.direction) learning(d).server = 1 - d.direction;
  const version = knowledge.version === 0 ? SSL2 : knowledge.version;
  if (d.columns) {
    d.setProtocol(shortVersion(SSL2));
    d.addInfo("Client Hello", ", ");
  }
  d.marks |= MARK_HANDSHAKE;
  const { end, wireEnd } = d;
  const next = start + 2 + length;
  d.end = Math.min(end, next);
  d.wireEnd = Math.min(wireEnd, next);
  if (d.building) {
    d.open(f.record, start, d.end - start);
    if (d.labels) d.relabelParent(`${shortVersion(SSL2)} Record Layer: Client Hello`);
    d.add(f.recordVersion, start, 2, version === SSL2 ? SSL2 : version);
    d.add(f.recordLength, start, 2, length);
    d.pos += 2;
    d.u8(f.ssl2Type);
    d.u16(f.version);
    const specs = d.u16(f.cipherSpecLength);
    const id = d.u16(f.sessionIdLength2);
    const challenge = d.u16(f.challengeLength);
    d.need(specs);
    const count = Math.floor(specs / 3);
    d.open(f.cipherSpecs, d.pos, specs);
    if (d.labels) d.relabelParent(`Cipher Specs (${count} spec${count === 1 ? "" : "s"})`);
    for (let i = 0; i < count; i++) d.uint(f.cipherSpec, 3);
    d.close();
    if (id > 0) d.bytes(f.sessionId, id);
    if (challenge > 0) {
      d.add(f.challenge, d.pos, Math.min(challenge, d.remaining), null);
      d.skip(challenge);
    }
    d.close();
  }
  d.end = end;
  d.wireEnd = wireEnd;
  d.pos = Math.min(end, next);
  return true;
}

// ------------------------------------------------------------------ handshake messages

const KEY_SPANNING = 16;

/** The messages in a handshake record, which may begin or end inside one. Returns the record's description. */
function handshakes(d: Dissection, length: number, end: number): string {
  const { direction } = d;
  const key = KEY_SPANNING + (session === null ? 0 : session.records);
  const pending = session === null || !d.first ? null : session.unfinished[direction];
  if (pending !== null) d.marks |= MARK_LINKED;
  if (pending === null && looksEncrypted(d, length)) {
    if (d.columns) d.addInfo("Encrypted Handshake Message", ", ");
    d.add(f.handshake, d.pos, d.remaining, null);
    if (d.labels) d.relabel("Handshake Protocol: Encrypted Handshake Message");
    return "Handshake Protocol: Encrypted Handshake Message";
  }
  let description = "";
  let count = 0;
  const spanning = d.first
    ? pending === null
      ? undefined
      : continueMessage(d, pending, key)
    : d.recall<Spanning>(tls, key);
  if (spanning !== undefined) {
    const name = messageName(spanning.type);
    const last = spanning.complete !== null;
    description = `${name} (${last ? "last " : ""}fragment)`;
    d.add(f.handshake, d.pos, spanning.head, null);
    if (d.labels) d.relabel(`Handshake Protocol: ${description}`);
    d.pos += spanning.head;
    count++;
    if (spanning.complete === null) {
      if (d.columns) d.addInfo(description, ", ");
      return `Handshake Protocol: ${description}`;
    }
    description = wholeMessage(d, spanning.complete.bytes, spanning.complete.pieces);
  }
  while (d.pos < d.end) {
    const start = d.pos;
    const whole = d.remaining >= 4 ? 4 + d.peek24(1) : 5;
    count++;
    if (start + whole > end) {
      description = `${messageName(d.peek8())} (fragment)`;
      beginMessage(d, end);
      if (d.columns) d.addInfo(description, ", ");
      d.add(f.handshake, start, d.remaining, null);
      if (d.labels) d.relabel(`Handshake Protocol: ${description}`);
      d.pos = d.end;
      break;
    }
    const outer = d.end;
    const outerWire = d.wireEnd;
    d.end = Math.min(outer, start + whole);
    d.wireEnd = Math.min(outerWire, start + whole);
    description = message(d);
    d.end = outer;
    d.wireEnd = outerWire;
    d.pos = Math.min(outer, start + whole);
  }
  if (count === 0) return "Handshake Protocol";
  return `Handshake Protocol: ${count > 1 ? "Multiple Handshake Messages" : description}`;
}

const messageName = (type: number): string => HANDSHAKE_TYPES[type] ?? "Encrypted Handshake Message";

/**
 * True for records that cannot be read: those behind a Change Cipher Spec and those whose first message is none.
 */
function looksEncrypted(d: Dissection, length: number): boolean {
  // Every cipher adds 16 bytes at least; less is in the clear.
  if (length < 16) return d.remaining < 4;
  if (d.remaining < 4) return true;
  if (knowledge.encrypted & (1 << d.direction)) {
    dependsOnEarlier(d);
    return true;
  }
  const type = d.peek8();
  const size = d.peek24(1);
  if (HANDSHAKE_TYPES[type] === undefined || size > MAX_MESSAGE) return true;
  // An explicit nonce of zeros looks like a Hello Request.
  return type === 0 && size === 0 && d.remaining > 4 && d.peek8(4) === 0;
}

/** Keeps the beginning of a message that the next record goes on with. */
function beginMessage(d: Dissection, end: number): void {
  if (session === null || !d.first || d.end < end || d.remaining < 4) return;
  session.unfinished[d.direction] = {
    length: 4 + d.peek24(1),
    pieces: [{ frame: d.frame, bytes: d.buf.slice(d.pos, d.end) }],
    have: d.remaining,
  };
}

/** Takes the record's beginning into the unfinished message. */
function continueMessage(d: Dissection, pending: Unfinished, key: number): Spanning {
  const head = Math.min(d.remaining, pending.length - pending.have);
  pending.pieces.push({ frame: d.frame, bytes: d.buf.slice(d.pos, d.pos + head) });
  pending.have += head;
  const type = pending.pieces[0].bytes[0];
  let spanning: Spanning = { head, complete: null, type };
  if (pending.have === pending.length) {
    const bytes = new Uint8Array(pending.length);
    let at = 0;
    for (const piece of pending.pieces) {
      bytes.set(piece.bytes, at);
      at += piece.bytes.length;
    }
    const pieces = pending.pieces.map((piece) => ({ frame: piece.frame, length: piece.bytes.length }));
    spanning = { head, complete: { bytes, pieces }, type };
    session!.unfinished[d.direction] = null;
  }
  d.remember(tls, key, spanning);
  return spanning;
}

function wholeMessage(
  d: Dissection,
  bytes: Uint8Array,
  pieces: readonly { frame: number; length: number }[],
): string {
  let description = "";
  d.within(`Reassembled TLS Handshake (${bytes.length} bytes)`, bytes, () => {
    if (d.building) {
      d.open(f.fragments, 0, bytes.length);
      if (d.labels) {
        const list = pieces.map((piece) => `#${piece.frame}(${piece.length})`).join(", ");
        d.relabelParent(`${pieces.length} Reassembled Handshake Fragments (${bytes.length} bytes): ${list}`);
      }
      let at = 0;
      for (const piece of pieces) {
        d.add(f.fragment, at, piece.length, piece.frame);
        if (d.labels) {
          d.relabel(`Frame: ${piece.frame}, payload: ${at}-${at + piece.length - 1} (${piece.length} bytes)`);
        }
        at += piece.length;
      }
      d.generated(f.fragmentCount, 0, 0, pieces.length);
      d.close();
    }
    description = message(d);
  });
  return description;
}

/** SHA-256 of "HelloRetryRequest": the random of a Server Hello that is one (RFC 8446 section 4.1.3). */
const RETRY_RANDOM = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

function isRetry(d: Dissection, at: number): boolean {
  return d.buf[at] === 0xcf && d.end - at >= 32 && formatHex(d.buf.subarray(at, at + 32)) === RETRY_RANDOM;
}

/** Handshake messages that have extensions in some version of TLS, or a field named after one. */
const WITH_EXTENSIONS: ReadonlySet<number> = new Set([1, 2, 4, 8, 11, 13, CERTIFICATE_STATUS]);

/** One whole message from the cursor to the layer's end. Returns its name. */
function message(d: Dissection): string {
  const start = d.pos;
  const type = d.peek8();
  const retry = type === 2 && isRetry(d, start + 6);
  const name = retry ? "Hello Retry Request" : messageName(type);
  if (d.columns) d.addInfo(name, ", ");
  d.open(f.handshake, start, d.end - start);
  if (d.labels) d.relabelParent(`Handshake Protocol: ${name}`);
  d.u8(f.handshakeType);
  d.uint(f.handshakeLength, 3);
  d.marks |= MARK_HANDSHAKE;
  if (WITH_EXTENSIONS.has(type)) d.marks |= MARK_HELLO;
  // A server's hello tells all that what follows it in its frame is read with.
  if (type === 2) known = NOTHING_KNOWN;
  else if (type !== 1) dependsOnEarlier(d);
  switch (type) {
    case 1:
      clientHello(d);
      break;
    case 2:
      serverHello(d, retry);
      break;
    case 14:
      if (knowledge.abbreviated) learning(d).abbreviated = false;
      break;
    default:
      // A certificate's status has a layer of its own.
      if (d.building || type === CERTIFICATE_STATUS) otherMessage(d, type);
  }
  d.close();
  return name;
}

function otherMessage(d: Dissection, type: number): void {
  switch (type) {
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

/** RFC 8701: 0x0a0a, 0x1a1a, … 0xfafa. */
const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
const noGrease = (values: readonly number[]): string => values.filter((value) => !isGrease(value)).join("-");

/** RFC 8446 section 4.1.2. */
function clientHello(d: Dissection): void {
  const server = 1 - d.direction;
  if (knowledge.server !== server) learning(d).server = server;
  if (!d.building) return;
  const print = newFingerprint(d.u16(f.version));
  random(d);
  sessionId(d);
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

/** RFC 8446 section 4.1.3. */
function serverHello(d: Dissection, retry: boolean): void {
  if (knowledge.server !== d.direction) learning(d).server = d.direction;
  if (!learnFromServerHello(d)) d.marks |= MARK_LINKED;
  if (d.columns) d.setProtocol(shortVersion(knowledge.version));
  if (!d.building) return;
  const legacy = d.u16(f.version);
  const print = newFingerprint(legacy);
  // The random of TLS 1.3 holds no time.
  if (knowledge.version === TLS13) d.bytes(f.random, 32);
  else random(d);
  if (retry && d.labels) d.append(" (HelloRetryRequest magic)");
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
      at += length;
    }
  }
  if (!validVersion(version)) return false;
  if (isDraft(version)) version = TLS13;
  const k = learning(d);
  k.version = version;
  k.cipher = cipher;
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
  if (knowledge.version >= TLS12) signatureScheme(d);
  d.bytes(f.verifySignature, d.u16(f.verifyLength));
}

function finished(d: Dissection): void {
  if (knowledge.version === SSL3) {
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
  if (knowledge.version === TLS13) {
    d.u32(f.ticketAgeAdd);
    d.bytes(f.ticketNonce, d.u8(f.ticketNonceLength));
  }
  const length = d.u16(f.ticketLength);
  if (length > 0) d.bytes(f.ticket, length);
  if (knowledge.version === TLS13) extensions(d, 4, null);
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
  const tls13 = knowledge.version === TLS13;
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
  if (knowledge.version === TLS13) {
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
  if (knowledge.version === TLS12) signatureSchemes(d);
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
  switch (keyExchange(knowledge.cipher)) {
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
  if (isAnonymous(knowledge.cipher) || d.remaining === 0) return;
  if (knowledge.version === TLS12) signatureScheme(d);
  d.bytes(f.signature, d.u16(f.signatureLength));
}

/** RFC 5246 section 7.4.7, RFC 8422 section 5.7, RFC 4279. */
function clientKeyExchange(d: Dissection): void {
  switch (keyExchange(knowledge.cipher)) {
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
      if (knowledge.version === SSL3) d.bytes(f.premaster, d.remaining);
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
    const length = d.peek16();
    const at = d.pos;
    d.needAt(at, 2 + length);
    d.openText(at, 2 + length, "");
    if (d.labels) {
      const id = formatHex(d.buf.subarray(at + 3, Math.min(at + 35, d.end)));
      d.relabelParent(`Signed Certificate Timestamp (${CT_LOGS[id] ?? "Unknown Log"})`);
    }
    d.u16(f.sctLength);
    d.u8(f.sctVersion);
    d.bytes(f.sctLogId, 32);
    const timestamp = d.peek64();
    d.add(f.sctTimestamp, d.pos, 8, timestamp * 1_000_000n);
    d.pos += 8;
    const extensionLength = d.u16(f.sctExtensionsLength);
    if (extensionLength > 0) {
      d.add(f.sctExtensions, d.pos, extensionLength, null);
      d.skip(extensionLength);
    }
    signatureScheme(d);
    d.bytes(f.sctSignature, d.u16(f.sctSignatureLength));
    d.close();
    d.pos = at + 2 + length;
  }
}

/** In certificates the list is wrapped in one more OCTET STRING (RFC 6962 section 3.3). */
onCertificateExtension("1.3.6.1.4.1.11129.2.4.2", (d, start, end) => {
  if (end - start < 4 || d.buf[start] !== 4) return;
  const header = d.buf[start + 1] < 0x80 ? 2 : 2 + (d.buf[start + 1] & 0x7f);
  const { pos, end: outer, wireEnd } = d;
  d.pos = Math.min(end, start + header);
  d.end = end;
  d.wireEnd = end;
  timestampList(d);
  d.pos = pos;
  d.end = outer;
  d.wireEnd = wireEnd;
});
