/** Service Location Protocol, version 2 (RFC 2608) and the header of version 1 (RFC 2165). */
import { CONVERSATION_TCP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, bool, expert, type Field, nameOf, str, u8, u16, u24 } from "../dissect/field.ts";
import { addFlags } from "../dissect/flags.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { dissectPdus } from "./tcp-stream.ts";

const FUNCTIONS: Readonly<Record<number, string>> = {
  1: "Service Request",
  2: "Service Reply",
  3: "Service Registration",
  4: "Service Deregister",
  5: "Service Acknowledge",
  6: "Attribute Request",
  7: "Attribute Reply",
  8: "DA Advertisement",
  9: "Service Type Request",
  10: "Service Type Reply",
  11: "SA Advertisement",
};
const ERRORS: Readonly<Record<number, string>> = {
  0: "No Error",
  1: "No data in the requested language",
  2: "The message fails to obey SLP syntax.",
  3: "The SrvReg has problems",
  4: "Scope list not supported",
  5: "Unsupported SLP SPI.",
  6: "URL and ATTR authentication not provided",
  7: "Authentication error",
  9: "Unsupported version number in message header",
  10: "The DA (or SA) is too sick to respond",
  11: "UA or SA SHOULD retry",
  12: "Unknown option from the mandatory range",
  13: "Invalid SrvReg",
  14: "No support for AttrRqst or SrvTypeRqst",
  15: "SrvReg sent too soon",
};
const FITS = ["Message will not fit in datagram", "Message will fit in a datagram"] as const;
const FRESH = ["New Service Registration", "Not a new Service Registration"] as const;

