// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is how macros and references are written
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SettingsStore } from "../../../engine/session/stores.ts";
import { folder, makeCapture, tapline } from "./support.ts";

const file = makeCapture("macros.pcap");
const shown = async (filter: string) =>
  tapline("-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number");

beforeAll(() => {
  process.env.TAPLINE_HOME = join(folder, "home");
  new SettingsStore().change({
    filterMacros: [
      { name: "len", expression: "udp.length == $1" },
      { name: "broken", expression: "udp.lenght == 1" },
    ],
  });
});
afterAll(() => {
  delete process.env.TAPLINE_HOME;
});

describe("display filters on the command line", () => {
  it("know the macros of the settings", async () => {
    expect((await shown("$len(10) or arp")).out).toBe("2\n3\n");
    expect((await shown("${len:12}")).out).toBe("1\n4\n");
    const { status, err } = await shown("arp or ${broken}");
    expect(status).not.toBe(0);
    expect(err).toContain('at "${broken}" (character 8): In the macro "broken": "udp.lenght" is neither');
  });
  it("may not refer to a selected packet", async () => {
    const { status, err } = await shown("udp.length == ${udp.length}");
    expect(status).not.toBe(0);
    expect(err).toContain(
      'at "${udp.length}" (character 15): On the command line no packet is selected: ${udp.length} has no value.',
    );
  });
});
