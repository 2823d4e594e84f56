/** Which interface would packets to a host leave by? From the kernel's own answer, else from its routing tables. */
import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { DoctorEvidence, DoctorFinding, DoctorRoute } from "../../api.ts";
import { shellQuote } from "../permissions.ts";
import { type DoctorInputs, finding, interfaceOf, type Rule } from "./inputs.ts";

/** RTF_UP and RTF_REJECT of linux/route.h. */
const UP = 0x1;
const REJECT = 0x200;

interface TableRoute {
  readonly interface: string;
  readonly gateway: string;
  readonly prefix: number;
  readonly metric: number;
  readonly reject: boolean;
  readonly evidence: DoctorEvidence;
  matches(address: string): boolean;
}

const IPV4_TABLE = "/proc/net/route";
const IPV6_TABLE = "/proc/net/ipv6_route";

/** An address of /proc/net/route: four bytes as one number of this (little-endian) machine. */
function ipv4Of(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}

const ipv6Of = (hex: string): string => hex.match(/.{4}/g)?.join(":") ?? "";

function inNetwork(network: string, prefix: number, family: "ipv4" | "ipv6") {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return (address: string) => list.check(address, family);
}

/** The routes of /proc/net/route that are in force. */
export function parseIpv4Routes(text: string): TableRoute[] {
  const routes: TableRoute[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const fields = line.trim().split(/\s+/);
    const [name, destination, gateway, flagText, , , metric, mask] = fields;
    if (!name || !/^[0-9A-F]{8}$/i.test(destination ?? "") || !/^[0-9A-F]{8}$/i.test(mask ?? "")) continue;
    const flags = Number.parseInt(flagText ?? "0", 16);
    if (!(flags & UP)) continue;
    const bits = Number.parseInt(mask ?? "0", 16).toString(2);
    const prefix = bits.replaceAll("0", "").length;
    routes.push({
      interface: name,
      gateway: gateway === "00000000" ? "" : ipv4Of(gateway ?? ""),
      prefix,
      metric: Number(metric),
      reject: (flags & REJECT) !== 0,
      evidence: { source: IPV4_TABLE, line: index + 1, text: fields.join(" ") },
      matches: inNetwork(ipv4Of(destination ?? ""), prefix, "ipv4"),
    });
  }
  return routes;
}

/** The routes of /proc/net/ipv6_route that are in force. */
export function parseIpv6Routes(text: string): TableRoute[] {
  const routes: TableRoute[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const fields = line.trim().split(/\s+/);
    const [destination, length, , , hop, metric, , , flagText, name] = fields;
    if (!name || !/^[0-9a-f]{32}$/.test(destination ?? "") || !/^[0-9a-f]{2}$/.test(length ?? "")) continue;
    const flags = Number.parseInt(flagText ?? "0", 16);
    const prefix = Number.parseInt(length ?? "", 16);
    if (!(flags & UP) || prefix > 128) continue;
    routes.push({
      interface: name,
      gateway: /^0+$/.test(hop ?? "") ? "" : shortIpv6(ipv6Of(hop ?? "")),
      prefix,
      metric: Number.parseInt(metric ?? "0", 16),
      reject: (flags & REJECT) !== 0,
      evidence: { source: IPV6_TABLE, line: index + 1, text: fields.join(" ") },
      matches: inNetwork(ipv6Of(destination ?? ""), prefix, "ipv6"),
    });
  }
  return routes;
}

/** An IPv6 address as RFC 5952 writes it. */
function shortIpv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** The route that wins for an address: the longest prefix, then the lowest metric; null when none matches. */
export function lookUp(routes: readonly TableRoute[], address: string): TableRoute | null {
  let best: TableRoute | null = null;
  for (const route of routes) {
    if (!route.matches(address)) continue;
    if (
      best === null ||
      route.prefix > best.prefix ||
      (route.prefix === best.prefix && route.metric < best.metric)
    )
      best = route;
  }
  return best === null || best.reject ? null : best;
}

/** The command whose answer counts more than the tables: it knows of policy routing, too. */
export const routeCommand = (address: string): string => `ip -j route get ${address}`;

/** The answer of `ip -j route get`; null when it is none. */
export function parseRouteGet(text: string, address: string): DoctorRoute | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const [answer] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof answer !== "object" || answer === null) return null;
  const member = (name: string): string => {
    const found: unknown = (answer as Record<string, unknown>)[name];
    return typeof found === "string" ? found : "";
  };
  if (member("dev") === "") return null;
  const evidence = { source: routeCommand(address), line: null, text: text.replace(/\s+/g, " ").trim() };
  return {
    address,
    family: isIPv4(address) ? "ipv4" : "ipv6",
    interface: member("dev"),
    gateway: member("gateway"),
    source: member("prefsrc"),
    evidence,
  };
}

export const macRouteCommand = (address: string): string =>
  `route -n get ${isIPv6(address) ? "-inet6 " : ""}${address}`;

/** The answer of macOS's `route -n get`; null when it is none. */
export function parseMacRouteGet(text: string, address: string): DoctorRoute | null {
  const member = (name: string) => new RegExp(`^\\s*${name}:\\s*(\\S+)`, "m").exec(text)?.[1] ?? "";
  if (member("interface") === "") return null;
  const gateway = member("gateway");
  return {
    address,
    family: isIPv4(address) ? "ipv4" : "ipv6",
    interface: member("interface"),
    gateway: isIPv4(gateway) || isIPv6(gateway.split("%")[0] ?? "") ? gateway : "",
    source: "",
    evidence: {
      source: macRouteCommand(address),
      line: null,
      text: `interface: ${member("interface")}`,
    },
  };
}

