/** What collectd's network plugin sends: its binary protocol (collectd wiki, "Binary protocol"), in parts of one type. */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bytes,
  double,
  expert,
  type Field,
  i64,
  nameOf,
  relTime,
  str,
  u8,
  u16,
  u64,
} from "../dissect/field.ts";
import { GENERATED } from "../dissect/node.ts";
import { protocol } from "../dissect/protocol.ts";
import { udpPorts } from "../dissect/tables.ts";
import { formatAbsTime, formatG } from "../dissect/text.ts";

const TYPES: Readonly<Record<number, string>> = {
  0: "HOST",
  1: "TIME",
  2: "PLUGIN",
  3: "PLUGIN_INSTANCE",
  4: "TYPE",
  5: "TYPE_INSTANCE",
  6: "VALUES",
  7: "INTERVAL",
  8: "TIME_HR",
  9: "INTERVAL_HR",
  256: "MESSAGE",
  257: "SEVERITY",
  512: "SIGNATURE",
  528: "ENCRYPTED_DATA",
};
const SEVERITIES: Readonly<Record<number, string>> = { 1: "FAILURE", 2: "WARNING", 4: "OKAY" };

const f = {
  type: u16("collectd.type", "Type", { base: "HEX", names: TYPES }),
  length: u16("collectd.len", "Length"),
  payload: bytes("collectd.data", "Payload"),
  host: str("collectd.data.host", "Host name"),
  interval: relTime("collectd.data.interval", "Interval"),
  time: absTime("collectd.data.time", "Timestamp"),
  plugin: str("collectd.data.plugin", "Plugin"),
  pluginInstance: str("collectd.data.plugin.inst", "Plugin instance"),
  metric: str("collectd.data.type", "Type"),
  metricInstance: str("collectd.data.type.inst", "Type instance"),
  count: u16("collectd.data.valcnt", "Value count"),
  valueType: u8("collectd.val.type", "Value type", {
    base: "HEX",
    names: { 0: "COUNTER", 1: "GAUGE", 2: "DERIVE", 3: "ABSOLUTE" },
  }),
  counter: u64("collectd.val.counter", "Counter value"),
  gauge: double("collectd.val.gauge", "Gauge value"),
  derive: i64("collectd.val.derive", "Derive value"),
  absolute: u64("collectd.val.absolute", "Absolute value"),
  unknown: u64("collectd.val.unknown", "Value of unknown type", { base: "HEX" }),
  severity: u64("collectd.data.severity", "Severity", { base: "HEX", names: SEVERITIES }),
  message: str("collectd.data.message", "Message"),
  signature: bytes("collectd.data.sighash", "Signature"),
  initVector: bytes("collectd.data.initvec", "Init vector"),
  userLength: u16("collectd.data.username_length", "Username length"),
  user: str("collectd.data.username", "Username"),
  encrypted: bytes("collectd.data.encrypted", "Encrypted data"),
};

const x = {
  length: expert("collectd.invalid_length", "error", "Malformed", "Invalid length"),
  garbage: expert("collectd.garbage", "error", "Malformed", "Garbage at end of packet"),
  count: expert(
    "collectd.data.valcnt.mismatch",
    "warning",
    "Malformed",
    "Number of values and length of part do not match. Assuming length is correct.",
  ),
  type: expert("collectd.type.unknown", "note", "Undecoded", "Unknown part type"),
};

export const collectd = protocol({
  name: "collectd",
  title: "collectd network data",
  short: "collectd",
  fields: f,
  experts: x,
  on: [[udpPorts, 25826]],
  contained: true,
  dissect,
});

const VALUES = 6;
const TIME = 1;
const TIME_HR = 8;
const INTERVAL = 7;
const INTERVAL_HR = 9;
const MESSAGE = 0x100;
const SEVERITY = 0x101;
const SIGNATURE = 0x200;
const ENCRYPTED = 0x210;
const PART_HEADER = 4;
const SIGNATURE_BYTES = 32;
const INIT_VECTOR_BYTES = 16;
const NANOSECONDS = 1_000_000_000n;

const TEXTS: Readonly<Record<number, Field>> = {
  0: f.host,
  2: f.plugin,
  3: f.pluginInstance,
  4: f.metric,
  5: f.metricInstance,
};

/** What the parts so far said: it holds for the values and messages that follow. One object serves all packets. */
class Known {
  /** Texts by the type of their part, and where they are. */
  readonly texts = new Map<number, { text: string; at: number; length: number }>();
  time = 0n;
  timeAt = 0;
  interval = 0n;
  intervalAt = 0;
  severity = 0n;
  severityAt = 0;
  host: string | null = null;
  values = 0;
  plugins = 0;
  messages = 0;
  unknown = 0;
  errors = 0;

