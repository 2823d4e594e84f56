/** How a session's process, threads, queues and capture do, put together for the contract. */
import { readFile, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import type { CaptureHealth, Health, LiveStatus, QueueHealth, RenewalHealth, ThreadHealth } from "../api.ts";
import type { CaptureDriver, CaptureSession } from "../capture/index.ts";
import type { WorkerHealth } from "../workers/client.ts";
import { LoadMeter, ProcessorMeter, ThreadMeter } from "../workers/meters.ts";
import { SNAPSHOTS } from "./heap-snapshots.ts";

/** What is asked about. */
export interface HealthRequest {
  readonly worker: WorkerHealth | null;
  /** The decoder of a list that begins anew, and how far it is; null without one. */
  readonly second: WorkerHealth | null;
  readonly renewal: RenewalHealth | null;
  /** The running capture and what it is captured with; null without one. */
  readonly capture: { readonly session: CaptureSession; readonly driver: CaptureDriver["name"] } | null;
  readonly live: LiveStatus;
  /** Frames of the open capture, as far as was told. */
  readonly frames: number;
  readonly spoolFolder: string;
  /** File of the live capture that is shown, running or ended, and bytes of those before it; null without one. */
  readonly spool: { readonly path: string; readonly before: number } | null;
  /** Files that are being compressed or wait for it. */
  readonly compressing: number;
  /** Queues of the windows. */
  readonly windows: readonly QueueHealth[];
  /** The heap snapshot being written. */
  readonly snapshot: Omit<NonNullable<Health["snapshot"]>, "bytes"> | null;
}

/** Asks the process; keeps what was known when it was asked last. */
export class HealthMeter {
  readonly #load = new LoadMeter(() => performance.eventLoopUtilization());
  readonly #processors = new ProcessorMeter();
  readonly #thread = new ThreadMeter();

  async read(request: HealthRequest): Promise<Health> {
    const { worker, capture, spool, snapshot } = request;
    const main: ThreadHealth = {
      name: "main",
      load: this.#load.read(),
      ...this.#thread.read(),
      pending: 0,
      oldest: 0,
      answered: true,
    };
    const reading = worker?.reading ?? null;
    const index = reading?.capture ?? null;
    const folder = spool === null ? request.spoolFolder : dirname(spool.path);
    const [disk, spoolBytes, snapshotBytes, captureHealth] = await Promise.all([
      diskOf(folder),
      sizeOf(spool?.path ?? null),
      sizeOf(snapshot?.path ?? null),
      capture === null ? null : captureOf(capture.session, capture.driver, request),
    ]);
    const threads = [main];
    if (worker !== null) threads.push(worker.thread);
    if (request.second !== null) threads.push({ ...request.second.thread, name: "second decoder" });
    return {
      time: new Date().toISOString(),
      process: {
        pid: process.pid,
        uptime: process.uptime(),
        processors: this.#processors.read(),
        rss: process.memoryUsage.rss(),
      },
      threads: [...threads, ...(reading?.assistants ?? [])],
      queues: [...queuesOf(worker, capture?.session ?? null, request.compressing), ...request.windows],
      index: index === null ? null : { frames: index.frames, bytes: index.bytes, answers: index.answers },
      spool: { folder, bytes: spoolBytes + (spool?.before ?? 0), ...disk },
      capture: captureHealth,
      renewal: request.renewal,
      snapshots: SNAPSHOTS,
      snapshot: snapshot === null ? null : { ...snapshot, bytes: snapshotBytes },
    };
  }

  end(): void {
    this.#thread.end();
  }
}

function queuesOf(
  worker: WorkerHealth | null,
  session: CaptureSession | null,
  compressing: number,
): QueueHealth[] {
  const queues: QueueHealth[] = [];
  if (worker !== null) {
    queues.push({ id: "decoder-requests", length: worker.thread.pending, limit: null, unit: "requests" });
  }
  const capture = worker?.reading?.capture ?? null;
  if (capture !== null && capture.helpers > 0) {
    queues.push(
      { id: "shared-batches", length: capture.batches, limit: capture.batchLimit, unit: "batches" },
      { id: "scanning-threads", length: capture.scanning, limit: capture.helpers, unit: "threads" },
    );
  }
  const messages = session?.process()?.messages ?? null;
  if (messages !== null) {
    queues.push({ id: "capture-messages", length: messages.waiting, limit: null, unit: "bytes" });
  }
  if (compressing > 0)
    queues.push({ id: "files-to-compress", length: compressing, limit: null, unit: "files" });
  return queues;
}

async function captureOf(
  session: CaptureSession,
  driver: CaptureDriver["name"],
  { live, frames }: HealthRequest,
): Promise<CaptureHealth> {
  const { started, stats } = session.snapshot();
  const running = session.process();
  // Between two counts of the whole, the file's own count is the newer one.
  const written = Math.max(stats.packets, stats.filePackets);
  return {
    driver,
    pid: running?.pid ?? null,
    rss: running?.pid == null ? null : await memoryOf(running.pid),
    buffers: (started?.interfaces ?? []).map(({ name, bufferKiB }) => ({ interface: name, kib: bufferKiB })),
    written,
    indexed: Math.min(frames, written),
    received: live.received,
    droppedByKernel: live.droppedByKernel,
    droppedByInterface: live.droppedByInterface,
    messages: running?.messages?.taken ?? 0,
    quiet: running?.messages?.quiet ?? null,
  };
}

/** Bytes of memory of another process; null where the system does not say. */
async function memoryOf(pid: number): Promise<number | null> {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    // No /proc, or it has just ended.
    return null;
  }
}

async function sizeOf(path: string | null): Promise<number> {
  if (path === null) return 0;
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function diskOf(folder: string): Promise<{ free: number | null; disk: number | null }> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, disk: blocks * bsize };
  } catch {
    return { free: null, disk: null };
  }
}
