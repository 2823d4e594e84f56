/** True on macOS, where Command takes Control's part in shortcuts. */
export const isMac: boolean =
  typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform || navigator.userAgent);
