// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is how macros and references are written
import { describe, expect, it } from "vitest";
import { compileFilter } from "../../../engine/filter/compile.ts";
import { FilterError } from "../../../engine/filter/error.ts";
import { expandMacros } from "../../../engine/filter/macros.ts";
import { checkFilter, checkMacros } from "../../../engine/filter/verdict.ts";
import { dissectToy, PACKET, VALUES } from "./toy.ts";

const macros = [
  { name: "port", expression: "toy.port == $1 || toy.u8 == $1" },
  { name: "seen", expression: "toy" },
  { name: "both", expression: "$seen() && (${port:$1})" },
  { name: "pair", expression: "$1 == $2" },
  { name: "dot_org", expression: "$1.org" },
  { name: "ring", expression: "${gnir}" },
  { name: "gnir", expression: "toy and ${ring}" },
  { name: "typo", expression: "toy.prt == $1" },
  { name: "outer", expression: "toy && ${typo:$1}" },
  { name: "missing", expression: "${nowhere:1}" },
  { name: "open", expression: "(toy.port == $1" },
  { name: "set", expression: "{1, 2}" },
];

const expanded = (text: string): string => expandMacros(text, macros).text;

/** The message of what is wrong, with the text that it marks. */
function wrong(text: string): { message: string; marked: string; hints: readonly string[] } {
  try {
    compileFilter(text, { macros });
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, start, end, hints } = error;
    return { message, marked: text.slice(start, end), hints };
  }
  throw new Error(`no error for ${text}`);
}

describe("macros", () => {
  it("are put in place as text, in every way they can be written", () => {
    expect(expanded("${port:80}")).toBe("toy.port == 80 || toy.u8 == 80");
    expect(expanded("${port;80}")).toBe("toy.port == 80 || toy.u8 == 80");
    expect(expanded("$port(80)")).toBe("toy.port == 80 || toy.u8 == 80");
    expect(expanded("not ${seen} or $seen() or ${seen:}")).toBe("not toy or toy or toy");
    expect(expanded("${pair:toy.u8;7}")).toBe("toy.u8 == 7");
    expect(expanded("$pair(toy.u8,7)")).toBe("toy.u8 == 7");
    expect(expanded("$pair(max(toy.u8, 1), {3})")).toBe("max(toy.u8, 1) ==  {3}");
    expect(expanded("toy.u8 in ${set}")).toBe("toy.u8 in {1, 2}");
  });
  it("may use others, and take them as arguments", () => {
    expect(expanded("$both(53)")).toBe("toy && (toy.port == 53 || toy.u8 == 53)");
    expect(expanded("${pair:${pair:a;b};$seen()}")).toBe("a == b == toy");
  });
  it("count inside quotes when they are known, and leave other text there alone", () => {
    expect(expanded('toy.text == "${dot_org:www}"')).toBe('toy.text == "www.org"');
    expect(expanded('toy.text matches "a$(x)${b}$port(1)"')).toBe('toy.text matches "a$(x)${b}$port(1)"');
    expect(expanded('$pair(toy.text,"a;b,c)")')).toBe('toy.text == "a;b,c)"');
    expect(expanded("toy.u8 == '\"' || ${seen}")).toBe("toy.u8 == '\"' || toy");
  });
  it("leave references to the selected packet alone", () => {
    expect(expanded("toy.u8 == ${toy.u8} && toy.u8 == ${@toy.u8#1}")).toBe(
      "toy.u8 == ${toy.u8} && toy.u8 == ${@toy.u8#1}",
    );
  });
  it("find what their text finds", () => {
    const filter = compileFilter("$port(53) && !${pair:toy.u8;99}", { macros });
    const plain = compileFilter("toy.port == 53 || toy.u8 == 53 && !toy.u8 == 99");
    expect(filter.atoms.map(({ key }) => key)).toEqual(plain.atoms.map(({ key }) => key));
    const d = dissectToy(PACKET, VALUES, filter.wanted);
    expect(filter.evaluate(d)).toBe(plain.evaluate(d));
  });
});

