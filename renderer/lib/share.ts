/**
 * `next` with every part that reads as it did in `before` replaced by that very part, so that whoever watches it by
 * identity sees no change. Both are JSON.
 */
export function share<T>(before: unknown, next: T): T {
  if (before === next || typeof before !== "object" || typeof next !== "object") return next;
  if (before === null || next === null || Array.isArray(before) !== Array.isArray(next)) return next;
  const old = before as Record<string, unknown>;
  const parts = Object.entries(next);
  let same = parts.length === Object.keys(old).length;
  const shared: Record<string, unknown> | unknown[] = Array.isArray(next) ? [] : {};
  for (const [key, value] of parts) {
    const part = share(old[key], value);
    (shared as Record<string, unknown>)[key] = part;
    same &&= part === old[key];
  }
  return (same ? before : shared) as T;
}
