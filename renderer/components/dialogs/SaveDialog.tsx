import { useCallback, useState } from "react";
import type { ParamsIn } from "../../../engine/api.ts";
import { baseName, counted, folderOf, joinPath } from "../../lib/format.ts";
import { checkRange, rangeText } from "../../lib/ranges.ts";
import { save } from "../../state/capture.ts";
import { readRows } from "../../state/copying.ts";
import { selectedRows } from "../../state/selection.ts";
import { isCapturing, status, useSession } from "../../state/session.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { errorInfo } from "../../transport/types.ts";
import { FolderBrowser } from "./FolderBrowser.tsx";
import { Modal } from "./Modal.tsx";

type Which = "all" | "displayed" | "selected" | "range";
type Format = "pcapng" | "pcap";

function suggestedName(format: Format, gzip: boolean): string {
  const { file } = status();
  const stem =
    file && !file.temporary
      ? file.name.replace(/\.(gz|zst)$/i, "").replace(/\.(pcapng|pcap|cap)$/i, "")
      : `capture-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}`;
  return `${stem}.${format}${gzip ? ".gz" : ""}`;
}

function withEnding(name: string, format: Format, gzip: boolean): string {
  const stem = name.replace(/\.gz$/i, "").replace(/\.(pcapng|pcap)$/i, "");
  return `${stem}.${format}${gzip ? ".gz" : ""}`;
}

