/** Before all unit tests: the program that they start beside themselves is built of the sources as they are. */
// @ts-expect-error: a plain module without types
import { build } from "../../build/build.mjs";

/** @throws Error with the compiler's message when something cannot be built */
export default async function setup(): Promise<void> {
  const complaint: string | undefined = await build({
    helperOptional: true,
    only: ["program", "samples", "practice"],
  });
  if (complaint !== undefined) throw new Error(`the build failed: ${complaint}`);
}
