import { create } from "zustand";
import type { Health } from "../../engine/api.ts";
import { type HealthLine, healthGroups } from "../lib/health.ts";
import { errorInfo } from "../transport/types.ts";
import { call } from "./session.ts";

const EVERY_MS = 1000;
/** Seconds that are kept. */
export const HEALTH_SAMPLES = 180;
/** Milliseconds without an answer after which what was before is no longer the same line. */
const GAP_MS = 10_000;

interface HealthState {
  open: boolean;
  now: Health | null;
  /** Why it could not be had; empty when it could. */
  error: string;
  /** Values of each line, by its id, the newest last. */
  history: Record<string, number[]>;
  /** When it was had last. */
  at: number;
}

export const useHealth = create<HealthState>()(() => ({
  open: false,
  now: null,
  error: "",
  history: {},
  at: 0,
}));

export function toggleHealth(): void {
  useHealth.setState(({ open }) => ({ open: !open }));
}

/** Takes an answer; values of lines that are no longer there go. */
export function takeHealth(now: Health, at: number = Date.now()): void {
  useHealth.setState((state) => {
    const before = at - state.at > GAP_MS ? {} : state.history;
    const history: Record<string, number[]> = {};
    const lines: HealthLine[] = healthGroups(now).flatMap((group) => group.lines);
    for (const { id, series } of lines) {
      if (series !== null) history[id] = [...(before[id] ?? []), series.value].slice(-HEALTH_SAMPLES);
    }
    return { now, error: "", history, at };
  });
}

let watchers = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

async function ask(): Promise<void> {
  timer = null;
  try {
    takeHealth(await call("health", {}));
  } catch (error) {
    const { code, message } = errorInfo(error);
    if (code !== "CANCELLED") useHealth.setState({ error: message });
  }
  if (watchers > 0) timer ??= setTimeout(() => void ask(), EVERY_MS);
}

/** Asks once a second as long as someone looks at it; returns what ends it. */
export function watchHealth(): () => void {
  watchers++;
  if (watchers === 1 && timer === null) void ask();
  return () => {
    watchers--;
    if (watchers > 0 || timer === null) return;
    clearTimeout(timer);
    timer = null;
  };
}
