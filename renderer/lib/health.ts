/** What the health panel shows, line by line; its text report is made of the same lines. */
import type { Health, QueueHealth, ThreadHealth } from "../../engine/api.ts";
import { byteSize, count, counted, duration, percent } from "./format.ts";

export interface HealthLine {
  /** The same from one answer to the next. */
  id: string;
  title: string;
  value: string;
  /** More of it, in a few words; often empty. */
  detail: string;
  /** What is drawn over time, and the value that at least fits; null for nothing. */
  series: { value: number; top: number } | null;
  /** True when it is worth a look. */
  warns: boolean;
}

export interface HealthGroup {
  title: string;
  lines: HealthLine[];
}

/** From here on a value is worth a look: shares of one, milliseconds, bytes. */
const BUSY = 0.95;
const LATE_MS = 100;
const FULL = 0.8;
const LITTLE_ROOM = 1e9;
const QUIET_MS = 3000;

const QUEUE_TITLES: Record<QueueHealth["id"], string> = {
  "decoder-requests": "Decoder requests",
  "shared-batches": "Indexing batches",
  "scanning-threads": "Filter threads",
  "window-requests": "Window requests",
  "window-bytes": "Window, unsent",
  "capture-messages": "Helper messages",
  "files-to-compress": "Files to compress",
};

const nameOf = ({ name }: ThreadHealth): string => `${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`;
const titleOf = (thread: ThreadHealth): string => `${nameOf(thread)} thread`;

function line(id: string, title: string, value: string, more: Partial<HealthLine> = {}): HealthLine {
  return { id, title, value, detail: "", series: null, warns: false, ...more };
}

const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

function loadLines({ process, threads }: Health): HealthLine[] {
  return [
    ...threads.map((thread) =>
      line(`load ${thread.name}`, titleOf(thread), percent(Math.round(thread.load * 1000) / 1000, 1), {
        detail: thread.answered
          ? ""
          : `busy since it was asked; ${counted(thread.pending, "request")} waiting`,
        series: { value: thread.load, top: 1 },
        warns: thread.load >= BUSY,
      }),
    ),
    line("processors", "Processors busy", process.processors.toFixed(2), {
      series: { value: process.processors, top: 1 },
    }),
  ];
}

function delayLines({ threads }: Health): HealthLine[] {
  return threads.map((thread) => {
    const { delay } = thread;
    if (delay === null) return line(`delay ${thread.name}`, titleOf(thread), "not known yet");
    return line(`delay ${thread.name}`, titleOf(thread), milliseconds(delay.p99), {
      detail: `mean ${milliseconds(delay.mean)}, longest ${milliseconds(delay.max)}`,
      series: { value: delay.p99, top: 20 },
      warns: delay.p99 >= LATE_MS,
    });
  });
}

function memoryLines({ process, threads, index }: Health): HealthLine[] {
  const lines = [
    line("rss", "All of the process", byteSize(process.rss), {
      detail: `process ${process.pid}`,
      series: { value: process.rss, top: 1 },
    }),
    ...threads.map((thread) => {
      const { heap } = thread;
      const title = `${nameOf(thread)} heap`;
      if (heap === null) return line(`heap ${thread.name}`, title, "not known yet");
      return line(`heap ${thread.name}`, title, byteSize(heap.used), {
        detail: `${byteSize(heap.total)} taken, at most ${byteSize(heap.limit)}`,
        series: { value: heap.used, top: 1 },
        warns: heap.used >= heap.limit * FULL,
      });
    }),
  ];
  if (index === null) return lines;
  const each = index.frames > 0 ? `, ${Math.round(index.bytes / index.frames)} bytes each` : "";
  return [
    ...lines,
    line("index", "Index", byteSize(index.bytes), {
      detail: `${counted(index.frames, "frame")}${each}`,
      series: { value: index.bytes, top: 1 },
    }),
    line("answers", "Filter answers", byteSize(index.answers), {
      series: { value: index.answers, top: 1 },
    }),
  ];
}

function queueLines({ queues }: Health): HealthLine[] {
  return queues.map(({ id, length, limit, unit }, place) => {
    const bytes = unit === "bytes";
    const show = bytes ? byteSize : count;
    // A window may be connected twice for a moment.
    const key = queues.findIndex((queue) => queue.id === id) === place ? id : `${id} ${place}`;
    return line(`queue ${key}`, QUEUE_TITLES[id], show(length), {
      detail: limit === null ? "" : `at most ${show(limit)}`,
      series: { value: length, top: bytes ? 1000 : 4 },
      // All helping threads at work is as it should be.
      warns: limit !== null && unit !== "threads" && length >= limit * FULL,
    });
  });
}

