import { useCallback, useState } from "react";
import { baseName, folderOf, joinPath } from "../../lib/format.ts";
import { nameInRing, OUTPUT_BOUNDS, type OutputForm, type OutputNumber } from "../../lib/output.ts";
import { useSession } from "../../state/session.ts";
import { FolderBrowser } from "./FolderBrowser.tsx";
import { NumberField } from "./NumberField.tsx";

const TARGETS: readonly [OutputForm["target"], string, string][] = [
  ["spool", "Temporary file", "kept until you save or discard it"],
  ["file", "One file", "yours from the first packet on"],
  ["several", "Several files", "a ring that keeps the newest, or all"],
];

/** Where captured packets are written: a spool, one file, or several of which the oldest may go. */
export function OutputGroup(props: {
  form: OutputForm;
  onChange: (change: Partial<OutputForm>) => void;
  numbers: Record<OutputNumber, number | undefined | null>;
  problem: string | null;
}) {
  const { form, onChange, numbers } = props;
  const hostname = useSession((state) => state.hello?.hostname ?? "");
  const [browsing, setBrowsing] = useState(false);
  const [folder, setFolder] = useState<string | undefined>(() =>
    form.file === "" ? undefined : folderOf(form.file),
  );
  const native = window.tapline?.chooseSavePath;
  const name = baseName(form.file) || "capture.pcapng";
  const onFolder = useCallback((next: string) => setFolder(next), []);

  const browse = async () => {
    if (native === undefined) {
      setBrowsing(!browsing);
      return;
    }
    const path = await native(name);
    // The native dialog has asked about overwriting.
    if (path !== null) onChange({ file: path, overwrite: form.target === "file" });
  };
  const field = (key: OutputNumber, label: string, unit: string, placeholder: string) => (
    <NumberField
      label={label}
      unit={unit}
      text={form[key]}
      onChange={(text) => onChange({ [key]: text })}
      bad={numbers[key] === null}
      placeholder={placeholder}
      range={OUTPUT_BOUNDS[key].range}
    />
  );

  return (
    <fieldset className="group">
      <legend>Write packets to</legend>
      <div className="choices" role="radiogroup" aria-label="Output">
        {TARGETS.map(([target, title, note]) => (
          <label key={target} className="check" title={note}>
            <input
              type="radio"
              name="output"
              checked={form.target === target}
              onChange={() => onChange({ target })}
            />
            {title}
          </label>
        ))}
        <span className="dim">{TARGETS.find(([target]) => target === form.target)?.[2]}</span>
      </div>
      {form.target === "spool" ? null : (
        <>
          <div className="path-line">
            <input
              className="input code grow"
              aria-label="Output file"
              value={form.file}
              placeholder={`Path of the file on ${hostname || "the engine's machine"}`}
              spellCheck={false}
              onChange={(event) => onChange({ file: event.target.value, overwrite: false })}
            />
            <button type="button" className="button" onClick={() => void browse()}>
              {browsing ? "Close" : "Browse…"}
            </button>
          </div>
          {browsing ? (
            <FolderBrowser
              folder={folder}
              onFolder={(next) => {
                onFolder(next);
                onChange({ file: joinPath(next, name), overwrite: false });
              }}
              chosen={form.file}
              onChoose={(path) => onChange({ file: path, overwrite: false })}
              onOpen={(path) => {
                onChange({ file: path, overwrite: false });
                setBrowsing(false);
              }}
              capturesOnly
            />
          ) : null}
        </>
      )}
      {form.target === "file" ? (
        <label className="check">
          <input
            type="checkbox"
            checked={form.overwrite}
            onChange={(event) => onChange({ overwrite: event.target.checked })}
          />
          Overwrite the file when it is there already
        </label>
      ) : null}
      {form.target === "several" ? (
        <>
          <div className="columns tight">
            <div>
              {field("megabytes", "Next file after", "MB", "any size")}
              {field("packets", "or after", "packets", "any number")}
              {field("keep", "Keep the newest", "files", "all")}
            </div>
            <div>
              {field("seconds", "or after", "seconds", "any time")}
              {field("interval", "or on the clock", "seconds", "every …")}
            </div>
          </div>
          <label className="check">
            <input
              type="checkbox"
              checked={form.compress === "gzip"}
              onChange={(event) => onChange({ compress: event.target.checked ? "gzip" : "none" })}
            />
            Compress complete files with gzip
            <span className="dim">the list goes on reading them</span>
          </label>
          <p className="field-note">
            Named {nameInRing(name, form.compress)}, each complete in itself. The list shows the newest of
            them.
          </p>
        </>
      ) : null}
      {props.problem === null ? null : <p className="field-note bad">{props.problem}</p>}
    </fieldset>
  );
}
