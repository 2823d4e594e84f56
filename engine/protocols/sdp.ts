/** Session Description Protocol, RFC 8866, with the attributes of RFC 4566, RFC 4568 (crypto) and RFC 8839 (candidate). */
import { ADDRESS_IPV4, ADDRESS_IPV6 } from "../dissect/address.ts";
import { CONVERSATION_UDP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, type Field, str, u16, u32 } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { parseIpv4, parseIpv6 } from "./address-text.ts";
import { data } from "./data.ts";
import { PAYLOAD_TYPES } from "./names/rtp.ts";
import { rtcp } from "./rtcp.ts";
import { rtp } from "./rtp.ts";
import { callIdField, presentCall } from "./sip-call.ts";

const f = {
  version: str("sdp.version", "Session Description Protocol Version (v)"),
  owner: str("sdp.owner", "Owner/Creator, Session Id (o)"),
  sessionName: str("sdp.session_name", "Session Name (s)"),
  sessionInfo: str("sdp.session_info", "Session Information (i)"),
  uri: str("sdp.uri", "URI of Description (u)"),
  email: str("sdp.email", "E-mail Address (e)"),
  phone: str("sdp.phone", "Phone Number (p)"),
  connection: str("sdp.connection_info", "Connection Information (c)"),
  bandwidth: str("sdp.bandwidth", "Bandwidth Information (b)"),
  timezone: str("sdp.timezone", "Time Zone Adjustments (z)"),
  key: str("sdp.encryption_key", "Encryption Key (k)"),
  sessionAttribute: str("sdp.session_attr", "Session Attribute (a)"),
  mediaAttribute: str("sdp.media_attr", "Media Attribute (a)"),
  time: str("sdp.time", "Time Description, active time (t)"),
  repeatTime: str("sdp.repeat_time", "Repeat Time (r)"),
  media: str("sdp.media", "Media Description, name and address (m)"),
  mediaTitle: str("sdp.media_title", "Media Title (i)"),
  unknown: str("sdp.unknown", "Unknown"),
  invalid: str("sdp.invalid", "Invalid line"),
  ownerName: str("sdp.owner.username", "Owner Username"),
  ownerSession: str("sdp.owner.sessionid", "Session ID"),
  ownerVersion: str("sdp.owner.version", "Session Version"),
  ownerNetwork: str("sdp.owner.network_type", "Owner Network Type"),
  ownerAddressType: str("sdp.owner.address_type", "Owner Address Type"),
  ownerAddress: str("sdp.owner.address", "Owner Address"),
  connectionNetwork: str("sdp.connection_info.network_type", "Connection Network Type"),
  connectionAddressType: str("sdp.connection_info.address_type", "Connection Address Type"),
  connectionAddress: str("sdp.connection_info.address", "Connection Address"),
  connectionTtl: str("sdp.connection_info.ttl", "Connection TTL"),
  connectionCount: str("sdp.connection_info.num_addr", "Connection Number of Addresses"),
  bandwidthModifier: str("sdp.bandwidth.modifier", "Bandwidth Modifier"),
  bandwidthValue: str("sdp.bandwidth.value", "Bandwidth Value"),
  timeStart: str("sdp.time.start", "Session Start Time"),
  timeStop: str("sdp.time.stop", "Session Stop Time"),
  repeatInterval: str("sdp.repeat_time.interval", "Repeat Interval"),
  repeatDuration: str("sdp.repeat_time.duration", "Repeat Duration"),
  repeatOffset: str("sdp.repeat_time.offset", "Repeat Offset"),
  timezoneTime: str("sdp.timezone.time", "Timezone Time"),
  timezoneOffset: str("sdp.timezone.offset", "Timezone Offset"),
  keyType: str("sdp.encryption_key.type", "Key Type"),
  keyData: str("sdp.encryption_key.data", "Key Data"),
  sessionAttributeName: str("sdp.session_attr.field", "Session Attribute Fieldname"),
  sessionAttributeValue: str("sdp.session_attr.value", "Session Attribute Value"),
  mediaType: str("sdp.media.media", "Media Type"),
  mediaPort: u16("sdp.media.port", "Media Port"),
  mediaPortText: str("sdp.media.port_string", "Media Port"),
  mediaPortCount: str("sdp.media.portcount", "Media Port Count"),
  mediaProtocol: str("sdp.media.proto", "Media Protocol"),
  mediaFormat: str("sdp.media.format", "Media Format"),
  attributeName: str("sdp.media_attribute.field", "Media Attribute Fieldname"),
  attributeValue: str("sdp.media_attribute.value", "Media Attribute Value"),
  mimeType: str("sdp.mime.type", "MIME Type"),
  sampleRate: str("sdp.sample_rate", "Sample Rate"),
  parameter: str("sdp.fmtp.parameter", "Media format specific parameters"),
  packetizationMode: u32("sdp.fmtp.h264_packetization_mode", "Packetization mode", {
    names: { 0: "Single NAL mode", 1: "Non-interleaved mode", 2: "Interleaved mode" },
  }),
  cryptoTag: u32("sdp.crypto.tag", "tag"),
  cryptoSuite: str("sdp.crypto.crypto_suite", "Crypto suite"),
  keyAndSalt: bytes("sdp.key_and_salt", "Key and Salt"),
  masterKey: bytes("sdp.crypto.master_key", "Master Key"),
  masterSalt: bytes("sdp.crypto.master_salt", "Master salt"),
  lifetime: str("sdp.crypto.lifetime", "Lifetime"),
  mki: str("sdp.crypto.mki-valu", "mki-value"),
  mkiLength: str("sdp.crypto.mki_length", "mki_length"),
  foundation: str("sdp.ice_candidate.foundation", "Foundation"),
  component: str("sdp.ice_candidate.componentid", "Component ID"),
  transport: str("sdp.ice_candidate.transport", "Transport"),
  priority: str("sdp.ice_candidate.priority", "Priority"),
  candidateAddress: str("sdp.ice_candidate.address", "Connection Address"),
  candidatePort: str("sdp.ice_candidate.port", "Candidate Port"),
  candidateType: str("sdp.ice_candidate.type", "Candidate Type"),
};

