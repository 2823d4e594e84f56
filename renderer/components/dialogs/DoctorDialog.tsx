import {
  Check,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  Copy,
  Info,
  RotateCw,
  TriangleAlert,
  Wrench,
} from "lucide-react";
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import type { DoctorEvidence, DoctorFinding, DoctorReport, DoctorRoute } from "../../../engine/api.ts";
import { counted } from "../../lib/format.ts";
import { withChange } from "../../lib/reading.ts";
import { copy } from "../../state/copying.ts";
import { call, useSession } from "../../state/session.ts";
import { changeSettings, settings, useSettings } from "../../state/settings.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { errorInfo } from "../../transport/types.ts";
import { Modal } from "./Modal.tsx";

/** How often a running capture is examined anew. */
const AGAIN_MS = 3_000;

const ICONS = {
  error: <CircleAlert size={15} />,
  warning: <TriangleAlert size={15} />,
  note: <Info size={15} />,
};
const NAMES = { error: "Problem", warning: "Warning", note: "Note" };

/** What a finding is known by from one examination to the next. */
const keyOf = (finding: DoctorFinding): string => `${finding.id} ${finding.interface} ${finding.title}`;

/** Why capturing fails, loses packets or shows something else than expected, and what to do about it. */
export function DoctorDialog() {
  const [report, setReport] = useState<DoctorReport | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const [host, setHost] = useState("");
  const capturing = useSession((state) => state.status.live.phase === "capturing");
  const newest = useRef(0);

  const check = useCallback((about: string) => {
    const interfaces = ui().doctorInterfaces;
    newest.current++;
    const mine = newest.current;
    setBusy(true);
    call("doctor", { host: about, ...(interfaces.length > 0 ? { interfaces } : {}) }).then(
      (answer) => {
        if (mine !== newest.current) return;
        setReport(answer);
        setError("");
        setBusy(false);
      },
      (failure) => {
        if (mine !== newest.current) return;
        setError(errorInfo(failure).message);
        setBusy(false);
      },
    );
  }, []);

  useEffect(() => check(host), [host, check]);
  useEffect(() => {
    if (!capturing) return;
    const timer = setInterval(() => check(host), AGAIN_MS);
    return () => clearInterval(timer);
  }, [capturing, host, check]);
  useEffect(
    () => () => {
      newest.current++;
    },
    [],
  );

  return (
    <Modal title="Capture doctor" size="large" onClose={closeDialog}>
      <form
        className="doctor-route"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === host) check(host);
          else setHost(typed.trim());
        }}
      >
        <label htmlFor="doctor-host">Where would packets to</label>
        <input
          id="doctor-host"
          className="input code"
          value={typed}
          maxLength={253}
          placeholder="8.8.8.8 or a name"
          spellCheck={false}
          autoComplete="off"
          data-initial-focus
          onChange={(event) => setTyped(event.target.value)}
        />
        <span>leave?</span>
        <button type="submit" className="button">
          Look up
        </button>
        <span className="grow" />
        <button type="button" className="button" disabled={busy} onClick={() => check(host)}>
          <RotateCw size={13} className={busy ? "turning" : ""} /> Check again
        </button>
      </form>
      {report && report.routes.length > 0 ? <Routes routes={report.routes} /> : null}
      {error ? (
        <p className="field-note bad" role="alert">
          {error}
        </p>
      ) : null}
      {report ? <Findings report={report} /> : <p className="dim">Examining…</p>}
    </Modal>
  );
}

