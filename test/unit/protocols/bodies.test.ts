import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import type { Dissected } from "./harness.ts";

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, "0");
const text = (words: string): string => Buffer.from(words, "utf8").toString("hex");

interface Sent {
  readonly sport: number;
  readonly dport: number;
  readonly seq?: number;
  readonly flags?: number;
  readonly payload: string;
}

/** Segments of TCP between two hosts; the one with the lower port is the server. */
function frame({ sport, dport, seq = 1, flags = 0x18, payload }: Sent): string {
  const [src, dst] = sport < dport ? ["0a000002", "0a000001"] : ["0a000001", "0a000002"];
  const bytes = text(payload);
  const length = hex(40 + bytes.length / 2, 2);
  const ip = `4500${length}00010000400600${"00"}${src}${dst}`;
  const tcp = `${hex(sport, 2)}${hex(dport, 2)}${hex(seq, 4)}${hex(1, 4)}50${hex(flags, 1)}040000000000`;
  return `${"02".repeat(12)}0800${ip}${tcp}${bytes}`;
}

const FIN = 0x19;

/** All frames, as the first pass sees them, which later ones must repeat. */
function dissected(...sent: readonly Sent[]): Dissected[] {
  const frames = sent.map(frame);
  const first = new Frames(frames).inOrder();
  const later = new Frames(frames).index();
  expect(sent.map((_, i) => later.again(i + 1).chain)).toEqual(first.map(({ chain }) => chain));
  return first;
}

const chain = (one: Dissected): string => one.chain.replace("eth:ethertype:ip:tcp", "");

