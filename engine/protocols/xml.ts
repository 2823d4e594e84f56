/** Extensible Markup Language, https://www.w3.org/TR/xml/, read tolerantly: what fits no rule is passed over. */
import type { Dissection } from "../dissect/dissection.ts";
import { expert, type Field, str } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { decodeText, escapeText } from "../dissect/text.ts";

const f = {
  instruction: str("xml.xmlpi", "XMLPI"),
  cdataSection: str("xml.cdatasection", "CDATASection"),
  comment: str("xml.comment", "Comment"),
  attribute: str("xml.attribute", "Attribute"),
  doctype: str("xml.doctype", "Doctype"),
  dtdTag: str("xml.dtdtag", "DTD Tag"),
  cdata: str("xml.cdata", "CDATA"),
  tag: str("xml.tag", "Tag"),
  unknown: str("xml.unknown", "Unknown"),
  declaration: str("xml.xmlpi.xml", "xml.xmlpi.xml"),
  encoding: str("xml.xmlpi.xml.encoding", "encoding"),
  standalone: str("xml.xmlpi.xml.standalone", "standalone"),
  version: str("xml.xmlpi.xml.version", "version"),
};

const x = {
  unopened: expert("xml.closing_unopened_tag", "error", "Malformed", "Closing an unopened tag"),
  unopenedDeclaration: expert(
    "xml.closing_unopened_xmlpi_tag",
    "error",
    "Malformed",
    "Closing an unopened xmlpi tag",
  ),
  unrecognized: expert("xml.unrecognized_text", "warning", "Protocol", "Unrecognized text"),
};

export const xml = protocol({
  name: "xml",
  title: "eXtensible Markup Language",
  short: "XML",
  fields: f,
  experts: x,
  quiet: true,
  contained: true,
  dissect,
});

/** Lines shown of one document, and elements inside each other. */
const MAX_ITEMS = 20_000;
const MAX_DEPTH = 256;

const NAME = "[A-Za-z0-9_:.\\-\\x80-\\xff]+";
const ATTRIBUTE = `(${NAME})\\s*=\\s*("[^"]*"|'[^']*')`;
const ATTRIBUTES = `(?:\\s+${NAME}\\s*=\\s*(?:"[^"]*"|'[^']*'))*`;
const OPENING = new RegExp(`<\\s*${NAME}(${ATTRIBUTES})\\s*(/?)>`, "y");
const CLOSING = new RegExp(`</\\s*${NAME}\\s*>`, "y");
const INSTRUCTION = new RegExp(`<\\?\\s*(${NAME})(${ATTRIBUTES})\\s*\\?>`, "y");
const DOCTYPE = new RegExp(`<!DOCTYPE\\s+(${NAME})[^<>[]*(\\[|>)`, "iy");
const DTD_TAG = /\s*(<![A-Za-z][^<>]*>)/y;
const DTD_END = /\s*(\]\s*>)/y;
const BLANKS = /\s*/y;

const DECLARED: Readonly<Record<string, Field>> = {
  version: f.version,
  encoding: f.encoding,
  standalone: f.standalone,
};

function dissect(d: Dissection): void {
  if (d.columns) {
    d.setProtocol(d.protocolColumn === "" ? xml.short : `${d.protocolColumn}/${xml.short}`);
  }
  if (d.building) new Document(d).read();
  d.pos = d.end;
}

/** One document at the cursor, as characters that stand for its bytes. */
class Document {
  readonly #d: Dissection;
  readonly #start: number;
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #items = 0;
  /** Ends that do not come any more. */
  readonly #missing = new Set<string>();

  constructor(d: Dissection) {
    this.#d = d;
    this.#start = d.pos;
    this.#text = Buffer.from(d.buf.buffer, d.buf.byteOffset + d.pos, d.remaining).toString("latin1");
  }

