/** Sessions over the built decode worker, each with folders of its own. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ErrorInfo, Status } from "../../../engine/api.ts";
import { ApiError } from "../../../engine/api.ts";
import { makeHost } from "../../../engine/session/host.ts";
import { Session, type SessionHost } from "../../../engine/session/session.ts";

export interface Bench {
  readonly folder: string;
  readonly host: SessionHost;
  /** A new session; ended with the bench. */
  session(): Session;
  path(name: string): string;
  end(): Promise<void>;
}

export function makeBench(): Bench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tapline-session-")));
  process.env.TAPLINE_HOME = join(folder, "state");
  const host = makeHost("rpc");
  const sessions: Session[] = [];
  return {
    folder,
    host,
    session() {
      const session = new Session(host);
      sessions.push(session);
      return session;
    },
    path: (name) => join(folder, name),
    async end() {
      for (const session of sessions) await session.end(false);
      await host.desk.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a request was refused with. */
export async function refusal(request: Promise<unknown>): Promise<ErrorInfo> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ApiError) return error.info;
    throw error;
  }
  throw new Error("the request was answered");
}

/** Milliseconds within which a status that a test waits for must come. */
const STATUS_WAIT = 30_000;

/** The status, or else the first one after it, that fulfils a condition; fails, with the last one, without one. */
export function statusWhen(session: Session, condition: (status: Status) => boolean): Promise<Status> {
  return new Promise((resolve, reject) => {
    let last: Status | undefined;
    const look = (status: Status) => {
      last = status;
      if (!condition(status)) return;
      end();
      resolve(status);
    };
    const stop = session.on("status", look);
    const timer = setTimeout(() => {
      end();
      reject(new Error(`no status as awaited; the last was ${JSON.stringify(last)}`));
    }, STATUS_WAIT);
    const end = () => {
      clearTimeout(timer);
      stop();
    };
    session.call("status", {}).then(look, reject);
  });
}
