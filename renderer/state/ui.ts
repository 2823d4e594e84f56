import { create } from "zustand";
import type { DecodePlace } from "../lib/decode-places.ts";

/** Dialogs; one at a time. */
export type DialogName =
  | "open"
  | "save"
  | "capture"
  | "capture-filters"
  | "properties"
  | "preferences"
  | "shortcuts"
  | "about"
  | "notices"
  | "protocols"
  | "decode-as"
  | "filters"
  | "coloring-rules"
  | "doctor"
  | "heap-snapshot";

/** Parts of the dialog for the user's filters. */
export type FiltersTab = "saved" | "buttons" | "macros";

export interface UnsavedQuestion {
  /** What is about to happen: "Closing the capture". */
  action: string;
  answer: (choice: "save" | "discard" | "cancel") => void;
}

export interface UploadState {
  name: string;
  done: number;
  cancel: () => void;
}

interface UiState {
  dialog: DialogName | null;
  palette: boolean;
  findBar: boolean;
  goToBar: boolean;
  unsaved: UnsavedQuestion | null;
  /** Which packets the save dialog starts with. */
  saveWhich: "all" | "displayed" | "selected" | "range";
  /** Runs after the save dialog has saved. */
  afterSave: (() => void) | null;
  /** Interfaces the capture dialog starts with; empty for the last used. */
  captureInterfaces: string[];
  /** Interfaces the doctor looks at; empty for those of the capture, or those last used. */
  doctorInterfaces: string[];
  /** What the dialog "Decode as" has a line for when it opens; null for none. */
  decodePlace: DecodePlace | null;
  /** The part that dialog begins with, and a filter that it adds an entry for; null for none. */
  filters: { tab: FiltersTab; fresh: string | null };
  upload: UploadState | null;
  dropping: boolean;
  /** A live list that follows its end; suspended by scrolling up. */
  following: boolean;
}

/** What of the window is open. */
export const useUi = create<UiState>()(() => ({
  dialog: null,
  palette: false,
  findBar: false,
  goToBar: false,
  unsaved: null,
  saveWhich: "all",
  afterSave: null,
  captureInterfaces: [],
  doctorInterfaces: [],
  decodePlace: null,
  filters: { tab: "saved", fresh: null },
  upload: null,
  dropping: false,
  following: true,
}));

export const ui = useUi.getState;
export const setUi = useUi.setState;

export function openDialog(dialog: DialogName): void {
  setUi({ dialog, palette: false });
}

/** Opens the capture doctor, about these interfaces or those that are captured from. */
export function openDoctor(interfaces: string[] = []): void {
  setUi({ doctorInterfaces: interfaces });
  openDialog("doctor");
}

/** Opens "Decode as", with a line for a place where a protocol is chosen. */
export function openDecodeAs(place: DecodePlace | null): void {
  setUi({ decodePlace: place });
  openDialog("decode-as");
}

/** Opens the dialog for the user's filters, with a new entry for a filter. */
export function openFilters(tab: FiltersTab, fresh: string | null = null): void {
  setUi({ filters: { tab, fresh } });
  openDialog("filters");
}

export function closeDialog(): void {
  setUi({ dialog: null, afterSave: null });
}

/** Asks what to do about packets that exist only in memory of this capture. */
export function askUnsaved(action: string): Promise<"save" | "discard" | "cancel"> {
  return new Promise((resolve) => {
    setUi({
      unsaved: {
        action,
        answer: (choice) => {
          setUi({ unsaved: null });
          resolve(choice);
        },
      },
    });
  });
}

/** Moves the keyboard focus to a pane. */
export function focusPane(testId: "packet-list" | "layer-tree" | "hex-pane"): void {
  document.querySelector<HTMLElement>(`[data-testid="${testId}"] [data-pane-focus]`)?.focus();
}

export function focusFilterBar(): void {
  document.querySelector<HTMLElement>('[data-testid="filter-bar"] .cm-content')?.focus();
}

/** Moves the keyboard focus to the clauses of the explained filter. */
export function focusExplanation(): void {
  document.querySelector<HTMLElement>('[data-testid="explain"] [role="treeitem"][tabindex="0"]')?.focus();
}
