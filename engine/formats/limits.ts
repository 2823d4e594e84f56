const STANDARD = 262_144;
const MIB = 1024 * 1024;

/**
 * The largest captured length in bytes that a record of this link type (LINKTYPE_ value) can have.
 * A record that claims more is not a large packet but a damaged file. D-Bus messages and USBPcap transfers
 * may have 128 MiB, Elektrobit high-speed capture frames 32 MiB, all others 256 KiB.
 */
export function maxCapLen(linkType: number): number {
  if (linkType === 231 || linkType === 249) return 128 * MIB;
  if (linkType === 279) return 32 * MIB;
  return STANDARD;
}

/** The largest block that is not a packet and is looked into. */
export const MAX_BLOCK = 16 * MIB;
