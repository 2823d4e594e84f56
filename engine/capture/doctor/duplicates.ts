/** Interfaces that show the same packets: ports and what they belong to, both ends of a link, "any". */
import type { DoctorEvidence, DoctorFinding } from "../../api.ts";
import type { InterfaceInfo } from "../interfaces.ts";
import { shellQuote } from "../permissions.ts";
import {
  type DoctorInputs,
  fileNumber,
  fileText,
  finding,
  interfaceOf,
  linesOf,
  oneLine,
  type Rule,
  sysOf,
} from "./inputs.ts";

/** Of a machine with hundreds of containers, as much as is read. */
const MOST_EVIDENCE = 16;

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
  findings.push(...tunnelsOf(inputs));
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

const CARRIERS = new Set<string>(["ethernet", "wireless", "bond", "bridge", "vlan", "virtual", "cellular"]);

const isTunnel = ({ kind, up }: InterfaceInfo): boolean => kind === "tunnel" && up !== false;

/** What the system says an interface is. */
function kindEvidence(inputs: DoctorInputs, { name, description, kind }: InterfaceInfo): DoctorEvidence[] {
  const path = `${sysOf(name)}/uevent`;
  const told = linesOf(path, fileText(inputs, path), (line) => line.startsWith("DEVTYPE="));
  return told.length > 0
    ? told
    : [{ source: "interfaces", line: null, text: `${name}: ${description || kind}` }];
}

/** Tunnels that are captured together with an interface that can carry them. */
function tunnelsOf(inputs: DoctorInputs): DoctorFinding[] {
  const chosen = inputs.chosen.flatMap((name) => interfaceOf(inputs, name) ?? []);
  const carriers = chosen.filter(({ kind }) => CARRIERS.has(kind)).map(({ name }) => name);
  if (carriers.length === 0) return [];
  return chosen.filter(isTunnel).map((info) =>
    finding({
      id: "duplicates.tunnel",
      topic: "duplicates",
      severity: "note",
      interface: info.name,
      title: `Packets of the tunnel ${info.name} can be captured twice`,
      explanation: `On ${info.name} they are seen as they are, and inside the tunnel's own packets, usually encrypted, on the interface that carries it${carriers.length === 1 ? `, if that is ${carriers[0]}` : ""}. Packets and bytes of both together are counted twice.`,
      evidence: kindEvidence(inputs, info),
      fixes: [{ text: "What carries the tunnel", command: tunnelCommand(inputs, info.name) }].filter(
        ({ command }) => command !== "",
      ),
      change: { title: `Capture on ${info.name} alone`, options: { interfaces: [info.name] } },
    }),
  );
}

function tunnelCommand({ platform }: DoctorInputs, name: string): string {
  if (platform === "win32") return "";
  return platform === "linux" ? `ip -d link show dev ${shellQuote(name)}` : `ifconfig ${shellQuote(name)}`;
}

function anyOf(inputs: DoctorInputs): DoctorFinding[] {
  const layered = inputs.interfaces.filter(({ name, up }) => up !== false && below(inputs, name).length > 0);
  const ends = inputs.interfaces.filter(({ name, up }) => up !== false && otherEnd(inputs, name) !== null);
  const tunnels = inputs.interfaces.filter(isTunnel);
  const others = inputs.chosen.filter((name) => name !== "any");
  if (layered.length + ends.length + tunnels.length + others.length === 0) return [];
  const reasons = [
    ...layered.map(({ name }) => `${name} stands on ${below(inputs, name).join(", ")}`),
    ...(ends.length > 0 ? [`${ends.map(({ name }) => name).join(", ")} are ends of virtual links`] : []),
    ...tunnels.map(({ name }) => `${name} is a tunnel, carried by another`),
    ...(others.length > 0 ? [`${others.join(", ")} ${others.length > 1 ? "are" : "is"} chosen besides`] : []),
  ];
  return [
    finding({
      id: "duplicates.any",
      topic: "duplicates",
      severity: "warning",
      interface: "any",
      title: "“any” captures a packet once for every interface that it passes",
      explanation: `Here one packet passes several: ${reasons.join("; ")}. Choose the interface itself to see each packet once.`,
      evidence: [
        ...layered.flatMap(({ name }) => below(inputs, name).map((lower) => lowerEvidence(name, lower))),
        ...ends.flatMap(({ name }) => oneLine(inputs, `${sysOf(name)}/iflink`)),
        ...tunnels.flatMap((info) => kindEvidence(inputs, info)),
        ...others.map((name) => ({ source: "capture options", line: null, text: `any and ${name}` })),
      ].slice(0, MOST_EVIDENCE),
      change:
        others.length > 0
          ? { title: `Capture on ${others.join(", ")} alone`, options: { interfaces: others } }
          : null,
    }),
  ];
}
