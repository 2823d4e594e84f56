/**
 * The list of interfaces as users see it: what libpcap knows, what the system knows, whether one can be captured
 * from and, if not, why and what to do.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  CaptureDriver,
  CaptureError,
  DriverAddress,
  DriverInterface,
  DriverLinkType,
} from "./driver.ts";
import type { ExtcapInterface } from "./extcap/catalog.ts";
import { helperPath } from "./helper.ts";
import { explainPermission, type PermissionAdvice, type PermissionFacts, shellQuote } from "./permissions.ts";
import { type Counters, readCounters } from "./traffic.ts";

export const INTERFACE_KINDS = [
  "ethernet",
  "wireless",
  "cellular",
  "bond",
  "bridge",
  "vlan",
  "tunnel",
  "virtual",
  "loopback",
  "any",
  "bluetooth",
  "usb",
  "can",
  "special",
  /** What a program captures from. */
  "extcap",
] as const;
export type InterfaceKind = (typeof INTERFACE_KINDS)[number];

export interface InterfaceInfo {
  readonly name: string;
  /** What it is, in words ("Wi-Fi", "Loopback", or libpcap's description). */
  readonly description: string;
  readonly kind: InterfaceKind;
  /** IPv4 and IPv6 addresses with their prefix length. */
  readonly addresses: readonly DriverAddress[];
  readonly mac: string | null;
  /** Administratively up; null where the system does not say. */
  readonly up: boolean | null;
  /** "up" with a carrier, "down" without, "unknown" where there is no such thing. */
  readonly link: "up" | "down" | "unknown";
  /** Name of the bridge or bond this is a port of: its packets show up there as well. */
  readonly master: string | null;
  readonly linkTypes: readonly DriverLinkType[];
  readonly timestampTypes: readonly string[];
  readonly canMonitor: boolean;
  /** Null when it was not tried. */
  readonly canCapture: boolean | null;
  /** Why it cannot be captured from, and the command or step that changes that. */
  readonly reason: string | null;
  readonly fix: string | null;
  readonly error: CaptureError | null;
  /** Packets and bytes, both directions, since the system counts; null where that is unknown. */
  readonly packets: number | null;
  readonly bytes: number | null;
  /** The program that captures here; null for interfaces of the system. */
  readonly extcap: { readonly program: string; readonly version: string; readonly help: string } | null;
}

export interface InterfaceList {
  readonly interfaces: readonly InterfaceInfo[];
  readonly driver: CaptureDriver["name"];
  readonly caveats: readonly string[];
  /** Set when no list could be had at all, or when permission is missing altogether. */
  readonly problem: { readonly message: string; readonly fix: string | null } | null;
}

export interface ListOptions {
  /** The most useful first (default), or as the system's library has them, the same order each time. */
  readonly order?: "usefulness" | "system";
  /** Folder that stands for /sys, for tests. */
  readonly sysRoot?: string;
  /** Counters per interface; default those of the system. */
  readonly counters?: ReadonlyMap<string, Counters>;
  readonly platform?: NodeJS.Platform;
  /** Facts for the explanation of missing permission; default those of the system. */
  readonly permission?: Partial<PermissionFacts>;
}

/**
 * Lists the interfaces through `driver`, unless asked otherwise the most useful first: those that are up and carry traffic, real
 * hardware before virtual, special devices last. Never throws; a failure is in `problem`.
 */
export async function listCaptureInterfaces(
  driver: CaptureDriver,
  options: ListOptions = {},
): Promise<InterfaceList> {
  const platform = options.platform ?? process.platform;
  const head = { driver: driver.name, caveats: driver.caveats };
  const explain = () =>
    explainPermission({ platform, driver: driver.name, helper: helperPath(), ...options.permission });
  const [listed, offered] = await Promise.all([driver.listInterfaces(), driver.extcap?.list() ?? []]);
  if (!listed.ok) {
    const { code, message } = listed.error;
    const advice = code === "unavailable" || code === "permission" ? explain() : null;
    const told = advice && advice.finding !== "permitted" ? advice : null;
    const problem = { message: told ? `${message} ${told.reason}` : message, fix: told?.fix ?? null };
    return { ...head, interfaces: offered.map(describeExtcap), problem };
  }
  const counters = options.counters ?? readCounters() ?? new Map<string, Counters>();
  const sysRoot = options.sysRoot ?? "/sys";
  const needsAdvice = listed.value.some(
    (each) => each.open?.ok === false && each.open.error.code === "permission",
  );
  const advice = needsAdvice ? explain() : null;
  const interfaces = listed.value.map((each) => describe(each, platform, sysRoot, counters, advice));
  if (options.order !== "system") interfaces.sort(byUsefulness);
  // The system's own name counts.
  const foreign = offered.filter(({ name }) => !interfaces.some((each) => each.name === name));
  const opened = interfaces.some((each) => each.canCapture === true);
  const problem = advice && !opened ? { message: advice.reason, fix: advice.fix } : null;
  return { ...head, interfaces: [...interfaces, ...foreign.map(describeExtcap)], problem };
}

