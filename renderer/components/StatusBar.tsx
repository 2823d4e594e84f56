import { Popover } from "@base-ui/react/popover";
import { Activity, BellDot, Pause, TriangleAlert } from "lucide-react";
import type { Progress } from "../../engine/api.ts";
import { runCommand } from "../commands/commands.ts";
import { bitRate, byteSize, clockTime, count, counted, percent } from "../lib/format.ts";
import { nodeAt, parsePath } from "../lib/tree.ts";
import { followFile } from "../state/capture.ts";
import { useHealth } from "../state/health.ts";
import { RATE_SAMPLES, useRates } from "../state/rates.ts";
import { selectedRows, useSelection } from "../state/selection.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { openDoctor, setUi, useUi } from "../state/ui.ts";
import type { Connection } from "../transport/types.ts";
import { Spark } from "./Spark.tsx";

/** Interfaces whose rates the status bar has room for; the others stand in its tooltip. */
const SHOWN_RATES = 3;
const NO_RATES: number[] = [];

/** True while the engine cannot be reached: what is known is what it said last. */
const isAway = ({ connection }: { connection: Connection }): boolean => connection === "lost";

/** What the selection is: the field and its bytes. */
function SelectionPart() {
  const frame = useSelection((state) => state.frame);
  const nodeId = useSelection((state) => state.nodeId);
  const bytes = useSelection((state) => state.bytes);
  useSelection((state) => `${state.row}/${state.anchor}`);
  const node = frame && nodeId !== null ? nodeAt(frame.tree, parsePath(nodeId)) : null;
  const rows = selectedRows();
  let text = "";
  if (node) {
    const title = node.title || node.label;
    const length = bytes ? bytes.end - bytes.start : node.length;
    text = `${title}${node.field ? ` (${node.field})` : ""}${length > 0 ? `, ${counted(length, "byte")}` : ""}`;
  } else if (bytes) text = `${counted(bytes.end - bytes.start, "byte")} selected, from offset ${bytes.start}`;
  else if (rows && rows.last > rows.first) text = `${counted(rows.last - rows.first + 1, "packet")} selected`;
  else if (frame) text = `Packet ${count(frame.number)}`;
  return (
    <span className="status-selection" title={text}>
      {text}
    </span>
  );
}

function ProgressPart({ work }: { work: Progress }) {
  return (
    <span className="status-progress">
      <span>{work.label}</span>
      <span
        className="progress"
        role="progressbar"
        aria-label={work.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(work.done * 100)}
      >
        <span style={{ width: `${work.done * 100}%` }} />
      </span>
      <span className="num">{Math.round(work.done * 100)} %</span>
      <button
        type="button"
        className="text-button"
        onClick={() => call("cancel", { what: work.what }).catch(tellError)}
      >
        Cancel
      </button>
    </span>
  );
}

/** Says that a file is read as it grows, and ends that. */
function FollowPart() {
  const following = useSession((state) => state.status.file?.following ?? false);
  if (!following) return null;
  return (
    <span className="status-live" data-testid="following">
      <span className="rec" aria-hidden />
      Following the file {"· "}
      <button type="button" className="text-button" onClick={() => void followFile()}>
        Stop
      </button>
    </span>
  );
}

function LivePart() {
  const live = useSession((state) => state.status.live);
  const captured = useSession((state) => state.status.file?.temporary ?? false);
  const away = useSession(isAway);
  const running = live.phase !== "idle";
  // A file that was opened has no interfaces here.
  const known = live.interfaces.length > 0;
  if (!running && !known && !captured) return null;
  if (!running && !known) {
    return (
      <span className="status-live" data-testid="capture-state">
        Recovered, not saved
      </span>
    );
  }
  const counter = (value: number | null): string => (value === null ? "unknown" : count(value));
  const words = { idle: "Stopped", starting: "Starting", capturing: "Capturing", stopping: "Stopping" };
  return (
    <span className="status-live num" data-testid="capture-state">
      {running && !away ? <span className="rec" aria-hidden /> : null}
      {away ? "Last heard: " : ""}
      {words[live.phase]} · received {counter(live.received)} ·{" "}
      <button type="button" className="status-drops" title="Capture doctor" onClick={() => openDoctor()}>
        dropped by kernel {counter(live.droppedByKernel)} · by interface {counter(live.droppedByInterface)}
      </button>
    </span>
  );
}

/** Says that packets are being lost, from the first one on. */
function DropAlarm() {
  const drops = useSession((state) => state.status.live.drops);
  if (drops === null) return null;
  return (
    <span className="status-alarm num" role="alert" data-testid="drop-alarm">
      <TriangleAlert size={12} aria-hidden />
      {counted(drops.count, "packet")} lost since {clockTime(drops.since)}
    </span>
  );
}

/** Of a capture into several files: how many, and what went by before those that are listed. */
function RingPart() {
  const files = useSession((state) => state.status.live.files);
  if (files === null) return null;
  const { written, kept, firstShown, before } = files;
  const title =
    `${counted(written, "file")} written, ${kept} there now; the list shows those from number ${firstShown} on, ` +
    `${counted(before, "packet")} came before`;
  return (
    <span className="status-rates num" title={title} data-testid="ring">
      file {count(written)} <span className="dim">kept {count(kept)}</span>
      {before > 0 ? <span className="dim">{count(before)} packets before the list</span> : null}
    </span>
  );
}