  clear(at: number): void {
    this.texts.clear();
    this.time = 0n;
    this.timeAt = at;
    this.interval = 0n;
    this.intervalAt = at;
    this.severity = 0n;
    this.severityAt = at;
    this.host = null;
    this.values = 0;
    this.plugins = 0;
    this.messages = 0;
    this.unknown = 0;
    this.errors = 0;
  }
}
const known = new Known();

function dissect(d: Dissection): void {
  known.clear(d.pos);
  if (d.columns) d.setInfo("");
  while (d.remaining > 0 && known.errors === 0) dissectPart(d);
  d.pos = d.end;
  if (d.columns) d.setInfo(summary());
}

function summary(): string {
  const { host, values, plugins, messages, unknown, errors } = known;
  let text = `Host=${host ?? "(null)"}, ${String(values).padStart(2)} value${values === 1 ? " " : "s"} for `;
  text += `${plugins} plugin${plugins === 1 ? ", " : "s,"} ${messages} message${messages === 1 ? "" : "s"}`;
  if (unknown > 0) text += `, ${unknown} unknown`;
  if (errors > 0) text += `, ${errors} error${errors === 1 ? "" : "s"}`;
  return text;
}

function dissectPart(d: Dissection): void {
  const start = d.pos;
  if (d.remaining < PART_HEADER) {
    garbage(d, start);
    return;
  }
  const type = d.peek16();
  const length = d.peek16(2);
  const name = TYPES[type] ?? "UNKNOWN";
  if (length < PART_HEADER) {
    d.openText(start, PART_HEADER, d.labels ? `collectd ${name} segment: Length = ${length} <BAD>` : "");
    d.u16(f.type);
    d.u16(f.length);
    d.expert(x.length, `Bad part length: Is ${length}, expected at least 4`);
    d.close();
    known.errors++;
    return;
  }
  d.need(length);
  const { end } = d;
  d.openText(start, length, d.labels ? `collectd ${name} segment: <BAD>` : "");
  d.u16(f.type);
  d.u16(f.length);
  d.end = start + length;
  dissectContent(d, type, name);
  d.pos = d.end;
  d.end = end;
  d.close();
}

/** What is left from `at` on is none of the parts there are. */
function garbage(d: Dissection, at: number): void {
  const text = `Garbage at end of packet: Length = ${d.end - at} <BAD>`;
  d.text(at, d.end - at, text);
  d.expert(x.garbage, text);
  d.pos = d.end;
  known.errors++;
}

function dissectContent(d: Dissection, type: number, name: string): void {
  const label = (text: string): void => {
    if (d.labels) d.relabelParent(`collectd ${name} segment: ${text}`);
  };
  const field = TEXTS[type];
  if (field !== undefined) {
    const at = d.pos;
    const length = d.remaining;
    const text = d.str(field, length);
    if (d.building || d.columns) known.texts.set(type, { text, at, length });
    if (field === f.host) known.host ??= text;
    if (field === f.plugin) known.plugins++;
    label(`"${text}"`);
    return;
  }
  switch (type) {
    case TIME:
    case TIME_HR:
    case INTERVAL:
    case INTERVAL_HR:
    case SEVERITY:
      addNumber(d, type, label);
      return;
    case VALUES:
      addValues(d, label);
      return;
    case MESSAGE: {
      const at = d.pos;
      const length = d.remaining;
      const text = d.str(f.message, length);
      known.messages++;
      label(`"${text}"`);
      addAssembled(d, "Assembled notification", true);
      if (d.building) d.add(f.message, at, length, text);
      d.close();
      return;
    }
    case SIGNATURE:
      if (d.remaining < SIGNATURE_BYTES) {
        garbage(d, d.pos);
        return;
      }
      label("HMAC-SHA-256");
      d.bytes(f.signature, SIGNATURE_BYTES);
      d.str(f.user, d.remaining);
      return;
    case ENCRYPTED:
      addEncrypted(d, label);
      return;
    default: {
      label(`${d.remaining + PART_HEADER} bytes`);
      known.unknown++;
      d.bytes(f.payload, d.remaining);
      d.expert(x.type, `Unknown part type 0x${type.toString(16)}. Cannot decode data.`);
    }
  }
}

