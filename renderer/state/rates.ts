import { create } from "zustand";
import type { LiveStatus } from "../../engine/api.ts";
import { useSession } from "./session.ts";

/** Values of each interface that are kept; they come twice a second. */
export const RATE_SAMPLES = 120;

interface RatesState {
  /** Packets per second of each interface of the running capture, in the order of its rates, the newest last. */
  history: number[][];
  elapsed: number;
}

/** How fast packets came in over the last minute. */
export const useRates = create<RatesState>()(() => ({ history: [], elapsed: 0 }));

/** Takes what a status tells, once for each time it was counted. */
export function takeRates({ elapsed, rates }: LiveStatus): void {
  const before = useRates.getState();
  if (elapsed === before.elapsed) return;
  const isNew = elapsed < before.elapsed || rates.length !== before.history.length;
  useRates.setState({
    elapsed,
    history: rates.map(({ packetsPerSecond }, index) =>
      [...(isNew ? [] : (before.history[index] ?? [])), packetsPerSecond].slice(-RATE_SAMPLES),
    ),
  });
}

export const watchRates = (): (() => void) => useSession.subscribe(({ status }) => takeRates(status.live));
