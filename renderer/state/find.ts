import { create } from "zustand";
import { errorInfo } from "../transport/types.ts";
import { selectRow, useSelection } from "./selection.ts";
import { call, tell, tellError } from "./session.ts";

export type FindKind = "filter" | "hex" | "string" | "regex";
export type FindWhere = "list" | "tree" | "bytes";

interface FindState {
  kind: FindKind;
  where: FindWhere;
  caseSensitive: boolean;
  text: string;
  /** What the last search came to; empty before the first. */
  outcome: string;
  failed: boolean;
}

export const useFind = create<FindState>()(() => ({
  kind: "string",
  where: "list",
  caseSensitive: false,
  text: "",
  outcome: "",
  failed: false,
}));

/** Looks for the next packet, wrapping around. */
export async function find(direction: "next" | "previous"): Promise<void> {
  const { kind, where, caseSensitive, text } = useFind.getState();
  if (text === "") return;
  const from = useSelection.getState().row ?? -1;
  useFind.setState({ outcome: "", failed: false });
  try {
    const reference = useSelection.getState().number ?? undefined;
    const found = await call("find", { kind, where, caseSensitive, text, from, direction, reference });
    if (!found) {
      useFind.setState({ outcome: "No packet matches", failed: true });
      return;
    }
    const wrapped = direction === "next" ? found.row <= from : from >= 0 && found.row >= from;
    useFind.setState({ outcome: wrapped ? "Went round the end" : "", failed: false });
    selectRow(found.row, { number: found.number, align: "center" });
  } catch (error) {
    const info = errorInfo(error);
    if (info.code === "CANCELLED") tell("note", "The search was stopped.");
    else if (info.code === "BAD_FILTER" || info.code === "BAD_REQUEST") {
      useFind.setState({ outcome: info.message, failed: true });
    } else tellError(error);
  }
}
