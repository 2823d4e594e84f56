/**
 * Colouring rules: the first rule whose display filter matches gives a row its colours.
 * The default rules are the ones Wireshark's users know, their light colours included.
 */
import type { ColorPair, ColorRule, ColorRuleSetting, FilterMacro, FilterVerdict } from "../api.ts";
import type { Dissection } from "../dissect/dissection.ts";
import { addWanted, fields } from "../dissect/protocol.ts";
import { type CompiledFilter, compileFilter } from "../filter/compile.ts";
import { FilterError } from "../filter/error.ts";
import { referenceError } from "../filter/references.ts";

const rule = (
  name: string,
  filter: string,
  light: readonly [background: string, text: string],
  dark: readonly [background: string, text: string],
  problem = false,
): ColorRuleSetting => ({
  name,
  filter,
  enabled: true,
  light: { background: light[0], text: light[1] },
  dark: { background: dark[0], text: dark[1] },
  problem,
});

export const DEFAULT_RULES: readonly ColorRuleSetting[] = [
  rule(
    "Bad TCP",
    "tcp.analysis.flags && !tcp.analysis.window_update && !tcp.analysis.keep_alive && !tcp.analysis.keep_alive_ack",
    ["#12272e", "#f78787"],
    ["#3a1518", "#ff9d9d"],
    true,
  ),
  rule(
    "HSRP State Change",
    "hsrp.state != 8 && hsrp.state != 16",
    ["#12272e", "#fff69b"],
    ["#332d10", "#fff69b"],
    true,
  ),
  rule(
    "Spanning Tree Topology Change",
    "stp.type == 0x80",
    ["#12272e", "#fff69b"],
    ["#332d10", "#fff69b"],
    true,
  ),
  rule("OSPF State Change", "ospf.msg != 1", ["#12272e", "#fff69b"], ["#332d10", "#fff69b"], true),
  rule(
    "ICMP errors",
    "icmp.type in { 3..5, 11 } || icmpv6.type in { 1..4 }",
    ["#12272e", "#b7f774"],
    ["#1d2c12", "#b7f774"],
    true,
  ),
  rule("ARP", "arp", ["#faf0d7", "#12272e"], ["#2d2716", "#f0dfb4"]),
  rule("ICMP", "icmp || icmpv6", ["#fce0ff", "#12272e"], ["#2f1d33", "#f0c9f5"]),
  rule("TCP RST", "tcp.flags.reset == 1", ["#a40000", "#fffc9c"], ["#5c0d0d", "#fffc9c"], true),
  rule("SCTP ABORT", "sctp.chunk_type == 6", ["#a40000", "#fffc9c"], ["#5c0d0d", "#fffc9c"], true),
  rule(
    "Checksum Errors",
    'eth.fcs.status == "Bad" || ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || icmp.checksum.status == "Bad" || icmpv6.checksum.status == "Bad"',
    ["#12272e", "#f78787"],
    ["#3a1518", "#ff9d9d"],
    true,
  ),
  rule("SMB", "smb || nbss || nbns || netbios", ["#feffd0", "#12272e"], ["#2b2c14", "#ecedb4"]),
  rule("HTTP", "http || tcp.port == 80 || http2", ["#e4ffc7", "#12272e"], ["#1b2b14", "#cdebb0"]),
  rule("DCERPC", "dcerpc", ["#c797ff", "#12272e"], ["#2a1b3d", "#d9bcff"]),
  rule(
    "Routing",
    "hsrp || eigrp || ospf || bgp || cdp || vrrp || carp || gvrp || igmp || ismp",
    ["#fff3d6", "#12272e"],
    ["#2e2614", "#f1e0b8"],
  ),
  rule(
    "TCP SYN/FIN",
    "tcp.flags.syn == 1 || tcp.flags.fin == 1",
    ["#a0a0a0", "#12272e"],
    ["#3a3d40", "#dfe3e6"],
  ),
  rule("TCP", "tcp", ["#e7e6ff", "#12272e"], ["#1c1e33", "#cfd0f2"]),
  rule("UDP", "udp", ["#daeeff", "#12272e"], ["#14263a", "#bcdcf7"]),
  rule("Broadcast", "eth[0] & 1", ["#ffffff", "#babdb6"], ["#17191c", "#8b9096"]),
];

/** A lightness below which a background counts as dark, of 0 to 1. */
const DARK = 0.5;
/** Lightness of backgrounds made for the dark palette, and of the text on them. */
const BACKGROUND_LIGHTNESS = 0.155;
const TEXT_LIGHTNESS = 0.82;

/**
 * Colours for the dark palette that keep the hue of the light ones: a dark background, and text that is read well on
 * it. Problems are written in bright colours on dark; there the text's hue is what is told apart.
 */
