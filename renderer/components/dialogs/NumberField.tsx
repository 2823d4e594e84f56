/** One line of a form: name, number, unit; a number that is none is marked, with what may stand there. */
export function NumberField(props: {
  label: string;
  unit: string;
  text: string;
  onChange: (text: string) => void;
  bad: boolean;
  placeholder: string;
  range: string;
}) {
  return (
    <label className="field inline">
      <span>{props.label}</span>
      <input
        className="input num short"
        inputMode="decimal"
        value={props.text}
        placeholder={props.placeholder}
        aria-invalid={props.bad}
        title={props.bad ? `A number, ${props.range}` : undefined}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <span className={props.bad ? "bad" : "dim"}>{props.bad ? props.range : props.unit}</span>
    </label>
  );
}
