/** Captures a browser sends: written to a private temporary folder that goes when the server ends. */
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ErrorInfo } from "../engine/api.ts";
import { isAlive, ownerOf, ownerSchema } from "../engine/capture/owner.ts";
import { UPLOAD_PREFIX } from "../engine/session/stores.ts";

/** In an upload folder: whose it is. */
const OWNER = "owner.json";

function makeFolder(): string {
  const folder = mkdtempSync(UPLOAD_PREFIX);
  writeFileSync(join(folder, OWNER), JSON.stringify(ownerOf(process.pid)), { mode: 0o600 });
  return folder;
}

/** Removes what servers that were killed had been sent: copies, meant to go with them. */
export function sweepUploads(): void {
  const place = dirname(UPLOAD_PREFIX);
  for (const name of readdirSync(place)) {
    if (!name.startsWith(basename(UPLOAD_PREFIX))) continue;
    const folder = join(place, name);
    try {
      const owner = ownerSchema.parse(JSON.parse(readFileSync(join(folder, OWNER), "utf8")));
      if (!isAlive(owner, 0)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or it cannot be told whose.
    }
  }
}

export class UploadFolder {
  #folder: string | null = null;
  #count = 0;

  /** A path for a file the user calls `name`, in a folder of its own so that the name can stay. */
  place(name: string): string {
    this.#folder ??= makeFolder();
    const folder = join(this.#folder, String(++this.#count));
    mkdirSync(folder, { mode: 0o700 });
    return join(folder, name);
  }

  remove(): void {
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }
}

/** The last part of what a browser says the file is called, without anything that means something in a path. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? "";
  const plain = last.replace(/[\0-\x1f\x7f:*?"<>|]/g, "_").slice(-200);
  return /^\.*$/.test(plain) ? "capture" : plain;
}

/** Receives the body of a PUT; answers the path it was written to. */
export async function receiveUpload(
  request: IncomingMessage,
  name: string,
  uploads: UploadFolder,
): Promise<{ status: number; body: { path: string } | ErrorInfo }> {
  let path = "";
  try {
    path = uploads.place(plainName(name));
    await pipeline(request, createWriteStream(path, { flags: "wx", mode: 0o600 }));
    return { status: 200, body: { path } };
  } catch (error) {
    if (path !== "") rmSync(path, { force: true });
    const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
    const message = full
      ? `There is no space left for "${name}" in ${tmpdir()}.`
      : `"${name}" could not be received: ${error instanceof Error ? error.message : error}.`;
    return { status: full ? 507 : 500, body: { code: full ? "NO_SPACE" : "UNREADABLE", message } };
  }
}
