/** What TCP does on a bad cable, with slow readers, and with its rarer options. */
import { sleep } from "../lab.mjs";

/** Two hosts with 192.0.2.10 and .1 on a cable with faults. */
async function badPair(lab, faults) {
  const client = lab.host("client");
  const server = lab.host("server");
  await lab.badCable(client, server, faults);
  client.address("eth0", "192.0.2.10/24");
  server.address("eth0", "192.0.2.1/24");
  return { client, server };
}

const transfer = (client, bytes, ...args) =>
  client.exec("iperf3", "-c", "192.0.2.1", "-R", "-n", String(bytes), "-l", "8K", "-M", "536", ...args);

const impaired = (name, faults, bytes, shows) => ({
  name,
  programs: ["iperf3", "socat", "node"],
  shows,
  async record(lab) {
    const { client, server } = await badPair(lab, faults);
    // The cable moves sequence numbers only in the header, not in options.
    if (faults.sequence !== undefined) client.sysctl("net.ipv4.tcp_sack=0");
    server.start("iperf3", "-s");
    await sleep(500);
    await lab.capture(client, "eth0", { filter: "tcp", snap: 110 });
    transfer(client, bytes);
  },
});

/** A server that sends `bytes` to whoever connects, and a client that reads only after a while. */
const SENDER = `import { createServer } from "node:net";
createServer((socket) => { socket.on("error", () => {}); socket.end(Buffer.alloc(Number(process.argv[1]), "x")); })
  .listen(5000);`;
const SLEEPER = `import { connect } from "node:net";
const socket = connect(5000, "192.0.2.1");
socket.pause();
setTimeout(() => socket.resume(), Number(process.argv[1]));
socket.on("end", () => process.exit());`;

