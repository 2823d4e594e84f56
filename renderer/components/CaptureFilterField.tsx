import { Menu } from "@base-ui/react/menu";
import { Check, ChevronDown, CircleAlert, Filter } from "lucide-react";
import { useEffect, useState } from "react";
import type { CaptureFilterVerdict } from "../../engine/api.ts";
import { call, tellError } from "../state/session.ts";
import { useSettings } from "../state/settings.ts";
import { LineEditor } from "./LineEditor.tsx";

const CHECK_DELAY_MS = 150;

/** A libpcap capture filter, compiled while it is typed; libpcap's own message stands beneath. */
export function CaptureFilterField(props: {
  text: string;
  onChange: (text: string) => void;
  onEnter: () => void;
  interfaceName: string | undefined;
  /** Told whether the present text compiles. */
  onVerdict?: (ok: boolean) => void;
}) {
  const { text, interfaceName, onVerdict } = props;
  const [verdict, setVerdict] = useState<(CaptureFilterVerdict & { of: string }) | null>(null);
  const history = useSettings((state) => state.captureFilterHistory);

  useEffect(() => {
    if (text.trim() === "") {
      setVerdict(null);
      onVerdict?.(true);
      return;
    }
    let stale = false;
    const timer = setTimeout(() => {
      call("checkCaptureFilter", {
        filter: text,
        ...(interfaceName ? { interface: interfaceName } : {}),
      }).then(
        (answer) => {
          if (stale) return;
          setVerdict({ ...answer, of: text });
          onVerdict?.(answer.ok);
        },
        (error) => {
          if (!stale) tellError(error);
        },
      );
    }, CHECK_DELAY_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, interfaceName, onVerdict]);

  const judged = verdict?.of === text ? verdict : null;
  const kind = text.trim() === "" ? "empty" : judged ? (judged.ok ? "ok" : "error") : "pending";
  return (
    <div className="capture-filter">
      <div className={`filter-bar ${kind}`} data-testid="capture-filter" data-verdict={kind}>
        <span className="filter-icon" aria-hidden>
          {kind === "error" ? (
            <CircleAlert size={14} />
          ) : kind === "ok" ? (
            <Check size={14} />
          ) : (
            <Filter size={14} />
          )}
        </span>
        <LineEditor
          label="Capture filter"
          text={text}
          placeholder="Capture filter, like tcp port 443 — empty captures everything"
          mark={null}
          onType={props.onChange}
          onEnter={() => {
            if (kind !== "error") props.onEnter();
          }}
        />
        <Menu.Root>
          <Menu.Trigger
            className="icon-button"
            aria-label="Capture filters used before"
            disabled={history.length === 0}
          >
            <ChevronDown size={14} />
          </Menu.Trigger>
          <Menu.Portal>
            <Menu.Positioner className="layer" align="end" sideOffset={4}>
              <Menu.Popup className="menu wide">
                {history.slice(0, 20).map((entry) => (
                  <Menu.Item key={entry} className="menu-item code" onClick={() => props.onChange(entry)}>
                    <span className="menu-label">{entry}</span>
                  </Menu.Item>
                ))}
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.Root>
      </div>
      <p className={`field-note ${judged && !judged.ok ? "bad" : ""}`} role="status">
        {judged && !judged.ok ? `libpcap: ${judged.message}` : " "}
      </p>
    </div>
  );
}