/** The list of a ring's packets that begins anew. */
function renewalLines({ renewal }: Health): HealthLine[] {
  if (renewal === null) return [];
  const { read, bytes, frames } = renewal;
  const done = bytes === 0 ? 0 : Math.min(1, read / bytes);
  return [
    line("renewal", "New list", `${percent(Math.round(done * 100) / 100, 1)} read`, {
      detail: `${counted(frames, "packet")}, ${byteSize(read)} of ${byteSize(bytes)}; shown when it has caught up`,
      series: { value: done, top: 1 },
    }),
  ];
}

function captureLines({ capture }: Health): HealthLine[] {
  if (capture === null) return [];
  const lost = (value: number | null): string => (value === null ? "not counted" : count(value));
  const lag = Math.max(0, capture.written - capture.indexed);
  const kib = capture.buffers.reduce((sum, buffer) => sum + buffer.kib, 0);
  const parts = capture.buffers.map((buffer) => `${buffer.interface} ${byteSize(buffer.kib * 1024)}`);
  const quiet = capture.quiet ?? 0;
  return [
    line(
      "helper",
      capture.driver === "helper" ? "Capture helper" : "Capture with cap",
      pidText(capture.pid),
      {
        detail: capture.rss === null ? "" : `${byteSize(capture.rss)} of memory`,
        series: capture.rss === null ? null : { value: capture.rss, top: 1 },
      },
    ),
    line("buffer", "Kernel buffers", byteSize(kib * 1024), {
      detail: parts.length > 1 ? parts.join(", ") : "",
    }),
    line("written", "Written", counted(capture.written, "packet"), {
      detail: capture.received === null ? "" : `${count(capture.received)} received`,
    }),
    line("lag", "Not indexed yet", counted(lag, "packet"), { series: { value: lag, top: 100 } }),
    line("dropped kernel", "Kernel drops", lost(capture.droppedByKernel), {
      warns: (capture.droppedByKernel ?? 0) > 0,
    }),
    line("dropped interface", "Interface drops", lost(capture.droppedByInterface), {
      warns: (capture.droppedByInterface ?? 0) > 0,
    }),
    line("quiet", "Last message ago", capture.quiet === null ? "none yet" : milliseconds(quiet), {
      detail: counted(capture.messages, "message"),
      series: { value: quiet, top: 1000 },
      warns: quiet >= QUIET_MS,
    }),
  ];
}

const pidText = (pid: number | null): string => (pid === null ? "not running" : `process ${pid}`);

function diskLines({ spool }: Health): HealthLine[] {
  const { free, disk } = spool;
  return [
    line("spool", "Capture on disk", byteSize(spool.bytes), {
      detail: spool.folder,
      series: { value: spool.bytes, top: 1 },
    }),
    line("free", "Free on its disk", free === null ? "not known" : byteSize(free), {
      detail: disk === null ? "" : `of ${byteSize(disk)}`,
      series: free === null ? null : { value: free, top: 1 },
      warns: free !== null && free < LITTLE_ROOM,
    }),
  ];
}

export function healthGroups(health: Health): HealthGroup[] {
  return [
    { title: "Load", lines: loadLines(health) },
    { title: "Event-loop delay, 99th percentile", lines: delayLines(health) },
    { title: "Memory", lines: memoryLines(health) },
    { title: "Queues", lines: queueLines(health) },
    { title: "Capture", lines: [...captureLines(health), ...renewalLines(health)] },
    { title: "Disk", lines: diskLines(health) },
  ].filter(({ lines }) => lines.length > 0);
}

/** The panel as text, for a bug report. `about` are lines that stand first. */
export function healthReport(health: Health, about: readonly string[]): string {
  const text = [...about, `${health.time}, running for ${duration(health.process.uptime)}`];
  for (const { title, lines } of healthGroups(health)) {
    text.push("", title);
    const width = Math.max(...lines.map((each) => each.title.length));
    for (const { title: name, value, detail, warns } of lines) {
      text.push(`${warns ? "! " : "  "}${name.padEnd(width)}  ${value}${detail ? ` (${detail})` : ""}`);
    }
  }
  return `${text.join("\n")}\n`;
}

/** About how long a snapshot of a heap keeps its thread busy: "3 to 15 seconds". */
export function snapshotTime(heap: number, speed: { least: number; most: number }): string {
  const [from, to] = [speed.most, speed.least].map((each) => Math.max(1, Math.round(heap / each)));
  return from === to ? "about a second" : `${from} to ${to} seconds`;
}