function describeExtcap({ name, display, program, version, help }: ExtcapInterface): InterfaceInfo {
  return {
    name,
    description: display,
    kind: "extcap",
    addresses: [],
    mac: null,
    up: null,
    link: "unknown",
    master: null,
    linkTypes: [],
    timestampTypes: [],
    canMonitor: false,
    canCapture: true,
    reason: null,
    fix: null,
    error: null,
    packets: null,
    bytes: null,
    extcap: { program, version, help },
  };
}

function describe(
  device: DriverInterface,
  platform: NodeJS.Platform,
  sysRoot: string,
  counters: ReadonlyMap<string, Counters>,
  advice: PermissionAdvice | null,
): InterfaceInfo {
  const folder = join(sysRoot, "class", "net", device.name);
  const sys = platform === "linux" && existsSync(folder) ? folder : null;
  const kind = kindOf(device, sys);
  const open = device.open;
  const error = open?.ok === false ? open.error : null;
  const blocked = error ? explainError(error, device.name, platform, advice) : { reason: null, fix: null };
  const count = counters.get(device.name);
  return {
    name: device.name,
    description: descriptionOf(device, kind, sys),
    kind,
    addresses: device.addresses.filter((address) => address.family !== "mac"),
    mac: device.addresses.find((address) => address.family === "mac")?.address ?? null,
    up: upOf(device, sys),
    link: linkOf(device, sys),
    master: sys ? masterOf(sys) : null,
    linkTypes: open?.ok ? open.linkTypes : [],
    timestampTypes: open?.ok ? open.timestampTypes : [],
    canMonitor: open?.ok ? open.canMonitor : false,
    canCapture: open ? open.ok : null,
    ...blocked,
    error,
    packets: count?.packets ?? null,
    bytes: count?.bytes ?? null,
    extcap: null,
  };
}

function explainError(
  error: CaptureError,
  name: string,
  platform: NodeJS.Platform,
  advice: PermissionAdvice | null,
): { reason: string; fix: string | null } {
  if (error.code === "permission" && advice) {
    if (advice.finding === "permitted") return { reason: error.message, fix: null };
    return { reason: advice.reason, fix: advice.fix };
  }
  if (error.code === "not-up") {
    const quoted = shellQuote(name);
    const fix = platform === "linux" ? `sudo ip link set dev ${quoted} up` : `sudo ifconfig ${quoted} up`;
    return { reason: "The interface is switched off (administratively down).", fix };
  }
  return { reason: error.message, fix: null };
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8").trim();
  } catch {
    // Some files of a device that is down cannot be read; that says nothing about it.
    return "";
  }
}

const IFF_UP = 1;

function upOf(device: DriverInterface, sys: string | null): boolean | null {
  const flags = sys ? Number.parseInt(readText(sys, "flags"), 16) : Number.NaN;
  return Number.isNaN(flags) ? device.up : (flags & IFF_UP) !== 0;
}

function linkOf(device: DriverInterface, sys: string | null): "up" | "down" | "unknown" {
  if (sys) {
    const state = readText(sys, "operstate");
    if (state === "up") return "up";
    if (state === "down" || state === "lowerlayerdown" || state === "notpresent") return "down";
    const carrier = readText(sys, "carrier");
    if (carrier === "1") return "up";
    if (carrier === "0") return "down";
    return "unknown";
  }
  if (device.connection === "connected") return "up";
  return device.connection === "disconnected" ? "down" : "unknown";
}

function masterOf(sys: string): string | null {
  const uevent = readText(join(sys, "master"), "uevent");
  return /^INTERFACE=(.+)$/m.exec(uevent)?.[1] ?? null;
}

/** ARPHRD_ numbers of /sys/class/net/…/type (linux/if_arp.h). */
const ARPHRD: ReadonlyMap<number, InterfaceKind> = new Map([
  [280, "can"],
  [512, "tunnel"], // PPP
  [519, "cellular"], // raw IP
  [768, "tunnel"],
  [769, "tunnel"],
  [772, "loopback"],
  [776, "tunnel"],
  [778, "tunnel"],
  [801, "wireless"],
  [802, "wireless"],
  [803, "wireless"],
  [823, "tunnel"],
  [65534, "tunnel"], // none: tun, WireGuard
]);

