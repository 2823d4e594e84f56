import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** They say how soon something is answered or ended, and run one at a time when nothing else does. */
const timed = [
  "test/unit/capture/extcap.test.ts",
  "test/unit/capture/files.test.ts",
  "test/unit/capture/helper.test.ts",
  "test/unit/custom/hostile.test.ts",
  "test/unit/decode/scan-sharing.test.ts",
  "test/unit/server/http.test.ts",
  "test/unit/session/life-cycle.test.ts",
  "test/unit/session/worker.test.ts",
];

// Many tests wait, for a process or a thread that they started.
const maxWorkers = Math.min(4, availableParallelism());

export default defineConfig({
  test: {
    globalSetup: "test/unit/setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // On small machines with other work to do; what passed only when repeated is named.
    retry: process.env.CI === undefined ? 0 : 2,
    pool: "forks",
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
          maxWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: "rest",
          include: ["test/{unit,conformance}/**/*.test.ts"],
          exclude: ["test/unit/protocols/**", ...timed],
          maxWorkers,
        },
      },
      {
        extends: true,
        test: { name: "timed", include: timed, maxWorkers: 1 },
      },
    ],
  },
});
