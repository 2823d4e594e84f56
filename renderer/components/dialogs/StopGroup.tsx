import {
  type Amount,
  SIZE_UNITS,
  type StopForm,
  type StopValues,
  TIME_UNITS,
  type Unit,
} from "../../lib/stop.ts";
import { NumberField } from "./NumberField.tsx";

/** When the capture ends by itself: at whichever is reached first. */
export function StopGroup(props: {
  form: StopForm;
  values: StopValues;
  /** Whether several files are written. */
  several: boolean;
  onChange: (change: Partial<StopForm>) => void;
}) {
  const { form, values, onChange, several } = props;
  return (
    <fieldset className="group">
      <legend>Stop by itself after</legend>
      <AmountField
        label="Time"
        units={TIME_UNITS}
        amount={form.time}
        bad={values.seconds === null}
        range="above 0"
        onChange={(time) => onChange({ time })}
      />
      <NumberField
        label="Packets"
        unit="packets"
        text={form.packets}
        onChange={(packets) => onChange({ packets })}
        bad={values.packets === null}
        placeholder="never"
        range="1 or more"
      />
      {several ? (
        <NumberField
          label="Files"
          unit="files"
          text={form.files}
          onChange={(files) => onChange({ files })}
          bad={values.files === null}
          placeholder="never"
          range="1 or more"
        />
      ) : (
        <AmountField
          label="File size"
          units={SIZE_UNITS}
          amount={form.size}
          bad={values.kilobytes === null}
          range="1 kB or more"
          onChange={(size) => onChange({ size })}
        />
      )}
    </fieldset>
  );
}

function AmountField(props: {
  label: string;
  units: readonly Unit[];
  amount: Amount;
  bad: boolean;
  range: string;
  onChange: (amount: Amount) => void;
}) {
  const { label, amount } = props;
  return (
    <div className="field inline">
      <span>{label}</span>
      <input
        className="input num short"
        aria-label={label}
        inputMode="decimal"
        value={amount.text}
        placeholder="never"
        aria-invalid={props.bad}
        title={props.bad ? `A number, ${props.range}` : undefined}
        onChange={(event) => props.onChange({ ...amount, text: event.target.value })}
      />
      <span className="amount-unit">
        <select
          className="input"
          aria-label={`Unit of ${label.toLowerCase()}`}
          value={amount.factor}
          onChange={(event) => props.onChange({ ...amount, factor: Number(event.target.value) })}
        >
          {props.units.map(({ name, factor }) => (
            <option key={name} value={factor}>
              {name}
            </option>
          ))}
        </select>
        {props.bad ? <span className="bad">{props.range}</span> : null}
      </span>
    </div>
  );
}
