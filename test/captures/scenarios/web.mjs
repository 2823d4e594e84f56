/** nginx and curl. */
import { run, sleep } from "../lab.mjs";

const PAGE = `<!doctype html><title>Sample</title>\n${"<p>A page to look at.</p>\n".repeat(60)}`;
const DATA = JSON.stringify({ name: "sample", values: Array.from({ length: 40 }, (_, i) => i * i) });

/** Starts nginx on both hosts' usual addresses, in clear on port 80 and with a fresh certificate on 443. */
async function nginx(lab, server) {
  run(
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650"],
    ...["-subj", "/C=XX/O=Tapline/CN=www.example.com", "-addext", "subjectAltName=DNS:www.example.com"],
    ...["-keyout", `${lab.folder}/key.pem`, "-out", `${lab.folder}/cert.pem`],
  );
  lab.file("index.html", PAGE);
  lab.file("data.json", DATA);
  lab.file("words", "user:{PLAIN}secret\n");
  const configuration = lab.file(
    "nginx.conf",
    `user root; daemon off; pid ${lab.folder}/nginx.pid; error_log ${lab.folder}/error.log;
     events {}
     http {
       access_log off; gzip on; gzip_types text/html application/json; client_body_temp_path ${lab.folder};
       proxy_temp_path ${lab.folder}; fastcgi_temp_path ${lab.folder}; uwsgi_temp_path ${lab.folder};
       scgi_temp_path ${lab.folder}; types { text/html html; application/json json; }
       server { listen 80; listen [::]:80; listen 443 ssl http2; listen 81 http2;
         ssl_protocols TLSv1.2 TLSv1.3; root ${lab.folder};
         ssl_certificate ${lab.folder}/cert.pem; ssl_certificate_key ${lab.folder}/key.pem;
         location /old { return 301 /index.html; }
         location /private { auth_basic "private"; auth_basic_user_file ${lab.folder}/words; }
         location /empty { return 204; }
         location /cookie { add_header Set-Cookie "id=42; Path=/"; return 200 "set\\n"; }
         location /upload { client_max_body_size 8k; proxy_pass http://127.0.0.1:8080; }
       }
       server { listen 8080; return 200 "stored\\n"; }
     }`,
  );
  server.start("nginx", "-c", configuration);
  await sleep(800);
}

const curl = (client, ...args) =>
  client.exec(
    ...["curl", "-s", "-g", "--connect-timeout", "2", "--max-time", "5"],
    ...["--resolve", "www.example.com:80:192.0.2.1", "--resolve", "www.example.com:443:192.0.2.1"],
    ...args,
  );
const site = "http://www.example.com";

export default [
  {
    name: "http",
    programs: ["nginx", "curl", "openssl"],
    shows:
      "HTTP/1.1: keep-alive with two requests, gzip in chunks, HEAD, ranges, redirect, 204, 401, 404, 405, 413, cookies, a form, an upload in chunks with 100 Continue, HTTP/1.0, IPv6",
    async record(lab) {
      const { client, server } = lab.pair();
      await nginx(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      curl(client, `${site}/data.json`, `${site}/data.json`);
      curl(client, "--compressed", `${site}/index.html`);
      curl(client, "-I", `${site}/index.html`);
      curl(client, "-r", "10-49", `${site}/index.html`);
      curl(client, "-r", "0-4,20-24", `${site}/data.json`);
      curl(client, "-L", `${site}/old`);
      curl(client, "-u", "user:secret", `${site}/private`);
      curl(client, "-X", "OPTIONS", `${site}/missing?q=1&r=a%20b`);
      curl(client, `${site}/missing`);
      curl(client, `${site}/empty`, `${site}/cookie`, "-b", "id=7; theme=dark", "-e", `${site}/`);
      curl(client, "-d", "name=sample&count=3", `${site}/data.json`);
      curl(client, "-H", "Transfer-Encoding: chunked", "-d", "@data.json", `${site}/upload`);
      curl(client, "-H", "Expect: 100-continue", "-F", "file=@data.json", `${site}/upload`);
      curl(client, "-0", `${site}/cookie`);
      curl(
        client,
        "-H",
        "Content-Type: application/json",
        "-X",
        "PUT",
        "-d",
        '{"a": [1, true, null]}',
        `${site}/upload`,
      );
      curl(client, "-g", "http://[2001:db8::1]/data.json");
    },
  },
  {
    name: "http2-clear",
    programs: ["nginx", "curl", "openssl"],
    shows: "HTTP/2 without TLS, begun with the preface, two streams",
    async record(lab) {
      const { client, server } = lab.pair();
      await nginx(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      curl(client, "--http2-prior-knowledge", "http://192.0.2.1:81/data.json", "http://192.0.2.1:81/missing");
    },
  },
  {
    name: "https-tls12",
    programs: ["nginx", "curl", "openssl"],
    shows:
      "HTTPS with TLS 1.2: a full handshake, one with another cipher, and a client that trusts no such certificate",
    async record(lab) {
      const { client, server } = lab.pair();
      await nginx(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const https = "https://www.example.com/data.json";
      curl(client, "-k", "--tls-max", "1.2", "--http1.1", https);
      curl(client, "-k", "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305", https);
      curl(client, "--tls-max", "1.2", https);
    },
  },
  {
    name: "https-tls13",
    programs: ["nginx", "curl", "openssl"],
    shows:
      "HTTPS with TLS 1.3: a full handshake, one resumed by a ticket, one with HelloRetryRequest, one that fails",
    async record(lab) {
      const { client, server } = lab.pair();
      await nginx(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const https = "https://www.example.com/data.json";
      curl(client, "-k", "--http1.1", https);
      const dial = ["openssl", "s_client", "-connect", "192.0.2.1:443", "-servername", "www.example.com"];
      const get = "GET /data.json HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n";
      client.feed(get, ...dial, "-quiet", "-no_ign_eof", "-sess_out", `${lab.folder}/ticket`);
      client.feed(get, ...dial, "-quiet", "-no_ign_eof", "-sess_in", `${lab.folder}/ticket`);
      client.feed("", ...dial, "-groups", "ffdhe2048:X25519");
      client.feed("", ...dial, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0");
    },
  },
];
