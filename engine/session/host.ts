/** What sessions of one process share, made once by each face. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hello } from "../api.ts";
import { SpoolKeeper } from "../capture/index.ts";
import { installationFolder } from "../installation.ts";
import { CaptureDesk } from "./capture-desk.ts";
import { ProtocolFiles } from "./protocol-files.ts";
import type { SessionHost } from "./session.ts";
import { RecentStore, SettingsStore, stateFolder } from "./stores.ts";

/**
 * @param face which face the sessions serve
 * @param protocolFiles paths of protocol files beside those in the settings' folder
 * @throws Error when the folder for spool files cannot be made
 */
export function makeHost(face: Hello["face"], protocolFiles: readonly string[] = []): SessionHost {
  const root = installationFolder();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const folder = stateFolder();
  const spoolFolder = join(folder, "spool");
  mkdirSync(spoolFolder, { recursive: true, mode: 0o700 });
  const protocols = new ProtocolFiles(join(folder, "protocols"), protocolFiles);
  protocols.watch();
  return {
    face,
    version,
    sample: samplePath(root),
    spools: new SpoolKeeper(spoolFolder),
    heaps: join(folder, "heaps"),
    settings: new SettingsStore(folder),
    recent: new RecentStore(folder),
    desk: new CaptureDesk(join(folder, "extcap")),
    protocols,
  };
}

/** The bundled sample capture, null when it has not been built. */
function samplePath(root: string): string | null {
  const place = join(root, "dist", "samples", "sample.pcapng");
  return existsSync(place) ? place : null;
}
