/**
 * `npm run soak [-- --minutes 30] [--rate 20000] [--size 200] [--files 5] [--megabytes 50]`
 *
 * Captures into a ring of files for a long time with a display filter on and rows asked for as a window does, and
 * prints by the minute what memory the engine holds (mean, least and most), then how it grows after the first two
 * minutes, what is left on the heap after its garbage is collected (then and at the end), and what was lost. Runs itself inside the network namespace of the captured end. Says why when it cannot be
 * run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Status } from "../../engine/api.ts";
import { makeHost } from "../../engine/session/host.ts";
import { Session } from "../../engine/session/session.ts";
import { MeasuredWire, notHere } from "./wire.ts";

const USAGE =
  "usage: npm run soak [-- --minutes N] [--rate PACKETS] [--size BYTES] [--files N] [--megabytes N]";
const MIB = 2 ** 20;
const MINUTE = 60_000;
/** Milliseconds between two samples of memory. */
const SAMPLE = 2000;
/** Minutes in which memory may still grow. */
const SETTLING = 2;
const FILTER = "udp.dstport == 9999 && frame.len > 100";

const options = readArguments();
if (options.inside === undefined) await outside();
else await inside(options.inside);

/** Makes the wire, sends, and has the other half run at its far end. */
async function outside(): Promise<void> {
  const reason = notHere();
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    return;
  }
  const { minutes, rate, size } = options;
  const wire = new MeasuredWire();
  try {
    const [command = "ip", ...via] = wire.wire.via;
    const self = [
      process.execPath,
      "--expose-gc",
      "--import",
      import.meta.resolve("tsx"),
      import.meta.filename,
    ];
    const child = spawn(
      command,
      [
        ...via,
        ...self,
        ...["--files", String(options.files), "--megabytes", String(options.megabytes)],
        ...["--inside", wire.wire.device],
      ],
      {
        stdio: ["pipe", "inherit", "inherit", "ipc"],
        env: { ...process.env, TAPLINE_HOME: join(wire.folder, "home"), TAPLINE_PRACTICE: "no" },
      },
    );
    const ended = once(child, "exit");
    await Promise.race([once(child, "message"), ended]);
    if (child.exitCode === null) {
      const sent = await wire.send(Math.round(rate * minutes * 60), rate, size);
      child.send(sent);
    }
    const [code] = await ended;
    process.exitCode = Number(code ?? 1);
  } finally {
    wire.remove();
  }
}

interface Sample {
  readonly minute: number;
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
}