const x = {
  noEqual: expert("sdp.invalid_line.no_equal", "note", "Malformed", "Invalid SDP line (no '=' delimiter)"),
  missing: expert(
    "sdp.invalid_line.missing_fields",
    "error",
    "Malformed",
    "Invalid SDP line (missing required fields)",
  ),
};

export const sdp: Protocol = protocol({
  name: "sdp",
  title: "Session Description Protocol",
  short: "SDP",
  fields: f,
  experts: x,
  quiet: true,
  dissect,
});

/** Media and lines of one description that are looked at. */
const MAX_LINES = 2000;
const MAX_MEDIA = 64;

/** An address as a line `c=` has it. */
interface Host {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

class Media {
  host: Host | null;
  port = 0;
  protocol = "";
  /** Payload type → name, of `a=rtpmap`. */
  readonly types = new Map<string, string>();
  constructor(host: Host | null) {
    this.host = host;
  }
}

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setProtocol(`${d.protocolColumn}/SDP`);
  let sessionHost: Host | null = null;
  const media: Media[] = [];
  for (let i = 0; d.pos < d.end && i < MAX_LINES; i++) {
    const { end, next } = lineAt(d);
    const at = d.pos;
    d.pos = next;
    if (end === at) continue;
    const line = decodeText(d.buf, at, end, "utf-8");
    const current = media.at(-1) ?? null;
    if (line[1] !== "=") {
      d.add(f.invalid, at, next - at, line);
      d.expert(x.noEqual);
      continue;
    }
    const value = line.slice(2);
    const valueAt = at + 2;
    const length = next - at;
    switch (line[0]) {
      case "v":
        d.add(f.version, at, length, value);
        break;
      case "o":
        owner(d, at, length, valueAt, value);
        break;
      case "s":
        d.add(f.sessionName, at, length, value);
        break;
      case "i":
        d.add(current === null ? f.sessionInfo : f.mediaTitle, at, length, value);
        break;
      case "u":
        d.add(f.uri, at, length, value);
        break;
      case "e":
        d.add(f.email, at, length, value);
        break;
      case "p":
        d.add(f.phone, at, length, value);
        break;
      case "c": {
        const host = connection(d, at, length, valueAt, value);
        if (current === null) sessionHost = host;
        else current.host = host;
        break;
      }
      case "b":
        bandwidth(d, at, length, valueAt, value);
        break;
      case "t":
        words(d, f.time, at, length, valueAt, value, [f.timeStart, f.timeStop]);
        break;
      case "r":
        words(d, f.repeatTime, at, length, valueAt, value, [
          f.repeatInterval,
          f.repeatDuration,
          ...Array<Field>(20).fill(f.repeatOffset),
        ]);
        break;
      case "z":
        words(
          d,
          f.timezone,
          at,
          length,
          valueAt,
          value,
          Array.from({ length: 40 }, (_, j) => (j % 2 === 0 ? f.timezoneTime : f.timezoneOffset)),
        );
        break;
      case "k":
        encryptionKey(d, at, length, valueAt, value);
        break;
      case "m": {
        const one = new Media(sessionHost);
        mediaLine(d, one, at, length, valueAt, value);
        if (media.length < MAX_MEDIA) media.push(one);
        break;
      }
      case "a":
        if (current === null) sessionAttribute(d, at, length, valueAt, value);
        else mediaAttribute(d, current, at, length, valueAt, value);
        break;
      default:
        d.add(f.unknown, at, length, line);
    }
  }
  if (presentCall.id !== "" && media.length > 0) d.generated(callIdField, start, 0, presentCall.id);
  d.pos = d.end;
  if (d.first && !presentCall.again) for (const one of media) announce(d, one);
}

