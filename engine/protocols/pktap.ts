/** Apple's PKTAP header, https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html, also under a user's link type. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, strz, u16, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const f = {
  hdrlen: u32("pktap.hdrlen", "Header length"),
  rectype: u32("pktap.rectype", "Record type"),
  dlt: u32("pktap.dlt", "DLT"),
  ifname: strz("pktap.ifname", "Interface name"),
  flags: u32("pktap.flags", "Flags", { base: "HEX" }),
  pfamily: u32("pktap.pfamily", "Protocol family"),
  llhdrlen: u32("pktap.llhdrlen", "Link-layer header length"),
  lltrlrlen: u32("pktap.lltrlrlen", "Link-layer trailer length"),
  pid: u32("pktap.pid", "Process ID"),
  cmdname: strz("pktap.cmdname", "Command name"),
  svcClass: u32("pktap.svc_class", "Service class"),
  iftype: u16("pktap.iftype", "Interface type"),
  ifunit: u16("pktap.ifunit", "Interface unit"),
  epid: u32("pktap.epid", "Effective process ID"),
  ecmdname: strz("pktap.ecmdname", "Effective command name"),
};

const x = {
  tooShort: expert("pktap.hdrlen_too_short", "error", "Malformed", "Header length is too short"),
};

export const pktap = protocol({
  name: "pktap",
  title: "PKTAP packet header",
  short: "PKTAP",
  fields: f,
  experts: x,
  on: [[linkTypes, 258]],
  dissect,
});

const ux = {
  notHandled: expert("user_dlt.not_handled", "warning", "Undecoded", "User encapsulation not handled"),
};

const SHORTEST = 108;
const RECORD_PACKET = 1;

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) {
    d.setProtocol("PKTAP");
    d.setInfo(`PKTAP, ${d.peek32le()} byte header`);
  }
  const length = d.peek32le();
  d.layerEnd(Math.min(start + length, d.wireEnd));
  d.u32le(f.hdrlen);
  if (length < SHORTEST) {
    d.expert(x.tooShort);
    return;
  }
  const record = d.u32le(f.rectype);
  const dlt = d.u32le(f.dlt);
  d.str(f.ifname, 24);
  d.u32le(f.flags);
  d.u32le(f.pfamily);
  d.u32le(f.llhdrlen);
  d.u32le(f.lltrlrlen);
  d.u32le(f.pid);
  d.str(f.cmdname, 20);
  d.u32le(f.svcClass);
  d.u16le(f.iftype);
  d.u16le(f.ifunit);
  d.u32le(f.epid);
  d.str(f.ecmdname, 20);
  const inside = start + length;
  d.needAt(start, length);
  d.pos = inside;
  if (record !== RECORD_PACKET) return;
  const outer = d.linkType;
  d.linkType = dlt;
  d.call(linkTypes.get(dlt) ?? data);
  d.linkType = outer;
}

/** Link types left to users of a capture library; the third is also PKTAP's, from before it had one of its own. */
export const userDlt = protocol({
  name: "user_dlt",
  title: "DLT User",
  short: "DLT",
  experts: ux,
  on: [[linkTypes, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162]],
  dissect(d) {
    const isPktap = d.linkType === PKTAP_BEFORE;
    if (d.labels) {
      d.relabelLayer(
        isPktap
          ? `DLT: ${d.linkType}, Payload: pktap (PKTAP packet header)`
          : `User encapsulation not handled: DLT=${d.linkType}, check your Preferences->Protocols->DLT_USER`,
      );
    }
    if (!isPktap) {
      if (d.columns) {
        d.setProtocol("");
        d.setInfo("");
      }
      if (d.building)
        d.expert(
          ux.notHandled,
          `User encapsulation not handled: DLT=${d.linkType}, check your Preferences->Protocols->DLT_USER`,
        );
    }
    d.layerEnd(d.end);
    d.call(isPktap ? pktap : data);
  },
});

const PKTAP_BEFORE = 149;
