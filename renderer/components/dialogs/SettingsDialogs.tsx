import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { FieldInfo, Settings } from "../../../engine/api.ts";
import { TIME_FORMAT_TITLES, TIME_FORMATS } from "../../lib/times.ts";
import {
  addFieldColumn,
  hiddenColumns,
  moveColumn,
  removeColumn,
  resetColumns,
  showColumn,
} from "../../state/columns.ts";
import { call, tellError } from "../../state/session.ts";
import { changeSettings, useSettings } from "../../state/settings.ts";
import { closeDialog } from "../../state/ui.ts";
import { Modal } from "./Modal.tsx";

const THEMES: [Settings["theme"], string][] = [
  ["system", "Follow the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const PRECISIONS: [Settings["timePrecision"], string][] = [
  ["auto", "As captured"],
  [0, "Seconds"],
  [1, "Tenths"],
  [2, "Hundredths"],
  [3, "Milliseconds"],
  [6, "Microseconds"],
  [9, "Nanoseconds"],
];

const CHECKSUMS: [keyof Settings["preferences"], string][] = [
  ["ip.check_checksum", "Validate IPv4 header checksums"],
  ["tcp.check_checksum", "Validate TCP checksums"],
  ["udp.check_checksum", "Validate UDP checksums"],
];

export function PreferencesDialog() {
  const all = useSettings();
  return (
    <Modal title="Preferences" onClose={closeDialog}>
      <fieldset className="group">
        <legend>Look</legend>
        <div className="choices">
          {THEMES.map(([theme, title]) => (
            <label key={theme} className="check">
              <input
                type="radio"
                name="theme"
                checked={all.theme === theme}
                onChange={() => changeSettings({ theme })}
              />
              {title}
            </label>
          ))}
        </div>
        <label className="check">
          <input
            type="checkbox"
            checked={all.colorize}
            onChange={(event) => changeSettings({ colorize: event.target.checked })}
          />
          Colorize packets
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={all.autoScroll}
            onChange={(event) => changeSettings({ autoScroll: event.target.checked })}
          />
          Follow the newest packets while capturing
        </label>
      </fieldset>
      <fieldset className="group">
        <legend>Time</legend>
        <label className="field inline">
          <span>Format</span>
          <select
            className="input"
            value={all.timeFormat}
            onChange={(event) => {
              const timeFormat = TIME_FORMATS.find((format) => format === event.target.value);
              if (timeFormat) changeSettings({ timeFormat });
            }}
          >
            {TIME_FORMATS.map((format) => (
              <option key={format} value={format}>
                {TIME_FORMAT_TITLES[format]}
              </option>
            ))}
          </select>
        </label>
        <label className="field inline">
          <span>Precision</span>
          <select
            className="input"
            value={String(all.timePrecision)}
            onChange={(event) => {
              const found = PRECISIONS.find(([value]) => String(value) === event.target.value);
              if (found) changeSettings({ timePrecision: found[0] });
            }}
          >
            {PRECISIONS.map(([value, title]) => (
              <option key={value} value={String(value)}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </fieldset>
      <fieldset className="group">
        <legend>Dissection</legend>
        {CHECKSUMS.map(([name, title]) => (
          <label key={name} className="check">
            <input
              type="checkbox"
              checked={all.preferences[name] === true}
              onChange={(event) =>
                changeSettings({ preferences: { ...all.preferences, [name]: event.target.checked } })
              }
            />
            {title}
          </label>
        ))}
      </fieldset>
      <ColumnsPart columns={all.columns} />
    </Modal>
  );
}

function ColumnsPart({ columns }: { columns: Settings["columns"] }) {
  const rename = (index: number, title: string) =>
    changeSettings({
      columns: columns.map((entry, at) => (at === index ? { ...entry, title: title.slice(0, 100) } : entry)),
    });
  return (
    <fieldset className="group">
      <legend>Columns</legend>
      <ul className="column-list">
        {columns.map((entry, index) => (
          <li key={entry.column}>
            <input
              className="input"
              aria-label={`Title of ${entry.column}`}
              value={entry.title}
              onChange={(event) => rename(index, event.target.value)}
            />
            <code className="dim">{entry.column.replace(/^field:/, "")}</code>
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${entry.title} up`}
              disabled={index === 0}
              onClick={() => moveColumn(index, index - 1)}
            >
              <ArrowUp size={13} />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${entry.title} down`}
              disabled={index === columns.length - 1}
              onClick={() => moveColumn(index, index + 1)}
            >
              <ArrowDown size={13} />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${entry.title}`}
              disabled={columns.length === 1}
              onClick={() => removeColumn(index)}
            >
              <Trash2 size={13} />
            </button>
          </li>
        ))}
      </ul>
      <FieldAdder />
      <div className="row">
        {hiddenColumns(columns).map((entry) => (
          <button
            key={entry.column}
            type="button"
            className="button small"
            onClick={() => showColumn(entry.column)}
          >
            <Plus size={12} /> {entry.title}
          </button>
        ))}
        <button type="button" className="button small" onClick={resetColumns}>
          Default columns
        </button>
      </div>
    </fieldset>
  );
}

/** Finds a field by part of its name or title and adds a column for it. */
function FieldAdder() {
  const [text, setText] = useState("");
  const [found, setFound] = useState<FieldInfo[]>([]);
  useEffect(() => {
    if (text.trim().length < 2) {
      setFound([]);
      return;
    }
    let stale = false;
    const timer = setTimeout(() => {
      call("searchFields", { text: text.trim(), limit: 8 }).then((fields) => {
        if (!stale) setFound(fields);
      }, tellError);
    }, 120);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <div className="field-adder">
      <input
        className="input"
        placeholder="Add a field as column, like ip.ttl or “window size”"
        aria-label="Field to add as column"
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      {found.length > 0 ? (
        <ul className="found-fields">
          {found.map((field) => (
            <li key={field.name}>
              <button
                type="button"
                onClick={() => {
                  addFieldColumn(field.name, field.title);
                  setText("");
                }}
              >
                <code>{field.name}</code> {field.title} <span className="dim">{field.type}</span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
