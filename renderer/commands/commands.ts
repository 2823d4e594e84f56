import type { TreeNode } from "../../engine/api.ts";
import { decodePlaces } from "../lib/decode-places.ts";
import { COMBINATION_TITLES, COMBINATIONS } from "../lib/filters.ts";
import { counted } from "../lib/format.ts";
import { isMac } from "../lib/platform.ts";
import { matchesShortcut, parseShortcut } from "../lib/shortcuts.ts";
import { TIME_FORMAT_TITLES, TIME_FORMATS } from "../lib/times.ts";
import { treeText } from "../lib/tree.ts";
import {
  canSave,
  chooseAndOpen,
  closeCapture,
  followFile,
  openDialogForSave,
  openPath,
  pauseView,
  reloadCapture,
  restartCapture,
  startAgain,
  stopCapture,
} from "../state/capture.ts";
import { addFieldColumn } from "../state/columns.ts";
import { copy, copySelectedRows, copyValue } from "../state/copying.ts";
import { collapseAll, expandAll, setExpandedBelow, treeLines } from "../state/expansion.ts";
import { closeExplanation, openExplanation, useExplain } from "../state/explain.ts";
import { clearFilter, combineFilterOf, useFilter, wholeFilter } from "../state/filter.ts";
import { find, useFind } from "../state/find.ts";
import { toggleHealth, useHealth } from "../state/health.ts";
import { isReplaying, playReplay, stepReplay, toggleReplay } from "../state/replay.ts";
import {
  goAlongTrail,
  goToFrame,
  goToNeighbour,
  selectedNode,
  selectRow,
  useSelection,
} from "../state/selection.ts";
import {
  dismiss,
  hasCapture,
  isCapturing,
  isDesktop,
  status,
  tellError,
  useSession,
} from "../state/session.ts";
import {
  ARRANGEMENTS,
  arrangementOf,
  changeSettings,
  panesOf,
  setArrangement,
  settings,
  togglePane,
} from "../state/settings.ts";
import {
  focusExplanation,
  focusFilterBar,
  focusPane,
  openDecodeAs,
  openDialog,
  openDoctor,
  openFilters,
  setUi,
} from "../state/ui.ts";

export const MENUS = ["File", "Edit", "View", "Go", "Capture", "Analyze", "Statistics", "Help"] as const;
export type MenuName = (typeof MENUS)[number];

export interface Command {
  id: string;
  title: string;
  menu: MenuName;
  /** Commands of the same group stand together; a line parts it from the next. */
  group: string;
  /** Stands in a submenu of this name. */
  submenu?: string;
  /** Shorter title inside the submenu, where its name says the rest. */
  itemTitle?: string;
  /** The first one is shown. */
  shortcuts: string[];
  /** Shortcuts that a browser keeps for itself; they work on the desktop only and stand before the others. */
  desktopShortcuts?: string[];
  enabled(): boolean;
  /** For commands with a check mark. */
  checked?(): boolean;
  run(): void;
  /** Left out of the palette. */
  quiet?: boolean;
}

const always = () => true;
const loaded = () => hasCapture();
const hasRows = () => status().displayed > 0;
const rowSelected = () => useSelection.getState().row !== null;
const hasFilter = () => Boolean(selectedNode()?.filter);
/** For commands about the selected line of the tree. */
const withNode = (run: (node: TreeNode) => void) => () => {
  const node = selectedNode();
  if (node) run(node);
};

function command(
  menu: MenuName,
  group: string,
  id: string,
  title: string,
  shortcuts: string[],
  enabled: () => boolean,
  run: () => void,
  more: Partial<Command> = {},
): Command {
  return { id, title, menu, group, shortcuts, enabled, run, ...more };
}

const step = (rows: number) => () => {
  const { row } = useSelection.getState();
  selectRow(row === null ? 0 : row + rows);
};

