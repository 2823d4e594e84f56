/** Opens one capture as a user would, asks of it what a window asks, and says what should not have happened. */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ApiError, BUILT_IN_COLUMNS, type Method, type ParamsIn, type Results } from "../../engine/api.ts";
import { Indexer } from "../../engine/decode/indexer.ts";
import { openCaptureSync } from "../../engine/formats/open.ts";
import { CaptureFileError } from "../../engine/formats/types.ts";
import type { Session } from "../../engine/session/session.ts";
import { compareOrders } from "../conformance/orders.ts";
import { MEMORY_BOUND } from "./bounds.ts";

/** Filters of every kind of plan: columns, header bytes, trees, text, bytes, functions, marks. */
export const FILTERS = [
  "tcp",
  "ip.addr == 10.0.0.0/8 || ipv6",
  "frame.len > 100 && !udp",
  "tcp.analysis.flags",
  'frame matches "(?i)http"',
  "_ws.malformed",
  'frame.protocols contains "dns"',
  "eth.addr[0:3] == 00:00:00",
  "frame contains ff:ff",
  "tcp.stream == 0 || udp.stream == 0",
  "_ws.expert.severity >= 4",
  "udp.length != 8 && ip.ttl < 200",
  "len(eth.dst) == 6 && count(ip.addr) > 2",
  "frame.time_delta > 1 || tcp.len > 1000",
] as const;

const TREES = 6;

/**
 * @param path the capture; `folder` takes what is saved of it
 * @param number decides which filters and frames are asked for
 * @param onStep called before everything that has a time limit of its own
 * @returns what is wrong, one line each; empty when nothing is
 */
export async function check(
  session: Session,
  path: string,
  folder: string,
  number: number,
  onStep: OnStep = () => {},
): Promise<string[]> {
  const findings: string[] = [];
  const add = (finding: string): void => {
    if (findings.length < 20) findings.push(finding);
  };
  const stop = session.on("notice", ({ severity, message }) => {
    if (severity === "error") add(`notice: ${message}`);
    shownToUser(message, add);
  });
  /** The answer; null when it is refused in words. */
  const ask = async <M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M] | null> => {
    onStep(method, 1);
    try {
      return await session.call(method, params);
    } catch (error) {
      if (!(error instanceof ApiError)) add(`${method} threw what is no ApiError: ${String(error)}`);
      else if (error.info.code === "INTERNAL" || error.info.code === "BAD_FILTER")
        add(`${method} ${JSON.stringify(params)}: ${error.info.code} ${error.message}`);
      else shownToUser(error.message, add);
      return null;
    }
  };
  try {
    const opened = await ask("open", { path });
    if (opened !== null) {
      for (const { message } of opened.notices) shownToUser(message, add);
      await look(ask, opened.frames, number, add);
      await save(ask, opened.frames, folder, number, add);
    }
    await ask("close", {});
    // Every frame is dissected three times.
    onStep("index, tree and filter compared", 3);
    agree(path, opened?.frames ?? null, add);
  } finally {
    stop();
  }
  // What is not collected yet is not kept.
  if (process.memoryUsage.rss() > MEMORY_BOUND) globalThis.gc?.();
  const rss = process.memoryUsage.rss();
  if (rss > MEMORY_BOUND) add(`memory: ${Math.round(rss / 2 ** 20)} MiB are resident`);
  return findings;
}

export type OnStep = (name: string, times: number) => void;
type Ask = <M extends Method>(method: M, params: ParamsIn<M>) => Promise<Results[M] | null>;
type Add = (finding: string) => void;

/** No text for a user shows the inside of the program. */
function shownToUser(text: string, add: Add): void {
  if (/\n\s+at |\.(ts|js):\d+|\b(Type|Range|Reference)Error\b|undefined|\[object /.test(text))
    add(`shown to the user: ${text}`);
}

async function look(ask: Ask, frames: number, number: number, add: Add): Promise<void> {
  const columns = [...BUILT_IN_COLUMNS, "field:ip.addr" as const, "field:tcp.len" as const];
  const list = await ask("rows", { start: 0, count: 1000, columns });
  if (list !== null && list.rows.length !== Math.min(1000, frames))
    add(`rows: ${list.rows.length} of ${frames} frames`);
  for (const { number: frame, cells } of list?.rows ?? []) {
    const text = cells.join("\t");
    if (text.includes("Dissector bug")) add(`row ${frame}: ${text}`);
  }
  const trees = Math.min(TREES, frames);
  for (let i = 0; i < trees; i++) {
    const frame = 1 + ((number + i * 7919) % frames);
    const detail = await ask("frame", { number: frame });
    const last = detail?.sources.length ?? 0;
    if (last > 0) await ask("frameBytes", { number: frame, source: last - 1, offset: 0, length: 65_536 });
  }
  for (let i = 0; i < 3; i++) {
    const expression = FILTERS[(number + i * 5) % FILTERS.length]!;
    const found = await ask("filter", { expression });
    if (found !== null && found.frames !== frames)
      add(`filter ${expression}: judged ${found.frames} of ${frames} frames`);
  }
  if (frames > 0) await ask("explainFilter", { expression: FILTERS[number % FILTERS.length]!, number: 1 });
  await ask("filter", { expression: "" });
  await ask("sort", { column: BUILT_IN_COLUMNS[number % BUILT_IN_COLUMNS.length]! });
  await ask("sort", { column: null });
  await ask("experts", {});
  await ask("timeline", { buckets: 100 });
  await ask("overview", { buckets: 100 });
  await ask("captureInfo", {});
}

/** What is saved is as much as there is. */
async function save(ask: Ask, frames: number, folder: string, number: number, add: Add): Promise<void> {
  const path = join(folder, "saved.pcapng");
  const compress = number % 4 === 0 ? "gzip" : "none";
  const saved = await ask("save", { path, which: "all", overwrite: true, compress });
  await ask("save", { path: join(folder, "saved.pcap"), format: "pcap", overwrite: true });
  if (saved === null) return;
  if (saved.frames !== frames) add(`save: ${saved.frames} of ${frames} frames`);
  if (statSync(path).size !== saved.bytes)
    add(`save: ${saved.bytes} bytes told, ${statSync(path).size} there`);
  if (compress === "none") {
    const indexer = new Indexer(openCaptureSync(path));
    try {
      while (indexer.run(1000));
      if (indexer.index.count !== frames)
        add(`saved: ${indexer.index.count} of ${frames} frames can be read`);
    } finally {
      indexer.close();
    }
  }
  rmSync(path, { force: true });
}

/** Tree, index and filter agree on every frame, whatever was looked at before. */
function agree(path: string, frames: number | null, add: Add): void {
  try {
    const found = compareOrders(path);
    if (frames !== null && found.frames !== frames) add(`opened: ${frames} frames, then ${found.frames}`);
    for (const line of found.lines) add(line.slice(line.lastIndexOf("#", line.indexOf(": ")) + 1));
  } catch (error) {
    if (!(error instanceof CaptureFileError)) throw error;
  }
}
