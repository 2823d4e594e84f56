import { useEffect, useState } from "react";
import type { CaptureProperties } from "../../../engine/api.ts";
import { COMMANDS, MENUS, offered, shortcutsOf } from "../../commands/commands.ts";
import { byteSize, count, duration } from "../../lib/format.ts";
import { isMac } from "../../lib/platform.ts";
import { shortcutText } from "../../lib/shortcuts.ts";
import { call, useSession } from "../../state/session.ts";
import { closeDialog } from "../../state/ui.ts";
import { errorInfo } from "../../transport/types.ts";
import { Modal } from "./Modal.tsx";

function Facts({ facts }: { facts: [string, string | undefined][] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

/** Capture file properties. */
export function PropertiesDialog() {
  const [info, setInfo] = useState<CaptureProperties | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    call("captureInfo", {}).then(setInfo, (failure) => setError(errorInfo(failure).message));
  }, []);
  const rate = info && info.duration > 0 ? info.frames / info.duration : 0;
  return (
    <Modal title="Capture file properties" size="large" onClose={closeDialog}>
      {error ? (
        <p className="field-note bad" role="alert">
          {error}
        </p>
      ) : null}
      {info ? (
        <>
          <h3>File</h3>
          <Facts
            facts={[
              ["Path", info.path],
              ["Size", `${byteSize(info.bytes)} (${count(info.bytes)} bytes)`],
              ["Format", info.format],
              ["Compression", info.compression === "none" ? "" : info.compression],
            ]}
          />
          <h3>Packets</h3>
          <Facts
            facts={[
              ["First packet", info.firstTime ?? "none"],
              ["Last packet", info.lastTime ?? "none"],
              ["Elapsed", info.duration > 0 ? duration(info.duration) : ""],
              ["Packets", count(info.frames)],
              ["Bytes on the wire", count(info.wireBytes)],
              ["Bytes captured", count(info.capturedBytes)],
              ["Average", rate > 0 ? `${rate.toFixed(1)} packets/s` : ""],
              ["Resolved names", info.names > 0 ? count(info.names) : ""],
              ["Decryption secrets", info.secrets > 0 ? count(info.secrets) : ""],
            ]}
          />
          {info.interfaces.map((entry) => (
            <div key={entry.id}>
              <h3>Interface {entry.name || entry.id}</h3>
              <Facts
                facts={[
                  ["Description", entry.description],
                  ["Link type", `${entry.linkTypeName} (${entry.linkType})`],
                  ["Snapshot length", entry.snapLen === 0 ? "unlimited" : `${count(entry.snapLen)} bytes`],
                  ["Capture filter", entry.filter],
                  ["Packets", count(entry.packets)],
                  ["Dropped", entry.dropped === null ? "unknown" : count(entry.dropped)],
                ]}
              />
            </div>
          ))}
          {info.sections.map((section, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: sections are known by their place
            <div key={index}>
              <h3>{info.sections.length > 1 ? `Section ${index + 1}` : "Written by"}</h3>
              <Facts
                facts={[
                  ["Hardware", section.hardware],
                  ["Operating system", section.os],
                  ["Application", section.application],
                  ["Comment", section.comments.join("\n")],
                ]}
              />
            </div>
          ))}
        </>
      ) : null}
    </Modal>
  );
}

/** Every shortcut of the window. */
export function ShortcutsDialog() {
  const panes: [string, string][] = [
    ["Select rows up to here", "Shift+arrow keys or Shift+click"],
    ["Close or open a layer", "← and →, Enter"],
    ["Open all layers", "*"],
    ["Next and previous pane", "Tab and Shift+Tab"],
    ["Back to the filter in force", "Esc in the filter bar"],
    ["Complete what is typed", "Tab in the filter bar, Ctrl+Space for the list"],
    ["Search the filters used before", "Ctrl+R in the filter bar, or ↑ for those that begin so"],
    ["Resize or move a column", "Shift or Alt+← → on its heading"],
  ];
  return (
    <Modal title="Keyboard shortcuts" size="large" onClose={closeDialog}>
      <div className="shortcut-list">
        {MENUS.map((menu) => {
          const entries = COMMANDS.filter(
            (command) => command.menu === menu && offered(command) && shortcutsOf(command).length > 0,
          );
          if (entries.length === 0) return null;
          return (
            <section key={menu}>
              <h3>{menu}</h3>
              {entries.map((command) => (
                <div key={command.id} className="shortcut">
                  <span>{command.title.replace(/…$/, "")}</span>
                  <span>
                    {shortcutsOf(command).map((shortcut) => (
                      <kbd key={shortcut}>{shortcutText(shortcut, isMac)}</kbd>
                    ))}
                  </span>
                </div>
              ))}
            </section>
          );
        })}
        <section>
          <h3>In the panes</h3>
          {panes.map(([what, keys]) => (
            <div key={what} className="shortcut">
              <span>{what}</span>
              <span className="dim">{keys}</span>
            </div>
          ))}
        </section>
      </div>
    </Modal>
  );
}

export function AboutDialog() {
  const hello = useSession((state) => state.hello);
  return (
    <Modal title="About Tapline" size="small" onClose={closeDialog}>
      <p>
        <strong>Tapline {hello?.version}</strong>
      </p>
      <p>Captures, dissects, filters and explains network traffic.</p>
      <p className="dim">
        MIT licence. The engine runs on {hello?.hostname} ({hello?.platform}).
      </p>
    </Modal>
  );
}

/** What is wrong with the capture or its reading. */
export function NoticesDialog() {
  const notices = useSession((state) => state.status.notices);
  return (
    <Modal title="Notices about this capture" onClose={closeDialog}>
      {notices.length === 0 ? <p className="dim">There is nothing to say about this capture.</p> : null}
      {notices.map((notice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notices are only added at the end
        <p key={index} className={`notice severity-${notice.severity}`}>
          {notice.message}
        </p>
      ))}
    </Modal>
  );
}
