/**
 * Captures with the npm package `cap` and speaks the protocol of tapline-capture:
 *
 *   node cap-capture.mjs list [-i NAME]
 *   node cap-capture.mjs compile -i NAME -f FILTER
 *   node cap-capture.mjs capture -i NAME [-f FILTER] [-s SNAPLEN] [-B KIB] [-i …] -w FILE [--exclusive] [-a …]
 *   node cap-capture.mjs capture -i NAME --streamed --stream FD -w FILE [--exclusive] [-a …]
 *
 * The last, which writes what somebody else captured, does without the package.
 * It runs in a process of its own because the package ends its process (an assertion) when the interface it
 * captures from goes away, and because only the main thread of a process can use it.
 */
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import os from "node:os";

const READ_SIZE = 65_535; // the snapshot length the package always sets
const WRITE_BUFFER = 4 * 1024 * 1024;
const FLUSH_AFTER_MS = 80;
const STATS_EVERY_MS = 500;
const DRAIN_MS = 50;
/** How long the end of a stream is waited for when the capture is to end. */
const STREAM_DRAIN_MS = 4000;
const SLOW_READER = 65_536;
const LONGEST_BLOCK = 512 * 1024;
const MOST_TOLD = 100;

/** LINKTYPE_ values of the names the package answers with. */
const LINK_TYPES = { NULL: 0, ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113, IEEE802_11_RADIO: 127 };

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** Ends the process once everything sent has been handed over. */
function exit(status) {
  process.stdout.write("", () => process.exit(status));
}

function readVersion() {
  // In a packaged application the manifest lies in the archive beside the unpacked folder.
  for (const path of ["../package.json", "../../app.asar/package.json"]) {
    try {
      return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).version;
    } catch {
      // The other place is tried.
    }
  }
  return "unknown";
}

function fail(code, message, more = {}) {
  send({ type: "error", code, message, ...more });
  exit(code === "usage" ? 1 : 2);
}

/** Objects and buffers the package uses without holding a reference. They live as long as the process. */
const held = [];

let cap;

/**
 * Opens an interface and answers {cap, linkType} or {error: {code, message}}.
 * `onPacket(length)` is called for each packet, whose bytes are in `buffer`.
 */
function open(name, filter, kernelBytes, buffer, onPacket) {
  const capture = new cap.Cap();
  held.push(capture, buffer);
  try {
    const answer = capture.open(name, filter, kernelBytes, buffer);
    capture.on("packet", onPacket);
    const linkType = LINK_TYPES[answer] ?? Number(/\d+$/.exec(answer)?.[0] ?? Number.NaN);
    return { cap: capture, linkType };
  } catch (error) {
    // A handle that failed to open must not be closed: the package would stop a poll that never began.
    return { error: classify(name, error.message) };
  }
}

function classify(name, message) {
  if (/not permitted|permission|CAP_NET/i.test(message)) {
    return {
      code: "permission",
      message,
      ...(process.platform === "linux" ? { capability: "cap_net_raw" } : {}),
    };
  }
  const device = cap.deviceList().find((each) => each.name === name);
  if (!device) return { code: "no-such-device", message: message || "No such device exists" };
  if (/not up|is down/i.test(message)) return { code: "not-up", message };
  return { code: "capture-failed", message: message || "The interface could not be opened" };
}

/** Opens without a filter first, so that an error of the second opening is the filter's. */
function checkFilter(name, filter) {
  const plain = open(name, "", 65_536, Buffer.alloc(READ_SIZE), () => {});
  if (plain.error) return plain;
  plain.cap.close();
  const filtered = open(name, filter, 65_536, Buffer.alloc(READ_SIZE), () => {});
  if (filtered.error) return { error: { code: "filter", message: filtered.error.message } };
  filtered.cap.close();
  return { linkType: filtered.linkType };
}

