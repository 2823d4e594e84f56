import { andClauses } from "../lib/filters.ts";
import { count } from "../lib/format.ts";
import { applyFilter, clearFilter } from "../state/filter.ts";
import { useSession } from "../state/session.ts";
import { focusFilterBar } from "../state/ui.ts";

/** What the list says when the filter matches nothing: which clauses there are, and how to go on. */
export function NoMatch() {
  const filter = useSession((state) => state.status.filter);
  const frames = useSession((state) => state.status.frames);
  const busy = useSession((state) => state.status.progress.some((work) => work.what === "filter"));
  const clauses = andClauses(filter);
  return (
    <div className="list-empty" role="status">
      <strong>{busy ? "No packet matches so far" : "No packet matches"}</strong>
      <p className="dim">
        None of the {count(frames)} packets matches <code>{filter}</code>
      </p>
      {clauses.length > 1 ? (
        <div className="clauses">
          <p className="dim">Try it without one of its clauses:</p>
          {clauses.map((clause) => (
            <button
              key={clause}
              type="button"
              className="link"
              onClick={() => void applyFilter(clauses.filter((other) => other !== clause).join(" && "))}
            >
              without <code>{clause}</code>
            </button>
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
