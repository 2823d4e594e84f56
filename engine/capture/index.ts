/** Capturing, as the rest of the engine uses it. */
import { createCapDriver } from "./cap.ts";
import type { CaptureDriver, CaptureError } from "./driver.ts";
import { ExtcapCatalog, extcapFolders } from "./extcap/catalog.ts";
import { createHelperDriver } from "./helper.ts";
import { createSourcesDriver } from "./sources.ts";

export { type Compressed, FileCompressor } from "./compress.ts";
export * from "./driver.ts";
export { EXTCAP_VARIABLE, ExtcapCatalog, extcapFolders } from "./extcap/catalog.ts";
export type { ExtcapArgument, ExtcapChoice } from "./extcap/sentences.ts";
export { valueProblem } from "./extcap/values.ts";
export { createHelperDriver, HELPER_VARIABLE, helperPath } from "./helper.ts";
export {
  INTERFACE_KINDS,
  type InterfaceInfo,
  type InterfaceKind,
  type InterfaceList,
  listCaptureInterfaces,
} from "./interfaces.ts";
export { ClaimError, type Orphan, SpoolKeeper } from "./keeper.ts";
export { dltToLinkType, linkTypeTitle } from "./linktypes.ts";
export { explainPermission, type PermissionAdvice } from "./permissions.ts";
export { fifoProblem, isPipe } from "./pipe/pipe.ts";
export {
  CaptureSession,
  type SessionEvent,
  type SessionOptions,
  type SessionSettings,
  type SessionSnapshot,
  type SessionState,
  type StartOutcome,
} from "./session.ts";
export { inspectSpool, SPOOL_PATTERN, type SpoolContent, spoolPath, trimToWholeBlocks } from "./spool.ts";
export { TrafficMonitor, type TrafficRate, type TrafficSample } from "./traffic.ts";
export { createCapDriver };

/**
 * The driver to use here: the helper when it is built, else the package `cap`; with pipes, and with the programs of
 * the extcap folders. When neither is there, the helper's driver is returned with the error that says so; pipes and
 * programs can be captured from all the same.
 * @param ownExtcap Tapline's own folder of extcap programs
 */
export async function chooseDriver(
  ownExtcap: string,
): Promise<{ driver: CaptureDriver; error: CaptureError | null }> {
  const extcap = new ExtcapCatalog(() => extcapFolders(ownExtcap));
  const helper = createHelperDriver();
  const helperThere = await helper.available();
  if (helperThere.ok) return { driver: createSourcesDriver(helper, extcap), error: null };
  // Its program can write what comes through a pipe also where the package is not installed.
  const cap = createCapDriver();
  const capThere = await cap.available();
  if (capThere.ok) return { driver: createSourcesDriver(cap, extcap), error: null };
  const message = `${helperThere.error.message} ${capThere.error.message}`;
  return { driver: createSourcesDriver(helper, extcap, cap), error: { code: "unavailable", message } };
}
