/** Capturing, as the rest of the engine uses it. */
import { createCapDriver } from "./cap.ts";
import type { CaptureDriver, CaptureError } from "./driver.ts";
import { createHelperDriver } from "./helper.ts";

export { type Compressed, FileCompressor } from "./compress.ts";
export * from "./driver.ts";
export { createHelperDriver, HELPER_VARIABLE, helperPath } from "./helper.ts";
export {
  INTERFACE_KINDS,
  type InterfaceInfo,
  type InterfaceKind,
  type InterfaceList,
  listCaptureInterfaces,
} from "./interfaces.ts";
export { dltToLinkType, linkTypeTitle } from "./linktypes.ts";
export { explainPermission, type PermissionAdvice } from "./permissions.ts";
export {
  CaptureSession,
  type SessionEvent,
  type SessionOptions,
  type SessionSettings,
  type SessionSnapshot,
  type SessionState,
  type StartOutcome,
} from "./session.ts";
export { SPOOL_PATTERN, spoolPath, trimToWholeBlocks } from "./spool.ts";
export { TrafficMonitor, type TrafficRate, type TrafficSample } from "./traffic.ts";
export { createCapDriver };

/**
 * The driver to use here: the helper when it is built, else the package `cap`.
 * When neither is there, the helper's driver is returned with the error that says so.
 */
export async function chooseDriver(): Promise<{ driver: CaptureDriver; error: CaptureError | null }> {
  const helper = createHelperDriver();
  const helperThere = await helper.available();
  if (helperThere.ok) return { driver: helper, error: null };
  const cap = createCapDriver();
  const capThere = await cap.available();
  if (capThere.ok) return { driver: cap, error: null };
  const message = `${helperThere.error.message} ${capThere.error.message}`;
  return { driver: helper, error: { code: "unavailable", message } };
}
