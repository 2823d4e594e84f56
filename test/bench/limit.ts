/** What no analyzer can be faster than: reading the file, and walking its records without looking into them. */
import { closeSync, openSync, readSync } from "node:fs";
import { openCaptureSync } from "../../engine/formats/open.ts";

export interface Limit {
  /** Milliseconds to read every byte, from the system's cache. */
  readonly read: number;
  /** Milliseconds to walk every record. */
  readonly walk: number;
  /** Records in it. */
  readonly frames: number;
}

/** @throws CaptureFileError when it is no capture, or is compressed */
export function limitOf(path: string): Limit {
  readAll(path);
  const started = performance.now();
  readAll(path);
  const read = performance.now() - started;
  const capture = openCaptureSync(path);
  const walking = performance.now();
  let frames = 0;
  while (capture.reader.next()) frames++;
  const walk = performance.now() - walking;
  capture.close();
  return { read, walk, frames };
}

function readAll(path: string): void {
  const buffer = new Uint8Array(1 << 20);
  const fd = openSync(path, "r");
  while (readSync(fd, buffer) > 0);
  closeSync(fd);
}
