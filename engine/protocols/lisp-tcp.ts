/** Reliable transport of LISP messages over TCP: draft-ietf-lisp-map-server-reliable-transport-00. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, bytes, ether, expert, ipv4, ipv6, SET_NOTSET, strz, u8, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { tcpPorts } from "../dissect/tables.ts";
import { addAddress, addMapping, dissectRegister } from "./lisp.ts";
import { ADDRESS_FAMILIES } from "./names/address-family.ts";
import { dissectPdus } from "./tcp-stream.ts";

const MESSAGE_TYPE_NAMES: Readonly<Record<number, string>> = {
  16: "Error Notification",
  17: "Registration",
  18: "Registration ACK",
  19: "Registration NACK",
  20: "Registration Refresh",
  21: "Mapping Notification",
  22: "RLOC Membership Subscribe",
  23: "RLOC Membership Subscribe ACK",
  24: "RLOC Membership Subscribe NACK",
  25: "RLOC Membership Unsubscribe",
  26: "RLOC Membership Element Add",
  27: "RLOC Membership Element Remove",
  28: "RLOC Membership Refresh Request",
  29: "RLOC Membership Refresh Begin",
  30: "RLOC Membership Refresh End",
};
const MESSAGE_REGISTRATION_REJECT_REASON_NAMES: Readonly<Record<number, string>> = {
  1: "Not a valid site EID prefix",
  2: "Authentication failure",
  3: "Locator set not allowed",
  4: "Reason not defined",
};
const MESSAGE_REGISTRATION_REFRESH_SCOPE_NAMES: Readonly<Record<number, string>> = {
  0: "All prefixes under all address families under all EID instances",
  1: "All prefixes under all address families under a single EID instance",
  2: "All prefixes under a single address family under a single EID instance",
  3: "All prefixes covered by a specific EID prefix in a single EID instance",
  4: "A specific EID prefix in a single EID instance",
};
const f = {
  messageType: u16("lisp-tcp.message.type", "Type", { names: MESSAGE_TYPE_NAMES }),
  messageLength: u16("lisp-tcp.message.length", "Length"),
  messageId: u32("lisp-tcp.message.id", "Message ID"),
  messageData: bytes("lisp-tcp.message.data", "Message Data"),
  messageRegistrationRejectReason: u8(
    "lisp-tcp.message.registration_reject.reason",
    "Registration reject reason",
    { names: MESSAGE_REGISTRATION_REJECT_REASON_NAMES },
  ),
  messageRegistrationRejectRes: u16("lisp-tcp.message.registration_reject.res", "Reserved bits", {
    base: "HEX",
  }),
  messageRegistrationRefreshScope: u8(
    "lisp-tcp.message.registration_refresh.scope",
    "Registration refresh scope",
    { names: MESSAGE_REGISTRATION_REFRESH_SCOPE_NAMES },
  ),
  messageRegistrationRefreshFlagsRejected: bool(
    "lisp-tcp.message.registration_refresh.flags.rejected",
    "Rejected only",
    { mask: 0x8000, bits: 16, tf: SET_NOTSET },
  ),
  messageRegistrationRefreshRes: u16("lisp-tcp.message.registration_refresh.res", "Reserved", {
    base: "HEX",
    mask: 0x7fff,
  }),
  messageXtrid: bytes("lisp-tcp.message.xtrid", "xTR-ID"),
  messageSiteid: bytes("lisp-tcp.message.siteid", "Site-ID"),
  messageEidPrefixLength: u8("lisp-tcp.message.eid.prefix.length", "Prefix Length"),
  messageEidPrefixAfi: u16("lisp-tcp.message.eid.prefix.afi", "Prefix AFI", {
    names: ADDRESS_FAMILIES,
  }),
  messageEidIpv4: ipv4("lisp-tcp.message.eid.ipv4", "Address"),
  messageEidIpv6: ipv6("lisp-tcp.message.eid.ipv6", "Address"),
  messageEidMac: ether("lisp-tcp.message.eid.mac", "Address"),
  messageEidDn: strz("lisp-tcp.message.eid.dn", "Address"),
  messageEndMarker: u32("lisp-tcp.message.end_marker", "Message End Marker", { base: "HEX" }),
};

const x = {
  marker: expert("lisp-tcp.invalid_marker", "warning", "Protocol", "Invalid message end marker"),
};

export const lispTcp = protocol({
  name: "lisp-tcp",
  title: "Locator/ID Separation Protocol (Reliable Transport)",
  short: "LISP",
  fields: f,
  experts: x,
  on: [[tcpPorts, 4342]],
  dissect(d) {
    if (d.columns && d.canDesegment) d.setInfo("");
    dissectPdus(d, HEADER, (at) => at.peek16(2), dissectMessage);
  },
});

const HEADER = 8;
const END_MARKER = 0x9facade9;
/** The Map-Register inside, whose own words do not belong into the Info column. */
function takingNoColumns(d: Dissection): string {
  const { columns, end } = d;
  d.columns = false;
  d.end -= 4;
  const prefix = dissectRegister(d);
  d.end = end;
  d.columns = columns;
  return prefix;
}