function list(only) {
  const devices = cap.deviceList().filter((device) => only === undefined || device.name === only);
  if (only !== undefined && devices.length === 0) {
    return fail("no-such-device", "No interface of this name", { interface: only });
  }
  for (const device of devices) {
    const addresses = [];
    for (const entry of device.addresses.filter(Boolean)) {
      if (!entry.addr) continue;
      addresses.push({
        family: entry.addr.includes(":") ? "ipv6" : "ipv4",
        address: entry.addr,
        ...(entry.broadaddr ? { broadcast: entry.broadaddr } : {}),
        ...(entry.dstaddr ? { peer: entry.dstaddr } : {}),
      });
    }
    let probe;
    if (only !== undefined) {
      const opened = open(device.name, "", 65_536, Buffer.alloc(READ_SIZE), () => {});
      opened.cap?.close();
      probe = opened.error
        ? { ok: false, ...opened.error }
        : {
            ok: true,
            canMonitor: false,
            linkTypes: [{ dlt: opened.linkType, linkType: opened.linkType }],
            timestampTypes: [],
          };
    }
    send({
      type: "interface",
      name: device.name,
      ...(device.description ? { description: device.description } : {}),
      up: null,
      running: null,
      loopback: device.flags === "PCAP_IF_LOOPBACK",
      wireless: null,
      connection: "unknown",
      addresses,
      ...(probe ? { open: probe } : {}),
    });
  }
  send({ type: "end" });
  exit(0);
}

/** A pcapng file written in large pieces that are always whole blocks; cut back to whole blocks after an error. */
class Spool {
  constructor(path, exclusive) {
    const { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = constants;
    this.fd = openSync(path, O_WRONLY | O_CREAT | (exclusive ? O_EXCL : O_TRUNC), 0o600);
    this.buffer = Buffer.allocUnsafe(WRITE_BUFFER);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.length);
    this.little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
    this.used = 0;
    this.fileBytes = 0;
    this.filePackets = 0;
    this.pendingPackets = 0;
    this.error = null;
  }

  u32(at, value) {
    this.view.setUint32(at, value, this.little);
  }

  /** Appends a block: its type, a fixed part, options as [code, bytes]. */
  block(type, fixed, options) {
    const parts = [fixed];
    for (const [code, bytes] of options) {
      const option = Buffer.alloc(4 + Math.ceil(bytes.length / 4) * 4);
      const view = new DataView(option.buffer, option.byteOffset, option.length);
      view.setUint16(0, code, this.little);
      view.setUint16(2, bytes.length, this.little);
      bytes.copy(option, 4);
      parts.push(option);
    }
    parts.push(Buffer.alloc(4));
    const body = Buffer.concat(parts);
    const total = body.length + 12;
    if (this.used + total > this.buffer.length) this.flush();
    this.u32(this.used, type);
    this.u32(this.used + 4, total);
    body.copy(this.buffer, this.used + 8);
    this.u32(this.used + total - 4, total);
    this.used += total;
  }

