import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Notice, ProtocolFileList, TreeNode } from "../../../engine/api.ts";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import { ProtocolFiles } from "../../../engine/session/protocol-files.ts";
import type { Session } from "../../../engine/session/session.ts";
import { join as concat, RADIO, radio } from "../custom/support.ts";
import { tcpFrame } from "../protocols/builder.ts";
import { fromHex } from "../protocols/harness.ts";
import { udpFrame } from "../protocols/udp-frames.ts";
import { type Bench, makeBench } from "./support.ts";

let bench: Bench;
let folder: string;
let file: string;

beforeAll(() => {
  bench = makeBench();
  folder = bench.host.protocols.folder;
  file = join(folder, "radio.yaml");
  const writer = new CaptureWriter(bench.path("radio.pcap"), { format: "pcap" });
  writer.addInterface({ linkType: 1, snapLen: 65_535, tsresol: 6 });
  for (let number = 1; number <= 200; number++) {
    const bytes = radio(number, `text ${number}`);
    if (number % 50 === 0) bytes[5] ^= 1;
    const frame = fromHex(udpFrame(40000, number % 2 === 0 ? 7000 : 9, Buffer.from(bytes).toString("hex")));
    writer.writePacket(frame, 1_800_000_000 + number, 0, frame.length);
  }
  writer.close();
});
afterAll(async () => {
  bench.host.protocols.close();
  await bench.end();
});

const labels = (nodes: readonly TreeNode[]): string[] =>
  nodes.flatMap(({ label, children }) => [label, ...labels(children ?? [])]);

const infoOf = async (session: Session, row: number): Promise<string> =>
  (await session.call("rows", { start: row, count: 1, columns: ["info"] })).rows[0]?.cells[0] ?? "";

/** The next list of protocol files that fulfils a condition. */
const listWhen = (
  session: Session,
  condition: (list: ProtocolFileList) => boolean,
): Promise<ProtocolFileList> =>
  new Promise((resolve) => {
    const stop = session.on("protocols", (list) => {
      if (!condition(list)) return;
      stop();
      resolve(list);
    });
  });