const REGISTRATION = 17;
const ACKNOWLEDGEMENT = 18;
const REJECTION = 19;
const REFRESH = 20;
const NOTIFICATION = 21;

function dissectMessage(d: Dissection): void {
  const type = d.u16(f.messageType);
  d.u16(f.messageLength);
  const id = d.u32(f.messageId);
  const name = MESSAGE_TYPE_NAMES[type] ?? `Unknown type (${type})`;
  const stop = d.end - 4;
  let said = "";
  switch (type) {
    case REGISTRATION:
      said = ` for ${takingNoColumns(d)}`;
      break;
    case ACKNOWLEDGEMENT:
      said = ` for ${addEid(d)}`;
      break;
    case REJECTION:
      d.u8(f.messageRegistrationRejectReason);
      d.uint(f.messageRegistrationRejectRes, 2);
      said = ` for ${addEid(d)}`;
      break;
    case REFRESH: {
      const scope = d.u8(f.messageRegistrationRefreshScope);
      said = `, Scope: ${scope}`;
      d.bits(f.messageRegistrationRefreshFlagsRejected, d.pos, 2);
      d.bits(f.messageRegistrationRefreshRes, d.pos, 2);
      d.skip(2);
      if (d.pos < stop) said += ` for ${addEid(d)}`;
      break;
    }
    case NOTIFICATION:
      d.bytes(f.messageXtrid, 16);
      d.bytes(f.messageSiteid, 8);
      said = ` for ${addMapping(d, 1, 0, false)}`;
      break;
  }
  if (d.pos < stop) d.bytes(f.messageData, stop - d.pos);
  d.pos = stop;
  if (d.columns) {
    const shown = type === REGISTRATION || type === REFRESH ? said : "";
    d.addInfo(`Msg: ${id}, ${name}${shown}`, "; ");
  }
  if (d.labels) {
    const shown =
      type === REFRESH
        ? `, Scope: ${MESSAGE_REGISTRATION_REFRESH_SCOPE_NAMES[Number(said.slice(9, 10))] ?? "Unknown"}`
        : said;
    d.relabelLayer(`${lispTcp.title}, Msg: ${id}, ${name}${shown}`);
  }
  const marker = d.u32(f.messageEndMarker);
  if (marker === END_MARKER) d.append(" (correct)");
  else {
    d.append(" (incorrect)");
    d.expert(x.marker);
  }
}

function addEid(d: Dissection): string {
  const at = d.pos;
  const length = d.peek8();
  d.openText(at, 0, "EID Prefix");
  d.u8(f.messageEidPrefixLength);
  const afi = d.u16(f.messageEidPrefixAfi);
  const text = addAddress(d, afi, {
    v4: f.messageEidIpv4,
    v6: f.messageEidIpv6,
    mac: f.messageEidMac,
    name: f.messageEidDn,
    title: "Address",
  });
  if (d.labels) {
    d.relabelParent(`EID Prefix: ${text}/${length}`);
    d.close(d.pos);
  }
  return `${text}/${length}`;
}
