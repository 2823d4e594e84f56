/** The extcap programs of this machine, as Wireshark finds them: what they capture from, and their options. */
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, join } from "node:path";
import type { CaptureError, Result } from "../driver.ts";
import { ask } from "./program.ts";
import {
  type ExtcapArgument,
  type ExtcapChoice,
  type ExtcapDlt,
  parseChoices,
  parseConfig,
  parseDlts,
  parseInterfaces,
} from "./sentences.ts";
import { type ExtcapValues, valueArguments } from "./values.ts";

/** Environment variable with folders of programs, before all others. */
export const EXTCAP_VARIABLE = "TAPLINE_EXTCAP_PATH";

/** Programs looked at. */
const MOST_PROGRAMS = 200;
/** Programs asked at the same time. */
const AT_ONCE = 4;
/** Milliseconds that a list is good for. */
const LIST_MS = 5000;
/** Milliseconds that a program has to name its interfaces, and that one which does not is left alone. */
const NAMES_MS = 10_000;
const SULK_MS = 300_000;

/** An interface that a program offers. */
export interface ExtcapInterface {
  readonly name: string;
  readonly display: string;
  /** Path of the program. */
  readonly program: string;
  readonly version: string;
  /** Address of its help; empty when it has none. */
  readonly help: string;
}

/**
 * The folders searched, in order: those of TAPLINE_EXTCAP_PATH, Tapline's own, and Wireshark's (WIRESHARK_EXTCAP_DIR,
 * the user's, the system's).
 * @param own Tapline's own folder
 */
export function extcapFolders(own: string, env: NodeJS.ProcessEnv = process.env, home = homedir()): string[] {
  const folders = (env[EXTCAP_VARIABLE] ?? "").split(delimiter).filter((folder) => folder !== "");
  folders.push(own);
  if (env.WIRESHARK_EXTCAP_DIR) folders.push(env.WIRESHARK_EXTCAP_DIR);
  folders.push(join(home, ".local", "lib", "wireshark", "extcap"));
  for (const root of ["/usr/local", "/usr"]) {
    for (const lib of ["lib", "lib64", "libexec"]) {
      folders.push(join(root, lib, "wireshark", "extcap"));
      // Debian's multiarch folders.
      if (lib === "lib") {
        for (const name of entriesOf(join(root, lib)))
          if (/-linux-/.test(name)) folders.push(join(root, lib, name, "wireshark", "extcap"));
      }
    }
  }
  if (process.platform === "darwin") folders.push("/Applications/Wireshark.app/Contents/MacOS/extcap");
  return [...new Set(folders)];
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** The programs in these folders; of two with the same name the first counts, as an own one stands for the system's. */
export function extcapPrograms(folders: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const name of entriesOf(folder)) {
      if (found.size >= MOST_PROGRAMS) return [...found.values()];
      const path = join(folder, name);
      if (!found.has(name) && isProgram(path)) found.set(name, path);
    }
  }
  return [...found.values()];
}