export default [
  impaired(
    "tcp-loss",
    { lose: [9, 30, 31, 45, 61], delay: 4 },
    40_000,
    "lost segments: duplicate acknowledgments with SACK, fast retransmission, a retransmission after the time-out",
  ),
  impaired(
    "tcp-loss-tail",
    { lose: [14, 15, 16, 17, 18, 19, 20, 21, 60, 61, 62, 63, 64, 65, 66, 67], delay: 8 },
    40_000,
    "several lost segments in a row: retransmissions after the time-out",
  ),
  impaired(
    "tcp-reorder",
    { hold: { 12: 2, 25: 4, 40: 1, 52: 6 }, delay: 4 },
    40_000,
    "segments out of order, spurious retransmissions and D-SACK",
  ),
  impaired("tcp-duplicate", { twice: [10, 11, 28, 44], delay: 4 }, 30_000, "segments that arrive twice"),
  impaired(
    "tcp-wrap",
    { sequence: 0xffff_f000, lose: [20], delay: 3 },
    30_000,
    "sequence numbers that run over 2^32, moved there by a middlebox, with a loss near the wrap",
  ),
  {
    name: "tcp-zero-window",
    programs: ["node"],
    shows: "a reader that sleeps: window full, zero window, probes, window update",
    async record(lab) {
      const { client, server } = await badPair(lab, { delay: 1 });
      client.sysctl("net.ipv4.tcp_rmem=4096 8192 8192");
      server.script(SENDER, "60000");
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "tcp", snap: 110 });
      await Promise.race([
        client.meanwhile("node", "--input-type=module", "-e", SLEEPER, "2500"),
        sleep(8000),
      ]);
    },
  },
  {
    name: "tcp-keep-alive",
    programs: ["node", "socat"],
    shows: "keep-alives and their acknowledgments on an idle connection, then its end by RST",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("socat", "TCP-LISTEN:5000,fork", "EXEC:cat");
      await sleep(300);
      await lab.capture(client, "eth0", { filter: "tcp" });
      client.script(`import { connect } from "node:net";
const socket = connect(5000, "192.0.2.1", () => socket.write("hello"));
socket.setKeepAlive(true, 1000);
setTimeout(() => socket.write("more"), 4500);
setTimeout(() => socket.resetAndDestroy(), 6800);`);
      await sleep(7500);
    },
  },
  {
    name: "tcp-fast-open",
    programs: ["nginx", "curl", "openssl"],
    shows: "TCP Fast Open: a cookie asked for, then data in the SYN",
    async record(lab) {
      const { client, server } = lab.pair();
      for (const host of [client, server]) host.sysctl("net.ipv4.tcp_fastopen=3");
      const page = lab.file("page", "hello\n");
      const configuration = lab.file(
        "nginx.conf",
        `user root; daemon off; pid ${lab.folder}/pid; error_log ${lab.folder}/log; events {}
         http { access_log off; server { listen 80 fastopen=16; root ${lab.folder}; } }`,
      );
      lab.log(page);
      server.start("nginx", "-c", configuration);
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "tcp" });
      for (let i = 0; i < 3; i++) client.exec("curl", "-s", "--tcp-fastopen", "http://192.0.2.1/page");
    },
  },
  {
    name: "tcp-multipath",
    programs: ["socat"],
    shows: "MPTCP: capable, addresses announced, a second subflow joined, data on both, DATA_FIN",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server);
      lab.cable(client, server, { aLink: "eth1", bLink: "eth1" });
      client.address("eth0", "192.0.2.10/24");
      server.address("eth0", "192.0.2.1/24");
      client.address("eth1", "198.51.100.10/24");
      server.address("eth1", "198.51.100.1/24");
      for (const host of [client, server])
        host.ip("mptcp", "limits", "set", "subflow", "2", "add_addr_accepted", "2");
      server.ip("mptcp", "endpoint", "add", "198.51.100.1", "dev", "eth1", "signal");
      // 262 is IPPROTO_MPTCP; the addresses are port and IPv4 address.
      server.start("socat", "SOCKET-LISTEN:2:262:x1388x00000000x0000000000000000,fork", "EXEC:cat");
      await sleep(400);
      await lab.capture(client, "any", { filter: "tcp" });
      client.exec(
        ...["socat", "-t", "1", "EXEC:sh -c 'echo one; sleep 1; head -c 9000 /dev/zero; sleep 1; echo end'"],
        "SOCKET-CONNECT:2:262:x1388xc0000201x0000000000000000",
      );
    },
  },
  {
    name: "tcp-ports-reused",
    programs: ["socat"],
    shows: "connections refused, reset, ended from both sides, and the same ports used again",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("socat", "TCP-LISTEN:5000,fork,reuseaddr", "EXEC:cat");
      await sleep(300);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const talk = (text, address, ...more) =>
        client.feed(
          text,
          "socat",
          "-t",
          "0.5",
          "STDIO",
          `TCP:${address},sourceport=40000,reuseaddr${more.join("")}`,
        );
      talk("first\n", "192.0.2.1:5000", ",linger=0");
      talk("second\n", "192.0.2.1:5000", ",linger=0");
      talk("nobody\n", "192.0.2.1:5001");
      talk("third\n", "192.0.2.1:5000");
    },
  },
  {
    name: "tcp-snapped",
    programs: ["iperf3", "socat", "node"],
    shows: "a transfer of which only 68 bytes of each frame were kept",
    async record(lab) {
      const { client, server } = await badPair(lab, { lose: [7], delay: 3 });
      server.start("iperf3", "-s");
      await sleep(500);
      await lab.capture(client, "eth0", { filter: "tcp", snap: 68 });
      transfer(client, 12_000);
    },
  },
  {
    name: "udp-iperf",
    programs: ["iperf3"],
    shows: "iperf3 over UDP, with IPv6 and a large datagram in fragments",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("iperf3", "-s");
      await sleep(500);
      await lab.capture(client, "eth0", { snap: 128 });
      client.exec("iperf3", "-c", "192.0.2.1", "-u", "-n", "12K", "-l", "1200");
      client.exec("iperf3", "-c", "2001:db8::1", "-u", "-n", "12K", "-l", "4000");
    },
  },
];
