/** The SIP call that a session description belongs to, as protocols below SIP show it. */
import { str } from "../dissect/field.ts";

export const callIdField = str("sip.call_id_generated", "Generated Call-ID");

/** How session descriptions met now are carried, and for which call; empty for no call. */
export const presentCall = { id: "" };
