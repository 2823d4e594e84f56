/** A folder for files that live no longer than the run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes a folder only this user can read. `remove` may be called more than once. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tapline-"));
  const remove = (): void => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // A leftover in the folder for temporary files does no harm.
    }
  };
  return { path, remove };
}