const f = {
  version: u8("srvloc.version", "Version"),
  function: u8("srvloc.function", "Function", { names: FUNCTIONS }),
  length: u24("srvloc.pktlen", "Packet Length"),
  flags1: u8("srvloc.flags_v1", "Flags", { base: "HEX" }),
  overflow1: bool("srvloc.flags_v1.overflow", "Overflow", { mask: 0x80, bits: 8, tf: FITS }),
  monolingual: bool("srvloc.flags_v1.monolingual", "Monolingual", {
    mask: 0x40,
    bits: 8,
    tf: [
      "Only responses in specified language will be accepted",
      "Responses in any language will be accepted",
    ],
  }),
  urlSigned: bool("srvloc.flags_v1.url_auth", "URL Authentication", {
    mask: 0x20,
    bits: 8,
    tf: ["URL Authentication Block is present", "URL Authentication Block is absent"],
  }),
  attributesSigned: bool("srvloc.flags_v1.attribute_auth", "Attribute Authentication", {
    mask: 0x10,
    bits: 8,
    tf: ["Attribute Authentication Block is present", "Attribute Authentication Block is absent"],
  }),
  fresh1: bool("srvloc.flags_v1.fresh", "Fresh Registration", { mask: 0x08, bits: 8, tf: FRESH }),
  dialect: u8("srvloc.dialect", "Dialect"),
  language: str("srvloc.language", "Language"),
  encoding: u16("srvloc.encoding", "Encoding"),
  transaction: u16("srvloc.transaction_id", "Transaction ID"),
  flags: u16("srvloc.flags_v2", "Flags", { base: "HEX" }),
  overflow: bool("srvloc.flags_v2.overflow", "Overflow", { mask: 0x8000, bits: 16, tf: FITS }),
  fresh: bool("srvloc.flags_v2.fresh", "Fresh Registration", { mask: 0x4000, bits: 16, tf: FRESH }),
  multicast: bool("srvloc.flags_v2.reqmulti", "Multicast requested", {
    mask: 0x2000,
    bits: 16,
    tf: ["Multicast (or broadcast) request", "Not multicast or broadcast"],
  }),
  extension: u24("srvloc.nextextoff", "Next Extension Offset"),
  xid: u24("srvloc.xid", "XID"),
  tagLength: u16("srvloc.langtaglen", "Lang Tag Len"),
  tag: str("srvloc.langtag", "Lang Tag"),
  error: u16("srvloc.errv2", "Error Code", { names: ERRORS }),
  urlReserved: u8("srvloc.url.reserved", "Reserved", { base: "HEX" }),
  urlLifetime: u16("srvloc.url.lifetime", "URL lifetime"),
  urlLength: u16("srvloc.url.urllen", "URL Length"),
  url: str("srvloc.url.url", "URL"),
  urlAuths: u8("srvloc.url.numauths", "Num Auths"),
  authDescriptor: u16("srvloc.authblkv2_bsd", "BSD", { base: "HEX" }),
  authLength: u16("srvloc.authblkv2_len", "Length"),
  authTime: absTime("srvloc.authblkv2.timestamp", "Timestamp"),
  authSpiLength: u16("srvloc.authblkv2.slpspilen", "SLP SPI Length"),
  authSpi: str("srvloc.authblkv2.slpspi", "SLP SPI"),
  requestRespondersLength: u16("srvloc.srvreq.prlistlen", "Previous Response List Length"),
  requestResponders: str("srvloc.srvreq.prlist", "Previous Response List"),
  requestTypeLength: u16("srvloc.srvreq.srvtypelen", "Service Type Length"),
  requestType: str("srvloc.srvreq.srvtypelist", "Service Type List"),
  registeredType: str("srvloc.srvreq.srvtype", "Service Type"),
  requestScopesLength: u16("srvloc.srvreq.scopelistlen", "Scope List Length"),
  requestScopes: str("srvloc.srvreq.scopelist", "Scope List"),
  predicateLength: u16("srvloc.srvreq.predicatelen", "Predicate Length"),
  predicate: str("srvloc.srvreq.predicate", "Predicate"),
  requestSpiLength: u16("srvloc.srvreq.slpspilen", "SLP SPI Length"),
  requestSpi: str("srvloc.srvreq.slpspi", "SLP SPI"),
  urlCount: u16("srvloc.srvreq.urlcount", "Number of URLs"),
  attributesLength: u16("srvloc.srvreq.attrlistlen", "Attribute List Length"),
  attributes: str("srvloc.srvreq.attrlist", "Attribute List"),
  attributeAuths: u8("srvloc.srvreq.attrauthcount", "Attr Auths"),
  deregisterScopesLength: u16("srvloc.srvdereq.scopelistlen", "Scope List Length"),
  deregisterScopes: str("srvloc.srvdereq.scopelist", "Scope List"),
  deregisterTagsLength: u16("srvloc.srvdereq.taglistlen", "Tag List Length"),
  deregisterTags: str("srvloc.srvdereq.taglist", "Tag List"),
  askedRespondersLength: u16("srvloc.attrreq.prlistlen", "Previous Response List Length"),
  askedResponders: str("srvloc.attrreq.prlist", "Previous Response List"),
  askedUrlLength: u16("srvloc.attrreq.urllen", "URL Length"),
  askedUrl: str("srvloc.attrreq.url", "Service URL"),
  askedScopesLength: u16("srvloc.attrreq.scopelistlen", "Scope List Length"),
  askedScopes: str("srvloc.attrreq.scopelist", "Scope List"),
  askedTagsLength: u16("srvloc.attrreq.taglistlen", "Tag List Length"),
  askedTags: str("srvloc.attrreq.taglist", "Tag List"),
  askedSpiLength: u16("srvloc.attrreq.slpspilen", "SLP SPI Length"),
  askedSpi: str("srvloc.attrreq.slpspi", "SLP SPI"),
  repliedLength: u16("srvloc.attrrply.attrlistlen", "Attribute List Length"),
  replied: str("srvloc.attrrply.attrlist", "Attribute List"),
  directoryTime: absTime("srvloc.daadvert.timestamp", "DAADVERT Timestamp"),
  directoryUrlLength: u16("srvloc.daadvert.urllen", "URL Length"),
  directoryUrl: str("srvloc.daadvert.url", "URL"),
  directoryScopesLength: u16("srvloc.daadvert.scopelistlen", "Scope List Length"),
  directoryScopes: str("srvloc.daadvert.scopelist", "Scope List"),
  directoryAttributesLength: u16("srvloc.daadvert.attrlistlen", "Attribute List Length"),
  directoryAttributes: str("srvloc.daadvert.attrlist", "Attribute List"),
  directorySpiLength: u16("srvloc.daadvert.slpspilen", "SLP SPI Length"),
  directorySpi: str("srvloc.daadvert.slpspi", "SLP SPI"),
  directoryAuths: u8("srvloc.daadvert.authcount", "Auths"),
  typesRespondersLength: u16("srvloc.srvtypereq.prlistlen", "Previous Response List Length"),
  typesResponders: str("srvloc.srvtypereq.prlist", "Previous Response List"),
  authorityLength: u16("srvloc.srvtypereq.nameauthlistlen", "Naming Authority List Length"),
  authority: str("srvloc.srvtypereq.nameauthlist", "Naming Authority List"),
  typesScopesLength: u16("srvloc.srvtypereq.scopelistlen", "Scope List Length"),
  typesScopes: str("srvloc.srvtypereq.scopelist", "Scope List"),
  typesLength: u16("srvloc.srvtypereq.srvtypelistlen", "Service Type List Length"),
  types: str("srvloc.srvtyperply.srvtypelist", "Service Type List"),
  agentUrlLength: u16("srvloc.saadvert.urllen", "URL Length"),
  agentUrl: str("srvloc.saadvert.url", "URL"),
  agentScopesLength: u16("srvloc.saadvert.scopelistlen", "Scope List Length"),
  agentScopes: str("srvloc.saadvert.scopelist", "Scope List"),
  agentAttributesLength: u16("srvloc.saadvert.attrlistlen", "Attribute List Length"),
  agentAttributes: str("srvloc.saadvert.attrlist", "Attribute List"),
  agentAuths: u8("srvloc.saadvert.authcount", "Auths"),
  item: str("srvloc.item", "Item"),
};

