import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeChecksum } from "../../../engine/custom/checksums.ts";
import { dissect } from "../protocols/harness.ts";
import { udpFrame } from "../protocols/udp-frames.ts";
import { define, description, hex, problemsOf, toHex } from "./support.ts";

const docs = join(import.meta.dirname, "../../../docs");
const example = readFileSync(join(docs, "examples/sensor-bus.yaml"), "utf8");
const reference = readFileSync(join(docs, "custom-protocols.md"), "utf8");

/** A frame of the example: type, payload behind the station. */
function frame(type: number, payload: string): string {
  const body = hex(`0123456789ab ${payload}`);
  const head = hex(`a55a 01 ${type.toString(16).padStart(2, "0")} 83 0000 00000007`);
  new DataView(head.buffer).setUint16(5, body.length);
  const whole = Uint8Array.from([...head, ...body]);
  const sum = makeChecksum("crc-16/ccitt-false");
  sum.start();
  sum.add(whole, 0, whole.length);
  return toHex(Uint8Array.from([...whole, sum.finish() >> 8, sum.finish() & 255]));
}

describe("the documentation", () => {
  it("shows an example that works", () => {
    define(example);
    const reading = dissect(
      udpFrame(40000, 9470, frame(1, "0000018bcfe56800 03 01 0866 02 1388 03 00018cc2")),
    );
    const lines = reading.text.split("\n");
    expect(lines.slice(lines.indexOf("Sensor bus"))).toEqual([
      "Sensor bus",
      "  Start marker: a55a",
      "  Version: 1",
      "  Type: Reading (1)",
      "  Flags: 0x83",
      "    1... .... = Urgent: Urgent",
      "    .0.. .... = Retransmission: False",
      "    .... .011 = Priority: 3",
      "  Length: 26 bytes",
      "  Sequence: 7",
      "  Station address: 01:23:45:67:89:ab",
      "  Reading",
      "    Time of measurement: Nov 14, 2023 22:13:20.000000000 UTC",
      "    Number of samples: 3",
      "    Sample 1",
      "      Channel: Temperature (1)",
      "      Temperature: 21.5 °C",
      "    Sample 2",
      "      Channel: Humidity (2)",
      "      Humidity: 50%",
      "    Sample 3",
      "      Channel: Pressure (3)",
      "      Pressure: 101570 Pa",
      expect.stringMatching(/^ {2}Checksum: 0x[0-9a-f]{4}$/),
      "  [Checksum status: Good]",
    ]);
    expect(reading.info).toBe("Reading #7 from 01:23:45:67:89:ab");
    const event = dissect(udpFrame(40000, 9470, frame(2, "0102 04 64757374")));
    expect(event.info).toBe("Event #7 from 01:23:45:67:89:ab dust");
    const settings = dissect(udpFrame(40000, 9470, frame(3, "01 02 6869 02 04 0a000001 03 02 000f 00")));
    expect(settings.fields.get("sensorbus.setting.name")).toEqual(["hi"]);
    expect(settings.fields.get("sensorbus.setting.gateway")).toEqual(["10.0.0.1"]);
    expect(settings.fields.get("sensorbus.setting.interval")).toEqual(["15.000000000"]);
    expect(settings.fields.has("sensorbus.malformed")).toBe(false);
  });

  it("has no snippet that is wrong: whole files are read, parts are put into one", () => {
    const snippets = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
    expect(snippets.length).toBeGreaterThan(4);
    for (const snippet of snippets) {
      const whole = snippet.startsWith("tapline:")
        ? snippet
        : `tapline: 1\nprotocol: snippet\ntitle: Snippet\n${snippet}${/^(frame|payload):/m.test(snippet) ? "" : "frame: {size: 1}\n"}`;
      expect(problemsOf(whole), snippet).toEqual([]);
    }
  });

  it("names every checksum and every type", async () => {
    const { CHECKSUM_NAMES } = await import("../../../engine/custom/checksums.ts");
    for (const name of CHECKSUM_NAMES) expect(reference).toContain(`\`${name}\``);
    for (const type of [
      "u8",
      "u64",
      "i24",
      "f32",
      "bool",
      "char",
      "string",
      "bytes",
      "mac",
      "ipv4",
      "ipv6",
      "guid",
      "eui64",
      "time",
      "duration",
      "group",
    ])
      expect(reference).toContain(`\`${type}\``);
    expect(description(example).protocol).toBe("sensorbus");
  });
});
