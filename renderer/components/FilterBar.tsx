import { Menu } from "@base-ui/react/menu";
import {
  type Completion,
  type CompletionSource,
  insertBracket,
  pickedCompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { ArrowRight, Bookmark, Check, ChevronDown, CircleQuestionMark, X } from "lucide-react";
import { useMemo, useState } from "react";
import type { Settings } from "../../engine/api.ts";
import { testsOf } from "../lib/clauses.ts";
import { count } from "../lib/format.ts";
import { fixesOf } from "../lib/hints.ts";
import { isMac } from "../lib/platform.ts";
import { shortcutText } from "../lib/shortcuts.ts";
import { closeExplanation, openExplanation, useExplain } from "../state/explain.ts";
import { applyFilter, clearFilter, setFilterText, typeFilter, useFilter } from "../state/filter.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { changeSettings, useSettings } from "../state/settings.ts";
import { focusFilterBar, focusPane, openFilters } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";
import { Item, Line } from "./ContextItems.tsx";
import { FilterButtons } from "./FilterButtons.tsx";
import { FilterIcon } from "./FilterField.tsx";
import {
  FilterHistory,
  HISTORY_ID,
  type HistorySearch,
  historyKey,
  searchHistory,
} from "./FilterHistory.tsx";
import { FilterInfo, useFilterPart } from "./FilterInfo.tsx";
import { LineEditor, type ListKey, type Mark } from "./LineEditor.tsx";

/** Types of the candidates by their text, for the list's last column. */
const notes = new Map<string, string>();

export const complete: CompletionSource = async (context) => {
  const expression = context.state.doc.toString();
  if (!context.explicit && expression.trim() === "") return null;
  try {
    const found = await call("completeFilter", { expression, position: context.pos });
    if (context.aborted || found.candidates.length === 0) return null;
    notes.clear();
    for (const { text, type, kind } of found.candidates) {
      notes.set(text, kind === "history" ? "used before" : kind === "saved" ? "saved" : type);
    }
    return {
      from: found.start,
      to: found.end,
      filter: false,
      options: found.candidates.map((candidate) => ({
        label: candidate.text,
        detail: candidate.title,
        type: candidate.kind,
        ...(/[({]$/.test(candidate.text) ? { apply: takeOpening } : {}),
      })),
    };
  } catch {
    // Completion is a help; what is wrong with the text is told by its check.
    return null;
  }
};

/** Takes a candidate that opens a bracket: the bracket is closed, and completion goes on inside. */
function takeOpening(view: EditorView, completion: Completion, from: number, to: number): void {
  const name = completion.label.slice(0, -1);
  const bracket = completion.label.slice(-1);
  const there = view.state.sliceDoc(to, to + 1) === bracket;
  view.dispatch({
    changes: { from, to, insert: name },
    selection: { anchor: from + name.length + (there ? 1 : 0) },
    annotations: pickedCompletion.of(completion),
    userEvent: "input.complete",
  });
  // As if it were typed, so that typing the closing one steps over it.
  if (!there) view.dispatch(insertBracket(view.state, bracket) ?? view.state.replaceSelection(bracket));
  startCompletion(view);
}

const NO_MARKS: readonly Mark[] = [];

const noteOf = ({ label }: { label: string }): string => notes.get(label) ?? "";

/** The display filter: judged while typed, completed, applied with Enter. */
export function FilterBar() {
  const text = useFilter((state) => state.text);
  const verdict = useFilter((state) => state.verdict);
  const judged = useFilter((state) => state.judged);
  const applying = useFilter((state) => state.applying);
  const inForce = useSession((state) => state.status.filter);
  const progress = useSession((state) => state.status.progress.find((work) => work.what === "filter"));
  const history = useSettings((state) => state.filterHistory);
  const [focused, setFocused] = useState(false);
  const [completing, setCompleting] = useState(false);
  const [caret, setCaret] = useState(0);
  const [search, setSearch] = useState<HistorySearch | null>(null);

  const current = judged === text;
  // What is looked for in the history is no filter.
  const kind = text.trim() === "" ? "empty" : current && search === null ? verdict.verdict : "pending";
  const wrong = verdict.verdict === "error" || verdict.verdict === "warning";
  const mark: Mark | null = useMemo(
    () =>
      current && search === null && (verdict.verdict === "error" || verdict.verdict === "warning")
        ? { start: verdict.start, end: verdict.end, kind: verdict.verdict }
        : null,
    [current, search, verdict],
  );
  const clauses = useClauseMarks();
  const { fixes, advice } = useMemo(() => fixesOf(verdict, judged), [verdict, judged]);
  const said = current && wrong && verdict.message !== "" && search === null;
  const pending = text.trim() !== inForce;
  const below = focused && !completing;
  // The explanation, where it is open, begins in the place of the line.
  const explaining = useExplain((state) => state.open);
  const part = useFilterPart(text, caret, below && !said && search === null && !explaining);
  const found = search === null ? [] : searchHistory(history, text, search.prefix);
  const at = search === null ? 0 : Math.min(search.at, found.length - 1);

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
  const endSearch = (entry: string | undefined, apply: boolean) => {
    setSearch(null);
    if (entry === undefined) return;
    if (apply) void applyFilter(entry);
    else setFilterText(entry);
  };
  const onListKey = (key: ListKey): boolean => {
    if (search === null) {
      if (key !== "Ctrl-r" && key !== "ArrowUp") return false;
      if (key === "ArrowUp" && searchHistory(history, text, true).length === 0) return false;
      setSearch({ before: text, at: 0, prefix: key === "ArrowUp" });
      return true;
    }
    const made = historyKey(key, at, found.length);
    if (made === null) return false;
    if (made === "restore") {
      setSearch(null);
      if (text !== search.before) setFilterText(search.before);
    } else if (made === "apply" || made === "take") endSearch(found[at], made === "apply");
    else setSearch({ ...search, ...made });
    return true;
  };

  return (
    <search className="filter-row">
      <div className={`filter-bar ${kind}`} data-testid="filter-bar" data-verdict={kind}>
        <FilterIcon kind={kind} />
        <LineEditor
          label="Display filter"
          text={text}
          placeholder="Display filter, like tcp.port == 443 && ip.ttl < 10"
          mark={mark}
          marks={search === null ? clauses : NO_MARKS}
          complete={(context) => (search === null ? complete(context) : null)}
          completionNote={noteOf}
          brackets
          onType={(typed) => {
            typeFilter(typed);
            setSearch((now) => (now === null ? null : { ...now, at: 0, prefix: false }));
          }}
          onEnter={enter}
          onEscape={stepBack}
          onListKey={onListKey}
          list={
            search === null
              ? null
              : { id: HISTORY_ID, active: found.length > 0 ? `${HISTORY_ID}-${at}` : null }
          }
          onCaret={setCaret}
          onCompletionOpen={setCompleting}
          onFocusChange={(now) => {
            setFocused(now);
            if (!now) setSearch(null);
          }}
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
        ) : pending && kind !== "error" ? (
          <WouldMatch />
        ) : null}
        {pending && text.trim() !== "" && kind !== "error" ? (
          <IconButton label="Apply" hint="Enter" icon={<ArrowRight size={14} />} onClick={enter} />
        ) : null}
        {text !== "" || inForce !== "" ? <Why /> : null}
        {text !== "" || inForce !== "" ? (
          <IconButton label="Clear the display filter" icon={<X size={14} />} onClick={clearFilter} />
        ) : null}
        <History />
        {progress ? (
          <span className="bar-progress" style={{ width: `${progress.done * 100}%` }} aria-hidden />
        ) : null}
        {said && below ? (
          <div className={`filter-message ${verdict.verdict}`}>
            <span>{verdict.message}</span>
            {fixes.length > 0 ? (
              <span className="hints">
                {verdict.verdict === "error" ? "Did you mean" : "Instead"}{" "}
                {fixes.map((fix) => (
                  <button
                    key={fix.label}
                    type="button"
                    className="hint"
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() => {
                      setFilterText(fix.text);
                      focusFilterBar();
                    }}
                  >
                    {fix.label}
                  </button>
                ))}
              </span>
            ) : null}
            {advice.length > 0 ? <span className="dim">{advice.join(" ")}</span> : null}
          </div>
        ) : null}
        {part !== null && below && !said ? <FilterInfo part={part} /> : null}
        {search !== null ? (
          <FilterHistory
            search={{ ...search, at }}
            typed={text}
            onPoint={(index) => setSearch({ ...search, at: index })}
            onTake={(entry) => endSearch(entry, true)}
          />
        ) : null}
      </div>
      <SavedFilters />
      <FilterButtons complete={complete} />
    </search>
  );
}

