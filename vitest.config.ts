import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // On small machines with other work to do; what passed only when repeated is named.
    retry: process.env.CI === undefined ? 0 : 2,
    pool: "forks",
    globalSetup: "test/unit/setup.ts",
    // Threads that practise while tests run would slow all of them down.
    env: { TAPLINE_PRACTICE: "no" },
    projects: [
      {
        extends: true,
        test: {
          name: "protocols",
          include: ["test/unit/protocols/**/*.test.ts"],
          // They dissect and compare: loading all protocols once does for all of them.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "rest",
          include: ["test/{unit,conformance}/**/*.test.ts"],
          exclude: ["test/unit/protocols/**"],
        },
      },
    ],
  },
});
