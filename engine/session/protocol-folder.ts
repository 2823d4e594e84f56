/** The folder of protocol files, looked at without reading any. */
import { readdirSync } from "node:fs";

const FILE_NAME = /^[^.].*\.(ya?ml|json)$/i;
/** Protocol files of one folder that are read. */
const MOST_FILES = 500;

/** Names of the protocol files in a folder; none when there is no such folder. */
export function protocolFilesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => FILE_NAME.test(name));
    return names.sort().slice(0, MOST_FILES);
  } catch {
    return [];
  }
}