function Routes({ routes }: { routes: readonly DoctorRoute[] }) {
  return (
    <ul className="doctor-routes" aria-label="Routes" data-testid="doctor-routes">
      {routes.map((route) => (
        <li key={route.address} title={`${route.evidence.source}: ${route.evidence.text}`}>
          <code>{route.address}</code>
          {route.interface ? (
            <>
              <span className="dim">leaves by</span> <strong>{route.interface}</strong>
              <span className="dim">{route.gateway ? " through " : ", on the link itself"}</span>
              {route.gateway ? <code>{route.gateway}</code> : null}
              {route.source ? (
                <>
                  <span className="dim">from</span> <code>{route.source}</code>
                </>
              ) : null}
            </>
          ) : (
            <span className="bad">no route leads there</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Arrow keys move between the findings, as in a list. */
function moveBetween(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
  if (step === 0 || !(event.target instanceof HTMLElement)) return;
  const heads = [...event.currentTarget.querySelectorAll<HTMLElement>(".finding-head")];
  const next = heads[heads.indexOf(event.target) + step];
  if (!heads.includes(event.target) || !next) return;
  event.preventDefault();
  next.focus();
}

function Findings({ report }: { report: DoctorReport }) {
  const { findings } = report;
  const time = new Date(report.checked).toLocaleTimeString();
  const problems = findings.filter(({ severity }) => severity !== "note").length;
  const notes = findings.length - problems;
  const parts = [
    problems > 0 ? counted(problems, "problem") : "",
    notes > 0 ? counted(notes, "note") : "",
  ].filter(Boolean);
  return (
    <>
      <p className="doctor-summary" role="status">
        {problems === 0 ? <CircleCheck size={15} className="good" aria-hidden /> : null}
        <span>
          {problems === 0 ? "Nothing stands in the way of capturing" : parts.shift()}
          {parts.length > 0 ? `, ${parts.join(", ")}` : ""}
        </span>
        <span className="dim">
          {report.interfaces.length > 0 ? `looked at ${report.interfaces.join(", ")} · ` : ""}
          <span className="num">{time}</span>
        </span>
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within */}
      <div className="findings" data-testid="findings" onKeyDown={moveBetween}>
        {findings.map((finding) => (
          <Finding key={keyOf(finding)} finding={finding} />
        ))}
      </div>
      {report.unknown.length > 0 ? (
        <div className="doctor-unknown dim">
          <h3>Not known</h3>
          <ul>
            {report.unknown.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}

function Finding({ finding }: { finding: DoctorFinding }) {
  const [open, setOpen] = useState(finding.severity !== "note");
  const { severity, title, explanation, fixes, evidence, change } = finding;
  return (
    <section className={`finding ${severity}`} data-finding={finding.id}>
      <button
        type="button"
        className="finding-head"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") setOpen(true);
          else if (event.key === "ArrowLeft") setOpen(false);
        }}
      >
        <span className="finding-icon" role="img" aria-label={NAMES[severity]}>
          {ICONS[severity]}
        </span>
        <span className="finding-title">{title}</span>
        <ChevronRight size={14} className="turn" aria-hidden />
      </button>
      {open ? (
        <div className="finding-body">
          <p>{explanation}</p>
          {change ? <Change change={change} /> : null}
          {fixes.map((fix) => (
            <div key={fix.text + fix.command} className="doctor-fix">
              <span>{fix.text}</span>
              {fix.command ? (
                <div className="fix">
                  <code>{fix.command}</code>
                  <button
                    type="button"
                    className="button small"
                    aria-label={`Copy ${fix.command}`}
                    onClick={() => copy(fix.command)}
                  >
                    <Copy size={12} /> Copy
                  </button>
                </div>
              ) : null}
            </div>
          ))}
          <Evidence evidence={evidence} />
        </div>
      ) : null}
    </section>
  );
}

/** What Tapline can do itself: other options for the next capture. */
function Change({ change }: { change: NonNullable<DoctorFinding["change"]> }) {
  const done = useSettings((state) =>
    Object.entries(change.options).every(
      ([name, value]) =>
        JSON.stringify(state.capture[name as keyof typeof change.options]) === JSON.stringify(value),
    ),
  );
  return (
    <div className="doctor-change">
      <button
        type="button"
        className="button primary small"
        disabled={done}
        onClick={() => changeSettings({ capture: withChange(settings().capture, change.options) })}
      >
        {done ? <Check size={12} /> : <Wrench size={12} />} {change.title}
      </button>
      <span className="dim">{done ? "set for the next capture" : "from the next capture on"}</span>
    </div>
  );
}

function Evidence({ evidence }: { evidence: readonly DoctorEvidence[] }) {
  const [open, setOpen] = useState(false);
  if (evidence.length === 0) return null;
  return (
    <div className="evidence">
      <button type="button" className="evidence-head dim" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={13} className="turn" aria-hidden /> Evidence ({evidence.length})
      </button>
      {open ? (
        <dl>
          {evidence.map((entry) => (
            <div key={`${entry.source} ${entry.line} ${entry.text}`}>
              <dt className="code dim">
                {entry.source}
                {entry.line === null ? "" : `:${entry.line}`}
              </dt>
              <dd className="code">{entry.text}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  );
}
