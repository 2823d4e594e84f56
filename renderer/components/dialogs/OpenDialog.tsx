import { Upload } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { folderOf } from "../../lib/format.ts";
import { openFile, openPath } from "../../state/capture.ts";
import { status, useSession } from "../../state/session.ts";
import { closeDialog } from "../../state/ui.ts";
import { FolderBrowser } from "./FolderBrowser.tsx";
import { Modal } from "./Modal.tsx";

function firstFolder(): string | undefined {
  const { file } = status();
  return file && !file.temporary ? folderOf(file.path) : undefined;
}

/** Opens a capture in the browser face: from the engine's machine, or sent from this one. */
export function OpenDialog() {
  const hostname = useSession((state) => state.hello?.hostname ?? "");
  const [folder, setFolder] = useState<string | undefined>(firstFolder);
  const [path, setPath] = useState("");
  const [capturesOnly, setCapturesOnly] = useState(true);
  const [follow, setFollow] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const onFolder = useCallback((next: string) => setFolder(next), []);
  const open = (chosen: string) => {
    if (chosen.trim() === "") return;
    closeDialog();
    void openPath(chosen.trim(), follow);
  };
  return (
    <Modal
      title="Open a capture"
      size="large"
      onClose={closeDialog}
      buttons={
        <>
          <button type="button" className="button" onClick={() => input.current?.click()}>
            <Upload size={13} /> Send a file from this computer…
          </button>
          <span className="grow" />
          <button type="button" className="button" onClick={closeDialog}>
            Cancel
          </button>
          <button
            type="button"
            className="button primary"
            disabled={path.trim() === ""}
            onClick={() => open(path)}
          >
            Open
          </button>
        </>
      }
    >
      <p className="dim">Files on {hostname || "the engine's machine"}</p>
      <FolderBrowser
        folder={folder}
        onFolder={onFolder}
        chosen={path}
        onChoose={setPath}
        onOpen={open}
        capturesOnly={capturesOnly}
        focusFirst
      />
      <label className="check">
        <input
          type="checkbox"
          checked={!capturesOnly}
          onChange={(event) => setCapturesOnly(!event.target.checked)}
        />
        Show files that do not look like captures
      </label>
      <label className="check">
        <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />
        Follow it as it grows <span className="dim">another program is still writing it</span>
      </label>
      <label className="field">
        <span>Path</span>
        <input
          className="input code"
          value={path}
          spellCheck={false}
          placeholder="/path/to/capture.pcapng"
          onChange={(event) => setPath(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Else the button that gets the focus back would be pressed by it.
            event.preventDefault();
            open(path);
          }}
        />
      </label>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File to send"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (!file) return;
          closeDialog();
          void openFile(file);
        }}
      />
    </Modal>
  );
}
