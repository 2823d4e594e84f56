import { availableParallelism } from "node:os";
import { defineConfig } from "playwright/test";

// Threads that practise while tests run would slow all of them down.
process.env.TAPLINE_PRACTICE = "no";

export default defineConfig({
  testDir: "test/e2e",
  outputDir: "test-results/e2e",
  // A page and its Tapline keep about one processor busy. Patient all the same: some tests write and read hundreds
  // of thousands of packets on small machines.
  workers: Math.min(2, availableParallelism()),
  retries: 2,
  timeout: 120_000,
  globalTimeout: 900_000,
  forbidOnly: true,
  expect: { timeout: 20_000 },
  reporter: [["line"], ["json", { outputFile: process.env.TAPLINE_REPORT ?? "test-results/e2e.json" }]],
  use: {
    browserName: "chromium",
    actionTimeout: 20_000,
    viewport: { width: 1400, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
