/** How Dropbox clients find each other in a local network: a JSON text in datagrams to port 17500. */
import type { Dissection } from "../dissect/dissection.ts";
import { str } from "../dissect/field.ts";
import { type Protocol, protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { decodeText } from "../dissect/text.ts";
import { json } from "./json.ts";

const f = { text: str("db-lsp.text", "Text") };

export const dropboxDiscovery: Protocol = protocol({
  name: "db-lsp-disc",
  title: "Dropbox LAN sync Discovery Protocol",
  short: "DB-LSP-DISC",
  fields: f,
  on: [[udpPorts, 17500]],
  dissect: (d) => {
    if (d.columns) d.setInfo(dropboxDiscovery.title);
    d.layerEnd(d.end);
    if (isJson(d)) d.callBelow(json);
    else d.str(f.text, d.remaining, "ascii");
    d.pos = d.end;
  },
});

function isJson(d: Dissection): boolean {
  const first = d.buf[d.pos];
  if (first !== 0x7b && first !== 0x5b) return false;
  try {
    JSON.parse(decodeText(d.buf, d.pos, d.end, "utf-8"));
    return true;
  } catch {
    return false;
  }
}
