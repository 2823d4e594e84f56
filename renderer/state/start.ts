import type { ColorRule, Results, Status } from "../../engine/api.ts";
import { share } from "../lib/share.ts";
import type { Transport } from "../transport/types.ts";
import { watchExplanation } from "./explain.ts";
import { setFilterText, watchFilter } from "./filter.ts";
import { takeProtocols } from "./protocols.ts";
import { watchRates } from "./rates.ts";
import { watchReplay } from "./replay.ts";
import { nextList, type Place, recolorRows, showRows, syncRows, topNumber } from "./rows.ts";
import {
  clearSelection,
  goToFrame,
  refreshFrame,
  selectRow,
  shiftSelection,
  useSelection,
} from "./selection.ts";
import { call, isCapturing, setTransport, tell, tellError, useSession } from "./session.ts";
import { sendSettings, takeSettings, useSettings } from "./settings.ts";
import { bindTraffic, resumeTraffic } from "./traffic.ts";
import { ui } from "./ui.ts";

const SELECTED_KEY = "tapline.selected";

/** The frame that was selected before the page was loaded again, when the same capture is still there. */
function keptSelection(): { path: string; number: number } | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(SELECTED_KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return null;
    const { path, number } = kept as { path?: unknown; number?: unknown };
    return typeof path === "string" && typeof number === "number" ? { path, number } : null;
  } catch {
    return null;
  }
}

function keepSelection(): void {
  const { number } = useSelection.getState();
  const path = useSession.getState().status.file?.path;
  if (path && number !== null) sessionStorage.setItem(SELECTED_KEY, JSON.stringify({ path, number }));
}

function takeStatus(told: Status): void {
  const before = useSession.getState().status;
  const now = share(before, told);
  useSession.setState({ status: now });
  const shift = shiftBetween(before, now);
  if (shift !== null) followRing(shift);
  else {
    if (now.capture !== before.capture) clearSelection();
    if (now.capture === before.capture && now.view !== before.view) followView();
    else syncRows();
  }
  if (now.live.error && now.live.error.message !== before.live.error?.message) {
    tell("error", now.live.error.message);
  }
  const { row, number } = useSelection.getState();
  if (row === null && number === null && now.displayed > 0 && !isCapturing(now)) selectFirst(now);
}

/** By how much packets' numbers are less, when the list of the same capture began anew with newer files; else null. */
function shiftBetween(before: Status, now: Status): number | null {
  const [old, files] = [before.live.files, now.live.files];
  if (now.capture === before.capture || old === null || files === null) return null;
  return before.capture >= files.since ? files.before - old.before : null;
}

/** The rows on the screen and the selected packet stay when packets at the beginning of the list go. */
function followRing(shift: number): void {
  const top = topNumber();
  const { number: selected } = useSelection.getState();
  if (!shiftSelection(shift)) {
    tell("note", `Packet ${selected} is no longer listed: the list begins with newer files of the ring.`);
  }
  const { capture, displayed } = useSession.getState().status;
  const { number } = useSelection.getState();
  const locate = (wanted: number | null) =>
    wanted === null ? Promise.resolve(null) : call("locate", { number: Math.max(1, wanted) });
  let row: number | null = null;
  const place = Promise.all([locate(top === null ? null : top - shift), locate(number)]).then(
    ([first, chosen]): Place => {
      if (chosen?.exact) row = chosen.row;
      const at = first?.row ?? 0;
      return { row: ui().following ? displayed - 1 : at, at };
    },
  );
  const isPresent = () =>
    useSession.getState().status.capture === capture && useSelection.getState().number === number;
  const select = () => {
    if (isPresent()) useSelection.setState({ row, anchor: row });
  };
  const shown = () => {
    select();
    if (isPresent()) refreshFrame();
  };
  nextList(place, shown, shift);
  // Should the list not have waited for it.
  place.then(() => {
    if (useSelection.getState().row === null) select();
  }, tellError);
}

