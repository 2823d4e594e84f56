/**
 * Why capturing is not permitted here, and what to do about it: which program, which capability, which command.
 *
 * Linux is examined (capabilities, bounding set, no_new_privs, nosuid mounts, execute permission); for macOS and
 * Windows the answer is what their packet capture needs.
 */
import { accessSync, constants, existsSync, readFileSync, realpathSync } from "node:fs";

/** What the explanation is made from; everything defaults to this system and can be given for tests. */
export interface PermissionFacts {
  readonly platform?: NodeJS.Platform;
  readonly driver?: "helper" | "cap";
  /** Path of the helper, null when it is not built. */
  readonly helper: string | null;
  /** Contents of /proc/self/status. */
  readonly status?: string;
  /** Contents of /proc/self/mountinfo. */
  readonly mountinfo?: string;
  readonly uid?: number;
  readonly user?: string;
  /** Whether the helper may be executed by this user. */
  readonly executable?: boolean;
  /** Whether this looks like the inside of a container. */
  readonly container?: boolean;
}

export interface PermissionAdvice {
  /** Short name of the finding, for tests and icons. */
  readonly finding:
    | "permitted"
    | "helper-missing"
    | "helper-not-executable"
    | "container"
    | "no-new-privileges"
    | "nosuid"
    | "capability"
    | "process-capability"
    | "chmodbpf"
    | "npcap";
  /** One or two sentences: why. */
  readonly reason: string;
  /** The command to type, or what to do where no single command does it; null when all is well. */
  readonly fix: string | null;
  /** The capabilities that are missing, lower case. */
  readonly capabilities: readonly string[];
}

const NET_ADMIN = 12n;
const NET_RAW = 13n;

/** A capability set of /proc/…/status ("CapEff", "CapBnd" …) as a bit mask; 0 when it is not there. */
export function capabilitySet(status: string, name: string): bigint {
  const match = new RegExp(`^${name}:\\s*([0-9a-fA-F]+)$`, "m").exec(status);
  return match ? BigInt(`0x${match[1]}`) : 0n;
}

function missingIn(set: bigint): string[] {
  const missing: string[] = [];
  if (!((set >> NET_RAW) & 1n)) missing.push("cap_net_raw");
  if (!((set >> NET_ADMIN) & 1n)) missing.push("cap_net_admin");
  return missing;
}