function lineAt(d: Dissection): { end: number; next: number } {
  const { buf, end: limit } = d;
  let end = d.pos;
  while (end < limit && buf[end] !== 10 && buf[end] !== 13) end++;
  let next = end;
  if (next < limit && buf[next] === 13) next++;
  if (next < limit && buf[next] === 10) next++;
  return { end, next };
}

/** Hands each word of `text` with its place to `use`. */
function eachWord(
  text: string,
  at: number,
  count: number,
  use: (word: string, at: number, i: number) => void,
): void {
  const pattern = /\S+/g;
  for (let i = 0; i < count; i++) {
    const match = pattern.exec(text);
    if (match === null) return;
    use(match[0], at + match.index, i);
  }
}

/** A line of words, each a field. */
function words(
  d: Dissection,
  line: Field,
  at: number,
  length: number,
  valueAt: number,
  value: string,
  members: readonly Field[],
): void {
  if (!d.building) return;
  d.open(line, at, length, value);
  eachWord(value, valueAt, members.length, (word, wordAt, i) => d.add(members[i], wordAt, word.length, word));
  d.close();
}

function owner(d: Dissection, at: number, length: number, valueAt: number, value: string): void {
  words(d, f.owner, at, length, valueAt, value, [
    f.ownerName,
    f.ownerSession,
    f.ownerVersion,
    f.ownerNetwork,
    f.ownerAddressType,
    f.ownerAddress,
  ]);
}

function connection(d: Dissection, at: number, length: number, valueAt: number, value: string): Host | null {
  const [, type = "", target = ""] = value.split(" ");
  const [address, ...more] = target.split("/");
  if (d.building) {
    d.open(f.connection, at, length, value);
    const fields = [f.connectionNetwork, f.connectionAddressType, f.connectionAddress];
    eachWord(value, valueAt, 3, (word, wordAt, i) => {
      if (i < 2) d.add(fields[i], wordAt, word.length, word);
      else {
        d.add(fields[i], wordAt, address.length, address);
        let place = wordAt + address.length + 1;
        more.slice(0, 2).forEach((part, j) => {
          const isCount = j === 1 || type === "IP6";
          d.add(isCount ? f.connectionCount : f.connectionTtl, place, part.length, part);
          place += part.length + 1;
        });
      }
    });
    d.close();
  }
  if (type === "IP4") {
    const bytes = parseIpv4(address);
    return bytes === null ? null : { kind: ADDRESS_IPV4, bytes };
  }
  const bytes = type === "IP6" ? parseIpv6(address) : null;
  return bytes === null ? null : { kind: ADDRESS_IPV6, bytes };
}

const BANDWIDTHS: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  CT: ["Conference Total(total bandwidth of RTP session)", "kb/s"],
  AS: ["Application Specific (RTP session bandwidth)", "kb/s"],
  TIAS: ["Transport Independent Application Specific maximum", "b/s"],
};

function bandwidth(d: Dissection, at: number, length: number, valueAt: number, value: string): void {
  if (!d.building) return;
  d.open(f.bandwidth, at, length, value);
  const colon = value.indexOf(":");
  if (colon > 0) {
    const modifier = value.slice(0, colon);
    const known = Object.hasOwn(BANDWIDTHS, modifier) ? BANDWIDTHS[modifier] : null;
    d.add(f.bandwidthModifier, valueAt, colon, modifier);
    if (known !== null && d.labels) d.append(` [${known[0]}]`);
    d.add(f.bandwidthValue, valueAt + colon + 1, value.length - colon - 1, value.slice(colon + 1));
    if (known !== null && d.labels) d.append(` ${known[1]}`);
  }
  d.close();
}

