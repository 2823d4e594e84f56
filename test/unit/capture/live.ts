/** Tests that capture what they send themselves: their wire, driver and folder, made before them and removed after. */
import { afterAll, beforeAll, describe } from "vitest";
import { type CaptureDriver, createHelperDriver } from "../../../engine/capture/index.ts";
import { noHelper, noLive, temporaryFolder, Wire } from "./support.ts";

/** Why there can be no live capture with the helper here; null when there can. */
export const noCapture: string | null = noLive ?? noHelper;

export interface Live {
  /** A folder of these tests' own. */
  readonly folder: string;
  /** There once the tests run. */
  readonly wire: Wire;
  /** Captures at the wire's far end. There once the tests run. */
  readonly driver: CaptureDriver;
}

/**
 * Describes tests that share a wire; skipped, with the reason in their title, where there can be none.
 * @param missing why what they need is not there, null when it is
 * @param create makes the driver that captures through these words
 */
export function describeLive(
  title: string,
  tests: (live: Live) => void,
  missing = noCapture,
  create: (via: readonly string[]) => CaptureDriver = (via) => createHelperDriver({ via }),
): void {
  describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
    const folder = temporaryFolder();
    let wire: Wire | null = null;
    let driver: CaptureDriver | null = null;
    beforeAll(() => {
      wire = new Wire();
      driver = create(wire.via);
    });
    afterAll(() => {
      driver?.close();
      wire?.remove();
      folder.remove();
    });
    const there = <T>(value: T | null): T => {
      if (value === null) throw new Error("the wire is there once the tests run");
      return value;
    };
    tests({
      folder: folder.path,
      get wire() {
        return there(wire);
      },
      get driver() {
        return there(driver);
      },
    });
  });
}
