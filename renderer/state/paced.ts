import { useEffect, useRef, useState } from "react";
import { errorInfo } from "../transport/types.ts";
import { tellError } from "./session.ts";

/** An answer is asked for again when the engine had this many times as long for its other work. */
const REST = 12;

/**
 * The engine's answer to what takes long and changes with a capture that grows many times a second: asked for at its
 * own pace, which leaves the engine to its work. Null while there is none.
 */
export function usePaced<T>(question: {
  ask: (buckets: number) => Promise<T>;
  /** What is asked about; something else is asked about at once. */
  key: string | number;
  /** In how many parts, and about how many packets; without any nothing is asked. */
  buckets: number;
  total: number;
  growing: boolean;
  /** Milliseconds between two questions at the least. */
  refresh: number;
}): T | null {
  const { ask, key, buckets, total, growing, refresh } = question;
  const [answer, setAnswer] = useState<T | null>(null);
  const pace = useRef<{ at: number; took: number; key: string | number | null }>({
    at: 0,
    took: 0,
    key: null,
  });
  useEffect(() => {
    if (buckets === 0 || total === 0) {
      setAnswer(null);
      return;
    }
    const { at, took } = pace.current;
    const wait =
      pace.current.key === key
        ? Math.max(0, at + Math.max(refresh, growing ? took * REST : 0) - Date.now())
        : 0;
    let stale = false;
    const timer = setTimeout(() => {
      const asked = { at: Date.now(), took: 0, key };
      pace.current = asked;
      ask(buckets).then(
        (result) => {
          asked.took = Date.now() - asked.at;
          // What only grew meanwhile still has this answer.
          if (pace.current === asked) setAnswer(result);
        },
        (error) => {
          const { code } = errorInfo(error);
          if (!stale && code !== "NO_CAPTURE" && code !== "CANCELLED") tellError(error);
        },
      );
    }, wait);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [ask, key, buckets, total, growing, refresh]);
  return answer;
}
