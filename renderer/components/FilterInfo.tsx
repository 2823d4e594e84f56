import { useEffect, useState } from "react";
import type { FilterPart } from "../../engine/api.ts";
import { call } from "../state/session.ts";

const DELAY_MS = 60;

/** What stands at the caret of the filter bar: a field with its title and type, a function with its usage. */
export function useFilterPart(text: string, caret: number, wanted: boolean): FilterPart | null {
  const [part, setPart] = useState<{ of: string; part: FilterPart | null } | null>(null);
  useEffect(() => {
    if (!wanted || text.trim() === "") {
      setPart(null);
      return;
    }
    let stale = false;
    const timer = setTimeout(() => {
      call("describeFilter", { expression: text, position: caret }).then(
        (found) => {
          if (!stale) setPart({ of: text, part: found });
        },
        // The line is a help; nothing is lost without it.
        () => undefined,
      );
    }, DELAY_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, caret, wanted]);
  return part?.of === text ? part.part : null;
}

export function FilterInfo({ part }: { part: FilterPart }) {
  return (
    <div className="filter-info" data-testid="filter-info">
      <code>{part.kind === "function" ? part.type : part.name}</code>
      <span>{part.title}</span>
      {part.kind === "field" || part.kind === "protocol" ? <span className="dim">{part.type}</span> : null}
    </div>
  );
}
