/** The command line's entry: `tapline -r FILE`, `tapline -i INTERFACE`, `tapline rpc`. */
import { explain, main } from "./main.ts";
import { Output } from "./output.ts";

// Nobody is left to be told when stderr is closed.
process.stderr.on("error", () => undefined);
process.on("uncaughtException", (error) => process.exit(explain(error)));
process.exitCode = await main(process.argv.slice(2), new Output());
