import { useEffect, useRef, useState } from "react";
import { cssColor, onPalette } from "../lib/colors.ts";
import { usePaced } from "../state/paced.ts";
import { useSelection } from "../state/selection.ts";
import { call, useSession } from "../state/session.ts";
import { useSettings } from "../state/settings.ts";

const WIDTH = 14;
const REFRESH_MS = 700;

const askOverview = (buckets: number) => call("overview", { buckets });

/** Colours of the whole displayed list beside its scrollbar; a click goes there. */
export function OverviewStrip(props: {
  total: number;
  first: number;
  page: number;
  onGo: (row: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height, setHeight] = useState(0);
  const [palette, setPalette] = useState(0);
  const key = useSession((state) => `${state.status.capture}/${state.status.view}/${state.colorings}`);
  const rules = useSession((state) => state.colorRules);
  const colorize = useSettings((state) => state.colorize);
  const growing = useSession((state) => state.status.file?.complete === false);
  const selected = useSelection((state) => state.row);

  useEffect(() => onPalette(() => setPalette((value) => value + 1)), []);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const buckets = Math.max(0, Math.min(4000, Math.floor(height / 2)));
  const { total } = props;
  const overview = usePaced({ ask: askOverview, key, buckets, total, growing, refresh: REFRESH_MS });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `palette` stands for the colours the browser computes
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || height === 0) return;
    const ratio = devicePixelRatio;
    element.width = WIDTH * ratio;
    element.height = height * ratio;
    context.scale(ratio, ratio);
    if (overview && colorize && overview.colors.length > 0) {
      const step = height / overview.colors.length;
      const colors = rules.map((rule) =>
        cssColor(
          rule.problem
            ? "var(--problem)"
            : `color-mix(in oklab, light-dark(${rule.light.background}, ${rule.dark.background}) 70%, light-dark(${rule.light.text}, ${rule.dark.text}))`,
        ),
      );
      overview.colors.forEach((color, index) => {
        const fill = colors[color];
        if (!fill) return;
        const problem = rules[color]?.problem ?? false;
        context.fillStyle = fill;
        // Problems reach over the whole width, so that they differ by more than colour.
        context.fillRect(problem ? 0 : 4, index * step, problem ? WIDTH : WIDTH - 4, Math.max(1, step));
      });
    }
  }, [overview, colorize, rules, height, palette]);

  const goTo = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    props.onGo(Math.floor(share * props.total));
  };

  const at = (row: number): number => (props.total > 0 ? (row / props.total) * height : 0);
  return (
    <div
      className="overview"
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) goTo(event);
      }}
    >
      <canvas
        ref={canvas}
        data-testid="overview"
        role="img"
        aria-label="Colours along the whole list"
        style={{ width: WIDTH, height: "100%" }}
      />
      {props.total > 0 ? (
        <div
          className="overview-window"
          style={{
            height: Math.max(3, at(props.page)),
            transform: `translateY(${at(props.first)}px)`,
          }}
        />
      ) : null}
      {props.total > 0 && selected !== null ? (
        <div
          className="overview-selected"
          style={{ transform: `translateY(${Math.min(height - 2, at(selected))}px)` }}
        />
      ) : null}
    </div>
  );
}
