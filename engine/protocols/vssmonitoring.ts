/** The time stamp and port that taps of VSS Monitoring put behind an Ethernet frame. */
import type { Dissection } from "../dissect/dissection.ts";
import { absTime, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { ethernetTrailers } from "../dissect/tables.ts";
import { formatAbsTime } from "../dissect/text.ts";

const CLOCK_NAMES: Readonly<Record<number, string>> = { 0: "Not Synced", 1: "NTP", 2: "GPS", 3: "PTP" };

const f = {
  time: absTime("vssmonitoring.time", "Time Stamp", { base: "UTC" }),
  clock: u8("vssmonitoring.clksrc", "Clock Source", { names: CLOCK_NAMES }),
  port: u16("vssmonitoring.srcport", "Src Port"),
};

export const vssMonitoring = protocol({
  name: "vssmonitoring",
  title: "VSS Monitoring Ethernet trailer",
  short: "VSS Monitoring",
  fields: f,
  contained: true,
  quiet: true,
  packetwise: true,
  heuristicOn: [ethernetTrailers],
  test,
  dissect,
});

const TIME = 8;
const PORT = 1;
const FCS = 4;
const BILLION = 1_000_000_000;
/** A stamp is not further than this from the time the capture file has. */
const MONTH = 30 * 24 * 60 * 60;

/** A time near the frame's, a port or none, a frame check sequence or none. */
function test(d: Dissection): boolean {
  const length = d.wireRemaining % FCS === 0 || d.wireRemaining % FCS === 1 ? d.wireRemaining : 0;
  if (length < TIME || length > TIME + PORT + FCS || d.remaining < length) return false;
  const seconds = d.peek32();
  const nanoseconds = d.peek32(4) & 0x3fff_ffff;
  return seconds !== 0 && nanoseconds < BILLION && Math.abs(seconds - d.sec) <= MONTH;
}

function dissect(d: Dissection): void {
  const at = d.pos;
  const hasPort = d.wireRemaining % FCS === PORT;
  const seconds = d.peek32();
  const fraction = d.peek32(4);
  const nanoseconds = fraction & 0x3fff_ffff;
  d.skip(TIME);
  const port = hasPort ? d.peek8() : -1;
  if (hasPort) d.skip(PORT);
  if (!d.building) return;
  if (d.labels) {
    const time = formatAbsTime(seconds, nanoseconds, true).slice(
      -"00:00:00.000000000 UTC".length,
      -" UTC".length,
    );
    d.relabelLayer(
      `VSS Monitoring Ethernet trailer, Timestamp: ${time}${hasPort ? `, Source Port: ${port}` : ""}`,
    );
  }
  d.add(f.time, at, TIME, BigInt(seconds) * BigInt(BILLION) + BigInt(nanoseconds));
  d.add(f.clock, at + 4, 1, fraction >>> 30);
  if (hasPort) d.add(f.port, at + TIME, PORT, port);
}
