import { RotateCw } from "lucide-react";
import { useEffect, useId, useState } from "react";
import type { ExtcapOption, InterfaceInfo } from "../../../engine/api.ts";
import {
  byGroup,
  depthOf,
  type ExtcapValues,
  fromLocalTime,
  knownValues,
  problemOf,
  toLocalTime,
  withValue,
} from "../../lib/extcap.ts";
import { call, tellError } from "../../state/session.ts";
import { errorInfo } from "../../transport/types.ts";
import { IconButton } from "../CommandButton.tsx";

/** The options of the program that captures on an interface, as a form. */
export function ExtcapForm(props: {
  iface: InterfaceInfo;
  values: ExtcapValues;
  onChange: (values: ExtcapValues) => void;
  /** Told whether a capture could be started with the values. */
  onVerdict: (ok: boolean) => void;
}) {
  const { iface, values, onChange, onVerdict } = props;
  const { name } = iface;
  const [options, setOptions] = useState<ExtcapOption[] | null>(null);
  const [error, setError] = useState("");

  useEffect(() => {
    let stale = false;
    setOptions(null);
    setError("");
    call("extcapOptions", { interface: name }).then(
      (answer) => {
        if (!stale) setOptions(answer);
      },
      (refusal) => {
        if (!stale) setError(errorInfo(refusal).message);
      },
    );
    return () => {
      stale = true;
    };
  }, [name]);

  const present = options === null ? values : knownValues(options, values);
  const isComplete =
    options?.every((option) => problemOf(option, present[option.name] ?? "") === "") ?? false;
  useEffect(() => onVerdict(isComplete), [isComplete, onVerdict]);

  const reload = (option: ExtcapOption) => {
    call("extcapReload", { interface: name, option: option.name, values: { ...present } }).then(
      (choices) =>
        setOptions(
          (before) =>
            before?.map((each) => (each.name === option.name ? { ...each, choices } : each)) ?? null,
        ),
      tellError,
    );
  };

  const { extcap } = iface;
  return (
    <section className="extcap" aria-label={`Options of ${name}`} data-testid="extcap-form">
      <p className="extcap-head">
        <span>{iface.description}</span>
        <span className="dim code">{extcap?.program}</span>
        <span className="grow" />
        <button
          type="button"
          className="button"
          disabled={Object.keys(values).length === 0}
          onClick={() => onChange({})}
        >
          Program's own values
        </button>
      </p>
      {error ? <p className="bad">{error}</p> : null}
      {options?.length === 0 ? <p className="dim">This program has no options.</p> : null}
      <div className="extcap-groups">
        {byGroup(options ?? []).map((group) => (
          <fieldset key={group.title} className="group">
            <legend>{group.title}</legend>
            {group.options.map((option) => (
              <OptionField
                key={option.name}
                option={option}
                value={present[option.name] ?? ""}
                onChange={(value) => onChange(withValue(present, option, value))}
                onReload={() => reload(option)}
              />
            ))}
          </fieldset>
        ))}
      </div>
    </section>
  );
}

interface FieldProps {
  option: ExtcapOption;
  /** Empty for the program's own value. */
  value: string;
  onChange: (value: string) => void;
}

function OptionField(props: FieldProps & { onReload: () => void }) {
  const { option, value, onReload } = props;
  const id = useId();
  const problem = problemOf(option, value);
  if (option.type === "boolean" || option.type === "boolflag") return <CheckField {...props} />;
  const several = option.type === "radio" || option.type === "multicheck" || option.type === "table";
  return (
    <div className="field inline extcap-field" title={option.tooltip || undefined}>
      <label htmlFor={several ? undefined : id} id={several ? id : undefined}>
        {option.title}
      </label>
      <div className="extcap-value">
        {several ? (
          <ChoicesField {...props} id={id} />
        ) : option.type === "selector" ? (
          <SelectField {...props} id={id} />
        ) : (
          <TextField {...props} id={id} bad={problem !== "" && value !== ""} />
        )}
        {option.reload ? (
          <IconButton label={`Reload ${option.title}`} icon={<RotateCw size={13} />} onClick={onReload} />
        ) : null}
      </div>
      <span className={problem !== "" && value !== "" ? "bad" : "dim"}>{problem}</span>
    </div>
  );
}

function CheckField({ option, value, onChange }: FieldProps) {
  return (
    <label className="check" title={option.tooltip || undefined}>
      <input
        type="checkbox"
        checked={(value || option.default) === "true"}
        onChange={(event) => onChange(String(event.target.checked))}
      />
      {option.title}
    </label>
  );
}

function SelectField({ option, value, onChange, id }: FieldProps & { id: string }) {
  const isKnown = option.choices.some((choice) => choice.value === value);
  return (
    <select
      id={id}
      className="input"
      value={value || option.default}
      onChange={(event) => onChange(event.target.value)}
    >
      {option.default === "" ? <option value="">the program's choice</option> : null}
      {value !== "" && !isKnown ? <option value={value}>{value}</option> : null}
      {option.choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.title}
        </option>
      ))}
    </select>
  );
}

function ChoicesField({ option, value, onChange, id }: FieldProps & { id: string }) {
  const isRadio = option.type === "radio";
  const chosen = (value || option.default).split(",").filter((each) => each !== "");
  const toggle = (of: string) => {
    if (isRadio) onChange(of);
    else onChange((chosen.includes(of) ? chosen.filter((each) => each !== of) : [...chosen, of]).join(","));
  };
  return (
    <fieldset className="extcap-choices" aria-labelledby={id}>
      {option.choices.map((choice) => {
        const style = { paddingLeft: 16 * depthOf(option.choices, choice) };
        if (!choice.enabled) {
          return (
            <span key={choice.value} className="check" style={style}>
              {choice.title}
            </span>
          );
        }
        return (
          <label key={choice.value} className="check" style={style}>
            <input
              type={isRadio ? "radio" : "checkbox"}
              name={id}
              checked={chosen.includes(choice.value)}
              onChange={() => toggle(choice.value)}
            />
            {choice.title}
          </label>
        );
      })}
    </fieldset>
  );
}

const INPUT_TYPES: Readonly<Record<string, string>> = { password: "password", timestamp: "datetime-local" };
const NUMBERS: ReadonlySet<string> = new Set(["integer", "unsigned", "long", "double"]);

function TextField({ option, value, onChange, id, bad }: FieldProps & { id: string; bad: boolean }) {
  const isTime = option.type === "timestamp";
  const list = option.type === "editselector" ? `${id}-choices` : undefined;
  return (
    <>
      <input
        id={id}
        type={INPUT_TYPES[option.type] ?? "text"}
        step={isTime ? 1 : undefined}
        inputMode={NUMBERS.has(option.type) ? "decimal" : undefined}
        className={`input ${NUMBERS.has(option.type) ? "num short" : ""}`}
        list={list}
        value={isTime ? toLocalTime(value || option.default) : value}
        placeholder={option.default || option.placeholder || (option.required ? "" : "not set")}
        required={option.required && option.default === ""}
        aria-invalid={bad}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(isTime ? fromLocalTime(event.target.value) : event.target.value)}
      />
      {list ? (
        <datalist id={list}>
          {option.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.title}
            </option>
          ))}
        </datalist>
      ) : null}
    </>
  );
}
