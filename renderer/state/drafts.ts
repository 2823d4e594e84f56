import { useCallback, useEffect, useRef, useState } from "react";
import { tellError } from "./session.ts";

/** An entry of a list that is being edited; the number tells equal entries apart. */
export type Drafted<T> = T & { readonly draftId: number };

let lastId = 0;
const draft = <T>(entry: T): Drafted<T> => ({ ...entry, draftId: ++lastId });

/** A list that a dialog edits before it is kept: its entries, and which of them is selected. */
export interface Drafts<T> {
  readonly entries: readonly Drafted<T>[];
  /** Index of the selected entry, -1 without entries. */
  readonly at: number;
  readonly selected: Drafted<T> | null;
  readonly select: (at: number) => void;
  /** Changes the entry at a place; the selected one without it. */
  readonly change: (part: Partial<T>, at?: number) => void;
  /** Adds an entry behind the selected one and selects it. */
  readonly add: (entry: T) => void;
  readonly remove: (at: number) => void;
  readonly move: (from: number, to: number) => void;
  readonly replace: (entries: readonly T[]) => void;
  /** The entries as they are kept. */
  readonly plain: () => T[];
}

/** @param first the entries to begin with, read once */
export function useDrafts<T extends object>(first: () => readonly T[]): Drafts<T> {
  const [state, setState] = useState(() => {
    const entries: readonly Drafted<T>[] = first().map(draft);
    return { entries, at: entries.length > 0 ? 0 : -1 };
  });
  const { entries, at } = state;
  const within = (index: number, length: number) =>
    Math.max(Math.min(index, length - 1), length > 0 ? 0 : -1);
  return {
    entries,
    at,
    selected: entries[at] ?? null,
    select: (index) => setState((now) => ({ ...now, at: within(index, now.entries.length) })),
    change: (part, index) =>
      setState((now) => ({
        ...now,
        entries: now.entries.map((entry, i) => (i === (index ?? now.at) ? { ...entry, ...part } : entry)),
      })),
    add: (entry) =>
      setState((now) => ({
        entries: now.entries.toSpliced(now.at + 1, 0, draft(entry)),
        at: now.at + 1,
      })),
    remove: (index) =>
      setState((now) => {
        const rest = now.entries.toSpliced(index, 1);
        return { entries: rest, at: within(index < now.at ? now.at - 1 : now.at, rest.length) };
      }),
    move: (from, to) =>
      setState((now) => {
        const moved = now.entries[from];
        if (!moved || to < 0 || to >= now.entries.length) return now;
        return { entries: now.entries.toSpliced(from, 1).toSpliced(to, 0, moved), at: to };
      }),
    replace: (list) => setState({ entries: list.map(draft), at: list.length > 0 ? 0 : -1 }),
    plain: () => entries.map(({ draftId: _, ...entry }) => entry as unknown as T),
  };
}

const JUDGE_DELAY_MS = 120;

/** The engine's answer about what is being edited. */
export interface Judged<T> {
  /** Null until the first answer; about how things were a moment ago when it is not `fresh`. */
  readonly answer: T | null;
  readonly fresh: boolean;
}

/**
 * What the engine says of texts that are being edited.
 * @param key what is judged, as text: equal keys mean equal answers
 * @param ask asks the engine about what the key says
 */
export function useJudged<T>(key: string, ask: () => Promise<T>): Judged<T> {
  const [judged, setJudged] = useState<{ key: string; answer: T } | null>(null);
  const latest = useRef(ask);
  latest.current = ask;
  const run = useCallback((of: string, isStale: () => boolean) => {
    latest.current().then((answer) => {
      if (!isStale()) setJudged({ key: of, answer });
    }, tellError);
  }, []);
  const first = judged === null;
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => run(key, () => stale), first ? 0 : JUDGE_DELAY_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [key, run, first]);
  return { answer: judged?.answer ?? null, fresh: judged?.key === key };
}
