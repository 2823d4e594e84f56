import { Copy } from "lucide-react";
import { useEffect, useState } from "react";
import type { HeapSnapshotFile, ParamsIn } from "../../../engine/api.ts";
import { byteSize, duration } from "../../lib/format.ts";
import { snapshotTime } from "../../lib/health.ts";
import { copy } from "../../state/copying.ts";
import { useHealth, watchHealth } from "../../state/health.ts";
import { call } from "../../state/session.ts";
import { closeDialog } from "../../state/ui.ts";
import { errorInfo } from "../../transport/types.ts";
import { Modal } from "./Modal.tsx";

type Of = ParamsIn<"heapSnapshot">["of"];

const CHOICES: [Of, string, string][] = [
  [
    "decoder",
    "The decoder",
    "It holds the open capture. Rows, details and filters wait while it is written; capturing goes on.",
  ],
  [
    "process",
    "The process",
    "It serves the windows. All of them stand still while it is written; capturing goes on.",
  ],
];

/** Writes what is on a heap to a file, for a developer to find what fills it. */
export function HeapSnapshotDialog() {
  const [of, setOf] = useState<Of>("decoder");
  const [folder, setFolder] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [written, setWritten] = useState<HeapSnapshotFile | null>(null);
  const bytes = useHealth((state) => state.now?.snapshot?.bytes ?? 0);
  const heaps = useHealth((state) => state.now?.threads);
  const cost = useHealth((state) => state.now?.snapshots);
  const [large, setLarge] = useState(false);
  useEffect(watchHealth, []);

  /** Bytes of the heap that is chosen; null where that is not known yet. */
  const heap = heaps?.find(({ name }) => name === (of === "process" ? "main" : of))?.heap?.used ?? null;
  const isLarge = heap !== null && cost !== undefined && heap > cost.large;

  const write = () => {
    setBusy(true);
    setError("");
    setWritten(null);
    const place = folder.trim();
    call("heapSnapshot", { of, large, ...(place ? { folder: place } : {}) })
      .then(setWritten, (failure) => setError(errorInfo(failure).message))
      .finally(() => setBusy(false));
  };
  return (
    <Modal
      title="Heap snapshot"
      size="medium"
      onClose={closeDialog}
      buttons={
        <>
          <button type="button" className="button" onClick={closeDialog}>
            Close
          </button>
          <button
            type="button"
            className="button primary"
            disabled={busy || (isLarge && !large)}
            onClick={write}
          >
            Write
          </button>
        </>
      }
    >
      <div className="heap-choices" role="radiogroup" aria-label="What to write">
        {CHOICES.map(([value, title, text]) => (
          <label key={value} className="heap-choice">
            <input type="radio" name="heap" checked={of === value} onChange={() => setOf(value)} />
            <span>
              {title}
              <span className="dim">{text}</span>
            </span>
          </label>
        ))}
      </div>
      <label className="heap-folder">
        Folder
        <input
          className="input code"
          value={folder}
          spellCheck={false}
          autoComplete="off"
          placeholder="beside the settings"
          onChange={(event) => setFolder(event.target.value)}
        />
      </label>
      <p className="field-note">
        The file holds what is in memory, addresses and contents of packets among it. Give it to nobody who
        may not see the capture.
      </p>
      <p className="field-note" data-testid="heap-time">
        V8 writes it in one go and cannot be stopped once it has begun.
        {heap === null || cost === undefined
          ? null
          : ` ${byteSize(heap)} are on it: that takes ${snapshotTime(heap, cost)}.`}
      </p>
      {isLarge ? (
        <label className="check">
          <input type="checkbox" checked={large} onChange={(event) => setLarge(event.target.checked)} />
          Write it all the same
        </label>
      ) : null}
      {busy ? (
        <p role="status">
          {bytes > 0 ? "Writing… " : "Gathering what is on the heap… "}
          <span className="num">{bytes > 0 ? byteSize(bytes) : ""}</span>
        </p>
      ) : null}
      {written ? (
        <div className="heap-written" role="status" data-testid="heap-written">
          <span>
            Wrote {byteSize(written.bytes)} in {duration(written.elapsed / 1000)} to
          </span>
          <div className="fix">
            <code>{written.path}</code>
            <button type="button" className="button small" onClick={() => copy(written.path)}>
              <Copy size={12} /> Copy
            </button>
          </div>
        </div>
      ) : null}
      {error ? (
        <p className="field-note bad" role="alert">
          {error}
        </p>
      ) : null}
    </Modal>
  );
}
