import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureWriter } from "../../../engine/formats/writer.ts";
import { RADIO, radio } from "../custom/support.ts";
import { fromHex } from "../protocols/harness.ts";
import { udpFrame } from "../protocols/udp-frames.ts";
import { folder, tapline } from "./support.ts";

const home = join(folder, "home");
const place = join(home, "protocols");
const capture = join(folder, "radio.pcap");
const named = join(folder, "radio.yaml");

beforeAll(() => {
  process.env.TAPLINE_HOME = home;
  mkdirSync(place, { recursive: true });
  writeFileSync(named, RADIO);
  const writer = new CaptureWriter(capture, { format: "pcap" });
  writer.addInterface({ linkType: 1, snapLen: 65_535, tsresol: 6 });
  for (let number = 1; number <= 4; number++) {
    const hex = Buffer.from(radio(number, "abc")).toString("hex");
    const frame = fromHex(udpFrame(40000, number === 4 ? 7777 : 7000, hex));
    writer.writePacket(frame, 1_800_000_000 + number, 0, frame.length);
  }
  writer.close();
});
afterAll(() => {
  delete process.env.TAPLINE_HOME;
});

const numbers = ["-r", capture, "-T", "fields", "-e", "radio.number"];

describe("protocol files on the command line", () => {
  it("are known with --protocol-file: fields, filter, tree and reports", async () => {
    const file = ["--protocol-file", named];
    expect(await tapline(...file, ...numbers)).toMatchObject({ status: 0, out: "1\n2\n3\n\n", err: "" });
    expect((await tapline(...file, ...numbers, "-Y", "radio.number >= 2 && radio.crc.status == 1")).out).toBe(
      "2\n3\n",
    );
    expect((await tapline(...file, "-r", capture, "-O", "radio", "-Y", "radio.number == 3")).out).toContain(
      "Radio link\n    Start marker: aa55\n    Length: 7\n    Number: 3\n    Text: abc\n",
    );
    expect((await tapline(...file, "-G", "fields")).out).toContain(
      "P\tRadio link\tradio\nF\tStart marker\tradio.start-marker\tFT_BYTES\tradio\t\t0x0\t\n",
    );
  });

  it("are applied by hand with -d, which is for every protocol", async () => {
    const byHand = ["--protocol-file", named, "-d", "udp.port==7777,radio"];
    expect((await tapline(...byHand, ...numbers)).out).toBe("1\n2\n3\n4\n");
    expect((await tapline("-d", "udp.port==7777,dns", "-r", capture, "-Y", "dns")).out).toContain("DNS");
    for (const [wrong, why] of [
      ["udp.port==7777,nothing", '-d udp.port knows no protocol "nothing"; it knows '],
      ["udp.port==7777,nothing", ", dns, "],
      ["udp.port==7777,ip", '-d udp.port knows no protocol "ip"'],
      ["udp.prot==7777,dns", '-d knows no table "udp.prot"; it knows ethertype, ip.proto, '],
      ["udp.port==70000,dns", "-d: udp.port has numbers up to 65535, not 70000."],
      ["udp.port==7777-7770,dns", "there is no number from 7777 to 7770."],
      ["udp.port==7777:0,dns", "there is no number from 7777 to 7776."],
      ["udp.port==7777-,dns", "-d wants a table, a number and a protocol"],
      ["7777", "-d wants a table, a number and a protocol, as in tcp.port==8888,http"],
    ]) {
      const { status, err } = await tapline("-d", wrong, "-r", capture);
      expect(status).toBe(1);
      expect(err).toContain(why);
    }
  });

  it("are taken for something else with -d, for several numbers at once; none leaves their bytes", async () => {
    const chains = async (...args: string[]): Promise<string[]> => {
      const file = ["--protocol-file", named];
      const { out } = await tapline(...file, ...args, "-r", capture, "-T", "fields", "-e", "frame.protocols");
      return out
        .trimEnd()
        .split("\n")
        .map((chain) => chain.replace("eth:ethertype:", ""));
    };
    const radioChain = "ip:udp:radio";
    expect(await chains()).toEqual([radioChain, radioChain, radioChain, "ip:udp:data"]);
    const dns = /^ip:udp:dns/;
    for (const numbers of ["7000-7777", "7000:778", "0x1b58-7777"])
      for (const chain of await chains("-d", `udp.port==${numbers},dns`)) expect(chain).toMatch(dns);
    const [first, , , last] = await chains("-d", "udp.port==7000:777,dns");
    expect(first).toMatch(dns);
    expect(last).toBe("ip:udp:data");
    expect(await chains("-d", "udp.port==7000,none")).toEqual(Array(4).fill("ip:udp:data"));
    expect(await chains("-d", "ip.proto==17,none")).toEqual(Array(4).fill("ip:data"));
    expect(await chains("-d", "ethertype==0x0800,arp")).toEqual(Array(4).fill("arp"));
  });

  it("are dissected by the preferences of -o", async () => {
    const status = ["-r", capture, "-T", "fields", "-e", "ip.checksum.status"];
    expect((await tapline(...status)).out).toBe("2\n2\n2\n2\n");
    expect((await tapline("-o", "ip.check_checksum:TRUE", ...status)).out).toBe("0\n0\n0\n0\n");
    const bad = ["-Y", 'ip.checksum.status == "Bad"', "-T", "fields", "-e", "frame.number"];
    expect((await tapline("-o", "ip.check_checksum:true", "-r", capture, ...bad)).out).toBe("1\n2\n3\n4\n");
    expect((await tapline("-o", "ip.check_checksum:FALSE", "-r", capture, ...bad)).out).toBe("");
    for (const [wrong, why] of [
      [
        "ip.chek:TRUE",
        '-o knows no preference "ip.chek"; it knows ip.check_checksum, tcp.check_checksum or udp.check_checksum.',
      ],
      [
        "ip.check_checksum:maybe",
        '-o ip.check_checksum is TRUE or FALSE, as in ip.check_checksum:TRUE; not "maybe"',
      ],
      ["ip.check_checksum", '-o ip.check_checksum is TRUE or FALSE, as in ip.check_checksum:TRUE; not ""'],
    ]) {
      const { status: exit, err } = await tapline("-o", wrong, "-r", capture);
      expect(exit).toBe(1);
      expect(err).toContain(why);
    }
  });

  it("of the settings' folder are known without a word; a broken one is told of and breaks nothing", async () => {
    writeFileSync(join(place, "radio.yaml"), RADIO);
    writeFileSync(join(place, "wrong.yaml"), "tapline: 1\nprotocol: Wrong\ntitle: x\n");
    const { status, out, err } = await tapline(...numbers);
    rmSync(join(place, "wrong.yaml"));
    expect({ status, out }).toEqual({ status: 0, out: "1\n2\n3\n\n" });
    expect(err).toBe(
      `tapline: ${join(place, "wrong.yaml")}:2: protocol: "Wrong": must be lower-case letters, digits, - and _, a letter first.\n`,
    );
    expect(await tapline(...numbers)).toMatchObject({ status: 0, err: "" });
  });

  it("that are named and broken end the run, with every mistake and its line", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(
      wrong,
      RADIO.replace("field: length,", "field: lenght,").replace("crc-16/modbus", "crc-16/modbuz"),
    );
    const { status, out, err } = await tapline("--protocol-file", wrong, ...numbers);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(
      `${wrong}:9: frame.checksum.kind: "crc-16/modbuz": no checksum has this name; did you mean`,
    );
    const missing = await tapline("--protocol-file", join(folder, "none.yaml"), ...numbers);
    expect(missing).toMatchObject({ status: 2, err: expect.stringContaining("There is no such file.") });
  });
});
