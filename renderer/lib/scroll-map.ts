/**
 * Maps the scrollbar of a list with any number of rows to rows.
 *
 * A browser clips elements at about 33,554,428 device pixels and keeps scroll offsets in single precision, so
 * a list of 20,000,000 rows of 20 pixels cannot be as tall as it is long. Up to `MAX_SLOTS` rows the list is
 * laid out as it is. Above, it is `MAX_SLOTS` rows tall and shows the rows from `shift` onwards in its slots:
 * slot `i` holds row `i + shift`. The scrollbar moves through all rows in proportion; wheel and keys move by
 * exact pixels of the whole list.
 */

/** 400,000 slots of 20 px are 8,000,000 px: whole pixels stay exact, also at 200 % zoom. */
export const MAX_SLOTS = 400_000;

export interface ScrollState {
  /** Scroll offset of the element in pixels. */
  top: number;
  /** Row shown in slot 0. */
  shift: number;
}

export class ScrollMap {
  readonly rows: number;
  readonly rowHeight: number;
  readonly viewport: number;
  /** Rows the element is tall. */
  readonly slots: number;
  /** Greatest offset in the whole list, in pixels. */
  readonly maxOffset: number;
  /** Greatest scroll offset of the element, in pixels. */
  readonly maxTop: number;

  /**
   * @param rows rows in the list
   * @param rowHeight pixels of one row
   * @param viewport pixels of the visible part
   */
  constructor(rows: number, rowHeight: number, viewport: number) {
    this.rows = rows;
    this.rowHeight = rowHeight;
    this.viewport = viewport;
    this.slots = Math.min(rows, MAX_SLOTS);
    this.maxOffset = Math.max(0, rows * rowHeight - viewport);
    this.maxTop = Math.max(0, this.slots * rowHeight - viewport);
  }

  /** True when the element is shorter than the list. */
  get scaled(): boolean {
    return this.rows > this.slots;
  }

  private get maxShift(): number {
    return this.rows - this.slots;
  }

  private clampShift(shift: number): number {
    return Math.min(this.maxShift, Math.max(0, shift));
  }

  /** Offset in the whole list, in pixels, of what the element shows. */
  offset(state: ScrollState): number {
    return Math.min(this.maxOffset, state.top + state.shift * this.rowHeight);
  }

  /** The state that shows the list at `offset` pixels exactly. */
  at(offset: number): ScrollState {
    const wanted = Math.min(this.maxOffset, Math.max(0, offset));
    if (!this.scaled) return { top: wanted, shift: 0 };
    const proportional = wanted * (this.maxTop / this.maxOffset);
    let shift = this.clampShift(Math.round((wanted - proportional) / this.rowHeight));
    // Rounding to whole rows may push the element's offset past an end by less than a row.
    if (wanted - shift * this.rowHeight > this.maxTop) shift = this.clampShift(shift + 1);
    if (wanted - shift * this.rowHeight < 0) shift = this.clampShift(shift - 1);
    return { top: wanted - shift * this.rowHeight, shift };
  }

  /**
   * The state after the element itself was scrolled to `top` (scrollbar, touch). Movements shorter than a
   * screen keep the shift and are exact; longer ones are proportional.
   */
  scrolledTo(top: number, before: ScrollState): ScrollState {
    if (!this.scaled) return { top, shift: 0 };
    const small = Math.abs(top - before.top) < this.viewport;
    if (small && top > 0 && top < this.maxTop) return { top, shift: this.clampShift(before.shift) };
    const offset = this.maxTop === 0 ? 0 : (top / this.maxTop) * this.maxOffset;
    return { top, shift: this.clampShift(Math.round((offset - top) / this.rowHeight)) };
  }

  /** First row of which at least a part is visible. */
  firstVisible(state: ScrollState): number {
    return Math.floor(this.offset(state) / this.rowHeight);
  }

  /** Rows that fit wholly into the visible part; at least one. */
  get page(): number {
    return Math.max(1, Math.floor(this.viewport / this.rowHeight));
  }

  /**
   * The state in which `row` is wholly visible, moving as little as possible ("nearest") or putting it into the
   * middle ("center").
   */
  reveal(row: number, state: ScrollState, align: "nearest" | "center" = "nearest"): ScrollState {
    const offset = this.offset(state);
    const rowTop = row * this.rowHeight;
    const rowBottom = rowTop + this.rowHeight;
    if (align === "center") {
      if (rowTop >= offset && rowBottom <= offset + this.viewport) return state;
      return this.at(rowTop - (this.viewport - this.rowHeight) / 2);
    }
    if (rowTop < offset) return this.at(rowTop);
    if (rowBottom > offset + this.viewport) return this.at(rowBottom - this.viewport);
    return state;
  }
}
