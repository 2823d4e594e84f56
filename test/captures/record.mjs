#!/usr/bin/env node
/**
 * Records the project's own captures: real programs talking to each other in two network namespaces.
 *
 *   sudo node test/captures/record.mjs [OUTPUT]     default build/samples/sample.pcapng
 *
 * Needs root and Debian's nginx-light, curl, dnsmasq-base, openssl, iputils-ping, udhcpc, chrony, iproute2 and
 * tshark (for dumpcap). Everything stays inside the namespaces, which are removed at the end.
 *
 * What is recorded: IPv6 neighbour discovery, DHCP (udhcpc ↔ dnsmasq), DNS over UDP and TCP, ping over IPv4 and
 * IPv6, a fragmented ping, HTTP with keep-alive, gzip and a 404
 * (curl ↔ nginx), HTTPS with a certificate made on the spot, a refused connection, an unreachable UDP port, and
 * NTP (chronyd).
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const output = path.resolve(process.argv[2] ?? path.join(root, "build/samples/sample.pcapng"));
const client = `tlc${process.pid}`;
const server = `tls${process.pid}`;
const folder = mkdtempSync(path.join(tmpdir(), "tapline-record-"));
const running = [];

const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"] });
const inside = (namespace, ...args) =>
  spawnSync("ip", ["netns", "exec", namespace, ...args], { stdio: "ignore", timeout: 15_000 });
function start(namespace, ...args) {
  const child = spawn("ip", ["netns", "exec", namespace, ...args], { stdio: "ignore" });
  running.push(child);
  return child;
}

function layNetwork() {
  run("ip", "netns", "add", client);
  run("ip", "netns", "add", server);
  run("ip", "link", "add", "eth0", "netns", client, "type", "veth", "peer", "name", "eth0", "netns", server);
  for (const namespace of [client, server]) {
    run("ip", "-n", namespace, "link", "set", "lo", "up");
    run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=0");
  }
  run("ip", "-n", client, "link", "set", "eth0", "address", "02:00:00:00:00:0a");
  run("ip", "-n", server, "link", "set", "eth0", "address", "02:00:00:00:00:01");
  run("ip", "-n", server, "addr", "add", "192.0.2.1/24", "dev", "eth0");
  run("ip", "-n", server, "addr", "add", "2001:db8::1/64", "dev", "eth0");
}

function startServers() {
  const file = (name, text) => {
    const place = path.join(folder, name);
    writeFileSync(place, text);
    return place;
  };
  run(
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "30",
    "-subj",
    "/O=Tapline/CN=www.example.com",
    "-addext",
    "subjectAltName=DNS:www.example.com",
    "-keyout",
    `${folder}/key.pem`,
    "-out",
    `${folder}/cert.pem`,
  );
  file("index.html", `<!doctype html><title>Sample</title>\n${"<p>A page to look at.</p>\n".repeat(200)}`);
  file("data.json", JSON.stringify({ name: "sample", values: Array.from({ length: 40 }, (_, i) => i * i) }));
  const nginx = file(
    "nginx.conf",
    `user root; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
     events {}
     http {
       access_log off; gzip on; gzip_types text/html application/json; client_body_temp_path ${folder};
       types { text/html html; application/json json; }
       server { listen 80; listen [::]:80; listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; root ${folder};
         ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; }
     }`,
  );
  start(server, "nginx", "-c", nginx);
  start(
    server,
    "dnsmasq",
    "--no-daemon",
    "--conf-file=/dev/null",
    "--no-resolv",
    "--no-hosts",
    "--user=root",
    "--interface=eth0",
    "--bind-interfaces",
    "--dhcp-range=192.0.2.100,192.0.2.150,1h",
    "--dhcp-option=6,192.0.2.1",
    "--address=/www.example.com/192.0.2.1",
    "--address=/www.example.com/2001:db8::1",
    "--domain=example.com",
    "--txt-record=example.com,v=spf1 -all",
    "--mx-host=example.com,mail.example.com,10",
    "--srv-host=_http._tcp.example.com,www.example.com,80",
    `--dhcp-leasefile=${folder}/leases`,
  );
  const chrony = file(
    "chrony.conf",
    `local stratum 3\nallow all\ncmdport 0\npidfile ${folder}/chrony.pid\nbindaddress 192.0.2.1\n`,
  );
  start(server, "chronyd", "-d", "-x", "-u", "root", "-f", chrony);
}

async function talk() {
  inside(client, "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-s", "/bin/true");
  run("ip", "-n", client, "addr", "add", "192.0.2.100/24", "dev", "eth0");
  run("ip", "-n", client, "addr", "add", "2001:db8::a/64", "dev", "eth0");
  inside(client, "ping", "-c", "2", "-i", "0.2", "192.0.2.1");
  inside(client, "ping", "-c", "2", "-i", "0.2", "2001:db8::1");
  inside(client, "ping", "-c", "1", "-s", "4000", "192.0.2.1");
  const dig = (...args) => inside(client, "dig", "+tries=1", "+time=1", "@192.0.2.1", ...args);
  dig("www.example.com", "A");
  dig("www.example.com", "AAAA");
  dig("example.com", "MX");
  dig("example.com", "TXT", "+tcp");
  dig("_http._tcp.example.com", "SRV");
  dig("nowhere.example.org", "A");
  const get = (...args) =>
    inside(
      client,
      "curl",
      "-s",
      "-o",
      "/dev/null",
      "--connect-timeout",
      "2",
      "--resolve",
      "www.example.com:80:192.0.2.1",
      "--resolve",
      "www.example.com:443:192.0.2.1",
      ...args,
    );
  get("http://www.example.com/index.html", "http://www.example.com/data.json", "-o", "/dev/null");
  get("--compressed", "http://www.example.com/index.html");
  get("http://www.example.com/missing");
  get("-X", "POST", "-d", "name=sample&count=3", "http://www.example.com/data.json");
  get("-g", "http://[2001:db8::1]/data.json");
  get("-k", "--tlsv1.2", "--tls-max", "1.2", "https://www.example.com/index.html");
  get("-k", "--tlsv1.3", "https://www.example.com/data.json");
  get("http://192.0.2.1:81/");
  inside(client, "bash", "-c", "echo hello > /dev/udp/192.0.2.1/9999");
  inside(
    client,
    "chronyd",
    "-Q",
    "-t",
    "3",
    "-u",
    "root",
    "-f",
    "/dev/null",
    "server 192.0.2.1 iburst maxsamples 2",
  );
  await sleep(300);
}

try {
  layNetwork();
  // An interface must be up to be captured from; without its peer it has no carrier yet, so nothing is missed.
  run("ip", "-n", client, "link", "set", "eth0", "up");
  const raw = path.join(folder, "raw.pcapng");
  const dumpcap = start(client, "dumpcap", "-q", "-i", "eth0", "-w", raw);
  await sleep(500);
  run("ip", "-n", server, "link", "set", "eth0", "up");
  startServers();
  await sleep(1500);
  await talk();
  spawnSync("pkill", ["-INT", "-P", String(dumpcap.pid)]);
  dumpcap.kill("SIGINT");
  await sleep(500);
  // Names of the recording machine stay out of the file.
  run("editcap", "--discard-all-secrets", "--discard-capture-comment", raw, output);
  console.log(String(run("capinfos", "-c", "-s", "-u", output)));
} finally {
  for (const child of running) child.kill("SIGTERM");
  await sleep(300);
  for (const namespace of [client, server]) spawnSync("ip", ["netns", "del", namespace]);
  rmSync(folder, { recursive: true, force: true });
}
