import { describe, expect, it } from "vitest";
import {
  againOptions,
  nameInRing,
  type OutputForm,
  type OutputNumber,
  outputForm,
  outputOf,
} from "../../../renderer/lib/output.ts";

const NONE: Record<OutputNumber, undefined> = {
  megabytes: undefined,
  seconds: undefined,
  packets: undefined,
  interval: undefined,
  keep: undefined,
};
const form = (change: Partial<OutputForm>): OutputForm => ({
  ...outputForm({}),
  file: " /tmp/a.pcapng ",
  ...change,
});

describe("the output of a capture", () => {
  it("is a spool unless said otherwise", () => {
    expect(outputForm({}).target).toBe("spool");
    expect(outputOf(form({}), NONE)).toEqual({ output: null, problem: null });
  });

  it("is one file, overwritten when asked", () => {
    const output = { file: "/tmp/a.pcapng", overwrite: true, several: null };
    expect(outputOf(form({ target: "file", overwrite: true }), NONE)).toEqual({ output, problem: null });
    expect(outputOf(form({ target: "file", file: " " }), NONE).problem).toBe("Name the file");
    // The next time it is asked for again.
    expect(outputForm({ output })).toMatchObject({ target: "file", file: "/tmp/a.pcapng", overwrite: false });
    expect(againOptions({ output, snapLen: 7 })).toEqual({ output: null, snapLen: 7 });
  });

  it("is several files, with the limits given", () => {
    const numbers = { ...NONE, megabytes: 1.5, interval: 60, keep: 7 };
    const { output } = outputOf(form({ target: "several" }), numbers);
    expect(output?.several).toEqual({ kilobytes: 1500, intervalSeconds: 60, keep: 7, compress: "none" });
    const options = { output, stopAfter: { files: 9 } };
    expect(outputForm(options)).toMatchObject({
      target: "several",
      megabytes: "1.5",
      interval: "60",
      keep: "7",
      seconds: "",
    });
    expect(againOptions(options)).toEqual(options);
  });

  it("is compressed when asked, and says how files are named then", () => {
    const { output } = outputOf(form({ target: "several", compress: "gzip" }), { ...NONE, packets: 9 });
    expect(output?.several).toEqual({ packets: 9, compress: "gzip" });
    expect(outputForm({ output }).compress).toBe("gzip");
    expect(nameInRing("a.pcapng", "none")).toBe("a_00001_YYYYMMDDHHMMSS.pcapng");
    expect(nameInRing("a.pcapng.gz", "gzip")).toBe("a_00001_YYYYMMDDHHMMSS.pcapng.gz");
    expect(nameInRing("a", "gzip")).toBe("a_00001_YYYYMMDDHHMMSS.gz");
  });

  it("says what is missing", () => {
    expect(outputOf(form({ target: "several" }), { ...NONE, keep: 3 }).problem).toBe(
      "Say when the next file is begun",
    );
    expect(outputOf(form({ target: "several" }), { ...NONE, packets: null }).problem).toBe(
      "A number is out of bounds",
    );
  });
});