/** Opens the explanation; then goes into it; then closes it. */
function explain(): void {
  if (!useExplain.getState().open) openExplanation();
  else if (document.activeElement?.closest('[data-testid="explain"]')) {
    closeExplanation();
    focusPane("packet-list");
  } else focusExplanation();
}

const file: Command[] = [
  command("File", "open", "file.open", "Open…", ["Mod+O"], always, () => void chooseAndOpen()),
  command(
    "File",
    "open",
    "file.sample",
    "Open the sample capture",
    [],
    () => Boolean(useSession.getState().hello?.sample),
    () => {
      const sample = useSession.getState().hello?.sample;
      if (sample) void openPath(sample);
    },
  ),
  command("File", "open", "file.close", "Close", ["Mod+Alt+W"], loaded, () => void closeCapture(), {
    desktopShortcuts: ["Mod+W"],
  }),
  command("File", "save", "file.save", "Save…", ["Mod+S"], canSave, () => openDialogForSave("all")),
  command("File", "save", "file.saveAs", "Save as…", ["Mod+Shift+S"], canSave, () =>
    openDialogForSave("all"),
  ),
  command("File", "save", "file.saveDisplayed", "Save displayed packets…", [], canSave, () =>
    openDialogForSave("displayed"),
  ),
  command(
    "File",
    "save",
    "file.saveSelected",
    "Save selected packets…",
    [],
    () => canSave() && rowSelected(),
    () => openDialogForSave("selected"),
  ),
  command(
    "File",
    "reload",
    "file.reload",
    "Reload",
    ["Mod+R"],
    () => status().file !== null && !isCapturing() && !status().file?.temporary,
    () => void reloadCapture(),
  ),
  command(
    "File",
    "reload",
    "file.follow",
    "Follow a growing file",
    [],
    () => status().file !== null && !isCapturing() && !status().file?.temporary,
    () => void followFile(),
    { checked: () => status().file?.following ?? false },
  ),
];

const edit: Command[] = [
  command("Edit", "copy", "edit.copyRows", "Copy packets as text", ["Mod+Shift+C"], rowSelected, () =>
    copySelectedRows("text"),
  ),
  command("Edit", "copy", "edit.copyRowsCsv", "Copy packets as CSV", [], rowSelected, () =>
    copySelectedRows("csv"),
  ),
  command(
    "Edit",
    "copy",
    "edit.copyTree",
    "Copy all visible lines of the tree",
    [],
    () => useSelection.getState().frame !== null,
    () => copy(treeText(treeLines())),
  ),
  command(
    "Edit",
    "copy",
    "edit.copyValue",
    "Copy value",
    ["Mod+Shift+V"],
    () => Boolean(selectedNode()?.value),
    withNode(copyValue),
  ),
  command(
    "Edit",
    "copy",
    "edit.copyFilter",
    "Copy as filter",
    [],
    hasFilter,
    withNode((node) => copy(wholeFilter(node))),
  ),
  command("Edit", "find", "edit.find", "Find packet…", ["Mod+F"], hasRows, () =>
    setUi({ findBar: true, goToBar: false }),
  ),
  command(
    "Edit",
    "find",
    "edit.findNext",
    "Find next",
    ["F3", "Mod+Alt+N"],
    () => hasRows() && useFind.getState().text !== "",
    () => void find("next"),
    { desktopShortcuts: ["Mod+N"] },
  ),
  command(
    "Edit",
    "find",
    "edit.findPrevious",
    "Find previous",
    ["Mod+B", "Shift+F3"],
    () => hasRows() && useFind.getState().text !== "",
    () => void find("previous"),
  ),
  command("Edit", "preferences", "edit.preferences", "Preferences…", [], always, () =>
    openDialog("preferences"),
  ),
];

