import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useRef } from "react";
import { counted } from "../../lib/format.ts";
import { useSession } from "../../state/session.ts";
import { useUi } from "../../state/ui.ts";

/** Asks before packets that were never saved would be lost. */
export function UnsavedDialog() {
  const question = useUi((state) => state.unsaved);
  const frames = useSession(({ status }) => Math.max(status.frames, status.live.packets));
  const save = useRef<HTMLButtonElement>(null);
  if (!question) return null;
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && question.answer("cancel")}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog small" initialFocus={save}>
          <div className="dialog-head">
            <AlertDialog.Title className="dialog-title">Save the captured packets?</AlertDialog.Title>
          </div>
          <div className="dialog-body">
            <AlertDialog.Description>
              {counted(frames, "captured packet")} {frames === 1 ? "has" : "have"} not been saved.{" "}
              {question.action} would throw them away.
            </AlertDialog.Description>
          </div>
          <div className="dialog-buttons">
            <button type="button" className="button danger" onClick={() => question.answer("discard")}>
              Discard
            </button>
            <span className="grow" />
            <button type="button" className="button" onClick={() => question.answer("cancel")}>
              Cancel
            </button>
            <button
              ref={save}
              type="button"
              className="button primary"
              onClick={() => question.answer("save")}
            >
              Save…
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
