/** What the sequence analysis of TCP finds of a segment, as the bits that the index keeps. */

/** Bits of `tcp.analysis.*`. */
export const RETRANSMISSION = 0x0001;
export const LOST_SEGMENT = 0x0002;
export const ACK_LOST_SEGMENT = 0x0004;
export const KEEP_ALIVE = 0x0008;
export const DUPLICATE_ACK = 0x0010;
export const ZERO_WINDOW = 0x0020;
export const ZERO_WINDOW_PROBE = 0x0040;
export const ZERO_WINDOW_PROBE_ACK = 0x0080;
export const KEEP_ALIVE_ACK = 0x0100;
export const OUT_OF_ORDER = 0x0200;
export const FAST_RETRANSMISSION = 0x0400;
export const WINDOW_UPDATE = 0x0800;
export const WINDOW_FULL = 0x1000;
export const REUSED_PORTS = 0x2000;
export const SPURIOUS_RETRANSMISSION = 0x4000;
/** No finding: all of the segment's payload is a piece of a PDU that began before and is not complete yet. */
export const PDU_SEGMENT = 0x8000;
export const ALL_FINDINGS = 0x7fff;
/** What does not change which segments are handed to the protocol above. */
export const HARMLESS = DUPLICATE_ACK | WINDOW_UPDATE | PDU_SEGMENT;
