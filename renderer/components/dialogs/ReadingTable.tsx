import { Fragment, type ReactNode, useEffect, useState } from "react";
import type { InterfaceInfo } from "../../../engine/api.ts";
import {
  clockTitle,
  numberOf,
  READING_NUMBERS,
  type ReadingForm,
  type ReadingNumber,
} from "../../lib/reading.ts";
import { call } from "../../state/session.ts";

const CHECK_DELAY_MS = 200;

interface Column {
  /** Null for the column of all interfaces. */
  iface: InterfaceInfo | null;
  form: ReadingForm;
  onChange: (change: Partial<ReadingForm>) => void;
}

const NUMBERS: readonly ReadingNumber[] = ["snapLen", "bufferMiB", "readTimeoutMs"];
const SWITCHES = [
  ["promiscuous", "Promiscuous mode", "Packets for other hosts too"],
  ["immediate", "Immediate mode", "Hand each packet over as it comes: less delay for more processor time"],
] as const;
const DIRECTIONS = [
  ["inout", "in and out"],
  ["in", "in only"],
  ["out", "out only"],
] as const;
const PRECISIONS = [
  ["ns", "nanoseconds"],
  ["us", "microseconds"],
] as const;

/**
 * How packets are taken: a column for all interfaces, and for each that is chosen one that says what it has in place
 * of that. Rows that only an interface can answer are empty in the first column.
 */
