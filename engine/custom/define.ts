/**
 * Makes a protocol of a description: frames are found in datagrams and in TCP's byte stream, checked, and their
 * fields read.
 *
 * Bytes that are no frame are damage: they are told, and the next frame is searched for, one whose start marker,
 * length and checksum hold. Over TCP a frame that may begin behind damage, and is not whole yet, is waited for from
 * the byte before it on, so that it is known to stand behind damage when more has come. What is found is the same
 * however TCP cut the stream, and nothing but the stream's bytes is remembered.
 */
import { type Dissection, ONE_MORE_SEGMENT } from "../dissect/dissection.ts";
import { bytes, type Expert, expert, type Field, u8 } from "../dissect/field.ts";
import { type Protocol, protocol, protocols } from "../dissect/protocol.ts";
import { ethertypes, ipProtocols, tcpPorts, udpPorts } from "../dissect/tables.ts";
import { checksumStatusText } from "../protocols/checksum.ts";
import { OWN_EXPERTS, OWN_FIELDS } from "./check.ts";
import { FieldProgram } from "./fields.ts";
import { DAMAGED, Framing, HOLDS, INCOMPLETE, NO_FRAME, UNKNOWN } from "./framing.ts";
import type { Description } from "./schema.ts";

/** Bytes a search through one packet may look at: some, and so many times what there is. */
const SEARCH = 1 << 20;
const SEARCH_TIMES = 16;

/** Bytes that are waited for all together, not segment by segment, when a frame may lack them. */
const MUCH = 1500;

/** Bytes of the shortest payload of an Ethernet frame. */
const SHORTEST = 46;
/** Bits that frames must have right where the length of another one speaks against them. */
const SURE_BITS = 32;

const BAD = 0;
const GOOD = 1;
const UNVERIFIED = 2;

/** What is wrong with bytes that are passed over. */
type Reason = "start" | "length" | "inside" | "cut";

/**
 * Registers the protocol of a description. Its name must be free.
 * @returns the protocol
 */
export function defineProtocol(description: Description): Protocol {
  return new Framed(description).protocol;
}

class Framed {
  readonly protocol: Protocol;
  readonly #framing: Framing;
  readonly #program: FieldProgram;
  readonly #withhold: boolean;
  readonly #nested: boolean;
  readonly #start: Field;
  readonly #end: Field;
  readonly #skipped: Field;
  readonly #withheld: Field;
  readonly #rest: Field;
  readonly #status: Field | null;
  readonly #badChecksum: Expert;
  readonly #damage: Expert;
  readonly #title: string;
  readonly #checksumTitle: string;
  readonly #hasPayload: boolean;
  /** True once the present packet has a line of its own for something found in it. */
  #begun = false;
  #texts: string[] = [];