function encryptionKey(d: Dissection, at: number, length: number, valueAt: number, value: string): void {
  if (!d.building) return;
  d.open(f.key, at, length, value);
  const colon = value.indexOf(":");
  if (colon > 0) {
    d.add(f.keyType, valueAt, colon, value.slice(0, colon));
    d.add(f.keyData, valueAt + colon + 1, value.length - colon - 1, value.slice(colon + 1));
  }
  d.close();
}

function mediaLine(
  d: Dissection,
  media: Media,
  at: number,
  length: number,
  valueAt: number,
  value: string,
): void {
  d.open(f.media, at, length, value);
  let isRtp = false;
  eachWord(value, valueAt, 1000, (word, wordAt, i) => {
    if (i === 0) d.add(f.mediaType, wordAt, word.length, word);
    else if (i === 1) {
      const [port, count] = word.split("/");
      const number = /^\d+$/.test(port) ? Number(port) : -1;
      if (number >= 0 && number <= 0xffff) {
        d.hidden(f.mediaPortText, wordAt, port.length, port);
        d.add(f.mediaPort, wordAt, port.length, number);
        media.port = number;
      } else d.add(f.mediaPortText, wordAt, port.length, port);
      if (count !== undefined) d.add(f.mediaPortCount, wordAt + port.length + 1, count.length, count);
    } else if (i === 2) {
      d.add(f.mediaProtocol, wordAt, word.length, word);
      media.protocol = word;
      isRtp = word === "RTP/AVP";
    } else {
      const name = isRtp || media.protocol.includes("RTP/") ? (PAYLOAD_TYPES[Number(word)] ?? word) : word;
      d.add(f.mediaFormat, wordAt, word.length, name);
    }
  });
  d.close();
}

function sessionAttribute(d: Dissection, at: number, length: number, valueAt: number, value: string): void {
  if (!d.building) return;
  d.open(f.sessionAttribute, at, length, value);
  const colon = value.indexOf(":");
  if (colon >= 0) {
    d.add(f.sessionAttributeName, valueAt, colon, value.slice(0, colon));
    d.add(f.sessionAttributeValue, valueAt + colon + 1, value.length - colon - 1, value.slice(colon + 1));
  }
  d.close();
}

function mediaAttribute(
  d: Dissection,
  media: Media,
  at: number,
  length: number,
  valueAt: number,
  value: string,
): void {
  d.open(f.mediaAttribute, at, length, value);
  const colon = value.indexOf(":");
  if (colon >= 0) {
    const name = value.slice(0, colon);
    d.add(f.attributeName, valueAt, colon, name);
    const rest = value.slice(colon + 1);
    const restAt = valueAt + colon + 1;
    switch (name.toLowerCase()) {
      case "rtpmap":
        rtpMap(d, media, restAt, rest);
        break;
      case "fmtp":
        if (d.building) formatParameters(d, media, restAt, rest);
        break;
      case "candidate":
        if (d.building) candidate(d, restAt, rest);
        break;
      case "crypto":
        if (d.building) crypto(d, restAt, rest);
        break;
      case "path":
        break;
      default:
        d.add(f.attributeValue, restAt, rest.length, rest);
    }
  }
  d.close();
}

function rtpMap(d: Dissection, media: Media, at: number, text: string): void {
  const match = /^ *(\S+) +([^/\s]+)(?:\/([^/\s]+))?/.exec(text);
  if (match === null) return;
  const [, type, name, rate] = match;
  const typeAt = at + text.indexOf(type);
  d.add(f.mediaFormat, typeAt, type.length, type);
  const nameAt = at + text.indexOf(name, type.length);
  d.add(f.mimeType, nameAt, name.length, name);
  if (rate !== undefined) d.add(f.sampleRate, nameAt + name.length + 1, rate.length, rate);
  media.types.set(type, name);
}

function formatParameters(d: Dissection, media: Media, at: number, text: string): void {
  const match = /^ *(\S+)/.exec(text);
  if (match === null) return;
  const type = match[1];
  d.add(f.mediaFormat, at + text.indexOf(type), type.length, type);
  const name = media.types.get(type);
  if (d.labels && name !== undefined) d.append(` [${escapeText(name)}]`);
  let place = match[0].length;
  for (const part of text.slice(place).split(";")) {
    const blanks = part.length - part.trimStart().length;
    const parameter = part.slice(blanks);
    if (parameter !== "") {
      d.open(f.parameter, at + place + blanks, parameter.length, parameter);
      const mode = name === "H264" ? /^packetization-mode=(\d+)/.exec(parameter) : null;
      if (mode !== null) d.generated(f.packetizationMode, at + place + blanks, 0, Number(mode[1]));
      d.close();
    }
    place += part.length + 1;
  }
}

