import { useEffect, useMemo, useRef } from "react";
import { useSettings } from "../state/settings.ts";
import type { ListKey } from "./LineEditor.tsx";

const PAGE = 10;
export const HISTORY_ID = "filter-history";

/** A search through the filters used before; what is typed in the bar narrows it down. */
export interface HistorySearch {
  /** What stood in the bar, for Escape to put back. */
  before: string;
  /** Chosen entry, counted from the newest. */
  at: number;
  /** True when entries must begin with what is typed: the arrow key goes back from it. */
  prefix: boolean;
}

/** The entries that hold what is typed, the newest first; those that begin with it where only these are meant. */
export function searchHistory(history: readonly string[], typed: string, prefix: boolean): string[] {
  const wanted = typed.trim().toLowerCase();
  return history.filter((entry) => {
    const text = entry.toLowerCase();
    return prefix ? text.startsWith(wanted) && text !== wanted : text.includes(wanted);
  });
}

/** What a key does to a search: the entry it leads to, or how it ends; null for a key that is not for it. */
export function historyKey(
  key: ListKey,
  at: number,
  length: number,
): { at: number } | "apply" | "take" | "restore" | null {
  const last = Math.max(0, length - 1);
  switch (key) {
    case "ArrowDown":
    case "Ctrl-r":
      return { at: at < last ? at + 1 : 0 };
    case "ArrowUp":
      return { at: at > 0 ? at - 1 : last };
    case "PageDown":
      return { at: Math.min(last, at + PAGE) };
    case "PageUp":
      return { at: Math.max(0, at - PAGE) };
    case "Enter":
      return "apply";
    case "Tab":
      return "take";
    case "Escape":
      return "restore";
  }
}

/** The list under the bar while the history is searched. */
export function FilterHistory(props: {
  search: HistorySearch;
  typed: string;
  onPoint: (at: number) => void;
  onTake: (entry: string) => void;
}) {
  const { search, typed } = props;
  const history = useSettings((state) => state.filterHistory);
  const found = useMemo(() => searchHistory(history, typed, search.prefix), [history, typed, search.prefix]);
  const list = useRef<HTMLDivElement>(null);
  const at = Math.min(search.at, found.length - 1);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const wanted = typed.trim().toLowerCase();
  return (
    // The bar keeps the focus, so that typing goes on.
    <div
      role="group"
      aria-label="History"
      className="filter-history"
      onMouseDown={(event) => event.preventDefault()}
    >
      {found.length > 0 ? (
        <div ref={list} role="listbox" id={HISTORY_ID} aria-label="Filters used before" tabIndex={-1}>
          {found.map((entry, index) => (
            <div
              key={entry}
              role="option"
              id={`${HISTORY_ID}-${index}`}
              tabIndex={-1}
              aria-selected={index === at}
              className="history-entry"
              onMouseMove={() => props.onPoint(index)}
              onClick={() => props.onTake(entry)}
              onKeyDown={() => undefined}
            >
              <Marked text={entry} wanted={wanted} />
            </div>
          ))}
        </div>
      ) : (
        <p className="history-none dim" role="status">
          {history.length === 0 ? "No filter has been applied yet" : "No filter used before holds this text"}
        </p>
      )}
      <p className="history-keys dim" aria-hidden>
        <kbd>Enter</kbd> apply <kbd>Tab</kbd> edit <kbd>Esc</kbd> back
      </p>
    </div>
  );
}

function Marked({ text, wanted }: { text: string; wanted: string }) {
  const at = wanted === "" ? -1 : text.toLowerCase().indexOf(wanted);
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}
