/** Ethernet frames with IPv4 and UDP around a payload, and the dissection of several of them in order. */
import { CaptureMemory, Dissection, MODE_INDEX, MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import "../../../engine/protocols/index.ts";
import { type Dissected, fromHex, readOut } from "./harness.ts";

export const CLIENT = "0a000001";
export const SERVER = "0a000002";

const hex16 = (value: number): string => value.toString(16).padStart(4, "0");

/** Hex of the frame that carries `payload` (hex) from `src` to `dst` (addresses in hex). */
export function udpFrame(
  srcPort: number,
  dstPort: number,
  payload: string,
  src = CLIENT,
  dst = SERVER,
): string {
  const bytes = fromHex(payload).length;
  const ip = `4500${hex16(28 + bytes)}0001000040110000${src}${dst}`;
  return `020000000002 020000000001 0800 ${ip} ${hex16(srcPort)}${hex16(dstPort)}${hex16(8 + bytes)}0000 ${payload}`;
}

export interface TimedFrame {
  hex: string;
  /** Seconds since 1970. */
  sec: number;
}

/**
 * Dissects frames in order, as when a capture is opened.
 * @param again true to run pass one over all of them first and to return what a later dissection shows
 */
export function dissectInTurn(frames: readonly TimedFrame[], again = false): Dissected[] {
  const bytes = frames.map((frame) => fromHex(frame.hex));
  const d = new Dissection(new CaptureMemory(), (number) => bytes[number - 1]);
  const run = (): Dissected[] =>
    frames.map((frame, i) => {
      const length = bytes[i].length;
      const facts = {
        number: i + 1,
        len: length,
        capLen: length,
        sec: frame.sec,
        nsec: 0,
        iface: 0,
        linkType: 1,
      };
      d.begin(bytes[i], 0, facts);
      dissectFrame(d);
      return readOut(d);
    });
  if (again) {
    d.setMode(MODE_INDEX, false);
    run();
    d.first = false;
  }
  d.setMode(MODE_TREE, true);
  return run();
}
