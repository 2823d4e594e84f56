/** Configuration test protocol of Ethernet (loopback), The Ethernet (DIX 2.0) section 8. */
import type { Dissection } from "../dissect/dissection.ts";
import { ether, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethertypes } from "../dissect/tables.ts";
import { data } from "./data.ts";

const REPLY = 1;
const FORWARD = 2;
const FUNCTIONS: Readonly<Record<number, string>> = { 1: "Reply", 2: "Forward Data" };

const f = {
  skipCount: u16("loop.skipcount", "skipCount"),
  function: u16("loop.function", "Function", { names: FUNCTIONS }),
  relevant: u16("loop.relevant_function", "Relevant function", { names: FUNCTIONS }),
  receipt: u16("loop.receipt_number", "Receipt number"),
  forward: ether("loop.forwarding_address", "Forwarding address"),
};

export const loop = protocol({
  name: "loop",
  title: "Configuration Test Protocol (loopback)",
  short: "LOOP",
  fields: f,
  on: [[ethertypes, 0x9000]],
  dissect,
});

/** Messages of one frame that are shown. */
const MOST_MESSAGES = 64;

function dissect(d: Dissection): void {
  const start = d.pos;
  const skip = d.peek16le();
  d.u16le(f.skipCount);
  let relevant = true;
  const first = skip + start + 2;
  if (skip > 0 || first < d.end) {
    for (let i = 0; i < MOST_MESSAGES; i++) {
      const at = d.pos;
      const kind = d.peek16le();
      if (relevant && at >= first) {
        d.add(f.relevant, at, 2, kind);
        if (d.columns) d.setInfo(FUNCTIONS[kind] ?? "Unknown function");
        relevant = false;
      }
      d.u16le(f.function);
      if (kind === FORWARD) d.ether(f.forward);
      else {
        if (kind === REPLY) d.u16le(f.receipt);
        break;
      }
    }
  }
  if (d.remaining > 0) d.call(data);
  d.layerEnd(d.end);
}
