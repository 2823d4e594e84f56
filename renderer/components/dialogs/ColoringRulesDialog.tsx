import { useState } from "react";
import type { ColorPair, ColorRule, ColorRuleSetting, FilterFile } from "../../../engine/api.ts";
import { contrast } from "../../lib/contrast.ts";
import { useDrafts, useJudged } from "../../state/drafts.ts";
import { useFilter } from "../../state/filter.ts";
import { call, tellError, useSession } from "../../state/session.ts";
import { changeSettings, sendSettings, settings } from "../../state/settings.ts";
import { closeDialog } from "../../state/ui.ts";
import { complete } from "../FilterBar.tsx";
import { FilterField } from "../FilterField.tsx";
import { EditDialog } from "./EditDialog.tsx";
import { EntryList } from "./EntryList.tsx";
import { FileButtons, type ImportReport } from "./FileButtons.tsx";
import { Enabled, Sign } from "./FiltersDialog.tsx";

const NEW_COLORS: ColorPair = { background: "#fff3b0", text: "#12272e" };
/** Contrast that text wants, as WCAG 2 counts it. */
const READABLE = 4.5;

const focusList = () => document.querySelector<HTMLElement>(".dialog .entry-list")?.focus();
const focusField = () => {
  setTimeout(() => document.querySelector<HTMLElement>(".entry-fields [data-entry-field]")?.focus());
};

/** What is kept of a rule that is shown. */
function kept({ name, filter, enabled, light, dark, derived, problem }: ColorRule): ColorRuleSetting {
  return { name, filter, enabled, light, dark: derived ? null : dark, problem };
}

/** Which packets are drawn in which colours: the first rule that matches counts. */
export function ColoringRulesDialog() {
  const rules = useDrafts<ColorRuleSetting>(() => useSession.getState().colorRules.map(kept));
  const [opened] = useState(() => JSON.stringify(rules.plain()));
  /** The built-in rules are in force, unless one of them is changed. */
  const [builtIn, setBuiltIn] = useState<string | null>(settings().colorRules === null ? opened : null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState("");
  const list = rules.plain();
  const key = JSON.stringify(list);
  const { answer: shown, fresh } = useJudged(key, () => call("colorRules", { rules: list }));

  const add = () => {
    const text = useFilter.getState().text.trim();
    rules.add({ name: "", filter: text, enabled: true, light: NEW_COLORS, dark: null, problem: false });
    focusField();
  };
  const apply = (): boolean => {
    const noName = list.findIndex(({ name }) => name.trim() === "");
    const empty = list.findIndex(({ filter }) => filter.trim() === "");
    const wrong = noName >= 0 ? noName : empty;
    if (wrong >= 0) {
      rules.select(wrong);
      setProblem(wrong === noName ? "A colouring rule needs a name." : "The rule has no filter yet.");
      focusField();
      return false;
    }
    setProblem("");
    changeSettings({ colorRules: key === builtIn ? null : list });
    sendSettings();
    return true;
  };
  const save = () => {
    if (apply()) closeDialog();
  };
  const changed = () => {
    const inForce = JSON.stringify(settings().colorRules);
    return key !== opened && key !== inForce && !(settings().colorRules === null && key === builtIn);
  };
  const restore = () => {
    call("colorRules", { rules: null }).then((defaults) => {
      const plain = defaults.map(kept);
      rules.replace(plain);
      setBuiltIn(JSON.stringify(plain));
      focusList();
    }, tellError);
  };
  const read = (read: readonly ColorRuleSetting[]) => {
    // Rules of the file go before the others, in their order: the first that matches counts.
    const same = (a: ColorRuleSetting, b: ColorRuleSetting) => a.name === b.name && a.filter === b.filter;
    rules.replace([...read, ...list.filter((rule) => !read.some((other) => same(rule, other)))]);
  };
  const { selected, at } = rules;
  const judged = shown?.[at] ?? null;

  return (
    <EditDialog
      title="Coloring rules"
      changed={changed}
      onSave={save}
      problem={problem}
      report={report}
      onReport={setReport}
      onApply={apply}
      tools={
        <>
          <FileButtons
            kind="colorfilters"
            file={(): FilterFile => ({ kind: "colorfilters", entries: list })}
            onRead={(content) => {
              if (content.kind === "colorfilters") read(content.entries);
            }}
            onReport={setReport}
          />
          <button type="button" className="button quiet" onClick={restore}>
            Restore defaults
          </button>
        </>
      }
    >
      <p className="tab-about">
        A packet has the colours of the first rule, from the top, whose filter matches it. A rule with an
        error is passed over.
      </p>
      <EntryList
        label="Coloring rules"
        className="rules"
        drafts={rules}
        empty="No rule: all packets are drawn alike."
        onAdd={add}
        onEdit={focusField}
        onToggle={(index) => rules.change({ enabled: !rules.entries[index]?.enabled }, index)}
        render={(rule, index) => (
          <>
            <Enabled entry={rule} onToggle={(enabled) => rules.change({ enabled }, index)} />
            <RuleLine rule={rule} shown={shown?.[index]} />
            <Sign verdict={shown?.[index]?.verdict} />
          </>
        )}
      />
      {selected ? (
        <div className="entry-fields">
          <div className="field inline">
            <label htmlFor="rule-name">Name</label>
            <input
              id="rule-name"
              className="input"
              data-entry-field=""
              value={selected.name}
              maxLength={200}
              onChange={(event) => rules.change({ name: event.target.value })}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
                event.preventDefault();
                document.querySelector<HTMLElement>(".entry-fields .cm-content")?.focus();
              }}
            />
            <label className="check">
              <input
                type="checkbox"
                checked={selected.problem}
                onChange={(event) => rules.change({ problem: event.target.checked })}
              />
              Marks a problem, also by a sign beside the row
            </label>
          </div>
          <div className="field inline editor">
            <span>Filter</span>
            <FilterField
              key={selected.draftId}
              label="Filter"
              text={selected.filter}
              placeholder="Display filter, like tcp.flags.reset == 1"
              verdict={fresh ? (judged?.verdict ?? null) : null}
              complete={complete}
              onType={(filter) => rules.change({ filter })}
              onEnter={focusList}
              onEscape={focusList}
            />
          </div>
          <div className="rule-colors">
            <Colors
              palette="light"
              title="Light"
              colors={selected.light}
              name={selected.name}
              onChange={(light) => rules.change({ light })}
            />
            <Colors
              palette="dark"
              title="Dark"
              colors={selected.dark ?? judged?.dark ?? selected.light}
              name={selected.name}
              derived={selected.dark === null}
              onChange={(dark) => rules.change({ dark })}
              onDerive={(derive) => rules.change({ dark: derive ? null : (judged?.dark ?? selected.light) })}
            />
          </div>
        </div>
      ) : null}
    </EditDialog>
  );
}

