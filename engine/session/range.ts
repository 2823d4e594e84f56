/** Frame ranges as people type them: "1-5,8,20-". */
import { ApiError } from "../api.ts";

/**
 * A test for frame numbers.
 * @param last the capture's last frame, for open ranges
 * @throws ApiError BAD_REQUEST naming the part that is wrong
 */
export function frameRange(text: string, last: number): (frame: number) => boolean {
  const ranges = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const match = /^(\d*)\s*(?:(-)\s*(\d*))?$/.exec(part);
      if (match === null || (match[1] === "" && !match[3])) {
        throw new ApiError("BAD_REQUEST", `"${part}" is no range of frames; write it like "1-5,8,20-".`);
      }
      const from = match[1] === "" ? 1 : Number(match[1]);
      const to = match[2] === undefined ? from : match[3] === "" ? Math.max(from, last) : Number(match[3]);
      if (from > to) throw new ApiError("BAD_REQUEST", `The range "${part}" ends before it begins.`);
      return [from, to] as const;
    });
  if (ranges.length === 0)
    throw new ApiError("BAD_REQUEST", 'No frames are named; write a range like "1-5,8,20-".');
  return (frame) => ranges.some(([from, to]) => frame >= from && frame <= to);
}
