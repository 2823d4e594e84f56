/** Lists folders for the browser face's file dialog. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ApiError, type FolderListing } from "../api.ts";

const CAPTURE_NAME = /\.(pcap|pcapng|cap|ntar|dmp)(\.(gz|zst))?(\d*)$/i;
/** A folder with more entries is cut; the dialog is no file manager. */
const LIMIT = 5000;

/**
 * @param folder absolute or relative to the home folder; the home folder when left out
 * @throws ApiError NOT_FOUND or UNREADABLE naming the folder
 */
export function browse(folder: string | undefined): FolderListing {
  const home = homedir();
  const wanted = resolve(
    home,
    folder === undefined || folder === "" ? "." : folder.replace(/^~(?=$|\/)/, home),
  );
  let place: string;
  let names: string[];
  try {
    place = realpathSync(wanted);
    names = readdirSync(place);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new ApiError("NOT_FOUND", `There is no folder "${wanted}".`);
    if (code === "ENOTDIR") throw new ApiError("NOT_FOUND", `"${wanted}" is a file, not a folder.`);
    throw new ApiError("UNREADABLE", `The folder "${wanted}" cannot be read (${code ?? error}).`);
  }
  const entries = names.slice(0, LIMIT).flatMap((name) => {
    try {
      const path = join(place, name);
      const stat = statSync(path);
      const entry = {
        name,
        path,
        folder: stat.isDirectory(),
        bytes: stat.size,
        modified: stat.mtime.toISOString(),
        capture: stat.isFile() && CAPTURE_NAME.test(name),
      };
      return stat.isDirectory() || stat.isFile() ? [entry] : [];
    } catch {
      return []; // vanished or a dangling link
    }
  });
  entries.sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));
  const parent = dirname(place);
  return { folder: place, parent: parent === place ? null : parent, home, entries };
}