/** A rule's name and filter, drawn in its colours. */
function RuleLine({ rule, shown }: { rule: ColorRuleSetting; shown: ColorRule | undefined }) {
  const dark = rule.dark ?? shown?.dark ?? rule.light;
  const pair = (part: keyof ColorPair) => `light-dark(${rule.light[part]}, ${dark[part]})`;
  return (
    <span
      className={`rule-line${rule.enabled ? "" : " off"}`}
      style={{ background: pair("background"), color: pair("text") }}
    >
      <span className="entry-name">{rule.name || "no name"}</span>
      <code className="entry-text">{rule.filter}</code>
    </span>
  );
}

/** Background and text for one palette, with a row drawn in them. */
function Colors(props: {
  palette: "light" | "dark";
  title: string;
  colors: ColorPair;
  name: string;
  derived?: boolean;
  onChange: (colors: ColorPair) => void;
  onDerive?: (derive: boolean) => void;
}) {
  const { palette, title, colors, derived, onDerive } = props;
  const ratio = contrast(colors.background, colors.text);
  const parts: [keyof ColorPair, string][] = [
    ["background", "Background"],
    ["text", "Text"],
  ];
  return (
    <fieldset className="rule-palette">
      <legend>{title}</legend>
      <div className="rule-sample" style={{ background: colors.background, color: colors.text }}>
        42 192.0.2.1 → 198.51.100.7 {props.name}
      </div>
      <div className="row">
        {parts.map(([part, name]) => (
          <label key={part} className="color-field">
            <input
              type="color"
              aria-label={`${name}, ${palette}`}
              value={colors[part]}
              disabled={derived}
              onChange={(event) => props.onChange({ ...colors, [part]: event.target.value })}
            />
            {name} <code className="dim">{colors[part]}</code>
          </label>
        ))}
        {ratio < READABLE ? (
          <span className="rule-contrast" title={`Contrast ${ratio.toFixed(1)}; text wants ${READABLE}`}>
            Hard to read
          </span>
        ) : null}
      </div>
      {onDerive ? (
        <label className="check">
          <input type="checkbox" checked={derived} onChange={(event) => onDerive(event.target.checked)} />
          Made from the light colours
        </label>
      ) : null}
    </fieldset>
  );
}
