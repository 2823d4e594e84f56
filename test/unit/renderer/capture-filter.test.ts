import { expect, test } from "vitest";
import type { LiveStatus } from "../../../engine/api.ts";
import { filterOfLive } from "../../../renderer/lib/capture-filter.ts";

type Own = NonNullable<LiveStatus["options"]>["perInterface"];
const live = (filter: string, interfaces: string[], perInterface: Own = {}) =>
  filterOfLive({ interfaces, options: { filter, perInterface } as LiveStatus["options"] });

test("the filter of a capture is one for all, or each interface's own", () => {
  expect(filterOfLive({ interfaces: ["eth0"], options: null })).toBe("");
  expect(live("", ["eth0"])).toBe("");
  expect(live(" tcp port 80 ", ["eth0", "lo"])).toBe("tcp port 80");
  expect(live("udp", ["eth0", "lo"], { lo: { filter: "udp" } })).toBe("udp");
  expect(live("udp", ["eth0", "lo"], { lo: { filter: "" } })).toBe("eth0: udp; lo: everything");
  // Of an interface that is not captured from, nothing counts.
  expect(live("udp", ["eth0"], { lo: { filter: "arp" } })).toBe("udp");
});
