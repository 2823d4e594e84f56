import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { RandomReader } from "../../../engine/formats/source.ts";
import { dissectInOrder, FramePlaces } from "../../../engine/sequential.ts";

test("a single pass shows what a frame has to do with those before it, though nothing is kept", async () => {
  const infos: string[] = [];
  const options = { mode: MODE_TREE, columns: true } as const;
  const capture = await dissectInOrder("build/samples/sample.pcapng", options, (d) => {
    infos.push(d.info);
    return "displayed";
  });
  capture.close();
  const replies = infos.filter((info) => info.startsWith("Echo (ping) reply"));
  expect(replies.length).toBeGreaterThan(3);
  for (const reply of replies) expect(reply).toMatch(/\(request in \d+\)$/);
});

test("of a capture that grows the last frames can be read again, and no more memory is taken", () => {
  const path = "build/samples/sample.pcapng";
  const bytes = readFileSync(path);
  const reader = new RandomReader(path);
  const [all, last] = [new FramePlaces(), new FramePlaces(2048)];
  for (let frame = 1; frame <= 5000; frame++)
    for (const places of [all, last]) places.add(frame % 1000, frame % 50);
  const expected = (frame: number) => bytes.subarray(frame % 1000, (frame % 1000) + (frame % 50));
  const read = (places: FramePlaces, frame: number) => {
    const found = places.read(reader, frame);
    return found && Buffer.from(found);
  };
  for (const frame of [1, 1024, 2952, 2953, 4097, 5000]) {
    expect(read(all, frame)).toEqual(expected(frame));
    expect(read(last, frame)).toEqual(frame > 5000 - 2048 ? expected(frame) : undefined);
  }
  for (const frame of [0, 5001]) expect(read(last, frame)).toBeUndefined();
  reader.close();
});
