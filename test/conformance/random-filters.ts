/** Random display filters over what a capture holds, and what a plain walk says of them. */
import { type Dissection, MODE_FIELDS } from "../../engine/dissect/dissection.ts";
import type { Field } from "../../engine/dissect/field.ts";
import { fields } from "../../engine/dissect/protocol.ts";
import type { CompiledFilter } from "../../engine/filter/compile.ts";
import { fieldFilterText } from "../../engine/filter/field-filter.ts";
import { groupOf } from "../../engine/filter/types.ts";
import { dissectInOrder } from "../../engine/sequential.ts";
import "../../engine/protocols/index.ts";

/** A field of a capture with some of its values as filters write them. */
export interface Found {
  readonly field: Field;
  readonly values: readonly string[];
}

const VALUES_LIMIT = 8;

/** The fields with a name that the capture's frames hold. */
export async function fieldsOf(path: string): Promise<Found[]> {
  const found = new Map<string, { field: Field; values: Set<string> }>();
  const wanted = new Uint8Array(fields.length).fill(1);
  const capture = await dissectInOrder(path, { mode: MODE_FIELDS, columns: false, wanted }, (d) => {
    for (const node of d.found) {
      const { field } = node;
      if (field.name === "") continue;
      let known = found.get(field.name);
      if (known === undefined) {
        known = { field, values: new Set() };
        found.set(field.name, known);
      }
      if (known.values.size >= VALUES_LIMIT) continue;
      const text = fieldFilterText(node);
      const at = text.indexOf(" == ");
      if (at > 0 && text.length < 300) known.values.add(text.slice(at + 4));
    }
    return true;
  });
  capture.close();
  return [...found.values()].map(({ field, values }) => ({ field, values: [...values] }));
}

const RELATIONS = ["==", "!=", "===", "!==", "<", "<=", ">", ">="];
const NEEDLES = ["GET", "www", "a", "\\x00\\x00", "com", "\\xff", "45:00", "0"];
const PATTERNS = [
  "^.",
  "a.*b",
  "[0-9]{2,}",
  "(get|post)",
  "\\\\x00.\\\\x00",
  "\\\\w+\\\\.\\\\w+",
  "e$",
  "(?-i)[A-Z]{3}",
];
const LAYERS = ["frame", "eth", "ip", "ipv6", "tcp", "udp", "dns", "http"];

/** A filter over the fields; not every one is legal. */
export function randomFilter(found: readonly Found[], next: () => number, depth: number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  if (depth > 0 && next() < 0.6) {
    const left = randomFilter(found, next, depth - 1);
    if (next() < 0.2) return `not (${left})`;
    return `(${left}) ${pick(["and", "or", "&&", "||", "xor"])} (${randomFilter(found, next, depth - 1)})`;
  }
  return randomTest(pick(found), found, next);
}

function randomTest({ field, values }: Found, found: readonly Found[], next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  const number = (below: number): number => Math.floor(next() * below);
  const { name } = field;
  const group = groupOf(field.type);
  const quantifier = pick(["", "", "", "any ", "all "]);
  const subject = pick([name, name, name, name, `${name}#1`, `${name}#[1-2]`]);
  if (values.length === 0 || next() < 0.1) {
    return pick([
      name,
      subject,
      `count(${name}) > ${number(3)}`,
      `${pick(LAYERS)} contains "${pick(NEEDLES)}"`,
      `${pick(LAYERS)} matches "${pick(PATTERNS)}"`,
      `${pick(LAYERS)}[${number(40)}:${1 + number(2)}] ${pick(RELATIONS)} ${pick(["00", "45:00", "00:01", "ff"])}`,
      `len(${pick(LAYERS)}) > ${number(100)}`,
      `len(@${name}) > ${number(8)}`,
    ]);
  }
  const value = pick(values);
  const forms = [
    `${quantifier}${subject} ${pick(RELATIONS)} ${value}`,
    `${quantifier}${subject} in {${value}, ${pick(values)}}`,
    `${quantifier}${subject} in {${value} .. ${pick(values)}}`,
    `${quantifier}${name} ${pick(RELATIONS)} ${value}`,
    `${name} not in {${pick(values)}}`,
    `count(${subject}) ${pick(RELATIONS)} ${number(4)}`,
    `${pick(["max", "min"])}(${name}) ${pick(RELATIONS)} ${value}`,
    `string(${name}) matches "${pick(PATTERNS)}"`,
    `vals(${name}) contains "${pick(["a", "e", "on", "A"])}"`,
  ];
  const others = found.filter((other) => groupOf(other.field.type) === group);
  forms.push(`${quantifier}${name} ${pick(RELATIONS)} ${pick(others).field.name}`);
  if (group === "integer") {
    forms.push(
      `${name} & ${1 + number(255)}`,
      `${name} & ${1 + number(255)} == ${number(16)}`,
      `${name} ${pick(["+", "-", "*", "/", "%"])} ${number(9)} ${pick(RELATIONS)} ${value}`,
      `-${name} < ${number(100) - 50}`,
    );
  }
  if (group === "string") {
    forms.push(
      `${name} contains "${pick(NEEDLES)}"`,
      `${name} matches "${pick(PATTERNS)}"`,
      `upper(${name}) ${pick(RELATIONS)} lower(${pick(others).field.name})`,
      `len(${name}) > ${number(20)}`,
      `${name}[${number(4)}:${1 + number(4)}] == "${pick(NEEDLES)}"`,
    );
  }
  if (group === "bytes" || group === "ipv4" || group === "ipv6" || group === "eui64") {
    forms.push(
      `${name}[${number(6) - 3}:${1 + number(3)}] ${pick(RELATIONS)} ${pick(["00", "00:01", "ff:ff", "c0"])}`,
      `${name}[0] & ${pick(["01", "0x0f"])}`,
      `${name} contains ${pick(["00", "01:00"])}`,
    );
  }
  return pick(forms);
}

/** True for filters of fields that point at later frames: two passes show what they ask for. */
export function looksAhead({ wanted }: CompiledFilter): boolean {
  return fields.some(
    ({ id, type, name }) =>
      wanted[id] === 1 && (type === "FT_FRAMENUM" || /\.(no_resp|resp_not_found)$|^_ws\.expert/.test(name)),
  );
}

/** The frames each filter finds when every frame is dissected and every test evaluated. */
export async function plainly(
  path: string,
  filters: readonly CompiledFilter[],
  twoPass: boolean,
): Promise<number[][]> {
  const found = filters.map((): number[] => []);
  const wanted = new Uint8Array(fields.length);
  for (const filter of filters) {
    for (const atom of filter.atoms) for (const id of atom.fields) wanted[id] = 1;
  }
  const columns = filters.some(({ needsColumns }) => needsColumns);
  const capture = await dissectInOrder(
    path,
    { mode: MODE_FIELDS, columns, wanted, twoPass },
    (d: Dissection) => {
      filters.forEach((filter, i) => {
        if (filter.evaluate(d)) found[i].push(d.frame);
      });
      return true;
    },
  );
  capture.close();
  return found;
}