/** Where packets to an address would leave; null where this system was not asked or did not answer. */
export function routeTo(inputs: DoctorInputs, address: string): DoctorRoute | null {
  if (inputs.platform === "darwin") {
    return parseMacRouteGet(inputs.commands.get(macRouteCommand(address)) ?? "", address);
  }
  if (inputs.platform !== "linux") return null;
  const told = parseRouteGet(inputs.commands.get(routeCommand(address)) ?? "", address);
  if (told !== null) return told;
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const table = inputs.files.get(family === "ipv4" ? IPV4_TABLE : IPV6_TABLE);
  if (table === undefined) return null;
  const own = inputs.interfaces.some((each) => each.addresses.some((entry) => entry.address === address));
  const loopback = inputs.interfaces.find(({ kind }) => kind === "loopback")?.name ?? "lo";
  const loops = family === "ipv4" ? inNetwork("127.0.0.0", 8, "ipv4")(address) : address === "::1";
  if (own || loops) {
    const text = own ? `${address} is an address of this machine` : `${address} is this machine itself`;
    return {
      address,
      family,
      interface: loopback,
      gateway: "",
      source: address,
      evidence: { source: "interfaces", line: null, text },
    };
  }
  const found = lookUp(family === "ipv4" ? parseIpv4Routes(table) : parseIpv6Routes(table), address);
  const [first] = found
    ? (interfaceOf(inputs, found.interface)?.addresses.filter((entry) => entry.family === family) ?? [])
    : [];
  return {
    address,
    family,
    interface: found?.interface ?? "",
    gateway: found?.gateway ?? "",
    source: first?.address ?? "",
    evidence: found?.evidence ?? {
      source: family === "ipv4" ? IPV4_TABLE : IPV6_TABLE,
      line: null,
      text: `no route matches ${address}`,
    },
  };
}

/** The routes to every address of the host asked about. */
export function routesOf(inputs: DoctorInputs): DoctorRoute[] {
  return inputs.addresses.flatMap((address) => routeTo(inputs, address) ?? []);
}

/** The interface of the default route; empty when there is none. */
export function defaultInterface(files: ReadonlyMap<string, string>): string {
  const four = lookUp(parseIpv4Routes(files.get(IPV4_TABLE) ?? ""), "192.0.2.1");
  const six = lookUp(parseIpv6Routes(files.get(IPV6_TABLE) ?? ""), "2001:db8::1");
  return four?.interface ?? six?.interface ?? "";
}

export const routeRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  if (inputs.host === "") return { findings };
  if (inputs.hostProblem !== "") {
    findings.push(
      finding({
        id: "route.unknown-host",
        topic: "route",
        severity: "warning",
        title: `${inputs.host} has no address`,
        explanation: inputs.hostProblem,
        evidence: [{ source: "name service", line: null, text: `${inputs.host}: ${inputs.hostProblem}` }],
      }),
    );
    return { findings };
  }
  const unknown: string[] = [];
  const routes = routesOf(inputs);
  if (routes.length < inputs.addresses.length) {
    if (inputs.platform === "linux" || inputs.platform === "darwin") {
      unknown.push("Where packets would leave: the routing table cannot be read, or has no such route.");
    }
  }
  const used = [...new Set(routes.map((route) => route.interface))].filter(Boolean);
  for (const route of routes) {
    if (route.interface !== "") continue;
    findings.push(
      finding({
        id: "route.none",
        topic: "route",
        severity: used.length > 0 ? "note" : "warning",
        title: `No route leads to ${route.address}`,
        explanation: `Packets to it never leave this machine: no ${route.family === "ipv4" ? "IPv4" : "IPv6"} route matches, not even a default route.`,
        evidence: [route.evidence],
      }),
    );
  }
  const missed = used.filter((name) => !inputs.chosen.includes(name));
  if (missed.length > 0 && inputs.chosen.length > 0 && !inputs.chosen.includes("any")) {
    findings.push(
      finding({
        id: "route.other-interface",
        topic: "route",
        severity: "warning",
        interface: missed[0] ?? "",
        title: `Packets to ${inputs.host} leave by ${missed.join(" and ")}, not by ${inputs.chosen.join(", ")}`,
        explanation: "A capture on the chosen interface does not show them.",
        evidence: routes.filter((route) => missed.includes(route.interface)).map(({ evidence }) => evidence),
        change: { title: `Capture on ${used.join(" and ")}`, options: { interfaces: used } },
      }),
    );
  }
  for (const name of used) {
    const info = interfaceOf(inputs, name);
    if (info?.kind !== "tunnel") continue;
    findings.push(
      finding({
        id: "route.tunnel",
        topic: "route",
        severity: "note",
        interface: name,
        title: `Packets to ${inputs.host} go through the tunnel ${name}`,
        explanation: `On ${name} they are seen as they are; on the interface that carries the tunnel only its own packets are seen, usually encrypted.`,
        evidence: routes.filter((route) => route.interface === name).map(({ evidence }) => evidence),
        fixes: [{ text: "What carries the tunnel", command: `ip -d link show dev ${shellQuote(name)}` }],
      }),
    );
  }
  return { findings, unknown };
};
