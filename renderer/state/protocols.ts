import { create } from "zustand";
import type { ProtocolFileList } from "../../engine/api.ts";
import { counted } from "../lib/format.ts";
import { tell } from "./session.ts";

/** The protocol files as the engine told of them last. */
export const useProtocols = create<{ list: ProtocolFileList }>()(() => ({ list: { folder: "", files: [] } }));

/** Takes a list; with `say`, tells the user of every file that is broken. */
export function takeProtocols(list: ProtocolFileList, say: boolean): void {
  useProtocols.setState({ list });
  if (!say) return;
  for (const { name, problems } of list.files) {
    const [first] = problems;
    if (first === undefined) continue;
    const place = `line ${first.line}${first.path === "" ? "" : `, ${first.path}`}`;
    const others =
      problems.length > 1
        ? ` There ${problems.length > 2 ? "are" : "is"} ${counted(problems.length - 1, "problem")} more: see Analyze, Protocol files.`
        : "";
    tell("error", `The protocol file "${name}" is broken, ${place}: ${first.message}${others}`);
  }
}
