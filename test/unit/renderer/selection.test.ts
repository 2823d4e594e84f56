import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FrameDetail, Method, TreeNode } from "../../../engine/api.ts";
import { toBase64 } from "../../../renderer/lib/hex.ts";
import { CHUNK } from "../../../renderer/lib/source-bytes.ts";
import {
  clearSelection,
  selectRow,
  shiftSelection,
  useSelection,
  wantBytes,
  wholeTexts,
} from "../../../renderer/state/selection.ts";
import { EMPTY_STATUS, setTransport, useSession } from "../../../renderer/state/session.ts";
import { RequestError, type Transport } from "../../../renderer/transport/types.ts";

const LENGTH = 40_000;
const bytesOf = (number: number): Uint8Array =>
  Uint8Array.from({ length: LENGTH }, (_, at) => (at * 7 + (at >> 8) + number) & 0xff);

const LONG = "value ".repeat(1000);
const node = (more: Partial<TreeNode>): TreeNode => ({
  label: "",
  field: "",
  title: "",
  value: "",
  filter: "",
  cut: false,
  source: 0,
  offset: 0,
  length: 0,
  generated: false,
  hidden: false,
  severity: null,
  link: null,
  children: [],
  ...more,
});

let asked: [Method, unknown][] = [];
/** Answers that differ from what the engine would say. */
let instead: Partial<Record<Method, () => unknown>> = {};
let release: () => void = () => {};
let held: Promise<void> | null = null;

/** Frames of 40,000 bytes whose second protocol has a long field. */
const answers: Partial<Record<Method, (params: Record<string, number>) => unknown>> = {
  frame: ({ number }): FrameDetail => ({
    number: number!,
    tree: [
      node({ field: "frame" }),
      node({
        children: [node({}), node({ field: "data.data", value: "value ", filter: 'x == "val', cut: true })],
      }),
    ],
    sources: [{ name: "Frame", length: LENGTH, bytes: toBase64(bytesOf(number!).subarray(0, CHUNK)) }],
  }),
  frameBytes: ({ number, offset, length }) => ({
    bytes: toBase64(bytesOf(number!).subarray(offset!, offset! + length!)),
    length: LENGTH,
  }),
  fieldTexts: () => ({ value: LONG, filter: `x == "${LONG}"` }),
};

const engine = {
  call: async (method: Method, params: Record<string, number>) => {
    asked.push([method, params]);
    if (method === "frameBytes" && held) await held;
    return (instead[method] ?? answers[method])?.(params);
  },
} as unknown as Transport;

const shown = () => useSelection.getState();
const asks = (method: Method) => asked.filter(([name]) => name === method).map(([, params]) => params);

async function select(number: number): Promise<void> {
  selectRow(number - 1, { number });
  await vi.waitFor(() => expect(shown().frame?.number).toBe(number));
}

let capture = 500;
beforeEach(async () => {
  setTransport(engine);
  asked = [];
  instead = {};
  held = null;
  useSession.setState({
    status: { ...EMPTY_STATUS, capture: ++capture, frames: 10, displayed: 10 },
    messages: [],
  });
  clearSelection();
  await select(1);
});

