import { describe, expect, it } from "vitest";
import { framesOf, readTrace, type TraceEvent } from "../../bench/trace.ts";

const main = { pid: 1, tid: 1 };
const event = (name: string, ts: number, dur: number, at = main, ph = "X"): TraceEvent => ({
  name,
  cat: "",
  ph,
  ts,
  dur,
  ...at,
});
const thread = (name: string, at: { pid: number; tid: number }): TraceEvent => ({
  ...event("thread_name", 0, 0, at, "M"),
  args: { name },
});

describe("framesOf", () => {
  it("tells gaps, and calls late what misses more than one refresh", () => {
    const frames = framesOf([0, 16.7, 33.3, 66.7, 116.7]);
    expect(frames).toMatchObject({ count: 4, late: 1 });
    expect(frames.max).toBeCloseTo(50);
    expect(framesOf([])).toMatchObject({ count: 0, max: 0, late: 0 });
  });
});

describe("readTrace", () => {
  const raster = { pid: 1, tid: 2 };
  const display = { pid: 3, tid: 1 };
  const events = [
    thread("CrRendererMain", main),
    thread("ThreadPoolForegroundWorker", raster),
    thread("VizCompositorThread", display),
    event("BeginMainThreadFrame", 0, 0, main, "I"),
    event("BeginMainThreadFrame", 16_000, 0, main, "I"),
    event("BeginMainThreadFrame", 66_000, 0, main, "I"),
    event("DrawFrame", 1000, 0, { pid: 1, tid: 3 }, "I"),
    event("DrawFrame", 17_000, 0, { pid: 1, tid: 3 }, "I"),
    event("RunTask", 0, 10_000),
    event("EventDispatch", 1000, 6000),
    event("Layout", 2000, 4000),
    { ...event("RunTask", 20_000, 40_000), tdur: 3000 },
    event("RasterTask", 0, 5000, raster),
    event("RunTask", 0, 7000, display),
  ];

  it("counts frames of page and screen", () => {
    const { page, screen } = readTrace(events);
    expect(page).toMatchObject({ count: 2, late: 1, max: 50 });
    expect(screen).toMatchObject({ count: 1, late: 0 });
  });

  it("counts each millisecond once, as processor time where that is known", () => {
    const { work } = readTrace(events);
    expect(work).toMatchObject({ scripting: 2, layout: 4, other: 7, raster: 5, display: 7, longestTask: 10 });
  });

  it("says so when no page is in it", () => {
    expect(() => readTrace([event("RunTask", 0, 1)])).toThrow("no page");
  });
});
