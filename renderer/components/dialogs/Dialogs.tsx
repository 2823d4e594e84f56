import { useUi } from "../../state/ui.ts";
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

/** The open dialog, if any, and the question about unsaved packets above it. */
export function Dialogs() {
  const dialog = useUi((state) => state.dialog);
  const Open = dialog ? DIALOGS[dialog] : null;
  return (
    <>
      {Open ? <Open /> : null}
      <UnsavedDialog />
    </>
  );
}
