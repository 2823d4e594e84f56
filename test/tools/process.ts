/** What a process costs, as /proc tells it; null where the system does not. */
import { readdirSync, readFileSync } from "node:fs";

/** Processor time of all its threads so far, in milliseconds. */
export function processorTime(pid: number | undefined): number | null {
  const times = processorTimes(pid);
  return times === null ? null : times.user + times.system;
}

/** The same, by where it was spent. */
export function processorTimes(pid: number | undefined): { user: number; system: number } | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    // utime and stime, fields 14 and 15 of proc(5), in hundredths of a second; the name may hold blanks.
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return { user: Number(fields[11]) * 10, system: Number(fields[12]) * 10 };
  } catch {
    return null;
  }
}

/** Resident memory in bytes: at present, or the most it ever was. */
export function residentMemory(pid: number | undefined, which: "now" | "peak"): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const line = which === "now" ? /^VmRSS:\s*(\d+) kB/m : /^VmHWM:\s*(\d+) kB/m;
    return Number(line.exec(status)?.[1]) * 1024;
  } catch {
    return null;
  }
}

/** Processor time of the threads it has now, in milliseconds, to the microsecond: for short measurements. */
export function fineProcessorTime(pid: number | undefined): number | null {
  try {
    const tasks = `/proc/${pid}/task`;
    // The first number of schedstat is the time on a processor in nanoseconds.
    return readdirSync(tasks).reduce((sum, task) => {
      return sum + Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    }, 0);
  } catch {
    return null;
  }
}
