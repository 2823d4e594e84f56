import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chainLine, chainPath, openData } from "../../../engine/formats/data-file.ts";
import { openCapture } from "../../../engine/formats/open.ts";
import { RandomReader } from "../../../engine/formats/source.ts";
import { writeMany } from "../../tools/packets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapline-chain-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

/** All that can be read from `offset` on, in reads of `length` bytes. */
function read(file: ReturnType<typeof openData>, offset: number, length: number): string {
  let text = "";
  const into = new Uint8Array(length);
  for (;;) {
    const got = file.read(into, 0, length, offset + text.length);
    if (got === 0) return text;
    text += Buffer.from(into.subarray(0, got)).toString("latin1");
  }
}

it("reads files that follow each other as one, and what is added to the last and behind it", () => {
  writeFileSync(at("a"), "0123456789");
  writeFileSync(at("zwei ü\n\u{1f980}"), "abc");
  writeFileSync(at("list"), `{"owner":1}\n${chainLine(0, at("a"))}${chainLine(10, at("zwei ü\n\u{1f980}"))}`);
  const chain = openData(chainPath(at("list")));
  expect(chain.size()).toBe(13);
  for (const length of [1, 3, 4, 100]) expect(read(chain, 0, length)).toBe("0123456789abc");
  expect(read(chain, 9, 5)).toBe("9abc");
  expect(read(chain, 13, 5)).toBe("");

  appendFileSync(at("zwei ü\n\u{1f980}"), "de");
  expect(chain.size()).toBe(15);
  expect(read(chain, 12, 5)).toBe("cde");

  // A line counts once it is whole.
  writeFileSync(at("c"), "XYZ");
  const line = chainLine(15, at("c"));
  appendFileSync(at("list"), line.slice(0, 5));
  expect(chain.size()).toBe(15);
  appendFileSync(at("list"), line.slice(5));
  expect(read(chain, 0, 7)).toBe("0123456789abcdeXYZ");
  expect(chain.size()).toBe(18);
  chain.close();
});

it("has few of many files open, and reads them in any order", () => {
  const texts = Array.from({ length: 40 }, (_, i) => `file ${i};`.repeat((i % 3) + 1));
  let offset = 0;
  const lines = texts.map((text, i) => {
    writeFileSync(at(`f${i}`), text);
    const line = chainLine(offset, at(`f${i}`));
    offset += text.length;
    return line;
  });
  writeFileSync(at("list"), lines.join(""));
  const whole = texts.join("");
  const random = new RandomReader(chainPath(at("list")), 16, 3);
  for (let i = 0; i < 500; i++) {
    const from = (i * 7919) % whole.length;
    const length = 1 + ((i * 31) % 60);
    expect(Buffer.from(random.read(from, length)).toString()).toBe(whole.slice(from, from + length));
  }
  random.close();
});

it("fails as the file system does on a part that is gone, and reads the others", () => {
  writeFileSync(at("b"), "world");
  writeFileSync(at("list"), chainLine(0, at("a")) + chainLine(6, at("b")));
  const chain = openData(chainPath(at("list")));
  expect(() => read(chain, 0, 4)).toThrow("ENOENT");
  expect(read(chain, 6, 4)).toBe("world");
  chain.close();
  expect(() => openData(chainPath(at("none")))).toThrow("ENOENT");
});

it("makes one capture of several pcapng files", async () => {
  const sizes: number[] = [];
  for (const [i, frames] of [300, 1, 500].entries()) {
    writeMany(at(`${i}.pcapng`), frames, { format: "pcapng" });
    sizes.push((await import("node:fs")).statSync(at(`${i}.pcapng`)).size);
  }
  const offsets = [0, sizes[0] ?? 0, (sizes[0] ?? 0) + (sizes[1] ?? 0)];
  writeFileSync(at("list"), chainLine(0, at("0.pcapng")));
  const capture = await openCapture(chainPath(at("list")));
  let frames = 0;
  while (capture.reader.next()) frames++;
  expect(frames).toBe(300);
  // Files that come later are read on.
  appendFileSync(
    at("list"),
    chainLine(offsets[1] ?? 0, at("1.pcapng")) + chainLine(offsets[2] ?? 0, at("2.pcapng")),
  );
  while (capture.reader.next()) frames++;
  expect(frames).toBe(801);
  expect(capture.info().sections).toHaveLength(3);
  expect(capture.notices()).toEqual([]);
  capture.close();
});
