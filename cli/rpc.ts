/**
 * `tapline rpc`: JSON-RPC 2.0 over standard input and output, one message a line.
 *
 * The methods are those of the engine's contract; its events come as notifications. Requests run side by side and
 * are answered as they end, those of a batch together. The end of the input ends the program once everything
 * asked for was answered. See https://www.jsonrpc.org/specification.
 */
import type { Readable } from "node:stream";
import {
  type Api,
  ApiError,
  EVENTS,
  type EventName,
  type Events,
  isMethod,
  type ParamsIn,
} from "../engine/api.ts";
import { makeHost } from "../engine/session/host.ts";
import { Session } from "../engine/session/session.ts";
import { EXIT_DONE, type ExitStatus } from "./errors.ts";
import type { Output } from "./output.ts";

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** What the engine itself refuses; `data` says more. */
const REFUSED = -32000;

/** Characters of the longest line: a filter or a list of frames to save fits many times. */
const LONGEST_LINE = 64 * 1024 * 1024;

type Id = string | number | null;
interface Answer {
  readonly jsonrpc: "2.0";
  readonly id: Id;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/**
 * Serves until `input` ends.
 * @param protocolFiles paths of protocol files beside those in the settings' folder
 */
export async function serve(
  input: Readable,
  out: Output,
  protocolFiles: readonly string[] = [],
): Promise<ExitStatus> {
  const host = makeHost("rpc", protocolFiles);
  const session = new Session(host);
  try {
    await serveApi(session, input, out);
  } finally {
    await session.end(true);
    await host.desk.close();
    host.protocols.close();
  }
  return EXIT_DONE;
}

/** Answers the requests of `input` with what `api` answers, until the input has ended and all is answered. */
export function serveApi(api: Api, input: Readable, out: Output): Promise<void> {
  return new Connection(api, input, out).run();
}

class Connection {
  readonly #api: Api;
  readonly #input: Readable;
  readonly #out: Output;
  readonly #pending = new Set<Promise<void>>();
  /** Set when the other side has stopped reading. */
  #failure: unknown = null;

  constructor(api: Api, input: Readable, out: Output) {
    this.#api = api;
    this.#input = input;
    this.#out = out;
  }

  async run(): Promise<void> {
    const ends = EVENTS.map((event) =>
      this.#api.on(event, (params: Events[EventName]) => {
        this.#send({ jsonrpc: "2.0", method: event, params });
      }),
    );
    for await (const line of linesOf(this.#input)) {
      if (this.#failure !== null) break;
      if (line === null) this.#send(refusal(null, INVALID_REQUEST, "The line is longer than 64 MiB."));
      else if (line.trim() !== "") this.#take(line);
    }
    await Promise.all(this.#pending);
    for (const end of ends) end();
    if (this.#failure !== null) throw this.#failure;
  }

  #send(message: object): void {
    if (this.#failure !== null) return;
    try {
      this.#out.write(`${JSON.stringify(message)}\n`);
      this.#out.flush();
    } catch (error) {
      this.#failure = error;
      this.#input.destroy();
    }
  }

  #take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch (error) {
      this.#send(refusal(null, PARSE_ERROR, `The line is not JSON: ${(error as Error).message}`));
      return;
    }
    const work = Array.isArray(message) ? this.#batch(message) : this.#single(message);
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  async #single(message: unknown): Promise<void> {
    const answer = await this.#answer(message);
    if (answer !== null) this.#send(answer);
  }

  async #batch(messages: readonly unknown[]): Promise<void> {
    if (messages.length === 0) {
      this.#send(refusal(null, INVALID_REQUEST, "A batch holds at least one request."));
      return;
    }
    const answers = await Promise.all(messages.map((message) => this.#answer(message)));
    const due = answers.filter((answer) => answer !== null);
    if (due.length > 0) this.#send(due);
  }

  /** The answer to a request; null for a notification, which gets none. Never rejects. */
  async #answer(message: unknown): Promise<Answer | null> {
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      return refusal(null, INVALID_REQUEST, "A request is a JSON object.");
    }
    const { jsonrpc, id, method, params } = message as Record<string, unknown>;
    if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number") {
      return refusal(null, INVALID_REQUEST, "The id of a request is a string or a number.");
    }
    const answerTo = id === undefined ? null : id;
    if (jsonrpc !== "2.0" || typeof method !== "string") {
      return refusal(answerTo, INVALID_REQUEST, 'A request has "jsonrpc":"2.0" and a method.');
    }
    const answer = await this.#call(answerTo, method, params);
    return id === undefined ? null : answer;
  }

  async #call(id: Id, method: string, params: unknown): Promise<Answer> {
    if (!isMethod(method)) {
      return refusal(id, METHOD_NOT_FOUND, `There is no method "${method.slice(0, 100)}".`);
    }
    if (Array.isArray(params)) {
      return refusal(id, INVALID_PARAMS, `The parameters of ${method} are named: send an object.`);
    }
    try {
      // The session checks the parameters against the contract.
      const result = await this.#api.call(method, (params ?? {}) as ParamsIn<typeof method>);
      return { jsonrpc: "2.0", id, result };
    } catch (error) {
      if (!(error instanceof ApiError)) return refusal(id, INTERNAL_ERROR, String(error));
      const code = error.info.code === "BAD_REQUEST" ? INVALID_PARAMS : REFUSED;
      return refusal(id, code, error.message, error.info);
    }
  }
}

function refusal(id: Id, code: number, message: string, data?: unknown): Answer {
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } };
}

/** The lines of a stream; null for one that is too long to be kept. */
async function* linesOf(input: Readable): AsyncGenerator<string | null> {
  input.setEncoding("utf8");
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of input as AsyncIterable<string>) {
    let start = 0;
    for (;;) {
      const stop = chunk.indexOf("\n", start);
      const part = chunk.slice(start, stop === -1 ? undefined : stop);
      length += part.length;
      if (length <= LONGEST_LINE) parts.push(part);
      if (stop === -1) break;
      yield length <= LONGEST_LINE ? parts.join("") : null;
      parts = [];
      length = 0;
      start = stop + 1;
    }
  }
  if (length > 0) yield length <= LONGEST_LINE ? parts.join("") : null;
}
