import { create } from "zustand";
import type { FieldTexts, FrameDetail, ParamsIn, Results, TreeNode } from "../../engine/api.ts";
import { fromBase64 } from "../lib/hex.ts";
import { SourceBytes } from "../lib/source-bytes.ts";
import { findFieldPath, nodeAt, nodeAtByte, parsePath, pathId, pathOf } from "../lib/tree.ts";
import { errorInfo, RequestError } from "../transport/types.ts";
import { loadRow } from "./rows.ts";
import { call, status, tellError } from "./session.ts";

/** A stretch of bytes in one of the frame's sources. */
export interface ByteRange {
  source: number;
  start: number;
  /** Behind the last byte. */
  end: number;
}

interface SelectionState {
  /** Row in the displayed list; null without a selection. */
  row: number | null;
  /** Other end of a selection of several rows; equal to `row` for one. */
  anchor: number | null;
  /** Frame number of the row, as soon as it is known. */
  number: number | null;
  /** Rises when the list should bring the selected row into view. */
  reveal: number;
  revealAlign: "nearest" | "center";
  frame: FrameDetail | null;
  frameError: string;
  sources: SourceBytes[];
  /** Rises when bytes of a source came that were missing on the screen. */
  arrived: number;
  /** Path of the selected tree node, as text; null for none. */
  nodeId: string | null;
  /** Source shown in the hex pane. */
  source: number;
  /** Selected bytes: those of the selected node, or dragged over. */
  bytes: ByteRange | null;
  /** Bytes under the pointer, in the tree or in the hex pane. */
  hover: ByteRange | null;
  /** Node under the pointer of the hex pane. */
  hoverNodeId: string | null;
  /** Frame numbers seen, for back and forward. */
  trail: number[];
  trailAt: number;
}

const NOTHING = {
  row: null,
  anchor: null,
  number: null,
  frame: null,
  frameError: "",
  sources: [],
  nodeId: null,
  source: 0,
  bytes: null,
  hover: null,
  hoverNodeId: null,
};

export const useSelection = create<SelectionState>()(() => ({
  ...NOTHING,
  arrived: 0,
  reveal: 0,
  revealAlign: "nearest",
  trail: [],
  trailAt: -1,
}));

const get = useSelection.getState;
const set = useSelection.setState;

export function clearSelection(): void {
  wantedFrame = null;
  set({ ...NOTHING, trail: [], trailAt: -1 });
}

/**
 * Takes note that packets at the beginning of the list have gone, so that all others have lesser numbers.
 * @param shift how many
 * @returns false when the selected packet was among them; nothing is selected then
 */
export function shiftSelection(shift: number): boolean {
  const { number, trail, trailAt } = get();
  const kept = number === null || number > shift;
  if (!kept) clearSelection();
  const moved = trail.map((seen) => seen - shift);
  const gone = (end: number): number => moved.slice(0, end).filter((seen) => seen < 1).length;
  // Rows are those of the list before until it changes.
  set({
    trail: moved.filter((seen) => seen > 0),
    trailAt: trailAt - gone(trailAt + 1),
    ...(number !== null && kept ? { number: number - shift } : {}),
  });
  return kept;
}

const TRAIL_LIMIT = 200;

function remember(number: number): void {
  const { trail, trailAt } = get();
  if (trail[trailAt] === number) return;
  const next = [...trail.slice(0, trailAt + 1), number].slice(-TRAIL_LIMIT);
  set({ trail: next, trailAt: next.length - 1 });
}

export interface SelectOptions {
  align?: "nearest" | "center";
  /** Keeps the other end where it is, so that the rows between are selected. */
  extend?: boolean;
  /** Frame number, when it is known already. */
  number?: number;
  /** False for moving along the trail itself. */
  keep?: boolean;
}

/** Selects a row of the displayed list and loads its frame. */
export function selectRow(row: number, options: SelectOptions = {}): void {
  const total = status().displayed;
  if (total === 0) return;
  const target = Math.min(total - 1, Math.max(0, row));
  const before = get();
  set({
    row: target,
    anchor: options.extend && before.anchor !== null ? before.anchor : target,
    number: options.number ?? null,
    reveal: before.reveal + 1,
    revealAlign: options.align ?? "nearest",
  });
  const { capture, view } = status();
  const number = options.number;
  const known = number !== undefined ? Promise.resolve({ number }) : loadRow(target);
  known.then(
    (found) => {
      const now = status();
      if (!found || get().row !== target || now.capture !== capture || now.view !== view) return;
      set({ number: found.number });
      if (options.keep !== false) remember(found.number);
      showFrame(found.number);
    },
    (error) => {
      const { code } = errorInfo(error);
      if (code !== "CANCELLED" && code !== "NO_CAPTURE") tellError(error);
    },
  );
}

