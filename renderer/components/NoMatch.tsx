import { useEffect, useMemo, useState } from "react";
import { andClauses } from "../lib/filters.ts";
import { count, counted } from "../lib/format.ts";
import { applyFilter, clearFilter, countMatches } from "../state/filter.ts";
import { useSession } from "../state/session.ts";
import { focusFilterBar } from "../state/ui.ts";

/** What the list says when the filter matches nothing: which clauses there are, and how to go on. */
export function NoMatch() {
  const filter = useSession((state) => state.status.filter);
  const frames = useSession((state) => state.status.frames);
  const busy = useSession((state) => state.status.progress.some((work) => work.what === "filter"));
  const clauses = useMemo(() => andClauses(filter), [filter]);
  const without = useMemo(
    () =>
      clauses.length < 2
        ? []
        : clauses.map((clause) => ({
            clause,
            rest: clauses.filter((other) => other !== clause).join(" && "),
          })),
    [clauses],
  );
  const found = useCounts(without, !busy);
  return (
    <div className="list-empty" role="status">
      <strong>{busy ? "No packet matches so far" : "No packet matches"}</strong>
      <p className="dim">
        None of the {count(frames)} packets matches <code>{filter}</code>
      </p>
      {without.length > 0 ? (
        <div className="clauses">
          <p className="dim">Try it without one of its clauses:</p>
          {without.map(({ clause, rest }) => (
            <div key={clause} className="clause-choice">
              <button type="button" className="link" onClick={() => void applyFilter(rest)}>
                without <code>{clause}</code>
              </button>
              {found.has(rest) ? (
                <span className="dim num">{counted(found.get(rest) ?? 0, "packet")}</span>
              ) : null}
            </div>
          ))}
        </div>
      ) : null}
      <div className="row">
        <button type="button" className="button primary" onClick={clearFilter}>
          Clear the filter
        </button>
        <button type="button" className="button" onClick={focusFilterBar}>
          Edit it
        </button>
      </div>
    </div>
  );
}

/** How many packets the filter would find without each of its clauses, where that can be told soon. */
function useCounts(without: readonly { rest: string }[], wanted: boolean): ReadonlyMap<string, number> {
  const [found, setFound] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    if (!wanted) return;
    let stale = false;
    const ask = async () => {
      for (const { rest } of without) {
        const told = await countMatches(rest, () => !stale);
        if (stale) return;
        if (told !== null) setFound((before) => new Map(before).set(rest, told.count));
      }
    };
    setFound(new Map());
    void ask();
    return () => {
      stale = true;
    };
  }, [without, wanted]);
  return found;
}
