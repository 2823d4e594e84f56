/** Milliseconds a mutant may take, by the clock and of the processor: a busy machine is no fault of the program. */
export const LIMIT = 2000;
/** By the clock alone, whatever the processor did. */
export const WALL_LIMIT = 20_000;
/** Resident memory of the process that opens mutants, once its garbage is collected, in bytes. */
export const MEMORY_BOUND = 900 * 2 ** 20;
