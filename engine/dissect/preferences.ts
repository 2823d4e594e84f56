/** How this thread dissects, as far as the user has a say in it: Wireshark's preferences under Wireshark's names. */

export interface PreferenceDefinition {
  /** What a switch for it says. */
  readonly title: string;
  readonly default: boolean;
}

export const PREFERENCES = {
  "ip.check_checksum": { title: "Validate the IPv4 header checksum if possible", default: false },
  "tcp.check_checksum": { title: "Validate the TCP checksum if possible", default: false },
  "udp.check_checksum": { title: "Validate the UDP checksum if possible", default: false },
} as const satisfies Readonly<Record<string, PreferenceDefinition>>;

export type PreferenceName = keyof typeof PREFERENCES;
/** The preferences that were chosen; the others have their defaults. */
export type Preferences = Readonly<Partial<Record<PreferenceName, boolean>>>;

export const PREFERENCE_NAMES = Object.keys(PREFERENCES) as readonly PreferenceName[];

export function isPreference(name: string): name is PreferenceName {
  return Object.hasOwn(PREFERENCES, name);
}

/** The checksums that are validated, for the dissectors: plain properties that cost nothing to ask. */
export const validated = { ip: false, tcp: false, udp: false };

/**
 * Makes these the preferences of the thread; those that are missing get their defaults. All threads of a program must
 * be given the same, before they dissect anything.
 */
export function setPreferences(chosen: Preferences): void {
  const of = (name: PreferenceName): boolean => chosen[name] ?? PREFERENCES[name].default;
  validated.ip = of("ip.check_checksum");
  validated.tcp = of("tcp.check_checksum");
  validated.udp = of("udp.check_checksum");
}
