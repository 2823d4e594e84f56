/** Time, management, logs, files and accounts. */
import { sleep } from "../lab.mjs";

export default [
  {
    name: "ntp",
    programs: ["chronyd"],
    shows: "NTP version 4 and 3, client and server, with and without a key; chrony's own control protocol",
    async record(lab) {
      const { client, server } = lab.pair();
      const keys = lab.file(
        "keys",
        "1 SHA1 HEX:1dc764e0791b11fa67efc7ecbc4b0d73f68a070c\n2 MD5 HEX:9ea5d4ca5a5d4d8a1d764e0791b11fa6\n",
        0o600,
      );
      const configuration = lab.file(
        "chrony.conf",
        `local stratum 3\nallow all\nkeyfile ${keys}\npidfile ${lab.folder}/chrony.pid\nbindcmdaddress /\ncmdport 323\ncmdallow all\n`,
      );
      server.start("chronyd", "-d", "-x", "-u", "root", "-f", configuration);
      await sleep(1200);
      await lab.capture(client, "eth0", { filter: "udp port 123 or udp port 323" });
      const ask = (...lines) =>
        client.exec(
          "chronyd",
          "-Q",
          "-t",
          "2",
          "-u",
          "root",
          "-f",
          "/dev/null",
          `keyfile ${keys}`,
          `pidfile ${lab.folder}/ask.pid`,
          "cmdport 0",
          ...lines,
        );
      ask("server 192.0.2.1 iburst maxsamples 2");
      ask("server 192.0.2.1 iburst maxsamples 2 key 1");
      ask("server 192.0.2.1 iburst maxsamples 1 version 3 key 2");
      ask("server 2001:db8::1 iburst maxsamples 1 xleave");
    },
  },
  {
    name: "snmp",
    programs: ["snmpd", "snmpget"],
    shows:
      "SNMP: versions 1, 2c and 3 (clear, authenticated, encrypted): get, next, bulk, set, errors, trap, inform",
    async record(lab) {
      const { client, server } = lab.pair();
      const configuration = lab.file(
        "snmpd.conf",
        `agentAddress udp:192.0.2.1:161\nrocommunity public\nrwcommunity private\nsysLocation "a rack"\nsysName box\n` +
          `createUser reader SHA secretsecret AES secretsecret\nrouser reader noauth\n`,
      );
      lab.environment.SNMP_PERSISTENT_DIR = `${lab.folder}/snmp`;
      lab.environment.MIBS = "";
      server.start("snmpd", "-f", "-C", "-c", configuration, "-Lo", "-p", `${lab.folder}/snmpd.pid`);
      server.start("snmptrapd", "-f", "-C", "-Lo", "--disableAuthorization=yes", "udp:192.0.2.1:162");
      await sleep(1500);
      await lab.capture(client, "eth0", { filter: "udp port 161 or udp port 162" });
      const system = ".1.3.6.1.2.1.1";
      const snmp = (tool, ...args) => client.exec(tool, "-r", "0", "-t", "1", ...args);
      snmp("snmpget", "-v1", "-c", "public", "192.0.2.1", `${system}.5.0`, `${system}.3.0`);
      snmp("snmpget", "-v1", "-c", "public", "192.0.2.1", `${system}.99.0`);
      snmp("snmpgetnext", "-v2c", "-c", "public", "192.0.2.1", `${system}.1`);
      snmp("snmpbulkget", "-v2c", "-c", "public", "-Cn1", "-Cr5", "192.0.2.1", `${system}.1`, `${system}.9`);
      snmp("snmpget", "-v2c", "-c", "public", "192.0.2.1", `${system}.99.0`);
      snmp("snmpset", "-v2c", "-c", "public", "192.0.2.1", `${system}.5.0`, "s", "other");
      snmp("snmpset", "-v2c", "-c", "private", "192.0.2.1", `${system}.4.0`, "s", "someone");
      const user = ["-v3", "-u", "reader", "192.0.2.1"];
      snmp("snmpget", "-l", "noAuthNoPriv", ...user, `${system}.5.0`);
      snmp("snmpget", "-l", "authNoPriv", "-a", "SHA", "-A", "secretsecret", ...user, `${system}.5.0`);
      snmp(
        "snmpget",
        "-l",
        "authPriv",
        "-a",
        "SHA",
        "-A",
        "secretsecret",
        "-x",
        "AES",
        "-X",
        "secretsecret",
        ...user,
        `${system}.5.0`,
      );
      snmp(
        "snmptrap",
        "-v1",
        "-c",
        "public",
        "192.0.2.1",
        ".1.3.6.1.4.1.8072.2.3",
        "192.0.2.10",
        "6",
        "17",
        "55",
        `${system}.5.0`,
        "s",
        "here",
      );
      snmp(
        "snmptrap",
        "-v2c",
        "-c",
        "public",
        "192.0.2.1",
        "55",
        ".1.3.6.1.6.3.1.1.5.3",
        ".1.3.6.1.2.1.2.2.1.1.1",
        "i",
        "1",
        ".1.3.6.1.2.1.4.20.1.1.1",
        "a",
        "192.0.2.9",
        ".1.3.6.1.2.1.2.2.1.10.1",
        "c",
        "4000000000",
      );
      snmp("snmpinform", "-v2c", "-c", "public", "192.0.2.1", "77", ".1.3.6.1.6.3.1.1.5.4");
    },
  },
  {
    name: "syslog",
    programs: ["logger", "socat"],
    shows:
      "syslog over UDP and TCP, of the old form and of RFC 5424 with structured data, several facilities and levels",
    async record(lab) {
      const { client, server } = lab.pair();
      server.start("socat", "-u", "UDP-RECV:514", "STDOUT");
      server.start("socat", "-u", "TCP-LISTEN:514,fork", "STDOUT");
      await sleep(400);
      await lab.capture(client, "eth0", { filter: "port 514" });
      const log = (...args) => client.exec("logger", "-n", "192.0.2.1", "--id=4711", "-t", "box", ...args);
      log("-d", "-P", "514", "--rfc3164", "-p", "auth.err", "login refused");
      log(
        "-d",
        "-P",
        "514",
        "--rfc5424=notq,nohost",
        "-p",
        "local7.debug",
        "--msgid",
        "ID47",
        "--sd-id",
        "origin@32473",
        "--sd-param",
        'ip="192.0.2.10"',
        "started",
      );
      log("-d", "-P", "514", "--rfc5424=notq,nohost", "-p", "cron.info", "grüße");
      log("-d", "-P", "514", "--rfc3164", "-p", "kern.emerg", "last words");
      log("-T", "-P", "514", "--octet-count", "--rfc5424=notq,nohost", "-p", "daemon.warning", "over TCP");
      log("-T", "-P", "514", "--rfc3164", "-p", "mail.notice", "over TCP too");
      client.exec(
        "bash",
        "-c",
        "echo -n '<13>no time, no tag' > /dev/udp/192.0.2.1/514; echo -n 'nothing at all' > /dev/udp/192.0.2.1/514",
      );
    },
  },
  {
    name: "tftp",
    programs: ["tftpd", "tftp"],
    shows: "TFTP: a file read and written in blocks, a file that is not there",
    async record(lab) {
      const { client, server } = lab.pair();
      lab.file("tftp/boot.img", "0123456789abcdef".repeat(80));
      lab.file("tftp/store", "", 0o666);
      lab.file("local", "text\nof some\nlines\n".repeat(40));
      server.start("in.tftpd", "-L", "-4", "-u", "root", "-a", "192.0.2.1:69", "-s", `${lab.folder}/tftp`);
      await sleep(500);
      await lab.capture(client, "eth0", { filter: "udp" });
      client.exec("tftp", "-4", "192.0.2.1", "-m", "binary", "-c", "get", "boot.img");
      client.exec("tftp", "-4", "192.0.2.1", "-m", "netascii", "-c", "put", "local", "store");
      client.exec("tftp", "-4", "192.0.2.1", "-m", "binary", "-c", "get", "missing");
      client.exec("curl", "-s", "--max-time", "3", "--tftp-blksize", "800", "tftp://192.0.2.1/boot.img");
    },
  },
  {
    name: "ldap",
    programs: ["slapd", "ldapsearch"],
    shows: "LDAP: simple bind, search, add, modify, compare, delete, an error, unbind",
    async record(lab) {
      const { client, server } = lab.pair();
      lab.file("db/.keep", "");
      const configuration = lab.file(
        "slapd.conf",
        `include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile ${lab.folder}/slapd.pid\n` +
          `database mdb\nsuffix "dc=example,dc=com"\nrootdn "cn=admin,dc=example,dc=com"\nrootpw secret\ndirectory ${lab.folder}/db\n`,
      );
      server.start("slapd", "-d", "0", "-f", configuration, "-h", "ldap://192.0.2.1");
      await sleep(1500);
      await lab.capture(client, "eth0", { filter: "tcp" });
      const who = ["-x", "-H", "ldap://192.0.2.1", "-D", "cn=admin,dc=example,dc=com", "-w", "secret"];
      const entry =
        "dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\ndn: cn=one,dc=example,dc=com\nobjectClass: device\ncn: one\n";
      client.feed(entry, "ldapadd", ...who);
      client.exec(
        "ldapsearch",
        "-x",
        "-H",
        "ldap://192.0.2.1",
        "-b",
        "dc=example,dc=com",
        "(&(objectClass=*)(!(cn=two*)))",
        "cn",
      );
      client.feed(
        "dn: cn=one,dc=example,dc=com\nchangetype: modify\nadd: description\ndescription: first\n",
        "ldapmodify",
        ...who,
      );
      client.exec("ldapcompare", ...who, "cn=one,dc=example,dc=com", "description:first");
      client.exec("ldapdelete", ...who, "cn=one,dc=example,dc=com");
      client.exec("ldapsearch", "-x", "-H", "ldap://192.0.2.1", "-D", "cn=nobody", "-w", "wrong");
    },
  },
  {
    name: "radius",
    programs: ["freeradius", "radtest"],
    shows: "RADIUS: PAP and CHAP accepted and rejected, accounting, status",
    async record(lab) {
      const { client, server } = lab.pair();
      lab.file(
        "raddb/users",
        'someone Cleartext-Password := "secret"\n Reply-Message := "hello", Framed-IP-Address := 192.0.2.50, Session-Timeout := 600\n',
      );
      lab.file("raddb/acct", "");
      const configuration = lab.file(
        "raddb/radiusd.conf",
        `prefix = /usr\nlibdir = /usr/lib/freeradius\nraddbdir = ${lab.folder}/raddb\nmodconfdir = ${lab.folder}/raddb\n` +
          `logdir = ${lab.folder}\nrun_dir = ${lab.folder}\nname = radiusd\nlog {\n destination = stdout\n}\n` +
          `security {\n status_server = yes\n}\nclient lab {\n ipaddr = 192.0.2.0/24\n secret = shared\n}\n` +
          `thread pool {\n start_servers = 1\n}\n` +
          `modules {\n files {\n  usersfile = ${lab.folder}/raddb/users\n  acctusersfile = ${lab.folder}/raddb/acct\n }\n pap {\n }\n chap {\n }\n always ok {\n  rcode = ok\n }\n}\n` +
          `server default {\n listen {\n  type = auth\n  ipaddr = 192.0.2.1\n  port = 1812\n }\n listen {\n  type = acct\n  ipaddr = 192.0.2.1\n  port = 1813\n }\n` +
          ` authorize {\n  chap\n  files\n  pap\n }\n authenticate {\n  Auth-Type PAP {\n   pap\n  }\n  Auth-Type CHAP {\n   chap\n  }\n }\n preacct {\n ok\n }\n accounting {\n  ok\n }\n}\n`,
      );
      lab.log(configuration);
      server.start(
        "freeradius",
        "-f",
        "-l",
        "stdout",
        "-d",
        `${lab.folder}/raddb`,
        "-D",
        "/usr/share/freeradius",
      );
      await sleep(1500);
      await lab.capture(client, "eth0", { filter: "udp" });
      const radius = (attributes, kind, port) =>
        client.feed(attributes, "radclient", "-t", "1", "-r", "1", `192.0.2.1:${port}`, kind, "shared");
      client.exec("radtest", "someone", "secret", "192.0.2.1", "7", "shared");
      client.exec("radtest", "someone", "wrong", "192.0.2.1", "7", "shared");
      client.exec("radtest", "-t", "chap", "someone", "secret", "192.0.2.1", "7", "shared");
      radius(
        "User-Name=someone\nAcct-Status-Type=Start\nAcct-Session-Id=00000042\nNAS-IP-Address=192.0.2.10\nCalled-Station-Id=02-00-00-00-00-01\n",
        "acct",
        1813,
      );
      radius(
        "User-Name=someone\nAcct-Status-Type=Stop\nAcct-Session-Id=00000042\nNAS-IP-Address=192.0.2.10\nAcct-Session-Time=60\nAcct-Input-Octets=12345\n",
        "acct",
        1813,
      );
      radius("Message-Authenticator=0x00\n", "status", 1812);
    },
  },
];
