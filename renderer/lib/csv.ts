/** One line of CSV (RFC 4180): every value in quotes, quotes doubled. */
export function csvLine(values: readonly string[]): string {
  return values.map((value) => `"${value.replaceAll('"', '""')}"`).join(",");
}
