import {
  FileWarning,
  FlaskConical,
  FolderOpen,
  Play,
  RotateCw,
  SlidersHorizontal,
  Stethoscope,
  X,
} from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { RecentCapture } from "../../engine/api.ts";
import { byteSize, dayTime, folderOf } from "../lib/format.ts";
import { againOptions } from "../lib/output.ts";
import { isMac } from "../lib/platform.ts";
import { chooseAndOpen, openPath, startCapture } from "../state/capture.ts";
import { call, tellError, useSession } from "../state/session.ts";
import { settings, useSettings } from "../state/settings.ts";
import { loadInterfaces, useTraffic, watchTraffic } from "../state/traffic.ts";
import { openDialog, openDoctor, setUi } from "../state/ui.ts";
import { CaptureFilterField } from "./CaptureFilterField.tsx";
import { IconButton } from "./CommandButton.tsx";
import { InterfaceTable } from "./InterfaceTable.tsx";
import { LeftBehind } from "./LeftBehind.tsx";
import { PermissionProblem } from "./PermissionProblem.tsx";

/** What the window shows without a capture: recent files and the interfaces. */
export function Welcome() {
  const hello = useSession((state) => state.hello);
  return (
    <main className="welcome" data-testid="welcome">
      <div className="welcome-inner">
        <header className="welcome-head">
          <h1>Tapline</h1>
          <p className="dim">
            {hello ? `${hello.version} on ${hello.hostname}` : ""} · drop a capture anywhere to open it
          </p>
        </header>
        <LeftBehind />
        <OpenPart sample={hello?.sample ?? null} />
        <CapturePart />
      </div>
    </main>
  );
}

function OpenPart({ sample }: { sample: string | null }) {
  const [recent, setRecent] = useState<RecentCapture[] | null>(null);
  useEffect(() => {
    call("recent", {}).then(setRecent, tellError);
  }, []);
  const forget = (path: string) => {
    setRecent((list) => list?.filter((entry) => entry.path !== path) ?? null);
    call("forgetRecent", { path }).catch(tellError);
  };
  return (
    <section className="welcome-part" aria-labelledby="welcome-open">
      <div className="part-head">
        <h2 id="welcome-open">Open</h2>
        <button type="button" className="button primary" onClick={() => void chooseAndOpen()}>
          <FolderOpen size={14} /> Open a capture… <kbd>{isMac ? "⌘O" : "Ctrl+O"}</kbd>
        </button>
        {sample ? (
          <button type="button" className="button" onClick={() => void openPath(sample)}>
            <FlaskConical size={14} /> Sample capture
          </button>
        ) : null}
      </div>
      <ul className="recent" aria-label="Recent captures">
        {recent?.map((entry) => (
          <li key={entry.path} className={entry.exists ? "" : "gone"}>
            <button
              type="button"
              className="recent-open"
              disabled={!entry.exists}
              title={entry.path}
              onClick={() => void openPath(entry.path)}
            >
              <span className="recent-name">{entry.name}</span>
              <span className="recent-folder dim">
                {entry.exists ? (
                  folderOf(entry.path)
                ) : (
                  <>
                    <FileWarning size={12} /> not there any more
                  </>
                )}
              </span>
              <span className="recent-size dim num">{entry.exists ? byteSize(entry.bytes) : ""}</span>
              <span className="recent-time dim num">{dayTime(entry.opened)}</span>
            </button>
            <IconButton
              label={`Remove ${entry.name} from the list`}
              icon={<X size={13} />}
              onClick={() => forget(entry.path)}
            />
          </li>
        ))}
        {recent?.length === 0 ? (
          <li className="dim empty">
            Captures you open are listed here.{sample ? " The sample is a good start." : ""}
          </li>
        ) : null}
      </ul>
    </section>
  );
}

const MENU = { onManage: () => openDialog("capture-filters") };

function CapturePart() {
  const list = useTraffic((state) => state.list);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(settings().capture.interfaces ?? []));
  const [filter, setFilter] = useState(settings().capture.filter ?? "");
  const [filterOk, setFilterOk] = useState(true);
  const onVerdict = useCallback((ok: boolean) => setFilterOk(ok), []);

  useEffect(() => {
    void loadInterfaces();
    return watchTraffic();
  }, []);
  // The doctor may put others in place of those chosen.
  const last = useSettings((state) => state.capture.interfaces);
  useEffect(() => {
    if (last) setChosen(new Set(last));
  }, [last]);

  const interfaces = list?.interfaces ?? [];
  const names = interfaces.filter((entry) => chosen.has(entry.name)).map((entry) => entry.name);
  const possible = interfaces.some((entry) => chosen.has(entry.name) && entry.canCapture) && filterOk;
  const start = (which: string[]) => {
    if (!filterOk) return;
    // A program wants its options looked at.
    if (interfaces.some((entry) => entry.extcap && which.includes(entry.name))) {
      setUi({ captureInterfaces: which });
      openDialog("capture");
      return;
    }
    void startCapture({ ...againOptions(settings().capture), interfaces: which, filter });
  };
  return (
    <section className="welcome-part" aria-labelledby="welcome-capture">
      <div className="part-head">
        <h2 id="welcome-capture">Capture</h2>
        <button
          type="button"
          className="button primary"
          disabled={!possible}
          title={
            possible
              ? undefined
              : filterOk
                ? "Choose an interface first"
                : "The capture filter is not right yet"
          }
          onClick={() => start(names)}
        >
          <Play size={13} /> Start
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            setUi({ captureInterfaces: names });
            openDialog("capture");
          }}
        >
          <SlidersHorizontal size={13} /> Options…
        </button>
        <button type="button" className="button" onClick={() => openDoctor(names)}>
          <Stethoscope size={13} /> Doctor…
        </button>
        <span className="grow" />
        <IconButton
          label="Look for interfaces again"
          icon={<RotateCw size={13} />}
          onClick={() => void loadInterfaces()}
        />
      </div>
      <CaptureFilterField
        text={filter}
        onChange={setFilter}
        onEnter={() => possible && start(names)}
        interfaceName={names[0]}
        onVerdict={onVerdict}
        menu={MENU}
      />
      <PermissionProblem />
      {list && interfaces.length === 0 && !list.problem ? (
        <p className="dim">No interface was found on this machine.</p>
      ) : null}
      <InterfaceTable
        interfaces={interfaces}
        chosen={chosen}
        onChoose={(name, add) =>
          setChosen((before) => {
            if (!add) return new Set([name]);
            const next = new Set(before);
            if (next.has(name)) next.delete(name);
            else next.add(name);
            return next;
          })
        }
        onStart={(name) => start(chosen.has(name) ? names : [name])}
        onBarred={(name) => openDoctor([name])}
      />
    </section>
  );
}
