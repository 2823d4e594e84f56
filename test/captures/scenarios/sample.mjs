/** The capture that Tapline brings along for a first look. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run, sleep } from "../lab.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

export default [
  {
    name: "sample",
    output: path.join(root, "build/samples/sample.pcapng"),
    format: "pcapng",
    programs: ["nginx", "curl", "dnsmasq", "dig", "openssl", "ping", "udhcpc", "chronyd"],
    shows:
      "a little of everything: neighbour discovery, DHCP, DNS, ping with fragments, HTTP, HTTPS, a refused connection, NTP",
    async record(lab) {
      const client = lab.host("client");
      const server = lab.host("server");
      lab.cable(client, server, { up: false });
      client.up("eth0");
      server.address("eth0", "192.0.2.1/24", "2001:db8::1/64");
      await lab.capture(client, "eth0");
      server.up("eth0");
      startServers(lab, server);
      await sleep(1500);
      talk(client);
    },
  },
];

function startServers(lab, server) {
  run(
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"],
    ...["-subj", "/O=Tapline/CN=www.example.com", "-addext", "subjectAltName=DNS:www.example.com"],
    ...["-keyout", `${lab.folder}/key.pem`, "-out", `${lab.folder}/cert.pem`],
  );
  lab.file(
    "index.html",
    `<!doctype html><title>Sample</title>\n${"<p>A page to look at.</p>\n".repeat(200)}`,
  );
  lab.file(
    "data.json",
    JSON.stringify({ name: "sample", values: Array.from({ length: 40 }, (_, i) => i * i) }),
  );
  const nginx = lab.file(
    "nginx.conf",
    `user root; daemon off; pid ${lab.folder}/nginx.pid; error_log ${lab.folder}/error.log;
     events {}
     http {
       access_log off; gzip on; gzip_types text/html application/json; client_body_temp_path ${lab.folder};
       types { text/html html; application/json json; }
       server { listen 80; listen [::]:80; listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; root ${lab.folder};
         ssl_certificate ${lab.folder}/cert.pem; ssl_certificate_key ${lab.folder}/key.pem; }
     }`,
  );
  server.start("nginx", "-c", nginx);
  server.start(
    ...["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root"],
    ...["--interface=eth0", "--bind-interfaces", "--dhcp-range=192.0.2.100,192.0.2.150,1h"],
    ...["--dhcp-option=6,192.0.2.1", "--address=/www.example.com/192.0.2.1"],
    ...["--address=/www.example.com/2001:db8::1", "--domain=example.com"],
    ...["--txt-record=example.com,v=spf1 -all", "--mx-host=example.com,mail.example.com,10"],
    ...["--srv-host=_http._tcp.example.com,www.example.com,80", `--dhcp-leasefile=${lab.folder}/leases`],
  );
  const chrony = lab.file(
    "chrony.conf",
    `local stratum 3\nallow all\ncmdport 0\npidfile ${lab.folder}/chrony.pid\nbindaddress 192.0.2.1\n`,
  );
  server.start("chronyd", "-d", "-x", "-u", "root", "-f", chrony);
}

function talk(client) {
  client.exec("udhcpc", "-i", "eth0", "-n", "-q", "-f", "-s", "/bin/true");
  client.address("eth0", "192.0.2.100/24", "2001:db8::a/64");
  client.exec("ping", "-c", "2", "-i", "0.2", "192.0.2.1");
  client.exec("ping", "-c", "2", "-i", "0.2", "2001:db8::1");
  client.exec("ping", "-c", "1", "-s", "4000", "192.0.2.1");
  const dig = (...args) => client.exec("dig", "+tries=1", "+time=1", "@192.0.2.1", ...args);
  dig("www.example.com", "A");
  dig("www.example.com", "AAAA");
  dig("example.com", "MX");
  dig("example.com", "TXT", "+tcp");
  dig("_http._tcp.example.com", "SRV");
  dig("nowhere.example.org", "A");
  const get = (...args) =>
    client.exec(
      ...["curl", "-s", "-g", "-o", "/dev/null", "--connect-timeout", "2"],
      ...["--resolve", "www.example.com:80:192.0.2.1", "--resolve", "www.example.com:443:192.0.2.1"],
      ...args,
    );
  get("http://www.example.com/index.html", "http://www.example.com/data.json", "-o", "/dev/null");
  get("--compressed", "http://www.example.com/index.html");
  get("http://www.example.com/missing");
  get("-X", "POST", "-d", "name=sample&count=3", "http://www.example.com/data.json");
  get("http://[2001:db8::1]/data.json");
  get("-k", "--tlsv1.2", "--tls-max", "1.2", "https://www.example.com/index.html");
  get("-k", "--tlsv1.3", "https://www.example.com/data.json");
  get("http://192.0.2.1:81/");
  client.exec("bash", "-c", "echo hello > /dev/udp/192.0.2.1/9999");
  const ask = ["chronyd", "-Q", "-t", "3", "-u", "root", "-f", "/dev/null"];
  client.exec(...ask, "server 192.0.2.1 iburst maxsamples 2");
}
