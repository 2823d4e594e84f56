import { Tabs } from "@base-ui/react/tabs";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type {
  FilterButton,
  FilterFile,
  FilterMacro,
  FilterVerdict,
  MacroVerdict,
  Settings,
} from "../../../engine/api.ts";
import { type Drafted, type Drafts, type Judged, useDrafts, useJudged } from "../../state/drafts.ts";
import { call } from "../../state/session.ts";
import { changeSettings, sendSettings, settings } from "../../state/settings.ts";
import { closeDialog, type FiltersTab, ui } from "../../state/ui.ts";
import { complete } from "../FilterBar.tsx";
import { FilterField } from "../FilterField.tsx";
import { EditDialog } from "./EditDialog.tsx";
import { EntryList } from "./EntryList.tsx";
import { FileButtons, type ImportReport } from "./FileButtons.tsx";

type Saved = Settings["savedFilters"][number];

const TABS: [FiltersTab, string][] = [
  ["saved", "Saved filters"],
  ["buttons", "Filter buttons"],
  ["macros", "Macros"],
];

const ABOUT: Record<FiltersTab, string> = {
  saved: "Filters kept under a name, in the menu Saved beside the filter bar.",
  buttons: "Buttons beside the filter bar. “Web//Errors” stands in a menu named Web.",
  macros: `Text that filters use by its name: \${name}, or with arguments \${name:a;b} or $name(a,b), which $1 and $2 stand for.`,
};

/** Moves the focus to the first field of the selected entry, once it is drawn. */
export function focusField(): void {
  setTimeout(() => document.querySelector<HTMLElement>(".entry-fields [data-entry-field]")?.focus());
}

export function focusList(): void {
  document.querySelector<HTMLElement>(".dialog .entry-list")?.focus();
}

