import { X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Timeline as TimelineData } from "../../engine/api.ts";
import { cssColor, onPalette } from "../lib/colors.ts";
import { timeRangeFilter } from "../lib/filters.ts";
import { count, duration } from "../lib/format.ts";
import { findField } from "../lib/tree.ts";
import { combine } from "../state/filter.ts";
import { usePaced } from "../state/paced.ts";
import { useSelection } from "../state/selection.ts";
import { call, useSession } from "../state/session.ts";

const HEIGHT = 54;
const PIXELS_PER_BUCKET = 4;
const REFRESH_MS = 800;
const COLORS = 8;

const askTimeline = (buckets: number) => call("timeline", { buckets });

/** The series for uPlot: the times of the buckets, then the groups stacked, the tallest first. */
function stacked(data: TimelineData): uPlot.AlignedData {
  const buckets = data.groups[0]?.counts.length ?? 0;
  const width = buckets > 0 ? (data.end - data.start) / buckets : 0;
  const times = Array.from({ length: buckets }, (_, index) => data.start + (index + 0.5) * width);
  const sums = new Array<number>(buckets).fill(0);
  const layers = data.groups.map((group) =>
    group.counts.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + value;
      return sums[index]!;
    }),
  );
  return [times, ...layers.reverse()] as uPlot.AlignedData;
}

interface Range {
  from: number;
  to: number;
}

/** Packets over the time of the whole capture; a drag over it prepares a filter for that stretch. */
export function Timeline() {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [width, setWidth] = useState(0);
  const [palette, setPalette] = useState(0);
  const [range, setRange] = useState<Range | null>(null);
  const [hover, setHover] = useState("");
  const capture = useSession((state) => state.status.capture);
  const frames = useSession((state) => state.status.frames);
  // In step mode the counts are those up to its position.
  const position = useSession((state) => state.status.replay?.position ?? null);
  const growing = useSession((state) => state.status.file?.complete === false);
  const at = useSelection((state) =>
    state.frame
      ? Number(findField(state.frame.tree, "frame.time_relative")?.value ?? Number.NaN)
      : Number.NaN,
  );

  useEffect(() => onPalette(() => setPalette((value) => value + 1)), []);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const buckets = Math.max(0, Math.min(2000, Math.floor(width / PIXELS_PER_BUCKET)));
  const data = usePaced({
    ask: askTimeline,
    key: capture,
    buckets,
    total: position ?? frames,
    growing,
    refresh: REFRESH_MS,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a stretch belongs to the capture it was drawn on
  useEffect(() => setRange(null), [capture]);

  const shown = useRef(data);
  shown.current = data;
  const drawable = data !== null && data.groups.length > 0 && data.end > data.start;
  const names = useMemo(() => data?.groups.map((group) => group.name).reverse() ?? [], [data]);
  const groups = names.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `palette` stands for the colours the browser computes, `groups` for the names
  useEffect(() => {
    const element = host.current;
    const first = shown.current;
    if (!element || width === 0 || !drawable || !first) return;
    const bars = uPlot.paths.bars?.({ size: [0.86, Infinity, 1], gap: 0 });
    const series: uPlot.Series[] = [
      {},
      ...names.map((name, index) => ({
        label: name,
        fill: cssColor(`var(--series-${(names.length - 1 - index) % COLORS})`),
        stroke: "transparent",
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars } : {}),
      })),
    ];
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [14, 0, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { time: false, range: () => [shown.current?.start ?? 0, shown.current?.end ?? 1] },
          y: { range: (_, __, max) => [0, Math.max(1, max)] },
        },
        axes: [{ show: false }, { show: false }],
        series,
        hooks: {
          setSelect: [
            (self) => {
              const { left, width: selected } = self.select;
              if (selected < 3) {
                setRange(null);
                return;
              }
              setRange({ from: self.posToVal(left, "x"), to: self.posToVal(left + selected, "x") });
            },
          ],
          setCursor: [
            (self) => {
              const index = self.cursor.idx;
              if (index == null || (self.cursor.left ?? -1) < 0) {
                setHover("");
                return;
              }
              const parts = (shown.current?.groups ?? [])
                .map((group) => ({ name: group.name, value: group.counts[index] ?? 0 }))
                .filter((part) => part.value > 0);
              const total = parts.reduce((sum, part) => sum + part.value, 0);
              const time = self.data[0][index] ?? 0;
              setHover(
                `${duration(time)}: ${count(total)} packets${parts.length > 0 ? ` (${parts.map((part) => `${part.name} ${count(part.value)}`).join(", ")})` : ""}`,
              );
            },
          ],
        },
      },
      stacked(first),
      element,
    );
    plot.current = chart;
    return () => {
      chart.destroy();
      plot.current = null;
    };
  }, [drawable, groups, width, palette]);

  // The same groups with other counts: the chart stays, its bars are drawn anew.
  useEffect(() => {
    if (data && drawable && plot.current?.series.length === names.length + 1)
      plot.current.setData(stacked(data));
  }, [data, drawable, names]);

  const drop = () => {
    setRange(null);
    plot.current?.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  };
  const use = (apply: boolean) => {
    if (!range) return;
    combine(timeRangeFilter(range.from, range.to), "selected", apply);
    drop();
  };
  const length = data ? data.end - data.start : 0;
  // The plot has no axes and no space at its sides: its whole width is time.
  const marker = data && length > 0 && Number.isFinite(at) ? ((at - data.start) / length) * width : null;
  return (
    <section className="timeline" data-testid="timeline" aria-label="Packets over time">
      <div className="timeline-plot" ref={host} />
      {marker !== null ? (
        <div className="timeline-marker" style={{ transform: `translateX(${marker}px)` }} />
      ) : null}
      <div className="timeline-note num" aria-live="off">
        {range ? "" : hover || (data && data.end > data.start ? duration(data.end - data.start) : "")}
      </div>
      {range ? (
        <div className="timeline-range" role="group" aria-label="Chosen stretch of time">
          <span className="num">
            {range.from.toFixed(3)} s to {range.to.toFixed(3)} s
          </span>
          <button type="button" className="button small primary" onClick={() => use(true)}>
            Show only these
          </button>
          <button type="button" className="button small" onClick={() => use(false)}>
            Prepare filter
          </button>
          <button type="button" className="icon-button" aria-label="Drop the stretch" onClick={drop}>
            <X size={13} />
          </button>
        </div>
      ) : null}
      <ul className="timeline-legend" aria-label="Protocols">
        {data?.groups.map((group, index) => (
          <li key={group.name}>
            <span className="swatch" style={{ background: `var(--series-${index % COLORS})` }} aria-hidden />
            {group.name}
          </li>
        ))}
      </ul>
    </section>
  );
}
