import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { http, ssdp } from "../../../engine/protocols/http.ts";
import { conversation, handshake } from "./builder.ts";
import { dissect } from "./harness.ts";

const run = (text: string | Buffer, protocol = http): ReturnType<typeof dissect> =>
  dissect(Buffer.from(text as string).toString("hex"), { protocol });

describe("HTTP", () => {
  test("a request with credentials, a query and cookies", () => {
    const { text, info, fields } = run(
      "GET /a/b?x=1&y=2 HTTP/1.1\r\nHost: example.org\r\nAuthorization: Basic dXNlcjpwYXNz\r\n" +
        "Cookie: a=1; b=2\r\nX-Own: yes\r\n\r\n",
    );
    expect(info).toBe("GET /a/b?x=1&y=2 HTTP/1.1 ");
    expect(text).toContain("GET /a/b?x=1&y=2 HTTP/1.1\\r\\n");
    expect(text).toContain("Host: example.org\\r\\n");
    expect(text).toContain("Credentials: user:pass");
    expect(text).toContain("[Full request URI: http://example.org/a/b?x=1&y=2]");
    expect(fields.get("http.cookie_pair")).toEqual(["a=1", "b=2"]);
    expect(fields.get("http.request.uri.query.parameter")).toEqual(["x=1", "y=2"]);
    expect(fields.get("http.request.line")).toContain("X-Own: yes\r\n");
  });

  test("what a proxy's tunnel carries goes by the port at its far end", () => {
    const portB = 8080;
    const asked = "CONNECT example.org:443 HTTP/1.1\r\n\r\n";
    const answered = "HTTP/1.1 200 OK\r\n\r\n";
    const frames = conversation(
      ...handshake().map((segment) => ({ ...segment, portB })),
      { from: "a", flags: "PA", seq: 1001, ack: 5001, data: asked, portB },
      { from: "b", flags: "PA", seq: 5001, ack: 1001 + asked.length, data: answered, portB },
      {
        from: "a",
        flags: "PA",
        seq: 1001 + asked.length,
        ack: 5001 + answered.length,
        data: Uint8Array.of(21, 3, 3, 0, 2, 1, 0),
        portB,
      },
    );
    expect(frames[3].text).toContain("[Full request URI: example.org:443]");
    expect(frames[4].chain).toMatch(/:tcp:http$/);
    expect(frames[5].chain).toMatch(/:tcp:http:tls$/);
    expect(frames[5].text).toContain("[Proxy-Connect-Hostname: example.org]");
    expect(frames[5].text).toContain("[Proxy-Connect-Port: 443]");
  });

  test("a chunked, compressed response", () => {
    const body = gzipSync("hello\nworld\n");
    const head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    const chunks = [
      Buffer.from(head),
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from("\r\n0\r\n\r\n"),
    ];
    const { text, info, chain } = run(Buffer.concat(chunks));
    expect(info).toBe("HTTP/1.1 200 OK  (text/html)");
    expect(chain).toBe("http:data-text-lines");
    expect(text).toContain(`Data chunk (${body.length} octets)`);
    expect(text).toContain(`Content-encoded entity body (gzip): ${body.length} bytes -> 12 bytes`);
    expect(text).toContain("File Data: 12 bytes");
    expect(text).toContain("Line-based text data: text/html (2 lines)");
    expect(text).toContain("  hello\\n");
  });

  test("a compressed body whose contents are not what its type says", () => {
    const body = gzipSync("no JSON");
    const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n";
    expect(run(Buffer.concat([Buffer.from(head), body])).chain).toBe("http:json:data-text-lines");
  });

  test("a body that cannot be decompressed is data in the index too, whatever its type", () => {
    const body = gzipSync("a picture, so they say ".repeat(3));
    const head = "HTTP/1.1 200 OK\r\nContent-Type: image/x-icon\r\nContent-Encoding: gzip\r\n\r\n";
    expect(run(Buffer.concat([Buffer.from(head), body])).chain).toBe("http:media");
    body[10] = 0xff;
    const { chain, text } = run(Buffer.concat([Buffer.from(head), body]));
    expect(chain).toBe("http:data");
    expect(text).toContain("Decompression failed");
  });

  test("messages one behind the other", () => {
    const { info, fields } = run(
      "POST /f HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=b%20cGET /g HTTP/1.1\r\n\r\n",
    );
    expect(info).toBe("POST /f HTTP/1.1  (application/x-www-form-urlencoded), GET /g HTTP/1.1 ");
    expect(fields.get("http.request.method")).toEqual(["POST", "GET"]);
    expect(fields.get("urlencoded-form.value")).toEqual(["b c"]);
  });

  test("bytes without a header", () => {
    const { info, chain } = run("just bytes");
    expect(info).toBe("Continuation");
    expect(chain).toBe("http:data");
  });

  test("SSDP has the same messages", () => {
    const { info, protocol, chain } = run(
      "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMX: 1\r\n\r\n",
      ssdp,
    );
    expect(info).toBe("M-SEARCH * HTTP/1.1 ");
    expect(protocol).toBe("SSDP");
    expect(chain).toBe("ssdp");
  });

  test("a notification is no request that is answered", () => {
    const { fields, text, info } = run(
      "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\n\r\n",
      ssdp,
    );
    expect(info).toBe("NOTIFY * HTTP/1.1 ");
    expect(fields.get("http.request.method")).toEqual(["NOTIFY"]);
    expect(fields.get("http.host")).toEqual(["239.255.255.250:1900"]);
    expect(fields.get("http.unknown_header")).toEqual(["NTS: ssdp:alive\\r\\n"]);
    expect(text).toContain("\n  NTS: ssdp:alive\\r\\n");
    expect(fields.get("http.notification")).toEqual(["1"]);
    for (const name of ["request", "request.line", "request_number"]) {
      expect(fields.has(`http.${name}`)).toBe(false);
    }
  });

  test("decompression is bounded and its failure shown", () => {
    // The best compression takes seconds and is no more of a bomb.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    const bomb = brotliCompressSync(Buffer.alloc(40 << 20), { params });
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const { text } = run(Buffer.concat([Buffer.from(head), bomb]));
    expect(text).toContain("Decompression failed");
    expect(text).not.toContain("->");
  });

  test("hostile lengths, headers and truncations are survived", () => {
    const cases = [
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n",
      `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(20000)}\r\n`,
      `GET /${"a".repeat(300000)}`,
      `GET / HTTP/1.1\r\nA: ${"\0".repeat(100_000)}\r\n\r\n`,
      "GET / HTTP/1.1\r\nconstructor: x\r\n__proto__: y\r\n\r\n",
    ];
    for (const text of cases) expect(run(text).text).not.toContain("Dissector bug");
    const whole =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n";
    for (let length = 0; length <= whole.length; length++) {
      expect(run(whole.slice(0, length)).text).not.toContain("Dissector bug");
    }
  });
});
