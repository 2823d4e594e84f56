import type { LiveStatus } from "../../engine/api.ts";

/** The filters that a live capture is made with, as one text; empty when everything is captured. */
export function filterOfLive({ options, interfaces }: Pick<LiveStatus, "options" | "interfaces">): string {
  if (options === null) return "";
  const filters = interfaces.map((name) => (options.perInterface[name]?.filter ?? options.filter).trim());
  const [first = ""] = filters;
  if (filters.every((filter) => filter === first)) return first;
  return interfaces.map((name, i) => `${name}: ${filters[i] || "everything"}`).join("; ");
}
