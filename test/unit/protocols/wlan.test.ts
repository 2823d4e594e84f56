import { describe, expect, it } from "vitest";
import { CaptureMemory, Dissection, MODE_INDEX } from "../../../engine/dissect/dissection.ts";
import { dissectFrame } from "../../../engine/protocols/frame.ts";
import { dissect, fromHex } from "./harness.ts";

const WLAN = 105;
const RADIOTAP = 127;
const STATION = "02 00 00 00 00 01";
const AP = "02 00 00 00 00 02";
const SERVER = "02 00 00 00 00 03";
const SNAP_ARP = "aa aa 03 00 00 00 08 06";
const ARP = `00 01 08 00 06 04 00 01 ${STATION} 0a 00 00 01 00 00 00 00 00 00 0a 00 00 02`;

/** The line with this beginning, without its indentation. */
function line(text: string, start: string): string | undefined {
  return text
    .split("\n")
    .map((one) => one.trim())
    .find((one) => one.startsWith(start));
}

/** The present word and the fields of a radiotap header, its length worked out. */
function radiotap(present: string, fields: string): string {
  const length = 8 + fromHex(fields).length;
  return `00 00 ${length.toString(16).padStart(2, "0")} 00 ${present} ${fields}`;
}

describe("IEEE 802.11 data frames", () => {
  it("give the addresses of a frame to the distribution system their roles, and hand over to LLC", () => {
    const seen = dissect(`08 01 2c 00 ${AP} ${STATION} ${SERVER} 20 01 ${SNAP_ARP} ${ARP}`, {
      linkType: WLAN,
    });
    expect(seen.chain).toBe("wlan:llc:arp");
    expect(seen.protocol).toBe("ARP");
    expect(line(seen.text, "IEEE 802.11 Data")).toBe("IEEE 802.11 Data, Flags: .......T");
    expect(seen.fields.get("wlan.ra")).toEqual(["02:00:00:00:00:02"]);
    expect(seen.fields.get("wlan.bssid")).toEqual(["02:00:00:00:00:02"]);
    expect(seen.fields.get("wlan.staa")).toEqual(["02:00:00:00:00:01"]);
    expect(seen.fields.get("wlan.sa")).toEqual(["02:00:00:00:00:01"]);
    expect(seen.fields.get("wlan.da")).toEqual(["02:00:00:00:00:03"]);
    expect(seen.fields.get("wlan.addr")).toHaveLength(3);
    expect(line(seen.text, ".000 0000 0010 1100")).toBe(".000 0000 0010 1100 = Duration: 44 microseconds");
    expect(line(seen.text, "0000 0001 0010")).toBe("0000 0001 0010 .... = Sequence number: 18");
  });

  it("take source and destination of a relayed frame from the third and fourth address", () => {
    const seen = dissect(
      `08 03 00 00 ${AP} ${STATION} ${SERVER} 00 00 02 00 00 00 00 04 ${SNAP_ARP} ${ARP}`,
      {
        linkType: WLAN,
      },
    );
    expect(seen.fields.get("wlan.da")).toEqual(["02:00:00:00:00:03"]);
    expect(seen.fields.get("wlan.sa")).toEqual(["02:00:00:00:00:04"]);
    expect(seen.fields.has("wlan.bssid")).toBe(false);
    expect(seen.chain).toBe("wlan:llc:arp");
  });

  it("say of a QoS frame what its control field says, by who sent it", () => {
    const head = `${AP} ${STATION} ${SERVER} 00 00`;
    const up = dissect(`c8 01 00 00 ${head} 16 1b`, { linkType: WLAN });
    expect(up.info).toBe("QoS Null function (No data), SN=0, FN=0, Flags=.......T");
    expect(line(up.text, "[.... .... .... .110")).toBe("[.... .... .... .110 = Priority: Voice (Voice) (6)]");
    expect(line(up.text, "0001 1011")).toBe("0001 1011 .... .... = Queue Size: 27 (6912 bytes)");
    const down = dissect(`c8 02 00 00 ${head} 00 02`, { linkType: WLAN });
    expect(line(down.text, ".... ..1. .... .... = Buffer")).toBe(
      ".... ..1. .... .... = Buffer State Indicated: Yes",
    );
  });

  it("leave protected contents as data behind the parameters of CCMP, TKIP and WEP", () => {
    const head = `08 41 00 00 ${AP} ${STATION} ${SERVER} 00 00`;
    const ccmp = dissect(`${head} 11 22 00 60 01 00 00 00 de ad be ef`, { linkType: WLAN });
    expect(ccmp.chain).toBe("wlan:data");
    expect(line(ccmp.text, "CCMP Ext")).toBe("CCMP Ext. Initialization Vector: 0x000000012211");
    expect(line(ccmp.text, "Key Index")).toBe("Key Index: 1");
    expect(ccmp.fields.get("data.data")).toEqual(["deadbeef"]);
    const tkip = dissect(`${head} 01 21 05 20 02 00 00 00 de ad`, { linkType: WLAN });
    expect(line(tkip.text, "TKIP Ext")).toBe("TKIP Ext. Initialization Vector: 0x000000020105");
    const wep = dissect(`${head} 01 02 03 80 de ad 0a 0b 0c 0d`, { linkType: WLAN });
    expect(line(wep.text, "Initialization")).toBe("Initialization Vector: 0x010203");
    expect(line(wep.text, "WEP ICV")).toBe("WEP ICV: 0x0a0b0c0d (not verified)");
    expect(wep.fields.get("data.data")).toEqual(["dead"]);
  });

  it("show an A-MSDU's subframes each with its own payload", () => {
    const subframe = `${SERVER} ${STATION} 00 24 ${SNAP_ARP} ${ARP}`;
    const seen = dissect(`88 01 00 00 ${AP} ${STATION} ${SERVER} 00 00 80 00 ${subframe} 00 00 ${subframe}`, {
      linkType: WLAN,
    });
    expect(seen.chain).toBe("wlan:wlan_aggregate:llc:arp:llc:arp");
    expect(line(seen.text, "A-MSDU Subframe #2")).toBe("A-MSDU Subframe #2");
  });

  it("leave fragments as data", () => {
    const seen = dissect(`08 05 00 00 ${AP} ${STATION} ${SERVER} 00 00 ${SNAP_ARP}`, { linkType: WLAN });
    expect(seen.info).toBe("Fragmented IEEE 802.11 frame");
    expect(seen.chain).toBe("wlan:data");
  });
});