describe("what is wrong with a macro", () => {
  it("is told at its use, naming it", () => {
    expect(wrong("toy && ${typo:5} && toy")).toMatchObject({
      message: 'In the macro "typo": "toy.prt" is neither a field nor a protocol',
      marked: "${typo:5}",
    });
    expect(wrong("toy && $outer(5)")).toMatchObject({
      message: 'In the macro "typo", which "outer" uses: "toy.prt" is neither a field nor a protocol',
      marked: "$outer(5)",
    });
    expect(wrong("toy && $open(5)")).toMatchObject({
      message: 'In the macro "open": The bracket "(" is not closed',
      marked: "$open(5)",
    });
  });
  it("is told at the argument that is wrong", () => {
    expect(wrong("toy && $pair(toy.u8,hello)")).toMatchObject({ marked: "hello" });
    expect(wrong("$pair(toy.prt, 5)").message).toBe('"toy.prt" is neither a field nor a protocol');
    expect(wrong("$pair(toy.prt, 5)").marked).toBe("toy.prt");
  });
  it("is told behind it where it stands", () => {
    expect(wrong("$pair(toy.u8,5) && toy.prt")).toMatchObject({ marked: "toy.prt" });
    expect(wrong("toy.prt || $pair(toy.u8,5)")).toMatchObject({ marked: "toy.prt" });
    expect(wrong("$seen() toy")).toMatchObject({ marked: "toy" });
  });
  it("never offers a name to put in place of the whole use", () => {
    for (const hint of wrong("${typo:5}").hints) expect(hint).toMatch(/\.$/);
  });
  it("can be its name, its arguments or its closing", () => {
    expect(wrong("toy and $prot(1)")).toMatchObject({
      message: 'There is no macro named "prot"',
      marked: "$prot(1)",
      hints: ["The nearest: port."],
    });
    expect(wrong("${pair:1}")).toMatchObject({
      message: 'The macro "pair" takes 2 arguments, not 1',
      marked: "${pair:1}",
      hints: ["Write ${pair:…1;…2}."],
    });
    expect(wrong("${seen:1}").message).toBe('The macro "seen" takes 0 arguments, not 1');
    expect(wrong("toy or ${pair:1;2")).toMatchObject({
      message: 'The macro "pair" is not closed',
      marked: "${pair:",
    });
    expect(wrong("$missing()").message).toBe('In the macro "missing": There is no macro named "nowhere"');
    expect(wrong("$missing()").marked).toBe("$missing()");
  });
  it("can be that it uses itself", () => {
    expect(wrong("toy or ${ring}")).toMatchObject({
      message: 'In the macro "gnir": The macro "ring" uses itself: ring → gnir → ring',
      marked: "${ring}",
    });
  });
  it("can be that it grows without bounds", () => {
    const bombs = Array.from({ length: 30 }, (_, i) => ({
      name: `b${i}`,
      expression: i === 0 ? "toy or ".repeat(100) : `\${b${i - 1}}\${b${i - 1}}`,
    }));
    expect(() => expandMacros("${b29}", bombs)).toThrow(/expand to more than 100000 characters/);
    const empty = bombs.map((each, i) => (i === 0 ? { ...each, expression: "" } : each));
    expect(() => expandMacros("${b29}", empty)).toThrow(/too deep or used too often/);
    const long = [{ name: "twice", expression: "$1$1" }];
    let text = "x".repeat(60_000);
    expect(() => expandMacros(`\${twice:${text}}`, long)).toThrow(/more than 100000/);
    text = "x".repeat(40_000);
    expect(expandMacros(`\${twice:${text}}`, long).text).toHaveLength(80_000);
  });
});