/** The selected packet stays selected when the list is filtered or sorted differently. */
function followView(): void {
  const { number } = useSelection.getState();
  const { capture, view } = useSession.getState().status;
  const located = number === null ? Promise.resolve(null) : call("locate", { number });
  const select = (found: Results["locate"]) => {
    const now = useSession.getState().status;
    if (now.capture !== capture || now.view !== view || useSelection.getState().number !== number) return;
    // Nothing is displayed: the packet stays in the other panes until there is a list again.
    if (!found) useSelection.setState({ row: null, anchor: null });
    else selectRow(found.row, { align: "center", number: found.number, keep: false });
  };
  let answer: Results["locate"] | undefined;
  nextList(
    located.then((found) => {
      answer = found;
      return { row: found?.row ?? 0 };
    }),
    () => {
      // The row of the list before means nothing in this one.
      if (answer !== undefined) select(answer);
      else useSelection.setState({ row: null, anchor: null });
    },
  );
  located.then((found) => {
    if (useSelection.getState().row === null) select(found);
  }, tellError);
}

/** Takes other colouring rules in the moment in which the rows on the screen are coloured by them. */
function takeColorRules(colorRules: ColorRule[]): void {
  const take = () => useSession.setState((state) => ({ colorRules, colorings: state.colorings + 1 }));
  if (useSession.getState().status.displayed === 0) take();
  else recolorRows(take);
}

function selectFirst(now: Status): void {
  if (!now.file || now.file.temporary) return;
  const kept = keptSelection();
  if (kept?.path !== now.file.path) selectRow(0);
  else if (kept.number <= now.frames) goToFrame(kept.number).catch(tellError);
  else if (now.file.complete) selectRow(0);
}

/** Reads everything a window needs to know; after connecting and after every reconnection. */
async function greet(first: boolean): Promise<void> {
  const [hello, settings, colorRules, protocols] = await Promise.all([
    call("hello", {}),
    call("settings", {}),
    call("colorRules", {}),
    call("protocolFiles", {}),
  ]);
  useSession.setState({ hello, colorRules });
  takeSettings(settings);
  takeProtocols(protocols, true);
  // Another engine counts its captures anew, so nothing cached may be trusted.
  if (!first) useSession.setState({ status: { ...hello.status, capture: -1 } });
  takeStatus(hello.status);
  if (first) setFilterText(hello.status.filter);
  if (!first) {
    refreshFrame();
    resumeTraffic();
  }
}

/** Binds the stores to the engine; returns what ends it. */
export function start(transport: Transport): () => void {
  setTransport(transport);
  let greeted = false;
  let connected = true;
  const ends = [
    transport.on("status", takeStatus),
    transport.on("settings", takeSettings),
    transport.on("colorRules", takeColorRules),
    transport.on("protocols", (list) => takeProtocols(list, true)),
    transport.on("notice", (notice) => tell(notice.severity, notice.message)),
    transport.onConnection((connection) => {
      useSession.setState({ connection });
      if (connection === "lost") connected = false;
      if (connection === "open" && greeted && !connected) {
        connected = true;
        greet(false).catch(tellError);
      }
    }),
    useSettings.subscribe((now, before) => {
      if (
        now.columns !== before.columns ||
        now.timeFormat !== before.timeFormat ||
        now.timePrecision !== before.timePrecision
      ) {
        syncRows();
      }
    }),
    watchFilter(),
    watchExplanation(),
    bindTraffic(transport),
    watchRates(),
    watchReplay(),
  ];
  if (typeof window !== "undefined") {
    const leave = () => {
      sendSettings();
      keepSelection();
    };
    window.addEventListener("pagehide", leave);
    ends.push(() => window.removeEventListener("pagehide", leave));
  }
  greet(true).then(() => {
    greeted = true;
  }, tellError);
  showRows(0, 60);
  return () => {
    for (const end of ends) end();
  };
}
