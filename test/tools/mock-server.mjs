#!/usr/bin/env node
/**
 * TEST TOOL, no part of the product: serves dist/renderer and plays the engine with made-up packets, so that
 * the window can be looked at and driven without captures.
 *
 *   node test/tools/mock-server.mjs [--port 4100] [--rows 20000] [--no-permission] [--slow MS] [--empty]
 *
 * The upload address takes any body and answers with a made-up path.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(args[at + 1]);
};
const port = option("port", 4100);
const fileRows = option("rows", 20_000);
const slow = option("slow", 0);
const noPermission = args.includes("--no-permission");
const startEmpty = args.includes("--empty");
const root = fileURLToPath(new URL("../../dist/renderer/", import.meta.url));

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (request.method === "PUT" && url.pathname === "/upload") {
    request.resume();
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ path: `/tmp/uploads/${url.searchParams.get("name")}` }));
    });
    return;
  }
  const path = join(root, normalize(url.pathname === "/" ? "/index.html" : url.pathname));
  if (!path.startsWith(root) || !existsSync(path)) {
    response.statusCode = 404;
    response.end("Not found");
    return;
  }
  response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
  response.setHeader(
    "content-security-policy",
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'",
  );
  createReadStream(path).pipe(response);
});

const RULES = [
  ["Bad TCP", "tcp.analysis.flags", "#12272e", "#f78787", "#ffb3b3", "#4a1518", true],
  ["Checksum errors", "ip.checksum.status==0", "#12272e", "#f78787", "#ffb3b3", "#4a1518", true],
  ["ICMP", "icmp", "#12272e", "#fce0ff", "#ecd2ff", "#33243d", false],
  ["TCP RST", "tcp.flags.reset==1", "#5a0000", "#f2b8a0", "#ffd0b0", "#55260f", true],
  ["ARP", "arp", "#12272e", "#faf0d7", "#e9dcb4", "#332e1d", false],
  ["HTTP", "http", "#12272e", "#e4ffc7", "#d3f0b4", "#22331a", false],
  ["TCP SYN/FIN", "tcp.flags & 0x02", "#12272e", "#d5d5d8", "#d8d8dc", "#3a3a40", false],
  ["TCP", "tcp", "#12272e", "#e7e6ff", "#d6d6f6", "#23233b", false],
  ["UDP", "udp", "#12272e", "#daeeff", "#c6e2f8", "#172b3d", false],
].map(([name, filter, text, background, darkText, darkBackground, problem]) => ({
  name,
  filter,
  light: { background, text },
  dark: { background: darkBackground, text: darkText },
  problem,
}));

const KINDS = [
  { protocol: "TCP", color: 7, info: (n) => `51234 → 443 [ACK] Seq=${n * 37} Ack=${n * 11} Win=64240 Len=0` },
  { protocol: "TLSv1.3", color: 7, info: () => "Application Data" },
  {
    protocol: "DNS",
    color: 8,
    info: (n) => `Standard query 0x${(n & 0xffff).toString(16).padStart(4, "0")} A www.example.com`,
  },
  { protocol: "HTTP", color: 5, info: (n) => `GET /index-${n}.html HTTP/1.1 ` },
  {
    protocol: "TCP",
    color: 6,
    info: () => "51234 → 443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM WS=128",
  },
  {
    protocol: "TCP",
    color: 0,
    info: (n) => `[TCP Retransmission] 51234 → 443 [PSH, ACK] Seq=${n} Ack=1 Win=501 Len=517`,
  },
  { protocol: "ARP", color: 4, info: () => "Who has 192.168.1.1? Tell 192.168.1.5" },
  { protocol: "ICMP", color: 2, info: (n) => `Echo (ping) request  id=0x0001, seq=${n & 0xffff}, ttl=64` },
  { protocol: "TCP", color: 3, info: (n) => `443 → 51234 [RST, ACK] Seq=${n} Ack=1 Win=0 Len=0` },
];
const pattern = [4, 0, 1, 1, 0, 1, 1, 0, 2, 2, 1, 1, 0, 0, 3, 0, 1, 7, 6, 0, 1, 1, 5, 1, 0, 8, 2, 2];
const kindOf = (number) => KINDS[pattern[(number * 7 + Math.floor(number / 13)) % pattern.length]];

const frameBytes = (number) => {
  const bytes = Buffer.alloc(590);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + number * 7) & 0xff;
  Buffer.from(
    "001b213a4f5c000c29a1b2c308004500003c1c4640004006b1e6c0a80105010101 01".replace(" ", ""),
    "hex",
  ).copy(bytes);
  Buffer.from("GET /index.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n").copy(bytes, 66);
  return bytes;
};

const node = (label, field, title, value, offset, length, children = [], more = {}) => ({
  label,
  field,
  title,
  value,
  filter: field && value !== "" ? `${field} == ${value}` : field,
  source: 0,
  offset,
  length,
  generated: false,
  hidden: false,
  severity: null,
  link: null,
  children,
  ...more,
});

function frameTree(number) {
  return [
    node(
      `Frame ${number}: 590 bytes on wire (4720 bits), 590 bytes captured (4720 bits) on interface eth0, id 0`,
      "frame",
      "Frame",
      "",
      0,
      590,
      [
        node("Encapsulation type: Ethernet (1)", "frame.encap_type", "Encapsulation type", "1", 0, 0),
        node(
          `Arrival Time: Mar  1, 2026 12:00:00.${String(number % 1e9).padStart(9, "0")} UTC`,
          "frame.time",
          "Arrival Time",
          "",
          0,
          0,
        ),
        node(
          `[Time since reference or first frame: ${(number * 0.0013).toFixed(9)} seconds]`,
          "frame.time_relative",
          "Time since reference or first frame",
          (number * 0.0013).toFixed(9),
          0,
          0,
          [],
          { generated: true },
        ),
        node(`Frame Number: ${number}`, "frame.number", "Frame Number", String(number), 0, 0),
        node("Frame Length: 590 bytes (4720 bits)", "frame.len", "Frame length on the wire", "590", 0, 0),
        node(
          "[Protocols in frame: eth:ethertype:ip:tcp:http]",
          "frame.protocols",
          "Protocols in frame",
          '"eth:ethertype:ip:tcp:http"',
          0,
          0,
          [],
          { generated: true },
        ),
      ],
    ),
    node(
      "Ethernet II, Src: VMware_a1:b2:c3 (00:0c:29:a1:b2:c3), Dst: IntelCor_3a:4f:5c (00:1b:21:3a:4f:5c)",
      "eth",
      "Ethernet",
      "",
      0,
      14,
      [
        node(
          "Destination: IntelCor_3a:4f:5c (00:1b:21:3a:4f:5c)",
          "eth.dst",
          "Destination",
          "00:1b:21:3a:4f:5c",
          0,
          6,
          [
            node(
              "Address: IntelCor_3a:4f:5c (00:1b:21:3a:4f:5c)",
              "eth.addr",
              "Address",
              "00:1b:21:3a:4f:5c",
              0,
              6,
            ),
            node(
              ".... ..0. .... .... .... .... = LG bit: Globally unique address (factory default)",
              "eth.lg",
              "LG bit",
              "0",
              0,
              3,
            ),
          ],
        ),
        node("Source: VMware_a1:b2:c3 (00:0c:29:a1:b2:c3)", "eth.src", "Source", "00:0c:29:a1:b2:c3", 6, 6),
        node("Type: IPv4 (0x0800)", "eth.type", "Type", "0x0800", 12, 2),
      ],
    ),
    node(
      "Internet Protocol Version 4, Src: 192.168.1.5, Dst: 1.1.1.1",
      "ip",
      "Internet Protocol Version 4",
      "",
      14,
      20,
      [
        node("0100 .... = Version: 4", "ip.version", "Version", "4", 14, 1),
        node(".... 0101 = Header Length: 20 bytes (5)", "ip.hdr_len", "Header Length", "20", 14, 1),
        node("Total Length: 576", "ip.len", "Total Length", "576", 16, 2),
        node("Identification: 0x1c46 (7238)", "ip.id", "Identification", "0x1c46", 18, 2),
        node("010. .... = Flags: 0x2, Don't fragment", "ip.flags", "Flags", "0x02", 20, 1, [
          node("0... .... = Reserved bit: Not set", "ip.flags.rb", "Reserved bit", "0", 20, 1),
          node(".1.. .... = Don't fragment: Set", "ip.flags.df", "Don't fragment", "1", 20, 1),
          node("..0. .... = More fragments: Not set", "ip.flags.mf", "More fragments", "0", 20, 1),
        ]),
        node("Time to Live: 64", "ip.ttl", "Time to Live", "64", 22, 1),
        node("Protocol: TCP (6)", "ip.proto", "Protocol", "6", 23, 1),
        node(
          "Header Checksum: 0xb1e6 [validation disabled]",
          "ip.checksum",
          "Header Checksum",
          "0xb1e6",
          24,
          2,
        ),
        node("Source Address: 192.168.1.5", "ip.src", "Source Address", "192.168.1.5", 26, 4),
        node("Destination Address: 1.1.1.1", "ip.dst", "Destination Address", "1.1.1.1", 30, 4),
      ],
    ),
    node(
      `Transmission Control Protocol, Src Port: 51234, Dst Port: 80, Seq: ${number}, Ack: 1, Len: 524`,
      "tcp",
      "Transmission Control Protocol",
      "",
      34,
      32,
      [
        node("Source Port: 51234", "tcp.srcport", "Source Port", "51234", 34, 2),
        node("Destination Port: 80", "tcp.dstport", "Destination Port", "80", 36, 2),
        node("[Stream index: 0]", "tcp.stream", "Stream index", "0", 0, 0, [], { generated: true }),
        node("Flags: 0x018 (PSH, ACK)", "tcp.flags", "Flags", "0x0018", 46, 2, [
          node("000. .... .... = Reserved: Not set", "tcp.flags.res", "Reserved", "0", 46, 1),
          node(".... ...1 .... = Acknowledgment: Set", "tcp.flags.ack", "Acknowledgment", "1", 47, 1),
        ]),
        node(
          "[SEQ/ACK analysis]",
          "tcp.analysis",
          "SEQ/ACK analysis",
          "",
          0,
          0,
          [
            node(
              `[This is an ACK to the segment in frame: ${Math.max(1, number - 1)}]`,
              "tcp.analysis.acks_frame",
              "This is an ACK to the segment in frame",
              String(Math.max(1, number - 1)),
              0,
              0,
              [],
              { generated: true, link: Math.max(1, number - 1) },
            ),
            node(
              "[Expert Info (Warning/Sequence): This frame is a (suspected) retransmission]",
              "_ws.expert",
              "Expert Info",
              "",
              0,
              0,
              [
                node(
                  "[Severity level: Warning]",
                  "_ws.expert.severity",
                  "Severity level",
                  "6291456",
                  0,
                  0,
                  [],
                  { generated: true, severity: "warning" },
                ),
              ],
              { generated: true, severity: "warning" },
            ),
          ],
          { generated: true },
        ),
      ],
    ),
    node("Hypertext Transfer Protocol", "http", "Hypertext Transfer Protocol", "", 66, 524, [
      node("GET /index.html HTTP/1.1\\r\\n", "", "", "", 66, 26, [
        node("Request Method: GET", "http.request.method", "Request Method", '"GET"', 66, 3),
        node("Request URI: /index.html", "http.request.uri", "Request URI", '"/index.html"', 70, 11),
      ]),
      node("Host: www.example.com\\r\\n", "http.host", "Host", '"www.example.com"', 92, 23),
      node(
        "[Expert Info (Error/Malformed): <script>alert(1)</script>]",
        "_ws.malformed",
        "Malformed",
        "",
        92,
        23,
        [],
        { generated: true, severity: "error" },
      ),
    ]),
  ];
}

const FIELDS = [
  ["ip.addr", "Source or Destination Address", "IPv4 address"],
  ["ip.src", "Source Address", "IPv4 address"],
  ["ip.dst", "Destination Address", "IPv4 address"],
  ["ip.ttl", "Time to Live", "Unsigned integer (8 bits)"],
  ["tcp.port", "Source or Destination Port", "Unsigned integer (16 bits)"],
  ["tcp.flags.syn", "Syn", "Boolean"],
  ["tcp.analysis.retransmission", "This frame is a (suspected) retransmission", "Label"],
  ["frame.time_relative", "Time since reference or first frame", "Time offset"],
  ["http.host", "Host", "Character string"],
  ["dns.qry.name", "Name", "Character string"],
];
const PROTOCOLS = [
  ["ip", "Internet Protocol Version 4"],
  ["tcp", "Transmission Control Protocol"],
  ["udp", "User Datagram Protocol"],
  ["http", "Hypertext Transfer Protocol"],
  ["dns", "Domain Name System"],
  ["arp", "Address Resolution Protocol"],
];

const INTERFACES = [
  ["eth0", "", "Ethernet", ["192.168.1.5", "fe80::20c:29ff:fea1:b2c3"], "00:0c:29:a1:b2:c3", "up", false],
  ["wlan0", "", "Wireless", ["10.0.4.17"], "3c:58:c2:00:11:22", "up", false],
  ["docker0", "", "Bridge", ["172.17.0.1"], "02:42:6d:00:00:01", "no carrier", false],
  ["lo", "", "Loopback", ["127.0.0.1", "::1"], "", "up", true],
  ["any", "Pseudo-device that captures on all interfaces", "", [], "", "up", false],
].map(([name, description, kind, addresses, mac, link, loopback]) => ({
  name,
  description,
  kind,
  addresses,
  mac,
  up: link === "up",
  running: link === "up",
  link,
  loopback,
  canCapture: !noPermission,
  reason: noPermission ? "Capturing needs the rights CAP_NET_RAW and CAP_NET_ADMIN." : "",
  linkTypes: [{ value: 1, name: "EN10MB", description: "Ethernet" }],
  timestampTypes: ["host", "adapter_unsynced"],
  noMonitor: name === "wlan0" ? "" : "It is not wireless.",
  extcap: null,
}));

class Refusal extends Error {
  constructor(info) {
    super(info.message);
    this.info = info;
  }
}

let settings = {
  theme: "system",
  timeFormat: "relative",
  timePrecision: "auto",
  columns: [
    { column: "number", title: "No.", width: 72 },
    { column: "time", title: "Time", width: 104 },
    { column: "source", title: "Source", width: 152 },
    { column: "destination", title: "Destination", width: 152 },
    { column: "protocol", title: "Protocol", width: 80 },
    { column: "length", title: "Length", width: 64 },
    { column: "info", title: "Info", width: 640 },
  ],
  colorize: true,
  autoScroll: true,
  filterHistory: ["tcp.port == 443", "dns", "ip.addr == 192.168.1.5 && http"],
  savedFilters: [{ name: "Retransmissions", expression: "tcp.analysis.retransmission" }],
  filterButtons: [],
  filterMacros: [],
  colorRules: null,
  captureFilterHistory: ["tcp port 443", "not port 22"],
  savedCaptureFilters: [],
  capture: {},
  expanded: ["ip", "tcp", "http"],
  layout: {},
};

class Session {
  sockets = new Set();
  status = {
    capture: 0,
    view: 0,
    file: null,
    frames: 0,
    displayed: 0,
    filter: "",
    sort: null,
    progress: [],
    live: {
      phase: "idle",
      interfaces: [],
      options: null,
      received: 0,
      droppedByKernel: 0,
      droppedByInterface: 0,
      bytes: 0,
      error: null,
      caveats: [],
    },
    unsaved: false,
    notices: [],
  };
  every = 1;
  timer = null;
  traffic = null;

  constructor() {
    if (!startEmpty) this.load("/captures/office-2026-03-01.pcapng", fileRows);
  }
  load(path, frames) {
    Object.assign(this.status, {
      capture: this.status.capture + 1,
      view: 0,
      file: {
        path,
        name: path.split("/").pop(),
        temporary: false,
        bytes: frames * 620,
        description: "pcapng",
        complete: true,
        firstTime: { sec: 1772366400, nsec: 0 },
      },
      frames,
      displayed: frames,
      filter: "",
      sort: null,
      unsaved: false,
      notices: [
        {
          severity: "warning",
          message:
            "The capture is cut short in the middle of packet 20,001; the whole packets before it are shown.",
        },
      ],
    });
    this.every = 1;
    this.send();
  }
  send(event = "status", data = this.status) {
    for (const socket of this.sockets) socket.send(JSON.stringify({ event, data }));
  }
  numberOf(row) {
    const at = this.status.sort?.descending ? this.status.displayed - 1 - row : row;
    return at * this.every + 1;
  }
  row(index, columns, format) {
    const number = this.numberOf(index);
    const kind = kindOf(number);
    const out = number % 2 === 0;
    const cells = columns.map((column) => {
      switch (column) {
        case "number":
          return String(number);
        case "time":
          return format === "absolute"
            ? "12:00:00.000000"
            : format === "epoch"
              ? `${(1772366400 + number * 0.0013).toFixed(6)}`
              : (number * 0.0013).toFixed(6);
        case "source":
          return out ? "192.168.1.5" : "93.184.216.34";
        case "destination":
          return out ? "93.184.216.34" : "192.168.1.5";
        case "protocol":
          return kind.protocol;
        case "length":
          return String(54 + ((number * 97) % 1460));
        case "info":
          return kind.info(number);
        default:
          return String((number * 3) % 256);
      }
    });
    return { number, cells, color: kind.color };
  }

  async answer(method, params) {
    const status = this.status;
    if (slow && method === "rows") await new Promise((resolve) => setTimeout(resolve, slow));
    switch (method) {
      case "hello":
        return {
          version: "0.1.0",
          face: "browser",
          platform: "linux",
          hostname: "bench",
          sample: "/opt/tapline/sample.pcapng",
          status,
        };
      case "status":
        return status;
      case "settings":
        return settings;
      case "changeSettings":
        settings = { ...settings, ...params.change };
        return settings;
      case "colorRules":
        return RULES;
      case "open":
        if (params.path.includes("missing"))
          throw new Refusal({
            code: "NOT_FOUND",
            message: `There is no file ${params.path}. Check the path.`,
          });
        this.load(params.path, fileRows);
        return {
          frames: fileRows,
          path: params.path,
          format: "pcapng",
          elapsed: 12,
          cancelled: false,
          notices: [],
        };
      case "close":
        if (status.unsaved && !params.discard)
          throw new Refusal({ code: "UNSAVED", message: "The capture has not been saved." });
        this.stop();
        Object.assign(status, {
          capture: status.capture + 1,
          file: null,
          frames: 0,
          displayed: 0,
          filter: "",
          unsaved: false,
          notices: [],
        });
        this.send();
        return null;
      case "reload":
        this.load(status.file.path, fileRows);
        return {
          frames: fileRows,
          path: status.file.path,
          format: "pcapng",
          elapsed: 1,
          cancelled: false,
          notices: [],
        };
      case "rows": {
        const count = Math.max(0, Math.min(params.count, status.displayed - params.start));
        return {
          capture: status.capture,
          view: status.view,
          start: params.start,
          rows: Array.from({ length: count }, (_, i) =>
            this.row(params.start + i, params.columns, params.timeFormat),
          ),
        };
      }
      case "frame":
        return {
          number: params.number,
          tree: frameTree(params.number),
          sources: [
            { name: "Frame (590 bytes)", bytes: frameBytes(params.number).toString("base64") },
            {
              name: "Reassembled TCP (2,048 bytes)",
              bytes: Buffer.alloc(2048, "reassembled ").toString("base64"),
            },
          ],
        };
      case "locate": {
        const row = Math.min(status.displayed - 1, Math.floor((params.number - 1) / this.every));
        return row < 0
          ? null
          : { row, number: this.numberOf(row), exact: this.numberOf(row) === params.number };
      }
      case "neighbour": {
        const row = Math.floor((params.number - 1) / this.every) + (params.direction === "next" ? 3 : -3);
        return row < 0 || row >= status.displayed ? null : { row, number: this.numberOf(row) };
      }
      case "sort":
        status.sort = params.column
          ? { column: params.column, descending: params.descending ?? false }
          : null;
        status.view++;
        this.send();
        return null;
      case "find": {
        if (params.text === "nothing") return null;
        const row =
          (params.from + (params.direction === "previous" ? -17 : 17) + status.displayed) % status.displayed;
        return { row, number: this.numberOf(row) };
      }
      case "checkFilter":
        return this.check(params.expression);
      case "filter": {
        const verdict = this.check(params.expression);
        if (verdict.verdict === "error") throw new Refusal({ code: "BAD_FILTER", ...verdict });
        for (let done = 0; done < 1 && status.frames > 100_000 && params.expression; done += 0.25) {
          status.progress = [{ what: "filter", done, label: "Filtering" }];
          this.send();
          await new Promise((resolve) => setTimeout(resolve, 120));
        }
        this.every = params.expression === "" ? 1 : 10;
        const none = /sctp|99999/.test(params.expression);
        Object.assign(status, {
          progress: [],
          view: status.view + 1,
          filter: params.expression,
          displayed: none ? 0 : Math.ceil(status.frames / this.every),
        });
        this.send();
        return { count: status.displayed, frames: status.frames, elapsed: 5, cancelled: false };
      }
      case "completeFilter": {
        const before = params.expression.slice(0, params.position);
        const word = /[\w.]*$/.exec(before)[0];
        const candidates = [
          ...PROTOCOLS.map(([text, title]) => ({ text, title, kind: "protocol", type: "Protocol" })),
          ...FIELDS.map(([text, title, type]) => ({ text, title, kind: "field", type })),
        ].filter((entry) => entry.text.startsWith(word));
        return {
          start: params.position - word.length,
          end: params.position,
          candidates: word ? candidates : [],
        };
      }
      case "searchFields":
        return FIELDS.filter(([name]) => name.includes(params.text)).map(([name, title, type]) => ({
          name,
          title,
          type,
          protocol: name.split(".")[0],
        }));
      case "timeline": {
        const names = ["TCP", "TLS", "DNS", "HTTP", "ARP"];
        return {
          start: 0,
          end: status.frames * 0.0013,
          groups: names.map((name, g) => ({
            name,
            counts: Array.from({ length: params.buckets }, (_, i) =>
              Math.max(
                0,
                Math.round(
                  (status.frames / params.buckets) *
                    (0.5 / (g + 1)) *
                    (1 + Math.sin(i / (9 + g * 5)) + Math.sin(i / 3.1) * 0.4),
                ),
              ),
            ),
          })),
        };
      }
      case "overview": {
        return {
          rows: status.displayed,
          colors: Array.from({ length: params.buckets }, (_, i) =>
            i % 97 === 0 ? 0 : i % 53 === 0 ? 3 : [7, 7, 8, 5, 7, 4][Math.floor(i / 9) % 6],
          ),
        };
      }
      case "save":
        if (params.path.includes("exists") && !params.overwrite)
          throw new Refusal({ code: "EXISTS", message: `${params.path} exists already.` });
        status.unsaved = false;
        this.send();
        return { path: params.path, frames: status.frames, bytes: status.frames * 620 };
      case "captureInfo":
        return {
          path: status.file?.path ?? "",
          bytes: status.frames * 620,
          format: "Wireshark/… - pcapng",
          compression: "none",
          sections: [
            {
              hardware: "Intel(R) Xeon(R)",
              os: "Linux 6.1",
              application: "Dumpcap 4.0.17",
              comments: ["Office, first of March"],
            },
          ],
          interfaces: [
            {
              id: 0,
              name: "eth0",
              description: "",
              linkType: 1,
              linkTypeName: "Ethernet",
              snapLen: 262144,
              filter: "",
              packets: status.frames,
              dropped: 0,
            },
          ],
          firstTime: "2026-03-01T12:00:00.000000Z",
          lastTime: "2026-03-01T12:30:00.000000Z",
          duration: 1800,
          frames: status.frames,
          wireBytes: status.frames * 590,
          capturedBytes: status.frames * 590,
          names: 3,
          secrets: 0,
        };
      case "interfaces":
        return {
          interfaces: INTERFACES,
          problem: noPermission ? "Tapline may not capture: the capture helper lacks its rights." : "",
          fix: noPermission
            ? "sudo setcap cap_net_raw,cap_net_admin=eip /opt/tapline/native/tapline-capture"
            : "",
        };
      case "watchTraffic":
        clearInterval(this.traffic);
        if (params.on) {
          this.traffic = setInterval(() => {
            this.send(
              "traffic",
              INTERFACES.map((entry, i) => ({
                name: entry.name,
                packetsPerSecond: Math.round(Math.abs(Math.sin(Date.now() / (3000 + i * 700))) * 900),
                bytesPerSecond: Math.abs(Math.sin(Date.now() / (3000 + i * 700))) * 600_000,
              })),
            );
          }, 300);
        }
        return null;
      case "checkCaptureFilter":
        return {
          ok: !/zzz|^tcp prt/.test(params.filter),
          message: /zzz|^tcp prt/.test(params.filter) ? "can't parse filter expression: syntax error" : "",
          place: null,
          hints: [],
          instructions: null,
          dump: null,
        };
      case "startCapture":
        this.start(params.options);
        return null;
      case "stopCapture":
        this.stop();
        return null;
      case "restartCapture":
        this.start(status.live.options);
        return null;
      case "recent":
        return [
          {
            path: "/captures/office-2026-03-01.pcapng",
            name: "office-2026-03-01.pcapng",
            exists: true,
            bytes: 12_400_000,
            opened: new Date(Date.now() - 3_600_000).toISOString(),
          },
          {
            path: "/captures/voip/call-failure.pcap",
            name: "call-failure.pcap",
            exists: true,
            bytes: 480_213,
            opened: "2026-02-20T09:12:00Z",
          },
          {
            path: "/mnt/usb/tls-handshake.pcapng.gz",
            name: "tls-handshake.pcapng.gz",
            exists: false,
            bytes: 0,
            opened: "2026-01-11T17:40:00Z",
          },
        ];
      case "forgetRecent":
      case "cancel":
        return null;
      case "browse":
        return {
          folder: params.folder || "/captures",
          parent: params.folder === "/" ? null : "/",
          home: "/home/user",
          entries: [
            {
              name: "voip",
              path: "/captures/voip",
              folder: true,
              bytes: 0,
              modified: "2026-02-20T09:12:00Z",
              capture: false,
            },
            {
              name: "big.pcapng",
              path: "/captures/big.pcapng",
              folder: false,
              bytes: 362_000_000,
              modified: "2026-02-20T09:12:00Z",
              capture: true,
            },
            {
              name: "office-2026-03-01.pcapng",
              path: "/captures/office-2026-03-01.pcapng",
              folder: false,
              bytes: 12_400_000,
              modified: "2026-03-01T12:31:00Z",
              capture: true,
            },
            {
              name: "notes.txt",
              path: "/captures/notes.txt",
              folder: false,
              bytes: 1200,
              modified: "2026-03-01T12:31:00Z",
              capture: false,
            },
          ],
        };
      default:
        throw new Refusal({ code: "BAD_REQUEST", message: `The mock engine does not know ${method}.` });
    }
  }
  check(expression) {
    if (expression.trim() === "") return { verdict: "empty", message: "", start: 0, end: 0, hints: [] };
    const known = new Set(
      [...FIELDS, ...PROTOCOLS]
        .map(([name]) => name)
        .concat(["and", "or", "not", "sctp", "contains", "matches", "in"]),
    );
    for (const match of expression
      .replace(/"[^"]*"/g, (text) => " ".repeat(text.length))
      .matchAll(/[a-z_][\w.]*/gi)) {
      if (known.has(match[0])) continue;
      return {
        verdict: "error",
        message: `“${match[0]}” is no protocol or field.`,
        start: match.index,
        end: match.index + match[0].length,
        hints: FIELDS.map(([name]) => name)
          .filter((name) => name[0] === match[0][0])
          .slice(0, 3),
      };
    }
    if (/(==|&&|\|\||and|or|not)\s*$/.test(expression)) {
      return {
        verdict: "error",
        message: "The expression ends where a value is expected.",
        start: expression.length,
        end: expression.length,
        hints: [],
      };
    }
    if (/ip\.addr\s*!=/.test(expression)) {
      return {
        verdict: "warning",
        message: "“!=” on a field that occurs several times holds only when no occurrence is equal.",
        start: 0,
        end: expression.length,
        hints: [],
      };
    }
    return { verdict: "ok", message: "", start: 0, end: 0, hints: [] };
  }
  start(options) {
    clearInterval(this.timer);
    Object.assign(this.status, {
      capture: this.status.capture + 1,
      file: {
        path: "/tmp/spool.pcapng",
        name: options.interfaces.join(", "),
        temporary: true,
        bytes: 0,
        description: "live",
        complete: false,
        firstTime: null,
      },
      frames: 0,
      displayed: 0,
      filter: "",
      sort: null,
      unsaved: false,
      notices: [],
    });
    this.every = 1;
    Object.assign(this.status.live, {
      phase: "capturing",
      interfaces: options.interfaces,
      options,
      received: 0,
      droppedByKernel: 0,
      droppedByInterface: 0,
      error: null,
    });
    this.send();
    this.timer = setInterval(() => {
      this.status.frames += 7;
      this.status.displayed += 7;
      this.status.unsaved = true;
      this.status.live.received += 7;
      this.status.live.bytes += 4300;
      this.send();
    }, 60);
  }
  stop() {
    clearInterval(this.timer);
    this.status.live.phase = "idle";
    if (this.status.file) this.status.file.complete = true;
    this.send();
  }
}

const sessions = new Map();
const sockets = new WebSocketServer({ server, path: "/ws" });
sockets.on("connection", (socket, request) => {
  const id = new URL(request.url, "http://localhost").searchParams.get("session") ?? "";
  const session = sessions.get(id) ?? new Session();
  sessions.set(id, session);
  session.sockets.add(socket);
  socket.on("close", () => session.sockets.delete(socket));
  socket.on("message", async (text) => {
    const { id: request_, method, params } = JSON.parse(String(text));
    try {
      const result = await session.answer(method, params);
      socket.send(JSON.stringify({ id: request_, result }));
    } catch (error) {
      const info = error instanceof Refusal ? error.info : { code: "INTERNAL", message: String(error.stack) };
      socket.send(JSON.stringify({ id: request_, error: info }));
    }
  });
});
server.listen(port, "127.0.0.1", () => console.log(`mock engine on http://127.0.0.1:${port}/`));
