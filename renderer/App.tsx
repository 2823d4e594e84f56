import { Tooltip } from "@base-ui/react/tooltip";
import { Activity, useEffect } from "react";
import { handleKey } from "./commands/commands.ts";
import { bindNativeMenu } from "./commands/menus.ts";
import { FindBar, GoToBar } from "./components/Bars.tsx";
import { Dialogs } from "./components/dialogs/Dialogs.tsx";
import { ExplainPanel } from "./components/ExplainPanel.tsx";
import { FilterBar } from "./components/FilterBar.tsx";
import { HealthPanel } from "./components/HealthPanel.tsx";
import { Messages } from "./components/Messages.tsx";
import { Palette } from "./components/Palette.tsx";
import { PaneBoundary } from "./components/PaneBoundary.tsx";
import { ReplayBar } from "./components/ReplayBar.tsx";
import { StatusBar } from "./components/StatusBar.tsx";
import { Timeline } from "./components/Timeline.tsx";
import { Toolbar } from "./components/Toolbar.tsx";
import { Welcome } from "./components/Welcome.tsx";
import { Workspace } from "./components/Workspace.tsx";
import { openFile } from "./state/capture.ts";
import { useExplain } from "./state/explain.ts";
import { useHealth } from "./state/health.ts";
import { hasCapture, isDesktop, tell, useSession } from "./state/session.ts";
import { panesOf, useSettings } from "./state/settings.ts";
import { setUi, useUi } from "./state/ui.ts";

/** Follows the theme setting and the window's title. */
function useWindowState(): void {
  const theme = useSettings((state) => state.theme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  const title = useSession((state) => {
    const { file, live, unsaved } = state.status;
    const name = file?.name ?? live.interfaces.join(", ");
    return name ? `${unsaved ? "• " : ""}${name} — Tapline` : "Tapline";
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** A pane shows its focus when the keyboard put it there, not after a click into it. */
function useModality(): void {
  useEffect(() => {
    const root = document.documentElement;
    const keyboard = (event: KeyboardEvent) => {
      if (!["Control", "Meta", "Alt", "Shift"].includes(event.key)) root.dataset.keyboard = "";
    };
    const pointer = () => {
      delete root.dataset.keyboard;
    };
    window.addEventListener("keydown", keyboard, true);
    window.addEventListener("pointerdown", pointer, true);
    return () => {
      window.removeEventListener("keydown", keyboard, true);
      window.removeEventListener("pointerdown", pointer, true);
    };
  }, []);
}

function useKeys(): void {
  useEffect(() => {
    window.addEventListener("keydown", handleKey);
    return () => window.removeEventListener("keydown", handleKey);
  }, []);
  useEffect(() => (window.tapline ? bindNativeMenu(window.tapline) : undefined), []);
}

/** A file dropped anywhere on the window is opened. */
function useDrop(): void {
  useEffect(() => {
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      depth++;
      setUi({ dropping: true });
    };
    const over = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    };
    const leave = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setUi({ dropping: false });
    };
    const drop = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      depth = 0;
      setUi({ dropping: false });
      const files = event.dataTransfer?.files;
      const file = files?.[0];
      if (!file) return;
      if (files.length > 1) tell("note", `One capture at a time: opening ${file.name}.`);
      void openFile(file);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
}

/** In a browser, leaving the page with unsaved packets is asked about; the desktop asks in its own way. */
function useLeaveWarning(): void {
  const unsaved = useSession((state) => state.status.unsaved);
  useEffect(() => {
    if (!unsaved || isDesktop()) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}

function ConnectionBanner() {
  const connection = useSession((state) => state.connection);
  if (connection !== "lost") return null;
  return (
    <div className="banner" role="alert" data-testid="connection-banner">
      <span className="pulse" aria-hidden />
      The engine cannot be reached. The capture is safe; reconnecting…
    </div>
  );
}

export function App() {
  useWindowState();
  useKeys();
  useModality();
  useDrop();
  useLeaveWarning();
  const hello = useSession((state) => state.hello);
  const showsCapture = useSession((state) => hasCapture(state.status));
  const health = useHealth((state) => state.open);
  const explaining = useExplain((state) => state.open);
  const findBar = useUi((state) => state.findBar);
  const goToBar = useUi((state) => state.goToBar);
  const dropping = useUi((state) => state.dropping);
  const uploading = useUi((state) => state.upload !== null);
  const busy = useSession((state) => state.status.progress.length > 0) || uploading;
  const timeline = useSettings((state) => panesOf(state.layout).timeline);
  if (!hello) {
    return (
      <div className="app">
        <ConnectionBanner />
        <p className="connecting dim" role="status">
          Waiting for the engine…
        </p>
      </div>
    );
  }
  return (
    <Tooltip.Provider delay={500}>
      <div className="app">
        <ConnectionBanner />
        <Toolbar />
        {/* Made while the welcome screen is looked at, so that opening a capture need not wait for it. */}
        <Activity mode={showsCapture ? "visible" : "hidden"}>
          <PaneBoundary name="The filter bar">
            <FilterBar />
          </PaneBoundary>
          {explaining ? (
            <PaneBoundary name="The explanation of the filter">
              <ExplainPanel />
            </PaneBoundary>
          ) : null}
          {findBar ? <FindBar /> : null}
          {goToBar ? <GoToBar /> : null}
          {timeline ? (
            <PaneBoundary name="The timeline">
              <Timeline />
            </PaneBoundary>
          ) : null}
          <ReplayBar />
          <Workspace />
        </Activity>
        {showsCapture ? null : (
          <PaneBoundary name="The welcome screen">
            <Welcome />
          </PaneBoundary>
        )}
        {health ? (
          <PaneBoundary name="The health panel">
            <HealthPanel />
          </PaneBoundary>
        ) : null}
        {showsCapture || busy ? <StatusBar /> : null}
        <Messages />
        <Palette />
        <Dialogs />
        {dropping ? (
          <div className="drop-target" aria-hidden>
            <p>Drop to open the capture</p>
          </div>
        ) : null}
      </div>
    </Tooltip.Provider>
  );
}
