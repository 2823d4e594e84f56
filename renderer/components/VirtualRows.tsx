import {
  type HTMLAttributes,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";

export interface VirtualRowsHandle {
  /** Scrolls no further than it takes to show a row wholly. */
  reveal(index: number): void;
  /** Rows that fit wholly into the visible part; at least one. */
  page(): number;
}

interface Props extends HTMLAttributes<HTMLDivElement> {
  handle: Ref<VirtualRowsHandle>;
  rows: number;
  rowHeight: number;
  /** Rows drawn beyond each end of the visible part. */
  overscan: number;
  /** Draws a row whose upper edge is `top` pixels below the first row's. */
  renderRow: (index: number, top: number) => ReactNode;
}

/**
 * Rows of one height, of which only those in the visible part exist. What is known of the scroll offset comes from
 * scroll events: asking the element for it would make the browser lay the page out in the middle of an update.
 */
export function VirtualRows({ handle, rows, rowHeight, overscan, renderRow, ...rest }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  const [height, setHeight] = useState(0);
  // The first row in the visible part; scrolling within it draws nothing new.
  const [first, setFirst] = useState(0);

  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new ResizeObserver(() => setHeight(target.clientHeight));
    observer.observe(target);
    const scrolled = () => {
      top.current = target.scrollTop;
      // In the frame in which the rows move, so that none is missing.
      flushSync(() => setFirst(Math.floor(top.current / rowHeight)));
    };
    target.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      target.removeEventListener("scroll", scrolled);
    };
  }, [rowHeight]);

  useImperativeHandle(
    handle,
    () => ({
      reveal(index) {
        const target = element.current;
        if (!target || height === 0) return;
        const upper = index * rowHeight;
        if (upper < top.current) target.scrollTop = upper;
        else if (upper + rowHeight > top.current + height) target.scrollTop = upper + rowHeight - height;
      },
      page: () => Math.max(1, Math.floor(height / rowHeight)),
    }),
    [height, rowHeight],
  );

  const from = Math.max(0, Math.min(first, rows) - overscan);
  const to = Math.min(rows, first + Math.ceil(height / rowHeight) + 1 + overscan);
  const drawn: ReactNode[] = [];
  for (let index = from; index < to; index++) drawn.push(renderRow(index, index * rowHeight));
  return (
    <div ref={element} {...rest}>
      {drawn}
      <div aria-hidden className="sizer" style={{ height: rows * rowHeight }} />
    </div>
  );
}
