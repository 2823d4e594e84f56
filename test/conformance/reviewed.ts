/**
 * Reviewed disagreements with tshark: where tshark is wrong by the specification, or Tapline differs on purpose. Each
 * entry says which differences it covers and why; the comparison leaves them out of the shares and says how many
 * there were. What Tapline merely lacks does not belong here.
 */

/** A field as a program shows it. */
export interface Pair {
  readonly protocol: string;
  readonly name: string;
  readonly show: string;
  readonly label: string;
}

/** A difference between the two programs in one packet. */
export interface Difference {
  /** A pair that only tshark shows, one that only Tapline shows, another text of one, or another protocol chain. */
  readonly kind: "missing" | "extra" | "label" | "chain";
  /** Name of the field; for a chain, Tapline's. */
  readonly name: string;
  /** The field's line: tshark's if it is missing, otherwise Tapline's. */
  readonly label: string;
  /** tshark's line or chain, where both have one. */
  readonly other: string;
  /** Value of the field, where only one program shows it. */
  readonly show?: string;
  /** tshark's protocol chain of the packet. */
  readonly chain: string;
}

export interface Reviewed {
  readonly covers: (difference: Difference) => boolean;
  readonly reason: string;
}

export const REVIEWED: readonly Reviewed[] = [
  {
    // PDML has an element for undissected bytes, whose line it leaves empty.
    covers: ({ kind, name, other }) => kind === "label" && name === "data" && other === "",
    reason:
      "PDML gives undissected bytes no line of their own; Tapline's is the one of tshark's packet details",
  },
  {
    // Two bytes of payload are left of such a frame, four are needed to see whether it is SPICE.
    covers: ({ kind, label }) => kind === "missing" && label.includes(": Spice truncated]"),
    reason:
      "tshark looks for SPICE in what is left of a frame, finds too few bytes, and says that SPICE was cut short, though nothing speaks of SPICE",
  },
  {
    // RFC 9110 section 5.5 leaves the bytes beyond ASCII to the parties; UTF-8 is what they send.
    covers: ({ kind, name, show }) =>
      (kind === "missing" || kind === "extra") && name.startsWith("http.") && /[^\0-\x7f]/.test(show ?? ""),
    reason:
      "tshark puts U+FFFD for every byte beyond ASCII into the values of HTTP's fields, though its lines read them as UTF-8; Tapline's values are what its lines say",
  },
  {
    // draft-ietf-nvo3-vxlan-gpe section 3: the header is VXLAN's; tshark's packet details have it too.
    covers: ({ name, chain, label }) =>
      name === "frame.protocols" && /:udp:vxlan:(ip|ipv6|mpls)\b/.test(chain) && label.includes(":udp:"),
    reason: "tshark leaves VXLAN-GPE out of frame.protocols, though it shows the layer",
  },
  {
    // RFC 5424 section 6.2.3: the hyphen says that the time is not known.
    covers: ({ kind, name, label }) =>
      kind === "missing" && name === "syslog.timestamp" && label.endsWith(": Jan  1, 1970 00:00:00 UTC"),
    reason: "tshark reads a syslog message without a time as one of 1970",
  },
  {
    // RFC 3550 section 6.4.1: `length` says where the packet ends; the next one of the compound begins there.
    covers: ({ kind, name, chain }) =>
      kind === "missing" &&
      chain.includes(":rtcp:_ws.malformed") &&
      /^rtcp\.(ssrc|timestamp|sender)\b/.test(name),
    reason: "tshark reads reception reports past the end that the RTCP packet's length gives",
  },
  {
    covers: ({ kind, name, chain }) =>
      kind === "extra" &&
      ((/^stp\b/.test(name) && chain.endsWith(":llc:_ws.short")) ||
        (/^udpencap\b/.test(name) && chain.endsWith(":udp:_ws.malformed:_ws.short")) ||
        (/^macsec\b/.test(name) && chain === "frame:eth")),
    reason:
      "tshark leaves out the line of a layer that the capture cuts off in its first bytes, though what carries it says what it is",
  },
  {
    covers: ({ kind, name, label, chain }) =>
      /^dhcp\b/.test(name) &&
      chain.endsWith(":udp:dhcp:_ws.short") &&
      (kind === "extra" || (kind === "label" && label.startsWith("Dynamic Host Configuration Protocol ("))),
    reason: "tshark shows no option of a DHCP message whose padding behind the last one the capture cuts off",
  },
];

/** The reason for which a difference is as it should be; null for one that nobody has reviewed. */
export function reasonFor(difference: Difference): string | null {
  return REVIEWED.find((entry) => entry.covers(difference))?.reason ?? null;
}
