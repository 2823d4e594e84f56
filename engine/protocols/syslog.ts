/** Syslog messages, RFC 3164 and RFC 5424. */
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, str, u8 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { decodeText, escapeText } from "../dissect/text.ts";
import { FACILITY, LEVEL } from "./names/syslog.ts";

const f = {
  facility: u8("syslog.facility", "Facility", { mask: 0x3f8, names: FACILITY }),
  level: u8("syslog.level", "Level", { mask: 0x7, names: LEVEL }),
  msg: str("syslog.msg", "Message"),
  version: str("syslog.version", "Syslog version"),
  timestamp: absTime("syslog.timestamp", "Syslog timestamp"),
  timestampRfc3164: str("syslog.timestamp_rfc3164", "Syslog timestamp (RFC3164)"),
  hostname: str("syslog.hostname", "Syslog hostname"),
  appname: str("syslog.appname", "Syslog app name"),
  procid: str("syslog.procid", "Syslog process id"),
  msgid: str("syslog.msgid", "Syslog message id"),
};

export const syslog = protocol({
  name: "syslog",
  title: "Syslog message",
  short: "Syslog",
  fields: f,
  on: [[udpPorts, 514]],
  dissect,
});

const FACILITY_SHORT =
  "KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP NTP LOGAUDIT LOGALERT CRON".split(" ");
const LEVEL_SHORT = ["EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"];
const LOCAL0 = 16;

function facilityName(facility: number): string {
  if (facility >= LOCAL0 && facility < LOCAL0 + 8) return `LOCAL${facility - LOCAL0}`;
  return FACILITY_SHORT[facility] ?? "UNKNOWN";
}

function dissect(d: Dissection): void {
  const start = d.pos;
  if (d.columns) d.setInfo("");
  const stop = priorityEnd(d);
  if (!d.building && !d.columns) return;
  const priority = stop === 0 ? -1 : Number.parseInt(`0${decodeText(d.buf, start + 1, stop, "ascii")}`, 10);
  const from = stop === 0 ? start : stop;
  const message = decodeText(d.buf, from, d.end, "utf-8");
  const whole = escapeText(wholeText(d, from));
  const name = priority < 0 ? "" : `${facilityName(priority >> 3)}.${LEVEL_SHORT[priority & 7]}: `;
  if (d.columns) d.setInfo(name + whole);
  if (d.labels) d.relabelLayer(`Syslog message: ${priority < 0 ? "(unknown): " : name}${whole}`);
  if (priority >= 0) {
    d.add(f.facility, start, stop - start, priority >> 3);
    d.add(f.level, start, stop - start, priority & 7);
  }
  d.open(f.msg, from, d.end - from, message);
  // The parts are ASCII: what is not has a replacement character for each byte, and places stay as they are.
  if (priority >= 0) addParts(d, from, decodeText(d.buf, from, d.end, "ascii"));
  d.close();
  d.pos = d.end;
}

/**
 * Behind the `<PRI>` at the cursor; 0 when there is none. One that is not closed, or has no number, counts too: as
 * far as its digits go.
 */
function priorityEnd(d: Dissection): number {
  if (d.remaining < 1 || d.buf[d.pos] !== 0x3c) return 0;
  let at = d.pos + 1;
  while (at < d.end && at <= d.pos + 3 && d.buf[at] >= 0x30 && d.buf[at] <= 0x39) at++;
  d.needAt(at, 1);
  return d.buf[at] === 0x3e ? at + 1 : at;
}

/** The message with its NULs. */
function wholeText(d: Dissection, from: number): string {
  let text = "";
  let at = from;
  while (at < d.end) {
    let stop = d.buf.indexOf(0, at);
    if (stop === -1 || stop > d.end) stop = d.end;
    text += decodeText(d.buf, at, stop, "utf-8");
    if (stop < d.end) text += "\0";
    at = stop + 1;
  }
  return text;
}

const RFC3164 =
  /^((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d) (?:([^ ]+) (?:([^ :[]+)(?=[ :[]))?)?/;
/** The header's parts as far as they go, each with the blank behind it, and what follows. */
const RFC5424 = /^(1) (?:(\S+) (?:(\S+) (?:(\S+) (?:(\S+) (.*))?)?)?)?/s;

function addParts(d: Dissection, from: number, message: string): void {
  const modern = RFC5424.exec(message);
  if (modern !== null) {
    addModern(d, from, modern);
    return;
  }
  const old = RFC3164.exec(message);
  if (old === null) return;
  let at = from;
  d.add(f.timestampRfc3164, at, 15, old[1]);
  at += 16;
  if (old[2] === undefined) return;
  d.add(f.hostname, at, old[2].length, old[2]);
  at += old[2].length + 1;
  if (old[3] === undefined) return;
  d.add(f.procid, at, old[3].length, old[3]);
  at += old[3].length;
  d.add(f.msgid, at, d.end - at, message.slice(old[0].length));
}

function addModern(d: Dissection, from: number, parts: RegExpExecArray): void {
  let at = from;
  const fields = [f.version, f.timestamp, f.hostname, f.appname, f.procid, f.msgid];
  for (let i = 0; i < fields.length; i++) {
    const text = parts[i + 1];
    if (text === undefined) return;
    const field = fields[i];
    const milliseconds = field === f.timestamp ? Date.parse(text) : 0;
    if (field !== f.timestamp) d.add(field, at, text.length, text);
    else if (!Number.isNaN(milliseconds)) {
      const digits = /\.(\d+)/.exec(text)?.[1] ?? "";
      const whole = BigInt(Math.floor(milliseconds / 1000)) * 1_000_000_000n;
      d.add(field, at, text.length, whole + BigInt(digits.padEnd(9, "0").slice(0, 9)));
    }
    at += text.length + 1;
  }
}
