import { describe, expect, it } from "vitest";
import { Connections, hex, udp } from "./connections.ts";
import { Frames } from "./frames.ts";

const text = (words: string): string => Buffer.from(words, "utf8").toString("hex");
const A = "0a000001";
const B = "0a000002";

const chainsOf = (seen: readonly { chain: string }[]): string[] =>
  seen.map(({ chain }) => chain.replace("eth:ethertype:ip:", ""));

describe("FTP", () => {
  const net = new Connections();
  const client = (line: string): string => net.send(A, 4000, B, 21, text(`${line}\r\n`));
  const server = (line: string): string => net.send(B, 21, A, 4000, text(`${line}\r\n`));
  const capture = [
    server("220-hello\r\n220 ready"),
    client("CWD /pub/a"),
    server("250 ok"),
    client("CWD ../b"),
    server("250 ok"),
    client("PASV"),
    server("227 Entering Passive Mode (10,0,0,2,16,2)"),
    client("RETR file"),
    net.send(B, 4098, A, 5000, "0001ff"),
    client("PORT 10,0,0,1,16,1"),
    client("LIST"),
    net.send(B, 20, A, 4097, text("a\r\nb\r\n")),
    client("EPRT nonsense"),
    server("229 ok (|||5555|)"),
    net.send(A, 5001, B, 5555, text("x")),
    server('257 "/x ""y""" is it'),
    client("AUTH TLS"),
    server("234 go"),
    net.send(A, 4000, B, 21, "1603010002"),
  ];

  it("shows requests, replies of several lines and the directory", () => {
    const seen = new Frames(capture).inOrder();
    expect(seen[0].info).toBe("Response: 220-hello");
    expect(seen[0].text).toContain(
      "  220-hello\\r\\n\n    Response code: Service ready for new user (220)\n",
    );
    expect(seen[0].text).toContain("  220 ready\\r\\n\n");
    expect(seen[1].fields.get("ftp.request.arg")).toEqual(["/pub/a"]);
    expect(seen[4].fields.get("ftp.current-working-directory")).toEqual(["/pub/b"]);
    expect(seen[6].fields.get("ftp.passive.port")).toEqual(["4098"]);
    expect(seen[12].text).toContain("EPRT arguments must have the form: |<family>|<addr>|<port>|");
    expect(seen[15].fields.get("ftp.current-working-directory")).toEqual(['/x "y"']);
  });

  it("binds the data connections to what the session announced", () => {
    const seen = new Frames(capture).inOrder();
    expect(chainsOf(seen)[8]).toBe("tcp:ftp-data");
    expect(seen[8].info).toBe("FTP Data: 3 bytes (PASV) (RETR file)");
    expect(seen[8].fields.get("ftp-data.setup-frame")).toEqual(["7"]);
    expect(seen[8].fields.get("ftp-data.command-frame")).toEqual(["8"]);
    expect(seen[8].fields.get("ftp-data.current-working-directory")).toEqual(["/pub/b"]);
    expect(chainsOf(seen)[11]).toBe("tcp:ftp-data:data-text-lines");
    expect(seen[11].info).toBe("FTP Data: 6 bytes (PORT) (LIST)");
    expect(seen[14].info).toBe("FTP Data: 1 bytes (EPASV)");
    expect(chainsOf(seen)[18]).toBe("tcp:tls");
  });

  it("looks the same in any order afterwards", () => {
    const seen = new Frames(capture).inOrder();
    const frames = new Frames(capture).index();
    const shown = (one: (typeof seen)[number]): string =>
      [
        one.chain,
        one.info,
        one.text.slice(one.text.search(/^(File Transfer|FTP Data|Transport Layer)/m)),
      ].join("\n");
    for (const number of [19, 9, 5, 12, 1, 15]) {
      expect(shown(frames.again(number))).toBe(shown(seen[number - 1]));
    }
  });
});

