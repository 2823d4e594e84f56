import { Menu } from "@base-ui/react/menu";
import { Binary, Bookmark, Check, ChevronDown, CircleAlert, Filter } from "lucide-react";
import { useEffect, useState } from "react";
import type { CaptureFilterVerdict } from "../../engine/api.ts";
import { counted } from "../lib/format.ts";
import { copy } from "../state/copying.ts";
import { call, tellError } from "../state/session.ts";
import { changeSettings, settings, useSettings } from "../state/settings.ts";
import { IconButton } from "./CommandButton.tsx";
import { LineEditor } from "./LineEditor.tsx";

const CHECK_DELAY_MS = 150;

/** A libpcap capture filter, compiled while it is typed; what libpcap says and what is meant stand beneath. */
export function CaptureFilterField(props: {
  text: string;
  onChange: (text: string) => void;
  onEnter: () => void;
  interfaceName: string | undefined;
  /** Another link type than the interface's usual one; empty for that. */
  linkType?: string | undefined;
  /** Whether the interface will be in monitor mode. */
  monitor?: boolean;
  /** Told whether the present text compiles. */
  onVerdict?: (ok: boolean) => void;
}) {
  const { text, interfaceName, linkType, monitor, onVerdict } = props;
  const [verdict, setVerdict] = useState<(CaptureFilterVerdict & { of: string }) | null>(null);
  const [program, setProgram] = useState(false);
  const [naming, setNaming] = useState(false);

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
        dump: program,
        ...(interfaceName ? { interface: interfaceName } : {}),
        ...(linkType ? { linkType } : {}),
        ...(monitor ? { monitor } : {}),
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
  }, [text, interfaceName, linkType, monitor, onVerdict, program]);

  const judged = verdict?.of === text ? verdict : null;
  const kind = text.trim() === "" ? "empty" : judged ? (judged.ok ? "ok" : "error") : "pending";
  const { place = null } = judged ?? {};
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
          mark={place && { ...place, kind: "error" }}
          onType={props.onChange}
          onEnter={() => {
            if (kind !== "error") props.onEnter();
          }}
        />
        <IconButton
          label={program ? "Hide the compiled program" : "Show the compiled program (BPF)"}
          icon={<Binary size={14} />}
          onClick={() => setProgram(!program)}
        />
        <FilterMenu text={text} onChange={props.onChange} onSave={() => setNaming(true)} ok={kind === "ok"} />
      </div>
      {naming ? <SaveForm text={text} onDone={() => setNaming(false)} /> : null}
      <Judgement verdict={judged} onChange={props.onChange} />
      {program && judged?.ok ? <Program verdict={judged} /> : null}
    </div>
  );
}

/** What libpcap says, and what was probably meant. */
function Judgement(props: { verdict: CaptureFilterVerdict | null; onChange: (text: string) => void }) {
  const { verdict } = props;
  const bad = verdict !== null && !verdict.ok;
  const hints = verdict?.hints ?? [];
  return (
    <div className="capture-judgement" role="status">
      {bad || hints.length === 0 ? (
        <p className={`field-note ${bad ? "bad" : ""}`}>
          {bad
            ? `libpcap: ${verdict.message}${verdict.place ? `, at character ${verdict.place.start + 1}` : ""}`
            : verdict?.message}
        </p>
      ) : null}
      {hints.map((hint) => (
        <p key={hint.message} className="field-note">
          {hint.message}
          {hint.suggestion ? (
            <button
              type="button"
              className="hint"
              title="Use this filter"
              onClick={() => props.onChange(hint.suggestion)}
            >
              {hint.suggestion}
            </button>
          ) : null}
        </p>
      ))}
    </div>
  );
}

/** Saved filters, those used before, and what can be done with the present one. */
function FilterMenu(props: {
  text: string;
  onChange: (text: string) => void;
  onSave: () => void;
  ok: boolean;
}) {
  const history = useSettings((state) => state.captureFilterHistory);
  const saved = useSettings((state) => state.savedCaptureFilters);
  const present = saved.find(({ expression }) => expression === props.text.trim());
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-button" aria-label="Saved and recent capture filters">
        <ChevronDown size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="layer" align="end" sideOffset={4}>
          <Menu.Popup className="menu wide">
            {present ? (
              <Menu.Item
                className="menu-item"
                onClick={() =>
                  changeSettings({ savedCaptureFilters: saved.filter((entry) => entry !== present) })
                }
              >
                <span className="menu-label">Remove “{present.name}” from the saved filters</span>
              </Menu.Item>
            ) : (
              <Menu.Item className="menu-item" disabled={!props.ok} onClick={props.onSave}>
                <span className="menu-label">Save this filter…</span>
              </Menu.Item>
            )}
            {saved.length > 0 ? (
              <Menu.Group>
                <Menu.Separator className="menu-line" />
                <Menu.GroupLabel className="menu-heading">Saved</Menu.GroupLabel>
                {saved.map((entry) => (
                  <Menu.Item
                    key={entry.name}
                    className="menu-item"
                    onClick={() => props.onChange(entry.expression)}
                  >
                    <span className="menu-label">{entry.name}</span>
                    <code className="menu-code">{entry.expression}</code>
                  </Menu.Item>
                ))}
              </Menu.Group>
            ) : null}
            {history.length > 0 ? (
              <Menu.Group>
                <Menu.Separator className="menu-line" />
                <Menu.GroupLabel className="menu-heading">Used before</Menu.GroupLabel>
                {history.slice(0, 20).map((entry) => (
                  <Menu.Item key={entry} className="menu-item code" onClick={() => props.onChange(entry)}>
                    <span className="menu-label">{entry}</span>
                  </Menu.Item>
                ))}
              </Menu.Group>
            ) : null}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Asks for the name a filter is saved under; one of the same name is replaced. */
function SaveForm({ text, onDone }: { text: string; onDone: () => void }) {
  const [name, setName] = useState("");
  return (
    <form
      className="capture-save"
      onSubmit={(event) => {
        event.preventDefault();
        const entry = { name: name.trim(), expression: text.trim() };
        if (entry.name === "" || entry.expression === "") return;
        const others = settings().savedCaptureFilters.filter((each) => each.name !== entry.name);
        changeSettings({ savedCaptureFilters: [...others, entry] });
        onDone();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onDone();
      }}
    >
      <Bookmark size={13} aria-hidden />
      <input
        className="input wide"
        aria-label="Name of the filter"
        placeholder="Name of the filter"
        value={name}
        maxLength={200}
        // biome-ignore lint/a11y/noAutofocus: it was just asked for
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button" disabled={name.trim() === ""}>
        Save
      </button>
      <button type="button" className="button quiet" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}

/** The BPF program that the kernel runs for every packet. */
function Program({ verdict }: { verdict: CaptureFilterVerdict }) {
  const { dump, instructions } = verdict;
  if (dump === null) {
    return <p className="field-note">This way of capturing does not show the compiled program.</p>;
  }
  return (
    <div className="bpf">
      <div className="bpf-head dim">
        <span>
          {counted(instructions ?? dump.length, "BPF instruction")}, run by the kernel for every packet
        </span>
        <span className="grow" />
        <button type="button" className="text-button" onClick={() => copy(dump.join("\n"))}>
          Copy
        </button>
      </div>
      <pre className="code" data-testid="bpf">
        {dump.join("\n")}
      </pre>
    </div>
  );
}
