/** Walking through the operands of a test. */
import type { TypedOperand, TypedTest } from "./check.ts";

/** Calls `visit` for every operand of a test, those inside others included. */
export function visitOperands(test: TypedTest, visit: (operand: TypedOperand) => void): void {
  const into = (operand: TypedOperand): void => {
    visit(operand);
    switch (operand.kind) {
      case "slice":
      case "negation":
        into(operand.operand);
        break;
      case "call":
        operand.arguments.forEach(into);
        break;
      case "arithmetic":
        into(operand.left);
        into(operand.right);
        break;
      default:
        break;
    }
  };
  switch (test.kind) {
    case "exists":
    case "true":
      into(test.operand);
      break;
    case "compare":
      into(test.left);
      into(test.right);
      break;
    case "matches":
      into(test.left);
      break;
    case "in":
      into(test.left);
      for (const { first, last } of test.members) {
        into(first);
        if (last !== null) into(last);
      }
      break;
  }
}