const view: Command[] = [
  command("View", "panes", "view.timeline", "Timeline", [], always, () => togglePane("timeline"), {
    checked: () => panesOf(settings().layout).timeline,
  }),
  command("View", "panes", "view.tree", "Packet details", [], always, () => togglePane("tree"), {
    checked: () => panesOf(settings().layout).tree,
  }),
  command("View", "panes", "view.bytes", "Packet bytes", [], always, () => togglePane("bytes"), {
    checked: () => panesOf(settings().layout).bytes,
  }),
  command("View", "panes", "view.overview", "Colour strip", [], always, () => togglePane("overview"), {
    checked: () => panesOf(settings().layout).overview,
  }),
  ...ARRANGEMENTS.map((arrangement) => {
    const titles = {
      below: "Details and bytes side by side",
      stacked: "All panes stacked",
      beside: "Details and bytes beside the list",
    };
    return command(
      "View",
      "panes",
      `view.arrangement.${arrangement}`,
      titles[arrangement],
      [],
      always,
      () => setArrangement(arrangement),
      { submenu: "Layout", checked: () => arrangementOf(settings().layout) === arrangement },
    );
  }),
  ...TIME_FORMATS.map((format, index) =>
    command(
      "View",
      "time",
      `view.time.${format}`,
      `Time: ${TIME_FORMAT_TITLES[format]}`,
      [`Mod+Alt+${index + 1}`],
      always,
      () => changeSettings({ timeFormat: format }),
      {
        submenu: "Time display format",
        itemTitle: TIME_FORMAT_TITLES[format],
        checked: () => settings().timeFormat === format,
      },
    ),
  ),
  ...(["auto", 0, 1, 2, 3, 6, 9] as const).map((precision) => {
    const title =
      precision === "auto" ? "As captured" : precision === 0 ? "Seconds" : counted(precision, "digit");
    return command(
      "View",
      "time",
      `view.precision.${precision}`,
      `Time precision: ${title}`,
      [],
      always,
      () => changeSettings({ timePrecision: precision }),
      { submenu: "Time precision", itemTitle: title, checked: () => settings().timePrecision === precision },
    );
  }),
  command(
    "View",
    "rows",
    "view.colorize",
    "Colorize packets",
    [],
    always,
    () => changeSettings({ colorize: !settings().colorize }),
    { checked: () => settings().colorize },
  ),
  command(
    "View",
    "messages",
    "view.dismissMessage",
    "Dismiss the newest message",
    ["Escape"],
    () => useSession.getState().messages.length > 0,
    () => {
      const newest = useSession.getState().messages.at(-1);
      if (newest) dismiss(newest.id);
    },
  ),
  command("View", "rows", "view.coloringRules", "Coloring rules…", [], always, () =>
    openDialog("coloring-rules"),
  ),
  command(
    "View",
    "rows",
    "view.autoScroll",
    "Auto-scroll in live capture",
    [],
    always,
    () => {
      changeSettings({ autoScroll: !settings().autoScroll });
      setUi({ following: true });
    },
    { checked: () => settings().autoScroll },
  ),
  command(
    "View",
    "tree",
    "view.expandSubtrees",
    "Expand subtrees",
    ["Shift+ArrowRight"],
    () => useSelection.getState().nodeId !== null,
    () => setExpandedBelow(true),
  ),
  command(
    "View",
    "tree",
    "view.collapseSubtrees",
    "Collapse subtrees",
    ["Shift+ArrowLeft"],
    () => useSelection.getState().nodeId !== null,
    () => setExpandedBelow(false),
  ),
  command(
    "View",
    "tree",
    "view.expandAll",
    "Expand all",
    ["Mod+ArrowRight"],
    () => useSelection.getState().frame !== null,
    expandAll,
  ),
  command(
    "View",
    "tree",
    "view.collapseAll",
    "Collapse all",
    ["Mod+ArrowLeft"],
    () => useSelection.getState().frame !== null,
    collapseAll,
  ),
  ...(["system", "light", "dark"] as const).map((theme) => {
    const titles = { system: "Follow the system", light: "Light", dark: "Dark" };
    return command(
      "View",
      "theme",
      `view.theme.${theme}`,
      `Theme: ${titles[theme]}`,
      [],
      always,
      () => changeSettings({ theme }),
      { submenu: "Theme", itemTitle: titles[theme], checked: () => settings().theme === theme },
    );
  }),
  ...(
    [
      ["zoom-in", "Zoom in", "Mod++", "Mod+="],
      ["zoom-out", "Zoom out", "Mod+-", "Mod+_"],
      ["zoom-reset", "Normal size", "Mod+0", "Mod+0"],
    ] as const
  ).map(([action, title, shortcut, other]) =>
    command(
      "View",
      "zoom",
      `view.${action}`,
      title,
      [...new Set([shortcut, other])],
      () => isDesktop() && Boolean(window.tapline?.windowAction),
      () => window.tapline?.windowAction?.(action),
      { submenu: "Zoom" },
    ),
  ),
];

