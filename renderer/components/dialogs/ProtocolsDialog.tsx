import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect } from "react";
import type { ProtocolFile } from "../../../engine/api.ts";
import { copyText } from "../../lib/clipboard.ts";
import { counted } from "../../lib/format.ts";
import { takeProtocols, useProtocols } from "../../state/protocols.ts";
import { call, isDesktop, tell, tellError } from "../../state/session.ts";
import { closeDialog } from "../../state/ui.ts";
import { Modal } from "./Modal.tsx";

/** The files that describe protocols: what each of them describes, or what is wrong with it. */
export function ProtocolsDialog() {
  const { folder, files } = useProtocols((state) => state.list);
  useEffect(() => {
    call("protocolFiles", {}).then((list) => takeProtocols(list, false), tellError);
  }, []);
  const open = () => {
    const opened = window.tapline?.openProtocolFolder?.() ?? Promise.resolve(false);
    opened.then((done) => !done && tell("error", `The folder "${folder}" cannot be opened.`), tellError);
  };
  const copy = () => {
    copyText(folder).then(() => tell("note", "The path of the folder is on the clipboard."), tellError);
  };
  return (
    <Modal
      title="Protocol files"
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          {isDesktop() ? (
            <button type="button" className="button" onClick={open}>
              Open folder
            </button>
          ) : (
            <button type="button" className="button" onClick={copy}>
              Copy path of folder
            </button>
          )}
          <button
            type="button"
            className="button primary"
            onClick={() => {
              call("reloadProtocolFiles", {}).then((list) => takeProtocols(list, false), tellError);
            }}
          >
            Reload
          </button>
        </>
      }
    >
      <p className="dim">
        Files in <code>{folder}</code> and those named on the command line describe protocols of your own.
        They are read again as soon as they change.
      </p>
      {files.length === 0 ? <p>There is no protocol file yet.</p> : null}
      <ul className="protocol-files" data-testid="protocol-files">
        {files.map((file) => (
          <ProtocolFileItem key={file.path} file={file} />
        ))}
      </ul>
    </Modal>
  );
}

function ProtocolFileItem({ file }: { file: ProtocolFile }) {
  const { protocol, problems } = file;
  return (
    <li>
      <div className="protocol-file" title={file.path}>
        {protocol ? (
          <CircleCheck size={14} className="protocol-good" aria-label="Loaded" />
        ) : (
          <CircleAlert size={14} className="protocol-bad" aria-label="Broken" />
        )}
        <code>{file.name}</code>
        <span>{protocol ? `${protocol.title} (${protocol.name})` : counted(problems.length, "problem")}</span>
        {protocol ? <span className="dim">{protocol.on || "by hand only"}</span> : null}
      </div>
      {problems.map((problem) => (
        <p key={`${problem.line}/${problem.path}/${problem.message}`} className="notice severity-error">
          Line {problem.line}
          {problem.path ? (
            <>
              , <code>{problem.path}</code>
            </>
          ) : null}
          : {problem.message}
        </p>
      ))}
    </li>
  );
}