/** The user's filters: kept under names, as buttons, and as macros that others use. */
export function FiltersDialog() {
  const { tab: firstTab, fresh } = ui().filters;
  const [tab, setTab] = useState<FiltersTab>(firstTab);
  const saved = useDrafts<Saved>(() => settings().savedFilters);
  const buttons = useDrafts<FilterButton>(() => settings().filterButtons);
  const macros = useDrafts<FilterMacro>(() => settings().filterMacros);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState("");

  const plainMacros = macros.plain();
  const savedTexts = saved.entries.map(({ expression }) => expression);
  const buttonTexts = buttons.entries.map(({ expression }) => expression);
  const verdicts = {
    saved: useJudged(JSON.stringify([savedTexts, plainMacros]), () =>
      call("checkFilters", { expressions: savedTexts, macros: plainMacros }),
    ),
    buttons: useJudged(JSON.stringify([buttonTexts, plainMacros]), () =>
      call("checkFilters", { expressions: buttonTexts, macros: plainMacros }),
    ),
    macros: useJudged(JSON.stringify(plainMacros), () => call("checkMacros", { macros: plainMacros })),
  };

  const changed = () =>
    JSON.stringify([saved.plain(), buttons.plain(), plainMacros]) !== JSON.stringify(opened.current);
  const opened = useRef([settings().savedFilters, settings().filterButtons, settings().filterMacros]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    if (fresh === null) return;
    addTo(firstTab, fresh);
  }, []);
  const addTo = (to: FiltersTab, expression: string) => {
    if (to === "saved") saved.add({ name: "", expression });
    else if (to === "buttons") buttons.add({ label: "", expression, comment: "", enabled: true });
    else macros.add({ name: "", expression });
    focusField();
  };

  /** Shows the entry that keeps the lists from being kept. */
  const refuse = <T,>(where: FiltersTab, drafts: Drafts<T>, at: number, message: string): false => {
    setTab(where);
    drafts.select(at);
    setProblem(message);
    focusField();
    return false;
  };
  const complain = (): boolean => {
    const noName = saved.entries.findIndex(({ name }) => name.trim() === "");
    if (noName >= 0) return refuse("saved", saved, noName, "A saved filter needs a name.");
    const names = saved.entries.map(({ name }) => name.trim());
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    if (twice >= 0) return refuse("saved", saved, twice, `There are two filters named “${names[twice]}”.`);
    const noLabel = buttons.entries.findIndex(({ label }) => label.replaceAll("/", "").trim() === "");
    if (noLabel >= 0) return refuse("buttons", buttons, noLabel, "A filter button needs a label.");
    for (const [where, drafts] of [["saved", saved] as const, ["buttons", buttons] as const]) {
      const empty = drafts.entries.findIndex(({ expression }) => expression.trim() === "");
      if (empty >= 0) {
        const refusal = "There is no filter yet.";
        return where === "saved"
          ? refuse(where, saved, empty, refusal)
          : refuse(where, buttons, empty, refusal);
      }
    }
    const wrong = (verdicts.macros.answer ?? []).findIndex(
      ({ verdict, about }, i) =>
        verdict === "error" && (about === "name" || macros.entries[i]?.expression === ""),
    );
    if (wrong >= 0)
      return refuse("macros", macros, wrong, `${verdicts.macros.answer?.[wrong]?.message ?? ""}.`);
    return true;
  };
  const save = () => {
    if (!complain()) return;
    const trimmed = <T extends { expression: string }>(entry: T): T => ({
      ...entry,
      expression: entry.expression.trim(),
    });
    changeSettings({
      savedFilters: saved.plain().map((entry) => ({ ...trimmed(entry), name: entry.name.trim() })),
      filterButtons: buttons.plain().map((entry) => ({ ...trimmed(entry), label: entry.label.trim() })),
      filterMacros: plainMacros,
    });
    sendSettings();
    closeDialog();
  };
  const bad = (list: Judged<readonly FilterVerdict[]>) =>
    list.answer?.filter(({ verdict }) => verdict === "error").length ?? 0;

  return (
    <EditDialog
      title="Filters and macros"
      changed={changed}
      onSave={save}
      problem={problem}
      report={report}
      onReport={setReport}
      tools={
        tab === "saved" ? (
          <FileButtons
            key={tab}
            kind="dfilters"
            file={(): FilterFile => ({ kind: "dfilters", entries: saved.plain() })}
            onRead={(content) => {
              if (content.kind === "dfilters") saved.replace(merged(saved.plain(), content.entries, byName));
            }}
            macros={plainMacros}
            onReport={setReport}
          />
        ) : tab === "buttons" ? (
          <FileButtons
            key={tab}
            kind="dfilter_buttons"
            file={(): FilterFile => ({ kind: "dfilter_buttons", entries: buttons.plain() })}
            onRead={(content) => {
              if (content.kind !== "dfilter_buttons") return;
              buttons.replace(merged(buttons.plain(), content.entries, ({ label }) => label));
            }}
            macros={plainMacros}
            onReport={setReport}
          />
        ) : (
          <FileButtons
            key={tab}
            kind="dfilter_macros"
            file={(): FilterFile => ({ kind: "dfilter_macros", entries: plainMacros })}
            onRead={(content) => {
              if (content.kind === "dfilter_macros")
                macros.replace(merged(plainMacros, content.entries, byName));
            }}
            macros={plainMacros}
            onReport={setReport}
          />
        )
      }
    >
      <Tabs.Root
        value={tab}
        onValueChange={(value: FiltersTab) => {
          setTab(value);
          setReport(null);
          setProblem("");
        }}
      >
        <Tabs.List className="tabs" aria-label="Kinds of filters">
          {TABS.map(([value, title]) => (
            <Tabs.Tab key={value} value={value} className="tab">
              {title}
              {bad(verdicts[value]) > 0 ? (
                <CircleAlert size={12} className="bad" aria-label="with errors" />
              ) : null}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <p className="tab-about">{ABOUT[tab]}</p>
        <Tabs.Panel value="saved" className="tab-panel" tabIndex={-1}>
          <EntryList
            label="Saved filters"
            drafts={saved}
            empty="No filter is kept yet."
            onAdd={() => addTo("saved", "")}
            onEdit={focusField}
            render={(entry, index) => <Named entry={entry} verdict={verdicts.saved.answer?.[index]} />}
          />
          <Fields
            drafts={saved}
            nameLabel="Name"
            name={(entry) => entry.name}
            rename={(name) => ({ name })}
            verdict={now(verdicts.saved, saved.at)}
            onEnter={focusList}
          />
        </Tabs.Panel>
        <Tabs.Panel value="buttons" className="tab-panel" tabIndex={-1}>
          <EntryList
            label="Filter buttons"
            drafts={buttons}
            empty="No button yet. + beside the filter bar makes one of the filter in it."
            onAdd={() => addTo("buttons", "")}
            onEdit={focusField}
            onToggle={(at) => buttons.change({ enabled: !buttons.entries[at]?.enabled }, at)}
            render={(entry, index) => (
              <>
                <Enabled entry={entry} onToggle={(enabled) => buttons.change({ enabled }, index)} />
                <Named entry={{ ...entry, name: entry.label }} verdict={verdicts.buttons.answer?.[index]} />
              </>
            )}
          />
          <Fields
            drafts={buttons}
            nameLabel="Label"
            name={(entry) => entry.label}
            rename={(label) => ({ label })}
            verdict={now(verdicts.buttons, buttons.at)}
            onEnter={focusList}
          >
            <label className="field inline">
              <span>Comment</span>
              <input
                className="input"
                value={buttons.selected?.comment ?? ""}
                maxLength={1000}
                placeholder="Shown when the pointer rests on the button"
                onChange={(event) => buttons.change({ comment: event.target.value })}
              />
            </label>
          </Fields>
        </Tabs.Panel>
        <Tabs.Panel value="macros" className="tab-panel" tabIndex={-1}>
          <EntryList
            label="Macros"
            drafts={macros}
            empty="No macro yet."
            onAdd={() => addTo("macros", "")}
            onEdit={focusField}
            render={(entry, index) => <Named entry={entry} verdict={verdicts.macros.answer?.[index]} />}
          />
          <Fields
            drafts={macros}
            nameLabel="Name"
            name={(entry) => entry.name}
            rename={(name) => ({ name })}
            verdict={macroVerdict(now(verdicts.macros, macros.at))}
            nameProblem={nameProblem(now(verdicts.macros, macros.at))}
            textLabel="Text"
            placeholder="Text, like tcp.port == $1 || udp.port == $1"
            onEnter={focusList}
          />
        </Tabs.Panel>
      </Tabs.Root>
    </EditDialog>
  );
}

export const byName = ({ name }: { name: string }): string => name;

/** Entries that were read, in place of those of the same name; the others behind. */
export function merged<T>(list: readonly T[], read: readonly T[], key: (entry: T) => string): T[] {
  const fresh = new Map(read.map((entry) => [key(entry), entry]));
  const kept = list.map((entry) => {
    const other = fresh.get(key(entry));
    fresh.delete(key(entry));
    return other ?? entry;
  });
  return [...kept, ...fresh.values()];
}

/** The verdict about an entry as it is now. */
const now = <T,>({ answer, fresh }: Judged<readonly T[]>, at: number): T | null =>
  fresh ? (answer?.[at] ?? null) : null;

const macroVerdict = (verdict: MacroVerdict | null): FilterVerdict | null =>
  verdict === null || verdict.about === "name" ? null : verdict;
const nameProblem = (verdict: MacroVerdict | null): string =>
  verdict?.about === "name" ? `${verdict.message}. ${verdict.hints.join(" ")}` : "";

/** An entry's line: its name, its text, a sign when it is wrong. */
export function Named(props: {
  entry: { name: string; expression: string };
  verdict?: FilterVerdict | undefined;
  /** Why it is wrong, where no verdict about a display filter says so. */
  problem?: string;
}) {
  const { entry, verdict, problem } = props;
  return (
    <>
      <span className={`entry-name${entry.name === "" ? " dim" : ""}`}>{entry.name || "no name"}</span>
      <code className="entry-text">{entry.expression}</code>
      <Sign verdict={problem ? { verdict: "error", message: problem } : verdict} />
    </>
  );
}

/** A sign for an entry that is wrong. */
export function Sign({
  verdict: judged,
}: {
  verdict: Pick<FilterVerdict, "verdict" | "message"> | undefined;
}) {
  if (judged?.verdict !== "error" && judged?.verdict !== "warning") return <span className="entry-sign" />;
  const wrong = judged.verdict === "error";
  return (
    <span
      className={`entry-sign ${judged.verdict}`}
      role="img"
      aria-label={judged.message}
      title={judged.message}
    >
      {wrong ? <CircleAlert size={13} /> : <TriangleAlert size={13} />}
    </span>
  );
}

/** The box that switches an entry; the space bar does it for the selected one. */
export function Enabled(props: { entry: { enabled: boolean }; onToggle: (enabled: boolean) => void }) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label="Enabled"
      checked={props.entry.enabled}
      onChange={(event) => props.onToggle(event.target.checked)}
    />
  );
}