const go: Command[] = [
  command(
    "Go",
    "trail",
    "go.back",
    "Back",
    ["Alt+ArrowLeft"],
    () => useSelection.getState().trailAt > 0,
    () => goAlongTrail(-1),
  ),
  command(
    "Go",
    "trail",
    "go.forward",
    "Forward",
    ["Alt+ArrowRight"],
    () => useSelection.getState().trailAt < useSelection.getState().trail.length - 1,
    () => goAlongTrail(1),
  ),
  command("Go", "to", "go.toPacket", "Go to packet…", ["Mod+G"], hasRows, () =>
    setUi({ goToBar: true, findBar: false }),
  ),
  command(
    "Go",
    "to",
    "go.linked",
    "Go to corresponding packet",
    [],
    () => selectedNode()?.link != null,
    () => {
      const link = selectedNode()?.link;
      if (link != null) goToFrame(link).catch(tellError);
    },
  ),
  command("Go", "step", "go.previous", "Previous packet", ["Mod+ArrowUp", "F7"], hasRows, step(-1)),
  command("Go", "step", "go.next", "Next packet", ["Mod+ArrowDown", "F8"], hasRows, step(1)),
  command("Go", "step", "go.first", "First packet", ["Mod+Home"], hasRows, () => selectRow(0)),
  command("Go", "step", "go.last", "Last packet", ["Mod+End"], hasRows, () => {
    setUi({ following: true });
    selectRow(status().displayed - 1);
  }),
  command(
    "Go",
    "conversation",
    "go.nextInConversation",
    "Next packet in conversation",
    ["Mod+."],
    rowSelected,
    () => goToNeighbour("next"),
  ),
  command(
    "Go",
    "conversation",
    "go.previousInConversation",
    "Previous packet in conversation",
    ["Mod+,"],
    rowSelected,
    () => goToNeighbour("previous"),
  ),
  command("Go", "replay", "replay.toggle", "Step mode", ["Mod+Alt+R"], loaded, toggleReplay, {
    submenu: "Step by step",
    checked: isReplaying,
  }),
  command("Go", "replay", "replay.next", "Step forward", ["."], isReplaying, () => void stepReplay(1), {
    submenu: "Step by step",
  }),
  command("Go", "replay", "replay.previous", "Step back", [","], isReplaying, () => void stepReplay(-1), {
    submenu: "Step by step",
  }),
  command("Go", "replay", "replay.play", "Play or pause", ["K"], isReplaying, playReplay, {
    submenu: "Step by step",
  }),
  command("Go", "panes", "go.list", "To the packet list", ["Alt+1"], loaded, () => focusPane("packet-list")),
  command("Go", "panes", "go.tree", "To the packet details", ["Alt+2"], loaded, () =>
    focusPane("layer-tree"),
  ),
  command("Go", "panes", "go.bytes", "To the packet bytes", ["Alt+3"], loaded, () => focusPane("hex-pane")),
];