const x = {
  error: expert("srvloc.errv2.expert", "note", "Response", "Error"),
  function: expert("srvloc.function.unknown", "warning", "Protocol", "Unknown Function Type"),
};

export const srvloc = protocol({
  name: "srvloc",
  title: "Service Location Protocol",
  short: "SRVLOC",
  fields: f,
  experts: x,
  on: [
    [udpPorts, 427],
    [tcpPorts, 427],
  ],
  contained: true,
  dissect,
});

const LENGTH_END = 5;
const ALL_AUTHORITIES = 0xffff;

function dissect(d: Dissection): void {
  if (d.conversation?.kind !== CONVERSATION_TCP) {
    dissectMessage(d);
    return;
  }
  dissectPdus(d, LENGTH_END, lengthOf, dissectMessage);
}

const lengthOf = (d: Dissection): number => (d.peek8() < 2 ? d.peek16(2) : (d.peek8(2) << 16) | d.peek16(3));

function dissectMessage(d: Dissection): void {
  const version = d.u8(f.version);
  const type = d.u8(f.function);
  if (version < 2) dissectVersion1(d, type);
  else dissectVersion2(d, type);
}

const functionName = (type: number): string => FUNCTIONS[type] ?? `Unknown Function (${type})`;

const FLAGS_1 = [f.overflow1, f.monolingual, f.urlSigned, f.attributesSigned, f.fresh1];

/** RFC 2165 section 15: the header; what follows is left as it is. */
function dissectVersion1(d: Dissection, type: number): void {
  d.add(f.length, d.pos, 2, d.peek16());
  d.skip(2);
  addFlags(d, f.flags1, 1, FLAGS_1);
  d.u8(f.dialect);
  d.str(f.language, 2);
  d.u16(f.encoding);
  const transaction = d.u16(f.transaction);
  if (d.columns) d.setInfo(`${functionName(type)}, V1 Transaction ID - ${transaction}`);
  if (d.remaining > 0) d.call(data);
}

const FLAGS = [f.overflow, f.fresh, f.multicast];

