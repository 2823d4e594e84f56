import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const SERVER = join(import.meta.dirname, "..", "..", "..", "dist", "server", "main.js");
const folder = mkdtempSync(join(tmpdir(), "tapline-process-"));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): { child: ChildProcess; out: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, [SERVER, ...args], {
    env: { ...process.env, TAPLINE_HOME: join(folder, "state") },
  });
  children.push(child);
  let out = "";
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (out += chunk));
  return { child, out: () => out, ended: once(child, "close").then(([code]) => code as number | null) };
}

describe("the process of the browser face", () => {
  it("names a port that is in use and ends with 2", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const port = (taken.address() as { port: number }).port;
    const { out, ended } = run("--port", String(port));
    expect(await ended).toBe(2);
    expect(out()).toBe(
      `tapline: port ${port} is in use, perhaps by another Tapline; choose another with --port, or leave it out for a free one.\n`,
    );
    taken.close();
  });

  it("refuses what it does not understand in one line", async () => {
    for (const [args, message] of [
      [["--port", "70000"], '--port takes a number from 0 to 65535, not "70000".'],
      [["--port", "x"], '--port takes a number from 0 to 65535, not "x".'],
      [["a", "b"], 'only one capture can be opened; "b" is one too many.'],
      [["--nonsense"], "--nonsense"],
    ] as const) {
      const { out, ended } = run(...args);
      expect(await ended).toBe(2);
      expect(out()).toMatch(/^tapline: [^\n]+\n$/);
      expect(out()).toContain(message);
    }
  });

  it("ends clean on SIGTERM, SIGINT and SIGHUP", async () => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      const { child, out, ended } = run();
      await expect.poll(out, { timeout: 15_000 }).toContain("Tapline is at http://127.0.0.1:");
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(out()).toMatch(/^Tapline is at \S+\n$/);
    }
  }, 60_000);
});