const capture: Command[] = [
  command("Capture", "options", "capture.options", "Options…", ["Mod+K"], always, () =>
    openDialog("capture"),
  ),
  command("Capture", "options", "capture.filters", "Capture filters…", [], always, () =>
    openDialog("capture-filters"),
  ),
  command("Capture", "run", "capture.start", "Start", ["Mod+E"], () => !isCapturing(), startAgain),
  command(
    "Capture",
    "run",
    "capture.stop",
    "Stop",
    ["Mod+E"],
    () => isCapturing() && status().live.phase !== "stopping",
    () => void stopCapture(),
  ),
  command(
    "Capture",
    "run",
    "capture.restart",
    "Restart",
    ["Mod+R"],
    isCapturing,
    () => void restartCapture(),
  ),
  command(
    "Capture",
    "view",
    "capture.pauseView",
    "Pause the view",
    ["Mod+P"],
    () => status().live.phase === "capturing" && !isReplaying(),
    () => void pauseView(),
    { checked: () => status().live.paused },
  ),
  command("Capture", "doctor", "capture.doctor", "Capture doctor…", [], always, () => openDoctor()),
];

const analyze: Command[] = [
  command("Analyze", "bar", "analyze.focusFilter", "Display filter…", ["Mod+/"], loaded, focusFilterBar),
  command(
    "Analyze",
    "bar",
    "analyze.clearFilter",
    "Clear the display filter",
    [],
    () => status().filter !== "" || useFilter.getState().text !== "",
    clearFilter,
  ),
  command(
    "Analyze",
    "bar",
    "analyze.explain",
    "Why does this packet match?",
    ["Mod+?"],
    () => loaded() && (useFilter.getState().text.trim() !== "" || useExplain.getState().open),
    explain,
    { checked: () => useExplain.getState().open },
  ),
  command("Analyze", "bar", "analyze.savedFilters", "Saved filters…", [], always, () => openFilters("saved")),
  command("Analyze", "bar", "analyze.filterButtons", "Filter buttons…", [], always, () =>
    openFilters("buttons"),
  ),
  command("Analyze", "bar", "analyze.filterMacros", "Display filter macros…", [], always, () =>
    openFilters("macros"),
  ),
  ...COMBINATIONS.map((how) =>
    command(
      "Analyze",
      "apply",
      `analyze.apply.${how}`,
      `Apply as filter: ${COMBINATION_TITLES[how]}`,
      [],
      hasFilter,
      withNode((node) => combineFilterOf(node, how, true)),
      { submenu: "Apply as filter", itemTitle: COMBINATION_TITLES[how] },
    ),
  ),
  ...COMBINATIONS.map((how) =>
    command(
      "Analyze",
      "apply",
      `analyze.prepare.${how}`,
      `Prepare as filter: ${COMBINATION_TITLES[how]}`,
      [],
      hasFilter,
      withNode((node) => combineFilterOf(node, how, false)),
      { submenu: "Prepare as filter", itemTitle: COMBINATION_TITLES[how] },
    ),
  ),
  command(
    "Analyze",
    "column",
    "analyze.column",
    "Apply as column",
    ["Mod+Shift+I"],
    () => Boolean(selectedNode()?.field),
    () => {
      const node = selectedNode();
      if (node?.field) addFieldColumn(node.field, node.title);
    },
  ),
  command("Analyze", "protocols", "analyze.decodeAs", "Decode as…", ["Mod+Shift+U"], always, () =>
    openDecodeAs(decodePlaces(useSelection.getState().frame)[0] ?? null),
  ),
  command("Analyze", "protocols", "analyze.protocols", "Protocol files…", [], always, () =>
    openDialog("protocols"),
  ),
];

