import type { Row, RowsResult } from "../../engine/api.ts";

/** What the cached rows are rows of. Pages of another capture or view are never mixed. */
export interface RowsKey {
  capture: number;
  view: number;
  /** Columns and time format, as one text. */
  look: string;
}

interface Page {
  rows: Row[];
  /** Length of the displayed list when the page was asked for. */
  of: number;
}

/**
 * Pages of the displayed list, the least recently used thrown away.
 * Knows which pages are on their way; fetching them is the caller's.
 */
export class RowsCache {
  readonly pageSize: number;
  readonly maxPages: number;
  private key: RowsKey = { capture: -1, view: -1, look: "" };
  private readonly pages = new Map<number, Page>();
  private readonly pending = new Set<number>();

  constructor(pageSize = 200, maxPages = 80) {
    this.pageSize = pageSize;
    this.maxPages = maxPages;
  }

  /** Empties the cache when the key is a different one; returns true when it was. */
  setKey(key: RowsKey): boolean {
    const same = key.capture === this.key.capture && key.view === this.key.view && key.look === this.key.look;
    if (same) return false;
    this.key = { ...key };
    this.pages.clear();
    this.pending.clear();
    return true;
  }

  currentKey(): RowsKey {
    return this.key;
  }

  /** The row, or undefined while it is not here. Counts as a use of its page. */
  get(index: number): Row | undefined {
    const number = Math.floor(index / this.pageSize);
    const page = this.pages.get(number);
    if (!page) return undefined;
    this.pages.delete(number);
    this.pages.set(number, page);
    return page.rows[index - number * this.pageSize];
  }

  /** True when rows from `first` to `last` are not here that the list, `total` rows long, has. */
  lacks(first: number, last: number, total: number): boolean {
    const from = Math.floor(Math.max(0, first) / this.pageSize);
    const to = Math.floor(Math.min(total - 1, last) / this.pageSize);
    for (let page = from; page <= to; page++) if (!this.holds(page, total)) return true;
    return false;
  }

  /** True when the engine has no more of a page than is here. */
  private holds(page: number, total: number): boolean {
    const have = this.pages.get(page);
    if (!have) return false;
    // Rows shorter than asked for, of a list of the same length: the engine has no more.
    return have.rows.length >= Math.min(this.pageSize, total - page * this.pageSize) || have.of >= total;
  }

  /**
   * Pages to fetch so that the rows from `first` to `last` are here, marked as on their way.
   * A page that was shorter than it can be now (the list grew) is named again.
   * @param total rows in the displayed list
   */
  want(first: number, last: number, total: number): { page: number; start: number; count: number }[] {
    const wanted: { page: number; start: number; count: number }[] = [];
    if (total === 0 || last < first) return wanted;
    const from = Math.floor(Math.max(0, first) / this.pageSize);
    const to = Math.floor(Math.min(total - 1, last) / this.pageSize);
    for (let page = from; page <= to; page++) {
      const start = page * this.pageSize;
      const count = Math.min(this.pageSize, total - start);
      if (this.holds(page, total) || this.pending.has(page)) continue;
      this.pending.add(page);
      wanted.push({ page, start, count });
    }
    return wanted;
  }

  /**
   * Takes an answer. One that belongs to another capture, view or look is dropped.
   * @param key the key that was current when the page was asked for
   * @returns true when the rows were taken
   */
  put(page: number, key: RowsKey, total: number, result: RowsResult): boolean {
    if (key.look !== this.key.look || key.capture !== this.key.capture || key.view !== this.key.view) {
      return false;
    }
    this.pending.delete(page);
    if (result.capture !== this.key.capture || result.view !== this.key.view) return false;
    this.pages.delete(page);
    this.pages.set(page, { rows: result.rows, of: total });
    while (this.pages.size > this.maxPages) {
      const oldest = this.pages.keys().next().value;
      if (oldest === undefined) break;
      this.pages.delete(oldest);
    }
    return true;
  }

  /** Forgets that a page is on its way, after its request failed. */
  failed(page: number): void {
    this.pending.delete(page);
  }

  get size(): number {
    return this.pages.size;
  }
}
