/** Waiting without a thread that stands still. */

/** Waits for so many milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets others have their turn first. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
