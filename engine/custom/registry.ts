/** The described protocols of this thread, behind those that Tapline brings along. */
import "../protocols/index.ts";
import { type Protocol, protocolNamed, protocols, withdrawProtocols } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols } from "../dissect/tables.ts";
import type { Fault } from "./check.ts";
import { defineProtocol } from "./define.ts";
import type { Description } from "./schema.ts";

/** How many protocols there were before the first description; -1 before that is known. */
let builtIn = -1;

/** How many protocols Tapline brings along; those behind them are described ones. */
export const builtInProtocols = (): number => (builtIn === -1 ? protocols.length : builtIn);

/**
 * Makes these the described protocols, in place of those before. All threads of a program must be given the same
 * list, for protocols and fields go by their numbers.
 */
export function setDescribedProtocols(descriptions: readonly Description[]): void {
  if (builtIn === -1) builtIn = protocols.length;
  withdrawProtocols(builtIn);
  for (const description of descriptions) defineProtocol(description);
}

/** What a description takes that belongs to a protocol of Tapline's own. */
export function clashesOf(description: Description): Fault[] {
  const faults: Fault[] = [];
  const isOwn = (found: Protocol | undefined): found is Protocol =>
    found !== undefined && (builtIn === -1 || found.id < builtIn);
  if (isOwn(protocolNamed(description.protocol)))
    faults.push({
      path: ["protocol"],
      message: `Tapline has a protocol "${description.protocol}"; choose another name`,
    });
  for (const [entry, table] of [
    ["ethertype", ethertypes],
    ["ip.proto", ipProtocols],
  ] as const) {
    for (const value of description.on[entry] ?? []) {
      const found = table.get(value);
      if (isOwn(found))
        faults.push({ path: ["on", entry], message: `${value} (0x${value.toString(16)}) is ${found.title}` });
    }
  }
  return faults;
}
