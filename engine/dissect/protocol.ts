/** Protocols, the registry of all of them, and the tables through which one protocol hands over to the next. */
import type { Dissection } from "./dissection.ts";
import { type Expert, Field } from "./field.ts";

export interface ProtocolDefinition {
  /** Display-filter name, lower case: "udp". */
  readonly name: string;
  /** "User Datagram Protocol": the first line of the layer. */
  readonly title: string;
  /** Short name for the Protocol column: "UDP". */
  readonly short: string;
  readonly fields?: Readonly<Record<string, Field>>;
  readonly experts?: Readonly<Record<string, Expert>>;
  /** Where the protocol is called from: table and value. */
  readonly on?: readonly (readonly [DissectorTable, ...number[]])[];
  /** Tables of guesses it takes part in; `test` decides. */
  readonly heuristicOn?: readonly HeuristicTable[];
  /** Looks at the bytes from `d.pos` without consuming or adding anything; true when they are this protocol's. */
  readonly test?: (d: Dissection) => boolean;
  /**
   * Looks at bytes that came by a port or in a conversation of this protocol, as `test` does; true when they cannot be
   * this protocol's, and those that recognise theirs are to be asked. Must not read past the end.
   */
  readonly refuses?: (d: Dissection) => boolean;
  /** True when packets recognised by `test` say nothing of the rest of their conversation: each is looked at. */
  readonly packetwise?: boolean;
  /** Marks that pass one sets in every frame with one of these fields, see frame-marks.ts. */
  readonly marks?: readonly (readonly [mark: number, fields: readonly Field[]])[];
  /**
   * The fields whose values depend on other frames of the conversation; all others follow from the PDU they stand
   * in. Left out when nothing is known of any.
   */
  readonly linked?: readonly Field[];
  /** True when its fields are found only in packets that have the protocol in their chain. */
  readonly contained?: boolean;
  /** True for layers that leave the Protocol column to the layer around them (data). */
  readonly quiet?: boolean;
  /** True for steps of the protocol chain that have no line in the tree (ethertype). */
  readonly invisible?: boolean;
  /** True when its line is there, empty, even in a segment that holds less than its first PDU. */
  readonly early?: boolean;
  /**
   * Dissects the layer that begins at `d.pos` and ends at `d.end`. May stop anywhere by running out of bytes;
   * never throws anything else.
   */
  readonly dissect: (d: Dissection) => void;
}

/** A protocol as the engine knows it. */
export class Protocol {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly short: string;
  readonly quiet: boolean;
  readonly invisible: boolean;
  readonly packetwise: boolean;
  readonly contained: boolean;
  readonly early: boolean;
  /** The protocol as a field (FT_PROTOCOL), for its line in the tree and for filters like `udp`. */
  readonly field: Field;
  readonly fields: readonly Field[];
  readonly test: ((d: Dissection) => boolean) | undefined;
  readonly refuses: ((d: Dissection) => boolean) | undefined;
  readonly dissect: (d: Dissection) => void;

  constructor(id: number, definition: ProtocolDefinition, fields: readonly Field[]) {
    this.id = id;
    this.name = definition.name;
    this.title = definition.title;
    this.short = definition.short;
    this.invisible = definition.invisible ?? false;
    this.packetwise = definition.packetwise ?? false;
    this.contained = definition.contained ?? false;
    this.early = definition.early ?? false;
    this.quiet = this.invisible || (definition.quiet ?? false);
    this.field = new Field(definition.name, definition.title, "FT_PROTOCOL");
    this.fields = fields;
    this.test = definition.test;
    this.refuses = definition.refuses;
    this.dissect = definition.dissect;
  }
}

/** All protocols, by id. */
export const protocols: Protocol[] = [];
/** All fields, by id; protocols' own fields among them. */
export const fields: Field[] = [];
/** Rises when protocols were taken back: what was made of names and numbers before holds no longer. */
export let registryVersion = 0;
const fieldsByName = new Map<string, Field[]>();
const protocolsByName = new Map<string, Protocol>();
const expertsByField = new Map<Field, Expert>();

/** Adds wanted fields to others that are: both sets hold 1 by the id of each field in them, else 0. */
export function addWanted(to: Uint8Array, wanted: Uint8Array): void {
  wanted.forEach((needed, id) => {
    if (needed === 1) to[id] = 1;
  });
}

/**
 * Registers a protocol with its fields, experts and table entries.
 * @throws Error when the name is taken: a mistake in the program, found at start
 */
