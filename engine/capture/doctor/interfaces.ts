/** Interfaces from which nothing, or less than expected, can come: down, without carrier, without addresses. */
import type { DoctorFinding } from "../../api.ts";
import type { InterfaceInfo } from "../interfaces.ts";
import { shellQuote } from "../permissions.ts";
import {
  type DoctorInputs,
  fileNumber,
  fileText,
  finding,
  interfaceOf,
  oneLine,
  type Rule,
  sysOf,
  whole,
} from "./inputs.ts";

export const interfaceRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const there = inputs.interfaces.map((each) => each.name).join(", ") || "none";
  for (const name of inputs.absent) {
    findings.push(
      finding({
        id: "interface.absent",
        topic: "interface",
        severity: "error",
        interface: name,
        title: `There is no interface ${name}`,
        explanation: "It was unplugged, removed or renamed since it was chosen. Choose one that is there.",
        evidence: [{ source: "interfaces", line: null, text: there }],
      }),
    );
  }
  for (const name of inputs.chosen) {
    const info = interfaceOf(inputs, name);
    if (info === undefined || name === "any") continue;
    const state = stateOf(inputs, info);
    if (state !== null) findings.push(state);
    else findings.push(...addressesOf(inputs, info), ...qualityOf(inputs, info));
  }
  return { findings };
};

function stateOf(inputs: DoctorInputs, info: InterfaceInfo): DoctorFinding | null {
  const { name } = info;
  const sys = sysOf(name);
  const linux = inputs.platform === "linux";
  if (info.up === false) {
    return finding({
      id: "interface.down",
      topic: "interface",
      severity: "error",
      interface: name,
      title: `${name} is switched off`,
      explanation: "The interface is administratively down: it neither sends nor receives.",
      evidence: [...oneLine(inputs, `${sys}/flags`), ...oneLine(inputs, `${sys}/operstate`)],
      fixes: [
        {
          text: "Switch it on",
          command: linux
            ? `sudo ip link set dev ${shellQuote(name)} up`
            : inputs.platform === "darwin"
              ? `sudo ifconfig ${shellQuote(name)} up`
              : "",
        },
      ].filter(({ command }) => command !== ""),
    });
  }
  if (info.link !== "down") return null;
  const below =
    fileText(inputs, `${sys}/operstate`) === "lowerlayerdown" ? " The interface below it is down." : "";
  const wireless = info.kind === "wireless";
  return finding({
    id: "interface.no-carrier",
    topic: "interface",
    severity: "warning",
    interface: name,
    title: wireless ? `${name} is connected to no network` : `${name} has no carrier`,
    explanation: wireless
      ? "Without an association a Wi-Fi card receives nothing in ordinary mode."
      : `Nothing is at the other end: cable, switch port, or the peer of a virtual link.${below}`,
    evidence: [...oneLine(inputs, `${sys}/carrier`), ...oneLine(inputs, `${sys}/operstate`)],
    fixes: linux ? [{ text: "See its state", command: `ip -s link show dev ${shellQuote(name)}` }] : [],
  });
}

/** Addresses that say the network was not set up; a port of a bridge or bond needs none. */
function addressesOf(inputs: DoctorInputs, info: InterfaceInfo): DoctorFinding[] {
  if (info.master !== null || !["ethernet", "wireless", "bond", "bridge", "vlan"].includes(info.kind))
    return [];
  const { name } = info;
  const findings: DoctorFinding[] = [];
  const four = info.addresses.filter(({ family }) => family === "ipv4").map(({ address }) => address);
  const six = info.addresses.filter(({ family }) => family === "ipv6").map(({ address }) => address);
  const shown = (texts: string[]) => [{ source: "interfaces", line: null, text: texts.join(", ") || "none" }];
  if (four.length > 0 && four.every((address) => address.startsWith("169.254."))) {
    findings.push(
      finding({
        id: "interface.link-local",
        topic: "interface",
        severity: "warning",
        interface: name,
        title: `${name} gave itself its IPv4 address`,
        explanation: "An address of 169.254.0.0/16 means that no DHCP server answered (RFC 3927).",
        evidence: shown(four),
      }),
    );
  } else if (four.length === 0 && six.length === 0) {
    findings.push(
      finding({
        id: "interface.no-address",
        topic: "interface",
        severity: "note",
        interface: name,
        title: `${name} has no address`,
        explanation:
          "It shows what passes by, as on a mirror port, but no packet of this machine. On an interface that was to be used, the set-up is missing.",
        evidence: shown([]),
      }),
    );
  } else if (four.length === 0 || six.every((address) => address.startsWith("fe80:"))) {
    const missing = four.length === 0 ? "IPv4" : "IPv6";
    const file = `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
    const off = missing === "IPv6" && fileText(inputs, file) === "1";
    findings.push(
      finding({
        id: "interface.one-family",
        topic: "interface",
        severity: "note",
        interface: name,
        title: off ? `IPv6 is switched off on ${name}` : `${name} carries no ${missing} beyond its link`,
        explanation:
          `It has no ${missing} address ${missing === "IPv6" && six.length > 0 ? "but a link-local one" : ""}`
            .trimEnd()
            .concat(`, so ${missing} packets to other networks do not leave here.`),
        evidence: [...shown([...four, ...six]), ...(off ? oneLine(inputs, file) : [])],
      }),
    );
  }
  return findings;
}

const DAMAGE = ["rx_crc_errors", "rx_frame_errors", "rx_length_errors"] as const;

/** Frames that arrive damaged never reach a capture. */
function qualityOf(inputs: DoctorInputs, info: InterfaceInfo): DoctorFinding[] {
  const { name } = info;
  const sys = sysOf(name);
  const findings: DoctorFinding[] = [];
  const damaged = DAMAGE.filter((counter) => (fileNumber(inputs, `${sys}/statistics/${counter}`) ?? 0) > 0);
  if (damaged.length > 0) {
    const total = damaged.reduce(
      (sum, counter) => sum + (fileNumber(inputs, `${sys}/statistics/${counter}`) ?? 0),
      0,
    );
    findings.push(
      finding({
        id: "interface.damaged-frames",
        topic: "interface",
        severity: "warning",
        interface: name,
        title: `${whole(total)} damaged frames arrived on ${name}`,
        explanation:
          "The card threw them away, so no capture shows them; their senders had to repeat. A bad cable, plug or optical module, or a duplex mismatch, is the usual cause.",
        evidence: damaged.flatMap((counter) => oneLine(inputs, `${sys}/statistics/${counter}`)),
      }),
    );
  }
  if (fileText(inputs, `${sys}/duplex`) === "half" && info.kind === "ethernet") {
    findings.push(
      finding({
        id: "interface.half-duplex",
        topic: "interface",
        severity: "warning",
        interface: name,
        title: `${name} runs in half duplex`,
        explanation:
          "One side negotiates and the other does not: both then see collisions, and frames are lost under load.",
        evidence: [...oneLine(inputs, `${sys}/duplex`), ...oneLine(inputs, `${sys}/speed`)],
        fixes: [{ text: "Negotiate again", command: `sudo ethtool -s ${shellQuote(name)} autoneg on` }],
      }),
    );
  }
  return findings;
}
