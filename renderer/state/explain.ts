import { create } from "zustand";
import type { FilterClause, FilterExplanation, FilterValue } from "../../engine/api.ts";
import { nodeAt, pathId } from "../lib/tree.ts";
import { errorInfo } from "../transport/types.ts";
import { selectedFrame, useFilter } from "./filter.ts";
import { hoverNode, selectNode, showFrameAlone, useSelection } from "./selection.ts";
import { call, status, useSession } from "./session.ts";

interface ExplainState {
  open: boolean;
  /** A packet asked about by its number; null for the selected one. */
  pinned: number | null;
  explanation: FilterExplanation | null;
  /** The filter that is explained; places of clauses are places in it. */
  expression: string;
  /** Why nothing is explained; empty when something is. */
  message: string;
  /** The clause that is pointed at. */
  over: FilterClause | null;
}

/** "Why does this packet match?": the clauses of the filter in the bar with their verdicts on a packet. */
export const useExplain = create<ExplainState>()(() => ({
  open: false,
  pinned: null,
  explanation: null,
  expression: "",
  message: "",
  over: null,
}));

const get = useExplain.getState;
const set = useExplain.setState;

/** Opens the panel. @param number packet to ask about; the selected one when left out */
export function openExplanation(number: number | null = null): void {
  set({ open: true, pinned: number });
  refresh();
}

export function closeExplanation(): void {
  set({ open: false, pinned: null, explanation: null, over: null, message: "" });
  asked = "";
}

/** Asks about a packet by its number, whether it is displayed or not; null follows the selection again. */
export function pinExplanation(number: number | null): void {
  set({ pinned: number });
  refresh();
}

export function pointAtClause(over: FilterClause | null): void {
  if (get().over !== over) set({ over });
}

/** What the newest question was about; an answer to an older one is dropped. */
let asked = "";
let asking = false;

interface Question {
  expression: string;
  number: number;
}

/** What is to be explained now, or why nothing can be. */
function question(): Question | string {
  const { text, verdict, judged } = useFilter.getState();
  const number = get().pinned ?? useSelection.getState().number;
  if (text.trim() === "") return "Type a display filter to see which of its clauses a packet fulfils.";
  if (judged === text && verdict.verdict === "error") return `The filter cannot be read: ${verdict.message}.`;
  if (number === null) return "Select a packet to see why it matches, or does not.";
  return { expression: text, number };
}

function refresh(): void {
  if (!get().open) return;
  const now = question();
  if (typeof now === "string") {
    asked = "";
    // What was explained stays while a filter is being changed.
    set({ message: now, over: null });
    return;
  }
  const key = `${status().capture} ${now.number} ${now.expression}`;
  if (key === asked) return;
  asked = key;
  if (!asking) void ask();
}

async function ask(): Promise<void> {
  asking = true;
  for (let key = ""; get().open && asked !== key && asked !== ""; ) {
    key = asked;
    const now = question();
    if (typeof now === "string") break;
    try {
      const explanation = await call("explainFilter", { ...now, reference: selectedFrame() });
      if (asked === key) set({ explanation, expression: now.expression, message: "", over: null });
    } catch (error) {
      const { code, message } = errorInfo(error);
      if (asked === key && code !== "CANCELLED") set({ explanation: null, message, over: null });
    }
  }
  asking = false;
}

/** Selects the line of the tree, and with it the bytes, that a value stands in. */
export function selectValue({ path }: FilterValue): void {
  const { explanation } = get();
  if (path === null || explanation === null) return;
  const { number } = explanation;
  const shown = (): boolean => useSelection.getState().frame?.number === number;
  if (shown()) {
    selectNode(pathId(path));
    return;
  }
  const stop = useSelection.subscribe((now) => {
    if (now.number !== number) stop();
    else if (now.frame?.number === number) {
      stop();
      selectNode(pathId(path));
    }
  });
  if (useSelection.getState().number !== number) showFrameAlone(number);
}

/** Marks the bytes of a value that is pointed at; null for none. */
export function pointAtValue(value: FilterValue | null): void {
  const { frame } = useSelection.getState();
  const here = frame !== null && frame.number === get().explanation?.number;
  hoverNode(here && value?.path ? nodeAt(frame.tree, value.path) : null);
}

/** Follows the filter in the bar, the selected packet and the capture. */
export function watchExplanation(): () => void {
  const ends = [
    useFilter.subscribe((now, before) => {
      if (now.text !== before.text || now.judged !== before.judged) refresh();
    }),
    useSelection.subscribe((now, before) => {
      if (now.number === before.number || now.number === null) return;
      // Going to another packet ends what was asked about one that is not displayed.
      if (get().pinned !== null && get().pinned !== now.number) set({ pinned: null });
      refresh();
    }),
    useSession.subscribe((now, before) => {
      if (now.status.capture === before.status.capture) return;
      asked = "";
      if (get().open) {
        set({ pinned: null, explanation: null });
        refresh();
      }
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
