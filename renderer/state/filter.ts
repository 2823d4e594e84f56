import { create } from "zustand";
import type { FilterVerdict } from "../../engine/api.ts";
import type { FilterText } from "../lib/cell-filter.ts";
import { type Combination, combineFilter, withHistory } from "../lib/filters.ts";
import { errorInfo } from "../transport/types.ts";
import { useSelection, wholeTexts } from "./selection.ts";
import { call, status, tellError, useSession } from "./session.ts";
import { changeSettings, settings } from "./settings.ts";

interface FilterState {
  /** Text in the bar; may differ from the filter in force. */
  text: string;
  verdict: FilterVerdict;
  /** The text the verdict belongs to. */
  judged: string;
  /** An expression the engine is judging every packet with. */
  applying: string | null;
}

export const EMPTY_VERDICT: FilterVerdict = { verdict: "empty", message: "", start: 0, end: 0, hints: [] };
const HISTORY_LIMIT = 50;
const CHECK_DELAY_MS = 80;

export const useFilter = create<FilterState>()(() => ({
  text: "",
  verdict: EMPTY_VERDICT,
  judged: "",
  applying: null,
}));

let timer: ReturnType<typeof setTimeout> | null = null;

/** The frame that `${field}` in a filter stands for. */
export const selectedFrame = (): number | undefined => useSelection.getState().number ?? undefined;

/** True when a text means something else with another packet selected, or other macros. */
const depends = (text: string): boolean => text.includes("$");

async function check(expression: string): Promise<void> {
  if (expression.trim() === "") {
    useFilter.setState({ verdict: EMPTY_VERDICT, judged: expression });
    return;
  }
  try {
    const verdict = await call("checkFilter", { expression, reference: selectedFrame() });
    if (useFilter.getState().text === expression) useFilter.setState({ verdict, judged: expression });
  } catch (error) {
    if (errorInfo(error).code !== "CANCELLED") tellError(error);
  }
}

/** Sets the text of the bar and has it judged a moment later. */
export function typeFilter(text: string): void {
  useFilter.setState({ text });
  if (timer) clearTimeout(timer);
  timer = setTimeout(() => void check(text), CHECK_DELAY_MS);
}

/** Sets the text of the bar and has it judged at once. */
export function setFilterText(text: string): void {
  if (timer) clearTimeout(timer);
  useFilter.setState({ text });
  void check(text);
}

/** Applies the text to the capture. A filter with an error stays in the bar, its error shown. */
export async function applyFilter(expression: string): Promise<boolean> {
  const text = expression.trim();
  setFilterText(text);
  if (text === status().filter && !depends(text) && useFilter.getState().applying === null) return true;
  useFilter.setState({ applying: text });
  try {
    const result = await call("filter", { expression: text, reference: selectedFrame() });
    if (!result.cancelled && text !== "") {
      changeSettings({ filterHistory: withHistory(settings().filterHistory, text, HISTORY_LIMIT) });
    }
    return !result.cancelled;
  } catch (error) {
    const info = errorInfo(error);
    if (info.code === "BAD_FILTER") {
      useFilter.setState({
        verdict: {
          verdict: "error",
          message: info.message,
          start: info.start ?? 0,
          end: info.end ?? text.length,
          hints: info.hints ?? [],
        },
        judged: text,
      });
    } else tellError(error);
    return false;
  } finally {
    if (useFilter.getState().applying === text) useFilter.setState({ applying: null });
  }
}

/** The filter of a line of the tree or of a cell, all of it. */
export async function wholeFilter(of: FilterText): Promise<string> {
  return of.cut ? (await wholeTexts(of)).filter : of.filter;
}

/** "Apply as filter" and "Prepare as filter" for a line of the tree or a cell. */
export function combineFilterOf(of: FilterText, how: Combination, apply: boolean): void {
  wholeFilter(of).then((filter) => combine(filter, how, apply), tellError);
}

/** "Apply as filter" and "Prepare as filter" for an expression. */
export function combine(expression: string, how: Combination, apply: boolean): void {
  const text = combineFilter(useFilter.getState().text, expression, how);
  if (apply) void applyFilter(text);
  else setFilterText(text);
}

export function clearFilter(): void {
  void applyFilter("");
}

/** Follows the filter in force when it changed without the bar, and judges the text anew when its meaning changed. */
export function watchFilter(): () => void {
  const again = () => {
    const { text } = useFilter.getState();
    if (depends(text)) void check(text);
  };
  const ends = [
    watchInForce(),
    useSelection.subscribe((now, before) => {
      if ((now.number === null) !== (before.number === null)) again();
    }),
    // The engine judges by macros that it has been told.
    useSession.subscribe((now, before) => {
      if (now.colorings !== before.colorings) again();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Another capture, or reconnection. */
function watchInForce(): () => void {
  return useSession.subscribe((now, before) => {
    if (now.status.filter === before.status.filter && now.status.capture === before.status.capture) return;
    const { text, applying } = useFilter.getState();
    if (applying !== null || text === now.status.filter) return;
    setFilterText(now.status.filter);
  });
}
