/** What the bench asks of either program, so that both are asked the same. */

export interface Opened {
  /** Milliseconds from the request until everything is indexed. */
  readonly ms: number;
  readonly frames: number;
  /** Milliseconds from the request until the first 50 rows are there. */
  readonly firstRows: number;
}

export interface Filtered {
  readonly ms: number;
  readonly count: number;
}

export interface Subject {
  readonly name: string;
  open(path: string): Promise<Opened>;
  /** Judges every frame. An expression in the same words may be answered from what is kept of the last time. */
  filter(expression: string): Promise<Filtered>;
  /** Numbers of the frames that match, ascending. */
  matching(expression: string): Promise<number[]>;
  /** Milliseconds for 60 rows from the middle of the whole list. */
  middleRows(frames: number): Promise<number>;
  /** Milliseconds for one frame's tree and bytes. */
  frame(number: number): Promise<number>;
  peakMemory(): number | null;
  processorTime(): number | null;
  end(): Promise<void>;
}
