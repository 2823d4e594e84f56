import { describe, expect, it } from "vitest";
import {
  allForm,
  clockTitle,
  numberProblem,
  ownForm,
  ownOf,
  ownOfThese,
  readingOf,
  withChange,
} from "../../../renderer/lib/reading.ts";
import { SIZE_UNITS, stopForm, stopOf, stopValues, TIME_UNITS } from "../../../renderer/lib/stop.ts";

const WIRED = { noMonitor: "It is not wireless." };
const WIRELESS = { noMonitor: "" };

describe("how packets are taken", () => {
  it("has the usual values in an empty form", () => {
    expect(readingOf(allForm({}))).toEqual({ promiscuous: true, snapLen: 0, bufferMiB: 16 });
    expect(ownOf(ownForm({}), WIRELESS)).toEqual({});
  });

  it("comes back as it was kept", () => {
    const all = {
      promiscuous: false,
      snapLen: 96,
      bufferMiB: 4,
      readTimeoutMs: 250,
      precision: "us" as const,
      immediate: true,
      direction: "in" as const,
    };
    expect(readingOf(allForm(all))).toEqual(all);
    const own = { ...all, snapLen: 0, linkType: "DOCSIS", timestampType: "host", filter: "udp" };
    expect(ownOf(ownForm(own), WIRED)).toEqual(own);
    expect(ownOf(ownForm({ promiscuous: true, immediate: false }), WIRED)).toEqual({
      promiscuous: true,
      immediate: false,
    });
  });

  it("turns monitor mode on only where there is one, with the link type of that mode", () => {
    const form = ownForm({ monitor: true, linkType: "EN10MB" });
    expect(ownOf(form, WIRELESS)).toEqual({ monitor: true });
    expect(ownOf(form, WIRED)).toEqual({ linkType: "EN10MB" });
  });

  it("says which number is out of bounds", () => {
    expect(numberProblem(allForm({}))).toBeNull();
    expect(numberProblem({ ...allForm({}), readTimeoutMs: "2001" })).toBe("Read timeout: 1 to 2,000 ms");
    expect(numberProblem({ ...allForm({}), bufferMiB: "0" })).toBe("Kernel buffer: 1 to 2,047 MiB");
    expect(numberProblem({ ...ownForm({}), snapLen: "1.5" })).toBe("Snapshot length: 0 to 262,144 bytes");
  });

  it("is asked for the interfaces of the capture only", () => {
    const own = { a: { snapLen: 5 }, b: { immediate: true } };
    expect(ownOfThese(own, ["b", "c"])).toEqual({ b: { immediate: true } });
    expect(ownOfThese(undefined, ["b"])).toEqual({});
  });

  it("takes the doctor's change where an interface had its own value", () => {
    const options = { snapLen: 60, perInterface: { a: { snapLen: 5 }, b: { snapLen: 7, immediate: true } } };
    expect(withChange(options, { snapLen: 0 })).toEqual({
      snapLen: 0,
      perInterface: { b: { immediate: true } },
    });
    expect(withChange({ snapLen: 60 }, { bufferMiB: 64 })).toEqual({ snapLen: 60, bufferMiB: 64 });
  });

  it("says what a clock is", () => {
    expect(clockTitle("adapter_unsynced")).toBe("adapter_unsynced (the adapter's own)");
    expect(clockTitle("sundial")).toBe("sundial");
  });
});

describe("when a capture ends by itself", () => {
  it("is shown in the largest whole unit", () => {
    const form = stopForm({ seconds: 7200, kilobytes: 2500, packets: 7 });
    expect(form).toEqual({
      time: { text: "2", factor: 3600 },
      size: { text: "2500", factor: 1 },
      packets: "7",
      files: "",
    });
    expect(stopForm({ seconds: 0.5 }).time).toEqual({ text: "0.5", factor: 1 });
    expect(TIME_UNITS[0]?.factor).toBe(1);
    expect(SIZE_UNITS.map(({ name }) => name)).toEqual(["kB", "MB", "GB"]);
  });

  it("is told in seconds and kilobytes, files only with several", () => {
    const values = stopValues({
      time: { text: "1.5", factor: 60 },
      size: { text: "2.5", factor: 1000 },
      packets: "",
      files: "3",
    });
    expect(stopOf(values, false)).toEqual({ seconds: 90, kilobytes: 2500 });
    expect(stopOf(values, true)).toEqual({ seconds: 90, files: 3 });
  });

  it.each([
    ["time", { text: "0", factor: 60 }, "seconds"],
    ["time", { text: "x", factor: 1 }, "seconds"],
    ["size", { text: "0.4", factor: 1 }, "kilobytes"],
    ["packets", "1.5", "packets"],
    ["packets", "0", "packets"],
    ["files", "2000000000", "files"],
  ] as const)("refuses %s %j", (key, text, value) => {
    expect(stopValues({ ...stopForm({}), [key]: text })[value]).toBeNull();
  });
});