describe("IEEE 802.11 control frames", () => {
  it("have a receiver in the destination column and no source", () => {
    const seen = dissect(`d4 00 00 00 ${STATION}`, { linkType: WLAN });
    expect(seen.info).toBe("Acknowledgement, Flags=........");
    expect(seen.protocol).toBe("802.11");
    expect(line(seen.text, "Receiver address")).toBe("Receiver address: 02:00:00:00:00:01");
    const memory = new CaptureMemory();
    const bytes = fromHex(`b4 00 00 00 ${STATION} ${AP}`);
    const d = new Dissection(memory, () => bytes);
    d.setMode(MODE_INDEX, true);
    const facts = { number: 1, sec: 0, nsec: 0, iface: 0, linkType: WLAN, len: 16, capLen: 16 };
    d.begin(bytes, 0, facts);
    dissectFrame(d);
    expect(memory.addresses.text(d.dstId)).toBe("02:00:00:00:00:01 (RA)");
    expect(memory.addresses.text(d.srcId)).toBe("02:00:00:00:00:02 (TA)");
  });

  it("name the frames that a block ack does not acknowledge", () => {
    const seen = dissect(`94 00 00 00 ${STATION} ${AP} 04 10 40 06 fd ff ff ff ff ff ff 7f`, {
      linkType: WLAN,
    });
    expect(seen.info).toBe("802.11 Block Ack, Flags=........");
    expect(line(seen.text, ".... .... ...0 010.")).toBe(
      ".... .... ...0 010. = BA Type: Compressed BlockAck (0x2)",
    );
    expect(seen.fields.get("wlan.ba.bm.missing_frame")).toEqual(["101", "163"]);
  });

  it("take the association id of a PS-Poll where others have a duration", () => {
    const seen = dissect(`a4 00 05 c0 ${AP} ${STATION}`, { linkType: WLAN });
    expect(seen.fields.get("wlan.aid")).toEqual(["5"]);
    expect(seen.fields.has("wlan.duration")).toBe(false);
    expect(seen.fields.get("wlan.bssid")).toEqual(["02:00:00:00:00:02"]);
  });
});