/** True for what this user may run and not everybody may change. */
function isProgram(path: string): boolean {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || (stat.mode & 0o002) !== 0) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class ExtcapCatalog {
  readonly #folders: () => readonly string[];
  #known: readonly ExtcapInterface[] = [];
  #listed = Number.NEGATIVE_INFINITY;
  #listing: Promise<readonly ExtcapInterface[]> | null = null;
  /** When programs that did not answer may be asked again, by `performance.now()`. */
  readonly #silent = new Map<string, number>();

  /** @param folders where programs are looked for; asked anew for each list */
  constructor(folders: () => readonly string[]) {
    this.#folders = folders;
  }

  /** The interfaces of all programs; programs that do not answer have none. Never rejects. */
  list(): Promise<readonly ExtcapInterface[]> {
    // Under Windows programs write into named pipes of a kind of their own.
    if (process.platform === "win32") return Promise.resolve([]);
    if (performance.now() - this.#listed < LIST_MS) return Promise.resolve(this.#known);
    this.#listing ??= this.#ask().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  /** The interface of this name in the last list. */
  known(name: string): ExtcapInterface | undefined {
    return this.#known.find((each) => each.name === name);
  }

  /** The interface of this name, which may be new. */
  async find(name: string): Promise<ExtcapInterface | undefined> {
    return this.known(name) ?? (await this.list()).find((each) => each.name === name);
  }

  /** Link types of an interface. */
  async dlts({ name, program }: ExtcapInterface): Promise<Result<ExtcapDlt[]>> {
    const answer = await question(program, ["--extcap-dlts", "--extcap-interface", name]);
    return answer.ok ? { ok: true, value: parseDlts(answer.value) } : answer;
  }

  /** Options of an interface. */
  async config({ name, program }: ExtcapInterface): Promise<Result<ExtcapArgument[]>> {
    const answer = await question(program, ["--extcap-config", "--extcap-interface", name]);
    return answer.ok ? { ok: true, value: parseConfig(answer.value) } : answer;
  }

  /** The choices that an option has with these values of the others. */
  async reload(
    { name, program }: ExtcapInterface,
    known: readonly ExtcapArgument[],
    call: string,
    values: ExtcapValues,
  ): Promise<Result<ExtcapChoice[]>> {
    const argument = known.find((each) => each.call === call && each.reload);
    const refuse = (message: string): Result<never> => ({ ok: false, error: { code: "usage", message } });
    if (argument === undefined)
      return refuse(`${name} has no option "${call}" whose choices can be reloaded.`);
    const given = valueArguments(known, values, false);
    if (!given.ok) return refuse(given.message);
    // The option is named without its dashes.
    const option = call.replace(/^-+/, "");
    const answer = await question(program, [
      "--extcap-config",
      "--extcap-interface",
      name,
      "--extcap-reload-option",
      option,
      ...given.args,
    ]);
    return answer.ok ? { ok: true, value: parseChoices(answer.value, argument.number) } : answer;
  }

  /** What is wrong with a capture filter as the program judges it; null when nothing is. */
  async filterProblem({ name, program }: ExtcapInterface, filter: string): Promise<Result<string | null>> {
    const answer = await ask(program, ["--extcap-interface", name, "--extcap-capture-filter", filter]);
    if (!answer.ok) return answer;
    // A filter that is well says nothing; a program that knows no filters complains of its arguments.
    if (answer.value.status !== 0) {
      return failure(program, "does not judge capture filters");
    }
    return { ok: true, value: answer.value.output.trim() || null };
  }

  async #ask(): Promise<readonly ExtcapInterface[]> {
    const now = performance.now();
    const programs = extcapPrograms(this.#folders()).filter((path) => (this.#silent.get(path) ?? 0) <= now);
    const found: (readonly ExtcapInterface[])[] = programs.map(() => []);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < programs.length) {
        const i = next++;
        const program = programs[i] as string;
        const answer = await ask(program, ["--extcap-interfaces", "--extcap-version=4.0"], NAMES_MS);
        if (!answer.ok) {
          this.#silent.set(program, performance.now() + SULK_MS);
          continue;
        }
        const { interfaces, version, help } = parseInterfaces(answer.value.output);
        found[i] = interfaces.map((each) => ({ ...each, program, version, help }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const names = new Set<string>();
    this.#known = found.flat().filter(({ name }) => !names.has(name) && names.add(name));
    this.#listed = performance.now();
    return this.#known;
  }
}

async function question(program: string, args: readonly string[]): Promise<Result<string>> {
  const answer = await ask(program, args);
  if (!answer.ok) return answer;
  const { status, output, complaint } = answer.value;
  if (status === 0) return { ok: true, value: output };
  return failure(program, `ended with status ${status}${complaint === "" ? "" : `: ${complaint}`}`);
}

function failure(program: string, what: string): Result<never> {
  const error: CaptureError = { code: "source", message: `The program ${basename(program)} ${what}.` };
  return { ok: false, error };
}
