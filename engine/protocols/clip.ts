/** Linux's classical IP over ATM: packets without a header. */
import { expert } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { linkTypes } from "../dissect/tables.ts";
import { callIp } from "./ipv4.ts";

const x = {
  none: expert("clip.no_link_info", "note", "Protocol", "No link information available"),
};

export const clip = protocol({
  name: "clip",
  title: "Classical IP frame",
  short: "CLIP",
  experts: x,
  on: [[linkTypes, 16, 18, 19, 106]],
  dissect(d) {
    if (d.columns) d.setInfo("Classical IP frame");
    d.openLast();
    d.expert(x.none);
    d.close();
    callIp(d);
  },
});
