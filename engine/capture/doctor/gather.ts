/** Reads what the rules judge: files below /proc and /sys, a few commands that only tell. Changes nothing. */
import { type ExecFileOptions, execFile } from "node:child_process";
import { lookup } from "node:dns/promises";
import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { isIP } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { CaptureOptions } from "../../api.ts";
import { helperPath } from "../helper.ts";
import type { InterfaceList } from "../interfaces.ts";
import { mayExecute } from "../permissions.ts";
import { ringCommand } from "./drops.ts";
import type { DoctorInputs } from "./inputs.ts";
import { featureCommand } from "./offloads.ts";
import { defaultInterface, macRouteCommand, routeCommand } from "./route.ts";
import { isDeviceName, type LiveReadings } from "./watch.ts";

export interface GatherRequest {
  /** What is known of the interfaces. */
  readonly list: InterfaceList;
  /** The interfaces to look at closely; empty for those of the default route. */
  readonly interfaces: readonly string[];
  readonly host: string;
  readonly options: Pick<CaptureOptions, "bufferMiB" | "snapLen">;
  /** Where the capture that is shown is written, or the next would be; chosen by the user or Tapline's own. */
  readonly folder: { readonly path: string; readonly chosen: boolean };
  readonly live: LiveReadings | null;
  /** Folder that stands for the root of the file system, for tests; commands are not run then. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
}

const FILES = [
  "/proc/self/status",
  "/proc/self/mountinfo",
  "/proc/1/cgroup",
  "/.dockerenv",
  "/run/.containerenv",
  "/proc/net/route",
  "/proc/net/ipv6_route",
  "/proc/net/softnet_stat",
  "/proc/sys/net/core/netdev_max_backlog",
  "/proc/sys/net/core/netdev_budget",
  "/proc/sys/net/core/netdev_budget_usecs",
  "/proc/interrupts",
  "/proc/meminfo",
  "/proc/loadavg",
  "/proc/pressure/io",
  "/sys/devices/system/clocksource/clocksource0/current_clocksource",
  "/sys/devices/system/clocksource/clocksource0/available_clocksource",
];
/** Of every interface, and of those looked at closely. */
const EVERY_INTERFACE = ["ifindex", "iflink", "uevent"];
const CHOSEN_INTERFACE = ["flags", "operstate", "carrier", "mtu", "duplex", "speed"];
/** Interfaces looked at closely, at most. */
const MOST_CHOSEN = 16;
const MOST_INTERFACES = 512;
const MOST_QUEUES = 128;
const MOST_ADDRESSES = 8;
const COMMAND_MS = 2_000;
const LOOKUP_MS = 3_000;
const LONGEST_FILE = 1024 * 1024;

/** Reads everything; what is not there or may not be read is left out, and the rules say so. */
export async function gather(request: GatherRequest): Promise<DoctorInputs> {
  const platform = request.platform ?? process.platform;
  const root = request.root ?? "/";
  const files = new Map<string, string>();
  const folders = new Map<string, readonly string[]>();
  const read = (path: string) => {
    try {
      files.set(path, readFileSync(join(root, path), "utf8").slice(0, LONGEST_FILE));
    } catch {
      // Many of these are not there on some kernel, device or system.
    }
  };
  const enter = (path: string, most = Number.POSITIVE_INFINITY): readonly string[] => {
    try {
      const names = readdirSync(join(root, path)).sort().slice(0, most);
      folders.set(path, names);
      return names;
    } catch {
      return [];
    }
  };
  const known = request.list.interfaces.map(({ name }) => name);
  const linux = platform === "linux";
  if (linux) for (const path of FILES) read(path);
  const fallback = linux ? defaultInterface(files) : "";
  const asked = request.interfaces.length > 0 ? request.interfaces : fallback === "" ? [] : [fallback];
  const wanted = [...new Set(asked)].slice(0, MOST_CHOSEN);
  const listed = request.list.problem === null || known.length > 0;
  const chosen = wanted.filter((name) => known.includes(name));
  const absent = listed ? wanted.filter((name) => !known.includes(name)) : [];
  if (linux) {
    for (const name of known.filter(isDeviceName).slice(0, MOST_INTERFACES)) {
      const sys = `/sys/class/net/${name}`;
      enter(sys);
      for (const file of EVERY_INTERFACE) read(`${sys}/${file}`);
      if (!chosen.includes(name)) continue;
      for (const file of CHOSEN_INTERFACE) read(`${sys}/${file}`);
      for (const file of enter(`${sys}/statistics`)) read(`${sys}/statistics/${file}`);
      for (const queue of enter(`${sys}/queues`, MOST_QUEUES)) {
        if (queue.startsWith("rx-")) read(`${sys}/queues/${queue}/rps_cpus`);
      }
      enter(`${sys}/device/msi_irqs`);
      read(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
    }
  }
  const { addresses, hostProblem } = await addressesOf(request.host.trim());
  const helper = helperPath();
  const commands =
    request.root === undefined
      ? await runCommands(platform, chosen, addresses, helper)
      : new Map<string, string>();
  return {
    platform,
    driver: request.list.driver,
    helper,
    uid: process.getuid?.() ?? -1,
    user: nameOfUser(),
    executable: helper !== null && mayExecute(helper),
    files,
    folders,
    commands,
    interfaces: request.list.interfaces,
    listProblem: request.list.problem?.message ?? "",
    chosen,
    absent,
    host: request.host.trim(),
    addresses,
    hostProblem,
    options: request.options,
    spool: roomOf(request.folder),
    live: request.live,
  };
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as containers have them.
    return "$USER";
  }
}

function roomOf({ path, chosen }: GatherRequest["folder"]): DoctorInputs["spool"] {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { folder: path, chosen, free: bavail * bsize, size: blocks * bsize };
  } catch {
    return null;
  }
}