  constructor(description: Description) {
    const { protocol: name, title, on, frame } = description;
    const [badChecksum, damage, malformed] = OWN_EXPERTS;
    this.#title = title;
    this.#hasPayload = description.payload.length > 0;
    this.#framing = new Framing(description);
    this.#badChecksum = expert(`${name}.${badChecksum}`, "error", "Checksum", "Bad checksum");
    this.#damage = expert(`${name}.${damage}`, "error", "Malformed", "Bytes that are no frame were skipped");
    const wrong = expert(
      `${name}.${malformed}`,
      "error",
      "Malformed",
      "The frame's fields do not fit into it",
    );
    this.#program = new FieldProgram(description, wrong);
    this.#start = bytes(`${name}.${OWN_FIELDS.start}`, "Start marker");
    this.#end = bytes(`${name}.${OWN_FIELDS.end}`, "End marker");
    this.#skipped = bytes(`${name}.${OWN_FIELDS.skipped}`, "Skipped bytes");
    this.#withheld = bytes(`${name}.${OWN_FIELDS.withheld}`, "Bytes of the damaged frame");
    this.#rest = bytes(`${name}.${OWN_FIELDS.rest}`, this.#hasPayload ? "Undecoded bytes" : "Payload");
    this.#nested = frame.nested;
    this.#withhold = frame.checksum?.bad === "withhold";
    const own: Field[] = [];
    if (frame.start !== undefined) own.push(this.#start);
    own.push(...this.#program.fields);
    this.#status = null;
    this.#checksumTitle = "";
    if (frame.checksum !== undefined) {
      const full = `${name}.${frame.checksum.field}`;
      this.#checksumTitle = this.#program.fields.find((field) => field.name === full)?.title ?? "Checksum";
      this.#status = u8(`${full}.status`, `${this.#checksumTitle} status`, {
        base: "CUSTOM",
        text: checksumStatusText,
      });
      own.push(this.#status);
    }
    if (frame.end !== undefined) own.push(this.#end);
    own.push(this.#rest, this.#skipped, this.#withheld);
    this.protocol = protocol({
      name,
      title,
      short: description.short ?? name.toUpperCase(),
      fields: Object.fromEntries(own.map((field, i) => [`field${i}`, field])),
      experts: { badChecksum: this.#badChecksum, damage: this.#damage, wrong },
      on: [
        [tcpPorts, ...(on["tcp.port"] ?? [])],
        [udpPorts, ...(on["udp.port"] ?? [])],
        [ethertypes, ...(on.ethertype ?? [])],
        [ipProtocols, ...(on["ip.proto"] ?? [])],
      ],
      // Every frame follows from the bytes from its beginning on.
      linked: [],
      contained: true,
      dissect: (d) => this.#dissect(d),
    });
  }

  #dissect(d: Dissection): void {
    const { end, wireEnd } = d;
    const framing = this.#framing;
    const stream = d.canDesegment;
    // Where bytes are known to be missing, a frame that lacks them is no damage.
    const cut = end < wireEnd || d.fragment || d.quoted;
    this.#begun = false;
    this.#texts = [];
    framing.cost = 0;
    while (d.pos < end) {
      const at = d.pos;
      const found = framing.look(d.buf, at, end);
      if (cut && framing.unbounded) {
        this.#frame(d, end, wireEnd, UNVERIFIED);
        break;
      }
      if (found !== HOLDS && this.#begun && isPadding(d, at, end)) {
        d.payloadEnd = at;
        break;
      }
      let next = at;
      let reason: Reason = found === NO_FRAME && d.buf[at] !== framing.start[0] ? "start" : "length";
      if (found === HOLDS) next = at + framing.length;
      else if (found === INCOMPLETE || found === UNKNOWN) {
        const lacks = found === INCOMPLETE ? framing.length - (end - at) : ONE_MORE_SEGMENT;
        const other = stream && !this.#nested ? this.#sure(d, at + 1, end) : end;
        if (other < end) {
          this.#skip(d, other, "inside");
          d.pos = other;
          continue;
        }
        if (stream) {
          d.wantMore(at, lacks, framing.searchable && !this.#nested);
          break;
        }
        if (cut) {
          this.#frame(d, end, found === INCOMPLETE ? at + framing.length : wireEnd, UNVERIFIED);
          break;
        }
        reason = "cut";
      } else if (found === DAMAGED) {
        // The length is to be trusted unless a frame begins within it.
        const whole = at + framing.length;
        let inside = this.#search(d, at + 1, whole, end, false);
        const aligned = whole < end && framing.look(d.buf, whole, end) === HOLDS;
        if (inside === whole && stream && !aligned) inside = this.#search(d, at + 1, whole, end, true);
        if (inside === whole) next = whole;
        else reason = "inside";
      }
      if (next > at) {
        this.#frame(d, next, next, found === HOLDS ? GOOD : BAD);
        d.pos = next;
        continue;
      }
      // A checksum that holds says more than a beginning. Without one, what comes first counts.
      const holds = this.#search(d, at + 1, end, end, false);
      const tells = !stream || (framing.checked && holds < end);
      const maybe = tells ? holds : this.#search(d, at + 1, holds, end, true);
      if (maybe === holds) {
        this.#skip(d, holds, reason);
        d.pos = holds;
        continue;
      }
      if (maybe - 1 > at) this.#skip(d, maybe - 1, reason);
      const lacks = framing.look(d.buf, maybe, end) === INCOMPLETE ? framing.length - (end - maybe) : 1;
      d.wantMore(maybe - 1, lacks > MUCH ? lacks : ONE_MORE_SEGMENT);
      break;
    }
    d.end = end;
    d.wireEnd = wireEnd;
    if (d.columns && this.#begun) {
      d.setInfo("");
      d.addInfo(this.#texts.join(", "), ", ");
    }
  }

  /**
   * The first place from `from` on, before `limit`, where a whole frame holds or, for `maybe`, where one may that is
   * not whole yet; `limit` when there is none, or when it has cost too much.
   */
  #search(d: Dissection, from: number, limit: number, end: number, maybe: boolean): number {
    const framing = this.#framing;
    if (!framing.searchable) return limit;
    const most = SEARCH + SEARCH_TIMES * (end - d.pos);
    for (let at = framing.nextStart(d.buf, from, limit); at < limit; ) {
      const found = framing.look(d.buf, at, end);
      if (maybe ? found === INCOMPLETE || found === UNKNOWN : found === HOLDS) return at;
      if (framing.cost > most) return limit;
      at = framing.nextStart(d.buf, at + 1, limit);
    }
    return limit;
  }

  /**
   * The first place from `from` on where frames hold, one behind the other, so many that this is no chance; `end` when
   * there is none.
   */
  #sure(d: Dissection, from: number, end: number): number {
    const framing = this.#framing;
    if (framing.bits === 0) return end;
    for (
      let at = this.#search(d, from, end, end, false);
      at < end;
      at = this.#search(d, at + 1, end, end, false)
    ) {
      let bits = 0;
      let next = at;
      while (next < end && bits < SURE_BITS && framing.look(d.buf, next, end) === HOLDS) {
        bits += framing.bits;
        next += framing.length;
      }
      if (bits >= SURE_BITS) return at;
    }
    return end;
  }

  /** Begins the line of something found: the layer's own for the first, further ones beside it. */
  #begin(d: Dissection, to: number): void {
    if (this.#begun) d.openBeside(this.protocol);
    else d.layerEnd(to);
    this.#begun = true;
  }

  #finish(d: Dissection, to: number, first: boolean): void {
    if (!first) d.close(to);
  }

  #skip(d: Dissection, to: number, reason: Reason): void {
    const length = to - d.pos;
    const text = `${length} byte${length === 1 ? "" : "s"} skipped`;
    if (d.columns) this.#texts.push(`[${text}]`);
    const first = !this.#begun;
    this.#begin(d, to);
    if (!d.building) return;
    if (d.labels) d.appendParent(`, ${text}`);
    d.add(this.#skipped, d.pos, length, d.buf.subarray(d.pos, to));
    d.expert(this.#damage, `${text}: ${REASONS[reason]}`);
    this.#finish(d, to, first);
  }

  /**
   * Adds the frame at the cursor.
   * @param to where it ends, or what is there of it
   * @param wire where it ends on the wire
   */
  #frame(d: Dissection, to: number, wire: number, status: number): void {
    if (!d.building && !d.columns) return;
    const { pos, end, wireEnd } = d;
    const program = this.#program;
    const first = !this.#begun;
    this.#begin(d, to);
    program.begin(d, status === UNVERIFIED);
    d.end = to;
    d.wireEnd = Math.max(to, Math.min(wire, wireEnd));
    const withheld = status === BAD && this.#withhold;
    if (withheld) {
      if (d.labels) d.appendParent(", damaged");
      if (d.building) {
        d.add(this.#withheld, pos, to - pos, d.buf.subarray(pos, to));
        this.#addStatus(d, pos, to, status);
      }
    } else this.#parts(d, pos, to, wire, status);
    if (d.columns) {
      const text = withheld ? "" : program.info();
      const shown = text === "" ? `${this.#title}, ${to - pos} bytes` : text;
      this.#texts.push(status === BAD ? `${shown} [Bad checksum]` : shown);
    }
    d.end = end;
    d.wireEnd = wireEnd;
    this.#finish(d, to, first);
  }

  #parts(d: Dissection, at: number, to: number, wire: number, status: number): void {
    const { start, end, parts } = this.#framing;
    const program = this.#program;
    if (d.quoted && to < wire) {
      // A quoted packet is cut on purpose.
      d.bytes(this.#rest, to - at);
      return;
    }
    if (start.length > 0) d.bytes(this.#start, start.length);
    if (!program.header(d)) return;
    const { wireEnd } = d;
    const behind = Math.max(d.pos, wire - parts.trailer - parts.end);
    d.end = Math.min(to, behind);
    d.wireEnd = Math.min(wireEnd, behind);
    program.payload(d);
    if (d.pos < d.end) d.bytes(this.#rest, d.end - d.pos);
    d.end = to;
    d.wireEnd = wireEnd;
    d.need(behind - d.pos);
    d.pos = behind;
    program.trailer(d);
    if (end.length > 0) d.bytes(this.#end, end.length);
    if (d.building) this.#addStatus(d, at, to, status);
  }

  #addStatus(d: Dissection, at: number, to: number, status: number): void {
    if (this.#status === null) return;
    if (status === UNVERIFIED) {
      d.generated(this.#status, at, 0, UNVERIFIED);
      return;
    }
    const checked = this.#framing.verify(d.buf, at, to - at);
    const good = checked.found === checked.right;
    d.generated(this.#status, at + checked.at, checked.size, good ? GOOD : BAD);
    if (good) return;
    const hex = (value: number): string => `0x${value.toString(16).padStart(2 * checked.size, "0")}`;
    d.expert(
      this.#badChecksum,
      `${this.#checksumTitle} is ${hex(checked.found)} and should be ${hex(checked.right)}`,
    );
  }
}

/** True for the zeros that fill up a short Ethernet frame behind what it carries. */
function isPadding(d: Dissection, at: number, end: number): boolean {
  if (end - at > SHORTEST || protocols[d.chain[d.chainLength - 2]]?.name !== "ethertype") return false;
  for (let i = at; i < end; i++) if (d.buf[i] !== 0) return false;
  return true;
}

const REASONS: Readonly<Record<Reason, string>> = {
  start: "no frame begins here",
  length: "the length of a frame that seems to begin here cannot be",
  inside: "another frame begins before the one that seems to begin here ends",
  cut: "the frame that begins here is longer than the packet",
};
