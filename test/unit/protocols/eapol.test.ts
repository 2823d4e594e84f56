import { describe, expect, it } from "vitest";
import { Frames } from "./frames.ts";
import { dissect } from "./harness.ts";

const ETHERNET = "0180c2000003 0a0b0c0d0e0f 888e";
const eap = (hex: string): ReturnType<typeof dissect> => {
  const length = hex.replace(/\s/g, "").length / 2;
  return dissect(`${ETHERNET} 0100 ${length.toString(16).padStart(4, "0")} ${hex}`);
};

describe("EAPOL", () => {
  it("shows starts and ends", () => {
    expect(dissect(`${ETHERNET} 0101 0000`).info).toBe("Start");
    expect(dissect(`${ETHERNET} 0102 0000`).info).toBe("Logoff");
  });

  it("numbers the messages of the four-way handshake", () => {
    const key = (info: string, data: string): ReturnType<typeof dissect> =>
      dissect(
        `${ETHERNET} 0203 0060 02 ${info} 0010 0000000000000001 ${"ab".repeat(80)} ${(data.length / 2).toString(16).padStart(4, "0")} ${data}`,
      );
    expect(key("008a", "").info).toBe("Key (Message 1 of 4)");
    expect(key("010a", "00").info).toBe("Key (Message 2 of 4)");
    expect(key("13ca", "00").info).toBe("Key (Message 3 of 4)");
    const last = key("030a", "");
    expect(last.info).toBe("Key (Message 4 of 4)");
    expect(last.text).toContain("[Message number: 4]");
    expect(last.text).toContain("Key Descriptor Version: AES Cipher, HMAC-SHA1 MIC (2)");
  });

  it("shows RC4 keys", () => {
    const { text } = dissect(
      `${ETHERNET} 0103 002c 01 0010 0000000000000001 ${"ab".repeat(16)} 81 ${"cd".repeat(16)}`,
    );
    expect(text).toContain("1... .... = Type: Unicast");
    expect(text).toContain("Key Generated Locally: True");
  });
});

describe("EAP", () => {
  it("shows identity, notification and refusal", () => {
    const identity = eap("02 05 0008 01 626f62");
    expect([identity.protocol, identity.info]).toEqual(["EAP", "Response, Identity"]);
    expect(identity.text).toContain("Identity: bob");
    expect(eap("01 05 0007 02 4869").text).toContain("Notification: Hi");
    expect(eap("02 06 0006 03 19").text).toContain("Desired Auth Type: Protected EAP (EAP-PEAP) (25)");
    expect(eap("03 06 0004").info).toBe("Success");
  });

  it("warns of MD5 challenges", () => {
    const { text } = eap(`01 05 0016 04 10 ${"ab".repeat(16)}`);
    expect(text).toContain("Vulnerable to MITM attacks");
    expect(text).toContain(`EAP-MD5 Value: ${"ab".repeat(16)}`);
  });

  it("shows attributes of EAP-SIM and flags of TLS", () => {
    const sim = eap("02 10 0014 12 0a 0000 0e02 0003 626f6200 1001 0001");
    expect(sim.text).toContain("EAP-SIM Attribute: AT_IDENTITY (14)");
    expect(sim.text).toContain("Identity: bob");
    expect(sim.text).toContain("EAP-SIM Value: 0001");
    expect(eap("01 07 0006 0d 20").text).toContain("..1. .... = Start: True");
    expect(eap("02 10 000a 12 0a 0000 0e00").text).toContain("Bad length");
  });

  it("marks what is cut", () => {
    expect(eap("01 05").text).toContain("[Malformed Packet: EAP]");
  });
});

describe("EAP-TLS", () => {
  const hello = `1603010035 01000031 0303 ${"07".repeat(32)} 00 0004c02fc030 0100 0004 00170000`.replace(
    /\s/g,
    "",
  );
  const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
  const eap = (code: string, id: string, flags: string, bytes: string): string => {
    const length = hex4(6 + bytes.length / 2);
    const macs = code === "01" ? "020000000001020000000002" : "020000000002020000000001";
    return `${macs}888e 02 00 ${length} ${code}${id}${length} 0d ${flags} ${bytes}`.replace(/\s/g, "");
  };
  const total = "0000003a";

  it("puts a message together from fragments that are acknowledged one by one", () => {
    const seen = new Frames([
      eap("01", "02", "c0", total + hello.slice(0, 40)),
      eap("02", "02", "00", ""),
      eap("01", "03", "40", hello.slice(40, 60)),
      eap("02", "03", "00", ""),
      eap("01", "04", "00", hello.slice(60)),
    ]).inOrder();
    expect(seen[0].info).toBe("Request, TLS EAP (EAP-TLS)");
    expect(seen[0].fields.has("tls.record")).toBe(false);
    expect(seen[4].info).toBe("Client Hello");
    expect(seen[4].fields.get("eap.tls.fragment")).toEqual(["1", "3", "5"]);
    expect(seen[4].fields.get("eap.tls.reassembled.len")).toEqual(["58"]);
  });

  it("hands over a message that comes whole", () => {
    const [whole] = new Frames([eap("02", "01", "80", total + hello)]).inOrder();
    expect(whole.info).toBe("Client Hello");
    expect(whole.fields.has("eap.tls.fragment")).toBe(false);
  });
});
