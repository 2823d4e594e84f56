import type { FormatNotice } from "./types.ts";

/**
 * What a notice tells the user.
 * @param frames frames read so far: an error ends the reading, so its place in the list is told beside its offset
 */
export function noticeText({ severity, message }: FormatNotice, frames: number): string {
  if (severity !== "error") return message;
  return `${message} ${frames === 0 ? "No frame could be read." : `The last frame read is ${frames}.`}`;
}
