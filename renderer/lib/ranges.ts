/** Packet ranges as in Wireshark's "Range" box: "1-5,8,20-". */

export interface RangeCheck {
  ok: boolean;
  /** What is wrong; empty when nothing is. */
  message: string;
  /** How many of `frames` packets are meant. */
  count: number;
}

/**
 * Judges a range text.
 * @param frames packets in the capture; an open end reaches to the last of them
 */
export function checkRange(text: string, frames: number): RangeCheck {
  const bad = (message: string): RangeCheck => ({ ok: false, message, count: 0 });
  if (text.trim() === "") return bad("Type a range, like 1-5,8,20-");
  const spans: [number, number][] = [];
  for (const raw of text.split(",")) {
    const part = raw.trim();
    const match = /^(\d+)?\s*(-)?\s*(\d+)?$/.exec(part);
    if (part === "" || !match || (match[1] === undefined && match[3] === undefined)) {
      return bad(`“${part}” is no number or range`);
    }
    const dash = match[2] !== undefined;
    const from = match[1] === undefined ? 1 : Number(match[1]);
    const to = dash ? (match[3] === undefined ? Math.max(frames, from) : Number(match[3])) : from;
    if (from < 1) return bad("Packets are numbered from 1");
    if (to < from) return bad(`“${part}” runs backwards`);
    spans.push([from, Math.min(to, frames)]);
  }
  spans.sort((a, b) => a[0] - b[0]);
  let total = 0;
  let reached = 0;
  for (const [from, to] of spans) {
    const start = Math.max(from, reached + 1);
    if (to >= start) total += to - start + 1;
    reached = Math.max(reached, to);
  }
  if (total === 0) return bad(`The capture ends at packet ${frames}`);
  return { ok: true, message: "", count: total };
}

/** Packet numbers as a range text: [1,2,3,8] → "1-3,8". The numbers rise. */
export function rangeText(numbers: readonly number[]): string {
  const parts: string[] = [];
  let start = 0;
  while (start < numbers.length) {
    let end = start;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(start === end ? `${numbers[start]}` : `${numbers[start]}-${numbers[end]}`);
    start = end + 1;
  }
  return parts.join(",");
}
