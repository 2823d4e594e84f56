import { useRef } from "react";
import type { InterfaceInfo } from "../../engine/api.ts";
import { Sparkline } from "./Sparkline.tsx";

/**
 * The interfaces with addresses, link and traffic. Enter or a double click starts on one, or on all that are chosen
 * with it; on one that cannot be captured from it asks why.
 */
export function InterfaceTable(props: {
  interfaces: InterfaceInfo[];
  chosen: ReadonlySet<string>;
  onChoose: (name: string, add: boolean) => void;
  onStart: (name: string) => void;
  /** Left out, such an interface does nothing. */
  onBarred?: (name: string) => void;
}) {
  const root = useRef<HTMLDivElement>(null);
  const { interfaces, chosen } = props;
  const first = Math.max(
    0,
    interfaces.findIndex((entry) => chosen.has(entry.name)),
  );
  const act = (entry: InterfaceInfo) => {
    if (entry.canCapture) props.onStart(entry.name);
    else props.onBarred?.(entry.name);
  };
  const onKeyDown = (index: number, event: React.KeyboardEvent) => {
    const entry = interfaces[index];
    if (!entry) return;
    if (event.key === "Enter") {
      event.preventDefault();
      act(entry);
      return;
    }
    if (event.key === " ") {
      event.preventDefault();
      props.onChoose(entry.name, event.ctrlKey);
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = interfaces[index + step];
    if (step === 0 || !next) return;
    event.preventDefault();
    props.onChoose(next.name, event.shiftKey);
    root.current?.querySelectorAll<HTMLElement>('[role="option"]')[index + step]?.focus();
  };
  return (
    <div
      ref={root}
      className="interfaces"
      role="listbox"
      tabIndex={-1}
      aria-label="Interfaces"
      aria-multiselectable
      data-testid="interfaces"
    >
      {interfaces.map((entry, index) => (
        <div
          key={entry.name}
          role="option"
          tabIndex={index === first ? 0 : -1}
          aria-selected={chosen.has(entry.name)}
          aria-disabled={!entry.canCapture}
          data-interface={entry.name}
          title={entry.reason || undefined}
          className={`interface ${chosen.has(entry.name) ? "chosen" : ""} ${entry.canCapture ? "" : "barred"}`}
          onClick={(event) => props.onChoose(entry.name, event.ctrlKey || event.metaKey)}
          onDoubleClick={() => act(entry)}
          onKeyDown={(event) => onKeyDown(index, event)}
        >
          <span className={`link-dot ${entry.link === "up" ? "up" : ""}`} aria-hidden />
          <span
            className="interface-name"
            title={entry.reason ? undefined : `${entry.name}: ${entry.description || entry.kind}`}
          >
            {entry.name}
            <span className="dim"> {entry.description || entry.kind}</span>
          </span>
          <span className="interface-addresses dim num" title={entry.addresses.join("\n") || undefined}>
            {entry.addresses.join("  ") || entry.mac}
          </span>
          <span className="interface-link dim">{entry.link}</span>
          <Sparkline name={entry.name} active={entry.running} />
        </div>
      ))}
    </div>
  );
}