/** The clauses of an explained filter with their verdicts, and the one that is pointed at, as marks in the bar. */
function useClauseMarks(): readonly Mark[] {
  const text = useFilter((state) => state.text);
  const root = useExplain((state) =>
    state.open && state.expression === text && state.message === ""
      ? (state.explanation?.clause ?? null)
      : null,
  );
  const over = useExplain((state) => state.over);
  return useMemo(() => {
    if (root === null) return NO_MARKS;
    // What a macro stands for is not in the bar.
    const shown = testsOf(root).filter((clause) => clause.text === text.slice(clause.start, clause.end));
    const marks = shown.map(({ start, end, verdict }): Mark => ({ start, end, kind: `${verdict}` }));
    return over === null ? marks : [...marks, { start: over.start, end: over.end, kind: "over" }];
  }, [text, root, over]);
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

/** How many packets what is typed would find, where that can be told at once. */
function WouldMatch() {
  const counted = useFilter((state) => state.counted);
  const judged = useFilter((state) => state.judged);
  const capture = useSession((state) => state.status.capture);
  if (counted === null || counted.expression !== judged || counted.capture !== capture) return null;
  return (
    <span
      className={`filter-count would-match num ${counted.count === 0 ? "none" : ""}`}
      data-testid="would-match"
      title={`${count(counted.count)} of ${count(counted.frames)} packets would match; Enter shows them`}
    >
      {counted.count === 0 ? <X size={11} aria-hidden /> : <Check size={11} aria-hidden />}
      {count(counted.count)}
    </span>
  );
}

/** Opens and closes what says why the selected packet matches. */
function Why() {
  const open = useExplain((state) => state.open);
  return (
    <IconButton
      label="Why does this packet match?"
      hint={shortcutText("Mod+?", isMac)}
      icon={<CircleQuestionMark size={14} />}
      pressed={open}
      onClick={() => (open ? closeExplanation() : openExplanation())}
    />
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
