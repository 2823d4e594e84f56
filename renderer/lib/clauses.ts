import type { FilterClause, FilterOperand } from "../../engine/api.ts";

/** One line of an explained filter. */
export interface ClauseLine {
  clause: FilterClause;
  /** 1 for the whole filter. */
  level: number;
  /** Place among the clauses of the one above, counted from 1, and how many there are. */
  position: number;
  siblings: number;
  /** True when neither it nor one above it changes the verdict of the one above. */
  idle: boolean;
}

/** The clauses of an explained filter, line by line. */
export function clauseLines(root: FilterClause): ClauseLine[] {
  const lines: ClauseLine[] = [];
  const walk = (
    clause: FilterClause,
    level: number,
    position: number,
    siblings: number,
    idle: boolean,
  ): void => {
    const own = idle || !clause.counts;
    lines.push({ clause, level, position, siblings, idle: own });
    clause.clauses.forEach((below, index) => {
      walk(below, level + 1, index + 1, clause.clauses.length, own);
    });
  };
  walk(root, 1, 1, 1, false);
  return lines;
}

/** The tests of a filter, which stand beside each other in its text. */
export function testsOf(root: FilterClause): FilterClause[] {
  return root.kind === "test" ? [root] : root.clauses.flatMap(testsOf);
}

/** "all must be true", "2 of 3 are true": what a clause of clauses comes to. */
export function summaryOf(clause: FilterClause): string {
  const held = clause.clauses.filter(({ verdict }) => verdict).length;
  switch (clause.kind) {
    case "and":
      return `${held} of ${clause.clauses.length} true, all must be`;
    case "or":
      return `${held} of ${clause.clauses.length} true, one must be`;
    case "xor":
      return `${held} of ${clause.clauses.length} true, an odd number must be`;
    case "not":
      return "true when what follows is false";
    case "test":
      return "";
  }
}

/**
 * The operands of a test that have something to say, those that others are made of behind these. What cannot be worked
 * out because a part is missing is left to that part.
 */
export function toldOperands(clause: FilterClause): FilterOperand[] {
  const flat = (operand: FilterOperand): FilterOperand[] => {
    const below = operand.parts.flatMap(flat);
    const explained = operand.missing !== "" && below.some(({ missing }) => missing === operand.missing);
    return explained ? below : [operand, ...below];
  };
  return clause.operands.flatMap(flat).filter((each) => each.kind !== "constant" || each.values.length > 0);
}
