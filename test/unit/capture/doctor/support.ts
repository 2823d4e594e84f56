/** Inputs of the doctor's rules, written by hand: what a test does not say is an ordinary machine. */
import type { DoctorFinding } from "../../../../engine/api.ts";
import type { DoctorInputs, LiveReadings } from "../../../../engine/capture/doctor/index.ts";
import type { Rule } from "../../../../engine/capture/doctor/inputs.ts";
import { type InterfaceInfo, NO_STATS } from "../../../../engine/capture/index.ts";

export function device(name: string, more: Partial<InterfaceInfo> = {}): InterfaceInfo {
  return {
    name,
    description: "Ethernet",
    kind: "ethernet",
    addresses: [
      { family: "ipv4", address: "192.0.2.10", prefix: 24 },
      { family: "ipv6", address: "2001:db8::10", prefix: 64 },
    ],
    mac: null,
    up: true,
    link: "up",
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
    extcap: null,
    ...more,
  };
}

type Given = Omit<Partial<DoctorInputs>, "files" | "folders" | "commands"> & {
  files?: Record<string, string>;
  folders?: Record<string, string[]>;
  commands?: Record<string, string>;
};

export function inputs({ files, folders, commands, ...more }: Given = {}): DoctorInputs {
  return {
    platform: "linux",
    driver: "helper",
    helper: "/opt/tapline/tapline-capture",
    uid: 1000,
    user: "anna",
    executable: true,
    interfaces: [device("eth0"), device("eth1")],
    listProblem: "",
    chosen: ["eth0"],
    absent: [],
    host: "",
    addresses: [],
    hostProblem: "",
    options: { bufferMiB: 16, snapLen: 0 },
    spool: {
      folder: "/home/anna/.local/tapline/spool",
      chosen: false,
      free: 50 * 1024 ** 3,
      size: 100 * 1024 ** 3,
    },
    live: null,
    ...more,
    files: new Map(Object.entries(files ?? {})),
    folders: new Map(Object.entries(folders ?? {})),
    commands: new Map(Object.entries(commands ?? {})),
  };
}

/** A capture on eth0 that has run for ten seconds. */
export function capture(more: Partial<LiveReadings> = {}): LiveReadings {
  return {
    running: true,
    stats: { ...NO_STATS, elapsedMs: 10_000, packets: 90_000, bytes: 90_000_000, kernelDropped: 0 },
    peak: { packetsPerSecond: 10_000, bytesPerSecond: 10_000_000 },
    started: {
      file: "spool.pcapng",
      interfaces: [
        {
          id: 0,
          name: "eth0",
          linkType: 1,
          snapLen: 262_144,
          promiscuous: true,
          monitor: false,
          precision: "ns",
          bufferKiB: 16 * 1024,
          filter: "",
        },
      ],
      caveats: [],
    },
    before: new Map(),
    clockJumps: [],
    behind: { now: 0, most: 0 },
    cut: null,
    ...more,
  };
}

/** Names of all findings that came of `judged`. */
export const seen = new Set<string>();

/** The findings of a rule; each of them must say what it stands on. */
export function judged(rule: Rule, given: Given = {}): readonly DoctorFinding[] {
  const { findings } = rule(inputs(given));
  for (const finding of findings) {
    seen.add(finding.id);
    if (finding.evidence.length === 0) throw new Error(`${finding.id} has no evidence`);
  }
  return findings;
}

/** The findings of a rule by their names. */
export function found(rule: Rule, given: Given = {}): Map<string, DoctorFinding> {
  return new Map(judged(rule, given).map((finding) => [finding.id, finding]));
}

/** The evidence of a finding, one text each: "source:line text". */
export const evidence = (finding: DoctorFinding | undefined): string[] =>
  finding?.evidence.map(({ source, line, text }) => `${source}${line === null ? "" : `:${line}`} ${text}`) ??
  [];

export const commands = (finding: DoctorFinding | undefined): string[] =>
  finding?.fixes.map(({ command }) => command) ?? [];