/** RFC 2608 section 8. */
function dissectVersion2(d: Dissection, type: number): void {
  d.u24(f.length);
  addFlags(d, f.flags, 2, FLAGS);
  d.u24(f.extension);
  const xid = d.peek16();
  d.add(f.xid, d.pos, 2, xid);
  d.skip(2);
  if (d.columns) d.setInfo(`${functionName(type)}, V2 XID - ${xid}`);
  addText(d, f.tagLength, f.tag);
  switch (type) {
    case 1:
      addText(d, f.requestRespondersLength, f.requestResponders);
      addText(d, f.requestTypeLength, f.requestType);
      addText(d, f.requestScopesLength, f.requestScopes);
      addText(d, f.predicateLength, f.predicate);
      addText(d, f.requestSpiLength, f.requestSpi);
      return;
    case 2: {
      addError(d);
      const count = d.u16(f.urlCount);
      for (let i = 0; i < count; i++) addUrl(d);
      return;
    }
    case 3:
      addUrl(d);
      addText(d, f.requestTypeLength, f.registeredType);
      addText(d, f.requestScopesLength, f.requestScopes);
      addAttributes(d, f.attributesLength, f.attributes);
      addAuths(d, f.attributeAuths);
      return;
    case 4:
      addText(d, f.deregisterScopesLength, f.deregisterScopes);
      addUrl(d);
      addText(d, f.deregisterTagsLength, f.deregisterTags);
      return;
    case 5:
      addError(d);
      return;
    case 6:
      addText(d, f.askedRespondersLength, f.askedResponders);
      addText(d, f.askedUrlLength, f.askedUrl);
      addText(d, f.askedScopesLength, f.askedScopes);
      addText(d, f.askedTagsLength, f.askedTags);
      addText(d, f.askedSpiLength, f.askedSpi);
      return;
    case 7:
      addError(d);
      addAttributes(d, f.repliedLength, f.replied);
      addAuths(d, f.attributeAuths);
      return;
    case 8:
      addError(d);
      addTime(d, f.directoryTime);
      addText(d, f.directoryUrlLength, f.directoryUrl);
      addText(d, f.directoryScopesLength, f.directoryScopes);
      addText(d, f.directoryAttributesLength, f.directoryAttributes);
      addText(d, f.directorySpiLength, f.directorySpi);
      addAuths(d, f.directoryAuths);
      return;
    case 9:
      addText(d, f.typesRespondersLength, f.typesResponders);
      addAuthority(d);
      addText(d, f.typesScopesLength, f.typesScopes);
      return;
    case 10:
      addError(d);
      addText(d, f.typesLength, f.types);
      return;
    case 11:
      addText(d, f.agentUrlLength, f.agentUrl);
      addText(d, f.agentScopesLength, f.agentScopes);
      addText(d, f.agentAttributesLength, f.agentAttributes);
      addAuths(d, f.agentAuths);
      return;
    default:
      d.text(d.pos, d.remaining, `Unknown Function Type: ${type}`);
      d.expert(x.function, `Unknown Function Type: ${type}`);
      d.pos = d.end;
  }
}

/** A text and its length before it. */
function addText(d: Dissection, lengthField: Field, field: Field): void {
  const length = d.u16(lengthField);
  if (length > 0) d.str(field, length);
}

function addTime(d: Dissection, field: Field): void {
  d.add(field, d.pos, 4, BigInt(d.peek32()) * 1_000_000_000n);
  d.skip(4);
}

function addError(d: Dissection): void {
  const code = d.u16(f.error);
  if (code === 0) return;
  const name = nameOf(ERRORS, code) ?? `Unknown SRVLOC Error (0x${code.toString(16).padStart(2, "0")})`;
  d.expert(x.error, `Error: ${name}`);
}

/** RFC 2608 section 4.3. */
function addUrl(d: Dissection): void {
  d.u8(f.urlReserved);
  d.u16(f.urlLifetime);
  addText(d, f.urlLength, f.url);
  addAuths(d, f.urlAuths);
}

/** RFC 2608 section 9.2. */
function addAuths(d: Dissection, field: Field): void {
  const count = d.u8(field);
  for (let i = 0; i < count; i++) {
    const start = d.pos;
    d.u16(f.authDescriptor);
    const length = d.u16(f.authLength);
    addTime(d, f.authTime);
    addText(d, f.authSpiLength, f.authSpi);
    d.needAt(start, length);
    d.pos = Math.max(d.pos, start + length);
  }
}

function addAuthority(d: Dissection): void {
  if (d.peek16() !== ALL_AUTHORITIES) {
    addText(d, f.authorityLength, f.authority);
    return;
  }
  d.u16(f.authorityLength);
  if (d.labels) d.relabel(`${f.authorityLength.title} (All Naming Authorities): ${ALL_AUTHORITIES}`);
}

/** RFC 2608 section 5: a list, with a line for each of its items. */
function addAttributes(d: Dissection, lengthField: Field, field: Field): void {
  const length = d.u16(lengthField);
  if (length === 0) return;
  const at = d.pos;
  const list = d.str(field, length, "utf-8", true);
  if (!d.building) return;
  const parent = d.parent;
  const line = d.last;
  d.resume(line);
  let from = 0;
  let depth = 0;
  let number = 1;
  for (let i = 0; i <= list.length; i++) {
    if (list[i] === "(") depth++;
    else if (list[i] === ")") depth--;
    if (i < list.length && (list[i] !== "," || depth > 0)) continue;
    if (i > from) {
      const item = list.slice(from, i);
      d.add(f.item, at + from, i - from, item);
      if (d.labels) d.relabel(`Item ${number}: ${item}`);
      number++;
    }
    from = i + 1;
  }
  d.resume(parent);
}