function addNumber(d: Dissection, type: number, label: (text: string) => void): void {
  const at = d.pos;
  if (d.remaining < 8) {
    garbage(d, at);
    return;
  }
  if (d.remaining !== 8) {
    d.expert(x.length, "Invalid length field for an integer part.");
    known.errors++;
    return;
  }
  const value = (BigInt(d.peek32()) << 32n) | BigInt(d.peek32(4));
  if (type === SEVERITY) {
    d.u64(f.severity);
    known.severity = value;
    known.severityAt = at;
    label(`${nameOf(SEVERITIES, Number(value)) ?? "UNKNOWN"} (${value})`);
    return;
  }
  const isFine = type === TIME_HR || type === INTERVAL_HR;
  const nanoseconds = isFine ? fromFine(value) : value * NANOSECONDS;
  d.skip(8);
  if (type === TIME || type === TIME_HR) {
    d.add(f.time, at, 8, nanoseconds);
    known.time = nanoseconds;
    known.timeAt = at;
    if (d.labels) {
      label(formatAbsTime(Number(nanoseconds / NANOSECONDS), Number(nanoseconds % NANOSECONDS), true));
    }
    return;
  }
  d.add(f.interval, at, 8, nanoseconds);
  known.interval = nanoseconds;
  known.intervalAt = at;
  const seconds = formatG(Number(nanoseconds) / 1e9, 9);
  label(`${seconds} second${seconds === "1" ? "" : "s"}`);
}

/** Nanoseconds of a time in units of 2^-30 seconds. */
const fromFine = (value: bigint): bigint => (value * NANOSECONDS) >> 30n;

function addValues(d: Dissection, label: (text: string) => void): void {
  if (d.remaining < 2) {
    garbage(d, d.pos);
    return;
  }
  const there = Math.floor((d.remaining - 2) / 9);
  if (there === 0) {
    garbage(d, d.pos);
    return;
  }
  const said = d.u16(f.count);
  const plural = (count: number): string => `value${count === 1 ? "" : "s"}`;
  label(said === there ? `${said} ${plural(said)}` : `${said} (${there}) ${plural(said)} <BAD>`);
  if (said !== there) d.expert(x.count);
  known.values++;
  const types = d.pos;
  const values = types + there;
  d.openText(types, there * 9, d.labels ? `${there} ${plural(there)}` : "");
  for (let i = 0; i < there; i++) addValue(d, types + i, values + 8 * i);
  d.close();
  d.pos = values + 8 * there;
  addAssembled(d, "Assembled metric", false);
  d.close();
}

function addValue(d: Dissection, typeAt: number, at: number): void {
  if (!d.building) return;
  const type = d.buf[typeAt];
  const view = new DataView(d.buf.buffer, d.buf.byteOffset + at, 8);
  const [title, field, value] =
    type === 0
      ? (["Counter", f.counter, view.getBigUint64(0)] as const)
      : type === 1
        ? (["Gauge", f.gauge, view.getFloat64(0, true)] as const)
        : type === 2
          ? (["Derive", f.derive, view.getBigInt64(0)] as const)
          : type === 3
            ? (["Absolute", f.absolute, view.getBigUint64(0)] as const)
            : (["Unknown", f.unknown, view.getBigUint64(0)] as const);
  const shown = typeof value === "number" ? formatG(value, 6) : String(value);
  d.openText(typeAt, 1, d.labels ? `${title}: ${shown}` : "");
  d.add(f.valueType, typeAt, 1, type);
  d.add(field, at, 8, value);
  d.close();
}

/** Opens the sum of what holds for values or a message. */
function addAssembled(d: Dissection, title: string, isMessage: boolean): void {
  d.openText(d.pos, 0, title, GENERATED);
  if (!d.building) return;
  for (const [type, field] of Object.entries(TEXTS)) {
    const found = known.texts.get(Number(type));
    if (found !== undefined) d.add(field, found.at, found.length, found.text);
  }
  d.add(f.time, known.timeAt, 8, known.time);
  if (isMessage) d.add(f.severity, known.severityAt, 8, known.severity);
  else d.add(f.interval, known.intervalAt, 8, known.interval);
}

function addEncrypted(d: Dissection, label: (text: string) => void): void {
  if (d.remaining <= 2 + INIT_VECTOR_BYTES) {
    garbage(d, d.pos);
    return;
  }
  const length = d.peek16();
  if (length >= d.remaining - 2 - INIT_VECTOR_BYTES) {
    if (length <= d.remaining - 2) {
      garbage(d, d.pos);
      return;
    }
    d.u16(f.userLength);
    d.expert(x.length, "Invalid username length field for an encryption part.");
    known.errors++;
    return;
  }
  label("AES-256");
  d.u16(f.userLength);
  d.str(f.user, length);
  d.bytes(f.initVector, INIT_VECTOR_BYTES);
  d.bytes(f.encrypted, d.remaining);
}
