/** What a trace of Chromium says about a window: its frames, and which work they were made of. */

/** One event of a trace, times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Processor time of the thread meanwhile. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Categories that are recorded: few enough that recording them costs the window little. */
export const CATEGORIES = [
  "devtools.timeline",
  "disabled-by-default-devtools.timeline",
  "disabled-by-default-devtools.timeline.frame",
];

/** Milliseconds between two refreshes of the screen that Chromium keeps to. */
export const REFRESH = 1000 / 60;

/** Gaps between frames, in milliseconds. */
export interface Frames {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Frames that came more than two refreshes (33.3 ms) after the one before. */
  readonly late: number;
}

/** @param times milliseconds at which frames were made, ascending */
export function framesOf(times: readonly number[]): Frames {
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    count: gaps.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted.at(-1) ?? 0,
    late: gaps.filter((gap) => Math.round(gap / REFRESH) > 2).length,
  };
}

/**
 * Where processor time went, in milliseconds, whatever else the machine was busy with. The first five are the page's,
 * on its main thread.
 */
export interface Work {
  readonly scripting: number;
  readonly style: number;
  readonly layout: number;
  /** Walking what is to be painted, recording it, handing it to the compositor. */
  readonly paint: number;
  /** Main thread, none of the above: input, messages between processes. */
  readonly other: number;
  /** The browser's own: pixels made by its raster threads, its compositor and its display. */
  readonly raster: number;
  readonly compositor: number;
  readonly display: number;
  /** The longest single task of the main thread. */
  readonly longestTask: number;
}

export interface Traced {
  /** The frames of the page: each is one turn of its main thread. */
  readonly page: Frames;
  /** The frames that were drawn to the screen. */
  readonly screen: Frames;
  readonly work: Work;
}

const spent = ({ tdur, dur }: TraceEvent): number => (tdur ?? dur ?? 0) / 1000;

type Kind = "scripting" | "style" | "layout" | "paint" | "other";

const KINDS: Readonly<Record<string, Kind>> = {
  FunctionCall: "scripting",
  EvaluateScript: "scripting",
  "v8.compile": "scripting",
  "v8.callFunction": "scripting",
  EventDispatch: "scripting",
  FireAnimationFrame: "scripting",
  TimerFire: "scripting",
  RunMicrotasks: "scripting",
  WebSocketReceive: "scripting",
  MinorGC: "scripting",
  MajorGC: "scripting",
  ParseHTML: "scripting",
  UpdateLayoutTree: "style",
  Layout: "layout",
  PrePaint: "paint",
  Paint: "paint",
  Layerize: "paint",
  Commit: "paint",
};

/**
 * Reads a trace that holds one page, whose main thread did more than that of any other process.
 * @param events as Chromium wrote them, with CATEGORIES
 * @throws Error when no page is in it
 */
export function readTrace(events: readonly TraceEvent[]): Traced {
  const names = new Map<string, string>();
  for (const { name, pid, tid, args } of events) {
    if (name === "thread_name") names.set(`${pid}/${tid}`, args?.name ?? "");
  }
  const main = mainThread(events, names);
  const process = Number(main.split("/")[0]);
  const own = (event: TraceEvent): boolean => `${event.pid}/${event.tid}` === main;
  const complete = events.filter(({ ph, dur }) => ph === "X" && dur !== undefined);
  const times = (name: string, of: (event: TraceEvent) => boolean): number[] =>
    events
      .filter((event) => event.name === name && of(event))
      .map(({ ts }) => ts / 1000)
      .sort((a, b) => a - b);
  const total = (of: (event: TraceEvent) => boolean): number =>
    complete.reduce((sum, event) => (of(event) ? sum + spent(event) : sum), 0);
  const tasks = complete.filter((event) => event.name === "RunTask" && own(event));
  const on = (thread: string) => (event: TraceEvent) =>
    event.name === "RunTask" && names.get(`${event.pid}/${event.tid}`) === thread;
  return {
    page: framesOf(times("BeginMainThreadFrame", own)),
    screen: framesOf(times("DrawFrame", ({ pid }) => pid === process)),
    work: {
      ...selfTimes(complete.filter(own)),
      raster: total(({ name, pid }) => name === "RasterTask" && pid === process),
      compositor: total((event) => event.pid === process && on("Compositor")(event)),
      display: total(on("VizCompositorThread")),
      longestTask: tasks.reduce((longest, task) => Math.max(longest, spent(task)), 0),
    },
  };
}

function mainThread(events: readonly TraceEvent[], names: ReadonlyMap<string, string>): string {
  const frames = new Map<string, number>();
  for (const { name, pid, tid } of events) {
    if (name !== "BeginMainThreadFrame") continue;
    const key = `${pid}/${tid}`;
    frames.set(key, (frames.get(key) ?? 0) + 1);
  }
  const [found] = [...frames]
    .filter(([key]) => names.get(key) === "CrRendererMain")
    .sort((a, b) => b[1] - a[1]);
  if (found === undefined) throw new Error("The trace holds no page that made frames.");
  return found[0];
}

/** Milliseconds of each kind, without what ran inside of another event. */
function selfTimes(events: readonly TraceEvent[]): Record<Kind, number> {
  const sums = { scripting: 0, style: 0, layout: 0, paint: 0, other: 0 };
  const open: { end: number; kind: Kind }[] = [];
  const sorted = events.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!);
  for (const event of sorted) {
    const { name, ts, dur } = event;
    while (open.length > 0 && open.at(-1)!.end <= ts) open.pop();
    const parent = open.at(-1);
    // What has no name of its own here belongs to the event it ran in.
    const kind = name.startsWith("V8.") ? "scripting" : (KINDS[name] ?? parent?.kind ?? "other");
    sums[kind] += spent(event);
    if (parent !== undefined) sums[parent.kind] -= spent(event);
    open.push({ end: ts + dur!, kind });
  }
  return sums;
}