const DEVTYPES: Readonly<Record<string, InterfaceKind>> = {
  bridge: "bridge",
  bond: "bond",
  vlan: "vlan",
  wlan: "wireless",
  wwan: "cellular",
  wireguard: "tunnel",
  vxlan: "tunnel",
  geneve: "tunnel",
};

function kindOf(device: DriverInterface, sys: string | null): InterfaceKind {
  const { name } = device;
  if (device.loopback) return "loopback";
  if (name === "any") return "any";
  if (sys) {
    const devtype = /^DEVTYPE=(.+)$/m.exec(readText(sys, "uevent"))?.[1];
    const byType = devtype ? DEVTYPES[devtype] : undefined;
    if (byType) return byType;
    if (existsSync(join(sys, "wireless")) || existsSync(join(sys, "phy80211"))) return "wireless";
    if (existsSync(join(sys, "bridge"))) return "bridge";
    if (existsSync(join(sys, "bonding"))) return "bond";
    if (existsSync(join(sys, "tun_flags"))) return "tunnel";
    const byNumber = ARPHRD.get(Number(readText(sys, "type")));
    if (byNumber) return byNumber;
    return existsSync(join(sys, "device")) ? "ethernet" : "virtual";
  }
  if (/^bluetooth/.test(name)) return "bluetooth";
  if (/^usbmon|USBPcap/.test(name)) return "usb";
  if (/^(nflog|nfqueue|dbus-)/.test(name)) return "special";
  if (device.wireless) return "wireless";
  if (/^(utun|tun|tap|gif|stf|ipsec|ppp|wg)\d*/.test(name)) return "tunnel";
  if (/^bridge\d/.test(name)) return "bridge";
  if (/^(awdl|llw|ap|anpi|vmnet)\d/.test(name)) return "virtual";
  return "ethernet";
}

const KIND_TITLES: Readonly<Record<InterfaceKind, string>> = {
  ethernet: "Ethernet",
  wireless: "Wi-Fi",
  cellular: "Mobile broadband",
  bond: "Bonded interfaces",
  bridge: "Bridge",
  vlan: "VLAN",
  tunnel: "Tunnel or VPN",
  virtual: "Virtual",
  loopback: "Loopback",
  any: "All interfaces",
  bluetooth: "Bluetooth",
  usb: "USB",
  can: "CAN bus",
  special: "Special",
  extcap: "Program",
};

function descriptionOf(device: DriverInterface, kind: InterfaceKind, sys: string | null): string {
  if (kind === "any") return "All interfaces at once (cooked capture)";
  if (device.description) return device.description;
  if (/^docker\d|^br-[0-9a-f]{12}$/.test(device.name)) return "Docker bridge";
  if (/^virbr\d/.test(device.name)) return "Bridge of virtual machines";
  if (/^veth/.test(device.name)) return "Virtual Ethernet of a container";
  if (/^wg/.test(device.name) && kind === "tunnel") return "WireGuard VPN";
  if (kind === "bridge" && sys) {
    const ports = portsOf(sys);
    if (ports.length > 0) return `Bridge of ${ports.join(", ")}`;
  }
  return KIND_TITLES[kind];
}

function portsOf(sys: string): string[] {
  try {
    return readdirSync(join(sys, "brif")).sort();
  } catch {
    return [];
  }
}

const RANKS: Readonly<Record<InterfaceKind, number>> = {
  ethernet: 0,
  wireless: 0,
  cellular: 0,
  bond: 0,
  bridge: 1,
  vlan: 1,
  tunnel: 1,
  any: 2,
  loopback: 3,
  virtual: 4,
  can: 5,
  usb: 6,
  bluetooth: 6,
  special: 7,
  extcap: 8,
};

/** Whether the interface can be expected to show packets now. */
function isLive(info: InterfaceInfo): boolean {
  return info.kind === "any" || (info.up === true && info.link !== "down");
}

function byUsefulness(a: InterfaceInfo, b: InterfaceInfo): number {
  const rank = (info: InterfaceInfo) =>
    (RANKS[info.kind] >= 6 ? 200 : isLive(info) ? 0 : 100) +
    (info.bytes === 0 && info.kind !== "any" ? 10 : 0) +
    RANKS[info.kind];
  return rank(a) - rank(b) || (b.bytes ?? 0) - (a.bytes ?? 0) || (a.name < b.name ? -1 : 1);
}
