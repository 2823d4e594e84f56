/** PPP's password authentication (RFC 1334) and challenge handshake authentication (RFC 1994). */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, none, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { pppProtocols } from "../dissect/tables.ts";
import { escapeText, formatHex } from "../dissect/text.ts";

const PAP_CODES: Readonly<Record<number, string>> = {
  1: "Authenticate-Request",
  2: "Authenticate-Ack",
  3: "Authenticate-Nak",
};
const p = {
  code: u8("pap.code", "Code", { names: PAP_CODES }),
  identifier: u8("pap.identifier", "Identifier"),
  length: u16("pap.length", "Length"),
  data: none("pap.data", "Data"),
  peerLength: u8("pap.peer_id.length", "Peer-ID-Length"),
  peer: str("pap.peer_id", "Peer-ID"),
  passwordLength: u8("pap.password.length", "Password-Length"),
  password: str("pap.password", "Password"),
  messageLength: u8("pap.message.length", "Message-Length"),
  message: str("pap.message", "Message"),
};

export const pap = protocol({
  name: "pap",
  title: "PPP Password Authentication Protocol",
  short: "PPP PAP",
  fields: p,
  on: [[pppProtocols, 0xc023]],
  dissect: dissectPap,
});

const CHAP_CODES: Readonly<Record<number, string>> = {
  1: "Challenge",
  2: "Response",
  3: "Success",
  4: "Failure",
};
const c = {
  code: u8("chap.code", "Code", { names: CHAP_CODES }),
  identifier: u8("chap.identifier", "Identifier"),
  length: u16("chap.length", "Length"),
  data: none("chap.data", "Data"),
  valueSize: u8("chap.value_size", "Value Size"),
  value: bytes("chap.value", "Value"),
  name: str("chap.name", "Name"),
  message: str("chap.message", "Message"),
};

export const chap = protocol({
  name: "chap",
  title: "PPP Challenge Handshake Authentication Protocol",
  short: "PPP CHAP",
  fields: c,
  on: [[pppProtocols, 0xc223]],
  dissect: dissectChap,
});

const HEADER = 4;
const REQUEST = 1;
const CHALLENGE = 1;
const RESPONSE = 2;
const LAST_CODE = 4;

function dissectPap(d: Dissection): void {
  const code = d.u8(p.code);
  if (d.columns) d.setInfo(PAP_CODES[code] ?? "Unknown");
  d.u8(p.identifier);
  const length = d.u16(p.length);
  if (length <= HEADER) return;
  d.limit(length - HEADER);
  d.open(p.data, d.pos, d.remaining);
  if (code === REQUEST) {
    const peer = escapeText(d.str(p.peer, d.u8(p.peerLength)));
    const password = escapeText(d.str(p.password, d.u8(p.passwordLength)));
    if (d.columns) d.addInfo(` (Peer-ID='${peer}', Password='${password}')`);
  } else if (PAP_CODES[code] !== undefined) {
    const message = escapeText(d.str(p.message, d.u8(p.messageLength)));
    if (d.columns) d.addInfo(` (Message='${message}')`);
  }
  if (d.labels) d.close();
}

function dissectChap(d: Dissection): void {
  const code = d.u8(c.code);
  if (d.columns) d.setInfo(CHAP_CODES[code] ?? "Unknown");
  d.u8(c.identifier);
  const length = d.u16(c.length);
  if (length <= HEADER) return;
  d.limit(length - HEADER);
  if (code === CHALLENGE || code === RESPONSE) {
    d.open(c.data, d.pos, d.remaining);
    const size = d.u8(c.valueSize);
    d.bytes(c.value, size);
    const value = d.columns ? formatHex(d.buf.subarray(d.pos - size, d.pos)) : "";
    const name = d.remaining > 0 ? escapeText(d.str(c.name, d.remaining)) : "";
    if (d.columns) d.addInfo(` (NAME='${name}', VALUE=0x${value})`);
    if (d.labels) d.close();
  } else if (code <= LAST_CODE && d.remaining > 0) {
    const message = escapeText(d.str(c.message, d.remaining));
    if (d.columns) d.addInfo(` (MESSAGE='${message}')`);
  }
}
