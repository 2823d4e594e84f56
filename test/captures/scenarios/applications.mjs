/** Databases, mail, files and shells. */
import { readdirSync } from "node:fs";
import { run, sleep } from "../lab.mjs";

const postgresFolder = () => {
  const [version] = readdirSync("/usr/lib/postgresql").sort().reverse();
  return `/usr/lib/postgresql/${version}/bin`;
};

/** Starts vsftpd with one user, who is anonymous. */
async function ftpServer(lab, server) {
  lab.file("ftp/readme", "a file\n".repeat(20));
  lab.file("ftp/upload/.keep", "");
  run("chmod", "755", lab.folder);
  run("chmod", "777", `${lab.folder}/ftp/upload`);
  lab.file("empty/.keep", "");
  const configuration = lab.file(
    "vsftpd.conf",
    `listen=YES\nbackground=NO\nanonymous_enable=YES\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\nanon_mkdir_write_enable=YES\n` +
      `anon_root=${lab.folder}/ftp\nsecure_chroot_dir=${lab.folder}/empty\nftp_username=nobody\nport_enable=YES\nconnect_from_port_20=NO\n` +
      `seccomp_sandbox=NO\nanon_umask=022\n`,
  );
  server.start("vsftpd", configuration);
  await sleep(600);
}

const SMTP_TALK = `EHLO client.example.com
NOOP
MAIL FROM:<someone@example.com> SIZE=200
RCPT TO:<root@box.example.com>
RCPT TO:<nobody@elsewhere.example>
DATA
From: Someone <someone@example.com>
To: root@box.example.com
Subject: =?utf-8?Q?A_sm=C3=A4ll_letter?=
Date: Sat, 21 Nov 2026 10:00:00 +0000
Message-ID: <1@example.com>
Content-Type: text/plain

Dear root,
..and a line with a dot.
.
HELP
VRFY root
QUIT
`;

