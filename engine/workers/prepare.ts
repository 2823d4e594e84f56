/** Brings a thread to where it dissects as all others do. */
import { setDecodeAs } from "../custom/decode-as.ts";
import { setDescribedProtocols } from "../custom/registry.ts";
import { setPreferences } from "../dissect/preferences.ts";
import type { ThreadData } from "./messages.ts";

export const NO_THREAD_DATA: ThreadData = {
  protocols: [],
  decodeAs: [],
  preferences: {},
  colorRules: null,
  macros: [],
};

/** Called once, before the thread dissects anything. */
export function prepareThread({ protocols, decodeAs, preferences }: ThreadData): void {
  setDescribedProtocols(protocols);
  setPreferences(preferences);
  setDecodeAs(decodeAs);
}
