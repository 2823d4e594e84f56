import { Play } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { startCapture } from "../../state/capture.ts";
import { settings } from "../../state/settings.ts";
import { loadInterfaces, useTraffic, watchTraffic } from "../../state/traffic.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { CaptureFilterField } from "../CaptureFilterField.tsx";
import { InterfaceTable } from "../InterfaceTable.tsx";
import { PermissionProblem } from "../PermissionProblem.tsx";
import { ExtcapForm } from "./ExtcapForm.tsx";
import { Modal } from "./Modal.tsx";

/** A number typed into a field: undefined when empty, null when it is none or out of bounds. */
function numberIn(text: string, min: number, max: number, whole: boolean): number | undefined | null {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value)))
    return null;
  return value;
}

const DEFAULT_BUFFER_MIB = 16;

export function CaptureDialog() {
  const last = settings().capture;
  const list = useTraffic((state) => state.list);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(ui().captureInterfaces.length > 0 ? ui().captureInterfaces : (last.interfaces ?? [])),
  );
  const [filter, setFilter] = useState(last.filter ?? "");
  const [filterOk, setFilterOk] = useState(true);
  const [snapLen, setSnapLen] = useState(last.snapLen ? String(last.snapLen) : "");
  const [promiscuous, setPromiscuous] = useState(last.promiscuous ?? true);
  const [buffer, setBuffer] = useState(String(last.bufferMiB ?? DEFAULT_BUFFER_MIB));
  const [seconds, setSeconds] = useState(last.stopAfter?.seconds?.toString() ?? "");
  const [packets, setPackets] = useState(last.stopAfter?.packets?.toString() ?? "");
  const [kilobytes, setKilobytes] = useState(last.stopAfter?.kilobytes?.toString() ?? "");
  const [pipe, setPipe] = useState(() => last.interfaces?.find((name) => name.includes("/")) ?? "");
  const [extcap, setExtcap] = useState(last.extcap ?? {});
  const [extcapOk, setExtcapOk] = useState(true);
  const onVerdict = useCallback((ok: boolean) => setFilterOk(ok), []);

  useEffect(() => {
    void loadInterfaces();
    return watchTraffic();
  }, []);

  const values = {
    snapLen: numberIn(snapLen, 0, 262_144, true),
    buffer: numberIn(buffer, 1, 4096, true),
    seconds: numberIn(seconds, 0.001, Number.MAX_SAFE_INTEGER, false),
    packets: numberIn(packets, 1, Number.MAX_SAFE_INTEGER, true),
    kilobytes: numberIn(kilobytes, 1, Number.MAX_SAFE_INTEGER, true),
  };
  const interfaces = list?.interfaces ?? [];
  const path = pipe.trim();
  const listed = interfaces.filter((entry) => chosen.has(entry.name)).map((entry) => entry.name);
  const names = path === "" ? listed : [path];
  const program =
    path === "" ? interfaces.find((entry) => entry.extcap && chosen.has(entry.name)) : undefined;
  const pipeOk = path === "" || path.startsWith("/");
  const allowed = interfaces.filter((entry) => chosen.has(entry.name)).every((entry) => entry.canCapture);
  const numbersOk = Object.values(values).every((value) => value !== null);
  const sourceOk = pipeOk && (program === undefined || (extcapOk && names.length === 1));
  const ready = names.length > 0 && allowed && filterOk && numbersOk && sourceOk;

  const start = (which: string[]) => {
    if (!filterOk || !numbersOk || which.length === 0) return;
    // What a program needs is filled in first.
    if (interfaces.some((entry) => entry.extcap && which.includes(entry.name)) && !ready) return;
    closeDialog();
    void startCapture({
      interfaces: which,
      filter,
      promiscuous,
      snapLen: values.snapLen ?? 0,
      bufferMiB: values.buffer ?? DEFAULT_BUFFER_MIB,
      stopAfter: {
        ...(values.seconds ? { seconds: values.seconds } : {}),
        ...(values.packets ? { packets: values.packets } : {}),
        ...(values.kilobytes ? { kilobytes: values.kilobytes } : {}),
      },
      extcap: program ? { [program.name]: extcap[program.name] ?? {} } : {},
    });
  };

  const single = interfaces.find((entry) => entry.name === names[0]);
  return (
    <Modal
      title="Capture options"
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          <span className="dim">
            {names.length === 0
              ? "Choose an interface"
              : program && names.length > 1
                ? "A program captures by itself: choose it alone"
                : path !== ""
                  ? pipeOk
                    ? "Waits until a program writes a capture into the pipe"
                    : "The path of a pipe begins with /"
                  : names.length > 1
                    ? `${names.length} interfaces`
                    : [single?.mac, single?.linkTypes.map((type) => type.description || type.name).join(", ")]
                        .filter(Boolean)
                        .join(" · ")}
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
        onStart={(name) => start([name])}
      />
      <label className="field inline pipe-field">
        <span>Or a pipe</span>
        <input
          className="input code"
          value={pipe}
          spellCheck={false}
          placeholder="/path/to/fifo"
          aria-invalid={!pipeOk}
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
        onVerdict={onVerdict}
      />
      <div className="columns">
        <fieldset className="group">
          <legend>Reading</legend>
          <label className="check">
            <input
              type="checkbox"
              checked={promiscuous}
              onChange={(event) => setPromiscuous(event.target.checked)}
            />
            Promiscuous mode <span className="dim">packets for other hosts too</span>
          </label>
          <NumberField
            label="Snapshot length"
            unit="bytes"
            text={snapLen}
            onChange={setSnapLen}
            bad={values.snapLen === null}
            placeholder="whole packet"
            range="0 to 262,144"
          />
          <NumberField
            label="Kernel buffer"
            unit="MiB"
            text={buffer}
            onChange={setBuffer}
            bad={values.buffer === null}
            placeholder={String(DEFAULT_BUFFER_MIB)}
            range="1 to 4,096"
          />
        </fieldset>
        <fieldset className="group">
          <legend>Stop by itself after</legend>
          <NumberField
            label="Time"
            unit="seconds"
            text={seconds}
            onChange={setSeconds}
            bad={values.seconds === null}
            placeholder="never"
            range="above 0"
          />
          <NumberField
            label="Packets"
            unit=""
            text={packets}
            onChange={setPackets}
            bad={values.packets === null}
            placeholder="never"
            range="1 or more"
          />
          <NumberField
            label="File size"
            unit="kB"
            text={kilobytes}
            onChange={setKilobytes}
            bad={values.kilobytes === null}
            placeholder="never"
            range="1 or more"
          />
        </fieldset>
      </div>
    </Modal>
  );
}

function NumberField(props: {
  label: string;
  unit: string;
  text: string;
  onChange: (text: string) => void;
  bad: boolean;
  placeholder: string;
  range: string;
}) {
  return (
    <label className="field inline">
      <span>{props.label}</span>
      <input
        className="input num short"
        inputMode="decimal"
        value={props.text}
        placeholder={props.placeholder}
        aria-invalid={props.bad}
        title={props.bad ? `A number, ${props.range}` : undefined}
        onChange={(event) => props.onChange(event.target.value)}
      />
      <span className={props.bad ? "bad" : "dim"}>{props.bad ? props.range : props.unit}</span>
    </label>
  );
}
