/**
 * Which TCP connections are subflows of the same Multipath TCP connection (RFC 8684), and where each side's data
 * sequence numbers begin.
 *
 * Pass one learns it; later passes, and other threads, look at the same list of events. What an event says holds from
 * its frame on, so that any order of looking sees the same.
 */

/** Events kept; a capture with more is flooded with them. */
const MAX_EVENTS = 1 << 18;

/** The subflow is one of a connection nothing else is known of. */
export const MULTIPATH_MET = 0;
/** The sender's key gave `token` and `base`. */
export const MULTIPATH_KEY = 1;
/** The other side's key, as the sender repeats it, gave `token` and `base`. */
export const MULTIPATH_ECHOED_KEY = 2;
/** The sender joins the connection of the other side's `token`. */
export const MULTIPATH_JOIN = 3;
/** The sender's data sequence numbers are shown as they are. */
export const MULTIPATH_BASE = 4;
/** The connection saw an operation, `token`, for the first time. */
export const MULTIPATH_OPERATION = 5;

/** Something learnt of one frame; plain data. */
export interface MultipathEvent {
  readonly frame: number;
  /** Number of the TCP stream. */
  readonly stream: number;
  readonly direction: 0 | 1;
  readonly kind: number;
  readonly token: number;
  readonly base: bigint;
}

interface Since<T> {
  readonly frame: number;
  readonly value: T;
}

/** One Multipath TCP connection. */
export class MultipathConnection {
  readonly number: number;
  /** TCP streams that brought the keys. */
  readonly masters: Since<number>[] = [];
  /** TCP streams that belong to it, oldest first. */
  readonly subflows: Since<number>[] = [];
  /** By side: the data sequence number shown as 0. */
  readonly bases: readonly [Since<bigint>[], Since<bigint>[]] = [[], []];
  /** Bits of the operations seen. */
  readonly operations: Since<number>[] = [];

  constructor(number: number) {
    this.number = number;
  }
}

/** What a TCP stream is to its connection. */
export interface MultipathBinding {
  readonly connection: MultipathConnection;
  /** Side of the connection that the stream's direction 0 comes from. */
  readonly side: 0 | 1;
}

/** The newest value as of frame `frame`. */
export function asOf<T>(list: readonly Since<T>[], frame: number): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) if (list[i].frame <= frame) return list[i].value;
  return undefined;
}

const other = (side: 0 | 1): 0 | 1 => (side === 0 ? 1 : 0);

export class MultipathTable {
  /** All that was learnt, in the order of the frames. */
  readonly list: MultipathEvent[] = [];
  #connections = 0;
  readonly #streams = new Map<number, Since<MultipathBinding>[]>();
  readonly #tokens = new Map<number, MultipathBinding>();

  /** The connection a TCP stream belongs to as of frame `frame`; undefined for none. */
  binding(stream: number, frame: number): MultipathBinding | undefined {
    const list = this.#streams.get(stream);
    return list === undefined ? undefined : asOf(list, frame);
  }

  /** True when the event would say something new. */
  isNews({ frame, stream, direction, kind, token }: MultipathEvent): boolean {
    if (this.list.length >= MAX_EVENTS) return false;
    const bound = this.binding(stream, frame);
    const known = this.#tokens.get(token);
    switch (kind) {
      case MULTIPATH_MET:
        return bound === undefined;
      case MULTIPATH_KEY:
        return (
          bound === undefined ||
          known?.connection !== bound.connection ||
          asOf(bound.connection.masters, frame) !== stream
        );
      case MULTIPATH_ECHOED_KEY:
        return known === undefined;
      case MULTIPATH_JOIN:
        return bound === undefined || (known !== undefined && known.connection !== bound.connection);
      case MULTIPATH_BASE:
        return bound !== undefined && bound.connection.bases[bound.side ^ direction].length === 0;
      case MULTIPATH_OPERATION:
        return bound !== undefined && ((asOf(bound.connection.operations, frame) ?? 0) & (1 << token)) === 0;
    }
    return false;
  }

  /** Takes an event in. */
  add(event: MultipathEvent): void {
    this.list.push(event);
    const { frame, stream, direction, kind, token, base } = event;
    const bound = this.binding(stream, frame);
    switch (kind) {
      case MULTIPATH_MET:
        this.#open(event);
        return;
      case MULTIPATH_KEY: {
        const { connection } = this.#keyed(event, bound, direction);
        connection.masters.push({ frame, value: stream });
        attach(connection, frame, stream);
        return;
      }
      case MULTIPATH_ECHOED_KEY:
        this.#keyed(event, bound, other(direction));
        return;
      case MULTIPATH_JOIN: {
        const known = this.#tokens.get(token);
        const joined =
          known === undefined
            ? (bound ?? this.#open(event))
            : this.#bind(event, known.connection, (other(known.side) ^ direction) as 0 | 1);
        attach(joined.connection, frame, stream);
        return;
      }
      case MULTIPATH_BASE:
        if (bound !== undefined) bound.connection.bases[bound.side ^ direction].push({ frame, value: base });
        return;
      case MULTIPATH_OPERATION: {
        if (bound === undefined) return;
        const { operations } = bound.connection;
        operations.push({ frame, value: (asOf(operations, frame) ?? 0) | (1 << token) });
        return;
      }
    }
  }

  forget(): void {
    this.list.length = 0;
    this.#connections = 0;
    this.#streams.clear();
    this.#tokens.clear();
  }

  /** The key of the side that `keyed` comes from. */
  #keyed(event: MultipathEvent, bound: MultipathBinding | undefined, keyed: 0 | 1): MultipathBinding {
    const { frame, token, base } = event;
    const known = this.#tokens.get(token);
    if (known !== undefined) {
      return known.connection === bound?.connection
        ? bound
        : this.#bind(event, known.connection, (known.side ^ keyed) as 0 | 1);
    }
    const binding = bound ?? this.#open(event);
    const side = (binding.side ^ keyed) as 0 | 1;
    binding.connection.bases[side].push({ frame, value: base });
    this.#tokens.set(token, { connection: binding.connection, side });
    return binding;
  }

  #open(event: MultipathEvent): MultipathBinding {
    return this.#bind(event, new MultipathConnection(this.#connections++), 0);
  }

  #bind({ frame, stream }: MultipathEvent, connection: MultipathConnection, side: 0 | 1): MultipathBinding {
    const value = { connection, side };
    const list = this.#streams.get(stream);
    if (list === undefined) this.#streams.set(stream, [{ frame, value }]);
    else list.push({ frame, value });
    return value;
  }
}

function attach(connection: MultipathConnection, frame: number, stream: number): void {
  const { subflows } = connection;
  if (!subflows.some(({ value }) => value === stream)) subflows.push({ frame, value: stream });
}