  read(): void {
    const d = this.#d;
    while (this.#items++ < MAX_ITEMS) {
      this.#match(BLANKS);
      if (this.#at >= this.#text.length) break;
      const before = this.#at;
      if (this.#text[before] !== "<") this.#characters();
      else if (!this.#markup()) this.#unrecognized();
      if (this.#at <= before) break;
    }
    while (this.#depth-- > 0) d.close(this.#start + this.#at);
  }

  /** Moves behind what matches at the cursor. */
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #decode(from: number, to: number): string {
    return decodeText(this.#d.buf, this.#start + from, this.#start + to, "utf-8");
  }

  /** Adds what lies from `from` to the cursor; the line is `shown` of it. */
  #add(field: Field, from: number, value = this.#decode(from, this.#at), shown?: string): void {
    const d = this.#d;
    d.add(field, this.#start + from, this.#at - from, value);
    if (d.labels) d.relabel(escapeText(shown ?? value));
  }

  #characters(): void {
    const from = this.#at;
    const stop = this.#text.indexOf("<", from);
    this.#at = stop === -1 ? this.#text.length : stop;
    this.#add(this.#depth > 0 ? f.cdata : f.unknown, from);
  }

  #markup(): boolean {
    const from = this.#at;
    switch (this.#text[from + 1]) {
      case "/":
        return this.#closing();
      case "?":
        return this.#instruction();
      case "!":
        if (this.#upTo("<!--", "-->")) this.#add(f.comment, from);
        else if (this.#upTo("<![CDATA[", "]]>")) this.#add(f.cdataSection, from);
        else return this.#doctype();
        return true;
      default:
        return this.#opening();
    }
  }

  #upTo(begin: string, end: string): boolean {
    if (!this.#text.startsWith(begin, this.#at) || this.#missing.has(end)) return false;
    const stop = this.#text.indexOf(end, this.#at + begin.length);
    if (stop === -1) {
      this.#missing.add(end);
      return false;
    }
    this.#at = stop + end.length;
    return true;
  }

  #opening(): boolean {
    const from = this.#at;
    const found = this.#match(OPENING);
    if (found === null) return false;
    const whole = this.#decode(from, this.#at);
    const [all, attributes, slash] = found;
    const end = this.#at;
    const inner = all.indexOf(attributes, 1);
    const name = attributes === "" ? whole : this.#decode(from, from + inner);
    this.#add(f.tag, from, whole, name);
    if (this.#depth < MAX_DEPTH) {
      this.#d.openLast();
      this.#depth++;
    }
    if (attributes !== "") this.#attributes(from + inner, attributes, this.#decode(this.#behind(found), end));
    this.#at = end;
    if (slash !== "") this.#up(end);
    return true;
  }

  /** Where the attributes of an opening tag end. */
  #behind(found: RegExpExecArray): number {
    return found.index + found[0].indexOf(found[1], 1) + found[1].length;
  }

  /** @param behind what closes the tag, shown with its last attribute */
  #attributes(from: number, attributes: string, behind: string): void {
    const pattern = new RegExp(ATTRIBUTE, "g");
    const last = from + attributes.length;
    for (let found = pattern.exec(attributes); found !== null; found = pattern.exec(attributes)) {
      this.#at = from + pattern.lastIndex;
      const begin = from + found.index;
      const value = this.#decode(begin, this.#at);
      this.#add(f.attribute, begin, value, this.#at === last ? value + behind.trimStart() : value);
    }
  }

  #up(end: number): void {
    if (this.#depth === 0) return;
    this.#depth--;
    this.#d.close(this.#start + end);
  }

  #closing(): boolean {
    const d = this.#d;
    const from = this.#at;
    if (this.#match(CLOSING) === null) return false;
    d.text(this.#start + from, this.#at - from, escapeText(this.#decode(from, this.#at)));
    if (this.#depth === 0) {
      d.text(this.#start + from, this.#at - from, x.unopened.message);
      d.expert(x.unopened);
    }
    this.#up(this.#at);
    return true;
  }

  #instruction(): boolean {
    const d = this.#d;
    const from = this.#at;
    const found = this.#match(INSTRUCTION);
    if (found === null) return false;
    const end = this.#at;
    const [all, name, attributes] = found;
    const inner = all.indexOf(name) + name.length;
    this.#add(
      name === "xml" ? f.declaration : f.instruction,
      from,
      undefined,
      this.#decode(from, from + inner),
    );
    d.openLast();
    const pattern = new RegExp(ATTRIBUTE, "g");
    for (let part = pattern.exec(attributes); part !== null; part = pattern.exec(attributes)) {
      const begin = from + inner + part.index;
      this.#at = from + inner + pattern.lastIndex;
      const shown = this.#decode(begin, this.#at);
      const known = name === "xml" && Object.hasOwn(DECLARED, part[1]) ? DECLARED[part[1]] : undefined;
      if (known === undefined) this.#add(f.attribute, begin, shown);
      else this.#add(known, begin, this.#decode(this.#at - part[2].length + 1, this.#at - 1), shown);
    }
    this.#at = end;
    d.text(this.#start + end - 2, 2, "?>");
    d.close();
    return true;
  }

  #doctype(): boolean {
    const d = this.#d;
    const from = this.#at;
    const found = this.#match(DOCTYPE);
    if (found === null) return false;
    this.#add(
      f.doctype,
      from,
      this.#decode(
        from + found[0].indexOf(found[1], 9),
        from + found[0].indexOf(found[1], 9) + found[1].length,
      ),
      this.#decode(from, this.#at),
    );
    if (found[2] === ">") return true;
    d.openLast();
    while (this.#items++ < MAX_ITEMS) {
      const begin = this.#at;
      const tag = this.#match(DTD_TAG);
      if (tag === null) break;
      this.#add(f.dtdTag, begin + tag[0].length - tag[1].length);
    }
    const closing = this.#match(DTD_END);
    if (closing !== null) {
      const length = closing[1].length;
      d.text(this.#start + this.#at - length, length, this.#decode(this.#at - length, this.#at));
    }
    d.close(this.#start + this.#at);
    return true;
  }

  /** What begins like markup and is none: up to the next blank. */
  #unrecognized(): void {
    const d = this.#d;
    const from = this.#at;
    const blank = this.#text.slice(from).search(/\s/);
    this.#at = blank === -1 ? this.#text.length : from + blank;
    d.text(this.#start + from, this.#at - from, x.unrecognized.message);
    d.expert(x.unrecognized);
  }
}