describe("macros of any text", () => {
  const bits = [
    "$",
    "{",
    "}",
    "(",
    ")",
    ":",
    ";",
    ",",
    '"',
    "\\",
    "'",
    "a",
    "b",
    "$1",
    "$2",
    "${a:",
    "$b(",
    " ",
    "toy.u8",
    "==",
    "7",
    "é",
  ];
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const text = (): string => Array.from({ length: random(14) }, () => bits[random(bits.length)]).join("");
  it("never end in anything but a filter or its error, whose place is in the typed text", () => {
    for (let round = 0; round < 3000; round++) {
      const some = ["a", "b", "c"].map((name) => ({ name, expression: text() }));
      const typed = text();
      const verdict = checkFilter(typed, { macros: some });
      expect(verdict.start, typed).toBeGreaterThanOrEqual(0);
      expect(verdict.end, typed).toBeGreaterThanOrEqual(verdict.start);
      expect(verdict.end, `${typed} ${JSON.stringify(some)}`).toBeLessThanOrEqual(typed.length);
      for (const [at, { start, end }] of checkMacros(some).entries()) {
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(some[at].expression.length);
      }
    }
  });
  it("are put in place in linear time", () => {
    const many = "${seen} or ".repeat(5000);
    const started = performance.now();
    expect(expandMacros(many, macros).text).toBe("toy or ".repeat(5000));
    for (const open of ["${pair:", "$pair(", '"${pair:', "$1", "${"]) {
      checkFilter(open.repeat(99_000 / open.length), { macros });
    }
    checkFilter(`"${"${pair:".repeat(14_000)}`, { macros });
    const deep = `${"${port:".repeat(12_000)}${"}".repeat(12_000)}`;
    expect(wrong(deep).message).toBe("The macros are nested too deep or used too often");
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("macros judged while they are edited", () => {
  const check = (name: string, expression: string) =>
    checkMacros([...macros.slice(0, 2), { name, expression }])[2];
  it("need a name of their own and a text", () => {
    expect(check("", "toy")).toMatchObject({ verdict: "error", about: "name" });
    expect(check("a-b", "toy")).toMatchObject({ verdict: "error", about: "name", message: /cannot be/ });
    expect(check("port", "toy")).toMatchObject({ verdict: "error", about: "name", message: /another macro/ });
    expect(check("own", "")).toMatchObject({ verdict: "error", about: "expression" });
    expect(check("own", "toy.u8 == $1 && $port($2)")).toMatchObject({ verdict: "ok" });
  });
  it("are told what is wrong at its place in their own text", () => {
    expect(check("own", "toy && $nope(1)")).toMatchObject({ verdict: "error", start: 7, end: 15 });
    expect(check("own", "toy && ${own}")).toMatchObject({ verdict: "error", message: /uses itself/ });
    expect(check("own", "toy && toy.prt")).toMatchObject({ verdict: "warning", start: 7, end: 14 });
    expect(check("own", "{1, 2}")).toMatchObject({ verdict: "warning", message: /^On its own/ });
  });
});

describe("references", () => {
  const at = (text: string, selected: boolean) => checkFilter(text, { macros, selected });
  it("are refused at their place where no packet is selected", () => {
    const text = "toy and toy.u8 == ${toy.u8}";
    expect(at(text, true).verdict).toBe("ok");
    expect(at(text, false)).toMatchObject({ verdict: "error", start: 18, end: text.length });
    expect(at(text, false).message).toBe("No packet is selected: ${toy.u8} has no value");
  });
  it("may stand in a macro's argument", () => {
    expect(at("$pair(toy.u8,${toy.u8})", false)).toMatchObject({ verdict: "error", start: 13, end: 22 });
    expect(at("$pair(toy.u8,${toy.u8})", true).verdict).toBe("ok");
  });
  it("name a field that there is", () => {
    expect(at("toy.u8 == ${toy.prt}", true)).toMatchObject({ verdict: "error", message: /"toy.prt"/ });
    expect(at("toy.u8 == ${@toy.u8#[1-2]}", true)).toMatchObject({
      verdict: "error",
      message: /cannot be compared/,
    });
    expect(at("@toy.u8 == ${@toy.u8#[1-2]}", true).verdict).toBe("ok");
    expect(at("toy.u8 == ${toy.u8#-1}", true).verdict).toBe("ok");
  });
});
