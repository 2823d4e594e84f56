import { bitRate, count } from "../lib/format.ts";
import { TRAFFIC_SAMPLES, useTraffic } from "../state/traffic.ts";
import { Spark } from "./Spark.tsx";

const NONE: number[] = [];

/** Traffic of an interface over the last minute. */
export function Sparkline({ name, active }: { name: string; active: boolean }) {
  const history = useTraffic((state) => state.history[name] ?? NONE);
  const now = useTraffic((state) => state.now[name]);
  const text = now
    ? `${count(Math.round(now.packetsPerSecond))} packets/s, ${bitRate(now.bytesPerSecond)}`
    : "";
  return (
    <span className={`spark ${active ? "" : "idle"}`}>
      <Spark
        values={history}
        samples={TRAFFIC_SAMPLES}
        width={120}
        height={22}
        top={4}
        label={`Traffic on ${name}: ${text || "none seen yet"}`}
      />
      <span className="spark-text num">{now ? bitRate(now.bytesPerSecond) : ""}</span>
    </span>
  );
}
