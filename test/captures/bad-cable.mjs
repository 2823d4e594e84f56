/**
 * A cable with faults: passes the frames that two taps give it as datagrams to the other side, except for those that
 * it loses, holds back, sends twice or rewrites.
 *
 *   node bad-cable.mjs '{"lose": [20], "hold": {"30": 5}, "twice": [40], "delay": 5, "sequence": 4294960000}'
 *
 * `lose`, `hold` and `twice` count the TCP segments with payload that come from the second tap, from 1; `hold` names
 * after how many later ones a segment goes out. `delay` holds every frame for so many milliseconds. `sequence` moves
 * the sequence numbers of each TCP connection so that they begin there in both directions, as some firewalls do.
 */
import { createSocket } from "node:dgram";

const faults = JSON.parse(process.argv[2]);
const lose = new Set(faults.lose ?? []);
const twice = new Set(faults.twice ?? []);
const hold = new Map(Object.entries(faults.hold ?? {}).map(([at, by]) => [Number(at), by]));
const sockets = [createSocket("udp4"), createSocket("udp4")];
const held = [];
let segments = 0;

const send = (side, frame) => {
  const go = () => sockets[side].send(frame, 7100 + side, "127.0.0.1");
  if (faults.delay > 0) setTimeout(go, faults.delay);
  else go();
};

for (const [side, socket] of sockets.entries()) {
  socket.on("message", (frame) => pass(frame, side));
  await new Promise((resolve) => socket.bind(7000 + side, "127.0.0.1", resolve));
}
console.log("ready");

function pass(frame, from) {
  const to = 1 - from;
  const tcp = tcpOf(frame);
  if (tcp !== null && faults.sequence !== undefined) moveSequence(frame, tcp, from);
  if (from === 0 || tcp === null || tcp.payload === 0) return send(to, frame);
  segments++;
  for (const waiting of held.splice(0)) {
    if (waiting.until <= segments) send(to, waiting.frame);
    else held.push(waiting);
  }
  if (lose.has(segments)) return;
  if (hold.has(segments)) {
    held.push({ until: segments + hold.get(segments), frame });
    return;
  }
  send(to, frame);
  if (twice.has(segments)) send(to, frame);
}

/** Where the TCP header of an IPv4 frame is, and how long its payload; null for other frames. */
function tcpOf(frame) {
  if (frame.length < 54 || frame.readUInt16BE(12) !== 0x0800 || frame[23] !== 6) return null;
  const at = 14 + (frame[14] & 0x0f) * 4;
  const length = frame.readUInt16BE(16) - (at - 14);
  return { at, length, payload: length - (frame[at + 12] >> 4) * 4 };
}

const shifts = new Map();

function moveSequence(frame, { at, length }, from) {
  const ports = [frame.readUInt16BE(at), frame.readUInt16BE(at + 2)];
  const key = from === 0 ? ports.join() : ports.reverse().join();
  let shift = shifts.get(key);
  if (shift === undefined) {
    shift = [null, null];
    shifts.set(key, shift);
  }
  const sequence = frame.readUInt32BE(at + 4);
  if (frame[at + 13] & 0x02) shift[from] = (faults.sequence - sequence) >>> 0;
  frame.writeUInt32BE((sequence + (shift[from] ?? 0)) >>> 0, at + 4);
  if (frame[at + 13] & 0x10) {
    frame.writeUInt32BE((frame.readUInt32BE(at + 8) - (shift[1 - from] ?? 0)) >>> 0, at + 8);
  }
  frame.writeUInt16BE(0, at + 16);
  let sum = 6 + length;
  for (let i = 26; i < 34; i += 2) sum += frame.readUInt16BE(i);
  for (let i = 0; i < length; i++) sum += i % 2 === 0 ? frame[at + i] << 8 : frame[at + i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, at + 16);
}