  fixed(...words) {
    const bytes = Buffer.alloc(words.length * 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    words.forEach((word, index) => {
      view.setUint32(index * 4, word, this.little);
    });
    return bytes;
  }

  section(application) {
    const fixed = this.fixed(0x1a2b3c4d, 0, 0xffffffff, 0xffffffff);
    new DataView(fixed.buffer, fixed.byteOffset).setUint16(4, 1, this.little);
    this.block(0x0a0d0d0a, fixed, [
      [2, Buffer.from(os.machine())],
      [3, Buffer.from(`${os.type()} ${os.release()}`)],
      [4, Buffer.from(application)],
    ]);
  }

  interface(linkType, snapLen, name, filter) {
    const fixed = this.fixed(0, snapLen);
    new DataView(fixed.buffer, fixed.byteOffset).setUint16(0, linkType, this.little);
    const options = [
      [2, Buffer.from(name)],
      [9, Buffer.of(6)],
    ];
    if (filter) options.push([11, Buffer.concat([Buffer.of(0), Buffer.from(filter)])]);
    options.push([12, Buffer.from(`${os.type()} ${os.release()}`)]);
    this.block(1, fixed, options);
  }

  /** Appends a packet; `micros` is the time in microseconds since 1970. Returns false after a failed write. */
  packet(id, micros, bytes, capLen, len) {
    const padded = Math.ceil(capLen / 4) * 4;
    const total = 32 + padded;
    if (this.error) return false;
    if (this.used + total > this.buffer.length && !this.flush()) return false;
    const at = this.used;
    this.u32(at, 6);
    this.u32(at + 4, total);
    this.u32(at + 8, id);
    this.u32(at + 12, Math.floor(micros / 4_294_967_296));
    this.u32(at + 16, micros % 4_294_967_296);
    this.u32(at + 20, capLen);
    this.u32(at + 24, len);
    bytes.copy(this.buffer, at + 28, 0, capLen);
    this.buffer.fill(0, at + 28 + capLen, at + 28 + padded);
    this.u32(at + total - 4, total);
    this.used += total;
    this.pendingPackets++;
    return true;
  }

  /** Appends a block that is whole. Returns false after a failed write. */
  whole(bytes, isPacket) {
    if (this.error || (this.used + bytes.length > this.buffer.length && !this.flush())) return false;
    bytes.copy(this.buffer, this.used);
    this.used += bytes.length;
    if (isPacket) this.pendingPackets++;
    return true;
  }

  statistics(id, startMicros, endMicros, delivered) {
    const split = (micros) => [Math.floor(micros / 4_294_967_296), micros % 4_294_967_296];
    const delivered64 = Buffer.alloc(8);
    new DataView(delivered64.buffer, delivered64.byteOffset).setBigUint64(0, BigInt(delivered), this.little);
    this.block(5, this.fixed(id, ...split(endMicros)), [
      [2, this.fixed(...split(startMicros))],
      [3, this.fixed(...split(endMicros))],
      [8, delivered64],
    ]);
  }

  flush() {
    let written = 0;
    try {
      while (written < this.used) written += writeSync(this.fd, this.buffer, written, this.used - written);
      this.fileBytes += this.used;
      this.filePackets += this.pendingPackets;
    } catch (error) {
      this.error ??= error;
      this.cutBack(written);
    }
    this.pendingPackets = 0;
    this.used = 0;
    return this.error === null;
  }

  cutBack(written) {
    let whole = 0;
    while (whole + 12 <= written) {
      const length = this.view.getUint32(whole + 4, this.little);
      if (length > written - whole) break;
      if (this.view.getUint32(whole, this.little) === 6) this.filePackets++;
      whole += length;
    }
    this.fileBytes += whole;
    try {
      ftruncateSync(this.fd, this.fileBytes);
    } catch {
      // A pipe or device cannot be cut back; the failed write is reported either way.
    }
  }
}

/** Splits the pcapng that comes through a descriptor into blocks, and tells what they are. */
class Blocks {
  rest = Buffer.alloc(0);
  little = true;
  inSection = false;

  /** Calls `onBlock` for each whole block; returns false when what comes is no pcapng. */
  take(chunk, onBlock) {
    let bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    while (bytes.length >= 12) {
      if (bytes.readUInt32LE(0) === 0x0a0d0d0a) {
        this.little = bytes.readUInt32LE(8) === 0x1a2b3c4d;
        this.inSection = true;
      }
      const total = this.length(bytes);
      if (!this.inSection || total < 12 || total % 4 !== 0 || total > LONGEST_BLOCK) return false;
      if (total > bytes.length) break;
      onBlock(this.describe(bytes.subarray(0, total)));
      bytes = bytes.subarray(total);
    }
    this.rest = Buffer.from(bytes);
    return true;
  }

  length(bytes) {
    return this.u32(bytes, 4);
  }

