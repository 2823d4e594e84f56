import { Camera, Copy, TriangleAlert, X } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { bitRate, count, duration } from "../lib/format.ts";
import { type HealthGroup, type HealthLine, healthGroups, healthReport } from "../lib/health.ts";
import { copy } from "../state/copying.ts";
import { HEALTH_SAMPLES, useHealth, watchHealth } from "../state/health.ts";
import { RATE_SAMPLES, useRates } from "../state/rates.ts";
import { useSession } from "../state/session.ts";
import { focusPane, openDialog } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";
import { Spark } from "./Spark.tsx";

const WIDTH = 64;
const HEIGHT = 16;
const NONE: number[] = [];

/** How Tapline itself does: load, delays, memory, queues, capture; drawn over the last minutes. */
export function HealthPanel() {
  const now = useHealth((state) => state.now);
  const error = useHealth((state) => state.error);
  const hello = useSession((state) => state.hello);
  const root = useRef<HTMLElement>(null);
  useEffect(watchHealth, []);
  const groups = useMemo(() => (now ? healthGroups(now) : []), [now]);

  const close = () => {
    const inside = root.current?.contains(document.activeElement);
    useHealth.setState({ open: false });
    if (inside) focusPane("packet-list");
  };
  const report = () => {
    if (!now) return;
    const about = hello ? [`Tapline ${hello.version}, ${hello.face}, ${hello.platform}`] : [];
    copy(healthReport(now, about));
  };
  return (
    <section
      ref={root}
      className="health"
      aria-label="Health"
      data-testid="health"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <header className="health-head">
        <h2>Health</h2>
        {error ? (
          <span className="bad" role="alert">
            {error}
          </span>
        ) : (
          <span className="dim num">
            {now ? `running for ${duration(Math.round(now.process.uptime))}` : "Asking the engine…"}
          </span>
        )}
        <span className="grow" />
        <button type="button" className="button small" disabled={!now} onClick={report}>
          <Copy size={12} /> Copy as text
        </button>
        <button type="button" className="button small" onClick={() => openDialog("heap-snapshot")}>
          <Camera size={12} /> Heap snapshot…
        </button>
        <IconButton label="Close" hint="Esc" icon={<X size={14} />} onClick={close} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
      <div className="health-groups" tabIndex={0} role="group" aria-label="Measurements">
        {groups.map((group) => (
          <Group key={group.title} group={group} />
        ))}
      </div>
    </section>
  );
}

function Group({ group }: { group: HealthGroup }) {
  return (
    <section className="health-group" aria-label={group.title}>
      <h3>{group.title}</h3>
      <dl>
        {group.title === "Capture" ? <Rates /> : null}
        {group.lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </dl>
    </section>
  );
}

function Line({ line }: { line: HealthLine }) {
  const values = useHealth((state) => state.history[line.id] ?? NONE);
  return (
    <div className={`health-line ${line.warns ? "warns" : ""}`} title={line.detail || undefined}>
      <dt>{line.title}</dt>
      {line.series ? (
        <Spark
          values={values}
          samples={HEALTH_SAMPLES}
          width={WIDTH}
          height={HEIGHT}
          top={line.series.top}
          label={`${line.title} over the last three minutes`}
        />
      ) : (
        <span />
      )}
      <dd className="num">
        {line.warns ? <TriangleAlert size={12} aria-label="Worth a look" /> : null}
        {line.value}
      </dd>
      <dd className="health-detail dim num">{line.detail}</dd>
    </div>
  );
}

/** What comes in, interface by interface. */
function Rates() {
  const rates = useSession((state) => state.status.live.rates);
  const history = useRates((state) => state.history);
  return rates.map(({ name, packetsPerSecond, bytesPerSecond }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: interfaces keep their places, and may have the same name
    <div key={index} className="health-line" data-interface={name}>
      <dt>{name}</dt>
      <Spark
        values={history[index] ?? NONE}
        samples={RATE_SAMPLES}
        width={WIDTH}
        height={HEIGHT}
        top={4}
        label={`Packets per second on ${name} over the last minute`}
      />
      <dd className="num">{count(Math.round(packetsPerSecond))} packets/s</dd>
      <dd className="health-detail dim num">{bitRate(bytesPerSecond)}</dd>
    </div>
  ));
}
