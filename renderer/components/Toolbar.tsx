import {
  ArrowDown,
  ArrowDownToLine,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Command,
  FolderOpen,
  Pause,
  Play,
  RotateCcw,
  Save,
  Search,
  Settings2,
  SlidersHorizontal,
  Square,
  StepForward,
} from "lucide-react";
import { runCommand } from "../commands/commands.ts";
import { filterOfLive } from "../lib/capture-filter.ts";
import { count } from "../lib/format.ts";
import { isMac } from "../lib/platform.ts";
import { isCapturing, isDesktop, useSession } from "../state/session.ts";
import { useSettings } from "../state/settings.ts";
import { useUi } from "../state/ui.ts";
import { CommandButton, IconButton } from "./CommandButton.tsx";
import { MenuBar } from "./Menus.tsx";

/** What is open. It alone is drawn anew while packets come in. */
function Title() {
  const capturing = useSession((state) => isCapturing(state.status));
  const name = useSession((state) => state.status.file?.name ?? null);
  const frames = useSession((state) => state.status.frames);
  const interfaces = useSession((state) => state.status.live.interfaces.join(", "));
  const unsaved = useSession((state) => state.status.unsaved);
  return (
    <div className="tool-title">
      {capturing ? <span className="rec" aria-hidden /> : null}
      {name !== null || capturing ? (
        <>
          <strong>
            {name ?? interfaces}
            {unsaved ? " (unsaved)" : ""}
          </strong>
          <span className="dim num"> — {count(frames)} packets</span>
        </>
      ) : null}
    </div>
  );
}

/** The first line of the window: menus where the system has none, capture control, the file's name. */
export function Toolbar() {
  const capturing = useSession((state) => isCapturing(state.status));
  const paused = useSession((state) => state.status.live.paused);
  const replaying = useSession((state) => state.status.replay !== null);
  const captureFilter = useSession((state) => filterOfLive(state.status.live));
  const autoScroll = useSettings((state) => state.autoScroll);
  const following = useUi((state) => state.following);
  const lastInterfaces = useSettings((state) => state.capture.interfaces?.join(", ") ?? "");
  return (
    <div className="toolbar" role="toolbar" aria-label="Main toolbar">
      {isDesktop() ? null : <MenuBar />}
      <div className="tool-group">
        <CommandButton id="capture.start" icon={<Play size={15} className="start" />} />
        <CommandButton id="capture.stop" icon={<Square size={13} className="stop" />} />
        <CommandButton id="capture.restart" icon={<RotateCcw size={14} />} />
        {capturing ? (
          <IconButton
            label={paused ? "Resume the view" : "Pause the view"}
            hint={isMac ? "⌘P" : "Ctrl+P"}
            icon={paused ? <StepForward size={14} /> : <Pause size={14} />}
            pressed={paused}
            disabled={replaying}
            onClick={() => runCommand("capture.pauseView")}
          />
        ) : null}
        <CommandButton id="capture.options" icon={<SlidersHorizontal size={14} />} />
        {capturing ? (
          captureFilter ? (
            <code className="tool-interface dim" title={`Capture filter: ${captureFilter}`}>
              {captureFilter}
            </code>
          ) : null
        ) : lastInterfaces ? (
          <span className="tool-interface dim" title="What Start captures from">
            {lastInterfaces}
          </span>
        ) : null}
      </div>
      <div className="tool-group files">
        <CommandButton id="file.open" icon={<FolderOpen size={15} />} />
        <CommandButton id="file.save" icon={<Save size={15} />} />
        <CommandButton id="edit.find" icon={<Search size={14} />} />
      </div>
      <div className="tool-group roomy">
        <CommandButton id="go.back" icon={<ArrowLeft size={15} />} />
        <CommandButton id="go.forward" icon={<ArrowRight size={15} />} />
        <CommandButton id="go.previous" icon={<ArrowUp size={15} />} />
        <CommandButton id="go.next" icon={<ArrowDown size={15} />} />
        {capturing ? (
          <IconButton
            label={autoScroll && following ? "Auto-scroll is on" : "Follow the newest packets"}
            icon={<ArrowDownToLine size={15} />}
            pressed={autoScroll && following}
            onClick={() => {
              if (autoScroll && following) runCommand("view.autoScroll");
              else {
                if (!autoScroll) runCommand("view.autoScroll");
                runCommand("go.last");
              }
            }}
          />
        ) : null}
      </div>
      <Title />
      <button
        type="button"
        className="palette-button"
        aria-label="Commands"
        onClick={() => runCommand("help.palette")}
      >
        <Command size={12} /> <span className="palette-word">Commands</span>{" "}
        <kbd>{isMac ? "⇧⌘P" : "Ctrl+Shift+P"}</kbd>
      </button>
      <CommandButton id="edit.preferences" icon={<Settings2 size={15} />} />
    </div>
  );
}