export function protocol(definition: ProtocolDefinition): Protocol {
  if (protocolsByName.has(definition.name)) throw new Error(`protocol ${definition.name} is defined twice`);
  const own = Object.values(definition.fields ?? {});
  const experts = Object.values(definition.experts ?? {});
  for (const expert of experts) expertsByField.set(expert.field, expert);
  const made = new Protocol(protocols.length, definition, [...own, ...experts.map((expert) => expert.field)]);
  protocols.push(made);
  protocolsByName.set(made.name, made);
  for (const field of [made.field, ...made.fields]) registerField(field, made.name);
  for (const [mark, marked] of definition.marks ?? []) for (const field of marked) field.mark = mark;
  if (definition.linked !== undefined) {
    for (const field of own) field.own = !definition.linked.includes(field);
  }
  for (const [table, ...values] of definition.on ?? []) for (const value of values) table.add(value, made);
  for (const table of definition.heuristicOn ?? []) table.add(made);
  return made;
}

function registerField(field: Field, owner: string): void {
  if (field.id !== -1) return;
  field.id = fields.length;
  field.protocol = owner;
  fields.push(field);
  const same = fieldsByName.get(field.name);
  if (same) same.push(field);
  else fieldsByName.set(field.name, [field]);
}

/**
 * Takes back the protocols from number `first` on, the newest, with their fields and table entries. Only for a
 * thread whose dissections have ended: what they found speaks of protocols by their numbers.
 */
export function withdrawProtocols(first: number): void {
  if (first >= protocols.length) return;
  const gone = protocols.splice(first);
  registryVersion++;
  fields.length = gone[0].field.id;
  for (const { name, field, fields: own } of gone) {
    protocolsByName.delete(name);
    for (const one of [field, ...own]) {
      expertsByField.delete(one);
      const same = (fieldsByName.get(one.name) ?? []).filter(({ id }) => id < fields.length);
      if (same.length > 0) fieldsByName.set(one.name, same);
      else fieldsByName.delete(one.name);
    }
  }
  for (const table of tables) table.withdraw(first);
}

/** The fields with this filter name (a name may stand for several of different types), or an empty list. */
export function fieldsNamed(name: string): readonly Field[] {
  return fieldsByName.get(name) ?? [];
}

/** The expert info that the field is the mark of; undefined for any other field. */
export function expertOf(field: Field): Expert | undefined {
  return expertsByField.get(field);
}

export function protocolNamed(name: string): Protocol | undefined {
  return protocolsByName.get(name);
}

/** Tables with entries. */
const tables = new Set<DissectorTable>();

/** number → protocol: ethertypes, IP protocol numbers, ports. */
export class DissectorTable {
  readonly name: string;
  readonly title: string;
  readonly #byValue = new Map<number, Protocol>();
  /** Entries that took the place of others, the newest last. */
  #replaced: { readonly value: number; readonly before: Protocol; readonly by: Protocol }[] = [];
  /** The user's entries ("decode as"), which go before all others; null for none. */
  #chosen: Map<number, Protocol> | null = null;
  constructor(name: string, title: string) {
    this.name = name;
    this.title = title;
  }
  add(value: number, protocol: Protocol): void {
    tables.add(this);
    const before = this.#byValue.get(value);
    if (before !== undefined) this.#replaced.push({ value, before, by: protocol });
    this.#byValue.set(value, protocol);
  }
  /** Takes back the entries of protocols from number `first` on. */
  withdraw(first: number): void {
    for (const [value, protocol] of this.#byValue) if (protocol.id >= first) this.#byValue.delete(value);
    for (const { value, before, by } of this.#replaced)
      if (by.id >= first && before.id < first) this.#byValue.set(value, before);
    this.#replaced = this.#replaced.filter(({ by }) => by.id < first);
    for (const [value, protocol] of this.#chosen ?? []) if (protocol.id >= first) this.#chosen?.delete(value);
  }
  /** The user says what the value stands for, until `takeBack`. */
  choose(value: number, protocol: Protocol): void {
    tables.add(this);
    this.#chosen ??= new Map();
    this.#chosen.set(value, protocol);
  }
  /** Takes back what the user said. */
  takeBack(): void {
    this.#chosen = null;
  }
  get(value: number): Protocol | undefined {
    if (this.#chosen !== null) return this.#chosen.get(value) ?? this.#byValue.get(value);
    return this.#byValue.get(value);
  }
  /** What the user said the value stands for; undefined when nothing. */
  chosen(value: number): Protocol | undefined {
    return this.#chosen === null ? undefined : this.#chosen.get(value);
  }
  /** The protocols of its entries, the user's not among them. */
  protocols(): ReadonlySet<Protocol> {
    return new Set(this.#byValue.values());
  }
}

/** Protocols that recognise their bytes by looking at them. */
export class HeuristicTable {
  readonly name: string;
  readonly protocols: Protocol[] = [];
  constructor(name: string) {
    this.name = name;
  }
  add(protocol: Protocol): void {
    this.protocols.push(protocol);
  }
  /** The first protocol whose test accepts the bytes at `d.pos`. A test that runs out of bytes says no. */
  find(d: Dissection): Protocol | undefined {
    for (const candidate of this.protocols) if (d.probe(candidate)) return candidate;
    return undefined;
  }
}