describe("TFTP", () => {
  const capture = [
    udp(A, 5000, B, 69, `0001${text("a.txt")}00${text("octet")}00${text("blksize")}00${text("8")}00`),
    udp(B, 3000, A, 5000, `0006${text("blksize")}00${text("8")}00`),
    udp(B, 3000, A, 5000, `0003ffff${"61".repeat(8)}`),
    udp(B, 3000, A, 5000, "0003000061"),
    udp(A, 5000, B, 3000, "00040000"),
    udp(B, 3000, A, 5000, `00050001${text("no")}00`),
    udp(A, 5000, B, 69, `0001${text("cut")}`),
  ];

  it("follows a transfer to the port that answers", () => {
    const seen = new Frames(capture).inOrder();
    expect(seen[0].info).toBe("Read Request, File: a.txt, Transfer type: octet, blksize=8");
    expect(seen[1].fields.get("tftp.request_frame")).toEqual(["1"]);
    expect(seen[2].info).toBe("Data Packet, Block: 65535");
    expect(seen[3].info).toBe("Data Packet, Block: 65536 (last)");
    expect(seen[3].chain).toBe("eth:ethertype:ip:udp:tftp:data");
    expect(seen[4].text).toContain("[Full Block Number: 65536]");
    expect(seen[5].info).toBe("Error Code, Code: File not found, Message: no");
    expect(seen[6].info).toBe("Read Request[Malformed Packet]");
    const frames = new Frames(capture).index();
    for (const number of [6, 4, 2]) expect(frames.again(number).text).toBe(seen[number - 1].text);
  });
});

describe("SIP, SDP and the streams they set up", () => {
  const description =
    "v=0\no=- 1 2 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0 97 101\n" +
    "a=rtpmap:97 iLBC/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\nb=AS:64\nodd\n";
  const message = (first: string, headers: string, body = ""): string => {
    const size = body.replaceAll("\n", "\r\n").length;
    const type = body === "" ? "" : "Content-Type: application/sdp\n";
    return text(`${first}\n${headers}${type}Content-Length: ${size}\n\n${body}`.replaceAll("\n", "\r\n"));
  };
  const headers =
    'Via: SIP/2.0/UDP 10.0.0.1:5061;branch=z9;rport;odd=1\nFrom: "Al" <sip:al@x.org:5080;lr>;tag=t1\n' +
    "To: <sip:bob@y.org>\nCall-ID: c1\nCSeq: 1 INVITE\nContact: <sip:al@10.0.0.1>;q=0.5\n";
  const rtp = (type: number, sequence: number, payload: string): string =>
    `80${hex(type, 1)}${hex(sequence, 2)}0000000100001234${payload}`;
  const capture = [
    udp(A, 5060, B, 5060, message("INVITE sip:bob@y.org:5062 SIP/2.0", headers, description)),
    udp(A, 5060, B, 5060, message("INVITE sip:bob@y.org:5062 SIP/2.0", headers, description)),
    udp(B, 5060, A, 5060, message("SIP/2.0 200 OK", headers)),
    udp(B, 7000, A, 4000, rtp(0, 65535, "7878")),
    udp(B, 7000, A, 4000, rtp(97, 0, "7878")),
    udp(B, 7000, A, 4000, rtp(101, 1, "058a00a0")),
    udp(B, 7001, A, 4001, "80c900010000000181cb000100000001"),
    udp(
      B,
      5060,
      A,
      5060,
      message("REGISTER sip:y SIP/2.0", "Call-ID: c2\nCSeq: 2 REGISTER\nContact: *\nExpires: 0\n"),
    ),
    udp(A, 5060, B, 5060, "0d0a0d0a"),
  ];
  const seen = new Frames(capture).inOrder();

  it("shows the request, its headers and the description", () => {
    const [invite] = seen;
    expect(invite.info).toBe("Request: INVITE sip:bob@y.org:5062 | ");
    expect(invite.protocol).toBe("SIP/SDP");
    expect(invite.chain).toBe("eth:ethertype:ip:udp:sip:sdp");
    expect(invite.text).toContain("Session Initiation Protocol (INVITE)\n");
    expect(invite.text).toContain("Request-URI Host Port: 5062\n");
    expect(invite.text).toContain("      Branch: z9\n      RPort: rport\n      odd=1\n");
    expect(invite.fields.get("sip.from.display.info")).toEqual(['"Al"']);
    expect(invite.fields.get("sip.from.param")).toEqual(["lr"]);
    expect(invite.fields.get("sip.contact.parameter")).toEqual(["q=0.5"]);
    expect(invite.text).toContain("    Session Description Protocol\n");
    expect(invite.text).toContain("Media Format: 101 [telephone-event]\n");
    expect(invite.text).toContain("Bandwidth Value: 64 kb/s\n");
    expect(invite.text).toContain("Invalid SDP line (no '=' delimiter)");
  });

  it("does not take a provisional answer given again for a repetition", () => {
    const head = "Via: SIP/2.0/UDP y;branch=z\r\nCall-ID: again\r\nCSeq: 1 INVITE\r\n\r\n";
    const say = (line: string): string => udp(B, 5060, A, 5060, text(`${line}\r\n${head}`));
    const trying = say("SIP/2.0 100 Trying");
    const done = say("SIP/2.0 200 OK");
    const seen = new Frames([trying, trying, done, done]).inOrder();
    expect(seen.map(({ fields }) => fields.get("sip.resend-original")?.[0])).toEqual([
      undefined,
      undefined,
      undefined,
      "3",
    ]);
  });

  it("tells repetitions and links answers to requests", () => {
    expect(seen[0].fields.get("sip.resend-original")).toBeUndefined();
    expect(seen[1].fields.get("sip.resend-original")).toEqual(["1"]);
    expect(seen[2].info).toBe("Status: 200 OK (INVITE) | ");
    expect(seen[2].fields.get("sip.response-request")).toEqual(["1"]);
    expect(seen[2].fields.get("sip.response-time")).toEqual(["2000"]);
    expect(seen[7].info).toBe("Request: REGISTER sip:y  (remove all bindings) | ");
  });

  it("binds RTP and RTCP", () => {
    expect(seen[3].info).toBe("PT=ITU-T G.711 PCMU, SSRC=0x1234, Seq=65535, Time=1");
    expect(seen[3].text).toContain("  [Stream setup by SDP (frame 1)]\n");
    expect(seen[4].info).toBe("PT=iLBC, SSRC=0x1234, Seq=0, Time=1");
    expect(seen[4].fields.get("rtp.extseq")).toEqual(["65536"]);
    expect(seen[5].chain).toBe("eth:ethertype:ip:udp:rtp:rtpevent");
    expect(seen[5].info).toBe("Payload type=RTP Event, DTMF Five 5 (end)");
    expect(seen[6].info).toBe("Receiver Report   Goodbye   ");
    expect(seen[6].text).toContain("  [RTCP frame length check: OK - 16 bytes]");
  });

  it("leaves what is no message", () => {
    expect(seen[8].chain).toBe("eth:ethertype:ip:udp:data");
    expect(seen[8].protocol).toBe("UDP");
  });

  it("looks the same in any order afterwards", () => {
    const frames = new Frames(capture).index();
    for (const number of [7, 5, 3, 1, 6, 2, 9]) expect(frames.again(number).text).toBe(seen[number - 1].text);
  });

  it("puts messages over TCP together", () => {
    const net = new Connections();
    const whole = message("OPTIONS sip:x SIP/2.0", "Call-ID: t\nCSeq: 1 OPTIONS\n", "v=0\n");
    const frames = [whole.slice(0, 60), whole.slice(60) + whole].map((part) =>
      net.send(A, 6000, B, 5060, part),
    );
    const [first, second] = new Frames(frames).inOrder();
    expect(first.chain).toBe("eth:ethertype:ip:tcp");
    expect(second.chain).toBe("eth:ethertype:ip:tcp:sip:sdp:sdp");
    expect(second.info).toBe("Request: OPTIONS sip:x | Request: OPTIONS sip:x | ");
  });
});

