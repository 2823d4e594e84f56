import { Pause, Play, SkipBack, SkipForward, X } from "lucide-react";
import { useEffect, useState } from "react";
import { runCommand } from "../commands/commands.ts";
import { count, duration } from "../lib/format.ts";
import {
  goInReplay,
  playReplay,
  SPEEDS,
  setReplaySpeed,
  stepReplay,
  toggleReplay,
  useReplay,
} from "../state/replay.ts";
import { useSession } from "../state/session.ts";
import { focusPane } from "../state/ui.ts";
import { IconButton } from "./CommandButton.tsx";

const KEYS: Record<string, string> = { ".": "replay.next", ",": "replay.previous", k: "replay.play" };
/** Seconds from which on it is said when the next packet comes. */
const WORTH_SAYING = 1;

/** Step mode: the list ends at a packet, which is moved from here. */
export function ReplayBar() {
  const replay = useSession((state) => state.status.replay);
  const frames = useSession((state) => state.status.frames);
  const speed = useReplay((state) => state.speed);
  /** Where the slider is held, until the list is there. */
  const [held, setHeld] = useState<number | null>(null);
  const position = replay?.position ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list has come to where the slider is
  useEffect(() => setHeld(null), [position]);
  if (replay === null) return null;
  const playing = replay.speed !== null;
  const leave = () => {
    toggleReplay();
    focusPane("packet-list");
  };
  return (
    <section
      className="bar replay"
      aria-label="Step mode"
      data-testid="replay"
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        // Its slider and its list would keep the keys for themselves.
        const command = KEYS[event.key.toLowerCase()];
        if (event.key !== "Escape" && command === undefined) return;
        event.preventDefault();
        if (command === undefined) leave();
        else runCommand(command);
      }}
    >
      <span className="dim">Step mode</span>
      <IconButton
        label="Step back"
        hint=","
        icon={<SkipBack size={14} />}
        disabled={position <= 1}
        onClick={() => void stepReplay(-1)}
      />
      <IconButton
        label="Step forward"
        hint="."
        icon={<SkipForward size={14} />}
        disabled={position >= frames}
        onClick={() => void stepReplay(1)}
      />
      <IconButton
        label={playing ? "Pause" : "Play"}
        hint="K"
        icon={playing ? <Pause size={14} /> : <Play size={14} />}
        onClick={playReplay}
      />
      <select
        className="input"
        aria-label="Speed"
        value={speed}
        onChange={(event) => setReplaySpeed(Number(event.target.value))}
      >
        {SPEEDS.map((value) => (
          <option key={value} value={value}>
            ×{value}
          </option>
        ))}
      </select>
      <input
        type="range"
        className="replay-slider"
        aria-label="Last packet shown"
        aria-valuetext={`packet ${count(position)} of ${count(frames)}`}
        min={Math.min(1, frames)}
        max={frames}
        value={held ?? position}
        onChange={(event) => {
          const to = Number(event.target.value);
          setHeld(to);
          void goInReplay(to);
        }}
      />
      <span className="num replay-place" role="status">
        {count(position)} <span className="dim">of {count(frames)}</span>
      </span>
      <span className="dim num replay-next">
        {playing ? (replay.next === null ? "waiting for packets" : nextText(replay.next)) : ""}
      </span>
      <IconButton label="Leave step mode" hint="Esc" icon={<X size={14} />} onClick={leave} />
    </section>
  );
}

const nextText = (seconds: number): string =>
  seconds < WORTH_SAYING ? "" : `next in ${duration(Math.ceil(seconds))}`;