  u32(bytes, at) {
    if (at + 4 > bytes.length) return 0;
    return this.little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  u16(bytes, at) {
    if (at + 2 > bytes.length) return 0;
    return this.little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  describe(bytes) {
    const type = this.u32(bytes, 0);
    if (type === 6 || type === 2) {
      const iface = type === 6 ? this.u32(bytes, 8) : this.u16(bytes, 8);
      return { bytes, kind: "packet", iface, capLen: this.u32(bytes, 20) };
    }
    if (type === 3) return { bytes, kind: "packet", iface: 0, capLen: bytes.length - 16 };
    if (type === 0x0a0d0d0a) return { bytes, kind: "section" };
    return type === 1 ? { bytes, kind: "interface", ...this.interface(bytes) } : { bytes, kind: "other" };
  }

  /** Options 2, the name, and 9, the unit of times (pcapng, 4.2). */
  interface(bytes) {
    let name = "";
    let unit = 6;
    const end = bytes.length - 4;
    for (let at = 16; at + 4 <= end; ) {
      const code = this.u16(bytes, at);
      const length = this.u16(bytes, at + 2);
      at += 4;
      if (code === 0 || length > end - at) break;
      if (code === 2) name = bytes.toString("utf8", at, at + length);
      if (code === 9 && length > 0) unit = bytes[at];
      at += Math.ceil(length / 4) * 4;
    }
    const digits = unit & 0x80 ? ((unit & 0x7f) * 3) / 10 : unit;
    const precision = digits > 6 ? "ns" : digits > 3 ? "us" : "ms";
    return { name, linkType: this.u16(bytes, 8), snapLen: this.u32(bytes, 12), precision };
  }
}

/** Parses the options of `capture`, as tapline-capture takes them. Throws an Error that names the wrong one. */
function parseCapture(args) {
  const options = {
    sources: [],
    file: "",
    exclusive: false,
    streamed: false,
    stream: -1,
    packets: 0,
    bytes: 0,
    milliseconds: 0,
  };
  const whole = (text, low, high) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) throw new Error(`Not a possible value: ${text}`);
    return value;
  };
  for (let at = 0; at < args.length; at++) {
    const option = args[at];
    const source = options.sources.at(-1);
    if (option === "--exclusive") {
      options.exclusive = true;
      continue;
    }
    if (option === "--streamed") {
      options.streamed = true;
      continue;
    }
    if (option === "-p") continue; // the driver has told the user that this cannot be had
    const value = args[++at];
    if (value === undefined) throw new Error(`Unknown option, or its value is missing: ${option}`);
    if (option === "-i")
      options.sources.push({ name: value, filter: "", snapLen: READ_SIZE, bufferKiB: 16_384 });
    else if (option === "-w") options.file = value;
    else if (option === "--stream") options.stream = whole(value, 3, 1023);
    else if (option === "-b")
      throw new Error("Several files need the capture helper, which is not built here");
    else if (option === "-a") {
      const [kind, amount = ""] = value.split(":");
      if (kind === "packets") options.packets = whole(amount, 1, Number.MAX_SAFE_INTEGER);
      else if (kind === "filesize") options.bytes = whole(amount, 1, 1e12) * 1000;
      else if (kind === "duration" && Number(amount) > 0) options.milliseconds = Number(amount) * 1000;
      else throw new Error(`Not a possible value of -a: ${value}`);
    } else if (!source) throw new Error(`${option} must follow -i`);
    else if (option === "-f") source.filter = value;
    else if (option === "-s") source.snapLen = Math.min(whole(value, 0, 262_144) || READ_SIZE, READ_SIZE);
    else if (option === "-B") source.bufferKiB = whole(value, 1, 2_097_151);
    else throw new Error(`The cap package does not offer ${option}`);
  }
  if (options.sources.length === 0) throw new Error("No interface: -i NAME is needed");
  if (!options.file) throw new Error("No file: -w FILE is needed");
  if (options.streamed && (options.sources.length > 1 || options.stream < 0))
    throw new Error("Several sources at once need the capture helper, which is not built here");
  return options;
}

function capture(options, version) {
  const beginning = performance.now();
  let stopped = false;
  let lastFlush = beginning;
  let packets = 0;
  let bytes = 0;
  let spool = null;
  // The monotonic clock gives microseconds; the wall clock is followed where the system has set it anew.
  let origin = performance.timeOrigin;
  const micros = () => Math.round((origin + performance.now()) * 1000);
  const followClock = () => {
    const now = Date.now() - performance.now();
    if (Math.abs(now - origin) > 20) origin = now;
  };

  const { streamed } = options;
  // Those of a stream are known when it has described them.
  const sources = streamed
    ? []
    : options.sources.map((source, id) => ({ ...source, id, packets: 0, bytes: 0 }));

  const onPacket = (source) => (length) => {
    if (stopped || !spool) return;
    const capLen = Math.min(length, source.snapLen);
    if (!spool.packet(source.id, micros(), source.buffer, capLen, length)) return stop("error");
    counted(source, capLen);
  };

  const counted = (source, capLen) => {
    source.packets++;
    source.bytes += capLen;
    packets++;
    bytes += capLen;
    if (options.packets && packets >= options.packets) stop("packets");
    else if (options.bytes && spool.fileBytes + spool.used >= options.bytes) stop("filesize");
    // Under load the package calls without returning to the event loop, so timers alone would starve.
    else if ((packets & 63) === 0 && performance.now() - lastFlush >= FLUSH_AFTER_MS) flush();
  };

  const counters = () => ({
    elapsedMs: Math.round(performance.now() - beginning),
    packets,
    bytes,
    fileBytes: spool.fileBytes,
    filePackets: spool.filePackets,
    interfaces: sources
      .slice(0, MOST_TOLD)
      .map(({ id, name, packets, bytes }) => ({ id, name, packets, bytes })),
  });

  const flush = () => {
    lastFlush = performance.now();
    if (!spool.used) return;
    if (!spool.flush()) return stop("error");
    if (process.stdout.writableLength < SLOW_READER) {
      send({ type: "data", fileBytes: spool.fileBytes, filePackets: spool.filePackets });
    }
  };

  const stop = (reason, problem) => {
    if (stopped) return;
    stopped = true;
    clearInterval(flushTimer);
    clearInterval(statsTimer);
    for (const source of sources) source.cap?.close();
    if (!spool.error) spool.flush();
    for (const source of streamed ? [] : sources) {
      if (!spool.error) spool.statistics(source.id, startMicros, micros(), source.packets);
    }
    if (!spool.error) spool.flush();
    try {
      closeSync(spool.fd);
    } catch (error) {
      spool.error ??= error;
    }
    const error =
      (problem && { code: "source", message: problem }) ||
      (spool.error && {
        code: spool.error.code === "ENOSPC" || spool.error.code === "EDQUOT" ? "disk-full" : "output",
        message: `${spool.error.message} (${packets - spool.filePackets} packets could not be written)`,
      });
    const { fileBytes, filePackets } = spool;
    if (fileBytes > 0)
      send({ type: "file", path: options.file, packets: filePackets, bytes: fileBytes, closed: true });
    const end = { type: "end", reason: error ? "error" : reason, file: options.file, ...counters() };
    send(error ? { ...end, error } : end);
    exit(error ? 2 : 0);
  };

  let startMicros;
  let flushTimer;
  let statsTimer;
  let asked = "source-ended";
  const orderly = (reason) => {
    if (streamed && reason !== "duration") asked = reason;
    setTimeout(() => stop(reason), streamed && reason !== "duration" ? STREAM_DRAIN_MS : DRAIN_MS);
  };

  if (streamed) {
    const blocks = new Blocks();
    const head = [];
    /** Number of the section's first interface. */
    let first = 0;
    const take = (block) => {
      if (stopped) return;
      if (block.kind === "section") first = sources.length;
      if (block.kind === "interface") {
        const { name, linkType, snapLen, precision } = block;
        const fallback = options.sources[0].name;
        const id = sources.length;
        sources.push({
          id,
          name: name || fallback,
          linkType,
          snapLen,
          precision,
          bufferKiB: 0,
          filter: "",
          packets: 0,
          bytes: 0,
        });
      }
      const source = block.kind === "packet" ? sources[first + block.iface] : null;
      if (source === undefined) return damaged();
      if (spool === null) {
        head.push(Buffer.from(block.bytes));
        if (sources.length > 0) begin(head);
      } else if (!spool.whole(block.bytes, source !== null)) stop("error");
      else if (source !== null) counted(source, block.capLen);
    };
    const damaged = (message = "What came from a pipe or program is damaged") => {
      if (spool === null) fail("source", message);
      else stop("error", message);
    };
    const input = new Socket({ fd: options.stream, readable: true, writable: false });
    input.on("data", (chunk) => {
      if (!stopped && !blocks.take(chunk, take)) damaged();
    });
    input.on("error", () => {});
    input.on("end", () => {
      if (spool === null) damaged("What came from a pipe or program does not describe its interfaces");
      else stop(asked);
    });
    return;
  }

  for (const source of sources) {
    // The filter is tried alone first, only then is it known that an error is the filter's.
    if (source.filter) {
      const checked = checkFilter(source.name, source.filter);
      if (checked.error) {
        return fail(checked.error.code, checked.error.message, { ...checked.error, interface: source.name });
      }
    }
    source.buffer = Buffer.alloc(READ_SIZE);
    const opened = open(source.name, source.filter, source.bufferKiB * 1024, source.buffer, onPacket(source));
    if (opened.error) {
      return fail(opened.error.code, opened.error.message, { ...opened.error, interface: source.name });
    }
    source.cap = opened.cap;
    source.linkType = opened.linkType;
  }
  begin(null);

  /** Begins the file, with what a stream began with; null when the interfaces are the system's own. */
  function begin(head) {
    try {
      spool = new Spool(options.file, options.exclusive);
    } catch (error) {
      return fail("output", error.message);
    }
    followClock();
    startMicros = micros();
    if (head !== null) for (const block of head) spool.whole(block, false);
    else {
      spool.section(`Tapline ${version} (cap)`);
      for (const { linkType, snapLen, name, filter } of sources)
        spool.interface(linkType, snapLen, name, filter);
    }
    if (!spool.flush()) return stop("error");
    send({
      type: "started",
      file: options.file,
      interfaces: sources.map(({ id, name, linkType, snapLen, bufferKiB, filter, precision = "us" }) => ({
        id,
        name,
        linkType,
        snapLen,
        promiscuous: !streamed,
        monitor: false,
        precision,
        bufferKiB,
        filter,
      })),
    });
    send({ type: "file", path: options.file, packets: 0, bytes: spool.fileBytes, closed: false });
    flushTimer = setInterval(flush, FLUSH_AFTER_MS);
    statsTimer = setInterval(() => {
      followClock();
      if (process.stdout.writableLength < SLOW_READER) send({ type: "stats", ...counters() });
    }, STATS_EVERY_MS);
    if (options.milliseconds) setTimeout(() => orderly("duration"), options.milliseconds);
    process.on("SIGINT", () => orderly("signal"));
    process.on("SIGTERM", () => orderly("signal"));
    let line = "";
    process.stdin.on("data", (chunk) => {
      line = (line + chunk).slice(-64);
      if (/(^|\n)stop\n/.test(line)) orderly("stopped");
    });
    process.stdin.on("end", () => orderly("parent-gone"));
    process.stdout.on("error", () => stop("parent-gone"));
  }
}

const version = readVersion();
const [command, ...args] = process.argv.slice(2);

const needsPackage = !args.includes("--streamed");
try {
  if (needsPackage) cap = (await import("cap")).default;
} catch (error) {
  const reason = error.code === "ERR_MODULE_NOT_FOUND" ? "it is not installed" : error.message.split("\n")[0];
  cap = null;
  send({ type: "hello", protocol: 1, version, libpcap: "none" });
  fail("unavailable", `The package cap cannot be used: ${reason}. Install it: npm install cap`);
}

if (cap || !needsPackage) {
  send({ type: "hello", protocol: 1, version, libpcap: cap ? "cap" : "none" });
  const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  if (command === "list") list(value("-i"));
  else if (command === "compile") {
    const checked = checkFilter(value("-i") ?? "lo", value("-f") ?? "");
    if (checked.error && checked.error.code !== "filter") fail(checked.error.code, checked.error.message);
    else {
      const message = checked.error?.message;
      send({ type: "compiled", id: 0, ok: !checked.error, ...(message === undefined ? {} : { message }) });
      exit(0);
    }
  } else if (command === "capture") {
    let options;
    try {
      options = parseCapture(args);
    } catch (error) {
      fail("usage", error.message);
    }
    if (options) capture(options, version);
  } else fail("usage", "One of list, compile, capture is needed");
}
