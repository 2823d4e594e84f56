/**
 * What messages carry, by media type (RFC 2046): text by its lines, forms, and everything else as it is.
 * The caller tells the media type through `callMedia`.
 */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, str } from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { data } from "./data.ts";

const m = { type: bytes("media.type", "Media type") };
const u = {
  key: str("urlencoded-form.key", "Key"),
  value: str("urlencoded-form.value", "Value"),
};

/** The media type of the body at work, as it was sent, without parameters. */
let mediaType = "";
let mediaParameters = "";
/** True when text turned out to be XML. */
let toldAsXml = false;

/** A body of a type that has no protocol of its own. */
export const media = protocol({
  name: "media",
  title: "Media Type",
  short: "Media",
  fields: m,
  quiet: true,
  dissect: (d) => {
    const size = d.remaining;
    if (d.building) {
      d.add(m.type, d.pos, size, d.buf.subarray(d.pos, d.end));
      if (d.labels) d.relabel(`Media type: ${mediaType} (${size} byte${size === 1 ? "" : "s"})`);
    }
    d.pos = d.end;
  },
});

/** Most lines shown of one text. */
const MAX_LINES = 10_000;

export const textLines = protocol({
  name: "data-text-lines",
  title: "Line-based text data",
  short: "Line-based text data",
  quiet: true,
  dissect: (d) => {
    const xml = isXml(d) ? protocolNamed("xml") : undefined;
    if (xml !== undefined) {
      d.unlist();
      d.call(xml);
      toldAsXml = true;
      d.pos = d.end;
      return;
    }
    if (d.labels) {
      let count = 0;
      while (d.pos < d.end) {
        const feed = d.buf.indexOf(10, d.pos);
        const next = feed === -1 || feed >= d.end ? d.end : feed + 1;
        if (count < MAX_LINES) {
          const line = decodeText(d.buf, d.pos, next, "utf-8");
          d.text(d.pos, next - d.pos, escapeText(line.length > 240 ? line.slice(0, 240) : line));
        }
        count++;
        d.pos = next;
      }
      d.relabelLayer(`Line-based text data: ${mediaType} (${count} lines)`);
    }
    d.pos = d.end;
  },
});

const XML_BEGIN = "<?xml";
/** Length of the shortest usual declaration, behind which XML may begin. */
const XML_DECLARATION = 38;

/** XML that is sent as some text: it has a declaration, and more. */
function isXml(d: Dissection): boolean {
  if (d.remaining <= XML_DECLARATION) return false;
  return decodeText(d.buf, d.pos, d.pos + XML_BEGIN.length, "ascii").toLowerCase() === XML_BEGIN;
}

const MAX_ITEMS = 5000;

/** application/x-www-form-urlencoded, https://url.spec.whatwg.org/#urlencoded-parsing */
export const urlencodedForm = protocol({
  name: "urlencoded-form",
  title: "HTML Form URL Encoded",
  short: "URL Encoded Form Data",
  fields: u,
  quiet: true,
  dissect: (d) => {
    if (d.labels) d.relabelLayer(`HTML Form URL Encoded: ${mediaType}`);
    for (let i = 0; d.building && d.pos < d.end && i < MAX_ITEMS; i++) formItem(d);
    d.pos = d.end;
  },
});

function formItem(d: Dissection): void {
  const start = d.pos;
  let end = d.buf.indexOf(0x26, start);
  if (end === -1 || end > d.end) end = d.end;
  let equals = d.buf.indexOf(0x3d, start);
  if (equals === -1 || equals > end) equals = end;
  const key = unescapeForm(decodeText(d.buf, start, equals, "utf-8"));
  const value = unescapeForm(decodeText(d.buf, Math.min(equals + 1, end), end, "utf-8"));
  d.openText(start, end - start, `Form item: "${escapeText(key)}" = "${escapeText(value)}"`);
  d.add(u.key, start, equals - start, key);
  d.add(u.value, Math.min(equals + 1, end), Math.max(0, end - equals - 1), value);
  d.close();
  d.pos = Math.min(end + 1, d.end);
}

/** `%41` and `+`. */
function unescapeForm(text: string): string {
  if (!/[%+]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  const bytes: number[] = [];
  for (const byte of Buffer.from(spaced, "utf8")) bytes.push(byte);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes[i] === 0x25 ? Number.parseInt(String.fromCharCode(bytes[i + 1], bytes[i + 2]), 16) : -1;
    if (hex >= 0 && i + 2 < bytes.length) {
      out.push(hex);
      i += 2;
    } else out.push(bytes[i]);
  }
  return Buffer.from(out).toString("utf8");
}

const TEXT_TYPES = new Set([
  "text/plain",
  "text/html",
  "text/richtext",
  "text/enriched",
  "text/parameters",
  "text/css",
  "text/javascript",
  "application/x-javascript",
  "application/x-ns-proxy-autoconfig",
  "application/x-tia-p25-issi",
  "application/x-tia-p25-sndcp",
  "application/xml-external-parsed-entity",
]);

