import { create } from "zustand";
import type { ParamsIn } from "../../engine/api.ts";
import { goToFrame, selectRow, useSelection } from "./selection.ts";
import { call, isCapturing, status, tellError, useSession } from "./session.ts";

/** How many times as fast as they came packets are shown. */
export const SPEEDS = [1, 10, 100] as const;

/** The speed that packets are played at, once they are. */
export const useReplay = create<{ speed: number }>()(() => ({ speed: SPEEDS[0] }));

export const isReplaying = (): boolean => status().replay !== null;

/** Milliseconds between two packets that are selected while playing: a list that never rests cannot be read. */
const PACE_MS = 400;

/** True from a step until the list that it made is told. */
let stepping = false;

async function ask(params: ParamsIn<"replay">): Promise<void> {
  stepping = params.action === "step" || params.action === "go";
  await call("replay", params).catch(tellError);
}

/** Begins at the selected packet, while capturing at the newest; or shows all packets again. */
export function toggleReplay(): void {
  const { number } = useSelection.getState();
  if (isReplaying()) void ask({ action: "leave" });
  else void ask({ action: "begin", ...(number === null || isCapturing() ? {} : { at: number }) });
}

export const stepReplay = (by: number): Promise<void> => ask({ action: "step", by });

const isPlaying = (): boolean => status().replay?.speed != null;

/** Plays, or stops playing. */
export function playReplay(): void {
  void ask(isPlaying() ? { action: "pause" } : { action: "play", speed: useReplay.getState().speed });
}

/** Plays at another speed, now or when it begins. */
export function setReplaySpeed(speed: number): void {
  useReplay.setState({ speed });
  if (isPlaying()) void ask({ action: "play", speed });
}

let wanted: number | null = null;
let going = false;

/** Ends the list at a packet; while one is on its way only the last wanted is asked for next. */
export async function goInReplay(to: number): Promise<void> {
  wanted = to;
  if (going) return;
  going = true;
  while (wanted !== null) {
    const next: number = wanted;
    wanted = null;
    await ask({ action: "go", to: next });
  }
  going = false;
}

/** Selects the last packet of the list. */
function selectLast(): void {
  const { replay, sort, displayed } = status();
  if (replay === null || displayed === 0) return;
  if (sort === null) selectRow(displayed - 1, { keep: false });
  else goToFrame(replay.position).catch(tellError);
}

let resting: ReturnType<typeof setTimeout> | null = null;
/** The row that was selected last while playing; null before. */
let followed: number | null = null;

/** Selects the packet that a step brought; while playing, as long as the last one is what is looked at. */
export function watchReplay(): () => void {
  return useSession.subscribe(({ status: now }, { status: before }) => {
    if (now.replay === null || before.replay === null || now.replay.position <= before.replay.position)
      return;
    // Where packets went, the selection follows the list as it does with another filter.
    if (now.capture !== before.capture || now.view !== before.view || now.displayed <= before.displayed)
      return;
    const { row } = useSelection.getState();
    if (stepping) {
      stepping = false;
      selectLast();
    } else if (resting === null && now.sort === null && (row === followed || row === before.displayed - 1)) {
      selectLast();
      followed = now.displayed - 1;
      resting = setTimeout(() => {
        resting = null;
        // Another packet was chosen meanwhile: that one stays.
        if (useSelection.getState().row === followed && status().replay?.speed === null) selectLast();
      }, PACE_MS);
    }
  });
}
