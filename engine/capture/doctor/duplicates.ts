/** Interfaces that show the same packets: ports and what they belong to, both ends of a link, "any". */
import type { DoctorEvidence, DoctorFinding } from "../../api.ts";
import {
  type DoctorInputs,
  fileNumber,
  fileText,
  finding,
  interfaceOf,
  oneLine,
  type Rule,
  sysOf,
} from "./inputs.ts";

/** The interfaces that `name` stands on (`lower_…`): ports of a bridge or bond, the device of a VLAN or macvlan. */
function below(inputs: DoctorInputs, name: string): string[] {
  const entries = inputs.folders.get(sysOf(name)) ?? [];
  return entries.filter((entry) => entry.startsWith("lower_")).map((entry) => entry.slice("lower_".length));
}

const lowerEvidence = (upper: string, lower: string): DoctorEvidence => ({
  source: `${sysOf(upper)}/lower_${lower}`,
  line: null,
  text: `${upper} stands on ${lower}`,
});

/** The other end of a veth pair of the same namespace; null when there is none. */
function otherEnd(inputs: DoctorInputs, name: string): string | null {
  const own = fileNumber(inputs, `${sysOf(name)}/ifindex`);
  const link = fileNumber(inputs, `${sysOf(name)}/iflink`);
  if (own === null || link === null || own === link) return null;
  for (const { name: other } of inputs.interfaces) {
    const isOther = fileNumber(inputs, `${sysOf(other)}/ifindex`) === link;
    if (isOther && fileNumber(inputs, `${sysOf(other)}/iflink`) === own) return other;
  }
  return null;
}

/** What an interface is, in words, seen from one that it stands on. */
function relation(inputs: DoctorInputs, upper: string): string {
  const type = /^DEVTYPE=(.+)$/m.exec(fileText(inputs, `${sysOf(upper)}/uevent`))?.[1] ?? "";
  const names: Record<string, string> = {
    bridge: "bridge",
    bond: "bond",
    vlan: "VLAN",
    macvlan: "macvlan",
    ipvlan: "ipvlan",
    team: "team",
    vxlan: "VXLAN tunnel",
  };
  const kind = interfaceOf(inputs, upper)?.kind ?? "";
  return names[type] ?? names[kind] ?? "interface";
}

export const duplicateRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { chosen } = inputs;
  for (const upper of chosen) {
    const both = below(inputs, upper).filter((lower) => chosen.includes(lower));
    if (both.length === 0) continue;
    const keep = chosen.filter((name) => !both.includes(name));
    findings.push(
      finding({
        id: "duplicates.port-and-owner",
        topic: "duplicates",
        severity: "warning",
        interface: upper,
        title: `Packets of the ${relation(inputs, upper)} ${upper} are captured twice`,
        explanation: `${upper} stands on ${both.join(" and ")}; what passes one passes the other. Duplicates look like retransmissions.`,
        evidence: both.map((lower) => lowerEvidence(upper, lower)),
        change: { title: `Capture without ${both.join(" and ")}`, options: { interfaces: keep } },
      }),
    );
  }
  const paired = new Set<string>();
  for (const name of chosen) {
    const other = otherEnd(inputs, name);
    if (other === null || !chosen.includes(other) || paired.has(name)) continue;
    paired.add(other);
    findings.push(
      finding({
        id: "duplicates.both-ends",
        topic: "duplicates",
        severity: "warning",
        interface: name,
        title: `${name} and ${other} are the two ends of one link`,
        explanation: "Every packet is captured twice: as sent by one end and as received by the other.",
        evidence: [
          ...oneLine(inputs, `${sysOf(name)}/iflink`),
          ...oneLine(inputs, `${sysOf(other)}/ifindex`),
        ],
        change: {
          title: `Capture without ${other}`,
          options: { interfaces: chosen.filter((each) => each !== other) },
        },
      }),
    );
  }
  if (chosen.includes("any")) findings.push(...anyOf(inputs));
  for (const name of chosen) {
    const uppers = inputs.interfaces.filter((each) => below(inputs, each.name).includes(name));
    for (const upper of uppers) {
      if (chosen.includes(upper.name)) continue;
      if (upper.kind === "bond") {
        findings.push(
          finding({
            id: "duplicates.bond-port",
            topic: "duplicates",
            severity: "warning",
            interface: name,
            title: `${name} sees only a part of the bond ${upper.name}`,
            explanation:
              "A bond spreads its packets over its ports; one port alone shows some of them, often one direction of a connection.",
            evidence: [lowerEvidence(upper.name, name)],
            change: {
              title: `Capture on ${upper.name}`,
              options: { interfaces: chosen.map((each) => (each === name ? upper.name : each)) },
            },
          }),
        );
      } else if (upper.kind === "bridge") {
        findings.push(
          finding({
            id: "duplicates.bridge-port",
            topic: "duplicates",
            severity: "note",
            interface: name,
            title: `${name} is a port of the bridge ${upper.name}`,
            explanation: `It shows what passes this port. What passes between other ports of ${upper.name}, or ends on the bridge itself, is seen there.`,
            evidence: [lowerEvidence(upper.name, name)],
          }),
        );
      }
    }
  }
  return { findings };
};

function anyOf(inputs: DoctorInputs): DoctorFinding[] {
  const layered = inputs.interfaces.filter(({ name, up }) => up !== false && below(inputs, name).length > 0);
  const ends = inputs.interfaces.filter(({ name, up }) => up !== false && otherEnd(inputs, name) !== null);
  const others = inputs.chosen.filter((name) => name !== "any");
  if (layered.length === 0 && ends.length === 0 && others.length === 0) return [];
  const reasons = [
    ...layered.map(({ name }) => `${name} stands on ${below(inputs, name).join(", ")}`),
    ...(ends.length > 0 ? [`${ends.map(({ name }) => name).join(", ")} are ends of virtual links`] : []),
    ...(others.length > 0 ? [`${others.join(", ")} are chosen besides`] : []),
  ];
  return [
    finding({
      id: "duplicates.any",
      topic: "duplicates",
      severity: "warning",
      interface: "any",
      title: "“any” captures a packet once for every interface that it passes",
      explanation: `Here one packet passes several: ${reasons.join("; ")}. Choose the interface itself to see each packet once.`,
      evidence: layered.flatMap(({ name }) => below(inputs, name).map((lower) => lowerEvidence(name, lower))),
      change:
        others.length > 0
          ? { title: `Capture on ${others.join(", ")} alone`, options: { interfaces: others } }
          : null,
    }),
  ];
}
