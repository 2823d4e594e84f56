import { Download, Upload, X } from "lucide-react";
import { useRef, useState } from "react";
import type { FilterFile, FilterFileContent, FilterMacro } from "../../../engine/api.ts";
import { counted } from "../../lib/format.ts";
import { downloadText, TEXT_FILE_LIMIT } from "../../lib/text-files.ts";
import { call, tell, tellError } from "../../state/session.ts";
import { IconButton } from "../CommandButton.tsx";

/** What reading a file came to. */
export interface ImportReport {
  name: string;
  taken: number;
  problems: FilterFileContent["problems"];
}

/** "Import…" and "Export…" for one of Wireshark's files. */
export function FileButtons(props: {
  kind: FilterFile["kind"];
  /** What is written: the list as it is being edited. */
  file: () => FilterFile;
  /** The macros that the file's filters may use; left out, those in force. */
  macros?: FilterMacro[];
  onRead: (content: FilterFileContent) => void;
  onReport: (report: ImportReport) => void;
}) {
  const { kind } = props;
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File) => {
    if (file.size > TEXT_FILE_LIMIT) {
      tell("error", `“${file.name}” is too large to be a list of filters.`);
      return;
    }
    try {
      const content = await call("readFilterFile", {
        kind,
        text: await file.text(),
        ...(props.macros ? { macros: props.macros } : {}),
      });
      props.onRead(content);
      props.onReport({ name: file.name, taken: content.entries.length, problems: content.problems });
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <Upload size={13} /> Import…
      </button>
      <button
        type="button"
        className="button"
        onClick={() =>
          call("writeFilterFile", { file: props.file() }).then(
            ({ text }) => downloadText(kind, text),
            tellError,
          )
        }
      >
        <Download size={13} /> Export…
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`File ${kind}`}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file) void read(file);
        }}
      />
    </>
  );
}

/** What was taken from a file, and what is wrong in it, line by line. */
export function Report({ report, onClose }: { report: ImportReport; onClose: () => void }) {
  const [all, setAll] = useState(false);
  const shown = all ? report.problems : report.problems.slice(0, 3);
  return (
    <div className={`import-report ${report.problems.length > 0 ? "warning" : ""}`} role="status">
      <div>
        <p>
          {counted(report.taken, "entry", "entries")} read from “{report.name}”
          {report.problems.length > 0 ? `; ${counted(report.problems.length, "problem")}:` : "."}
        </p>
        <ul>
          {shown.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              <span className="num">Line {line}</span> {message}
            </li>
          ))}
        </ul>
        {shown.length < report.problems.length ? (
          <button type="button" className="text-button" onClick={() => setAll(true)}>
            {report.problems.length - shown.length} more
          </button>
        ) : null}
      </div>
      <IconButton label="Dismiss" icon={<X size={13} />} onClick={onClose} />
    </div>
  );
}
