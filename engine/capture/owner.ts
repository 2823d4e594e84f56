/**
 * Who a temporary file belongs to: a process, told from a later one of the same number by when it started.
 *
 * Numbers of processes mean something on one machine, between two starts of it, in one PID namespace. Where they mean
 * nothing here, a file counts as owned as long as its owner shows signs of life (see `STALE_MS`).
 */
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

export const ownerSchema = z.object({
  process: z.number().int().positive(),
  /** When the process started, in the system's own words; empty where that cannot be asked cheaply. */
  started: z.string().max(100),
  /** The machine and PID namespace, and its present run. */
  machine: z.string().max(500),
  boot: z.string().max(100),
});
export type Owner = z.infer<typeof ownerSchema>;

/** An owner that cannot be asked about is taken for gone when it gave no sign of life for so long, in ms. */
export const STALE_MS = 150_000;

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** When a process started: null when there is none (a dead one that was not waited for is none). */
function startOf(process_: number): string | null {
  if (process.platform === "linux") {
    // The name before the last ")" may hold anything; see proc(5): state is field 3, starttime field 22.
    const stat = textOf(`/proc/${process_}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0] ?? "";
    return fields.length < 20 || state === "Z" || state === "X" ? null : (fields[19] ?? "");
  }
  try {
    process.kill(process_, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return null;
  }
  if (process.platform !== "darwin") return "";
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(process_)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

let here: Pick<Owner, "machine" | "boot"> | null = null;

function place(): Pick<Owner, "machine" | "boot"> {
  here ??= {
    machine: [textOf("/etc/machine-id"), hostname(), namespace()].join(" ").slice(0, 500),
    boot: textOf("/proc/sys/kernel/random/boot_id").slice(0, 100),
  };
  return here;
}

/** A process of this machine as an owner; null when there is no such process. */
export function ownerOf(process_: number): Owner | null {
  const started = startOf(process_);
  return started === null ? null : { process: process_, started, ...place() };
}

/**
 * Whether an owner is still there.
 * @param silence milliseconds since its last sign of life, for owners that cannot be asked about
 */
export function isAlive(owner: Owner, silence: number): boolean {
  const { machine, boot } = place();
  if (owner.machine !== machine) return silence < STALE_MS;
  if (owner.boot !== boot) return false;
  const started = startOf(owner.process);
  if (started === null) return false;
  if (started !== "" && owner.started !== "") return started === owner.started;
  return silence < STALE_MS;
}