export function ReadingTable(props: {
  all: ReadingForm;
  onAll: (change: Partial<ReadingForm>) => void;
  chosen: readonly InterfaceInfo[];
  formOf: (name: string) => ReadingForm;
  onOwn: (name: string, change: Partial<ReadingForm>) => void;
  /** What is wrong with the capture filters of interfaces, by their names. */
  filterProblems: Readonly<Record<string, string>>;
}) {
  const { all, chosen, formOf } = props;
  const columns: Column[] = [
    { iface: null, form: all, onChange: props.onAll },
    ...chosen.map((iface) => ({
      iface,
      form: formOf(iface.name),
      onChange: (change: Partial<ReadingForm>) => props.onOwn(iface.name, change),
    })),
  ];
  const row = (title: string, note: string, cell: (column: Column, label: string) => ReactNode) => (
    <tr title={note || undefined}>
      <th scope="row">{title}</th>
      {columns.map((column) => (
        <td key={column.iface?.name ?? ""}>
          {cell(column, column.iface === null ? title : `${title} of ${column.iface.name}`)}
        </td>
      ))}
    </tr>
  );
  return (
    <div className="reading" data-testid="reading">
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">All interfaces</th>
            {chosen.map(({ name }) => (
              <th key={name} scope="col">
                Only {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {SWITCHES.map(([key, title, note]) => (
            <Fragment key={key}>
              {row(title, note, (column, label) => switchCell(key, column, label, all))}
            </Fragment>
          ))}
          {NUMBERS.map((key) => (
            <Fragment key={key}>
              {row(READING_NUMBERS[key].title, "", (column, label) => numberCell(key, column, label, all))}
            </Fragment>
          ))}
          {row("Direction", "Of packets as seen from this machine", ({ iface, form, onChange }, label) => (
            <Choice
              label={label}
              value={form.direction || (iface === null ? "inout" : "")}
              choices={
                iface === null ? DIRECTIONS : [asAll(DIRECTIONS, all.direction || "inout"), ...DIRECTIONS]
              }
              onChange={(direction) =>
                onChange({ direction: (iface === null && direction === "inout" ? "" : direction) as "in" })
              }
            />
          ))}
          {row(
            "Time stamps in",
            "What the interface or the system has of it",
            ({ iface, form, onChange }, label) => (
              <Choice
                label={label}
                value={form.precision || (iface === null ? "ns" : "")}
                choices={
                  iface === null ? PRECISIONS : [asAll(PRECISIONS, all.precision || "ns"), ...PRECISIONS]
                }
                onChange={(precision) =>
                  onChange({ precision: (iface === null && precision === "ns" ? "" : precision) as "us" })
                }
              />
            ),
          )}
          {chosen.length === 0 ? null : (
            <>
              {row("Time stamps from", "The clock that stamps packets", clockCell)}
              {row("Link type", "", linkCell)}
              {row(
                "Monitor mode",
                "All frames of a Wi-Fi channel; the interface leaves its network",
                monitorCell,
              )}
              {row("Capture filter", "", (column, label) => filterCell(column, label, props.filterProblems))}
            </>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The choice of an interface to be as all are. */
function asAll(choices: readonly (readonly [string, string])[], present: string): readonly [string, string] {
  return ["", `as all: ${choices.find(([value]) => value === present)?.[1] ?? present}`];
}

/** What only an interface can answer. */
const none = <span className="dim">—</span>;
/** What is as usual, or as all interfaces have it, stays in the background. */
const shade = (value: string): string => (value === "" ? "unset" : "");

function switchCell(
  key: "promiscuous" | "immediate",
  { iface, form, onChange }: Column,
  label: string,
  all: ReadingForm,
): ReactNode {
  if (iface === null)
    return (
      <label className="check">
        <input
          type="checkbox"
          aria-label={label}
          checked={form[key] === "on"}
          onChange={(event) => onChange({ [key]: event.target.checked ? "on" : "off" })}
        />
        {form[key] === "on" ? "on" : "off"}
      </label>
    );
  return (
    <Choice
      label={label}
      value={form[key]}
      choices={[
        ["", `as all: ${all[key] === "on" ? "on" : "off"}`],
        ["on", "on"],
        ["off", "off"],
      ]}
      onChange={(value) => onChange({ [key]: value })}
    />
  );
}

function numberCell(
  key: ReadingNumber,
  { iface, form, onChange }: Column,
  label: string,
  all: ReadingForm,
): ReactNode {
  const { unit, usual, short, range } = READING_NUMBERS[key];
  const bad = numberOf(form, key) === null;
  const placeholder =
    iface === null ? usual : `as all: ${all[key].trim() ? `${all[key].trim()} ${unit}` : short}`;
  return (
    <span className="reading-number">
      <input
        className={`input num ${iface === null ? "" : shade(form[key].trim())}`}
        inputMode="numeric"
        aria-label={label}
        value={form[key]}
        placeholder={placeholder}
        aria-invalid={bad}
        title={bad ? `A whole number, ${range}` : undefined}
        onChange={(event) => onChange({ [key]: event.target.value })}
      />
      {iface === null || form[key].trim() !== "" ? <span className={bad ? "bad" : "dim"}>{unit}</span> : null}
    </span>
  );
}

function clockCell({ iface, form, onChange }: Column, label: string): ReactNode {
  if (iface === null) return none;
  const { timestampTypes } = iface;
  if (timestampTypes.length === 0 && form.timestampType === "")
    return <span className="dim">the system's, no other</span>;
  return (
    <Choice
      label={label}
      value={form.timestampType}
      choices={[
        ["", "default"],
        ...withStale(
          timestampTypes.map((name) => [name, clockTitle(name)] as const),
          form.timestampType,
        ),
      ]}
      onChange={(timestampType) => onChange({ timestampType })}
    />
  );
}

function linkCell({ iface, form, onChange }: Column, label: string): ReactNode {
  if (iface === null) return none;
  if (form.monitor === "on" && iface.noMonitor === "")
    return <span className="dim">that of monitor mode</span>;
  const types = iface.linkTypes.map(({ name, description }) => [name, description || name] as const);
  const [first] = types;
  if (types.length < 2 && form.linkType === "")
    return <span className="dim">{first === undefined ? "not known before" : `${first[1]}, no other`}</span>;
  return (
    <Choice
      label={label}
      value={form.linkType}
      choices={[
        ["", first === undefined ? "default" : `default: ${first[1]}`],
        ...withStale(types, form.linkType),
      ]}
      onChange={(linkType) => onChange({ linkType })}
    />
  );
}

/** Choices with one that was made before and is not offered now. */
function withStale(
  choices: readonly (readonly [string, string])[],
  value: string,
): readonly (readonly [string, string])[] {
  if (value === "" || choices.some(([each]) => each === value)) return choices;
  return [...choices, [value, `${value} (not offered)`]];
}

function monitorCell({ iface, form, onChange }: Column, label: string): ReactNode {
  if (iface === null) return none;
  const can = iface.noMonitor === "";
  return (
    <label className="check" title={iface.noMonitor || undefined}>
      <input
        type="checkbox"
        aria-label={label}
        disabled={!can}
        checked={can && form.monitor === "on"}
        onChange={(event) => onChange({ monitor: event.target.checked ? "on" : "" })}
      />
      {can ? form.monitor || "off" : <span className="dim reading-reason">{iface.noMonitor}</span>}
    </label>
  );
}

function filterCell(
  { iface, form, onChange }: Column,
  label: string,
  problems: Readonly<Record<string, string>>,
): ReactNode {
  if (iface === null) return <span className="dim">as above</span>;
  const problem = problems[iface.name];
  return (
    <input
      className={`input code ${shade(form.filter.trim())}`}
      aria-label={label}
      value={form.filter}
      spellCheck={false}
      placeholder="as all"
      aria-invalid={problem !== undefined}
      title={problem === undefined ? undefined : `libpcap: ${problem}`}
      onChange={(event) => onChange({ filter: event.target.value })}
    />
  );
}

function Choice(props: {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange: (value: never) => void;
}) {
  return (
    <select
      className={`input ${shade(props.value)}`}
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value as never)}
    >
      {props.choices.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** What libpcap says against the capture filters that interfaces have for themselves, by their names. */
export function useOwnFilterProblems(
  chosen: readonly InterfaceInfo[],
  formOf: (name: string) => ReadingForm,
): Readonly<Record<string, string>> {
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const asked = chosen
    .map((iface) => ({ iface, form: formOf(iface.name) }))
    .filter(({ form }) => form.filter.trim() !== "")
    .map(({ iface: { name, noMonitor }, form }) => ({
      interface: name,
      filter: form.filter,
      monitor: form.monitor === "on" && noMonitor === "",
      ...(form.linkType === "" ? {} : { linkType: form.linkType }),
    }));
  const key = JSON.stringify(asked);
  useEffect(() => {
    const requests = JSON.parse(key) as typeof asked;
    let stale = false;
    const timer = setTimeout(
      async () => {
        const found: Record<string, string> = {};
        for (const request of requests) {
          try {
            const { ok, message } = await call("checkCaptureFilter", request);
            if (!ok) found[request.interface] = message;
          } catch {
            // It is judged when the capture starts.
          }
        }
        if (!stale) setProblems(found);
      },
      requests.length > 0 ? CHECK_DELAY_MS : 0,
    );
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [key]);
  return problems;
}
