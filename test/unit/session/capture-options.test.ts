/** The capture's options: how they are checked at the edge, and what of them the capturing program is told. */
import { describe, expect, it } from "vitest";
import { ApiError, type CaptureOptions, type ParamsIn, parseParams } from "../../../engine/api.ts";
import type { InterfaceInfo } from "../../../engine/capture/index.ts";
import { captureArguments } from "../../../engine/capture/process.ts";
import { noMonitor } from "../../../engine/session/capture-desk.ts";
import { keptOptions, startOf, tightest } from "../../../engine/session/live-status.ts";

type Asked = ParamsIn<"startCapture">["options"];
const parsed = (options: Asked): CaptureOptions => parseParams("startCapture", { options }).options;

/** The words that the capturing program is started with. */
function told(options: Asked): string {
  return captureArguments({ file: "F", ...startOf(parsed(options), "F") } as never).join(" ");
}

function refused(options: unknown): string {
  try {
    parseParams("startCapture", { options });
  } catch (error) {
    if (error instanceof ApiError) return error.info.message;
    throw error;
  }
  throw new Error("the options were taken");
}

describe("options on their way to the capturing program", () => {
  it("have defaults", () => {
    expect(told({ interfaces: ["eth0"] })).toBe("capture -i eth0 -B 16384 -w F");
  });

  it("hold for all interfaces", () => {
    const all: Asked = {
      interfaces: ["eth0", "lo"],
      filter: "udp",
      promiscuous: false,
      snapLen: 96,
      bufferMiB: 2,
      direction: "in",
      readTimeoutMs: 250,
      precision: "us",
      immediate: true,
    };
    const words = "-f udp -s 96 -p -B 2048 --direction in --timeout 250 --precision us --immediate";
    expect(told(all)).toBe(`capture -i eth0 ${words} -i lo ${words} -w F`);
  });

  it("give way to what an interface has for itself, and only there", () => {
    const own: Asked = {
      interfaces: ["eth0", "wlan0", "lo"],
      filter: "udp",
      snapLen: 96,
      perInterface: {
        wlan0: {
          filter: "",
          promiscuous: false,
          snapLen: 0,
          bufferMiB: 64,
          monitor: true,
          linkType: "IEEE802_11_RADIO",
          timestampType: "adapter_unsynced",
          direction: "out",
          readTimeoutMs: 2000,
          precision: "us",
          immediate: true,
        },
        lo: { monitor: false },
      },
    };
    expect(told(own)).toBe(
      "capture -i eth0 -f udp -s 96 -B 16384 " +
        "-i wlan0 -p --monitor -B 65536 -y IEEE802_11_RADIO --timestamp-type adapter_unsynced --direction out " +
        "--timeout 2000 --precision us --immediate " +
        "-i lo -f udp -s 96 -B 16384 -w F",
    );
  });

  it.each<[object, string]>([
    [{ readTimeoutMs: 0 }, "parameter options.readTimeoutMs of startCapture"],
    [{ readTimeoutMs: 2001 }, "parameter options.readTimeoutMs of startCapture"],
    [{ readTimeoutMs: 1.5 }, "parameter options.readTimeoutMs of startCapture"],
    // More than libpcap takes.
    [{ bufferMiB: 2048 }, "parameter options.bufferMiB of startCapture"],
    [{ precision: "ps" }, "parameter options.precision of startCapture"],
    [{ direction: "up" }, "parameter options.direction of startCapture"],
    [{ perInterface: { a: { bufferMiB: 0 } } }, "parameter options.perInterface.a.bufferMiB of startCapture"],
    [
      { perInterface: { a: { linkType: "-w /etc/x" } } },
      "perInterface.a.linkType of startCapture: a link type is named",
    ],
    [
      { perInterface: { a: { timestampType: "" } } },
      "perInterface.a.timestampType of startCapture: a clock is named",
    ],
    [
      { perInterface: { a: { snaplen: 5 } } },
      'options.perInterface.a of startCapture: Unrecognized key: "snaplen"',
    ],
    [
      { perInterface: { b: {} } },
      "options.perInterface.b of startCapture: the capture is not on this interface",
    ],
  ])("are refused at the edge: %j", (change, message) => {
    expect(refused({ interfaces: ["a"], ...change })).toContain(message);
  });

  it("are kept, those of interfaces that are not used now too", () => {
    const before = {
      perInterface: { lo: { snapLen: 60 }, eth0: { immediate: true } },
      extcap: { p: { a: "1" } },
    };
    const now = parsed({ interfaces: ["eth0"], perInterface: { eth0: { linkType: "DOCSIS" } } });
    const kept = keptOptions(before, now);
    expect(kept.perInterface).toEqual({ lo: { snapLen: 60 }, eth0: { linkType: "DOCSIS" } });
    expect(kept.extcap).toEqual({ p: { a: "1" } });
    const none = keptOptions(kept, parsed({ interfaces: ["eth0"], perInterface: { eth0: {} } }));
    expect(none.perInterface).toEqual({ lo: { snapLen: 60 } });
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`if${n}`, { snapLen: n }]));
    const bounded = keptOptions({ perInterface: many }, now).perInterface;
    expect(Object.keys(bounded)).toHaveLength(64);
    expect(bounded.eth0).toEqual({ linkType: "DOCSIS" });
  });

  it("are examined by what is tightest", () => {
    const options = parsed({
      interfaces: ["a", "b"],
      bufferMiB: 16,
      perInterface: { a: { bufferMiB: 2, snapLen: 90 } },
    });
    expect(tightest(options, ["a", "b"])).toEqual({ bufferMiB: 2, snapLen: 90 });
    expect(tightest(options, ["b"])).toEqual({ bufferMiB: 16, snapLen: 0 });
    expect(tightest({}, [])).toEqual({ bufferMiB: null, snapLen: null });
  });
});

describe("monitor mode", () => {
  const info = (change: Partial<InterfaceInfo>): InterfaceInfo =>
    ({
      canMonitor: false,
      canCapture: true,
      kind: "ethernet",
      extcap: null,
      reason: null,
      ...change,
    }) as InterfaceInfo;

  it.each<[Partial<InterfaceInfo>, "helper" | "cap", string]>([
    [{ canMonitor: true, kind: "wireless" }, "helper", ""],
    [{}, "helper", "It is not wireless."],
    [{ kind: "wireless" }, "helper", "The driver of this interface does not offer it."],
    [{ kind: "wireless" }, "cap", "The cap package cannot turn monitor mode on."],
    [{ canCapture: false, reason: "It is down." }, "helper", "It is down."],
    [{ canCapture: null, kind: "special" }, "helper", "Not asked: opening this device has effects."],
    [
      { extcap: { program: "p", version: "1", help: "" } },
      "helper",
      "A program captures here, in its own way.",
    ],
  ])("of %j with %s: %s", (change, driver, reason) => {
    expect(noMonitor(info(change), driver)).toBe(reason);
  });
});
