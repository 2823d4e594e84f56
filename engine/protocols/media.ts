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
  "text/x-js",
  "application/javascript",
  "application/x-javascript",
  "application/x-tia-p25-issi",
  "application/x-tia-p25-sndcp",
  "application/pgp-signature",
  "application/mbms-envelope+xml",
]);

/** Names of protocols for other media types, looked up when they are met. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "application/json": "json",
  "application/json-rpc": "json",
  "application/jsonrequest": "json",
  "application/senml+json": "json",
  "application/ocsp-response": "ocsp",
  "application/x-x509-ca-cert": "x509af",
  "application/pkix-cert": "x509af",
  "application/sdp": "sdp",
  "text/xml": "xml",
  "application/xml": "xml",
  "application/soap+xml": "xml",
  "image/svg+xml": "xml",
  "image/jpeg": "image-jfif",
  "image/jpg": "image-jfif",
  "image/png": "png",
  "image/gif": "image-gif",
};

const LEAVES: ReadonlySet<Protocol> = new Set([data, media, textLines, urlencodedForm]);

/** The protocol for a media type (lower case, without parameters); `data` for none. */
export function mediaProtocol(type: string): Protocol {
  if (type === "") return data;
  if (type === "application/x-www-form-urlencoded") return urlencodedForm;
  if (TEXT_TYPES.has(type)) return textLines;
  const name = PROTOCOLS[type];
  return (name === undefined ? undefined : protocolNamed(name)) ?? media;
}

/** True when further steps of the protocol chain follow from the contents of such a body. */
export const hasProtocolsWithin = (type: string): boolean => !LEAVES.has(mediaProtocol(type.toLowerCase()));

/**
 * Hands the bytes from `d.pos` to `d.end`, or `body`, to the protocol of their media type.
 * @param type as it was sent, without parameters
 * @param body decoded contents that are not in the packet as they are, with the name of their byte source
 */
export function callMedia(
  d: Dissection,
  type: string,
  body: { name: string; bytes: Uint8Array } | null,
): void {
  const outer = mediaType;
  mediaType = type;
  const target = mediaProtocol(type.toLowerCase());
  if (body === null) d.call(target);
  else d.callOn(target, body.name, body.bytes);
  mediaType = outer;
}

/** Media type of the body being dissected, as it was sent; empty outside of one. */
export const presentMediaType = (): string => mediaType;