const CANDIDATE_TYPES: Readonly<Record<string, string>> = {
  host: "Host candidate",
  srflx: "Server reflexive candidate",
  prflx: "Peer reflexive candidate",
  relay: "Relayed candidate",
};

/** RFC 8839 section 5.1. */
function candidate(d: Dissection, at: number, text: string): void {
  const fields = [f.foundation, f.component, f.transport, f.priority, f.candidateAddress, f.candidatePort];
  eachWord(text, at, 8, (word, wordAt, i) => {
    if (i < 6) d.add(fields[i], wordAt, word.length, word);
    else if (i === 7) {
      d.add(f.candidateType, wordAt, word.length, word);
      if (d.labels && Object.hasOwn(CANDIDATE_TYPES, word)) d.append(` (${CANDIDATE_TYPES[word]})`);
    }
  });
}

/** Bytes of the master key with its salt, by crypto suite: RFC 4568 section 6.2, RFC 6188, RFC 7714. */
const MASTER_KEYS: Readonly<Record<string, readonly [key: number, salt: number]>> = {
  AES_CM_128_HMAC_SHA1_80: [16, 14],
  AES_CM_128_HMAC_SHA1_32: [16, 14],
  F8_128_HMAC_SHA1_80: [16, 14],
};

/** RFC 4568 section 9.2. */
function crypto(d: Dissection, at: number, text: string): void {
  const match = /^(\d+) +(\S+) +(inline:)([^|\s]+)(?:\|([^|:\s]+))?(?:\|([^|:\s]+):(\S+))?/.exec(text);
  if (match === null) return;
  const [whole, tag, suite, inline, encoded, lifetime, mki, mkiLength] = match;
  d.add(f.cryptoTag, at, tag.length, Number(tag));
  d.add(f.cryptoSuite, at + text.indexOf(suite, tag.length), suite.length, suite);
  const inlineAt = text.indexOf(inline);
  const keyAt = at + inlineAt + inline.length;
  if (d.labels) d.openText(at + inlineAt, whole.length - inlineAt, "Key parameters");
  const sizes = Object.hasOwn(MASTER_KEYS, suite) ? MASTER_KEYS[suite] : null;
  if (sizes !== null) {
    const decoded = new Uint8Array(Buffer.from(encoded, "base64"));
    d.add(f.keyAndSalt, keyAt, encoded.length, d.buf.subarray(keyAt, keyAt + encoded.length));
    if (decoded.length >= sizes[0] + sizes[1]) {
      d.add(f.masterKey, keyAt, encoded.length, decoded.subarray(0, sizes[0]));
      d.add(f.masterSalt, keyAt, encoded.length, decoded.subarray(sizes[0], sizes[0] + sizes[1]));
    }
  }
  if (lifetime !== undefined)
    d.add(f.lifetime, at + text.indexOf(lifetime, inlineAt), lifetime.length, lifetime);
  if (mki !== undefined) {
    d.add(f.mki, at + whole.length - mkiLength.length - 1 - mki.length, mki.length, mki);
    d.add(f.mkiLength, at + whole.length - mkiLength.length, mkiLength.length, mkiLength);
  }
  if (d.labels) d.close();
}

/** The streams that the description sets up: RTP, and RTCP on the next port. */
function announce(d: Dissection, media: Media): void {
  const { host, port } = media;
  if (host === null || port === 0 || host.bytes.every((byte) => byte === 0)) return;
  // A fax in place of the voice that the port was for.
  if (media.protocol.toLowerCase() === "udptl") d.expect(CONVERSATION_UDP, port, data, host);
  if (!media.protocol.startsWith("RTP/")) return;
  const types = [...media.types].map(([type, name]) => `${type}=${name}`).join(" ");
  const secure = media.protocol.startsWith("RTP/SAVP");
  const facts = { frame: d.frame, method: "SDP", call: presentCall.id, types, secure };
  d.expect(CONVERSATION_UDP, port, rtp, host, facts);
  if (port < 0xffff) d.expect(CONVERSATION_UDP, port + 1, rtcp, host, { frame: d.frame, method: "SDP" });
}
