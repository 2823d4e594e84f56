import { Check, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { FilterClause, FilterOperand, FilterValue } from "../../engine/api.ts";
import { type ClauseLine, clauseLines, summaryOf, toldOperands } from "../lib/clauses.ts";
import { count } from "../lib/format.ts";
import {
  closeExplanation,
  pinExplanation,
  pointAtClause,
  pointAtValue,
  selectValue,
  useExplain,
} from "../state/explain.ts";
import { useSelection } from "../state/selection.ts";
import { useSession } from "../state/session.ts";
import { focusFilterBar, focusPane } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";

/** Values of an operand that stand in its line. */
const SHOWN = 8;
const INDENT = 16;
/** Operands of a test, and clauses of a filter, that are shown. */
const MOST_OPERANDS = 12;
const MOST_LINES = 400;

/** Why the selected packet matches the filter in the bar, or does not: clause by clause, with its values. */
export function ExplainPanel() {
  const explanation = useExplain((state) => state.explanation);
  const message = useExplain((state) => state.message);
  const root = useRef<HTMLElement>(null);

  const close = () => {
    const inside = root.current?.contains(document.activeElement);
    closeExplanation();
    if (inside) {
      if (useSelection.getState().row === null) focusFilterBar();
      else focusPane("packet-list");
    }
  };
  return (
    <section
      ref={root}
      className="explain"
      aria-label="Why the packet matches"
      data-testid="explain"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <header className="explain-head">
        {explanation ? <Verdict matches={explanation.matches} number={explanation.number} /> : null}
        {message ? (
          <span className="explain-message dim" role="status">
            {message}
          </span>
        ) : explanation ? (
          <span className="explain-protocols dim" title="Protocols of the packet">
            {explanation.protocols.join(" : ")}
          </span>
        ) : null}
        <span className="grow" />
        <PacketNumber />
        <IconButton label="Close" hint="Esc" icon={<X size={14} />} onClick={close} />
      </header>
      {explanation ? <Clauses root={explanation.clause} stale={message !== ""} /> : null}
    </section>
  );
}

function Verdict({ matches, number }: { matches: boolean; number: number }) {
  return (
    <span className={`explain-verdict ${matches ? "yes" : "no"}`} role="status">
      {matches ? <Check size={14} aria-hidden /> : <X size={14} aria-hidden />}
      Packet <span className="num">{count(number)}</span> {matches ? "matches" : "does not match"}
    </span>
  );
}

/** The packet's number; another can be typed, one that is filtered out too. */
function PacketNumber() {
  const pinned = useExplain((state) => state.pinned);
  const selected = useSelection((state) => state.number);
  const frames = useSession((state) => state.status.frames);
  const [typed, setTyped] = useState<string | null>(null);
  const shown = pinned ?? selected;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another packet takes the place of what was typed
  useEffect(() => setTyped(null), [shown]);
  const number = Number((typed ?? "").replaceAll(",", ""));
  const valid = Number.isInteger(number) && number >= 1 && number <= frames;
  return (
    <>
      {pinned !== null && pinned !== selected && selected !== null ? (
        <button type="button" className="text-button" onClick={() => pinExplanation(null)}>
          Back to packet {count(selected)}
        </button>
      ) : null}
      <label className="explain-number dim">
        Packet
        <input
          className="input num"
          inputMode="numeric"
          aria-label="Packet to explain"
          aria-invalid={typed !== null && typed !== "" && !valid}
          placeholder={`1 to ${count(frames)}`}
          value={typed ?? (shown === null ? "" : String(shown))}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && valid) {
              event.preventDefault();
              pinExplanation(number);
            } else if (event.key === "Escape" && typed !== null) {
              event.preventDefault();
              setTyped(null);
            }
          }}
        />
      </label>
    </>
  );
}

function Clauses({ root, stale }: { root: FilterClause; stale: boolean }) {
  const all = useMemo(() => clauseLines(root), [root]);
  const lines = all.length > MOST_LINES ? all.slice(0, MOST_LINES) : all;
  const [at, setAt] = useState(0);
  const current = Math.min(at, lines.length - 1);
  const tree = useRef<HTMLDivElement>(null);

  const focusLine = (index: number) => {
    setAt(index);
    tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]');
    if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
    const values = [...line.querySelectorAll<HTMLElement>("button.clause-value:not(:disabled)")];
    const value = values.indexOf(event.target as HTMLElement);
    const onLine = event.target === line;
    if (event.key === "ArrowDown") focusLine(Math.min(lines.length - 1, current + 1));
    else if (event.key === "ArrowUp") focusLine(Math.max(0, current - 1));
    else if (event.key === "Home") focusLine(0);
    else if (event.key === "End") focusLine(lines.length - 1);
    else if (event.key === "ArrowRight") values[Math.min(values.length - 1, value + 1)]?.focus();
    else if (event.key === "ArrowLeft") (value > 0 ? values[value - 1] : line)?.focus();
    else if (event.key === "Enter" && onLine) values[0]?.click();
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={tree}
      role="tree"
      aria-label="Clauses of the filter"
      className={`clauses-tree ${stale ? "stale" : ""}`}
      onKeyDown={onKeyDown}
      onMouseLeave={() => pointAtClause(null)}
      onBlur={() => pointAtClause(null)}
    >
      {lines.map((line, index) => (
        <ClauseRow
          // The lines of one filter are the same for every packet.
          key={`${line.clause.start}-${line.clause.end}-${line.level}`}
          line={line}
          current={index === current}
          onFocus={() => setAt(index)}
        />
      ))}
      {all.length > lines.length ? (
        <p className="clause dim">and {count(all.length - lines.length)} more clauses</p>
      ) : null}
    </div>
  );
}

