/** Work that the card does instead of the kernel, so that a capture shows packets that are never on the wire. */
import type { DoctorFinding } from "../../api.ts";
import { shellQuote } from "../permissions.ts";
import { finding, interfaceOf, linesOf, type Rule } from "./inputs.ts";

export const featureCommand = (name: string): string => `ethtool -k ${shellQuote(name)}`;

/** The features of `ethtool -k` that are on. */
export function featuresOn(text: string): Set<string> {
  const on = new Set<string>();
  for (const line of text.split("\n")) {
    const match = /^\s*([a-z0-9-]+): on\b/.exec(line);
    if (match?.[1]) on.add(match[1]);
  }
  return on;
}

/** Name in `ethtool -k` → in `ethtool -K`. */
const GIANT: ReadonlyMap<string, string> = new Map([
  ["generic-receive-offload", "gro"],
  ["large-receive-offload", "lro"],
  ["rx-gro-hw", "rx-gro-hw"],
  ["tcp-segmentation-offload", "tso"],
  ["generic-segmentation-offload", "gso"],
]);

/** Commands that switch features off, and on again afterwards; none where none can be switched. */
function switches(text: string, name: string, features: readonly string[]): DoctorFinding["fixes"] {
  if (features.length === 0) return [];
  const command = (state: string) =>
    `sudo ethtool -K ${shellQuote(name)} ${features.map((feature) => `${feature} ${state}`).join(" ")}`;
  return [
    { text: `${text}, until the next start of the system`, command: command("off") },
    { text: "Put it back afterwards", command: command("on") },
  ];
}

export const offloadRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const unknown: string[] = [];
  for (const name of inputs.chosen) {
    const info = interfaceOf(inputs, name);
    if (name === "any" || info === undefined || inputs.platform !== "linux") continue;
    if (["usb", "can", "bluetooth", "special"].includes(info.kind)) continue;
    const command = featureCommand(name);
    const text = inputs.commands.get(command);
    if (text === undefined) {
      unknown.push(
        `Offloads of ${name}: only ethtool can tell them, and it is not installed or did not answer.`,
      );
      continue;
    }
    const on = featuresOn(text);
    const fixed = new Set([...text.matchAll(/^\s*([a-z0-9-]+): on \[fixed\]$/gm)].map((match) => match[1]));
    const giant = [...GIANT].filter(([feature]) => on.has(feature));
    const evidence = (features: readonly string[]) =>
      linesOf(command, text, (line) => features.some((feature) => line.trim().startsWith(`${feature}: on`)));
    if (giant.length > 0) {
      const short = giant.map(([, each]) => each);
      const free = giant.filter(([feature]) => !fixed.has(feature)).map(([, each]) => each);
      const sent = short.some((each) => each === "tso" || each === "gso");
      const received = short.some((each) => each !== "tso" && each !== "gso");
      const way = sent && received ? "sends or receives" : sent ? "sends" : "receives";
      findings.push(
        finding({
          id: "offload.giant-packets",
          topic: "offload",
          severity: "note",
          interface: name,
          title: `${name} can show packets larger than its MTU`,
          explanation: `Segments of what this machine ${way} are joined or not yet cut where they are captured: up to 64 KiB in one packet, with the checksum of none. Lengths, counts and gaps are then not those of the wire.`,
          evidence: evidence(giant.map(([feature]) => feature)),
          fixes: switches("See what is on the wire (costs CPU time)", name, free),
        }),
      );
    }
    if (on.has("tx-checksumming")) {
      findings.push(
        finding({
          id: "offload.checksums",
          topic: "offload",
          severity: "note",
          interface: name,
          title: `Checksums of packets sent by this machine look wrong on ${name}`,
          explanation:
            info.kind === "loopback"
              ? "These packets never leave the machine, so nobody computes their checksums. Leave the check of checksums off, or let the kernel compute them."
              : "They are put in behind the place of capturing, by the card. The packets are right on the wire; leave the check of checksums off, or let the kernel compute them.",
          evidence: evidence(["tx-checksumming"]),
          fixes: switches("Let the kernel compute them", name, fixed.has("tx-checksumming") ? [] : ["tx"]),
        }),
      );
    }
  }
  return { findings, unknown };
};
