/** MPLS label stacks, RFC 3032. */
import type { Dissection } from "../dissect/dissection.ts";
import { u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes, pppProtocols, udpPorts } from "../dissect/tables.ts";
import { data } from "./data.ts";
import { SPECIAL_LABELS } from "./names/mpls.ts";
import { behindLabels, callGenericChannel } from "./pseudowire.ts";

const f = {
  label: u32("mpls.label", "MPLS Label", { base: "DEC_HEX", mask: 0xfffff000 }),
  namedLabel: u32("mpls.label", "MPLS Label", { mask: 0xfffff000, names: SPECIAL_LABELS }),
  exp: u32("mpls.exp", "MPLS Experimental Bits", { mask: 0x00000e00 }),
  bottom: u32("mpls.bottom", "MPLS Bottom Of Label Stack", { mask: 0x00000100 }),
  ttl: u32("mpls.ttl", "MPLS TTL", { mask: 0x000000ff }),
};

export const mpls = protocol({
  name: "mpls",
  title: "MultiProtocol Label Switching Header",
  short: "MPLS",
  fields: f,
  on: [
    [ethertypes, 0x8847, 0x8848],
    [pppProtocols, 0x0281, 0x0283],
    [udpPorts, 6635],
  ],
  dissect,
});

const GENERIC_CHANNEL = 13;
const OAM_ALERT = 14;

/** One label is one layer, as Wireshark shows them. */
function dissect(d: Dissection): void {
  const at = d.pos;
  if (d.columns) d.setInfo("MPLS Label Switched Packet");
  const label = d.peek24() >> 4;
  const name = SPECIAL_LABELS[label];
  d.bits(name === undefined ? f.label : f.namedLabel, at, 4);
  const exp = d.bits(f.exp, at, 4);
  const bottom = d.bits(f.bottom, at, 4);
  const ttl = d.bits(f.ttl, at, 4);
  d.skip(4);
  if (d.labels) {
    const labelText = name === undefined ? String(label) : `${label} (${name})`;
    d.appendLayer(`, Label: ${labelText}, Exp: ${exp}, S: ${bottom}, TTL: ${ttl}`);
  }
  if (bottom === 0) {
    d.call(mpls);
    return;
  }
  if (d.remaining === 0) return;
  if (label === GENERIC_CHANNEL) callGenericChannel(d);
  else d.call((label === OAM_ALERT ? undefined : behindLabels(d.peek8())) ?? data);
}
