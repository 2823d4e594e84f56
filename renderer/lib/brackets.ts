/** Brackets of a display filter that belong together. */

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const OPENING = new Set(Object.values(CLOSING));

/** Two brackets that belong together, or one that has no other. */
export interface BracketPair {
  /** Places of the brackets, the opening one first; -1 for one that is missing. */
  open: number;
  close: number;
}

/**
 * The pair of the bracket beside the caret, the one before it first; null when there is none. Brackets in quotes are
 * text.
 */
export function bracketsAt(text: string, caret: number): BracketPair | null {
  const pairs = bracketPairs(text);
  for (const at of [caret - 1, caret]) {
    const pair = pairs.find(({ open, close }) => at >= 0 && (open === at || close === at));
    if (pair) return pair;
  }
  return null;
}

function bracketPairs(text: string): BracketPair[] {
  const pairs: BracketPair[] = [];
  const open: number[] = [];
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const ch = text[i]!;
    if (quote !== "") {
      if (ch === "\\") i++;
      else if (ch === quote) quote = "";
    } else if (ch === '"' || ch === "'") quote = ch;
    else if (ch in CLOSING) open.push(i);
    else if (OPENING.has(ch)) {
      const last = open.at(-1);
      if (last !== undefined && CLOSING[text[last]!] === ch) {
        open.pop();
        pairs.push({ open: last, close: i });
      } else pairs.push({ open: -1, close: i });
    }
  }
  return [...pairs, ...open.map((at) => ({ open: at, close: -1 }))];
}

/** Pasted text as one line: every run of line ends and the blanks around it becomes one blank. */
export function oneLine(text: string): string {
  return text.replace(/^\s*\n\s*|\s*\n\s*$/g, "").replace(/\s*[\r\n]+\s*/g, " ");
}
