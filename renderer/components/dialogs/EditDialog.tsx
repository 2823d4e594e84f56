import { type ReactNode, useState } from "react";
import { closeDialog } from "../../state/ui.ts";
import { type ImportReport, Report } from "./FileButtons.tsx";
import { Modal } from "./Modal.tsx";

/** A dialog whose entries are kept when they are saved: Ctrl+Enter saves, and leaving with changes asks first. */
export function EditDialog(props: {
  title: string;
  /** Whether something would be lost now. */
  changed: () => boolean;
  /** Saves and closes, or shows what is wrong. */
  onSave: () => void;
  onApply?: () => void;
  /** What is wrong with the entries; empty when nothing is. */
  problem: string;
  /** What came of reading or writing a file; `onReport` with null takes it away. */
  report: ImportReport | null;
  onReport: (report: ImportReport | null) => void;
  /** What stands at the left of the buttons. */
  tools: ReactNode;
  children: ReactNode;
}) {
  const { onSave, onApply, problem, report } = props;
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    if (props.changed() && !leaving) setLeaving(true);
    else closeDialog();
  };
  return (
    <Modal
      title={props.title}
      size="large"
      onClose={leave}
      buttons={
        leaving ? (
          <>
            <span className="dialog-question" role="alert">
              The changes have not been saved.
            </span>
            <span className="grow" />
            <button type="button" className="button" onClick={() => setLeaving(false)}>
              Go on editing
            </button>
            <button type="button" className="button danger" onClick={closeDialog}>
              Discard them
            </button>
            <button type="button" className="button primary" onClick={onSave}>
              Save
            </button>
          </>
        ) : (
          <>
            {props.tools}
            <span className="grow" />
            <button type="button" className="button" onClick={closeDialog}>
              Cancel
            </button>
            {onApply ? (
              <button type="button" className="button" onClick={onApply}>
                Apply
              </button>
            ) : null}
            <button type="button" className="button primary" onClick={onSave}>
              Save
            </button>
          </>
        )
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter saves from every field */}
      <div
        className="entries-dialog"
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSave();
        }}
      >
        {props.children}
        {problem ? (
          <p className="dialog-problem" role="alert">
            {problem}
          </p>
        ) : null}
        {report ? <Report report={report} onClose={() => props.onReport(null)} /> : null}
      </div>
    </Modal>
  );
}