/** The answer of a server with this media type and body. */
function body(type: string, contents: string): Dissected {
  const payload = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(contents)}\r\n\r\n${contents}`;
  return dissected({ sport: 80, dport: 4000, payload })[0];
}

describe("XML", () => {
  it("shows elements with their attributes, text, comments and sections", () => {
    const seen = body(
      "text/xml",
      `<?xml version="1.0" encoding="utf-8"?>\n<!-- c --><a b="1" d='2'>hello <e/><![CDATA[<x>]]></a >`,
    );
    expect(chain(seen)).toBe(":http:xml");
    expect(seen.protocol).toBe("HTTP/XML");
    expect(seen.info).toBe("HTTP/1.1 200 OK ");
    expect(seen.text).toContain(
      [
        "eXtensible Markup Language",
        "  <?xml",
        '    version="1.0"',
        '    encoding="utf-8"',
        "    ?>",
        "  <!-- c -->",
        "  <a",
        '    b="1"',
        "    d='2'>",
        "    hello ",
        "    <e/>",
        "    <![CDATA[<x>]]>",
        "    </a >",
      ].join("\n"),
    );
    expect(seen.fields.get("xml.tag")).toEqual([`<a b="1" d='2'>`, "<e/>"]);
    expect(seen.fields.get("xml.attribute")).toEqual(['b="1"', "d='2'"]);
    expect(seen.fields.get("xml.xmlpi.xml.version")).toEqual(["1.0"]);
  });

  it("passes over what fits no rule, up to the next blank", () => {
    const seen = body("application/soap+xml", "<a>1<b c d</a> tail");
    expect(seen.text).toContain("Unrecognized text");
    expect(seen.fields.get("xml.unrecognized_text")).toHaveLength(1);
    expect(seen.fields.get("xml.cdata")).toEqual(["1", "c d"]);
    expect(seen.fields.get("xml.unknown")).toEqual(["tail"]);
  });

  it("tells of a closing tag that nothing opened", () => {
    const seen = body("text/xml", "<a></a></b>");
    expect(seen.fields.get("xml.closing_unopened_tag")).toHaveLength(1);
  });

  it("reads document types with their declarations", () => {
    const seen = body("text/xml", '<!DOCTYPE note [<!ELEMENT note (to)>\n<!ENTITY a "b">]>\n<note/>');
    expect(seen.fields.get("xml.doctype")).toEqual(["note"]);
    expect(seen.fields.get("xml.dtdtag")).toEqual(["<!ELEMENT note (to)>", '<!ENTITY a "b">']);
    expect(seen.text).toContain("    ]>");
  });

  it("is found in text that begins with a declaration, but not in a lone one", () => {
    const declaration = '<?xml version="1.0" encoding="utf-8"?>';
    expect(chain(body("text/html", `${declaration}<a/>`))).toBe(":http:data-text-lines:xml");
    expect(chain(body("text/html", declaration))).toBe(":http:data-text-lines");
  });
});

describe("multipart bodies", () => {
  const type = 'multipart/form-data; boundary="q w"';

  it("shows each part with its header, read by its own media type", () => {
    const seen = body(
      type,
      'before\r\n--q w\r\nContent-Disposition: form-data;  name="a b"\r\n\r\n1\r\n' +
        "--q w\r\nContent-Type: text/plain; charset=x\r\nX-Other: y\r\n\r\nline\r\n--q w--\r\nafter",
    );
    expect(chain(seen)).toBe(":http:mime_multipart:data:data-text-lines");
    expect(seen.info).toBe("HTTP/1.1 200 OK  (text/plain)");
    expect(seen.text).toContain(
      'MIME Multipart Media Encapsulation, Type: multipart/form-data, Boundary: "q w"\n  [Type: multipart/form-data]',
    );
    expect(seen.text).toContain("  First boundary: --q w\\r\\n\n  Encapsulated multipart part: \n");
    expect(seen.text).toContain(
      "  Encapsulated multipart part:  (text/plain)\n    Content-Type: text/plain; charset=x\\r\\n\n    X-Other: y\\r\\n\\r\\n\n    Line-based text data: text/plain (1 lines)",
    );
    expect(seen.text).toContain("  Last boundary: \\r\\n--q w--\\r\\n");
    expect(seen.fields.get("mime_multipart.header.content-disposition")).toEqual(['form-data;name="a b"']);
    expect(seen.fields.get("mime_multipart.preamble")).toHaveLength(1);
    expect(seen.fields.get("mime_multipart.trailer")).toHaveLength(1);
  });

  it("shows bytes without a boundary as data, and a part without an end as empty", () => {
    expect(chain(body(type, "nothing"))).toBe(":http:mime_multipart:data");
    const open = body(type, "--q w\r\nContent-Type: text/plain\r\n\r\nhello");
    expect(chain(open)).toBe(":http:mime_multipart");
    expect(open.fields.get("mime_multipart.part")).toEqual([""]);
  });

  it("cannot be taken apart without the parameter that names the boundary", () => {
    const seen = body("multipart/mixed", "--a\r\n\r\nb\r\n--a--");
    expect(chain(seen)).toBe(":http:mime_multipart:data");
    expect(seen.text).not.toContain("MIME Multipart");
    expect(seen.fields.get("mime_multipart.no_required_parameter")).toHaveLength(1);
  });

  it("may stand inside each other, not without end", () => {
    let inner = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--";
    for (let n = 0; n < 40; n++) {
      inner = `--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${inner}\r\n--b--`;
    }
    expect(() => body("multipart/mixed; boundary=b", inner)).not.toThrow();
  });
});

describe("HTTP's framing", () => {
  it("takes nothing on its port before a message, and the rest of a body after one", () => {
    const client = { sport: 4000, dport: 80 };
    const seen = dissected(
      { ...client, payload: "\u0001\u0002 no message" },
      { ...client, seq: 14, payload: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
      { ...client, seq: 41, payload: "\u0001\u0002 rest" },
    );
    expect(seen.map(chain)).toEqual(["", ":http", ":http:data"]);
    expect(seen[0].text).toContain("TCP segment data (13 bytes)");
    expect(seen[0].protocol).toBe("TCP");
  });

  it("waits for the sender's close when nothing else ends a body", () => {
    const server = { sport: 80, dport: 4000 };
    const head = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nab";
    const seen = dissected(
      { ...server, payload: head },
      { ...server, seq: 1 + head.length, flags: FIN, payload: "cd" },
    );
    expect(seen.map(chain)).toEqual(["", ":http:data"]);
    expect(seen[0].info).toBe("HTTP/1.1 200 OK  [TCP segment of a reassembled PDU]");
    expect(seen[1].fields.get("http.file_data")).toEqual(["abcd"]);
    const closed = dissected(
      { ...server, payload: head },
      { ...server, seq: 1 + head.length, flags: 0x11, payload: "" },
    );
    expect(chain(closed[1])).toBe(":http:data");
    expect(closed[1].text).toContain(`2 Reassembled TCP Segments (${head.length} bytes)`);
    expect(closed[1].text).toContain("Frame: 2 (no data)");
  });

  it("does not wait when the header's last segment closes the stream", () => {
    const server = { sport: 80, dport: 4000 };
    const seen = dissected(
      { ...server, payload: "HTTP/1.0 302 Found\r\n" },
      { ...server, seq: 21, flags: FIN, payload: "Content-Type: text/plain\r\n\r\nhi" },
    );
    expect(seen.map(chain)).toEqual(["", ":http:data-text-lines"]);
    expect(seen[0].info).toBe("HTTP/1.0 302 Found  [TCP segment of a reassembled PDU]");
  });

  it("shows a piece that came in steps once", () => {
    const server = { sport: 80, dport: 4000 };
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab";
    const seen = dissected(
      { ...server, payload: head },
      { ...server, seq: 1 + head.length, payload: "cd\r\n1\r\ne\r\n0\r\n\r\n" },
    );
    expect(chain(seen[1])).toBe(":http:data");
    expect(seen[1].fields.get("tcp.segment.count")).toEqual(["2"]);
    expect(seen[1].text).toContain("Data chunk (1 octets)");
    expect(seen[1].text).toContain("Chunk size: 1 octet\n");
  });

  it("is known on TLS' port, and said to be out of place there", () => {
    const client = { sport: 4000, dport: 443 };
    const seen = dissected(
      { ...client, payload: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
      { ...client, sport: 4001, payload: "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008 and so on" },
    );
    expect(seen.map(chain)).toEqual([":http", ":tls"]);
    expect(seen[0].fields.get("http.tls_port")).toHaveLength(1);
  });

  it("splits the request line at its first blanks, and passes over an empty line before it", () => {
    const client = { sport: 4000, dport: 80 };
    const [seen] = dissected({ ...client, payload: "\r\nGET /a  HTTP/1.1 x\r\nHost: b\r\n\r\n" });
    expect(seen.fields.get("http.request.uri")).toEqual(["/a"]);
    expect(seen.fields.get("http.request.version")).toEqual(["HTTP/1.1 x"]);
    expect(seen.fields.get("http.leading_crlf")).toHaveLength(1);
    const [bare] = dissected({ ...client, payload: "GET  /a HTTP/1.1\r\nHost: b\r\n\r\n" });
    expect(bare.fields.get("http.request.uri")).toEqual([""]);
    expect(bare.fields.get("http.request.full_uri")).toEqual(["http://b"]);
  });

  it("shows header lines with the NULs in them", () => {
    const [seen] = dissected({
      sport: 4000,
      dport: 80,
      payload: "GET / HTTP/1.1\r\nHost: a\u0000b\r\nX: c\u0000d\r\n\r\n",
    });
    expect(seen.text).toContain("Host: a\\000b\\r\\n");
    expect(seen.text).toContain("X: c\\000d\\r\\n");
    expect(seen.fields.get("http.host")).toEqual(["a"]);
  });

  it("warns of a length beside chunks, and names unknown codes by their number", () => {
    const [seen] = dissected({
      sport: 80,
      dport: 4000,
      payload:
        "HTTP/1.1 220 Hm\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    });
    expect(seen.fields.get("http.te_and_length")).toHaveLength(1);
    expect(seen.fields.get("http.response.code.desc")).toEqual(["Unknown (220)"]);
  });

  it("shows what was sent again as TCP's", () => {
    const client = { sport: 4000, dport: 80, payload: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" };
    const seen = dissected(client, client);
    expect(seen.map(chain)).toEqual([":http", ""]);
    expect(seen[1].text).toContain("Retransmitted TCP segment data (27 bytes)");
  });
});