describe("IEEE 802.11 management frames", () => {
  const head = `80 00 00 00 ff ff ff ff ff ff ${AP} ${AP} 10 00`;
  const fixed = "01 00 00 00 00 00 00 00 64 00 11 00";

  it("show a beacon's fixed fields and elements, and its network in the info text", () => {
    const rsn = "30 14 01 00 00 0f ac 04 01 00 00 0f ac 04 01 00 00 0f ac 02 00 00";
    const seen = dissect(`${head} ${fixed} 00 03 6e 65 74 01 02 82 0c 03 01 06 05 04 00 01 00 02 ${rsn}`, {
      linkType: WLAN,
    });
    expect(seen.chain).toBe("wlan");
    expect(seen.info).toBe('Beacon frame, SN=1, FN=0, Flags=........, BI=100, SSID="net"');
    expect(line(seen.text, "Fixed parameters")).toBe("Fixed parameters (12 bytes)");
    expect(line(seen.text, "Beacon Interval")).toBe("Beacon Interval: 0.102400 [Seconds]");
    expect(line(seen.text, "Tag: SSID")).toBe('Tag: SSID parameter set: "net"');
    expect(line(seen.text, "Tag: Supported")).toBe("Tag: Supported Rates 1(B), 6, [Mbit/sec]");
    expect(line(seen.text, "Tag: DS")).toBe("Tag: DS Parameter set: Current Channel: 6");
    expect(seen.fields.get("wlan.tim.aid")).toEqual(["0x01"]);
    expect(line(seen.text, "Pairwise Cipher Suite List")).toBe(
      "Pairwise Cipher Suite List 00:0f:ac (Ieee 802.11) AES (CCM)",
    );
    expect(line(seen.text, "Auth Key Management (AKM) Suite:")).toBe(
      "Auth Key Management (AKM) Suite: 00:0f:ac (Ieee 802.11) PSK",
    );
    expect(seen.text).toContain("\nIEEE 802.11 Wireless Management\n");
  });

  it("say of an absent network name that it is the wildcard", () => {
    const seen = dissect(`40 00 00 00 ff ff ff ff ff ff ${STATION} ff ff ff ff ff ff 20 00 00 00`, {
      linkType: WLAN,
    });
    expect(seen.info).toBe("Probe Request, SN=2, FN=0, Flags=........, SSID=Wildcard (Broadcast)");
    expect(line(seen.text, "SSID:")).toBe("SSID: <MISSING>");
  });

  it("name reasons, and the parts of block ack actions", () => {
    const leaving = dissect(`c0 00 00 00 ${STATION} ${AP} ${AP} 00 00 01 00`, { linkType: WLAN });
    expect(line(leaving.text, "Reason code")).toBe("Reason code: Unspecified reason (0x0001)");
    const action = dissect(`d0 00 00 00 ${STATION} ${AP} ${AP} 00 00 03 00 01 03 10 00 00 40 06`, {
      linkType: WLAN,
    });
    expect(line(action.text, "Category code")).toBe("Category code: Block Ack (3)");
    expect(line(action.text, "Action code")).toBe("Action code: Add Block Ack Request (0x00)");
    expect(action.fields.get("wlan.fixed.ssc.sequence")).toEqual(["100"]);
  });

  it("marks an element longer than the frame, and counts that no element has room for", () => {
    const long = dissect(`${head} ${fixed} 00 20 6e`, { linkType: WLAN });
    expect(long.text).toContain("Tag Length is longer than remaining payload");
    const count = dissect(`${head} ${fixed} 30 0c 01 00 00 0f ac 04 ff ff 00 0f ac 04`, { linkType: WLAN });
    expect(count.text).toContain("Pairwise Cipher Suite Count too large, 4*65535 > 4");
    expect(count.fields.get("wlan.rsn.pcs.type")).toEqual(["4"]);
  });

  it("keeps what it has of a beacon cut anywhere, and never fails", () => {
    const whole = fromHex(`${head} ${fixed} 00 03 6e 65 74 01 02 82 0c 2d 1a ef 11 1b ff ff`);
    for (let snap = 0; snap < whole.length; snap++) {
      const seen = dissect(Buffer.from(whole).toString("hex"), { linkType: WLAN, snap });
      expect(seen.text).not.toContain("Dissector bug");
      expect(seen.text).toContain("[Packet size limited during capture: 802.11 truncated]");
    }
  });
});