/** Shows a frame that is not in the displayed list; no row is selected then. */
export function showFrameAlone(number: number): void {
  set({ row: null, anchor: null, number });
  remember(number);
  showFrame(number);
}

let wantedFrame: number | null = null;
let loading = false;
/** Milliseconds between two frames while keys repeat: the list follows every key, its panes a dozen times a second. */
const FRAME_PACE_MS = 75;

/** Loads a frame; while one is on its way only the last wanted is asked for next. */
function showFrame(number: number): void {
  wantedFrame = number;
  if (!loading) void loadFrames();
}

async function loadFrames(): Promise<void> {
  loading = true;
  while (wantedFrame !== null) {
    const number = wantedFrame;
    wantedFrame = null;
    const { capture } = status();
    try {
      const frame = await call("frame", { number });
      if (status().capture === capture && get().number === number) takeFrame(frame);
    } catch (error) {
      const info = errorInfo(error);
      if (status().capture === capture && get().number === number && info.code !== "CANCELLED") {
        set({ frame: null, sources: [], frameError: info.message, nodeId: null, bytes: null, hover: null });
      }
    }
    if (wantedFrame !== null) await new Promise((resolve) => setTimeout(resolve, FRAME_PACE_MS));
  }
  loading = false;
}

function takeFrame(frame: FrameDetail): void {
  const before = get();
  const field = selectedNode()?.field ?? "";
  const sources = sourcesOf(frame);
  set({
    frame,
    frameError: "",
    sources,
    nodeId: null,
    bytes: null,
    hover: null,
    hoverNodeId: null,
    source: Math.min(before.source, Math.max(0, sources.length - 1)),
  });
  if (before.source >= sources.length) set({ source: 0 });
  // The same field of the next packet stays selected, so that its value can be followed.
  const path = field ? findFieldPath(frame.tree, field) : null;
  if (path) selectNode(pathId(path));
  else set({ source: 0 });
}

function sourcesOf({ number, sources }: FrameDetail): SourceBytes[] {
  const { capture } = status();
  return sources.map(
    ({ length, bytes }, source) =>
      new SourceBytes(length, fromBase64(bytes), (offset, wanted) =>
        moreOf(capture, "frameBytes", { number, source, offset, length: wanted }, (range) => {
          const found = fromBase64(range.bytes);
          return range.length === length && found.length === wanted ? found : null;
        }),
      ),
  );
}

/**
 * Asks for more of a frame that is shown.
 * @param fits what is made of the answer; null when it is not of the frame as it is shown
 * @throws RequestError; the frame is loaded again when it cannot be read any more, or reads differently
 */
async function moreOf<M extends "frameBytes" | "fieldTexts", T>(
  capture: number,
  method: M,
  params: ParamsIn<M>,
  fits: (answer: Results[M]) => T | null,
): Promise<T> {
  try {
    const answer = await call(method, params);
    if (status().capture !== capture)
      throw new RequestError({ code: "CANCELLED", message: "Another capture was opened." });
    const made = fits(answer);
    if (made !== null) return made;
    const message = `Packet ${params.number} reads differently now than when it was selected. Try again.`;
    throw new RequestError({ code: "UNREADABLE", message });
  } catch (error) {
    if (errorInfo(error).code === "UNREADABLE" && get().number === params.number) refreshFrame();
    throw error;
  }
}

/**
 * Value and filter of a line of the shown tree, fetched where the line has only the beginnings.
 * @throws RequestError when they cannot be had
 */
export async function wholeTexts(node: TreeNode): Promise<FieldTexts> {
  if (!node.cut) return node;
  const { frame } = get();
  const path = frame && pathOf(frame.tree, node);
  if (!path) throw new RequestError({ code: "CANCELLED", message: "Another packet was selected." });
  const params = { number: frame.number, path: [...path] };
  return moreOf(status().capture, "fieldTexts", params, (texts) =>
    texts.value.startsWith(node.value) && texts.filter.startsWith(node.filter) ? texts : null,
  );
}

