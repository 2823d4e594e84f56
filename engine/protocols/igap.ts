/** Internet Group membership Authentication Protocol, draft-hayashi-igap. */
import type { Dissection } from "../dissect/dissection.ts";
import { bytes, expert, ipv4, str, u8, u16 } from "../dissect/field.ts";
import { protocol } from "../dissect/protocol.ts";
import { addSumChecksum, checksumStatusText } from "./checksum.ts";

const f = {
  type: u8("igap.type", "Type", {
    base: "HEX",
    names: { 64: "Membership Report (Join)", 65: "Membership Query", 66: "Leave Group" },
  }),
  maxResp: u8("igap.max_resp", "Max Response Time"),
  checksum: u16("igap.checksum", "Checksum", { base: "HEX" }),
  checksumStatus: u8("igap.checksum.status", "Checksum Status", { base: "CUSTOM", text: checksumStatusText }),
  maddr: ipv4("igap.maddr", "Multicast group address"),
  version: u8("igap.version", "Version", { base: "HEX", names: { 16: "1" } }),
  subtype: u8("igap.subtype", "Subtype", {
    base: "HEX",
    names: {
      2: "Password Mechanism Join (Password-Join)",
      3: "Challenge-Response Mechanism Join Request (Challenge-Request-Join)",
      4: "Challenge-Response Mechanism Join Response (Challenge-Response-Join)",
      33: "Basic Query",
      35: "Challenge-Response Mechanism Challenge (Challenge)",
      36: "Authentication Message",
      37: "Accounting Message",
      65: "Basic Leave",
      66: "Password Mechanism Leave (Password-Leave)",
      67: "Challenge-Response Mechanism Leave Challenge Request (Challenge-Request-Leave)",
      68: "Challenge-Response Mechanism Response (Challenge-Response-Leave)",
    },
  }),
  challengeid: u8("igap.challengeid", "Challenge ID", { base: "HEX" }),
  asize: u8("igap.asize", "Account Size"),
  msize: u8("igap.msize", "Message Size"),
  account: str("igap.account", "User Account"),
  userPassword: str("igap.user_password", "User password"),
  resultOfMd5Calculation: bytes("igap.result_of_md5_calculation", "Result of MD5 calculation"),
  challenge: bytes("igap.challenge", "Challenge"),
  authenticationResult: u8("igap.authentication_result", "Authentication result", {
    base: "HEX",
    names: { 17: "Authentication success", 33: "Authentication failure" },
  }),
  accountingStatus: u8("igap.accounting_status", "Accounting status", {
    base: "HEX",
    names: { 17: "Accounting start", 33: "Accounting stop" },
  }),
  unknownMessage: bytes("igap.unknown_message", "Unknown message"),
};

const x = {
  checksum: expert("igap.bad_checksum", "error", "Checksum", "Bad checksum"),
};

/** Called by IPv4, by the type of what is sent as IGMP. */
export const igap = protocol({
  name: "igap",
  title: "Internet Group membership Authentication Protocol",
  short: "IGAP",
  fields: f,
  experts: x,
  dissect,
});

const ACCOUNT = 16;
const MESSAGE = 64;
/** Subtypes by what their message is. */
const PASSWORDS: readonly number[] = [0x02, 0x42];
const RESPONSES: readonly number[] = [0x04, 0x44];
const CHALLENGE = 0x23;
const AUTHENTICATION = 0x24;
const ACCOUNTING = 0x25;

function dissect(d: Dissection): void {
  const start = d.pos;
  const type = d.u8(f.type);
  if (d.columns) {
    d.setInfo(
      (f.type.names as Readonly<Record<number, string>>)[type] ?? `Unknown Type: 0x${type.toString(16)}`,
    );
  }
  const code = d.u8(f.maxResp);
  if (d.labels) {
    d.relabel(`Max Response Time: ${(code / 10).toFixed(1)} sec (0x${code.toString(16).padStart(2, "0")})`);
  }
  addSumChecksum(d, f.checksum, f.checksumStatus, x.checksum, start);
  d.ipv4(f.maddr);
  d.u8(f.version);
  const subtype = d.u8(f.subtype);
  d.skip(1);
  d.u8(f.challengeid);
  const accountSize = d.u8(f.asize);
  const messageSize = d.u8(f.msize);
  d.skip(2);
  const account = d.pos;
  if (accountSize > 0) d.str(f.account, Math.min(accountSize, ACCOUNT));
  d.pos = account;
  d.skip(ACCOUNT);
  if (messageSize > 0) addMessage(d, subtype, Math.min(messageSize, MESSAGE));
  d.layerEnd(d.end);
}

function addMessage(d: Dissection, subtype: number, size: number): void {
  if (PASSWORDS.includes(subtype)) d.str(f.userPassword, size);
  else if (RESPONSES.includes(subtype)) d.bytes(f.resultOfMd5Calculation, size);
  else if (subtype === CHALLENGE) d.bytes(f.challenge, size);
  else if (subtype === AUTHENTICATION) d.u8(f.authenticationResult);
  else if (subtype === ACCOUNTING) d.u8(f.accountingStatus);
  else d.bytes(f.unknownMessage, size);
}