function ClauseRow({ line, current, onFocus }: { line: ClauseLine; current: boolean; onFocus: () => void }) {
  const { clause, level } = line;
  const over = useExplain((state) => state.over === clause);
  const test = clause.kind === "test";
  const operands = toldOperands(clause);
  // Behind a test with one field it is clear whose values these are.
  const named =
    operands.length > 1 || (operands[0]?.kind === "field" && clause.operands[0]?.kind !== "field");
  return (
    <div
      role="treeitem"
      tabIndex={current ? 0 : -1}
      aria-level={level}
      aria-setsize={line.siblings}
      aria-posinset={line.position}
      aria-expanded={test ? undefined : true}
      aria-selected={current}
      data-verdict={clause.verdict}
      data-clause={clause.text}
      className={`clause ${clause.verdict ? "yes" : "no"} ${line.idle ? "idle" : ""} ${over ? "over" : ""}`}
      onMouseEnter={() => pointAtClause(clause)}
      onFocus={() => {
        onFocus();
        pointAtClause(clause);
      }}
    >
      <span className="clause-text" style={{ paddingLeft: (level - 1) * INDENT }}>
        {clause.verdict ? (
          <Check size={13} className="clause-icon" aria-label="true" />
        ) : (
          <X size={13} className="clause-icon" aria-label="false" />
        )}
        {test ? <code>{clause.text}</code> : <strong className="clause-kind">{clause.kind}</strong>}
      </span>
      <span className="clause-values">
        {operands.slice(0, MOST_OPERANDS).map((operand) => (
          <Operand key={`${operand.start}-${operand.text}`} operand={operand} named={named} />
        ))}
        {operands.length > MOST_OPERANDS ? (
          <span className="dim">and {count(operands.length - MOST_OPERANDS)} more</span>
        ) : null}
        {test ? null : <span className="dim">{summaryOf(clause)}</span>}
        {test && clause.note ? <span className="clause-note dim">{clause.note}</span> : null}
      </span>
    </div>
  );
}

function Operand({ operand, named }: { operand: FilterOperand; named: boolean }) {
  const { kind, field, values, missing } = operand;
  const name = kind === "field" ? field : operand.text;
  const more = operand.count - Math.min(values.length, SHOWN);
  return (
    <span className="operand">
      {named ? (
        <code className="operand-name dim" title={operand.title}>
          {name}
        </code>
      ) : null}
      {missing ? <em className="operand-missing">{missing}</em> : null}
      {kind === "field" && !missing && values.length === 0 ? <span className="dim">there</span> : null}
      {values.slice(0, SHOWN).map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values have nothing but their place
        <Value key={index} value={value} operand={operand} />
      ))}
      {more > 0 ? <span className="dim">and {count(more)} more</span> : null}
    </span>
  );
}

function Value({ value, operand }: { value: FilterValue; operand: FilterOperand }) {
  const { verdict, path } = value;
  const kind = verdict === null ? "" : verdict ? "yes" : "no";
  const layer = value.layers > 1 ? `#${value.layer}` : "";
  const title = [operand.title, operand.type, layer && `layer ${value.layer} of ${value.layers}`, value.raw]
    .filter(Boolean)
    .join("\n");
  if (path === null) {
    return (
      <span className={`clause-value plain ${kind}`} title={title || undefined}>
        {operand.kind === "field" ? "" : "= "}
        {value.text}
      </span>
    );
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`clause-value ${kind}`}
      title={title}
      aria-label={`${operand.field} ${value.text}${verdict === null ? "" : verdict ? ", fits" : ", does not fit"}`}
      onClick={() => selectValue(value)}
      onMouseEnter={() => pointAtValue(value)}
      onMouseLeave={() => pointAtValue(null)}
      onFocus={() => pointAtValue(value)}
      onBlur={() => pointAtValue(null)}
    >
      {value.text}
      {layer ? <sup>{layer}</sup> : null}
      {verdict === null ? null : verdict ? <Check size={10} aria-hidden /> : <X size={10} aria-hidden />}
    </button>
  );
}
