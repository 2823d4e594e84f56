/** Every filter of the conformance list, bent: what comes out is a filter or a FilterError, soon. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { FilterError } from "../../../engine/filter/error.ts";
import { checkFilter } from "../../../engine/filter/verdict.ts";
import "../../../engine/protocols/index.ts";
import { readFilterList } from "../../conformance/filter-list.ts";
import { random } from "../../tools/random.ts";

const FILTERS = readFilterList(join(import.meta.dirname, "../../conformance/filters.txt")).map(
  ({ text }) => text,
);
const SIGNS = [..."()[]{}\"'\\#@$&|!=<>~^%*/+-.,:;? \t\n\0éß😀\ud800\u202e"].concat([
  "..",
  "0x",
  'r"',
  "${",
  "and",
  "in",
  "any",
]);

/** True when it is a filter; throws for anything but a FilterError within the text. */
function accepted(text: string): boolean {
  try {
    compileFilter(text);
    return true;
  } catch (error) {
    if (!(error instanceof FilterError)) throw new Error(`${JSON.stringify(text)}: ${error}`);
    const { start, end, message } = error;
    if (!(start >= 0 && start <= end && end <= text.length) || message === "") {
      throw new Error(`${JSON.stringify(text)}: ${message} at ${start} to ${end}`);
    }
    return false;
  }
}

function bent(text: string, next: () => number): string {
  const at = Math.floor(next() * (text.length + 1));
  const other = FILTERS[Math.floor(next() * FILTERS.length)];
  const sign = SIGNS[Math.floor(next() * SIGNS.length)];
  switch (Math.floor(next() * 7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + sign + text.slice(at);
    case 3:
      return text.slice(0, at) + sign + text.slice(at + 1);
    case 4:
      return text.slice(0, at) + other.slice(Math.floor(next() * other.length));
    case 5:
      return text.slice(0, at) + text.slice(at).repeat(2);
    default:
      return `${text} ${sign} ${other}`;
  }
}

describe("the filters of the list, bent", () => {
  it("are filters or refused with a place, each soon", () => {
    const next = random(11);
    const started = performance.now();
    let rounds = 0;
    let fine = 0;
    let slowest = 0;
    while (rounds < 8000 && performance.now() - started < 6000) {
      let text = FILTERS[rounds % FILTERS.length];
      for (let bends = 1 + Math.floor(next() * 3); bends > 0; bends--) text = bent(text, next);
      const before = performance.now();
      if (accepted(text)) fine++;
      slowest = Math.max(slowest, performance.now() - before);
      rounds++;
    }
    expect(fine).toBeGreaterThan(rounds / 50);
    expect(slowest).toBeLessThan(2000);
  }, 30_000);

  it("are refused or not, as long and as deep as they may be", () => {
    const started = performance.now();
    const nested = (open: string, inner: string, close: string, depth: number): string =>
      open.repeat(depth) + inner + close.repeat(depth);
    const texts = [
      ...[10, 190, 300, 20_000].flatMap((depth) => [
        nested("(", "tcp", ")", depth),
        nested("not ", "tcp", "", depth),
        nested("{", "ip.ttl", "}", depth),
        nested("abs(", "ip.ttl", ")", depth),
        nested("-", "ip.ttl", "", depth),
        nested("ip.ttl in {", "1", "}", depth),
      ]),
      Array<string>(9000).fill("tcp").join(" or "),
      Array<string>(5000).fill("ip.ttl == 1").join(" && "),
      `tcp.port in {${Array.from({ length: 15_000 }, (_, i) => i).join(",")}}`,
      `frame contains "${"a".repeat(90_000)}"`,
      `frame contains ${Array<string>(30_000).fill("00").join(":")}`,
      `frame matches "${"(a|b)*".repeat(160)}"`,
      `frame matches "${"(".repeat(90)}a${")*".repeat(90)}"`,
      `frame[${Array<string>(20_000).fill("0:1").join(",")}] == 00`,
      `ip.ttl == ${"9".repeat(90_000)}`,
      `ip.ttl${" + 1".repeat(20_000)} == 1`,
      `frame${"[0:9]".repeat(15_000)} == 00`,
      `ip.ttl${" + 1".repeat(490)} == 1`,
      `ip.ttl ${"& 1 * 2 ".repeat(10_000)}`,
      `frame${"[0:9]".repeat(490)} == 00`,
      `ip.src == ${"1.".repeat(40_000)}`,
      `ipv6.src == ${"1:".repeat(40_000)}`,
      `frame.time > "${"2020-".repeat(15_000)}"`,
      "\u{1f600}".repeat(40_000),
      "é".repeat(90_000),
      `${"tcp".repeat(30_000)} == 1`,
    ];
    for (const text of texts) {
      accepted(text);
      expect(["ok", "warning", "error"]).toContain(checkFilter(text).verdict);
    }
    expect(performance.now() - started).toBeLessThan(30_000);
  }, 60_000);
});
