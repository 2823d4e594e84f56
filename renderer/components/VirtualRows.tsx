import {
  type HTMLAttributes,
  type ReactElement,
  type Ref,
  useCallback,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { List, type RowComponentProps, useListCallbackRef } from "react-window";

export interface VirtualRowsHandle {
  /** Scrolls no further than it takes to show a row wholly. */
  reveal(index: number): void;
  /** Rows that fit wholly into the visible part; at least one. */
  page(): number;
}

/** Draws a row whose upper edge is `top` pixels below the first row's. */
type RenderRow = (index: number, top: number) => ReactElement | null;

interface Props extends Omit<HTMLAttributes<HTMLDivElement>, "onResize"> {
  handle: Ref<VirtualRowsHandle>;
  rows: number;
  rowHeight: number;
  /** Told the first and the last row in the visible part whenever they are others. */
  onRowsShown?: (first: number, last: number) => void;
  /** Rows drawn beyond each end of the visible part. */
  overscan: number;
  renderRow: RenderRow;
}

interface RowProps {
  renderRow: RenderRow;
  rowHeight: number;
}

function Row({ index, renderRow, rowHeight }: RowComponentProps<RowProps>): ReactElement {
  return <>{renderRow(index, index * rowHeight)}</>;
}

/** Rows of one height, of which only those in the visible part exist. */
export function VirtualRows(props: Props) {
  const { handle, rows, rowHeight, overscan, onRowsShown, renderRow, ...rest } = props;
  const [list, setList] = useListCallbackRef();
  const [height, setHeight] = useState(0);
  const resized = useCallback((size: { height: number }) => setHeight(size.height), []);
  const count = useRef(rows);
  count.current = rows;

  useImperativeHandle(
    handle,
    () => ({
      reveal(index) {
        if (list && index < count.current) list.scrollToRow({ index, align: "auto" });
      },
      page: () => Math.max(1, Math.floor(height / rowHeight)),
    }),
    [list, height, rowHeight],
  );

  return (
    <List
      listRef={setList}
      rowCount={rows}
      rowHeight={rowHeight}
      overscanCount={overscan}
      rowComponent={Row}
      rowProps={{ renderRow, rowHeight }}
      onResize={resized}
      onRowsRendered={({ startIndex, stopIndex }) => onRowsShown?.(startIndex, stopIndex)}
      {...rest}
    />
  );
}
