import { expect, test } from "vitest";
import { MODE_TREE } from "../../../engine/dissect/dissection.ts";
import { dissectInOrder } from "../../../engine/sequential.ts";

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
