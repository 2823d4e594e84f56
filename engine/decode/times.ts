/** The Time column in its formats, as Wireshark's View menu has them. */
import type { TimeFormat } from "../api.ts";
import type { Time } from "../dissect/dissection.ts";

const two = (value: number): string => String(value).padStart(2, "0");
const DATE_LIMIT = 8.64e15;

function difference(from: Time | null, to: Time, digits: number): string {
  if (from === null) return `0${fraction(0, digits)}`;
  let sec = to.sec - from.sec;
  let nsec = to.nsec - from.nsec;
  // One sign for both parts.
  if (sec > 0 && nsec < 0) {
    sec--;
    nsec += 1e9;
  } else if (sec < 0 && nsec > 0) {
    sec++;
    nsec -= 1e9;
  }
  const sign = sec < 0 || nsec < 0 ? "-" : "";
  return `${sign}${Math.abs(sec)}${fraction(Math.abs(nsec), digits)}`;
}

function fraction(nsec: number, digits: number): string {
  return digits === 0 ? "" : `.${String(nsec).padStart(9, "0").slice(0, digits)}`;
}

/**
 * The text of the Time column.
 * @param digits digits behind the second, 0 to 9
 */
export function formatTime(
  format: TimeFormat,
  digits: number,
  time: Time,
  first: Time | null,
  previous: Time | null,
  previousDisplayed: Time | null,
): string {
  switch (format) {
    case "relative":
      return difference(first, time, digits);
    case "delta":
      return difference(previous, time, digits);
    case "delta-displayed":
      return difference(previousDisplayed, time, digits);
    case "epoch":
      return `${time.sec}${fraction(time.nsec, digits)}`;
    default:
      break;
  }
  if (Math.abs(time.sec * 1000) > DATE_LIMIT) return "Not representable";
  const date = new Date(time.sec * 1000);
  const utc = format === "utc";
  const day = utc
    ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = utc
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const tail = fraction(time.nsec, digits);
  return format === "absolute" ? clock + tail : `${day} ${clock}${tail}`;
}
