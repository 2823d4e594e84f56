import { RotateCw, Stethoscope } from "lucide-react";
import { runCommand } from "../commands/commands.ts";
import { filterOfLive } from "../lib/capture-filter.ts";
import { duration } from "../lib/format.ts";
import { isGrowing, useSession } from "../state/session.ts";
import { openDoctor } from "../state/ui.ts";

/** From when on a quiet capture is worth a question, in milliseconds. */
const QUIET_MS = 5_000;

const wholeSeconds = (ms: number): string =>
  ms < 60_000 ? `${Math.floor(ms / 1000)} s` : duration(Math.floor(ms / 1000));

/** In place of a list without packets: what is waited for, or why there is nothing. */
export function NoPackets() {
  const growing = useSession(({ status }) => isGrowing(status));
  const live = useSession(({ status }) => status.live.interfaces.length > 0);
  const interfaces = useSession(({ status }) => status.live.interfaces.join(", "));
  const filter = useSession(({ status }) => filterOfLive(status.live));
  const file = useSession(({ status }) => status.file?.complete ?? false);
  const quiet = useSession(({ status: { live, frames } }) =>
    frames === 0 && live.packets === 0 && live.elapsed >= QUIET_MS ? wholeSeconds(live.elapsed) : "",
  );
  if (!growing && !live) {
    if (!file) return null;
    return (
      <p className="list-empty dim" role="status">
        This capture holds no packets.
      </p>
    );
  }
  return (
    <div className="list-empty">
      {growing ? (
        <p role="status">Waiting for the first packet…</p>
      ) : (
        <strong role="status">No packets were captured</strong>
      )}
      {live ? (
        <p className="no-packets-source dim">
          on {interfaces}
          {filter ? (
            <>
              , of those that match <code>{filter}</code>
            </>
          ) : null}
        </p>
      ) : null}
      {live && (quiet !== "" || !growing) ? (
        <>
          <p className="dim">
            {growing ? `Nothing has arrived for ${quiet}. ` : ""}
            {filter
              ? "The capture filter may be too narrow, or nothing passes this interface."
              : "Nothing passes this interface, or it passes another one."}
          </p>
          <div className="no-packets-ways">
            <button type="button" className="button small" onClick={() => openDoctor()}>
              <Stethoscope size={12} /> Ask the capture doctor
            </button>
            {growing ? null : (
              <button type="button" className="button small" onClick={() => runCommand("capture.start")}>
                <RotateCw size={12} /> Start again
              </button>
            )}
          </div>
        </>
      ) : null}
    </div>
  );
}
