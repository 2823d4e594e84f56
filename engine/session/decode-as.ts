/** What a session says of "decode as", and what it takes. */
import { ApiError, type DecodeChoices, type Params, type Settings } from "../api.ts";
import { decodeChoices } from "../custom/decode-as.ts";
import {
  DECODE_NONE,
  DECODE_TABLE_NAMES,
  DECODE_TABLES,
  type DecodeTableName,
} from "../dissect/decode-tables.ts";
import { dissectorTable } from "../dissect/tables.ts";

const choicesOf = (table: DecodeTableName): { name: string; title: string }[] =>
  decodeChoices(table).map(({ name, title }) => ({ name, title }));

/** Answers for a thread without entries of the user's, as that of a session is. */
export function decodeChoicesOf(values: Params<"decodeChoices">["values"]): DecodeChoices {
  return {
    tables: DECODE_TABLE_NAMES.map((name) => ({ name, ...DECODE_TABLES[name], protocols: choicesOf(name) })),
    present: values.map(({ table, value }) => dissectorTable(table)?.get(value)?.name ?? null),
  };
}

/**
 * Looks at new entries. Those that were there before stay, also when their protocol is not known any more.
 * @throws ApiError BAD_REQUEST for a protocol that cannot be chosen in the table
 */
export function checkDecodeAs(entries: Settings["decodeAs"], before: Settings["decodeAs"]): void {
  for (const { table, value, protocol } of entries) {
    const isOld = before.some(
      (old) => old.table === table && old.value === value && old.protocol === protocol,
    );
    if (isOld || protocol === DECODE_NONE) continue;
    if (!choicesOf(table).some(({ name }) => name === protocol))
      throw new ApiError("BAD_REQUEST", `${table} ${value} cannot be decoded as "${protocol}".`);
  }
}
