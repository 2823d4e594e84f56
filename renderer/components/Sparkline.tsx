import { useEffect, useRef, useState } from "react";
import { cssColor, onPalette } from "../lib/colors.ts";
import { bitRate, count } from "../lib/format.ts";
import { useTraffic } from "../state/traffic.ts";

const WIDTH = 120;
const HEIGHT = 22;
const SAMPLES = 60;
const NONE: number[] = [];

/** Traffic of an interface over the last minute. */
export function Sparkline({ name, active }: { name: string; active: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const history = useTraffic((state) => state.history[name] ?? NONE);
  const now = useTraffic((state) => state.now[name]);
  const [palette, setPalette] = useState(0);
  useEffect(() => onPalette(() => setPalette((value) => value + 1)), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `palette` stands for the colours the browser computes
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const ratio = devicePixelRatio;
    element.width = WIDTH * ratio;
    element.height = HEIGHT * ratio;
    context.scale(ratio, ratio);
    context.strokeStyle = cssColor("var(--line-strong)");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, HEIGHT - 0.5);
    context.lineTo(WIDTH, HEIGHT - 0.5);
    context.stroke();
    if (history.length < 2) return;
    const top = Math.max(4, ...history);
    const step = WIDTH / (SAMPLES - 1);
    const x = (index: number) => WIDTH - (history.length - 1 - index) * step;
    const y = (value: number) => HEIGHT - 1.5 - (value / top) * (HEIGHT - 4);
    context.beginPath();
    history.forEach((value, index) => {
      context.lineTo(x(index), y(value));
    });
    context.strokeStyle = cssColor("var(--accent)");
    context.lineWidth = 1.25;
    context.lineJoin = "round";
    context.stroke();
    context.lineTo(WIDTH, HEIGHT);
    context.lineTo(x(0), HEIGHT);
    context.fillStyle = cssColor("color-mix(in srgb, var(--accent) 16%, transparent)");
    context.fill();
  }, [history, palette]);

  const text = now
    ? `${count(Math.round(now.packetsPerSecond))} packets/s, ${bitRate(now.bytesPerSecond)}`
    : "";
  return (
    <span className={`spark ${active ? "" : "idle"}`}>
      <canvas ref={canvas} role="img" aria-label={`Traffic on ${name}: ${text || "none seen yet"}`} />
      <span className="spark-text num">{now ? bitRate(now.bytesPerSecond) : ""}</span>
    </span>
  );
}