describe("protocol files of a session", () => {
  it("are read as soon as they change, and the open capture with them", async () => {
    const session = bench.session();
    const notices: Notice[] = [];
    session.on("notice", (notice) => notices.push(notice));
    await session.call("open", { path: bench.path("radio.pcap") });
    expect(await infoOf(session, 1)).toBe("40000 → 7000 Len=13");
    expect((await session.call("checkFilter", { expression: "radio.number == 2" })).verdict).toBe("error");
    const before = await session.call("status", {});

    const added = listWhen(session, ({ files }) => files.length === 1);
    writeFileSync(file, RADIO);
    expect((await added).files).toEqual([
      {
        path: file,
        name: "radio.yaml",
        protocol: { name: "radio", title: "Radio link", on: "tcp.port 7000, udp.port 7000" },
        problems: [],
      },
    ]);
    expect(await infoOf(session, 1)).toBe("#2 text 2");
    const after = await session.call("status", {});
    expect(after).toEqual({ ...before, view: after.view });
    expect(after.view).toBeGreaterThan(before.view);
    expect(labels((await session.call("frame", { number: 2 })).tree)).toContain("Number: 2");
    expect((await session.call("checkFilter", { expression: "radio.number == 2" })).verdict).toBe("ok");
    expect((await session.call("searchFields", { text: "radio.num" }))[0]).toEqual({
      name: "radio.number",
      title: "Number",
      type: "FT_UINT16",
      protocol: "radio",
    });
    expect((await session.call("filter", { expression: "radio" })).count).toBe(100);
    expect((await session.call("filter", { expression: "radio.number > 190" })).count).toBe(4);
    expect((await session.call("filter", { expression: "radio.bad-checksum" })).count).toBe(4);
    expect((await session.call("filter", { expression: 'radio.text contains "19"' })).count).toBe(5);

    // A filter in force, and what it finds, follow the file.
    await session.call("filter", { expression: "radio.number == 2" });
    const changed = listWhen(session, () => true);
    writeFileSync(file, RADIO.replace("name: text", "name: words").replace("{text}", "<{words}>"));
    await changed;
    expect(await infoOf(session, 0)).toBe("#2 <text 2>");
    expect((await session.call("status", {})).filter).toBe("radio.number == 2");
    expect(notices).toEqual([]);

    // A broken file takes its protocol away, says why, and lets go of a filter that needs it.
    const broken = listWhen(session, () => true);
    writeFileSync(file, RADIO.replace("type: u16}", "type: u17}"));
    const [{ problems, protocol }] = (await broken).files;
    expect(protocol).toBeNull();
    expect(problems).toMatchObject([{ line: 14, path: "payload[0].type" }]);
    expect(await infoOf(session, 1)).toBe("40000 → 7000 Len=13");
    expect(await session.call("status", {})).toMatchObject({ filter: "", displayed: 200 });
    expect(notices).toHaveLength(1);
    expect(notices[0].message).toMatch(/^The display filter "radio.number == 2" is no longer in force: /);

    rmSync(file);
    expect((await session.call("reloadProtocolFiles", {})).files).toEqual([]);
    expect((await session.call("protocolFiles", {})).files).toEqual([]);
  });

  it("answer filters over TCP as every packet's own tree does, whatever was damaged and however it was cut", async () => {
    writeFileSync(file, RADIO);
    bench.host.protocols.reload();
    const writer = new CaptureWriter(bench.path("stream.pcap"), { format: "pcap" });
    writer.addInterface({ linkType: 1, snapLen: 65_535, tsresol: 6 });
    let seq = 1001;
    let left = new Uint8Array(0);
    for (let number = 1; number <= 400; number++) {
      const bytes = radio(number, "x".repeat(number % 40));
      if (number % 9 === 0) bytes[(number / 9) % bytes.length] ^= 0x55;
      const data = concat(left, bytes);
      const cut =
        number % 3 === 0 || number === 200 ? data.length : Math.floor((data.length * (number % 7)) / 7);
      left = data.slice(cut);
      if (cut === 0) continue;
      const port = number > 200 ? 41_000 : 40_000;
      if (number === 201) seq = 1001;
      const frame = tcpFrame({
        from: "a",
        flags: "PA",
        seq,
        ack: 1,
        data: data.slice(0, cut),
        portA: port,
        portB: 7000,
      });
      seq += cut;
      writer.writePacket(frame, 1_800_000_000 + number, 0, frame.length);
    }
    writer.close();
    const session = bench.session();
    const { frames } = await session.call("open", { path: bench.path("stream.pcap") });
    const trees: string[][] = [];
    for (let number = 1; number <= frames; number++)
      trees.push(labels((await session.call("frame", { number })).tree));
    for (const [expression, pattern] of [
      ["radio", /^Radio link/],
      ["radio.number", /^Number: /],
      ["radio.number in {100..199}", /^Number: 1..$/],
      ["radio.damage", /Error\/Malformed/],
      ["radio.crc.status == 0", /Crc status: Bad/],
    ] as const) {
      const { count } = await session.call("filter", { expression });
      expect(count, expression).toBe(
        trees.filter((lines) => lines.some((line) => pattern.test(line))).length,
      );
      expect(count, expression).toBeGreaterThan(3);
    }
    const shown = trees.flat().filter((line) => line.startsWith("Number: "));
    const whole = Array.from({ length: 399 }, (_, i) => i + 1).filter((number) => number % 9 !== 0);
    expect(shown).toEqual(expect.arrayContaining(whole.map((number) => `Number: ${number}`)));
    await session.call("close", {});
    rmSync(file);
    bench.host.protocols.reload();
  });

  it("never break one another", () => {
    const place = bench.path("several");
    mkdirSync(place);
    writeFileSync(join(place, "a.yaml"), "tapline: [1");
    writeFileSync(join(place, "b.yml"), RADIO);
    writeFileSync(join(place, "c.yaml"), RADIO.replace("Radio link", "Another"));
    writeFileSync(
      join(place, "d.json"),
      JSON.stringify({ tapline: 1, protocol: "tcp", title: "Mine", payload: [] }),
    );
    writeFileSync(join(place, "notes.txt"), "no protocol");
    mkdirSync(join(place, "e.yaml"));
    const files = new ProtocolFiles(place, [join(place, "missing.yaml")]);
    expect(files.descriptions.map(({ protocol }) => protocol)).toEqual(["radio"]);
    const told = files
      .list()
      .files.map(({ name, problems }) => [name, ...problems.map(({ message }) => message)]);
    expect(told).toEqual([
      ["missing.yaml", "There is no such file."],
      ["a.yaml", "This is not YAML: unexpected end of the stream within a flow collection."],
      ["b.yml"],
      ["c.yaml", `"${join(place, "b.yml")}" describes the protocol "radio" already; choose another name.`],
      [
        "d.json",
        "There is nothing in the frame: describe header, payload or trailer.",
        'Tapline has a protocol "tcp"; choose another name.',
      ],
      ["e.yaml", "This is no file."],
    ]);
  });
});
