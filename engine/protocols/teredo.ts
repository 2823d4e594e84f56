/** Teredo: tunneling IPv6 over UDP through NATs, RFC 4380. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, ipv4, none, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { ip6 } from "./ipv6.ts";

const f = {
  auth: none("teredo.auth", "Teredo Authentication header"),
  authIdlen: u8("teredo.auth.idlen", "Client identifier length"),
  authAulen: u8("teredo.auth.aulen", "Authentication value length"),
  authId: bytes("teredo.auth.id", "Client identifier"),
  authValue: bytes("teredo.auth.value", "Authentication value"),
  authNonce: bytes("teredo.auth.nonce", "Nonce value"),
  authConf: bytes("teredo.auth.conf", "Confirmation byte"),
  orig: none("teredo.orig", "Teredo Origin Indication header"),
  origPort: u16("teredo.orig.port", "Origin UDP port"),
  origAddr: ipv4("teredo.orig.addr", "Origin IPv4 address"),
};

export const teredo = protocol({
  name: "teredo",
  title: "Teredo IPv6 over UDP tunneling",
  short: "Teredo",
  fields: f,
  on: [[udpPorts, 3544]],
  dissect,
});

const AUTHENTICATION = 1;
const ORIGIN = 0;
const SERVER_PORT = 3544;
const ECHO_REQUEST = "Echo (ping) request";

function dissect(d: Dissection): void {
  if (d.columns) d.setInfo("");
  if (d.peek16() === AUTHENTICATION) addAuthentication(d);
  if (d.remaining >= 2 && d.peek16() === ORIGIN) addOrigin(d);
  if (d.remaining === 0) return;
  const { dstPort } = d;
  d.call(ip6);
  if (!d.columns || dstPort !== SERVER_PORT) return;
  // RFC 4380 section 5.2.9: an echo request through the server tests for a direct path.
  if (d.info.startsWith(ECHO_REQUEST)) {
    d.setProtocol(teredo.short);
    d.setInfo(`Direct IPv6 Connectivity Test${d.info.slice(ECHO_REQUEST.length)}`);
  }
}

function addAuthentication(d: Dissection): void {
  const start = d.pos;
  const idLength = d.peek8(2);
  const valueLength = d.peek8(3);
  d.open(f.auth, start, 13 + idLength + valueLength);
  d.skip(2);
  d.u8(f.authIdlen);
  d.u8(f.authAulen);
  if (idLength > 0) d.bytes(f.authId, idLength);
  if (valueLength > 0) d.bytes(f.authValue, valueLength);
  d.bytes(f.authNonce, 8);
  d.bytes(f.authConf, 1);
  d.close();
}

/** Port and address are sent with all bits turned over. */
function addOrigin(d: Dissection): void {
  d.open(f.orig, d.pos, 8);
  d.skip(2);
  d.add(f.origPort, d.pos, 2, ~d.peek16() & 0xffff);
  d.skip(2);
  d.add(f.origAddr, d.pos, 4, ~d.peek32() >>> 0);
  d.skip(4);
  d.close();
}
