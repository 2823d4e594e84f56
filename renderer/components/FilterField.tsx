import type { CompletionSource } from "@codemirror/autocomplete";
import { Check, CircleAlert, ListFilter, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import type { FilterVerdict } from "../../engine/api.ts";
import { LineEditor, type Mark } from "./LineEditor.tsx";

/** A display filter in a dialog: judged while typed, the place that is wrong marked, the reason beneath. */
export function FilterField(props: {
  label: string;
  text: string;
  placeholder: string;
  /** Null while the text is being judged. */
  verdict: FilterVerdict | null;
  complete?: CompletionSource | undefined;
  onType: (text: string) => void;
  onEnter: () => void;
  onEscape: () => void;
}) {
  const { text, verdict } = props;
  const kind = text.trim() === "" ? "empty" : (verdict?.verdict ?? "pending");
  const wrong = verdict !== null && (verdict.verdict === "error" || verdict.verdict === "warning");
  const mark: Mark | null = useMemo(
    () =>
      verdict && (verdict.verdict === "error" || verdict.verdict === "warning")
        ? { start: verdict.start, end: verdict.end, kind: verdict.verdict }
        : null,
    [verdict],
  );
  const hints = verdict?.hints ?? [];
  const names = hints.filter((hint) => /^[\w.-]+$/.test(hint));
  const advice = hints.filter((hint) => !names.includes(hint)).join(" ");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape steps back within the field, not out of the dialog
    <div
      className="filter-field"
      onKeyDown={(event) => {
        if (event.key === "Escape") event.stopPropagation();
      }}
    >
      <div className={`filter-bar ${kind}`} data-verdict={kind}>
        <FilterIcon kind={kind} />
        <LineEditor
          label={props.label}
          text={text}
          placeholder={props.placeholder}
          mark={mark}
          {...(props.complete ? { complete: props.complete } : {})}
          onType={props.onType}
          onEnter={props.onEnter}
          onEscape={() => {
            props.onEscape();
            return true;
          }}
        />
      </div>
      <p className={`field-note ${wrong ? verdict.verdict : ""}`} role="status">
        {wrong ? (
          <>
            {verdict.message}.{" "}
            {names.map((hint) => (
              <button
                key={hint}
                type="button"
                className="hint"
                onClick={() => props.onType(text.slice(0, verdict.start) + hint + text.slice(verdict.end))}
              >
                {hint}
              </button>
            ))}{" "}
            <span className="dim">{advice}</span>
          </>
        ) : (
          " "
        )}
      </p>
    </div>
  );
}

/** What stands before a filter's text: how it was judged, or that it is a filter. */
export function FilterIcon({ kind }: { kind: FilterVerdict["verdict"] | "pending" }) {
  return (
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
  );
}
