import { ArrowUp, FileDigit, File as FileIcon, Folder, House } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { FolderListing } from "../../../engine/api.ts";
import { byteSize, dayTime } from "../../lib/format.ts";
import { call } from "../../state/session.ts";
import { errorInfo } from "../../transport/types.ts";

/** A folder of the engine's machine. Arrow keys move, Enter goes into a folder or takes a file. */
export function FolderBrowser(props: {
  folder: string | undefined;
  onFolder: (folder: string) => void;
  chosen: string;
  onChoose: (path: string) => void;
  onOpen: (path: string) => void;
  capturesOnly: boolean;
  /** True when the list is what the dialog is opened for. */
  focusFirst?: boolean;
}) {
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [error, setError] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const { folder, onFolder, capturesOnly } = props;

  useEffect(() => {
    let stale = false;
    call("browse", folder === undefined ? {} : { folder }).then(
      (answer) => {
        if (stale) return;
        setListing(answer);
        setError("");
        setAt(0);
        if (folder !== answer.folder) onFolder(answer.folder);
      },
      (failure) => {
        if (!stale) setError(errorInfo(failure).message);
      },
    );
    return () => {
      stale = true;
    };
  }, [folder, onFolder]);

  const entries = (listing?.entries ?? [])
    .filter((entry) => entry.folder || entry.capture || !capturesOnly)
    .sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));

  const take = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    if (entry.folder) onFolder(entry.path);
    else props.onOpen(entry.path);
  };
  const move = (index: number) => {
    const next = Math.min(entries.length - 1, Math.max(0, index));
    setAt(next);
    const entry = entries[next];
    if (entry && !entry.folder) props.onChoose(entry.path);
    list.current
      ?.querySelectorAll<HTMLElement>('[role="option"]')
      [next]?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    switch (event.key) {
      case "ArrowDown":
        move(at + 1);
        break;
      case "ArrowUp":
        move(at - 1);
        break;
      case "Home":
        move(0);
        break;
      case "End":
        move(entries.length - 1);
        break;
      case "Enter":
        take(at);
        break;
      case "Backspace":
        if (listing?.parent) onFolder(listing.parent);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className="browser">
      <div className="browser-bar">
        <button
          type="button"
          className="icon-button"
          aria-label="Folder above"
          disabled={!listing?.parent}
          onClick={() => listing?.parent && onFolder(listing.parent)}
        >
          <ArrowUp size={14} />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Home folder"
          disabled={!listing}
          onClick={() => listing && onFolder(listing.home)}
        >
          <House size={14} />
        </button>
        <span className="browser-folder" title={listing?.folder}>
          {listing?.folder}
        </span>
      </div>
      {error ? (
        <p className="field-note bad" role="alert">
          {error}
        </p>
      ) : null}
      <div
        ref={list}
        className="browser-list"
        data-initial-focus={props.focusFirst || undefined}
        role="listbox"
        tabIndex={0}
        aria-label={`Files in ${listing?.folder ?? "the folder"}`}
        aria-activedescendant={entries[at] ? `browse-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        {entries.map((entry, index) => {
          const Icon = entry.folder ? Folder : entry.capture ? FileDigit : FileIcon;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys
            <div
              key={entry.path}
              id={`browse-${index}`}
              role="option"
              aria-selected={entry.path === props.chosen}
              className={`browser-entry ${index === at ? "at" : ""} ${entry.path === props.chosen ? "chosen" : ""}`}
              onClick={() => {
                setAt(index);
                if (entry.folder) onFolder(entry.path);
                else props.onChoose(entry.path);
              }}
              onDoubleClick={() => take(index)}
            >
              <Icon size={14} className={entry.folder ? "folder" : entry.capture ? "capture" : "dim"} />
              <span className="browser-name">{entry.name}</span>
              <span className="dim num">{entry.folder ? "" : byteSize(entry.bytes)}</span>
              <span className="dim num">{dayTime(entry.modified)}</span>
            </div>
          );
        })}
        {listing && entries.length === 0 ? (
          <p className="dim browser-empty">
            {capturesOnly ? "No captures in this folder." : "This folder is empty."}
          </p>
        ) : null}
      </div>
    </div>
  );
}
