import { useEffect, useRef, useState } from "react";
import { cssColor, onPalette } from "../lib/colors.ts";

/** How the last values of something went: a line over its filled ground, the newest at the right. */
export function Spark(props: {
  values: readonly number[];
  /** How many values fill the width. */
  samples: number;
  width: number;
  height: number;
  /** The value at the top; as high as the highest value, and at least this high. */
  top: number;
  label: string;
}) {
  const { values, samples, width, height, top, label } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [palette, setPalette] = useState(0);
  useEffect(() => onPalette(() => setPalette((value) => value + 1)), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `palette` stands for the colours the browser computes
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const ratio = devicePixelRatio;
    element.width = width * ratio;
    element.height = height * ratio;
    context.scale(ratio, ratio);
    context.strokeStyle = cssColor("var(--line-strong)");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, height - 0.5);
    context.lineTo(width, height - 0.5);
    context.stroke();
    if (values.length < 2) return;
    const highest = Math.max(top, ...values);
    const step = width / (samples - 1);
    const x = (index: number) => width - (values.length - 1 - index) * step;
    const y = (value: number) => height - 1.5 - (value / highest) * (height - 4);
    context.beginPath();
    values.forEach((value, index) => {
      context.lineTo(x(index), y(value));
    });
    context.strokeStyle = cssColor("var(--accent)");
    context.lineWidth = 1.25;
    context.lineJoin = "round";
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(x(0), height);
    context.fillStyle = cssColor("color-mix(in srgb, var(--accent) 16%, transparent)");
    context.fill();
  }, [values, samples, width, height, top, palette]);

  return <canvas ref={canvas} role="img" aria-label={label} style={{ width, height }} />;
}