/** The addresses of a host: itself when it is one, else what the name service says. */
async function addressesOf(host: string): Promise<{ addresses: string[]; hostProblem: string }> {
  if (host === "") return { addresses: [], hostProblem: "" };
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return { addresses: [bare.split("%")[0] ?? bare], hostProblem: "" };
  if (!/^[\p{L}\p{N}_.-]+$/u.test(host)) {
    return { addresses: [], hostProblem: "That is neither an IP address nor a host name." };
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LOOKUP_MS);
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    if (found === null) {
      return {
        addresses: [],
        hostProblem: "The name service did not answer within 3 seconds. Give an address.",
      };
    }
    const addresses = [...new Set(found.map(({ address }) => address))].slice(0, MOST_ADDRESSES);
    return { addresses, hostProblem: "" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = code === "ENOTFOUND" ? "No such name is known" : `The name service failed (${code})`;
    return { addresses: [], hostProblem: `${why}. Check its spelling, or give an address.` };
  } finally {
    clearTimeout(timer);
  }
}

/** Command line as a rule looks it up → its words. */
async function runCommands(
  platform: NodeJS.Platform,
  chosen: readonly string[],
  addresses: readonly string[],
  helper: string | null,
): Promise<Map<string, string>> {
  const wanted = new Map<string, readonly string[]>();
  if (platform === "linux") {
    for (const name of chosen.filter(isDeviceName)) {
      // A name that begins with a hyphen would be an option.
      if (name.startsWith("-")) continue;
      wanted.set(featureCommand(name), ["ethtool", "-k", name]);
      wanted.set(ringCommand(name), ["ethtool", "-g", name]);
    }
    for (const address of addresses) wanted.set(routeCommand(address), ["ip", "-j", "route", "get", address]);
    if (helper !== null) wanted.set(`getcap ${helper}`, ["getcap", helper]);
  } else if (platform === "darwin") {
    for (const address of addresses) {
      const family = address.includes(":") ? ["-inet6"] : [];
      wanted.set(macRouteCommand(address), ["route", "-n", "get", ...family, address]);
    }
    wanted.set("ls -l /dev/bpf0", ["ls", "-l", "/dev/bpf0"]);
    wanted.set("id -Gn", ["id", "-Gn"]);
  } else if (platform === "win32") {
    wanted.set("sc query npcap", ["sc", "query", "npcap"]);
  }
  const commands = new Map<string, string>();
  const running = [...wanted].map(async ([line, [program = "", ...args]]) => {
    const text = await run(program, args);
    if (text !== null) commands.set(line, text);
  });
  await Promise.all(running);
  return commands;
}

/** What a program prints; null when it is not there, fails, or takes too long. */
function run(program: string, args: readonly string[]): Promise<string | null> {
  // Tools of administration are often outside of a user's path.
  const path = `${process.env.PATH ?? ""}${process.platform === "win32" ? "" : ":/usr/sbin:/sbin"}`;
  const options: ExecFileOptions = {
    timeout: COMMAND_MS,
    killSignal: "SIGKILL",
    maxBuffer: LONGEST_FILE,
    windowsHide: true,
    env: { ...process.env, PATH: path, LC_ALL: "C" },
  };
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout) => resolve(error ? null : String(stdout)));
  });
}