/** Media types by the protocol that reads them; protocols are looked up when they are met. */
const TYPES: Readonly<Record<string, string>> = {
  data: "application/octet-stream",
  json:
    "application/json application/json-rpc application/jsonrequest application/dds-web+json " +
    "application/senml+json application/problem+json application/merge-patch+json application/json-patch+json " +
    "application/vnd.oma.lwm2m+json application/x-ndjson",
  ocsp: "application/ocsp-request application/ocsp-response",
  x509af: "application/pkix-crl",
  "pkix-cert": "application/pkix-cert",
  sdp: "application/sdp",
  dns: "application/dns-message",
  "image-jfif": "image/jpeg image/jpg",
  png: "image/png",
  "image-gif": "image/gif",
  xml:
    "text/xml application/xml application/xml-dtd application/soap+xml application/rss+xml application/atom+xml " +
    "application/smil image/svg+xml application/mathml+xml application/rdf+xml application/cpl+xml " +
    "application/3gpp-ims+xml application/auth-policy+xml application/conference-info+xml " +
    "application/cpim-pidf+xml application/im-iscomposing+xml application/load-control+xml " +
    "application/media_control+xml application/note+xml application/pidf+xml application/pidf-diff+xml " +
    "application/poc-settings+xml application/reginfo+xml application/resource-lists+xml " +
    "application/rlmi+xml application/rls-services+xml application/simple-filter+xml " +
    "application/simservs+xml application/watcherinfo+xml application/xcap-att+xml application/xcap-caps+xml " +
    "application/xcap-diff+xml application/xcap-el+xml application/xcap-error+xml application/xcap-ns+xml " +
    "application/vnd.3gpp.comm-div-info+xml application/vnd.3gpp.cw+xml " +
    "application/vnd.3gpp.mcptt-info+xml application/vnd.3gpp.mid-call+xml application/vnd.3gpp-prose+xml " +
    "application/vnd.3gpp.srvcc-info+xml application/vnd.3gpp.state-and-event-info+xml " +
    "application/vnd.3gpp.ussd+xml application/vnd.etsi.aoc+xml application/vnd.etsi.cug+xml " +
    "application/vnd.etsi.mcid+xml application/vnd.etsi.pstn+xml application/vnd.etsi.tsl+xml " +
    "application/vnd.oma.poc.groups+xml application/vnd.oma.suppnot+xml " +
    "application/vnd.oma.xcap-directory+xml application/vnd.wv.csp+xml application/vnd.wv.csp.xml " +
    "application/x-crd+xml application/x-wms-logconnectstats text/vnd.wap.co text/vnd.wap.emn " +
    "text/vnd.wap.si text/vnd.wap.sl text/vnd.wap.wml",
};

/** Name of the protocol by media type. */
const PROTOCOLS: ReadonlyMap<string, string> = new Map(
  Object.entries(TYPES).flatMap(([name, types]) => types.split(" ").map((type) => [type, name] as const)),
);

const LEAVES: ReadonlySet<string> = new Set(["data", "media", "urlencoded-form", "xml"]);
/** Protocols of bodies whose media type the info column leaves out. */
const UNTOLD: ReadonlySet<string> = new Set(["data", "xml", "mime_multipart", "sdp", "ocsp"]);

/** The protocol for a media type (lower case, without parameters); `data` for none. */
export function mediaProtocol(type: string): Protocol {
  if (type === "") return data;
  if (type === "application/x-www-form-urlencoded") return urlencodedForm;
  if (TEXT_TYPES.has(type)) return textLines;
  const name = type.startsWith("multipart/") ? "mime_multipart" : PROTOCOLS.get(type);
  return (name === undefined ? undefined : protocolNamed(name)) ?? media;
}

/** True when further steps of the protocol chain follow from the contents of such a body. */
export const hasProtocolsWithin = (type: string): boolean =>
  !LEAVES.has(mediaProtocol(type.toLowerCase()).name);

/**
 * Hands the bytes from `d.pos` to `d.end`, or `body`, to the protocol of their media type.
 * @param type as it was sent, without parameters
 * @param body decoded contents that are not in the packet as they are, with the name of their byte source
 * @param parameters what follows the type in its header, from the first semicolon on
 */
export function callMedia(
  d: Dissection,
  type: string,
  body: { name: string; bytes: Uint8Array } | null,
  parameters = "",
): void {
  const outer = mediaType;
  const outerParameters = mediaParameters;
  mediaType = type;
  mediaParameters = parameters;
  toldAsXml = false;
  const target = mediaProtocol(type.toLowerCase());
  if (body === null) d.call(target);
  else d.callOn(target, body.name, body.bytes);
  mediaType = outer;
  mediaParameters = outerParameters;
}

/** What the info column says of a body's media type, once `callMedia` has dissected it. */
export function infoOfMedia(type: string): string {
  if (type === "" || toldAsXml || UNTOLD.has(mediaProtocol(type.toLowerCase()).name)) return "";
  return ` (${TYPE_TITLES[type.toLowerCase()] ?? escapeText(type)})`;
}

/** What the info column says of media types that are known by another name. */
const TYPE_TITLES: Readonly<Record<string, string | undefined>> = {
  "image/jpeg": "JPEG JFIF image",
  "image/jpg": "JPEG JFIF image",
  "image/png": "PNG",
};

/** A parameter of the media type (RFC 2045 section 5.1), by its lower-case name; empty when it has none such. */
export function mediaParameter(name: string): string {
  const pattern = /;\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s;]*))/g;
  for (const [, key, quoted, plain] of mediaParameters.matchAll(pattern)) {
    if (key.toLowerCase() === name) return quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
  }
  return "";
}

/** Media type of the body being dissected, as it was sent; empty outside of one. */
export const presentMediaType = (): string => mediaType;
