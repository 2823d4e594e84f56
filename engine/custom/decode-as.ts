/** "Decode as": the user's entries in the dissector tables of this thread. */
import { DECODE_NONE, type DecodeAsEntry, type DecodeTableName } from "../dissect/decode-tables.ts";
import { type DissectorTable, type Protocol, protocolNamed, protocols } from "../dissect/protocol.ts";
import {
  dissectorTable,
  sctpPayloads,
  sctpPorts,
  tcpHeuristics,
  tcpPorts,
  udpHeuristics,
  udpPorts,
} from "../dissect/tables.ts";
import { data } from "../protocols/data.ts";
import { builtInProtocols } from "./registry.ts";

/** Tables with the user's entries. */
const changed = new Set<DissectorTable>();

/**
 * Makes these the user's entries, in place of those before; of several for one value the last counts. An entry for a
 * protocol that is not known changes nothing. All threads of a program must be given the same list, before they
 * dissect anything.
 */
export function setDecodeAs(entries: readonly DecodeAsEntry[]): void {
  for (const table of changed) table.takeBack();
  changed.clear();
  for (const { table: name, value, protocol } of entries) {
    const table = dissectorTable(name);
    const chosen = protocol === DECODE_NONE ? data : protocolNamed(protocol);
    if (table === undefined || chosen === undefined) continue;
    table.choose(value, chosen);
    changed.add(table);
  }
}

/** Tables of ports and the like: what is known to one of them can be carried by all. */
const APPLICATIONS: readonly DissectorTable[] = [tcpPorts, udpPorts, sctpPorts, sctpPayloads];

/**
 * The protocols that can be chosen in a table, by name: those that are called through it, those of the other tables
 * of applications when it is one of them, and the described ones.
 */
export function decodeChoices(name: DecodeTableName): Protocol[] {
  const table = dissectorTable(name);
  const found = new Set<Protocol>(protocols.slice(builtInProtocols()));
  if (table === undefined) return [];
  const takesApplications = APPLICATIONS.includes(table);
  for (const one of takesApplications ? APPLICATIONS : [table])
    for (const protocol of one.protocols()) found.add(protocol);
  if (takesApplications)
    for (const { protocols: guessed } of [tcpHeuristics, udpHeuristics])
      for (const protocol of guessed) found.add(protocol);
  found.delete(data);
  return [...found]
    .filter(({ invisible }) => !invisible)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