/** Saves all, displayed, selected or a range of packets. */
export function SaveDialog() {
  const frames = useSession((state) => state.status.frames);
  const displayed = useSession((state) => state.status.displayed);
  const hostname = useSession((state) => state.hello?.hostname ?? "");
  const native = window.tapline?.chooseSavePath;
  const rows = selectedRows();
  const first: Which = ui().saveWhich === "selected" && !rows ? "all" : ui().saveWhich;
  const [which, setWhich] = useState<Which>(first);
  const [format, setFormat] = useState<Format>("pcapng");
  const [gzip, setGzip] = useState(false);
  const [range, setRange] = useState("");
  const [name, setName] = useState(() => suggestedName("pcapng", false));
  const [folder, setFolder] = useState<string | undefined>(() => {
    const { file } = status();
    return file && !file.temporary ? folderOf(file.path) : undefined;
  });
  const [exists, setExists] = useState<string | null>(null);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const onFolder = useCallback((next: string) => setFolder(next), []);

  const rangeCheck = checkRange(range, frames);
  const selectedCount = rows ? rows.last - rows.first + 1 : 0;
  const counts: Record<Which, number> = {
    all: frames,
    displayed,
    selected: selectedCount,
    range: rangeCheck.count,
  };
  const choose = (nextFormat: Format, nextGzip: boolean) => {
    setFormat(nextFormat);
    setGzip(nextGzip);
    setName((old) => withEnding(old, nextFormat, nextGzip));
    setExists(null);
  };

  const packets = async (): Promise<ParamsIn<"save">["which"]> => {
    if (which === "range") return { range };
    if (which === "selected" && rows) {
      const numbers = (await readRows(rows.first, rows.last)).map((row) => row.number);
      return { range: rangeText(numbers.sort((a, b) => a - b)) };
    }
    return which === "displayed" ? "displayed" : "all";
  };

  const run = async (path: string, overwrite: boolean) => {
    setBusy(true);
    setFailure("");
    try {
      await save({ path, format, which: await packets(), compress: gzip ? "gzip" : "none", overwrite });
    } catch (error) {
      const { code, message } = errorInfo(error);
      if (code === "EXISTS") setExists(path);
      else if (code !== "CANCELLED") setFailure(message);
    } finally {
      setBusy(false);
    }
  };

  const start = async () => {
    if (native) {
      const path = await native(name);
      // The native dialog has asked about overwriting.
      if (path !== null) await run(path, true);
      return;
    }
    const absolute = /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(name);
    await run(absolute ? name : joinPath(folder ?? "", name), false);
  };

  const capturing = useSession((state) => isCapturing(state.status));
  const ready = !busy && name.trim() !== "" && (which === "range" ? rangeCheck.ok : counts[which] > 0);
  const options: [Which, string][] = [
    ["all", "All packets"],
    ["displayed", "Displayed packets"],
    ["selected", "Selected packets"],
    ["range", "Range"],
  ];
  return (
    <Modal
      title="Save packets"
      size={native ? "medium" : "large"}
      onClose={closeDialog}
      buttons={
        exists ? (
          <>
            <span className="dialog-question" role="alert">
              {baseName(exists)} is there already. Replace it?
            </span>
            <span className="grow" />
            <button type="button" className="button" onClick={() => setExists(null)}>
              Keep it
            </button>
            <button
              type="button"
              className="button danger"
              disabled={busy}
              onClick={() => void run(exists, true)}
            >
              Replace
            </button>
          </>
        ) : (
          <>
            <span className="dim num">
              {counted(counts[which], "packet")}
              {capturing ? " so far; the capture is stopped first" : ""}
            </span>
            <span className="grow" />
            <button type="button" className="button" onClick={closeDialog}>
              Cancel
            </button>
            <button type="button" className="button primary" disabled={!ready} onClick={() => void start()}>
              {native ? "Choose where…" : capturing ? "Stop and save" : "Save"}
            </button>
          </>
        )
      }
    >
      <div className="columns">
        <fieldset className="group">
          <legend>Packets</legend>
          {options.map(([value, title]) => (
            <label key={value} className="check">
              <input
                type="radio"
                name="which"
                checked={which === value}
                disabled={value === "selected" && !rows}
                onChange={() => setWhich(value)}
              />
              {title}
              {value !== "range" ? (
                <span className="dim num"> {counts[value].toLocaleString("en-US")}</span>
              ) : null}
            </label>
          ))}
          <input
            className="input code"
            aria-label="Range of packets"
            value={range}
            placeholder="1-5,8,20-"
            spellCheck={false}
            onFocus={() => setWhich("range")}
            onChange={(event) => setRange(event.target.value)}
          />
          <p className={`field-note ${which === "range" && !rangeCheck.ok && range !== "" ? "bad" : ""}`}>
            {which === "range"
              ? rangeCheck.ok
                ? counted(rangeCheck.count, "packet")
                : rangeCheck.message
              : " "}
          </p>
        </fieldset>
        <fieldset className="group">
          <legend>Format</legend>
          <label className="check">
            <input
              type="radio"
              name="format"
              checked={format === "pcapng"}
              onChange={() => choose("pcapng", gzip)}
            />
            pcapng <span className="dim">keeps comments, interfaces and names</span>
          </label>
          <label className="check">
            <input
              type="radio"
              name="format"
              checked={format === "pcap"}
              onChange={() => choose("pcap", gzip)}
            />
            pcap <span className="dim">packets and times only</span>
          </label>
          <label className="check spaced">
            <input
              type="checkbox"
              checked={gzip}
              onChange={(event) => choose(format, event.target.checked)}
            />
            Compress with gzip
          </label>
        </fieldset>
      </div>
      {native ? null : (
        <>
          <p className="dim">Folder on {hostname || "the engine's machine"}</p>
          <FolderBrowser
            folder={folder}
            onFolder={onFolder}
            chosen=""
            onChoose={(path) => setName(baseName(path))}
            onOpen={(path) => setName(baseName(path))}
            capturesOnly
          />
          <label className="field">
            <span>Name</span>
            <input
              className="input code"
              data-initial-focus
              value={name}
              spellCheck={false}
              onChange={(event) => {
                setName(event.target.value);
                setExists(null);
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter" && ready) void start();
              }}
            />
          </label>
        </>
      )}
      {failure ? (
        <p className="field-note bad" role="alert">
          {failure}
        </p>
      ) : null}
    </Modal>
  );
}
