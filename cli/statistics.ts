/** `-z`: statistics over the packets, printed behind them as tshark prints them. */
import { ExpertCounts, expertFieldsWanted, SEVERITIES } from "../engine/analysis/experts.ts";
import type { ExpertSummary } from "../engine/api.ts";
import type { Dissection } from "../engine/dissect/dissection.ts";
import { addWanted } from "../engine/dissect/protocol.ts";
import type { CompiledFilter } from "../engine/filter/compile.ts";
import { UsageError } from "./errors.ts";
import { displayFilter } from "./filter.ts";
import type { Output } from "./output.ts";

/** One `-z`. */
export interface StatisticsArgument {
  readonly kind: "expert";
  /** The least severity that is printed. */
  readonly severity: ExpertSummary["severity"];
  /** Display filter of the packets that count; empty for all. */
  readonly filter: string;
}

const SEVERITY_WORDS: Readonly<Record<string, ExpertSummary["severity"]>> = {
  error: "error",
  warn: "warning",
  note: "note",
  chat: "chat",
  comment: "comment",
};
const TITLES: Readonly<Record<ExpertSummary["severity"], string>> = {
  error: "Errors",
  warning: "Warns",
  note: "Notes",
  chat: "Chats",
  comment: "Comments",
};

/**
 * Reads the value of a `-z`: `expert`, `expert,SEVERITY`, `expert,FILTER` or `expert,SEVERITY,FILTER`.
 * @throws UsageError
 */
export function statisticsArgument(text: string): StatisticsArgument {
  const [kind, ...rest] = text.split(",");
  if (kind !== "expert") throw new UsageError(`-z knows expert; not "${text}".`);
  const severity = SEVERITY_WORDS[rest[0]];
  if (severity !== undefined) rest.shift();
  return { kind, severity: severity ?? "comment", filter: rest.join(",").trim() };
}

/** What one `-z` gathers. */
export class Statistics {
  readonly wanted: Uint8Array;
  readonly needsColumns: boolean;
  readonly #argument: StatisticsArgument;
  readonly #filter: CompiledFilter | null;
  readonly #counts = new ExpertCounts();

  private constructor(argument: StatisticsArgument, filter: CompiledFilter | null) {
    this.#argument = argument;
    this.#filter = filter;
    this.wanted = expertFieldsWanted();
    this.needsColumns = filter?.needsColumns ?? false;
    if (filter !== null) addWanted(this.wanted, filter.wanted);
  }

  /** @throws UsageError for a filter that is wrong */
  static async of(argument: StatisticsArgument): Promise<Statistics> {
    return new Statistics(argument, await displayFilter(argument.filter));
  }

  /** Takes a packet that the display filter lets through; `d.found` has the wanted fields. */
  frame(d: Dissection): void {
    if (this.#filter === null || this.#filter.evaluate(d)) this.#counts.add(d);
  }

  print(out: Output): void {
    const all = this.#counts.summary();
    const least = SEVERITIES.indexOf(this.#argument.severity);
    for (const severity of SEVERITIES.slice(0, least + 1)) {
      const kinds = all.filter((kind) => kind.severity === severity);
      if (kinds.length === 0) continue;
      const total = kinds.reduce((sum, { count }) => sum + count, 0);
      out.write(
        `\n${TITLES[severity]} (${total})\n=============\n   Frequency      Group           Protocol  Summary\n`,
      );
      for (const { count, group, protocol, message } of kinds) {
        const columns = [String(count).padStart(12), group.padStart(10), protocol.padStart(18)];
        out.write(`${columns.join(" ")}  ${message}\n`);
      }
    }
  }
}
