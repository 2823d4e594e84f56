/** Tapline's browser face as a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The browser face, once it is built. */
export const SERVER = join(import.meta.dirname, "..", "..", "dist", "server", "main.js");

export interface Place {
  /** The user's home folder, where captures are. */
  readonly home: string;
  /** TAPLINE_HOME: settings, recent captures, spool files. */
  readonly state: string;
  /** A path in the home folder. */
  file(name: string): string;
}

export interface Running {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it printed so far, on both streams. */
  output(): string;
  /** Ends it as a user's Ctrl+C or a service manager does; answers its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface LaunchOptions {
  readonly file?: string;
  /** Words before `node`, as `ip netns exec NAME`. */
  readonly via?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the browser face; answers when it has printed its address. */
export async function launch(
  place: Place,
  { file, via = [], env = {} }: LaunchOptions = {},
): Promise<Running> {
  const words = [...via, process.execPath, SERVER, "--port", "0", ...(file === undefined ? [] : [file])];
  const child = spawn(words[0]!, words.slice(1), {
    cwd: place.home,
    env: { ...process.env, HOME: place.home, TAPLINE_HOME: place.state, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk;
      const found = /^Tapline is at (\S+)$/m.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`Tapline ended with ${code}: ${output}`)));
  });
  return {
    url,
    process: child,
    output: () => output,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      await once(child, "exit");
      return child.exitCode;
    },
  };
}

/** A fresh place of folders, and the function that removes it. */
export function makePlace(): { place: Place; remove: () => void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tapline-e2e-")));
  const place = {
    home: join(folder, "home"),
    state: join(folder, "state"),
    file: (name: string) => join(folder, "home", name),
  };
  mkdirSync(place.home);
  return { place, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