describe("RTCP", () => {
  it("shows reports and descriptions without any announcement", () => {
    const report = `81c8000c0000000183aa7e80800000000000111100000007000000f0${"00000002"}19ffffff00011234000000050000aaaa00010000`;
    const description = `81ca000300000001010361626300${"0000"}`;
    const [seen] = new Frames([udp(A, 20000, B, 30001, report + description)]).inOrder();
    expect(seen.info).toBe("Sender Report   Source description   ");
    expect(seen.text).toContain("Cumulative number of packets lost: -1\n");
    expect(seen.text).toContain("Delay since last SR timestamp: 65536 (1000 milliseconds)\n");
    expect(seen.text).toContain("MSW and LSW as NTP timestamp: Jan  1, 1970 00:00:00.500000000 UTC");
    expect(seen.text).toContain("      Text: abc\n");
  });
});

describe("RTCP's length", () => {
  it("ends reports, which may have extensions of a profile behind them", () => {
    const [extended] = new Frames([
      udp(A, 20000, B, 30001, "80c90005 00000001 0001000c 0000000000000002 00630004"),
    ]).inOrder();
    expect(extended.text).toContain("Payload Specific Extension (MS - Estimated Bandwidth)");
    expect(extended.text).toContain("Extension Type: Unknown (99)");
    const [short] = new Frames([udp(A, 20000, B, 30001, `9bc80002${"00".repeat(60)}`)]).inOrder();
    expect(short.text).toContain("[Malformed Packet: RTCP]");
    expect(short.fields.has("rtcp.ssrc.identifier")).toBe(false);
  });

  it("is right with a reason to leave that is filled up", () => {
    const [left] = new Frames([
      udp(
        A,
        20000,
        B,
        30001,
        "80c80006 00000001 0000000000000000 00000000 00000000 00000000 81cb0002 00000001 02 6f6b 00",
      ),
    ]).inOrder();
    expect(left.text).toContain("[RTCP frame length check: OK - 40 bytes]");
  });
});