describe("radiotap", () => {
  const ack = `d4 00 00 00 ${STATION}`;

  it("shows flags, rate, channel and levels, and hands on that the frame ends with its check sequence", () => {
    const header = radiotap("6e 08 00 00", "10 02 6c 09 a0 00 ea aa 01");
    const seen = dissect(`${header} ${ack} 01 02 03 04`, { linkType: RADIOTAP });
    expect(seen.chain).toBe("radiotap:wlan_radio:wlan");
    expect(line(seen.text, "Radiotap Header")).toBe("Radiotap Header v0, Length 17");
    expect(line(seen.text, "Channel frequency")).toBe("Channel frequency: 2412 [BG 1]");
    expect(line(seen.text, "Channel flags")).toBe(
      "Channel flags: 0x00a0, Complementary Code Keying (CCK), 2 GHz spectrum",
    );
    expect(line(seen.text, "Antenna signal")).toBe("Antenna signal: -22 dBm");
    expect(line(seen.text, "Signal/noise")).toBe("Signal/noise ratio (dB): 64 dB");
    expect(line(seen.text, "[Duration")).toBe("[Duration: 304µs]");
    expect(line(seen.text, "Frame check")).toBe("Frame check sequence: 0x04030201 [unverified]");
    expect(line(seen.text, "[FCS Status")).toBe("[FCS Status: Unverified]");
    expect(seen.info).toBe("Acknowledgement, Flags=........C");
  });

  it("aligns fields and works out the rate of an MCS", () => {
    const header = radiotap("01 00 08 00", "00 01 00 00 00 00 00 00 07 05 07");
    const seen = dissect(`${header} ${ack}`, { linkType: RADIOTAP });
    expect(seen.fields.get("radiotap.mactime")).toEqual(["256"]);
    expect(line(seen.text, "[Data Rate")).toBe("[Data Rate: 150.0 Mb/s]");
    expect(line(seen.text, "PHY type")).toBe("PHY type: 802.11n (HT) (7)");
    const shifted = dissect(`${radiotap("0a 00 00 00", "00 00 6c 09 a0 00")} ${ack}`, { linkType: RADIOTAP });
    expect(shifted.fields.get("radiotap.channel.freq")).toEqual(["2412"]);
  });

  it("reads several words, steps over a vendor's data, and stops at fields of unknown size", () => {
    const words = "02 00 00 a0 20 00 00 00";
    const two = dissect(`00 00 0e 00 ${words} 00 d0 ${ack}`, { linkType: RADIOTAP });
    expect(two.fields.get("radiotap.present.word")).toEqual(["0xa0000002", "0x00000020"]);
    expect(two.fields.get("radiotap.dbm_antsignal")).toEqual(["-48"]);
    const vendor = dissect(`${radiotap("02 00 00 40", "00 00 00 03 7f 01 02 00 aa bb")} ${ack}`, {
      linkType: RADIOTAP,
    });
    expect(line(vendor.text, "Vendor namespace")).toBe("Vendor namespace: 00:03:7f-1");
    expect(vendor.info).toBe("Acknowledgement, Flags=........");
    const unknown = dissect(`00 00 0e 00 02 00 00 80 ff 00 00 00 00 d0 ${ack}`, { linkType: RADIOTAP });
    expect(unknown.fields.has("radiotap.dbm_antsignal")).toBe(false);
    expect(unknown.info).toBe("Acknowledgement, Flags=........");
  });

  it("marks a header without room for its fields, one that is too short, and words without end", () => {
    const cramped = dissect(`00 00 0a 00 6f 48 00 00 00 00 ${ack}`, { linkType: RADIOTAP });
    expect(cramped.text).toContain("[Malformed Packet: Radiotap]");
    const short = dissect(`00 00 04 00 00 00 00 00 ${ack}`, { linkType: RADIOTAP });
    expect(short.text).toContain("Radiotap header length is too short");
    const endless = dissect(`00 00 10 00 ${"ff ff ff ff ".repeat(8)}`, { linkType: RADIOTAP });
    expect(endless.text).toContain("[Malformed Packet: Radiotap]");
  });

  it("does not keep one frame's reception for the next", () => {
    dissect(`${radiotap("02 00 00 00", "10")} ${ack} 01 02 03 04`, { linkType: RADIOTAP });
    expect(dissect(ack, { linkType: WLAN }).info).toBe("Acknowledgement, Flags=........");
  });
});
