// Test tool: what a test may ask of the stand-in, over the IPC channel of its process.

/**
 * Answers messages `{id, command, args}` with `{id, result}` or `{id, error}`.
 * @param {Record<string, (...args: unknown[]) => unknown>} commands
 */
export function answerTest(commands) {
  process.on("message", async ({ id, command, args }) => {
    try {
      process.send?.({ id, result: (await commands[command](...args)) ?? null });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  // The channel alone does not keep the process alive.
  process.channel?.unref();
}
