import { useEffect, useRef, useState } from "react";
import type { CaptureFilterVerdict, FilterFile, Settings } from "../../../engine/api.ts";
import { useDrafts, useJudged } from "../../state/drafts.ts";
import { call } from "../../state/session.ts";
import { changeSettings, sendSettings, settings } from "../../state/settings.ts";
import { closeDialog } from "../../state/ui.ts";
import { CaptureFilterField } from "../CaptureFilterField.tsx";
import { EditDialog } from "./EditDialog.tsx";
import { EntryList } from "./EntryList.tsx";
import { FileButtons, type ImportReport } from "./FileButtons.tsx";
import { byName, focusField, focusList, merged, Named } from "./FiltersDialog.tsx";

type Saved = Settings["savedCaptureFilters"][number];

/** The capture filters that are kept under names: in the order of the menu beside the capture filter's field. */
export function CaptureFiltersDialog() {
  const drafts = useDrafts<Saved>(() => settings().savedCaptureFilters);
  const [opened] = useState(() => JSON.stringify(settings().savedCaptureFilters));
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState("");
  const known = useRef(new Map<string, Promise<CaptureFilterVerdict>>());
  const { entries, selected } = drafts;
  const [interfaceName] = settings().capture.interfaces ?? [];

  useEffect(() => {
    document.querySelector<HTMLElement>(".dialog .entry-list")?.focus();
  }, []);

  const texts = entries.map(({ expression }) => expression);
  const judged = useJudged(JSON.stringify(texts), () =>
    Promise.all(
      texts.map((filter) => {
        const before = known.current.get(filter);
        if (before) return before;
        const asked = call("checkCaptureFilter", {
          filter,
          ...(interfaceName ? { interface: interfaceName } : {}),
        });
        known.current.set(filter, asked);
        asked.catch(() => known.current.delete(filter));
        return asked;
      }),
    ),
  );

  const refuse = (at: number, message: string) => {
    drafts.select(at);
    setProblem(message);
    focusField();
  };
  const save = () => {
    const kept = drafts
      .plain()
      .map(({ name, expression }) => ({ name: name.trim(), expression: expression.trim() }));
    const names = kept.map(({ name }) => name);
    const noName = names.indexOf("");
    if (noName >= 0) return refuse(noName, "A saved filter needs a name.");
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    if (twice >= 0) return refuse(twice, `There are two filters named “${names[twice]}”.`);
    const empty = kept.findIndex(({ expression }) => expression === "");
    if (empty >= 0) return refuse(empty, "There is no filter yet.");
    changeSettings({ savedCaptureFilters: kept });
    sendSettings();
    closeDialog();
  };

  return (
    <EditDialog
      title="Capture filters"
      changed={() => JSON.stringify(drafts.plain()) !== opened}
      onSave={save}
      problem={problem}
      report={report}
      onReport={setReport}
      tools={
        <FileButtons
          kind="cfilters"
          file={(): FilterFile => ({ kind: "cfilters", entries: drafts.plain() })}
          onRead={(content) => {
            if (content.kind === "cfilters") drafts.replace(merged(drafts.plain(), content.entries, byName));
          }}
          onReport={setReport}
        />
      }
    >
      <p className="tab-about">
        Capture filters kept under a name, in the menu beside the capture filter. libpcap compiles them.
      </p>
      <EntryList
        label="Capture filters"
        drafts={drafts}
        empty="No capture filter is kept yet."
        onAdd={() => {
          drafts.add({ name: "", expression: "" });
          focusField();
        }}
        onEdit={focusField}
        render={(entry, index) => (
          <Named
            entry={entry}
            problem={judged.answer?.[index]?.ok === false ? `libpcap: ${judged.answer[index].message}` : ""}
          />
        )}
      />
      {selected ? (
        <div className="entry-fields">
          <label className="field inline">
            <span>Name</span>
            <input
              className="input"
              data-entry-field=""
              value={selected.name}
              maxLength={200}
              onChange={(event) => drafts.change({ name: event.target.value })}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
                event.preventDefault();
                document.querySelector<HTMLElement>(".entry-fields .cm-content")?.focus();
              }}
            />
          </label>
          <div className="field inline editor">
            <span>Filter</span>
            <CaptureFilterField
              key={selected.draftId}
              text={selected.expression}
              placeholder="Capture filter, like tcp port 443"
              interfaceName={interfaceName}
              menu={null}
              onChange={(expression) => drafts.change({ expression })}
              onEnter={focusList}
              onEscape={focusList}
            />
          </div>
        </div>
      ) : null}
    </EditDialog>
  );
}