/** Captures until the sender says how much it sent. */
async function inside(device: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-soak-"));
  const session = new Session(makeHost("rpc"));
  let status: Status | null = null;
  let asking = false;
  let answers = 0;
  session.on("status", (now) => {
    status = now;
    if (asking || now.displayed === 0) return;
    asking = true;
    session
      .call("rows", { start: Math.max(0, now.displayed - 50), count: 50 })
      .then(
        () => answers++,
        () => {},
      )
      .finally(() => {
        asking = false;
      });
  });
  const sending = once(process, "message");
  const several = { kilobytes: options.megabytes * 1000, keep: options.files };
  const output = { file: join(folder, "ring.pcapng"), several };
  await session.call("startCapture", { options: { interfaces: [device], output }, discard: true });
  await session.call("filter", { expression: FILTER });
  process.send?.("ready");
  const samples: Sample[] = [];
  /** Those of the present minute: memory rises and falls as files come and go. */
  let recent: Sample[] = [];
  const started = performance.now();
  console.log(
    "minute  rss MiB   from-to  heap MiB  external MiB    packets  displayed  answers  files  before list",
  );
  const sample = (): void => {
    const { rss, heapUsed: heap, external } = process.memoryUsage();
    recent.push({ minute: (performance.now() - started) / MINUTE, rss, heap, external });
  };
  const tell = (): void => {
    sample();
    samples.push(...recent);
    const mean = (of: (sample: Sample) => number): number =>
      recent.reduce((sum, each) => sum + of(each), 0) / recent.length / MIB;
    const rss = recent.map((each) => each.rss / MIB);
    const columns = [
      ((performance.now() - started) / MINUTE).toFixed(1).padStart(6),
      mean((each) => each.rss)
        .toFixed(0)
        .padStart(7),
      `${Math.min(...rss).toFixed(0)}-${Math.max(...rss).toFixed(0)}`.padStart(10),
      mean((each) => each.heap)
        .toFixed(1)
        .padStart(8),
      mean((each) => each.external)
        .toFixed(1)
        .padStart(12),
      String(status?.live.packets ?? 0).padStart(9),
      String(status?.displayed ?? 0).padStart(9),
      String(answers).padStart(7),
      String(status?.live.files?.kept ?? 0).padStart(5),
      String(status?.live.files?.before ?? 0).padStart(11),
    ];
    recent = [];
    console.log(columns.join("  "));
  };
  const kept: string[] = [];
  const collect = (): void => {
    globalThis.gc?.();
    kept.push((process.memoryUsage().heapUsed / MIB).toFixed(1));
  };
  const timers = [
    setInterval(sample, SAMPLE),
    setInterval(tell, MINUTE),
    setTimeout(collect, SETTLING * MINUTE),
  ];
  const [{ sent, arrived }] = (await sending) as [{ sent: number; arrived: number }];
  for (const timer of timers) clearInterval(timer);
  collect();
  if (recent.length > MINUTE / SAMPLE / 4) tell();
  for (let before = -1; ; ) {
    const now = await session.call("status", {});
    const listed = (now.live.files?.before ?? 0) + now.frames;
    if (now.live.packets === before && listed === before) break;
    before = now.live.packets;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await session.call("stopCapture", {});
  const { live, frames: shown } = await session.call("status", {});
  const frames = shown + (live.files?.before ?? 0);
  await session.end(false);
  rmSync(folder, { recursive: true, force: true });
  const settled = samples.filter(({ minute }) => minute >= SETTLING - 0.05);
  const growth = (of: (sample: Sample) => number): string =>
    settled.length < 2
      ? "not known (too short)"
      : `${(slope(settled.map((s) => [s.minute, of(s)])) / MIB).toFixed(2)} MiB a minute`;
  console.log(
    `sent ${sent}, arrived ${arrived}, captured ${live.packets}, indexed ${frames}: ${arrived - live.packets} lost ` +
      `(by the kernel ${live.droppedByKernel ?? "not known"})`,
  );
  console.log(
    `growth after minute ${SETTLING}: rss ${growth((s) => s.rss)}, heap ${growth((s) => s.heap)}, ` +
      `external ${growth((s) => s.external)}`,
  );
  console.log(`heap without garbage: ${kept.join(" MiB, then ")} MiB`);
  process.exit(arrived === live.packets && frames === live.packets ? 0 : 1);
}

/** Of the line that fits the points best. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const both = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return both / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string", default: "30" },
        rate: { type: "string", default: "20000" },
        size: { type: "string", default: "200" },
        files: { type: "string", default: "5" },
        megabytes: { type: "string", default: "50" },
        inside: { type: "string" },
      },
    });
    const number = (
      name: "minutes" | "rate" | "size" | "files" | "megabytes",
      least: number,
      most: number,
    ): number => {
      const value = Number(values[name]);
      if (!(value >= least && value <= most))
        throw new Error(`--${name} takes a number from ${least} to ${most}, not "${values[name]}".`);
      return value;
    };
    return {
      minutes: number("minutes", 0.1, 100_000),
      rate: number("rate", 1, 5_000_000),
      size: number("size", 60, 1514),
      files: number("files", 1, 100_000),
      megabytes: number("megabytes", 1, 1_000_000),
      inside: values.inside,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}