export function darkColors({ background, text }: ColorPair): ColorPair {
  const [hue, saturation, lightness] = toHsl(background);
  const [textHue, textSaturation, textLightness] = toHsl(text);
  const strong = lightness < DARK;
  const from = strong && textSaturation > saturation ? [textHue, textSaturation] : [hue, saturation];
  const fill = fromHsl(from[0], Math.min(from[1], 0.45), BACKGROUND_LIGHTNESS);
  if (strong)
    return {
      background: fill,
      text: fromHsl(textHue, textSaturation, Math.max(textLightness, TEXT_LIGHTNESS)),
    };
  const colored = textSaturation > 0.3 && textLightness > 0.2;
  return {
    background: fill,
    text: fromHsl(
      colored ? textHue : hue,
      Math.min(colored ? textSaturation : saturation, 0.6),
      TEXT_LIGHTNESS,
    ),
  };
}

/** Hue, saturation and lightness, each from 0 to 1, of a colour #rrggbb. */
function toHsl(color: string): [hue: number, saturation: number, lightness: number] {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  const spread = most - least;
  const lightness = (most + least) / 2;
  if (spread === 0) return [0, 0, lightness];
  const saturation = spread / (1 - Math.abs(2 * lightness - 1));
  const sixth = most === r ? (g - b) / spread : most === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [((sixth + 6) % 6) / 6, saturation, lightness];
}

function fromHsl(hue: number, saturation: number, lightness: number): string {
  const part = (n: number): string => {
    const k = (n + hue * 12) % 12;
    const value =
      lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

/**
 * The rules as they are drawn and judged.
 * @param rules null for the built-in ones
 */
export function shownRules(
  rules: readonly ColorRuleSetting[] | null,
  macros: readonly FilterMacro[],
): ColorRule[] {
  return (rules ?? DEFAULT_RULES).map((each) => ({
    ...each,
    dark: each.dark ?? darkColors(each.light),
    derived: each.dark === null,
    verdict: compileRule(each.filter, macros).verdict,
  }));
}

interface CompiledRule {
  readonly index: number;
  readonly filter: CompiledFilter;
}

/** Rules compiled for use on rows. Those that are switched off or wrong are passed over. */
export class Coloring {
  readonly #rules: CompiledRule[] = [];
  /** By field id: what the rules need of a dissection in FIELDS mode. */
  readonly wanted = new Uint8Array(fields.length);

  constructor(rules: readonly ColorRuleSetting[] = DEFAULT_RULES, macros: readonly FilterMacro[] = []) {
    rules.forEach((colorRule, index) => {
      if (!colorRule.enabled) return;
      const { filter } = compileRule(colorRule.filter, macros);
      if (filter === null) return;
      this.#rules.push({ index, filter });
      addWanted(this.wanted, filter.wanted);
    });
  }

  /** Index of the first rule that matches the dissected frame, -1 for none. */
  of(d: Dissection): number {
    for (const { index, filter } of this.#rules) if (filter.evaluate(d)) return index;
    return -1;
  }
}

/**
 * Compiles a rule. Of parts joined by `||`, those that are wrong are left out as long as one is right: rules of other
 * programs name protocols that this build does not know.
 */
function compileRule(
  text: string,
  macros: readonly FilterMacro[],
): { filter: CompiledFilter | null; verdict: FilterVerdict } {
  const whole = tryFilter(text, macros);
  if (whole.filter !== null) return whole;
  const known = text.split(" || ").filter((part) => tryFilter(part, macros).filter !== null);
  if (known.length === 0) return whole;
  const { filter } = tryFilter(known.join(" || "), macros);
  if (filter === null) return whole;
  const verdict: FilterVerdict = {
    ...whole.verdict,
    verdict: "warning",
    message: `${whole.verdict.message}; the other parts of the rule are used`,
  };
  return { filter, verdict };
}

function tryFilter(
  text: string,
  macros: readonly FilterMacro[],
): { filter: CompiledFilter | null; verdict: FilterVerdict } {
  if (text.trim() === "") {
    const verdict: FilterVerdict = {
      verdict: "error",
      message: "The rule has no filter",
      start: 0,
      end: 0,
      hints: [],
    };
    return { filter: null, verdict };
  }
  try {
    const filter = compileFilter(text, { macros });
    const error = referenceError(
      filter,
      "A colouring rule is asked about every packet, whichever is selected",
    );
    if (error !== null) throw error;
    const [warning] = filter.warnings;
    const verdict: FilterVerdict =
      warning === undefined
        ? { verdict: "ok", message: "", start: 0, end: text.length, hints: [] }
        : { ...warning, verdict: "warning", hints: [...warning.hints] };
    return { filter, verdict };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, start, end, hints } = error;
    return { filter: null, verdict: { verdict: "error", message, start, end, hints: [...hints] } };
  }
}