let wantedBytes: { source: SourceBytes; start: number; end: number } | null = null;
let loadingBytes = false;

/** Fetches bytes for the hex pane; while some are on their way only the last wanted are asked for next. */
export function wantBytes(source: SourceBytes, start: number, end: number): void {
  wantedBytes = source.has(start, end) ? null : { source, start, end };
  if (!loadingBytes) void loadBytes();
}

async function loadBytes(): Promise<void> {
  loadingBytes = true;
  while (wantedBytes !== null) {
    const { source, start, end } = wantedBytes;
    wantedBytes = null;
    if (!get().sources.includes(source)) continue;
    try {
      await source.need(start, end);
      if (get().sources.includes(source)) set({ arrived: get().arrived + 1 });
    } catch (error) {
      const { code } = errorInfo(error);
      // The frame is loaded again then, and says why.
      if (code !== "UNREADABLE" && code !== "NO_CAPTURE") tellError(error);
    }
  }
  loadingBytes = false;
}

/** Loads the shown frame again, after the capture was reread. */
export function refreshFrame(): void {
  const { number } = get();
  if (number !== null) showFrame(number);
}

export function selectedNode(): TreeNode | null {
  const { frame, nodeId } = get();
  return frame && nodeId !== null ? nodeAt(frame.tree, parsePath(nodeId)) : null;
}

/** Selects a tree node and its bytes. */
export function selectNode(id: string | null): void {
  const { frame, sources } = get();
  const node = frame && id !== null ? nodeAt(frame.tree, parsePath(id)) : null;
  if (!node) {
    set({ nodeId: null, bytes: null });
    return;
  }
  const shown = node.length > 0 && sources[node.source] !== undefined;
  set({
    nodeId: id,
    bytes: shown ? { source: node.source, start: node.offset, end: node.offset + node.length } : null,
    ...(shown ? { source: node.source } : {}),
  });
}

let hovered: TreeNode | null = null;

export function hoverNode(node: TreeNode | null): void {
  if (node === hovered) return;
  hovered = node;
  set({
    hover:
      node && node.length > 0
        ? { source: node.source, start: node.offset, end: node.offset + node.length }
        : null,
  });
}

/** Selects the field that covers a byte; without one the byte alone. */
export function selectByte(source: number, offset: number): void {
  const { frame } = get();
  if (!frame) return;
  const path = nodeAtByte(frame.tree, source, offset);
  if (path) selectNode(pathId(path));
  else set({ nodeId: null, bytes: { source, start: offset, end: offset + 1 }, source });
}

/** Selects bytes alone, as dragged over in the hex pane. */
export function selectBytes(range: ByteRange): void {
  set({ bytes: range, source: range.source, nodeId: null });
}

export function hoverByte(source: number, offset: number | null): void {
  const { frame } = get();
  const path = frame && offset !== null ? nodeAtByte(frame.tree, source, offset) : null;
  const node = frame && path ? nodeAt(frame.tree, path) : null;
  const id = path ? pathId(path) : null;
  if (id === get().hoverNodeId && id !== null) return;
  set({
    hoverNodeId: id,
    hover: node ? { source, start: node.offset, end: node.offset + node.length } : null,
  });
}

export function showSource(source: number): void {
  set({ source });
}

/** Goes to a frame by its number; the nearest displayed one when it is filtered out. Returns what was found. */
export async function goToFrame(
  number: number,
  keep = true,
): Promise<{ number: number; exact: boolean } | null> {
  const found = await call("locate", { number });
  if (!found) return null;
  selectRow(found.row, { align: "center", number: found.number, keep });
  return found;
}

/** Moves along the trail of packets that were looked at. */
export function goAlongTrail(step: -1 | 1): void {
  const { trail, trailAt } = get();
  const number = trail[trailAt + step];
  if (number === undefined) return;
  set({ trailAt: trailAt + step });
  goToFrame(number, false).catch(tellError);
}

export function goToNeighbour(direction: "next" | "previous"): void {
  const { number } = get();
  if (number === null) return;
  call("neighbour", { number, direction }).then((found) => {
    if (found) selectRow(found.row, { number: found.number });
  }, tellError);
}

/** Rows selected, from the first to the last; null without a selection. */
export function selectedRows(): { first: number; last: number } | null {
  const { row, anchor } = get();
  if (row === null) return null;
  const other = anchor ?? row;
  return { first: Math.min(row, other), last: Math.max(row, other) };
}
