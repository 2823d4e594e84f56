import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{unit,conformance}/**/*.test.ts"],
    testTimeout: 20_000,
    pool: "forks",
    // Threads that practise while tests run would slow all of them down.
    env: { TAPLINE_PRACTICE: "no" },
  },
});
