/** The SIP call that a session description belongs to, as protocols below SIP show it. */
import { str } from "../dissect/field.ts";

export const callIdField = str("sip.call_id_generated", "Generated Call-ID");

/** The call of the descriptions met now, empty for none, and whether they were sent before. */
export const presentCall = { id: "", again: false };
