/** `-T pdml` and `-T psml`: packets as XML. */
import { type Dissection, MODE_INDEX, MODE_TREE } from "../../engine/dissect/dissection.ts";
import { bareLabel, pdmlShow } from "../../engine/dissect/format.ts";
import { HIDDEN, type Node } from "../../engine/dissect/node.ts";
import { formatAbsTime } from "../../engine/dissect/text.ts";
import type { Output } from "../output.ts";
import type { Selection } from "./fields.ts";
import { plainHex } from "./hex.ts";
import { isData, isExpert, isProtocol, isText, nodeBytes } from "./nodes.ts";
import { COLUMN_TITLES, type Printer } from "./printer.ts";

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n';

/**
 * @param file the capture's name as the user gave it
 * @param selection fields asked for with `-e`; null for all, as a tree
 */
export function pdmlPrinter(version: string, file: string, selection: Selection | null): Printer {
  return {
    mode: selection?.mode ?? MODE_TREE,
    columns: selection?.columns ?? false,
    fields: selection?.fields ?? [],
    begin(out) {
      out.write(
        `${DECLARATION}<?xml-stylesheet type="text/xsl" href="pdml2html.xsl"?>\n<!-- Packet Details Markup Language, as Wireshark defines it -->\n<pdml version="0" creator="tapline/${escapeXml(version)}" time="${calendarTime(new Date())}" capture_file="${escapeXml(file)}">\n`,
      );
    },
    frame(out, shown) {
      out.write(`<packet>\n${generalInformation(shown.d)}`);
      if (selection === null) for (const root of shown.d.roots) topLevel(out, shown.d, root);
      else {
        selection.values(shown).forEach((values, place) => {
          for (const value of values) {
            out.write(`  <field name="${selection.names[place]}" value="${escapeXml(value)}"/>\n`);
          }
        });
      }
      out.write("</packet>\n\n\n");
    },
    end(out) {
      out.write("</pdml>\n");
    },
  };
}

/** `Wed Jun  5 09:08:07 2024`, local time. */
function calendarTime(date: Date): string {
  const [weekday, month, day, year, clock] = date.toString().split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`;
}

function generalInformation(d: Dissection): string {
  const size = `size="${d.capLen}"`;
  const seconds = `${d.sec}.${String(d.nsec).padStart(9, "0")}`;
  return (
    `  <proto name="geninfo" pos="0" showname="General information" ${size}>\n` +
    `    <field name="num" pos="0" show="${d.frame}" showname="Number" value="${d.frame.toString(16)}" ${size}/>\n` +
    `    <field name="len" pos="0" show="${d.len}" showname="Frame Length" value="${d.len.toString(16)}" ${size}/>\n` +
    `    <field name="caplen" pos="0" show="${d.capLen}" showname="Captured Length" value="${d.capLen.toString(16)}" ${size}/>\n` +
    `    <field name="timestamp" pos="0" show="${formatAbsTime(d.sec, d.nsec, false)}" showname="Captured Time" value="${seconds}" ${size}/>\n` +
    "  </proto>\n"
  );
}

/** What stands beside the protocols without being one is wrapped, since a packet holds protocols only. */
function topLevel(out: Output, d: Dissection, node: Node): void {
  if (isProtocol(node) && !isData(node)) {
    printNode(out, d, node, "  ", "  ");
    return;
  }
  out.write('  <proto name="fake-field-wrapper">\n');
  printNode(out, d, node, "    ", "  ");
  out.write("  </proto>\n");
}

function printNode(out: Output, d: Dissection, node: Node, indent: string, closeIndent: string): void {
  const element = isProtocol(node) && !isData(node) ? "proto" : "field";
  const children = node.children ?? [];
  out.write(`${indent}<${element} ${attributes(d, node)}${children.length === 0 ? "/" : ""}>\n`);
  if (children.length === 0) return;
  for (const child of children) printNode(out, d, child, `${indent}  `, `${indent}  `);
  out.write(`${closeIndent}</${element}>\n`);
}

function attributes(d: Dissection, node: Node): string {
  const { field } = node;
  if (isData(node)) return `name="data" value="${plainHex(nodeBytes(d, node))}"`;
  const hidden = node.flags & HIDDEN ? ' hide="yes"' : "";
  // Expert information stands where its line stands; what is below it has no place of its own.
  const ofExpert = node.parent !== null && isExpert(node.parent);
  const pos = isExpert(node) ? (node.parent?.offset ?? node.offset) : ofExpert ? 0 : node.offset;
  const place = `${hidden} size="${node.length}" pos="${pos}"`;
  const label = escapeXml(bareLabel(node));
  const hex = node.length > 0 ? plainHex(nodeBytes(d, node)) : "";
  if (isText(node)) return `name="" show="${label}"${place}${hex === "" ? "" : ` value="${hex}"`}`;
  const head = `name="${field.name}" showname="${label}"${place}`;
  if (isProtocol(node) || isExpert(node)) return head;
  if (field.type === "FT_NONE") return `${head} show="" value=""`;
  const shown = `${head} show="${escapeXml(pdmlShow(field, node.value))}"`;
  if (hex === "") return shown;
  if (field.mask64 === 0n) return `${shown} value="${hex}"`;
  return `${shown} value="${maskedHex(node)}" unmaskedvalue="${hex}"`;
}

/** The value of a bit field as a number of its own. */
function maskedHex(node: Node): string {
  const value = BigInt((node.value ?? 0) as number | bigint);
  return (value < 0n ? BigInt.asUintN(32, value) : value).toString(16).toUpperCase();
}

const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&#x27;",
};

/** XML has no way to write most control characters; they are shown as `\x1b`. */
function escapeXml(text: string): string {
  return text.replace(
    /[<>&"']|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g,
    (character) => ENTITIES[character] ?? `\\x${character.charCodeAt(0).toString(16)}`,
  );
}

/** The columns of the packet list as XML. */
export function psmlPrinter(version: string): Printer {
  const section = (text: string): string => `<section>${escapeXml(text)}</section>\n`;
  return {
    mode: MODE_INDEX,
    columns: true,
    fields: [],
    begin(out) {
      const titles = COLUMN_TITLES.map(section).join("");
      out.write(
        `${DECLARATION}<psml version="0" creator="tapline/${escapeXml(version)}">\n<structure>\n${titles}</structure>\n\n`,
      );
    },
    frame(out, shown) {
      out.write(`<packet>\n${shown.columns.map(section).join("")}</packet>\n\n`);
    },
    end(out) {
      out.write("</psml>\n");
    },
  };
}
