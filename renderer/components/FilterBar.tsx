import { Menu } from "@base-ui/react/menu";
import type { CompletionSource } from "@codemirror/autocomplete";
import {
  ArrowRight,
  Bookmark,
  Check,
  ChevronDown,
  CircleAlert,
  ListFilter,
  TriangleAlert,
  X,
} from "lucide-react";
import { useMemo, useState } from "react";
import type { Settings } from "../../engine/api.ts";
import { count } from "../lib/format.ts";
import { applyFilter, clearFilter, setFilterText, typeFilter, useFilter } from "../state/filter.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { changeSettings, useSettings } from "../state/settings.ts";
import { focusPane, openFilters } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";
import { Item, Line } from "./ContextItems.tsx";
import { FilterButtons } from "./FilterButtons.tsx";
import { LineEditor, type Mark } from "./LineEditor.tsx";

export const complete: CompletionSource = async (context) => {
  const expression = context.state.doc.toString();
  if (!context.explicit && expression.trim() === "") return null;
  try {
    const found = await call("completeFilter", { expression, position: context.pos });
    if (context.aborted || found.candidates.length === 0) return null;
    return {
      from: found.start,
      to: found.end,
      filter: false,
      options: found.candidates.map((candidate) => ({
        label: candidate.text,
        detail: candidate.title,
        type: candidate.kind,
      })),
    };
  } catch {
    // Completion is a help; what is wrong with the text is told by its check.
    return null;
  }
};

/** The display filter: judged while typed, completed, applied with Enter. */
export function FilterBar() {
  const text = useFilter((state) => state.text);
  const verdict = useFilter((state) => state.verdict);
  const judged = useFilter((state) => state.judged);
  const applying = useFilter((state) => state.applying);
  const inForce = useSession((state) => state.status.filter);
  const progress = useSession((state) => state.status.progress.find((work) => work.what === "filter"));
  const [focused, setFocused] = useState(false);
  const [completing, setCompleting] = useState(false);

  const current = judged === text;
  const kind = text.trim() === "" ? "empty" : current ? verdict.verdict : "pending";
  const mark: Mark | null = useMemo(
    () =>
      current && (verdict.verdict === "error" || verdict.verdict === "warning")
        ? { start: verdict.start, end: verdict.end, kind: verdict.verdict }
        : null,
    [current, verdict],
  );
  // A hint is a name to put in place of the marked one, or a sentence that says what to do.
  const names = verdict.hints.filter((hint) => /^[\w.-]+$/.test(hint));
  const advice = verdict.hints.filter((hint) => !names.includes(hint)).join(" ");
  const said = mark !== null && verdict.message !== "";
  const pending = text.trim() !== inForce;

  const enter = () => {
    if (current && verdict.verdict === "error" && text.trim() !== "") return;
    void applyFilter(text);
  };
  const stepBack = () => {
    if (text !== inForce) {
      setFilterText(inForce);
      return true;
    }
    focusPane("packet-list");
    return true;
  };
  const takeHint = (hint: string) => {
    setFilterText(text.slice(0, verdict.start) + hint + text.slice(verdict.end));
    document.querySelector<HTMLElement>('[data-testid="filter-bar"] .cm-content')?.focus();
  };

  return (
    <search className="filter-row">
      <div className={`filter-bar ${kind}`} data-testid="filter-bar" data-verdict={kind}>
        <span className="filter-icon" aria-hidden>
          {kind === "error" ? (
            <CircleAlert size={14} />
          ) : kind === "warning" ? (
            <TriangleAlert size={14} />
          ) : kind === "ok" ? (
            <Check size={14} />
          ) : (
            <ListFilter size={14} />
          )}
        </span>
        <LineEditor
          label="Display filter"
          text={text}
          placeholder="Display filter, like tcp.port == 443 && ip.ttl < 10"
          mark={mark}
          complete={complete}
          onType={typeFilter}
          onEnter={enter}
          onEscape={stepBack}
          onCompletionOpen={setCompleting}
          onFocusChange={setFocused}
        />
        <span className="visually-hidden" role="status">
          {kind === "error" || kind === "warning" ? verdict.message : ""}
        </span>
        {applying !== null || progress ? (
          <span className="filter-progress">
            <span className="num">{progress ? `${Math.round(progress.done * 100)} %` : "…"}</span>
            <button
              type="button"
              className="text-button"
              onClick={() => call("cancel", { what: "filter" }).catch(tellError)}
            >
              Cancel
            </button>
          </span>
        ) : inForce !== "" && !pending ? (
          <Matches />
        ) : null}
        {pending && text.trim() !== "" && kind !== "error" ? (
          <IconButton label="Apply" hint="Enter" icon={<ArrowRight size={14} />} onClick={enter} />
        ) : null}
        {text !== "" || inForce !== "" ? (
          <IconButton label="Clear the display filter" icon={<X size={14} />} onClick={clearFilter} />
        ) : null}
        <History />
        {progress ? (
          <span className="bar-progress" style={{ width: `${progress.done * 100}%` }} aria-hidden />
        ) : null}
        {said && focused && !completing ? (
          <div className={`filter-message ${verdict.verdict}`}>
            <span>{verdict.message}</span>
            {names.length > 0 ? (
              <span className="hints">
                Did you mean{" "}
                {names.map((hint) => (
                  <button
                    key={hint}
                    type="button"
                    className="hint"
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() => takeHint(hint)}
                  >
                    {hint}
                  </button>
                ))}
              </span>
            ) : null}
            {advice ? <span className="dim">{advice}</span> : null}
          </div>
        ) : null}
      </div>
      <SavedFilters />
      <FilterButtons complete={complete} />
    </search>
  );
}

function Matches() {
  const displayed = useSession((state) => state.status.displayed);
  const frames = useSession((state) => state.status.frames);
  return (
    <span className="filter-count num" title="Packets that match">
      {count(displayed)}
      <span className="dim"> of {count(frames)}</span>
    </span>
  );
}

function History() {
  const history = useSettings((state) => state.filterHistory);
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-button" aria-label="Filters used before" disabled={history.length === 0}>
        <ChevronDown size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" align="end" sideOffset={4}>
          <Menu.Popup className="menu wide" aria-label="Filters used before">
            {history.slice(0, 20).map((entry) => (
              <Menu.Item key={entry} className="menu-item code" onClick={() => void applyFilter(entry)}>
                <span className="menu-label">{entry}</span>
              </Menu.Item>
            ))}
            <Line />
            <Item onClick={() => changeSettings({ filterHistory: [] })}>Forget them</Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** The text in the bar when it is not kept yet; null otherwise. */
function savable(saved: Settings["savedFilters"]): string | null {
  const text = useFilter.getState().text.trim();
  return text === "" || saved.some((entry) => entry.expression === text) ? null : text;
}

function SavedFilters() {
  const saved = useSettings((state) => state.savedFilters);
  return (
    <Menu.Root>
      <Menu.Trigger className="button quiet">
        <Bookmark size={13} /> Saved <ChevronDown size={12} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" align="end" sideOffset={4}>
          <Menu.Popup className="menu wide" aria-label="Saved filters">
            {saved.map((entry) => (
              <Menu.Item
                key={entry.name}
                className="menu-item"
                onClick={() => void applyFilter(entry.expression)}
              >
                <span className="menu-label">{entry.name}</span>
                <code className="menu-code">{entry.expression}</code>
              </Menu.Item>
            ))}
            {saved.length === 0 ? <div className="menu-heading">No filter has been saved yet</div> : <Line />}
            <Item onClick={() => openFilters("saved", savable(saved))}>Save or change filters…</Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
