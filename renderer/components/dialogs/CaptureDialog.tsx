import { Tabs } from "@base-ui/react/tabs";
import { CircleAlert, Play } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { numberIn } from "../../lib/numbers.ts";
import { OUTPUT_BOUNDS, type OutputNumber, outputForm, outputOf } from "../../lib/output.ts";
import { allForm, numberProblem, ownForm, ownOf, type ReadingForm, readingOf } from "../../lib/reading.ts";
import { stopForm, stopOf, stopValues } from "../../lib/stop.ts";
import { startCapture } from "../../state/capture.ts";
import { changeSettings, settings } from "../../state/settings.ts";
import { loadInterfaces, useTraffic, watchTraffic } from "../../state/traffic.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { CaptureFilterField } from "../CaptureFilterField.tsx";
import { InterfaceTable } from "../InterfaceTable.tsx";
import { PermissionProblem } from "../PermissionProblem.tsx";
import { ExtcapForm } from "./ExtcapForm.tsx";
import { Modal } from "./Modal.tsx";
import { OutputGroup } from "./OutputGroup.tsx";
import { ReadingTable, useOwnFilterProblems } from "./ReadingTable.tsx";
import { StopGroup } from "./StopGroup.tsx";

type Tab = "input" | "output" | "options";

export function CaptureDialog() {
  const last = settings().capture;
  const list = useTraffic((state) => state.list);
  const [tab, setTab] = useState<Tab>("input");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(ui().captureInterfaces.length > 0 ? ui().captureInterfaces : (last.interfaces ?? [])),
  );
  const [filter, setFilter] = useState(last.filter ?? "");
  const [filterOk, setFilterOk] = useState(true);
  const [all, setAll] = useState(() => allForm(last));
  const [own, setOwn] = useState<Readonly<Record<string, ReadingForm>>>(() =>
    Object.fromEntries(Object.entries(last.perInterface ?? {}).map(([name, each]) => [name, ownForm(each)])),
  );
  const [stop, setStop] = useState(() => stopForm(last.stopAfter ?? {}));
  const [autoScroll, setAutoScroll] = useState(settings().autoScroll);
  const [pipe, setPipe] = useState(() =>
    ui().captureInterfaces.length > 0 ? "" : (last.interfaces?.find((name) => name.includes("/")) ?? ""),
  );
  const [extcap, setExtcap] = useState(last.extcap ?? {});
  const [extcapOk, setExtcapOk] = useState(true);
  const [output, setOutput] = useState(() => outputForm(last));
  const onVerdict = useCallback((ok: boolean) => setFilterOk(ok), []);

  useEffect(() => {
    void loadInterfaces();
    return watchTraffic();
  }, []);

  const several = output.target === "several";
  const outputNumber = (key: OutputNumber) => {
    const { min, max, whole } = OUTPUT_BOUNDS[key];
    return numberIn(output[key], min, max, whole);
  };
  const outputNumbers = {
    megabytes: outputNumber("megabytes"),
    seconds: outputNumber("seconds"),
    packets: outputNumber("packets"),
    interval: outputNumber("interval"),
    keep: outputNumber("keep"),
  };
  const chosenOutput = outputOf(output, outputNumbers);
  const interfaces = list?.interfaces ?? [];
  const path = pipe.trim();
  const marked = path === "" ? interfaces.filter((entry) => chosen.has(entry.name)) : [];
  const names = path === "" ? marked.map(({ name }) => name) : [path];
  const program = marked.find(({ extcap }) => extcap !== null);
  const isForeign = path !== "" || program !== undefined;
  /** Interfaces of the system: what is taken from pipes and programs comes as it is. */
  const local = isForeign ? [] : marked;
  const formOf = (name: string): ReadingForm => own[name] ?? ownForm({});
  const filterProblems = useOwnFilterProblems(local, formOf);
  const stops = stopValues(stop);

  /** What is wrong with a tab's content, for the user; null when nothing is. */
  const problems: Record<Tab, string | null> = {
    input: inputProblem(),
    output: chosenOutput.problem,
    options: Object.values(stops).includes(null) ? "Stop by itself: a number is out of bounds" : null,
  };
  function inputProblem(): string | null {
    if (path !== "" && !path.startsWith("/")) return "The path of a pipe begins with /";
    if (program && names.length > 1) return "A program captures by itself: choose it alone";
    if (program && !extcapOk) return "The program's options are not complete";
    if (!filterOk) return "The capture filter does not compile";
    const barred = marked.find(({ canCapture }) => !canCapture);
    if (barred) return `${barred.name}: ${barred.reason}`;
    const wrong = numberProblem(all);
    if (wrong !== null) return wrong;
    for (const { name } of local) {
      const problem = numberProblem(formOf(name));
      if (problem !== null) return `${name}: ${problem}`;
      if (filterProblems[name] !== undefined) return `${name}: its capture filter does not compile`;
    }
    return null;
  }
  const problem = problems.input ?? problems.output ?? problems.options;
  const ready = names.length > 0 && problem === null;

  const start = (which: string[]) => {
    // With Enter on one that is not chosen, what is wrong with the others does not matter.
    const settled =
      which === names
        ? ready
        : filterOk && [all, ...which.map(formOf)].every((form) => numberProblem(form) === null);
    if (!settled || which.length === 0 || problems.output !== null || problems.options !== null) return;
    // What a program needs is filled in first.
    if (interfaces.some((entry) => entry.extcap && which.includes(entry.name)) && !ready) return;
    closeDialog();
    if (autoScroll !== settings().autoScroll) changeSettings({ autoScroll });
    const started = interfaces.filter((entry) => which.includes(entry.name) && entry.extcap === null);
    void startCapture({
      interfaces: which,
      filter,
      ...readingOf(all),
      perInterface: Object.fromEntries(
        started.map((iface) => [iface.name, ownOf(formOf(iface.name), iface)]),
      ),
      stopAfter: stopOf(stops, several),
      extcap: program ? { [program.name]: extcap[program.name] ?? {} } : {},
      output: chosenOutput.output,
    });
  };

  /** What the choice means. */
  const hint = (): string => {
    if (names.length === 0) return "Choose an interface";
    if (path !== "") return "Waits until a program writes a capture into the pipe";
    if (names.length > 1) return `${names.length} interfaces`;
    const linkTypes = marked[0]?.linkTypes.map((type) => type.description || type.name).join(", ");
    return [marked[0]?.mac, linkTypes].filter(Boolean).join(" · ");
  };
  const tabOf = (value: Tab, title: string): ReactNode => (
    <Tabs.Tab value={value} className="tab">
      {title}
      {names.length > 0 && problems[value] !== null ? (
        <CircleAlert size={12} className="bad" aria-label="with errors" />
      ) : null}
    </Tabs.Tab>
  );
  const [onlyOwn] = local.length === 1 ? local : [];
  return (
    <Modal
      title="Capture options"
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          <span className={names.length > 0 && problem !== null ? "bad capture-hint" : "dim capture-hint"}>
            {names.length > 0 && problem !== null ? problem : hint()}
          </span>
          <span className="grow" />
          <button type="button" className="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="button" className="button primary" disabled={!ready} onClick={() => start(names)}>
            <Play size={13} /> Start
          </button>
        </>
      }
    >
      <Tabs.Root className="capture-dialog" value={tab} onValueChange={(value: Tab) => setTab(value)}>
        <Tabs.List className="tabs" aria-label="Parts of the options">
          {tabOf("input", "Input")}
          {tabOf("output", "Output")}
          {tabOf("options", "Options")}
        </Tabs.List>
        <Tabs.Panel value="input" className="tab-panel" tabIndex={-1} keepMounted>
          <PermissionProblem />
          <InterfaceTable
            interfaces={interfaces}
            chosen={chosen}
            onChoose={(name, add) => {
              setPipe("");
              setChosen((before) => {
                if (!add) return new Set([name]);
                const next = new Set(before);
                if (!next.delete(name)) next.add(name);
                return next;
              });
            }}
            onStart={(name) => start(names.length === 1 && names[0] === name ? names : [name])}
          />
          <label className="field inline pipe-field">
            <span>Or a pipe</span>
            <input
              className="input code"
              value={pipe}
              spellCheck={false}
              placeholder="/path/to/fifo"
              aria-invalid={path !== "" && !path.startsWith("/")}
              onChange={(event) => setPipe(event.target.value)}
            />
            <span className="dim">pcap or pcapng, as it is written</span>
          </label>
          {program ? (
            <ExtcapForm
              iface={program}
              values={extcap[program.name] ?? {}}
              onChange={(next) => setExtcap((before) => ({ ...before, [program.name]: { ...next } }))}
              onVerdict={setExtcapOk}
            />
          ) : null}
          <CaptureFilterField
            text={filter}
            onChange={setFilter}
            onEnter={() => ready && start(names)}
            interfaceName={names[0]}
            linkType={onlyOwn && formOf(onlyOwn.name).linkType}
            monitor={onlyOwn?.noMonitor === "" && formOf(onlyOwn.name).monitor === "on"}
            onVerdict={onVerdict}
          />
          {isForeign ? null : (
            <ReadingTable
              all={all}
              onAll={(change) => setAll((before) => ({ ...before, ...change }))}
              chosen={local}
              formOf={formOf}
              onOwn={(name, change) =>
                setOwn((before) => ({ ...before, [name]: { ...(before[name] ?? ownForm({})), ...change } }))
              }
              filterProblems={filterProblems}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="output" className="tab-panel" tabIndex={-1}>
          <OutputGroup
            form={output}
            onChange={(change) => setOutput((before) => ({ ...before, ...change }))}
            numbers={outputNumbers}
            problem={names.length > 0 ? chosenOutput.problem : null}
          />
        </Tabs.Panel>
        <Tabs.Panel value="options" className="tab-panel" tabIndex={-1}>
          <StopGroup
            form={stop}
            values={stops}
            several={several}
            onChange={(change) => setStop((before) => ({ ...before, ...change }))}
          />
          <fieldset className="group">
            <legend>While capturing</legend>
            <label className="check">
              <input
                type="checkbox"
                checked={autoScroll}
                onChange={(event) => setAutoScroll(event.target.checked)}
              />
              Scroll to the newest packets <span className="dim">until you scroll up or choose one</span>
            </label>
          </fieldset>
        </Tabs.Panel>
      </Tabs.Root>
    </Modal>
  );
}
