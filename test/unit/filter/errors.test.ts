import { describe, expect, it } from "vitest";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { FilterError } from "../../../engine/filter/error.ts";
import { checkFilter } from "../../../engine/filter/verdict.ts";
import "./toy.ts";

function errorOf(filter: string): FilterError {
  try {
    compileFilter(filter);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`no error for ${filter}`);
}

/** A wrong filter; below it the place in question (^ where something is missing); then a part of message and hints. */
const CASES: readonly (readonly [filter: string, place: string, says: RegExp])[] = [
  ["toy.prt == 1", "^^^^^^^", /neither a field nor a protocol.*toy\.port/],
  ["TOY.u8 == 1", "^^^^^^", /toy\.u8/],
  ["toy and tyo", "        ^^^", /tyo.*toy/],
  ["toy.u8-1 == 2", "^^^^^^^^", /blank before it: toy\.u8 -1/],
  ["toy.u8 ==", "         ^", /too early.*"=="/],
  ["toy and", "       ^", /too early/],
  ["== 1", "^^", /a field or a value is expected/],
  ["toy.u8 == and", "          ^^^", /"and" is an operator/],
  ["(toy", "^", /"\(" is not closed/],
  ["toy)", "   ^", /closes no bracket/],
  ["()", " ^", /Put a test/],
  ["toy toy", "    ^^^", /operator is expected/],
  ["toy.u8 1", "       ^", /toy\.u8 == 1/],
  ["toy.u8 = 1", "       ^", /Write ==/],
  ["toy.u8 => 1", "       ^^", />=/],
  ["toy.u8 <> 1", "       ^^", /!=/],
  ["toy AND toy", "    ^^^", /lower case: and/],
  ["toy | toy", "    ^", /\|\|/],
  ["toy ; toy", "    ^", /&&/],
  ["host 10.0.0.1", "     ^^^^^^^^", /capture filter/],
  ["toy.u8 is 1", "       ^^", /Write ==/],
  ["toy.u8 in 1", "          ^", /braces/],
  ["toy.u8 in {}", "          ^^", /empty/],
  ["toy.u8 in {1", "          ^", /not closed/],
  ["toy.u8 in {1,}", "             ^", /a field or a value/],
  ["toy.u8 in {1-2}", "           ^^^", /1\.\.5/],
  ["toy.u8 in {1..2..3}", "               ^^", /set/],
  ["toy[", "   ^", /not closed/],
  ["toy[a]", "    ^", /no range/],
  ["toy[0:0]", "    ^^^", /length/],
  ["toy[3-1]", "    ^^^", /before the first/],
  ["toy[-2-1]", "    ^^^^", /same side/],
  ["toy[]", "    ^", /missing/],
  ["toy[1,]", "      ^", /missing/],
  ["toy#", "   ^", /layer/],
  ['toy.text == "abc', "            ^^^^", /closing quote/],
  ['toy.text == "\\q"', "             ^^", /escape/],
  ["toy.char == 'ab'", "            ^^^^", /one character/],
  ["toy.char == ''", "            ^^", /empty/],
  ["toy.u8 == 256", "          ^^^", /too large.*255/],
  ["toy.i8 == 128", "          ^^^", /127/],
  ["toy.i8 == -129", "          ^^^^", /-128/],
  ["toy.u64 == 18446744073709551616", "           ^^^^^^^^^^^^^^^^^^^^", /18446744073709551615/],
  ["toy.u8 == 08", "          ^^", /no valid unsigned integer/],
  ["toy.u8 == 1.5", "          ^^^", /no valid unsigned integer/],
  ["toy.u8 == Oen", "          ^^^", /"One"/],
  ['toy.u8 == "tpc"', "          ^^^^^", /"TCP"/],
  ['toy.u16 == "1"', "           ^^^", /without quotes/],
  ['toy.ranged < "Low"', "             ^^^^^", /several values \(0\.\.9\), which have no order/],
  ['toy.ranged in {"Low" .. "Ten"}', "               ^^^^^", /several values/],
  ['toy.ranged + "Low" == 3', "             ^^^^^", /several values/],
  ["2 * toy.span == 3", "    ^^^^^^^^", /a number only.*behind the operator/],
  ["toy.time * toy.time == 3", "           ^^^^^^^^", /a number only/],
  ['toy.time == "2026-01-02 03:04:05 XYZ"', "            ^^^^^^^^^^^^^^^^^^^^^^^^^", /date and time/],
  ["toy.flag == maybe", "            ^^^^^", /True or False/],
  ["toy.ip == 1.2.3", "          ^^^^^", /10\.0\.0\.0\/8/],
  ["toy.ip == 1.2.3.4/33", "          ^^^^^^^^^^", /at most 32/],
  ['toy.ip == "1.2.3.4"', "          ^^^^^^^^^", /1\.2\.3\.4 without quotes/],
  ["toy.ip6 == ::/129", "           ^^^^^^", /at most 128/],
  ["toy.ip6 == 1:2", "           ^^^", /no valid IPv6/],
  ["toy.ether == 00:11:22", "             ^^^^^^^^", /six bytes/],
  ["toy.bytes == xyz", "             ^^^", /no valid bytes/],
  ["toy.bytes == 0xfff", "             ^^^^^", /no valid bytes/],
  ["toy.guid == 1234", "            ^^^^", /no valid GUID/],
  ["toy.oid == 1", "           ^", /object identifier/],
  ['toy.time > "yesterday"', "           ^^^^^^^^^^^", /2026-01-02/],
  ['toy.time > "2026-02-31"', "           ^^^^^^^^^^^^", /date and time/],
  ["toy.span > 1s", "           ^^", /seconds/],
  ["toy.ip == toy.u8", "          ^^^^^^", /cannot be compared/],
  ["toy.ip == -1.2.3.4", "          ^^^^^^^^", /below zero/],
  ["toy.label == 1", "^^^^^^^^^", /no value/],
  ["toy.u16 contains 1", "^^^^^^^", /string\(toy\.u16\)/],
  ['toy.ip matches "1"', "^^^^^^", /string\(toy\.ip\)/],
  ["toy.text matches abc", "                 ^^^", /"abc"/],
  ['toy.text matches "("', "                  ^", /regular expression.*not closed/],
  [
    'toy.text matches r"a(?=b)"',
    "                    ^^^",
    /lookahead, "\(\?=", cannot be run in linear time/,
  ],
  ['toy.text matches "\\\\w\\x61++"', "                         ^^", /possessive/],
  ['toy.text matches "[\\u00e9"', "                  ^", /not closed/],
  ["toy.u8[0]", "^^^^^^", /@toy\.u8/],
  ["toy.flag & 1", "^^^^^^^^", /"&" cannot be used/],
  ["toy.text + 1 == 2", "^^^^^^^^", /"\+" cannot be used/],
  ["toy[0:2] & ff", "           ^^", /2 bytes, the mask 1/],
  ["lenn(toy) == 1", "^^^^", /len\(\)/],
  ["toy(toy)", "^^^", /not a function/],
  ["len() == 1", "^^^^^", /one argument/],
  ["len(toy, toy) == 1", "^^^^^^^^^^^^^", /one argument/],
  ['upper(toy.u8) == "A"', "      ^^^^^^", /takes text/],
  ["max(toy.u8, toy.ip) == 1", "            ^^^^^^", /one type/],
  ["max(1, 2) == 2", "    ^", /needs a field/],
  ["len(toy", "   ^", /not closed/],
  ["1 == 1", "^", /this is a value/],
  ["64", "^^", /this is a value/],
  ['"toy"', "^^^^^", /this is a value/],
  ["any toy.u8", "^^^^^^^^^^", /needs a comparison/],
  ["any any toy.u8 == 1", "    ^^^", /cannot stand here/],
  ["(toy.u8) == 1", "         ^^", /braces/],
  ["{toy.u8 == 1}", "        ^^", /"}" is expected/],
  ["@ == 1", "^", /field must follow/],
  ["$x == 1", "^", /must follow \$/],
  ["$macro(1)", "^^^^^^^^^", /no macro/],
  ["toy.text == é", "            ^", /double quotes/],
  ["", "^", /empty/],
];