const statistics: Command[] = [
  command(
    "Statistics",
    "file",
    "statistics.properties",
    "Capture file properties",
    ["Mod+Alt+Shift+C"],
    loaded,
    () => openDialog("properties"),
  ),
  command(
    "Statistics",
    "file",
    "statistics.notices",
    "Notices about this capture",
    [],
    () => status().notices.length > 0,
    () => openDialog("notices"),
  ),
];

const help: Command[] = [
  command(
    "Help",
    "help",
    "help.palette",
    "Command palette",
    ["Mod+Shift+P", "F1"],
    always,
    () => setUi({ palette: true }),
    {
      quiet: true,
    },
  ),
  command("Help", "help", "help.shortcuts", "Keyboard shortcuts", [], always, () => openDialog("shortcuts")),
  command("Help", "health", "help.health", "Health", [], always, toggleHealth, {
    checked: () => useHealth.getState().open,
  }),
  command("Help", "health", "help.heapSnapshot", "Heap snapshot…", [], always, () =>
    openDialog("heap-snapshot"),
  ),
  command("Help", "about", "help.about", "About Tapline", [], always, () => openDialog("about")),
];

/** Every command of the window; menus, palette, shortcuts and toolbar are made from it. */
export const COMMANDS: readonly Command[] = [
  ...file,
  ...edit,
  ...view,
  ...go,
  ...capture,
  ...analyze,
  ...statistics,
  ...help,
];

const byId = new Map(COMMANDS.map((entry) => [entry.id, entry]));

export function commandById(id: string): Command | undefined {
  return byId.get(id);
}

/** Runs a command that is possible now; returns false when it is not, or is unknown. */
export function runCommand(id: string): boolean {
  const found = byId.get(id);
  if (!found?.enabled()) return false;
  found.run();
  return true;
}

/** The shortcuts of a command in this face, the shown one first. */
export function shortcutsOf(entry: Command, desktop: boolean = isDesktop()): string[] {
  return desktop ? [...(entry.desktopShortcuts ?? []), ...entry.shortcuts] : entry.shortcuts;
}

/** Commands that this face can ever run: zooming belongs to the browser in the browser face. */
export function offered(entry: Command): boolean {
  return entry.group !== "zoom" || entry.enabled();
}

/** The menu's commands in groups, submenus in the place of their first command. */
export function menuGroups(menu: MenuName): Command[][] {
  const groups = new Map<string, Command[]>();
  for (const entry of COMMANDS) {
    if (entry.menu !== menu || !offered(entry)) continue;
    const list = groups.get(entry.group) ?? [];
    groups.set(entry.group, list);
    list.push(entry);
  }
  return [...groups.values()];
}

const keyTable = COMMANDS.flatMap((entry) =>
  shortcutsOf(entry).map((text) => ({ entry, shortcut: parseShortcut(text) })),
);

/** True when the keys are needed where the focus is: typing, or a pane's own navigation. */
function belongsToText(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const editing =
    target.isContentEditable || target.tagName === "TEXTAREA" || target.matches("input, select");
  if (!editing) return false;
  if (/^F\d+$/.test(event.key)) return false;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  if (!mod && !event.altKey) return true;
  return /^(Arrow|Home|End|Backspace|Delete)/.test(event.key) || /^[,.bn]$/.test(event.key.toLowerCase());
}

/** Runs the command whose shortcut was pressed. */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (belongsToText(event)) return;
  const dialogOpen = document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
  if (dialogOpen) return;
  for (const { entry, shortcut } of keyTable) {
    if (!matchesShortcut(shortcut, event, isMac)) continue;
    if (!entry.enabled()) continue;
    event.preventDefault();
    entry.run();
    return;
  }
  // A shortcut whose command is not possible now must not fall through to the browser (Ctrl+S, Ctrl+O);
  // only reloading the page is left to it.
  const known = keyTable.some(
    ({ entry, shortcut }) => offered(entry) && matchesShortcut(shortcut, event, isMac),
  );
  if (known && event.key.toLowerCase() !== "r") event.preventDefault();
}
