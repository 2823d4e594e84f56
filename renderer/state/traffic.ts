import { create } from "zustand";
import type { InterfaceList, TrafficSample } from "../../engine/api.ts";
import type { Transport } from "../transport/types.ts";
import { errorInfo } from "../transport/types.ts";
import { call } from "./session.ts";

/** Seconds of traffic that are kept. */
export const TRAFFIC_SAMPLES = 60;

interface TrafficState {
  list: InterfaceList | null;
  /** Why the list could not be had; empty when it could. */
  error: string;
  /** Packets per second of each interface, the newest last. */
  history: Record<string, number[]>;
  now: Record<string, TrafficSample>;
}

export const useTraffic = create<TrafficState>()(() => ({ list: null, error: "", history: {}, now: {} }));

export async function loadInterfaces(): Promise<void> {
  try {
    useTraffic.setState({ list: await call("interfaces", {}), error: "" });
  } catch (error) {
    const info = errorInfo(error);
    if (info.code !== "CANCELLED") useTraffic.setState({ error: info.message });
  }
}

let counted: string | null = null;

/** Looks for the interfaces again when one came or went: something was plugged in, a VPN was started. */
function watchNames(samples: readonly TrafficSample[]): void {
  const names = samples
    .map(({ name }) => name)
    .sort()
    .join("\n");
  if (counted !== null && counted !== names) void loadInterfaces();
  counted = names;
}

function take(samples: TrafficSample[]): void {
  watchNames(samples);
  useTraffic.setState((state) => {
    const history = { ...state.history };
    const now = { ...state.now };
    for (const sample of samples) {
      history[sample.name] = [...(history[sample.name] ?? []), sample.packetsPerSecond].slice(
        -TRAFFIC_SAMPLES,
      );
      now[sample.name] = sample;
    }
    return { history, now };
  });
}

let watchers = 0;

/** Watches the interfaces' traffic as long as someone looks at it; returns what ends it. */
export function watchTraffic(): () => void {
  watchers++;
  if (watchers === 1) call("watchTraffic", { on: true }).catch(() => {});
  return () => {
    watchers--;
    if (watchers === 0) call("watchTraffic", { on: false }).catch(() => {});
  };
}

/** Asks for traffic again after a reconnection. */
export function resumeTraffic(): void {
  if (watchers > 0) call("watchTraffic", { on: true }).catch(() => {});
}

export function bindTraffic(transport: Transport): () => void {
  return transport.on("traffic", take);
}
