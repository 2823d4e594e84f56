/** What the layers of a Bluetooth packet tell each other, and what is known of a controller's connections. */
import type { Dissection } from "../dissect/dissection.ts";

/** The packet at work, valid for the dissection with the same serial number. */
export const bluetoothDirection = {
  serial: -1,
  /** True from the host to the controller. */
  sent: true,
  /** Connection handle of the data packet; -1 for none. */
  handle: -1,
};

/** One connection to another device. */
export interface BluetoothSession {
  readonly handle: number;
  readonly address: Uint8Array;
  readonly connected: number;
  disconnected: number;
  /** Of the host's own device: 0 not known, 1 master, 2 slave; and the frame that told. */
  role: number;
  roleFrame: number;
  /** Active, hold, sniff, park; and the frame that told. */
  mode: number;
  modeFrame: number;
}

/** What was learnt of a controller and of the devices it met. */
export interface BluetoothHost {
  address: Uint8Array;
  name: string;
  readonly names: Map<string, string>;
  readonly sessions: Map<number, BluetoothSession>;
  /** PDUs of which pieces are missing, by handle and direction. */
  readonly open: Map<number, OpenPdu>;
}

/** A PDU that comes in several data packets: where its pieces lie in their frames. */
export interface OpenPdu {
  readonly frame: number;
  readonly pieces: { readonly frame: number; readonly at: number; readonly length: number }[];
  missing: number;
}

const NOBODY = new Uint8Array(6);

export const makeBluetoothHost = (): BluetoothHost => ({
  address: NOBODY,
  name: "",
  names: new Map(),
  sessions: new Map(),
  open: new Map(),
});

/** The Bluetooth device address of six bytes at the cursor and `ahead`, the most significant first. */
export function deviceAddress(d: Dissection, ahead = 0): Uint8Array {
  return d.peekBytes(6, ahead).slice().reverse();
}

/** Text of a name field, up to its NUL. */
export function deviceName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The PDU's bytes, at its last piece, whose bytes end where the layer does; undefined when some are not to be had. */
export function gather(d: Dissection, pdu: OpenPdu): Uint8Array | undefined {
  const bytes = new Uint8Array(pdu.pieces.reduce((sum, piece) => sum + piece.length, 0));
  let filled = 0;
  for (const piece of pdu.pieces) {
    const from =
      piece.frame === d.frame
        ? d.buf.subarray(d.end - piece.length, d.end)
        : d.frameBytes(piece.frame)?.subarray(piece.at, piece.at + piece.length);
    if (from === undefined || from.length < piece.length) return undefined;
    bytes.set(from, filled);
    filled += piece.length;
  }
  return bytes;
}