/** Quotes a path for a shell when it needs that. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The options of the mount that holds `path`. */
function mountOptions(mountinfo: string, path: string): string[] {
  let best = "";
  let options: string[] = [];
  for (const line of mountinfo.split("\n")) {
    const fields = line.split(" ");
    const point = fields[4]?.replace(/\\(\d{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    if (point === undefined) continue;
    const inside = path === point || path.startsWith(point === "/" ? "/" : `${point}/`);
    if (inside && point.length >= best.length) {
      best = point;
      options = fields[5]?.split(",") ?? [];
    }
  }
  return options;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** True when this process may run the file. */
export function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Explains why capturing fails for lack of permission, or would, with the command that permits it. */
export function explainPermission(facts: PermissionFacts): PermissionAdvice {
  const platform = facts.platform ?? process.platform;
  if (platform === "darwin") {
    return {
      finding: "chmodbpf",
      reason:
        "macOS lets only root open the packet devices /dev/bpf*. ChmodBPF opens them to the group access_bpf at every start of the system.",
      fix: "Install ChmodBPF (it comes with Wireshark's disk image: “Install ChmodBPF.pkg”), then log in anew. For now only: sudo chmod o+rw /dev/bpf*",
      capabilities: [],
    };
  }
  if (platform === "win32") {
    return {
      finding: "npcap",
      reason:
        "Capturing on Windows needs Npcap. It is not installed, its service is stopped, or it was installed for administrators only.",
      fix: "Install Npcap from https://npcap.com without “Restrict Npcap driver's access to Administrators only”, or start it in a console run as administrator: net start npcap",
      capabilities: [],
    };
  }
  return explainLinux(facts);
}

/** The command of an advice apart from the words around it; either is empty where there is none. */
export function splitFix(fix: string, platform: NodeJS.Platform): { text: string; command: string } {
  const after = /^(.*?)\s{2,}\((.*)\)$/.exec(fix);
  if (after?.[1] && after[2]) return { text: after[2], command: after[1] };
  const before = /^(.*?):\s+((?:sudo|docker|net) .+)$/.exec(fix);
  if (before?.[1] && before[2]) return { text: before[1], command: before[2] };
  const isCommand = platform === "linux" && /^sudo /.test(fix);
  return isCommand ? { text: "", command: fix } : { text: fix, command: "" };
}

function explainLinux(facts: PermissionFacts): PermissionAdvice {
  const status = facts.status ?? readText("/proc/self/status");
  const uid = facts.uid ?? process.getuid?.() ?? 0;
  const effective = missingIn(capabilitySet(status, "CapEff"));
  const bounding = missingIn(capabilitySet(status, "CapBnd"));
  if (effective.length === 0) {
    return { finding: "permitted", reason: "This process may capture.", fix: null, capabilities: [] };
  }
  if (bounding.includes("cap_net_raw")) {
    const container = facts.container ?? inContainer();
    return {
      finding: "container",
      reason: `${container ? "This container" : "This system"} does not grant the capability cap_net_raw to any process, not even to root, so nothing in it can capture.`,
      fix: container
        ? "Start the container with: docker run --cap-add=NET_RAW --cap-add=NET_ADMIN …"
        : "Grant CAP_NET_RAW and CAP_NET_ADMIN to the service or sandbox that Tapline runs in (systemd: CapabilityBoundingSet=).",
      capabilities: bounding,
    };
  }
  if (facts.driver === "cap") {
    return {
      finding: "process-capability",
      reason: `The cap package captures inside Tapline itself, and this process lacks ${effective.join(" and ")}. Building the capture helper is the better way: only it then needs them.`,
      fix: "sudo apt-get install gcc libc6-dev libpcap-dev && npm run build",
      capabilities: effective,
    };
  }
  if (facts.helper === null) {
    return {
      finding: "helper-missing",
      reason: "The capture helper is not built: a C compiler or libpcap's headers were missing.",
      fix: "sudo apt-get install gcc libc6-dev libpcap-dev && npm run build",
      capabilities: effective,
    };
  }
  const helper = existsSync(facts.helper) ? realpathSync(facts.helper) : facts.helper;
  const quoted = shellQuote(helper);
  const user = facts.user ?? process.env.USER ?? "$USER";
  if (!(facts.executable ?? mayExecute(helper))) {
    return {
      finding: "helper-not-executable",
      reason: `You may not run the capture helper ${helper}; it is probably reserved to a group.`,
      fix: `sudo usermod -aG "$(stat -c %G ${quoted})" ${user}   (then log in anew)`,
      capabilities: effective,
    };
  }
  if (/^NoNewPrivs:\s*1$/m.test(status) && uid !== 0) {
    return {
      finding: "no-new-privileges",
      reason:
        "This process runs with no_new_privs, so the capabilities of the capture helper's file have no effect. Sandboxes (snap, flatpak, systemd's NoNewPrivileges=) set it.",
      fix: "Start Tapline outside the sandbox, or give the sandbox itself CAP_NET_RAW and CAP_NET_ADMIN.",
      capabilities: effective,
    };
  }
  const command = `sudo setcap cap_net_raw,cap_net_admin=eip ${quoted}`;
  if (mountOptions(facts.mountinfo ?? readText("/proc/self/mountinfo"), helper).includes("nosuid")) {
    return {
      finding: "nosuid",
      reason: `The capture helper lies on a file system mounted with nosuid, where the capabilities of files have no effect (${helper}).`,
      fix: `sudo install -m 755 ${quoted} /usr/local/bin/tapline-capture && sudo setcap cap_net_raw,cap_net_admin=eip /usr/local/bin/tapline-capture   (then start Tapline with TAPLINE_CAPTURE_HELPER=/usr/local/bin/tapline-capture)`,
      capabilities: effective,
    };
  }
  const root = uid === 0 ? " Even root needs them, and this root has been stripped of them." : "";
  return {
    finding: "capability",
    reason: `The capture helper ${helper} needs the capabilities cap_net_raw and cap_net_admin.${root} Tapline itself runs without privileges and should.`,
    fix: command,
    capabilities: effective,
  };
}

function inContainer(): boolean {
  return (
    existsSync("/.dockerenv") ||
    existsSync("/run/.containerenv") ||
    /docker|kubepods|containerd|lxc/.test(readText("/proc/1/cgroup")) ||
    /container=/.test(readText("/proc/1/environ"))
  );
}
