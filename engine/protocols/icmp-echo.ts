/** Requests of ICMP's echo and their replies, told of each other. */
import { CONVERSATION_ICMP } from "../dissect/conversation.ts";
import type { Dissection } from "../dissect/dissection.ts";
import type { Expert, Field } from "../dissect/field.ts";
import type { Protocol } from "../dissect/protocol.ts";

interface EchoRequest {
  readonly frame: number;
  readonly sec: number;
  readonly nsec: number;
}
interface EchoAnswer {
  readonly frame: number;
  /** Nanoseconds between request and reply. */
  readonly time: number;
}
type EchoState = Map<number, EchoRequest>;
const makeState = (): EchoState => new Map();

/** How one of the two protocols says it. */
export interface EchoFields {
  readonly responseIn: Field;
  readonly responseTo: Field;
  readonly responseTime: Field;
  readonly noResponse: Field;
  readonly missing: Expert;
}

/**
 * Finds the other half of an echo, and says so.
 * @param start where the message begins
 * @param ident identifier, the conversation's ports
 * @param key what request and reply have in common besides
 */
export function matchEcho(
  d: Dissection,
  protocol: Protocol,
  f: EchoFields,
  start: number,
  isReply: boolean,
  ident: number,
  key: number,
): void {
  const conversation = d.converse(CONVERSATION_ICMP, ident, ident);
  if (d.first) {
    const state = conversation.state(protocol, makeState);
    if (!isReply) state.set(key, { frame: d.frame, sec: d.sec, nsec: d.nsec });
    else {
      const request = state.get(key);
      if (request !== undefined) {
        state.delete(key);
        const time = (d.sec - request.sec) * 1e9 + d.nsec - request.nsec;
        d.remember(protocol, 0, { frame: request.frame, time });
        if (d.keep) conversation.remember(request.frame, protocol, 0, { frame: d.frame, time });
      }
    }
  }
  if (!d.building && !d.columns) return;
  const answer = d.recall<EchoAnswer>(protocol, 0);
  if (isReply) {
    if (answer === undefined) return;
    if (d.columns) d.addInfo(` (request in ${answer.frame})`);
    d.generated(f.responseTo, start, 0, answer.frame);
    d.generated(f.responseTime, start, 0, answer.time / 1e6);
    if (d.labels) d.relabel(`${f.responseTime.title}: ${(answer.time / 1e6).toFixed(3)} ms`);
  } else if (answer !== undefined) {
    if (d.columns) d.addInfo(` (reply in ${answer.frame})`);
    d.generated(f.responseIn, start, 0, answer.frame);
  } else if (!d.first) {
    if (d.columns) d.addInfo(" (no response found!)");
    d.generated(f.noResponse, start, 0, null);
    d.expert(f.missing);
  }
}