/** The fields of the selected entry. */
function Fields<T extends { expression: string }>(props: {
  drafts: Drafts<T>;
  nameLabel: string;
  name: (entry: Drafted<T>) => string;
  rename: (name: string) => Partial<T>;
  verdict: FilterVerdict | null;
  nameProblem?: string;
  textLabel?: string;
  placeholder?: string;
  onEnter: () => void;
  children?: React.ReactNode;
}) {
  const { drafts } = props;
  const { selected } = drafts;
  if (selected === null) return null;
  return (
    <div className="entry-fields">
      <label className="field inline">
        <span>{props.nameLabel}</span>
        <input
          className="input"
          data-entry-field=""
          value={props.name(selected)}
          maxLength={200}
          aria-invalid={props.nameProblem ? true : undefined}
          onChange={(event) => drafts.change(props.rename(event.target.value))}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              document.querySelector<HTMLElement>(".entry-fields .cm-content")?.focus();
            }
          }}
        />
        <span className="bad">{props.nameProblem}</span>
      </label>
      <div className="field inline editor">
        <span>{props.textLabel ?? "Filter"}</span>
        <FilterField
          key={selected.draftId}
          label={props.textLabel ?? "Filter"}
          text={selected.expression}
          placeholder={props.placeholder ?? "Display filter, like tcp.port == 443"}
          verdict={props.verdict}
          complete={complete}
          onType={(expression) => drafts.change({ expression } as Partial<T>)}
          onEnter={props.onEnter}
          onEscape={focusList}
        />
      </div>
      {props.children}
    </div>
  );
}
