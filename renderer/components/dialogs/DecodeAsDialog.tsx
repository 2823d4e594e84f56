import { Plus, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { DecodeAs, DecodeChoices, DecodeTableInfo } from "../../../engine/api.ts";
import { type DecodePlace, decodePlaces, readNumber, valueText } from "../../lib/decode-places.ts";
import { useSelection } from "../../state/selection.ts";
import { call, tellError } from "../../state/session.ts";
import { settings, takeSettings } from "../../state/settings.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { Modal } from "./Modal.tsx";

const NONE = { name: "none", title: "Leave the bytes as they are" };

/** One line of the dialog, as typed. */
interface Line {
  id: number;
  table: DecodeAs["table"];
  value: string;
  protocol: string;
}

let lastId = 0;
const newLine = (place: DecodePlace, protocol = ""): Line => ({
  id: ++lastId,
  table: place.table,
  value: place.table === "ethertype" ? valueText(place.value, 4) : String(place.value),
  protocol,
});

/** The lines to begin with: what is in force, and one for the packet it was opened for. */
function firstLines(): Line[] {
  const lines = settings().decodeAs.map((entry) => newLine(entry, entry.protocol));
  const { decodePlace } = ui();
  if (decodePlace === null) return lines;
  const { table, value } = decodePlace;
  if (settings().decodeAs.some((entry) => entry.table === table && entry.value === value)) return lines;
  return [...lines, newLine(decodePlace)];
}

const inRange = (line: Line, table: DecodeTableInfo): number | null => {
  const value = readNumber(line.value);
  return value !== null && value <= table.most ? value : null;
};

/** What is wrong with a line; empty for nothing. An old line whose protocol is gone may stay. */
function problemOf(line: Line, table: DecodeTableInfo): string {
  const value = inRange(line, table);
  if (value === null) return `${table.title}: a number from 0 to ${table.most}.`;
  if (line.protocol === NONE.name || table.protocols.some(({ name }) => name === line.protocol)) return "";
  const isOld = settings().decodeAs.some(
    (old) => old.table === line.table && old.value === value && old.protocol === line.protocol,
  );
  if (isOld) return "";
  return line.protocol === ""
    ? "Choose a protocol."
    : `${table.title}: there is no protocol “${line.protocol}”.`;
}

/** Says for ports and the like which protocol they stand for. */
export function DecodeAsDialog() {
  const frame = useSelection((state) => state.frame);
  const [lines, setLines] = useState(firstLines);
  const [choices, setChoices] = useState<DecodeChoices["tables"]>([]);
  const [present, setPresent] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const places = decodePlaces(frame);

  // What the values stand for without the user's say.
  const asked = JSON.stringify(
    lines.flatMap((line) => {
      const table = choices.find(({ name }) => name === line.table);
      const value = table ? inRange(line, table) : null;
      return value === null ? [] : [{ table: line.table, value }];
    }),
  );
  useEffect(() => {
    let stale = false;
    const values = JSON.parse(asked) as DecodePlace[];
    call("decodeChoices", { values }).then((found) => {
      if (stale) return;
      setChoices((before) => (before.length > 0 ? before : found.tables));
      setPresent(
        Object.fromEntries(
          values.map(({ table, value }, i) => [`${table}/${value}`, found.present[i] ?? ""]),
        ),
      );
    }, tellError);
    return () => {
      stale = true;
    };
  }, [asked]);

  const change = (id: number, part: Partial<Line>) =>
    setLines((all) => all.map((line) => (line.id === id ? { ...line, ...part } : line)));
  const add = () => {
    const used = new Set(lines.map((line) => `${line.table}/${readNumber(line.value)}`));
    const place = places.find(({ table, value }) => !used.has(`${table}/${value}`));
    const line = place ? newLine(place) : { ...newLine({ table: "tcp.port", value: 0 }), value: "" };
    setLines([...lines, line]);
  };
  const problems = lines.map((line) => {
    const table = choices.find(({ name }) => name === line.table);
    return table ? problemOf(line, table) : "";
  });
  const apply = () => {
    setTried(true);
    if (choices.length === 0 || problems.some((problem) => problem !== "")) return;
    const decodeAs = lines.map(({ table, value, protocol }) => ({
      table,
      value: readNumber(value) ?? 0,
      protocol,
    }));
    call("changeSettings", { change: { decodeAs } }).then((all) => {
      takeSettings(all);
      closeDialog();
    }, tellError);
  };

  return (
    <Modal
      title="Decode as"
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          <button type="button" className="button" onClick={add}>
            <Plus size={13} /> Add
          </button>
          <span className="grow" />
          <button type="button" className="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="button" className="button primary" onClick={apply}>
            Apply
          </button>
        </>
      }
    >
      <p className="dim">
        What goes over these ports, or has these numbers, is dissected as the protocol given here. The capture
        is read again when it changes.
      </p>
      {lines.length === 0 ? <p>Nothing is decoded as something else yet.</p> : null}
      {lines.length > 0 ? (
        <table className="decode-table" data-testid="decode-as">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
              <th scope="col">By default</th>
              <th scope="col">Decode as</th>
              <th aria-label="Remove" />
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              <DecodeLine
                key={line.id}
                line={line}
                choices={choices}
                places={places}
                present={present[`${line.table}/${readNumber(line.value)}`] ?? ""}
                problem={tried ? problems[index] : ""}
                fresh={index === lines.length - 1 && line.protocol === ""}
                onChange={(part) => change(line.id, part)}
                onRemove={() => setLines(lines.filter(({ id }) => id !== line.id))}
                onEnter={apply}
              />
            ))}
          </tbody>
        </table>
      ) : null}
    </Modal>
  );
}

