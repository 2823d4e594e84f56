import { useEffect } from "react";
import { useSession } from "../../state/session.ts";
import { focusPane, useUi } from "../../state/ui.ts";
import { CaptureDialog } from "./CaptureDialog.tsx";
import { CaptureFiltersDialog } from "./CaptureFiltersDialog.tsx";
import { ColoringRulesDialog } from "./ColoringRulesDialog.tsx";
import { DecodeAsDialog } from "./DecodeAsDialog.tsx";
import { DoctorDialog } from "./DoctorDialog.tsx";
import { FiltersDialog } from "./FiltersDialog.tsx";
import { HeapSnapshotDialog } from "./HeapSnapshotDialog.tsx";
import { AboutDialog, NoticesDialog, PropertiesDialog, ShortcutsDialog } from "./InfoDialogs.tsx";
import { OpenDialog } from "./OpenDialog.tsx";
import { ProtocolsDialog } from "./ProtocolsDialog.tsx";
import { SaveDialog } from "./SaveDialog.tsx";
import { PreferencesDialog } from "./SettingsDialogs.tsx";
import { UnsavedDialog } from "./UnsavedDialog.tsx";

const DIALOGS = {
  open: OpenDialog,
  save: SaveDialog,
  capture: CaptureDialog,
  "capture-filters": CaptureFiltersDialog,
  properties: PropertiesDialog,
  preferences: PreferencesDialog,
  shortcuts: ShortcutsDialog,
  about: AboutDialog,
  notices: NoticesDialog,
  protocols: ProtocolsDialog,
  "decode-as": DecodeAsDialog,
  filters: FiltersDialog,
  "coloring-rules": ColoringRulesDialog,
  doctor: DoctorDialog,
  "heap-snapshot": HeapSnapshotDialog,
};

/** A dialog that closes gives the focus back a moment later. */
const FOCUS_SETTLES_MS = 50;

/** The open dialog, if any, and the question about unsaved packets above it. */
export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  const asking = useUi((state) => state.unsaved !== null);
  const capture = useSession((state) => state.status.capture);
  // Where a dialog or the welcome screen had the focus and is gone, the keys are the list's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another capture is when there may be another screen
  useEffect(() => {
    if (dialog !== null || asking) return;
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) focusPane("packet-list");
    }, FOCUS_SETTLES_MS);
    return () => clearTimeout(timer);
  }, [dialog, asking, capture]);
  const Open = dialog ? DIALOGS[dialog] : null;
  return (
    <>
      {Open ? <Open /> : null}
      <UnsavedDialog />
    </>
  );
}
