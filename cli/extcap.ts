/** `-o extcap.INTERFACE.OPTION:VALUE`: options of programs that capture, named as tshark names them. */
import type { CaptureDriver, CaptureSource, ExtcapArgument } from "../engine/capture/index.ts";
import type { SourceArgument } from "./arguments.ts";
import { RunError, UsageError } from "./errors.ts";

/** As tshark writes names in preferences: in small letters, without dashes. */
const squeezed = (name: string): string => name.toLowerCase().replace(/[^a-z0-9_.]/g, "");

/**
 * Gives each interface of a program the options meant for it.
 * @throws UsageError for an option that no interface asked for has
 * @throws RunError when a program does not tell its options
 */
export async function withExtcap(
  driver: CaptureDriver,
  sources: readonly SourceArgument[],
  given: readonly { name: string; value: string }[],
): Promise<(SourceArgument & Pick<CaptureSource, "extcap">)[]> {
  if (given.length === 0) return [...sources];
  const left = new Set(given);
  const known: string[] = [];
  const found: (SourceArgument & Pick<CaptureSource, "extcap">)[] = [];
  for (const source of sources) {
    const offered = await driver.extcap?.find(source.name);
    if (driver.extcap === undefined || offered === undefined) {
      found.push(source);
      continue;
    }
    const config = await driver.extcap.config(offered);
    if (!config.ok) throw new RunError(config.error.message);
    const nameOf = ({ call }: ExtcapArgument): string => squeezed(`${source.name}.${call}`);
    known.push(...config.value.map(nameOf));
    const extcap: Record<string, string> = {};
    for (const each of left) {
      const argument = config.value.find((one) => nameOf(one) === squeezed(each.name));
      if (argument === undefined) continue;
      extcap[argument.call] = each.value;
      left.delete(each);
    }
    found.push({ ...source, extcap });
  }
  const [first] = left;
  if (first !== undefined) {
    const names = known.length === 0 ? "none is captured from" : `there are ${known.join(", ")}`;
    throw new UsageError(`No program has the option "extcap.${first.name}": ${names}.`);
  }
  return found;
}
