import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { count } from "../lib/format.ts";
import { openExplanation } from "../state/explain.ts";
import { type FindKind, type FindWhere, find, useFind } from "../state/find.ts";
import { goToFrame } from "../state/selection.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { focusPane, setUi } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";

const KINDS: [FindKind, string][] = [
  ["string", "String"],
  ["regex", "Regular expression"],
  ["hex", "Hex bytes"],
  ["filter", "Display filter"],
];

const PLACES: [FindWhere, string][] = [
  ["list", "in the list"],
  ["tree", "in the details"],
  ["bytes", "in the bytes"],
];

const PLACEHOLDERS: Record<FindKind, string> = {
  string: "Text to find",
  regex: "Regular expression",
  hex: "Bytes, like de:ad:be:ef",
  filter: "Display filter",
};

function close(): void {
  setUi({ findBar: false, goToBar: false });
  focusPane("packet-list");
}

/** Find packet (Ctrl+F). */
export function FindBar() {
  const state = useFind();
  const searching = useSession((session) => session.status.progress.find((work) => work.what === "find"));
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const text = state.kind === "string" || state.kind === "regex";
  return (
    <search className="bar" aria-label="Find packet" data-testid="find-bar">
      <select
        className="input"
        aria-label="Kind of search"
        value={state.kind}
        onChange={(event) => {
          const kind = KINDS.find(([value]) => value === event.target.value)?.[0];
          if (kind) useFind.setState({ kind, outcome: "", failed: false });
        }}
      >
        {KINDS.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      {text ? (
        <select
          className="input"
          aria-label="Where to look"
          value={state.where}
          onChange={(event) => {
            const where = PLACES.find(([value]) => value === event.target.value)?.[0];
            if (where) useFind.setState({ where, outcome: "", failed: false });
          }}
        >
          {PLACES.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      ) : null}
      <input
        ref={input}
        className="input code wide"
        aria-label="What to find"
        aria-invalid={state.failed}
        spellCheck={false}
        placeholder={PLACEHOLDERS[state.kind]}
        value={state.text}
        onChange={(event) => useFind.setState({ text: event.target.value, outcome: "", failed: false })}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            void find(event.shiftKey ? "previous" : "next");
          } else if (event.key === "Escape") {
            event.preventDefault();
            close();
          }
        }}
      />
      {text ? (
        <label className="check">
          <input
            type="checkbox"
            checked={state.caseSensitive}
            onChange={(event) => useFind.setState({ caseSensitive: event.target.checked })}
          />
          Match case
        </label>
      ) : null}
      <IconButton
        label="Find previous"
        hint="Shift+Enter"
        icon={<ArrowUp size={14} />}
        disabled={state.text === ""}
        onClick={() => void find("previous")}
      />
      <IconButton
        label="Find next"
        hint="Enter"
        icon={<ArrowDown size={14} />}
        disabled={state.text === ""}
        onClick={() => void find("next")}
      />
      <span className={`bar-outcome ${state.failed ? "bad" : "dim"}`} role="status">
        {searching ? `${searching.label} ${Math.round(searching.done * 100)} %` : state.outcome}
      </span>
      {searching ? (
        <button
          type="button"
          className="text-button"
          onClick={() => call("cancel", { what: "find" }).catch(tellError)}
        >
          Cancel
        </button>
      ) : null}
      <span className="grow" />
      <IconButton label="Close the find bar" hint="Esc" icon={<X size={14} />} onClick={close} />
    </search>
  );
}

/** Go to packet (Ctrl+G). */
export function GoToBar() {
  const frames = useSession((state) => state.status.frames);
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState("");
  const [hidden, setHidden] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const number = Number(text.replaceAll(",", ""));
  const valid = Number.isInteger(number) && number >= 1 && number <= frames;
  const run = async () => {
    if (!valid) {
      setOutcome(`A number from 1 to ${count(frames)}`);
      return;
    }
    try {
      const found = await goToFrame(number);
      if (!found) setOutcome("The list is empty");
      else if (!found.exact) {
        setOutcome(`Packet ${count(number)} is filtered out; ${count(found.number)} is the nearest shown`);
        setHidden(number);
      } else close();
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <search className="bar" aria-label="Go to packet" data-testid="go-to-bar">
      <label className="bar-label" htmlFor="go-to">
        Go to packet
      </label>
      <input
        id="go-to"
        ref={input}
        className="input num short"
        inputMode="numeric"
        placeholder={`1 to ${count(frames)}`}
        aria-invalid={text !== "" && !valid}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOutcome("");
          setHidden(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            void run();
          } else if (event.key === "Escape") {
            event.preventDefault();
            close();
          }
        }}
      />
      <button type="button" className="button small" disabled={!valid} onClick={() => void run()}>
        Go
      </button>
      <span className="bar-outcome dim" role="status">
        {outcome}
      </span>
      {hidden !== null ? (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            close();
            openExplanation(hidden);
          }}
        >
          Why?
        </button>
      ) : null}
      <span className="grow" />
      <IconButton label="Close" hint="Esc" icon={<X size={14} />} onClick={close} />
    </search>
  );
}
