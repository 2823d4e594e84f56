/** Where captured packets are written: room, speed, and whether it is a disk at all. */
import type { DoctorFinding } from "../../api.ts";
import { shellQuote } from "../permissions.ts";
import { counted, finding, linesOf, mountOf, oneLine, type Rule, size } from "./inputs.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const NETWORK = /^(nfs\d?|cifs|smb3|9p|fuse\.sshfs|afs|ceph|glusterfs|virtiofs)$/;
const MEMORY = new Set(["tmpfs", "ramfs"]);
const PRESSURE = "/proc/pressure/io";
/** Less room than this is told whatever the rate. */
const LITTLE = GIB;
/** A disk that is full within this time is told. */
const SOON_SECONDS = 3600;
/** Bytes waiting to be written beyond the helper's own write buffer. */
const MUCH_BEHIND = 32 * MIB;
/** Share of the time, in per cent, in which everything waited for the disk. */
const MUCH_PRESSURE = 20;

/** `full avg10` of /proc/pressure/io in per cent; null when the kernel does not measure it. */
export function ioPressure(text: string): number | null {
  const match = /^full avg10=([\d.]+)/m.exec(text);
  return match ? Number(match[1]) : null;
}

export const diskRule: Rule = (inputs) => {
  const findings: DoctorFinding[] = [];
  const { spool, live } = inputs;
  if (spool === null) return { findings, unknown: ["Room for captured packets: it could not be read."] };
  const mount = mountOf(inputs, spool.folder);
  const fixes = [
    spool.chosen
      ? { text: "Name an output file on another disk in the capture options", command: "" }
      : {
          text: "Keep captures on another disk: start Tapline with",
          command: "TAPLINE_HOME=/path/on/another/disk tapline",
        },
    { text: "What fills this one", command: `df -h ${shellQuote(spool.folder)}` },
  ];
  const room = { source: spool.folder, line: null, text: `${size(spool.free)} free of ${size(spool.size)}` };
  const seconds = live === null ? 0 : live.stats.elapsedMs / 1000;
  const rate = live !== null && seconds > 1 ? live.stats.fileBytes / seconds : 0;
  const until = live?.running && rate > 0 ? spool.free / rate : Number.POSITIVE_INFINITY;
  if (spool.free < LITTLE || until < SOON_SECONDS) {
    const soon = Number.isFinite(until)
      ? ` At ${size(rate)} a second it is full in ${until < 120 ? `${Math.round(until)} s` : `${Math.round(until / 60)} minutes`}.`
      : "";
    findings.push(
      finding({
        id: "disk.little-room",
        topic: "disk",
        severity: spool.free < 100 * MIB || until < 60 ? "error" : "warning",
        title: `Only ${size(spool.free)} of room for captured packets`,
        explanation: `They are written to ${spool.folder}.${soon} A capture ends when it is full; what was written before is kept.`,
        evidence: [room, ...(rate > 0 ? [counted(`${size(rate)}/s written so far`)] : [])],
        fixes,
      }),
    );
  }
  if (mount !== null && MEMORY.has(mount.type)) {
    findings.push(
      finding({
        id: "disk.memory",
        topic: "disk",
        severity: "warning",
        title: "Captured packets are kept in memory",
        explanation: `${spool.folder} lies on ${mount.type}: a long capture fills the machine's memory, and a restart of the machine loses it.`,
        evidence: [mount.evidence, room],
        fixes: fixes.slice(0, 1),
      }),
    );
  } else if (mount !== null && NETWORK.test(mount.type)) {
    findings.push(
      finding({
        id: "disk.network",
        topic: "disk",
        severity: "warning",
        title: "Captured packets are written over the network",
        explanation: `${spool.folder} lies on ${mount.type}: writing is as slow as the network to it, and its own packets are captured, too.`,
        evidence: [mount.evidence],
        fixes: fixes.slice(0, 1),
      }),
    );
  }
  const pressure = ioPressure(inputs.files.get(PRESSURE) ?? "");
  const behind = live?.behind.most ?? 0;
  if (live !== null && (behind > MUCH_BEHIND || (live.running && (pressure ?? 0) >= MUCH_PRESSURE))) {
    findings.push(
      finding({
        id: "disk.slow",
        topic: "disk",
        severity: behind > MUCH_BEHIND ? "error" : "warning",
        title: "The disk is too slow for this capture",
        explanation: `${behind > MUCH_BEHIND ? `Up to ${size(behind)} of captured packets waited to be written. ` : ""}${pressure !== null && pressure >= MUCH_PRESSURE ? `For ${pressure} % of the last ten seconds everything on this machine waited for its disks. ` : ""}While writing waits, the kernel's buffer fills and packets are lost.`,
        evidence: [
          counted(
            `${size(live.behind.now)} behind now, ${size(behind)} at most; ${size(live.peak.bytesPerSecond)}/s at most`,
          ),
          ...linesOf(PRESSURE, inputs.files.get(PRESSURE) ?? "", (line) => line.startsWith("full")),
          ...oneLine(inputs, "/proc/loadavg"),
        ],
        fixes: fixes.slice(0, 1),
      }),
    );
  }
  return { findings };
};
