/** Bytes no dissector claims: shown as they are, never as nothing. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, u32 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";

const f = {
  data: bytes("data.data", "Data"),
  len: u32("data.len", "Length"),
};

export const data = protocol({ name: "data", title: "Data", short: "DATA", fields: f, quiet: true, dissect });

function dissect(d: Dissection): void {
  const length = d.remaining;
  if (d.labels) d.relabelLayer(`Data (${length} byte${length === 1 ? "" : "s"})`);
  d.bytes(f.data, length);
  d.generated(f.len, d.pos - length, 0, length);
}