function DecodeLine(props: {
  line: Line;
  choices: readonly DecodeTableInfo[];
  places: readonly DecodePlace[];
  present: string;
  problem: string;
  fresh: boolean;
  onChange: (part: Partial<Line>) => void;
  onRemove: () => void;
  onEnter: () => void;
}) {
  const { line, choices, places, problem, onChange } = props;
  const table = choices.find(({ name }) => name === line.table);
  const values = places.filter((place) => place.table === line.table);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Enter") props.onEnter();
  };
  return (
    <>
      <tr>
        <td>
          <select
            className="input"
            aria-label="Field"
            value={line.table}
            onChange={(event) => {
              const found = choices.find(({ name }) => name === event.target.value);
              if (!found) return;
              const place = places.find((one) => one.table === found.name);
              onChange({ table: found.name, value: place ? valueText(place.value, found.digits) : "" });
            }}
          >
            {choices.length === 0 ? <option value={line.table}>{line.table}</option> : null}
            {choices.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </td>
        <td>
          <input
            className="input code"
            aria-label="Value"
            list={`decode-values-${line.id}`}
            value={line.value}
            spellCheck={false}
            aria-invalid={problem !== "" && table !== undefined && inRange(line, table) === null}
            onChange={(event) => onChange({ value: event.target.value })}
            onKeyDown={onKeyDown}
          />
          <datalist id={`decode-values-${line.id}`}>
            {values.map(({ value }) => (
              <option key={value} value={valueText(value, table?.digits ?? 0)} />
            ))}
          </datalist>
        </td>
        <td>
          <code className="dim" data-testid="decode-present">
            {props.present || "none"}
          </code>
        </td>
        <td>
          <input
            className="input code"
            aria-label="Decode as"
            placeholder="Protocol, like http"
            list={`decode-protocols-${line.table}`}
            value={line.protocol}
            spellCheck={false}
            data-initial-focus={props.fresh ? "" : undefined}
            aria-invalid={problem !== ""}
            onChange={(event) => onChange({ protocol: event.target.value.trim() })}
            onKeyDown={onKeyDown}
          />
          <datalist id={`decode-protocols-${line.table}`}>
            {[NONE, ...(table?.protocols ?? [])].map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </datalist>
        </td>
        <td>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${table?.title ?? line.table} ${line.value}`}
            onClick={props.onRemove}
          >
            <Trash2 size={13} />
          </button>
        </td>
      </tr>
      {problem ? (
        <tr>
          <td colSpan={5} className="decode-problem" role="alert">
            {problem}
          </td>
        </tr>
      ) : null}
    </>
  );
}
