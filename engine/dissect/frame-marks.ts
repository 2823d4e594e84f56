/**
 * What dissectors note of a frame in pass one, beside its protocol chain, so that display filters need not dissect
 * it again: bits of the index's `flags` column.
 *
 * A protocol that lists fields with a mark (`ProtocolDefinition.marks`) promises to set the mark in every frame that
 * has one of them. It may set it in others, too.
 */

/** An HTTP request, or a header that only requests should have. */
export const MARK_REQUEST = 1 << 9;
/** An HTTP response. */
export const MARK_RESPONSE = 1 << 10;
/** A TLS handshake message in the clear. */
export const MARK_HANDSHAKE = 1 << 11;
/** One of those with extensions. */
export const MARK_HELLO = 1 << 12;
/** The frame's TCP segment begins with a PDU. */
export const MARK_BEGINS = 1 << 13;
/**
 * What is above TCP was dissected with something learnt from other frames, beyond which protocol it is and what the
 * fields of `ProtocolDefinition.linked` tell. Without it, and with MARK_BEGINS, a frame dissected alone has the same
 * protocol chain and the same fields.
 */
export const MARK_LINKED = 1 << 14;