/** How fast packets come in; with several interfaces, each by itself. */
function RatePart() {
  const rates = useSession((state) => state.status.live.rates);
  const capturing = useSession((state) => state.status.live.phase === "capturing");
  const history = useRates((state) => state.history);
  const away = useSession(isAway);
  if (!capturing || away || rates.length === 0) return null;
  const rateOf = (value: number): string => `${count(Math.round(value))} packets/s`;
  const lines = rates.map(
    ({ name, packets, packetsPerSecond, bytesPerSecond, dropped }) =>
      `${name}: ${rateOf(packetsPerSecond)}, ${bitRate(bytesPerSecond)}, ${counted(packets, "packet")}` +
      (dropped === null ? "" : `, ${count(dropped)} lost`),
  );
  const shown = rates.slice(0, SHOWN_RATES);
  return (
    <span className="status-rates num" title={lines.join("\n")} data-testid="capture-rates">
      {shown.map(({ name, packetsPerSecond }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: interfaces keep their places, and may have the same name
        <span key={index} className="status-rate">
          {rates.length > 1 ? <span className="dim">{name}</span> : null}
          <Spark
            values={history[index] ?? NO_RATES}
            samples={RATE_SAMPLES}
            width={48}
            height={14}
            top={4}
            label={`Packets per second on ${name} over the last minute`}
          />
          {rateOf(packetsPerSecond)}
        </span>
      ))}
      {rates.length > SHOWN_RATES ? <span className="dim">+{rates.length - SHOWN_RATES}</span> : null}
    </span>
  );
}

/** Says that the list is kept as it is, how much came since, and goes on with it. */
function PausePart() {
  const paused = useSession((state) => state.status.live.paused);
  const since = useSession(({ status: { live, frames } }) =>
    Math.max(0, live.packets - frames - (live.files?.before ?? 0)),
  );
  if (!paused) return null;
  return (
    <span className="status-paused num" role="status" data-testid="view-paused">
      <Pause size={12} aria-hidden /> View paused · {count(since)} more captured
      <button type="button" className="text-button" onClick={() => runCommand("capture.pauseView")}>
        Resume
      </button>
    </span>
  );
}

function Notices() {
  const notices = useSession((state) => state.status.notices);
  const caveats = useSession((state) => state.status.live.caveats);
  const total = notices.length + caveats.length;
  if (total === 0) return null;
  const worst = notices.some((notice) => notice.severity === "error")
    ? "error"
    : notices.some((notice) => notice.severity === "warning")
      ? "warning"
      : "note";
  return (
    <Popover.Root>
      <Popover.Trigger className={`status-button severity-${worst}`}>
        <BellDot size={12} /> {counted(total, "notice")}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="layer" side="top" align="end" sideOffset={6}>
          <Popover.Popup className="popover notices" aria-label="Notices">
            {notices.map((notice, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: notices are only added at the end
              <p key={index} className={`notice severity-${notice.severity}`}>
                {notice.message}
              </p>
            ))}
            {caveats.map((caveat) => (
              <p key={caveat} className="notice">
                {caveat}
              </p>
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function WorkPart() {
  const progress = useSession((state) => state.status.progress);
  return progress.map((work) => <ProgressPart key={work.what} work={work} />);
}

function FilePart() {
  const name = useSession((state) => state.status.file?.name);
  const path = useSession((state) => state.status.file?.path);
  const bytes = useSession((state) => state.status.file?.bytes ?? 0);
  if (name === undefined) return null;
  return (
    <button
      type="button"
      className="status-button"
      title={path}
      onClick={() => runCommand("statistics.properties")}
    >
      {name} <span className="dim num">{byteSize(bytes)}</span>
    </button>
  );
}

function CountPart() {
  const shown = useSession((state) => state.status.file !== null || state.status.frames > 0);
  const frames = useSession((state) => state.status.frames);
  const displayed = useSession((state) => state.status.displayed);
  const filtered = useSession((state) => state.status.filter !== "");
  if (!shown) return null;
  return (
    <button
      type="button"
      className="status-button num"
      data-testid="packet-count"
      onClick={() => setUi({ goToBar: true, findBar: false })}
      title="Go to packet…"
    >
      {filtered || displayed !== frames ? (
        <>
          displayed {count(displayed)} of {count(frames)}{" "}
          <span className="dim">({percent(displayed, frames)})</span>
        </>
      ) : (
        counted(frames, "packet")
      )}
    </button>
  );
}

/** Opens how Tapline itself does. */
function HealthPart() {
  const open = useHealth((state) => state.open);
  return (
    <button
      type="button"
      className="status-button"
      title="Health"
      aria-label="Health"
      aria-pressed={open}
      onClick={() => runCommand("help.health")}
    >
      <Activity size={13} aria-hidden />
    </button>
  );
}

/** The last line of the window; each of its parts is drawn anew alone. */
export function StatusBar() {
  const upload = useUi((state) => state.upload);
  return (
    <footer className="status-bar" data-testid="status-bar">
      <SelectionPart />
      {upload ? (
        <span className="status-progress">
          <span>Sending {upload.name}</span>
          <span
            className="progress"
            role="progressbar"
            aria-label={`Sending ${upload.name}`}
            aria-valuenow={Math.round(upload.done * 100)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <span style={{ width: `${upload.done * 100}%` }} />
          </span>
          <button type="button" className="text-button" onClick={upload.cancel}>
            Cancel
          </button>
        </span>
      ) : null}
      <WorkPart />
      <PausePart />
      <DropAlarm />
      <RatePart />
      <FollowPart />
      <RingPart />
      <LivePart />
      <Notices />
      <FilePart />
      <CountPart />
      <HealthPart />
    </footer>
  );
}
