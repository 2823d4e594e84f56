/** A number typed into a field: undefined when empty, null when it is none or out of bounds. */
export function numberIn(text: string, min: number, max: number, whole: boolean): number | undefined | null {
  if (text.trim() === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value)))
    return null;
  return value;
}