describe("wrong filters", () => {
  it.each(CASES)("%s", (filter, place, says) => {
    const error = errorOf(filter);
    const start = place.length - place.trimStart().length;
    expect(`${error.message} ${error.hints.join(" ")}`).toMatch(says);
    expect(error.start).toBe(start);
    // One ^ stands for one character, or for the end where something is missing.
    expect(error.end === error.start ? 1 : error.end - error.start).toBe(place.trim().length);
  });

  it("ends at nesting too deep", () => {
    for (const open of ["(", "!", "{", "not "]) {
      expect(errorOf(`${open.repeat(500)}toy`).message).toMatch(/nested deeper/);
    }
  });
});

describe("verdicts", () => {
  it("are empty for blanks, ok without a place for what is right", () => {
    expect(checkFilter("  ")).toEqual({ verdict: "empty", message: "", start: 0, end: 0, hints: [] });
    expect(checkFilter("toy.u8 == 1").verdict).toBe("ok");
  });

  it("carry the error's place and hints", () => {
    const verdict = checkFilter("toy.u8 == 1 and toy.prt");
    expect(verdict).toMatchObject({ verdict: "error", start: 16, end: 23 });
    expect(verdict.hints).toContain("toy.port");
  });

  it.each([
    ["toy.port != 53", /none of its values/, "!="],
    ["toy.port !== 53", /nearly always/, "!=="],
    ["toy.u8 ~= 1", /old spelling/, "~="],
    ["toy.flag", /whether the field is there/, "toy.flag"],
    ["toy.u8 in {1 2}", /commas/, "toy.u8 in {1 2}"],
    ["toy.u8 in {5..1}", /holds nothing/, "5..1"],
    ["toy.u8 > -1", /never below zero/, "-1"],
    ["toy.text == abc", /double quotes/, "abc"],
  ])("warn: %s", (filter, says, place) => {
    const verdict = checkFilter(filter);
    expect(verdict.verdict).toBe("warning");
    expect(verdict.message).toMatch(says);
    expect(filter.slice(verdict.start, verdict.end)).toBe(place);
  });
});