describe("Dropbox LAN sync discovery", () => {
  it("is JSON, or text", () => {
    const frames = ['{"a":1}', "hello"].map((words) => udp(A, 17500, B, 17500, text(words)));
    const [first, second] = new Frames(frames).inOrder();
    expect(first.chain).toBe("eth:ethertype:ip:udp:db-lsp-disc:json");
    expect(first.protocol).toBe("DB-LSP-DISC/JSON");
    expect(second.text).toContain("  Text: hello");
  });

  it("reads ASCII up to a NUL, and points out what follows", () => {
    const frames = ["c3b0", "610062", "610000"].map((hex) => udp(A, 17500, B, 17500, hex));
    const [foreign, stray, padded] = new Frames(frames).inOrder();
    expect(foreign.fields.get("db-lsp.text")).toEqual(["\ufffd\ufffd"]);
    expect(stray.fields.get("db-lsp.text")).toEqual(["a"]);
    expect(stray.text).toContain("Expert Info (Warning/Undecoded): Trailing stray characters");
    expect(stray.fields.has("_ws.string.trailing_stray_characters")).toBe(true);
    expect(padded.text).not.toContain("stray");
  });
});

describe("RTSP", () => {
  const net = new Connections();
  const client = (lines: string): string => net.send(A, 4000, B, 554, text(lines.replaceAll("\n", "\r\n")));
  const server = (lines: string): string => net.send(B, 554, A, 4000, text(lines.replaceAll("\n", "\r\n")));
  const packet = `8060000100000001${"00000002"}61`;
  const capture = [
    client("SETUP rtsp://x/1 RTSP/1.0\nCSeq: 1\n\n"),
    server("RTSP/1.0 200 OK\nTransport: RTP/AVP;client_port=5000-5001;server_port=6000-6001\n\n"),
    udp(B, 6000, A, 5000, packet),
    udp(B, 6001, A, 5001, "80c9000100000001"),
    server("RTSP/1.0 200 OK\nTransport: RTP/AVP/TCP;interleaved=0-1\n\n"),
    net.send(B, 554, A, 4000, `2400${hex(packet.length / 2, 2)}${packet}2401000880c9`),
    net.send(B, 554, A, 4000, "000100000001"),
    server("RTSP/1.0 200 OK\nContent-Type: text/plain\nContent-Length: 3\n\nabc"),
    client("more\n"),
  ];

  it("shows messages and binds what they set up", () => {
    const seen = new Frames(capture).inOrder();
    expect(seen[0].info).toBe("SETUP rtsp://x/1 RTSP/1.0");
    expect(seen[0].text).toContain("  Request: SETUP rtsp://x/1 RTSP/1.0\\r\\n\n");
    expect(seen[1].info).toBe("Reply: RTSP/1.0 200 OK");
    expect(seen[2].fields.get("rtp.setup-method")).toEqual(["RTSP"]);
    expect(seen[3].fields.get("rtcp.setup-frame")).toEqual(["2"]);
    expect(chainsOf(seen).slice(5)).toEqual([
      "tcp:rtsp:rtp",
      "tcp:rtsp:rtcp",
      "tcp:rtsp:data-text-lines",
      "tcp:rtsp",
    ]);
    expect(seen[5].text).toContain("RTSP Interleaved Frame, Channel: 0x00, 13 bytes");
    expect(seen[7].info).toBe("Reply: RTSP/1.0 200 OK (text/plain)");
    expect(seen[8].info).toBe("Continuation");
    const frames = new Frames(capture).index();
    for (const number of [7, 6, 3, 8]) expect(frames.again(number).info).toBe(seen[number - 1].info);
  });
});