describe("the bytes of the selected packet", () => {
  it("are fetched where the screen is, each once", async () => {
    const source = shown().sources[0]!;
    wantBytes(source, 0, 1000);
    expect(asks("frameBytes")).toEqual([]);
    const { arrived } = shown();
    wantBytes(source, 30_000, 30_500);
    wantBytes(source, 30_100, 30_600);
    await vi.waitFor(() => expect(source.has(30_000, 30_600)).toBe(true));
    expect(shown().arrived).toBeGreaterThan(arrived);
    wantBytes(source, 30_000, 30_600);
    expect(asks("frameBytes")).toEqual([{ number: 1, source: 0, offset: 7 * CHUNK, length: CHUNK }]);
    expect(await source.range(29_000, 31_000)).toEqual(bytesOf(1).subarray(29_000, 31_000));
  });

  it("are not fetched for screens that were scrolled past meanwhile", async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    const source = shown().sources[0]!;
    for (let at = CHUNK; at < LENGTH; at += CHUNK) wantBytes(source, at, at + 100);
    release();
    await vi.waitFor(() => expect(source.has(LENGTH - 1, LENGTH)).toBe(true));
    expect(asks("frameBytes")).toHaveLength(2);
  });

  it("of a packet that is not selected any more change nothing", async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    wantBytes(shown().sources[0]!, 20_000, 20_100);
    await select(2);
    const before = shown();
    release();
    held = null;
    const source = before.sources[0]!;
    expect(await source.range(20_000, 20_100)).toEqual(bytesOf(2).subarray(20_000, 20_100));
    expect(shown()).toBe(before);
  });

  it("of a packet that reads differently now are not mixed with those before", async () => {
    instead.frameBytes = () => ({ bytes: toBase64(new Uint8Array(CHUNK)), length: 50_000 });
    await expect(shown().sources[0]!.range(CHUNK, CHUNK + 10)).rejects.toThrow("reads differently now");
    await vi.waitFor(() => expect(asks("frame")).toHaveLength(2));
  });

  it("of a packet that cannot be read any more are asked for once, and the packet again", async () => {
    instead.frameBytes = () => {
      throw new RequestError({ code: "UNREADABLE", message: "gone" });
    };
    wantBytes(shown().sources[0]!, 20_000, 20_100);
    await vi.waitFor(() => expect(asks("frame")).toHaveLength(2));
    expect(asks("frameBytes")).toHaveLength(1);
    expect(useSession.getState().messages).toEqual([]);
  });

  it("of another capture are thrown away", async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
    const range = shown().sources[0]!.range(CHUNK, CHUNK + 10);
    useSession.setState({ status: { ...useSession.getState().status, capture: ++capture } });
    release();
    await expect(range).rejects.toThrow("Another capture was opened.");
  });
});

describe("value and filter of a line", () => {
  const lineAt = (...path: number[]) =>
    path.reduce<TreeNode | undefined>((at, i) => at?.children[i], node({ children: shown().frame!.tree }))!;

  it("are fetched where the line has their beginnings only", async () => {
    expect(await wholeTexts(lineAt(0))).toMatchObject({ value: "", filter: "" });
    expect(asks("fieldTexts")).toEqual([]);
    expect(await wholeTexts(lineAt(1, 1))).toEqual({ value: LONG, filter: `x == "${LONG}"` });
    expect(asks("fieldTexts")).toEqual([{ number: 1, path: [1, 1] }]);
  });

  it("are none of another field that stands in that place now", async () => {
    instead.fieldTexts = () => ({ value: "other", filter: "y == 1" });
    await expect(wholeTexts(lineAt(1, 1))).rejects.toThrow("reads differently now");
  });

  it("are none of a packet that is not selected any more", async () => {
    const line = lineAt(1, 1);
    await select(2);
    await expect(wholeTexts(line)).rejects.toThrow("Another packet was selected.");
  });
});

describe("a list that begins with newer packets", () => {
  it("has the selected packet and those looked at before under their new numbers", () => {
    useSelection.setState({ row: 99, number: 100, trail: [10, 70, 30, 100, 90], trailAt: 3 });
    expect(shiftSelection(50)).toBe(true);
    expect(useSelection.getState()).toMatchObject({ row: 99, number: 50, trail: [20, 50, 40], trailAt: 1 });
  });

  it("has nothing selected when the packet is gone", () => {
    useSelection.setState({ row: 99, number: 100, trail: [100], trailAt: 0 });
    expect(shiftSelection(100)).toBe(false);
    expect(useSelection.getState()).toMatchObject({ row: null, number: null, trail: [], trailAt: -1 });
  });
});