export default [
  {
    name: "redis",
    programs: ["redis-server", "redis-cli"],
    shows:
      "Redis: set, get, nothing, an error, numbers, lists, hashes, a transaction, a pipeline, published messages, RESP 3",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start(
        "redis-server",
        "--bind",
        "192.0.2.1",
        "--protected-mode",
        "no",
        "--save",
        "",
        "--dir",
        lab.folder,
      );
      await sleep(800);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const listener = client.start("redis-cli", "-h", "192.0.2.1", "subscribe", "news");
      await sleep(300);
      const cli = (...args) => client.exec("redis-cli", "-h", "192.0.2.1", ...args);
      cli("SET", "name", "sample", "EX", "60");
      cli("GET", "nothing");
      cli("-r", "2", "INCR", "count");
      cli("RPUSH", "list", "a", "b", "c");
      cli("-r", "2", "LRANGE", "list", "0", "-1");
      cli("INCR", "name");
      cli("-3", "HSET", "box", "width", "3", "height", "4");
      cli("-3", "HGETALL", "box");
      cli("PUBLISH", "news", "hello");
      const words = (text) =>
        `*${text.split(" ").length}\r\n${text
          .split(" ")
          .map((w) => `$${w.length}\r\n${w}\r\n`)
          .join("")}`;
      client.feed(
        ["MULTI", "INCR count", "GET name", "EXEC"].map(words).join(""),
        "redis-cli",
        "-h",
        "192.0.2.1",
        "--pipe",
      );
      client.feed(
        "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$4\r\nname\r\nPING\r\n",
        "socat",
        "-t",
        "0.3",
        "STDIO",
        "TCP:192.0.2.1:6379",
      );
      listener.kill();
    },
  },
  {
    name: "memcached",
    programs: ["memcached", "socat"],
    shows: "memcached's text protocol: set, get, several keys, add, incr, delete, stats, an error",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("memcached", "-u", "root", "-l", "192.0.2.1", "-m", "8", "-U", "0");
      await sleep(500);
      await lab.capture(client, "eth0", { filter: "tcp" });
      for (const text of [
        "set name 5 60 6\r\nsample\r\nget name\r\n",
        "set count 0 0 1\r\n7\r\nincr count 3\r\nget name count nothing\r\ngets name\r\n",
        "add name 0 0 1\r\nx\r\ndelete name\r\ntouch count 10\r\nversion\r\nnonsense\r\nquit\r\n",
      ]) {
        client.feed(text, "socat", "-t", "0.3", "STDIO", "TCP:192.0.2.1:11211");
      }
    },
  },
  {
    name: "postgresql",
    programs: ["postgres"],
    shows:
      "PostgreSQL: log-in by SCRAM, simple and extended queries, COPY, NOTIFY, an error, a refused request for TLS",
    async record(lab) {
      const { client, server } = lab.pair();
      const bin = postgresFolder();
      lab.file("password", "secret\n");
      run("chmod", "755", lab.folder);
      run("install", "-d", "-o", "postgres", `${lab.folder}/data`);
      const as = ["runuser", "-u", "postgres", "--"];
      server.exec(
        ...as,
        `${bin}/initdb`,
        "-D",
        `${lab.folder}/data`,
        "-A",
        "scram-sha-256",
        `--pwfile=${lab.folder}/password`,
        "-E",
        "UTF8",
        "--no-sync",
      );
      lab.log(
        run("sh", "-c", `echo "host all all 192.0.2.0/24 scram-sha-256" >> ${lab.folder}/data/pg_hba.conf`),
      );
      server.start(
        ...as,
        `${bin}/postgres`,
        "-D",
        `${lab.folder}/data`,
        "-h",
        "192.0.2.1",
        "-k",
        `${lab.folder}/data`,
        "-c",
        "ssl=off",
        "-c",
        "fsync=off",
      );
      await sleep(2500);
      await lab.capture(client, "eth0", { filter: "tcp" });
      lab.environment.PGPASSWORD = "secret";
      const statements = [
        "CREATE TABLE box (id int, name text, price numeric);",
        "INSERT INTO box VALUES (1, 'one', 1.5), (2, NULL, 2);",
        "SELECT * FROM box ORDER BY id;",
        "COPY box FROM STDIN;\n3\tthree\t3.25\n\\.",
        "COPY box TO STDOUT;",
        "SELECT * FROM nothing;",
        "LISTEN news; NOTIFY news, 'hello';",
        "BEGIN; ROLLBACK;",
      ];
      client.feed(`${statements.join("\n")}\n`, "psql", "-h", "192.0.2.1", "-U", "postgres", "-X");
      client.feed(
        "SELECT 1;\n",
        "env",
        "PGPASSWORD=wrong",
        "psql",
        "-h",
        "192.0.2.1",
        "-U",
        "postgres",
        "-X",
      );
      client.exec(
        `${bin}/pgbench`,
        "-h",
        "192.0.2.1",
        "-U",
        "postgres",
        "-n",
        "-t",
        "1",
        "-M",
        "extended",
        "-f",
        lab.file("one.sql", "SELECT name FROM box WHERE id = 1;\n"),
        "postgres",
      );
    },
  },
  {
    name: "mqtt",
    programs: ["mosquitto", "mosquitto_pub"],
    shows:
      "MQTT 3.1, 3.1.1 and 5: connect with will and user, subscribe, publish with QoS 0, 1 and 2, retained message, ping, unsubscribe, disconnect",
    async record(lab) {
      const { client, server } = lab.pair();
      const configuration = lab.file(
        "mosquitto.conf",
        "listener 1883 192.0.2.1\nallow_anonymous true\nuser root\n",
      );
      server.start("mosquitto", "-c", configuration);
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const subscriber = client.start(
        "mosquitto_sub",
        "-h",
        "192.0.2.1",
        "-i",
        "listener",
        "-t",
        "house/#",
        "-t",
        "other",
        "-q",
        "2",
        "-k",
        "5",
        "-V",
        "5",
        "-D",
        "connect",
        "session-expiry-interval",
        "30",
      );
      await sleep(300);
      const publish = (...args) =>
        client.exec("mosquitto_pub", "-h", "192.0.2.1", "-t", "house/kitchen", ...args);
      publish("-V", "31", "-m", "20.5");
      publish(
        "-V",
        "311",
        "-q",
        "1",
        "-m",
        "21",
        "-u",
        "someone",
        "-P",
        "secret",
        "--will-topic",
        "house/gone",
        "--will-payload",
        "bye",
        "-r",
      );
      publish(
        "-V",
        "5",
        "-q",
        "2",
        "-m",
        "22",
        "-D",
        "publish",
        "user-property",
        "unit",
        "celsius",
        "-D",
        "publish",
        "content-type",
        "text/plain",
      );
      client.exec(
        "mosquitto_sub",
        "-h",
        "192.0.2.1",
        "-t",
        "house/+",
        "-C",
        "1",
        "-W",
        "2",
        "-U",
        "other",
        "-V",
        "311",
      );
      await sleep(4200);
      subscriber.kill("SIGINT");
      await sleep(300);
    },
  },
  {
    name: "ssh",
    programs: ["sshd", "ssh"],
    shows:
      "SSH: version strings, key exchange, log-in with a key and a command; another with other algorithms",
    async record(lab) {
      const { client, server } = lab.pair();
      for (const key of ["host", "user"])
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sample", "-f", `${lab.folder}/${key}`);
      run("sh", "-c", `cp ${lab.folder}/user.pub ${lab.folder}/authorized; mkdir -p /run/sshd`);
      const configuration = lab.file(
        "sshd_config",
        `ListenAddress 192.0.2.1\nHostKey ${lab.folder}/host\nAuthorizedKeysFile ${lab.folder}/authorized\nStrictModes no\nUsePAM no\n` +
          `PermitRootLogin yes\nPidFile none\nKexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha256\nMACs +hmac-sha1\n`,
      );
      server.start("/usr/sbin/sshd", "-D", "-e", "-f", configuration);
      await sleep(600);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const ssh = (...args) =>
        client.exec(
          "ssh",
          "-F",
          "/dev/null",
          "-i",
          `${lab.folder}/user`,
          "-o",
          "StrictHostKeyChecking=no",
          "-o",
          `UserKnownHostsFile=${lab.folder}/known`,
          ...args,
          "root@192.0.2.1",
          "echo",
          "hello",
        );
      ssh();
      ssh("-o", "KexAlgorithms=diffie-hellman-group14-sha1", "-c", "aes128-ctr", "-m", "hmac-sha1");
      client.feed("", "socat", "-t", "0.3", "STDIO", "TCP:192.0.2.1:22");
    },
  },
  {
    name: "ftp-passive",
    programs: ["vsftpd", "curl"],
    shows:
      "FTP with passive data connections (PASV and EPSV, IPv4 and IPv6 commands): listing, reading, writing, refusals",
    async record(lab) {
      const { client, server } = lab.pair();
      await ftpServer(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const curl = (...args) => client.exec("curl", "-s", "--max-time", "5", ...args);
      curl("--disable-epsv", "ftp://192.0.2.1/");
      curl("ftp://192.0.2.1/readme");
      curl("-T", lab.file("new", "new text\n"), "ftp://192.0.2.1/upload/new");
      curl("-Q", "STAT", "-Q", "FEAT", "-Q", "DELE readme", "ftp://192.0.2.1/missing");
    },
  },
  {
    name: "ftp-active",
    programs: ["vsftpd", "curl"],
    shows: "FTP with active data connections (PORT and EPRT)",
    async record(lab) {
      const { client, server } = lab.pair();
      await ftpServer(lab, server);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const curl = (...args) => client.exec("curl", "-s", "--max-time", "5", ...args);
      curl("--disable-eprt", "-P", "192.0.2.10", "ftp://192.0.2.1/");
      curl("-P", "192.0.2.10", "-r", "10-30", "ftp://192.0.2.1/readme");
    },
  },
  {
    name: "smtp",
    programs: ["postfix", "socat"],
    shows: "SMTP: a letter with its header, a refused recipient, HELP, VRFY, STARTTLS refused, pipelining",
    async record(lab) {
      const { client, server } = lab.pair();
      lab.file(
        "postfix/main.cf",
        `compatibility_level = 3.6\nqueue_directory = ${lab.folder}/spool\ndata_directory = ${lab.folder}/lib\nmyhostname = box.example.com\nmynetworks = 127.0.0.0/8\nmaillog_file = ${lab.folder}/mail.log\nmaillog_file_prefixes = ${lab.folder}\nsmtpd_peername_lookup = no\ninet_interfaces = 192.0.2.1\nlocal_recipient_maps =\nalias_maps =\ninet_protocols = ipv4\nsmtpd_recipient_restrictions = reject_unauth_destination\n`,
      );
      lab.file(
        "postfix/master.cf",
        "smtp inet n - n - - smtpd\ncleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\nqmgr unix n - n 300 1 qmgr\nlocal unix - n n - - local\nanvil unix - - n - 1 anvil\nproxymap unix - - n - - proxymap\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\npostlog unix-dgram n - n - 1 postlogd\n",
      );
      run("chmod", "755", lab.folder);
      lab.file("lib/.keep", "");
      lab.file("spool/.keep", "");
      run("chown", "postfix", `${lab.folder}/lib`);
      server.exec("postfix", "-c", `${lab.folder}/postfix`, "start");
      await sleep(1500);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const lines = SMTP_TALK.trimEnd().split("\n");
      const slowly = lab.file(
        "talk",
        lines
          .map(
            (line) =>
              `printf '%s\\r\\n' '${line}'; ${/^(Dear|\.\.|[A-Z][a-z-]+:|$)|^Message|^Content|^Subject/.test(line) ? "" : "sleep 0.15"}`,
          )
          .join("\n"),
      );
      client.exec("bash", "-c", `sleep 0.3; bash ${slowly} | socat -t 2 STDIO TCP:192.0.2.1:25`);
      client.feed(
        "EHLO pipe\r\nSTARTTLS\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nRSET\r\nNONSENSE\r\nQUIT\r\n",
        "socat",
        "-t",
        "1",
        "STDIO",
        "TCP:192.0.2.1:25",
      );
      server.exec("postfix", "-c", `${lab.folder}/postfix`, "stop");
    },
  },
  {
    name: "telnet",
    programs: ["socat", "telnet"],
    shows:
      "Telnet: a client that begins with no option, and a server that negotiates terminal type, echo and window size",
    async record(lab) {
      const { client, server } = lab.pair();
      server.script(`import { createServer } from "node:net";
createServer((s) => { s.on("error", () => {}); s.write(Buffer.from([255,251,1,255,251,3,255,253,24,255,253,31,255,253,32,255,253,39]));
  s.write("login: "); s.once("data", () => s.write(Buffer.from([255,250,24,1,255,240,255,250,32,1,255,240])));
  setTimeout(() => s.end("bye\\r\\n"), 1200); }).listen(23);`);
      await sleep(500);
      await lab.capture(client, "eth0", { filter: "tcp" });
      client.exec("bash", "-c", "(sleep 0.6; echo someone; sleep 1.5) | telnet 192.0.2.1");
    },
  },
  {
    name: "sip",
    programs: ["sipp"],
    shows: "SIP: a call with SDP and RTP between two SIPp: INVITE, 180, 200, ACK, BYE",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("sipp", "-sn", "uas", "-i", "192.0.2.1", "-mi", "192.0.2.1", "-rtp_echo", "-nostdin");
      await sleep(700);
      await lab.capture(client, "eth0", { filter: "udp" });
      client.exec(
        "sipp",
        "-sn",
        "uac",
        "192.0.2.1",
        "-i",
        "192.0.2.10",
        "-mi",
        "192.0.2.10",
        "-m",
        "2",
        "-d",
        "300",
        "-nostdin",
        "-s",
        "service",
      );
    },
  },
  {
    name: "coap",
    programs: ["coap-server", "coap-client"],
    shows: "CoAP: get, discovery, put, observe, not found, a block-wise answer",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("coap-server-notls", "-A", "192.0.2.1");
      await sleep(500);
      await lab.capture(client, "eth0", { filter: "udp port 5683" });
      const coap = (...args) => client.exec("coap-client-notls", "-B", "2", ...args);
      coap("coap://192.0.2.1/.well-known/core");
      coap("-b", "64", "coap://192.0.2.1/.well-known/core");
      coap("-N", "coap://192.0.2.1/time");
      coap("-m", "put", "-e", "123", "coap://192.0.2.1/example_data");
      coap("coap://192.0.2.1/missing?a=1");
      coap("-s", "2", "coap://192.0.2.1/time");
    },
  },
];
