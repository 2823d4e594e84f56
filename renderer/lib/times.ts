import type { TimeFormat } from "../../engine/api.ts";

/** The time formats in the order of the View menu. */
export const TIME_FORMATS: readonly TimeFormat[] = [
  "relative",
  "absolute",
  "date",
  "utc",
  "delta",
  "delta-displayed",
  "epoch",
];

export const TIME_FORMAT_TITLES: Record<TimeFormat, string> = {
  relative: "Seconds since the first packet",
  absolute: "Time of day",
  date: "Date and time of day",
  utc: "UTC date and time of day",
  delta: "Seconds since the previous packet",
  "delta-displayed": "Seconds since the previous displayed packet",
  epoch: "Seconds since 1970-01-01",
};
