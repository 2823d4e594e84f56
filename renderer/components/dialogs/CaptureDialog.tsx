import { Play } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { OUTPUT_BOUNDS, type OutputNumber, outputForm, outputOf } from "../../lib/output.ts";
import { startCapture } from "../../state/capture.ts";
import { settings } from "../../state/settings.ts";
import { loadInterfaces, useTraffic, watchTraffic } from "../../state/traffic.ts";
import { closeDialog, ui } from "../../state/ui.ts";
import { CaptureFilterField } from "../CaptureFilterField.tsx";
import { InterfaceTable } from "../InterfaceTable.tsx";
import { PermissionProblem } from "../PermissionProblem.tsx";
import { Modal } from "./Modal.tsx";
import { NumberField, numberIn } from "./NumberField.tsx";
import { OutputGroup } from "./OutputGroup.tsx";

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
  const [output, setOutput] = useState(() => outputForm(last));
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
    files: outputNumber("files"),
  };
  const chosenOutput = outputOf(output, outputNumbers);
  const interfaces = list?.interfaces ?? [];
  const names = interfaces.filter((entry) => chosen.has(entry.name)).map((entry) => entry.name);
  const allowed = interfaces.filter((entry) => chosen.has(entry.name)).every((entry) => entry.canCapture);
  const numbersOk = Object.values(values).every((value) => value !== null);
  const settled = filterOk && numbersOk && chosenOutput.problem === null;
  const ready = names.length > 0 && allowed && settled;

  const start = (which: string[]) => {
    if (!settled || which.length === 0) return;
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
        ...(values.kilobytes && !several ? { kilobytes: values.kilobytes } : {}),
        ...(outputNumbers.files && several ? { files: outputNumbers.files } : {}),
      },
      output: chosenOutput.output,
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
        onChoose={(name, add) =>
          setChosen((before) => {
            if (!add) return new Set([name]);
            const next = new Set(before);
            if (!next.delete(name)) next.add(name);
            return next;
          })
        }
        onStart={(name) => start([name])}
      />
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
          {several ? null : (
            <NumberField
              label="File size"
              unit="kB"
              text={kilobytes}
              onChange={setKilobytes}
              bad={values.kilobytes === null}
              placeholder="never"
              range="1 or more"
            />
          )}
        </fieldset>
      </div>
      <OutputGroup
        form={output}
        onChange={(change) => setOutput((before) => ({ ...before, ...change }))}
        numbers={outputNumbers}
        problem={names.length > 0 ? chosenOutput.problem : null}
      />
    </Modal>
  );
}
