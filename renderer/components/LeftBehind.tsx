import { FolderOpen, LifeBuoy, Save, Trash2 } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { RecoverableCapture, RecoverableList } from "../../engine/api.ts";
import { byteSize, counted, dayTime, duration } from "../lib/format.ts";
import { openDialogForSave, openLeftBehind } from "../state/capture.ts";
import { call, tellError } from "../state/session.ts";

/** Which of them is about to be discarded: one by its id, or all. */
type Doomed = { id: string } | "all" | null;

/** More bytes than the longest packet takes. */
const ONE_PACKET = 512 * 1024;

function spanOf({ firstTime, lastTime }: RecoverableCapture): string {
  if (firstTime === null || lastTime === null) return "";
  return `, ${duration((Date.parse(lastTime) - Date.parse(firstTime)) / 1000)}`;
}

function describe(capture: RecoverableCapture): string {
  const { packets, bytes, torn, filter, saved } = capture;
  const parts = [`${counted(packets, "packet")}${spanOf(capture)}`, byteSize(bytes)];
  if (filter) parts.push(`filter “${filter}”`);
  if (torn > ONE_PACKET) parts.push(`${byteSize(torn)} behind the last packet cannot be read`);
  else if (torn > 0) parts.push("one more was being written and is not whole");
  if (saved !== null) parts.push(`saved as ${saved}`);
  return parts.join(" · ");
}

/** Captures that were never saved, of a Tapline that was killed: to open, to save, to discard. */
export function LeftBehind() {
  const [list, setList] = useState<RecoverableList | null>(null);
  const [doomed, setDoomed] = useState<Doomed>(null);
  /** What it was decided against to discard, last. */
  const [kept, setKept] = useState<Doomed>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(() => call("recoverable", {}).then(setList, tellError), []);
  useEffect(() => void load(), [load]);
  if (list === null || list.captures.length === 0) return null;
  const { captures, bytes, limit } = list;

  const open = async (id: string, save: boolean) => {
    setBusy(true);
    const isOpen = await openLeftBehind(id);
    if (isOpen && save) openDialogForSave("all");
    if (!isOpen) await load();
    setBusy(false);
  };
  const discard = async (ids: string[]) => {
    setBusy(true);
    setDoomed(null);
    for (const id of ids) await call("recover", { action: "discard", id }).catch(tellError);
    await load();
    setBusy(false);
  };
  const keep = () => {
    setDoomed(null);
    setKept(doomed);
  };
  const question = (text: string, ids: string[]) => (
    <>
      <span role="alert">{text}</span>
      <button type="button" className="button small danger" disabled={busy} onClick={() => void discard(ids)}>
        Discard
      </button>
      <button
        type="button"
        className="button small"
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that had the focus
        autoFocus
        onClick={keep}
      >
        Keep
      </button>
    </>
  );
  return (
    <section
      className="left-behind"
      aria-labelledby="left-behind"
      data-testid="left-behind"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || doomed === null) return;
        event.stopPropagation();
        keep();
      }}
    >
      <div className="left-behind-head">
        <LifeBuoy size={16} aria-hidden />
        <div className="grow">
          <h2 id="left-behind">
            {captures.length === 1
              ? "A capture was not saved when Tapline ended"
              : `${captures.length} captures were not saved when Tapline ended`}
          </h2>
          {bytes > limit ? (
            <p>
              {captures.length === 1 ? "It takes" : "They take"} {byteSize(bytes)}, more than{" "}
              {byteSize(limit)}. Discard what is not needed.
            </p>
          ) : null}
        </div>
        {doomed === "all" ? (
          question(
            "Discard them all for good?",
            captures.map(({ id }) => id),
          )
        ) : captures.length > 1 ? (
          <button
            type="button"
            className="button small"
            // biome-ignore lint/a11y/noAutofocus: the question was answered, and the focus goes back
            autoFocus={kept === "all"}
            disabled={busy}
            onClick={() => setDoomed("all")}
          >
            Discard all…
          </button>
        ) : null}
      </div>
      <ul aria-label="Captures that were not saved">
        {captures.map((capture) => {
          const { id } = capture;
          const name = capture.interfaces.join(", ") || "unknown interface";
          return (
            <li key={id}>
              <div className="grow">
                <strong>{name}</strong> <span className="dim num">{dayTime(capture.started)}</span>
                <div className="dim num left-behind-what">{describe(capture)}</div>
              </div>
              {doomed !== null && doomed !== "all" && doomed.id === id ? (
                question("Discard it for good?", [id])
              ) : (
                <>
                  <button
                    type="button"
                    className="button small primary"
                    disabled={busy}
                    onClick={() => void open(id, false)}
                  >
                    <FolderOpen size={12} /> Open
                  </button>
                  <button
                    type="button"
                    className="button small"
                    disabled={busy || capture.packets === 0}
                    onClick={() => void open(id, true)}
                  >
                    <Save size={12} /> Save as…
                  </button>
                  <button
                    type="button"
                    className="button small"
                    disabled={busy}
                    // biome-ignore lint/a11y/noAutofocus: the question was answered, and the focus goes back
                    autoFocus={kept !== null && kept !== "all" && kept.id === id}
                    onClick={() => setDoomed({ id })}
                  >
                    <Trash2 size={12} /> Discard…
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
