/**
 * X.509 certificates and what they consist of: ITU-T X.509, RFC 5280 (profile), RFC 8017 and RFC 5480 (public keys),
 * RFC 6960 (OCSP responses, which are stapled to handshakes).
 *
 * Decoded only while fields are built: nothing of a certificate is state of the conversation.
 */
import type { Dissection } from "../dissect/dissection.ts";
import {
  absTime,
  bool,
  bytes,
  type Field,
  i32,
  ipv4,
  ipv6,
  none,
  oid,
  str,
  u16,
  u32,
  u64,
} from "../dissect/field.ts";
import { type Protocol, protocol, protocolNamed } from "../dissect/protocol.ts";
import { decodeText, formatHex, formatOid } from "../dissect/text.ts";
import {
  berExperts,
  berFields,
  bitStringStart,
  type Element,
  elementAt,
  elementsOf,
  integerOf,
  TAG_BIT_STRING,
  TAG_BMP,
  TAG_BOOLEAN,
  TAG_GENERALIZED_TIME,
  TAG_IA5,
  TAG_INTEGER,
  TAG_NULL,
  TAG_OCTET_STRING,
  TAG_OID,
  TAG_PRINTABLE,
  TAG_SEQUENCE,
  TAG_TELETEX,
  TAG_UNIVERSAL_STRING,
  TAG_UTC_TIME,
  TAG_UTF8,
  TAG_VISIBLE,
} from "./asn1.ts";
import { presentMediaType } from "./media.ts";
import { oidName } from "./names/oids.ts";
import { EXTENSION_TYPES } from "./names/tls.ts";

const RDN_SEQUENCE = { 0: "rdnSequence" };
const TIME_KINDS = { 0: "utcTime", 1: "generalizedTime" };
const GENERAL_NAMES = {
  0: "otherName",
  1: "rfc822Name",
  2: "dNSName",
  3: "x400Address",
  4: "directoryName",
  5: "ediPartyName",
  6: "uniformResourceIdentifier",
  7: "iPAddress",
  8: "registeredID",
};
const REASONS = {
  0: "unspecified",
  1: "keyCompromise",
  2: "cACompromise",
  3: "affiliationChanged",
  4: "superseded",
  5: "cessationOfOperation",
  6: "certificateHold",
  8: "removeFromCRL",
  9: "privilegeWithdrawn",
  10: "aaCompromise",
};

const af = {
  signedCertificate: none("x509af.signedCertificate_element", "signedCertificate"),
  version: i32("x509af.version", "version", { names: { 0: "v1", 1: "v2", 2: "v3" } }),
  serialNumber: bytes("x509af.serialNumber", "serialNumber"),
  signature: none("x509af.signature_element", "signature"),
  algorithmId: oid("x509af.algorithm.id", "Algorithm Id"),
  issuer: u32("x509af.issuer", "issuer", { names: RDN_SEQUENCE }),
  validity: none("x509af.validity_element", "validity"),
  notBefore: u32("x509af.notBefore", "notBefore", { names: TIME_KINDS }),
  notAfter: u32("x509af.notAfter", "notAfter", { names: TIME_KINDS }),
  utcTime: str("x509af.utcTime", "utcTime"),
  generalizedTime: absTime("x509af.generalizedTime", "generalizedTime", { base: "LOCAL" }),
  subject: u32("x509af.subject", "subject", { names: RDN_SEQUENCE }),
  rdnSequence: u32("x509af.rdnSequence", "rdnSequence"),
  subjectPublicKeyInfo: none("x509af.subjectPublicKeyInfo_element", "subjectPublicKeyInfo"),
  algorithm: none("x509af.algorithm_element", "algorithm"),
  subjectPublicKey: bytes("x509af.subjectPublicKey", "subjectPublicKey"),
  extensions: u32("x509af.extensions", "extensions"),
  extension: none("x509af.Extension_element", "Extension"),
  extensionId: oid("x509af.extension.id", "Extension Id"),
  critical: bool("x509af.critical", "critical"),
  algorithmIdentifier: none("x509af.algorithmIdentifier_element", "algorithmIdentifier"),
  encrypted: bytes("x509af.encrypted", "encrypted"),
};

const inf = {
  rdnSequence: u32("x509if.rdnSequence", "rdnSequence"),
  rdn: u32("x509if.RDNSequence_item", "RDNSequence item"),
  attribute: none("x509if.RelativeDistinguishedName_item_element", "RelativeDistinguishedName item"),
  oid: oid("x509if.oid", "Object Id"),
};

const DIRECTORY_STRINGS: readonly (readonly [tag: number, choice: number, field: string])[] = [
  [TAG_TELETEX, 0, "teletexString"],
  [TAG_PRINTABLE, 1, "printableString"],
  [TAG_UNIVERSAL_STRING, 2, "universalString"],
  [TAG_BMP, 3, "bmpString"],
  [TAG_UTF8, 4, "uTF8String"],
];

const sat = {
  countryName: str("x509sat.CountryName", "CountryName"),
  directoryString: u32("x509sat.DirectoryString", "DirectoryString", {
    names: Object.fromEntries(DIRECTORY_STRINGS.map(([, choice, name]) => [choice, name])),
  }),
  teletexString: str("x509sat.teletexString", "teletexString"),
  printableString: str("x509sat.printableString", "printableString"),
  universalString: str("x509sat.universalString", "universalString"),
  bmpString: str("x509sat.bmpString", "bmpString"),
  uTF8String: str("x509sat.uTF8String", "uTF8String"),
  printable: str("x509sat.PrintableString", "PrintableString"),
  ia5: str("x509sat.IA5String", "IA5String"),
  integer: i32("x509sat.Integer", "Integer"),
  bmp: str("x509sat.BMPString", "BMPString"),
  utf8: str("x509sat.UTF8String", "UTF8String"),
};
const satByName: Readonly<Record<string, Field>> = sat;

const flags = (
  prefix: string,
  names: readonly (readonly [mask: number, name: string, title?: string])[],
): Field[] => names.map(([mask, name, title]) => bool(`${prefix}.${name}`, title ?? name, { bits: 8, mask }));

const KEY_USAGE = flags("x509ce.KeyUsage", [
  [0x80, "digitalSignature"],
  [0x40, "contentCommitment"],
  [0x20, "keyEncipherment"],
  [0x10, "dataEncipherment"],
  [0x08, "keyAgreement"],
  [0x04, "keyCertSign"],
  [0x02, "cRLSign"],
  [0x01, "encipherOnly"],
  [0x80, "decipherOnly"],
]);
const REASON_FLAGS = flags("x509ce.ReasonFlags", [
  [0x80, "unused"],
  [0x40, "keyCompromise"],
  [0x20, "cACompromise"],
  [0x10, "affiliationChanged"],
  [0x08, "superseded"],
  [0x04, "cessationOfOperation"],
  [0x02, "certificateHold"],
  [0x01, "privilegeWithdrawn"],
  [0x80, "aACompromise"],
]);
const ENTRUST_FLAGS = flags("x509ce.EntrustInfoFlags", [
  [0x80, "keyUpdateAllowed"],
  [0x40, "newExtensions"],
  [0x20, "pKIXCertificate"],
  [0x10, "enterpriseCategory"],
  [0x08, "webCategory"],
  [0x04, "sETCategory"],
]);
const NETSCAPE_TYPES = flags("ns.cert.exts.CertType", [
  [0x80, "ssl.client", "ssl-client"],
  [0x40, "ssl.server", "ssl-server"],
  [0x20, "smime"],
  [0x10, "object.signing", "object-signing"],
  [0x08, "reserved.for.future.use", "reserved-for-future-use"],
  [0x04, "ssl.ca", "ssl-ca"],
  [0x02, "smime.ca", "smime-ca"],
  [0x01, "object.signing.ca", "object-signing-ca"],
]);
const byTitle = (list: readonly Field[]): Record<string, Field> =>
  Object.fromEntries(list.map((field) => [field.name, field]));

const ce = {
  keyUsage: bytes("x509ce.KeyUsage", "KeyUsage"),
  ...byTitle(KEY_USAGE),
  ...byTitle(REASON_FLAGS),
  ...byTitle(ENTRUST_FLAGS),
  keyPurposeIds: u32("x509ce.KeyPurposeIDs", "KeyPurposeIDs"),
  keyPurposeId: oid("x509ce.KeyPurposeId", "KeyPurposeId"),
  basicConstraints: none("x509ce.BasicConstraintsSyntax_element", "BasicConstraintsSyntax"),
  cA: bool("x509ce.cA", "cA"),
  pathLenConstraint: u64("x509ce.pathLenConstraint", "pathLenConstraint"),
  subjectKeyIdentifier: bytes("x509ce.SubjectKeyIdentifier", "SubjectKeyIdentifier"),
  authorityKeyIdentifier: none("x509ce.AuthorityKeyIdentifier_element", "AuthorityKeyIdentifier"),
  keyIdentifier: bytes("x509ce.keyIdentifier", "keyIdentifier"),
  authorityCertIssuer: u32("x509ce.authorityCertIssuer", "authorityCertIssuer"),
  authorityCertSerialNumber: bytes("x509ce.authorityCertSerialNumber", "authorityCertSerialNumber"),
  generalNames: u32("x509ce.GeneralNames", "GeneralNames"),
  generalName: u32("x509ce.GeneralName", "GeneralName", { names: GENERAL_NAMES }),
  otherName: none("x509ce.otherName_element", "otherName"),
  typeId: oid("x509ce.type_id", "type-id"),
  rfc822Name: str("x509ce.rfc822Name", "rfc822Name"),
  dNSName: str("x509ce.dNSName", "dNSName"),
  directoryName: u32("x509ce.directoryName", "directoryName", { names: RDN_SEQUENCE }),
  uri: str("x509ce.uniformResourceIdentifier", "uniformResourceIdentifier"),
  ipv4: ipv4("x509ce.IPAddress.ipv4", "iPAddress"),
  ipv4Mask: ipv4("x509ce.IPAddress.ipv4_mask", "iPAddress Mask"),
  ipv6: ipv6("x509ce.IPAddress.ipv6", "iPAddress"),
  ipv6Mask: ipv6("x509ce.IPAddress.ipv6_mask", "iPAddress Mask"),
  registeredId: oid("x509ce.registeredID", "registeredID"),
  crlDistPoints: u32("x509ce.CRLDistPointsSyntax", "CRLDistPointsSyntax"),
  distributionPointElement: none("x509ce.DistributionPoint_element", "DistributionPoint"),
  distributionPoint: u32("x509ce.distributionPoint", "distributionPoint", {
    names: { 0: "fullName", 1: "nameRelativeToCRLIssuer" },
  }),
  fullName: u32("x509ce.fullName", "fullName"),
  nameRelative: u32("x509ce.nameRelativeToCRLIssuer", "nameRelativeToCRLIssuer"),
  reasons: bytes("x509ce.reasons", "reasons"),
  crlIssuer: u32("x509ce.cRLIssuer", "cRLIssuer"),
  certificatePolicies: u32("x509ce.CertificatePoliciesSyntax", "CertificatePoliciesSyntax"),
  policyInformation: none("x509ce.PolicyInformation_element", "PolicyInformation"),
  policyIdentifier: oid("x509ce.policyIdentifier", "policyIdentifier"),
  policyQualifiers: u32("x509ce.policyQualifiers", "policyQualifiers"),
  policyQualifierInfo: none("x509ce.PolicyQualifierInfo_element", "PolicyQualifierInfo"),
  qualifierId: oid("x509ce.id", "Id"),
  nameConstraints: none("x509ce.NameConstraintsSyntax_element", "NameConstraintsSyntax"),
  permittedSubtrees: u32("x509ce.permittedSubtrees", "permittedSubtrees"),
  excludedSubtrees: u32("x509ce.excludedSubtrees", "excludedSubtrees"),
  generalSubtree: none("x509ce.GeneralSubtree_element", "GeneralSubtree"),
  base: u32("x509ce.base", "base", { names: GENERAL_NAMES }),
  minimum: u64("x509ce.minimum", "minimum"),
  privateKeyUsagePeriod: none("x509ce.PrivateKeyUsagePeriod_element", "PrivateKeyUsagePeriod"),
  notBefore: absTime("x509ce.notBefore", "notBefore", { base: "LOCAL" }),
  notAfter: absTime("x509ce.notAfter", "notAfter", { base: "LOCAL" }),
  entrustVersionInfo: none("x509ce.EntrustVersionInfo_element", "EntrustVersionInfo"),
  entrustVers: str("x509ce.entrustVers", "entrustVers"),
  entrustFlags: bytes("x509ce.entrustVersInfoFlags", "entrustVersInfoFlags"),
  certificateTemplate: none("x509ce.CertificateTemplate_element", "CertificateTemplate"),
  templateId: oid("x509ce.templateID", "templateID"),
  templateMajor: i32("x509ce.templateMajorVersion", "templateMajorVersion"),
  templateMinor: i32("x509ce.templateMinorVersion", "templateMinorVersion"),
  inhibitAnyPolicy: u64("x509ce.SkipCerts", "SkipCerts"),
  crlNumber: u64("x509ce.CRLNumber", "CRLNumber"),
};

const implicit = {
  authorityInfoAccess: u32("pkix1implicit.AuthorityInfoAccessSyntax", "AuthorityInfoAccessSyntax"),
  accessDescription: none("pkix1implicit.AccessDescription_element", "AccessDescription"),
  accessMethod: oid("pkix1implicit.accessMethod", "accessMethod"),
  accessLocation: u32("pkix1implicit.accessLocation", "accessLocation"),
  userNotice: none("pkix1implicit.UserNotice_element", "UserNotice"),
  noticeRef: none("pkix1implicit.noticeRef_element", "noticeRef"),
  organization: u32("pkix1implicit.organization", "organization", {
    names: { 0: "ia5String", 1: "visibleString", 2: "bmpString", 3: "utf8String" },
  }),
  noticeNumbers: u32("pkix1implicit.noticeNumbers", "noticeNumbers"),
  noticeNumber: i32("pkix1implicit.noticeNumbers_item", "noticeNumbers item"),
  explicitText: u32("pkix1implicit.explicitText", "explicitText", {
    names: { 0: "ia5String", 1: "visibleString", 2: "bmpString", 3: "utf8String" },
  }),
  ia5String: str("pkix1implicit.ia5String", "ia5String"),
  visibleString: str("pkix1implicit.visibleString", "visibleString"),
  bmpString: str("pkix1implicit.bmpString", "bmpString"),
  utf8String: str("pkix1implicit.utf8String", "utf8String"),
};

const explicit = {
  directoryString: str("pkix1explicit.DirectoryString", "DirectoryString"),
  features: u32("pkix1explicit.Features", "Features"),
  feature: u16("pkix1explicit.Features_item", "Features item", { names: EXTENSION_TYPES }),
};

const netscape = {
  comment: str("ns_cert_exts.Comment", "Comment"),
  certType: bytes("ns_cert_exts.CertType", "CertType"),
  ...byTitle(NETSCAPE_TYPES),
};

const pkcs1 = {
  modulus: bytes("pkcs1.modulus", "modulus"),
  publicExponent: i32("pkcs1.publicExponent", "publicExponent"),
  ecParameters: u32("pkcs1.ECParameters", "ECParameters", {
    names: { 0: "specifiedCurve", 1: "namedCurve" },
  }),
  namedCurve: oid("pkcs1.namedCurve", "namedCurve"),
};

const status = {
  responseStatus: u32("ocsp.responseStatus", "responseStatus", {
    names: {
      0: "successful",
      1: "malformedRequest",
      2: "internalError",
      3: "tryLater",
      5: "sigRequired",
      6: "unauthorized",
    },
  }),
  responseBytes: none("ocsp.responseBytes_element", "responseBytes"),
  responseType: str("ocsp.responseType.id", "ResponseType Id"),
  basicResponse: none("ocsp.BasicOCSPResponse_element", "BasicOCSPResponse"),
  responseData: none("ocsp.tbsResponseData_element", "tbsResponseData"),
  responderId: u32("ocsp.responderID", "responderID", { names: { 1: "byName", 2: "byKey" } }),
  byName: u32("ocsp.byName", "byName"),
  byKey: bytes("ocsp.byKey", "byKey"),
  producedAt: absTime("ocsp.producedAt", "producedAt", { base: "LOCAL" }),
  responses: u32("ocsp.responses", "responses"),
  singleResponse: none("ocsp.SingleResponse_element", "SingleResponse"),
  certId: none("ocsp.certID_element", "certID"),
  hashAlgorithm: none("ocsp.hashAlgorithm_element", "hashAlgorithm"),
  issuerNameHash: bytes("ocsp.issuerNameHash", "issuerNameHash"),
  issuerKeyHash: bytes("ocsp.issuerKeyHash", "issuerKeyHash"),
  serialNumber: bytes("ocsp.serialNumber", "serialNumber"),
  certStatus: u32("ocsp.certStatus", "certStatus", { names: { 0: "good", 1: "revoked", 2: "unknown" } }),
  good: none("ocsp.good_element", "good"),
  revoked: none("ocsp.revoked_element", "revoked"),
  unknown: none("ocsp.unknown_element", "unknown"),
  revocationTime: absTime("ocsp.revocationTime", "revocationTime", { base: "LOCAL" }),
  revocationReason: u32("ocsp.revocationReason", "revocationReason", { names: REASONS }),
  thisUpdate: absTime("ocsp.thisUpdate", "thisUpdate", { base: "LOCAL" }),
  nextUpdate: absTime("ocsp.nextUpdate", "nextUpdate", { base: "LOCAL" }),
  singleExtensions: u32("ocsp.singleExtensions", "singleExtensions"),
  responseExtensions: u32("ocsp.responseExtensions", "responseExtensions"),
  signatureAlgorithm: none("ocsp.signatureAlgorithm_element", "signatureAlgorithm"),
  signature: bytes("ocsp.signature", "signature"),
  certs: u32("ocsp.certs", "certs"),
  certificate: none("ocsp.Certificate_element", "Certificate"),
  null: none("ocsp.NULL_element", "NULL"),
};

/** A certificate that stands alone (as the body of an HTTP response). */
export const x509af = protocol({
  name: "x509af",
  title: "X.509 Authentication Framework",
  short: "X509AF",
  fields: af,
  dissect: (d) => {
    dissectCertificate(d, d.pos, d.end);
    d.pos = d.end;
  },
});

/** Protocols that only lend their fields to certificates. */
const part = (
  name: string,
  title: string,
  short: string,
  fields: Readonly<Record<string, Field>>,
): Protocol =>
  protocol({
    name,
    title,
    short,
    fields,
    invisible: true,
    dissect: (d) => {
      d.pos = d.end;
    },
  });
part("x509if", "X.509 Information Framework", "X509IF", inf);
const selectedAttributes = part("x509sat", "X.509 Selected Attribute Types", "X509SAT", sat);
const certificateExtensions = part("x509ce", "X.509 Certificate Extensions", "X509CE", ce);
const pkixImplicit = part("pkix1implicit", "PKIX1Implitit", "PKIX1IMPLICIT", implicit);
const pkixExplicit = part("pkix1explicit", "PKIX1Explicit", "PKIX1EXPLICIT", explicit);
const netscapeExtensions = part("ns_cert_exts", "NetScape Certificate Extensions", "NS_CERT_EXTS", netscape);
const pkcs1Protocol = part("pkcs-1", "PKCS#1", "PKCS-1", pkcs1);

/** Online Certificate Status Protocol, RFC 6960: an OCSPResponse. */
export const ocsp = protocol({
  name: "ocsp",
  title: "Online Certificate Status Protocol",
  short: "OCSP",
  fields: status,
  dissect: (d) => {
    if (d.labels && presentMediaType() === "") d.relabelLayer("OCSP Response");
    const response = elementAt(d.buf, d.pos, d.end);
    if (response === null || response.tag !== TAG_SEQUENCE) return d.malformed();
    addChainSteps(d, response.start, response.end);
    if (d.building) ocspResponse(d, response);
    d.pos = d.end;
  },
});

/** What stands behind an object identifier in a certificate, as a step of the protocol chain. */
const CHAIN_STEPS: ReadonlyMap<string, Protocol> = new Map([
  ["1.2.840.10045.2.1", pkcs1Protocol],
  ["1.3.6.1.5.5.7.2.1", pkixExplicit],
  ["1.3.6.1.5.5.7.2.2", pkixImplicit],
  ["1.3.6.1.5.5.7.1.1", pkixImplicit],
  ["1.3.6.1.5.5.7.1.11", pkixImplicit],
  ["1.3.6.1.5.5.7.1.24", pkixExplicit],
  ["0.9.2342.19200300.100.1.25", selectedAttributes],
  ["1.2.840.113549.1.9.1", selectedAttributes],
  ["1.3.6.1.4.1.311.20.2", selectedAttributes],
  ["1.3.6.1.4.1.311.21.1", selectedAttributes],
  ["1.3.6.1.4.1.311.21.2", selectedAttributes],
  ["1.3.6.1.4.1.311.21.7", certificateExtensions],
  ["1.3.6.1.4.1.311.21.10", certificateExtensions],
  ["1.3.6.1.4.1.311.60.2.1.1", selectedAttributes],
  ["1.3.6.1.4.1.311.60.2.1.2", selectedAttributes],
  ["1.3.6.1.4.1.311.60.2.1.3", selectedAttributes],
  ["1.2.840.113533.7.65.0", certificateExtensions],
]);
const OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
const SIGNED_TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2";

function chainStep(oid: string): Protocol | undefined {
  if (oid.startsWith("2.5.4.")) return selectedAttributes;
  if (/^2\.5\.29\.\d+$/.test(oid)) return certificateExtensions;
  if (oid.startsWith("2.16.840.1.113730.1.")) return netscapeExtensions;
  if (oid === OCSP_BASIC) return ocsp;
  return oid === SIGNED_TIMESTAMPS ? protocolNamed("tls") : CHAIN_STEPS.get(oid);
}

/** Elements inside each other that are looked through for steps of the chain. */
const MAX_NESTED = 16;

/**
 * Adds to the frame's chain the protocols that read parts of a structure: an object identifier says what the element
 * behind it is, an attribute's value, an extension, the parameters of an algorithm.
 */
function addChainSteps(d: Dissection, start: number, end: number, depth = 0): void {
  if (depth > MAX_NESTED) return;
  let at = start;
  let identified = false;
  while (at < end) {
    const e = elementAt(d.buf, at, end);
    if (e === null) return;
    if (e.tag === TAG_OID) {
      const step = identified ? undefined : chainStep(formatOid(d.buf.subarray(e.start, e.end)));
      if (step !== undefined && e.next < end) d.includeWithin(step);
      identified = true;
    } else if ((e.tag & 0x20) !== 0) addChainSteps(d, e.start, e.end, depth + 1);
    else if (e.tag === TAG_OCTET_STRING && identified && d.buf[e.start] === TAG_SEQUENCE) {
      addChainSteps(d, e.start, e.end, depth + 1);
    }
    if (e.next <= at) return;
    at = e.next;
  }
}

/** Decodes the value of an extension: `buf[start .. end)`. */
export type ExtensionDecoder = (d: Dissection, start: number, end: number) => void;

const extensionDecoders = new Map<string, ExtensionDecoder>([
  ["2.5.29.14", subjectKeyIdentifier],
  ["2.5.29.15", keyUsage],
  ["2.5.29.16", privateKeyUsagePeriod],
  [
    "2.5.29.17",
    (d, start, end) => inElement(d, start, end, TAG_SEQUENCE, (e) => generalNames(d, ce.generalNames, e)),
  ],
  [
    "2.5.29.18",
    (d, start, end) => inElement(d, start, end, TAG_SEQUENCE, (e) => generalNames(d, ce.generalNames, e)),
  ],
  ["2.5.29.19", basicConstraints],
  ["2.5.29.20", (d, start, end) => unsignedExtension(d, ce.crlNumber, start, end)],
  ["2.5.29.30", nameConstraints],
  ["2.5.29.31", distributionPoints],
  ["2.5.29.46", distributionPoints],
  ["2.5.29.32", certificatePolicies],
  ["2.5.29.35", authorityKeyIdentifier],
  ["2.5.29.37", extendedKeyUsage],
  ["2.5.29.54", (d, start, end) => unsignedExtension(d, ce.inhibitAnyPolicy, start, end)],
  ["1.3.6.1.5.5.7.1.1", authorityInfoAccess],
  ["1.3.6.1.5.5.7.1.24", tlsFeature],
  ["1.3.6.1.5.5.7.48.1.5", (d, start, end) => d.add(status.null, start, end - start, null)],
  ["1.2.840.113533.7.65.0", entrustVersionInfo],
  ["2.16.840.1.113730.1.1", netscapeCertType],
  ["2.16.840.1.113730.1.13", (d, start, end) => stringExtension(d, netscape.comment, start, end)],
  ["1.3.6.1.4.1.311.20.2", (d, start, end) => stringExtension(d, sat.bmp, start, end)],
  ["1.3.6.1.4.1.311.21.1", microsoftVersion],
  ["1.3.6.1.4.1.311.21.7", certificateTemplate],
  ["1.3.6.1.4.1.311.21.10", certificatePolicies],
]);

/** Lets another protocol decode the extension `oid` (signed certificate timestamps are TLS's). */
export function onCertificateExtension(oid: string, decoder: ExtensionDecoder): void {
  extensionDecoders.set(oid, decoder);
}

/**
 * Adds the parts of the certificate in `d.buf[start .. end)` below the present line.
 * @returns its subject as "(id-at-commonName=…)", or "" when the bytes are no certificate
 */
export function dissectCertificate(d: Dissection, start: number, end: number): string {
  const certificate = elementAt(d.buf, start, end);
  if (certificate === null || certificate.tag !== TAG_SEQUENCE) {
    d.expert(berExperts.badLength);
    return "";
  }
  addChainSteps(d, certificate.start, certificate.end);
  return d.building ? certificateParts(d, certificate) : "";
}

/** What `dissectCertificate` adds, but for the steps of the chain. */
function certificateParts(d: Dissection, certificate: Element): string {
  let subject = "";
  let n = 0;
  for (const part of elementsOf(d.buf, certificate.start, certificate.end)) {
    if (n === 0) {
      d.open(af.signedCertificate, part.at, part.next - part.at);
      subject = signedCertificate(d, part);
      d.close();
    } else if (n === 1) algorithm(d, af.algorithmIdentifier, part);
    else if (n === 2) bitString(d, af.encrypted, part);
    n++;
  }
  return subject;
}

/** RFC 5280 section 4.1: TBSCertificate. */
function signedCertificate(d: Dissection, certificate: Element): string {
  const parts = elementsOf(d.buf, certificate.start, certificate.end);
  let subject = "";
  let i = 0;
  if (parts[i]?.tag === 0xa0) {
    inElement(d, parts[i].start, parts[i].end, TAG_INTEGER, (e) => integer(d, af.version, e));
    i++;
  }
  if (parts[i]?.tag === TAG_INTEGER) hexInteger(d, af.serialNumber, parts[i++]);
  if (parts[i]?.tag === TAG_SEQUENCE) algorithm(d, af.signature, parts[i++]);
  if (parts[i]?.tag === TAG_SEQUENCE) name(d, af.issuer, inf.rdnSequence, parts[i++]);
  if (parts[i]?.tag === TAG_SEQUENCE) validity(d, parts[i++]);
  if (parts[i]?.tag === TAG_SEQUENCE) subject = name(d, af.subject, af.rdnSequence, parts[i++]);
  if (parts[i]?.tag === TAG_SEQUENCE) publicKey(d, parts[i++]);
  for (; i < parts.length; i++) {
    if (parts[i].tag !== 0xa3) continue;
    inElement(d, parts[i].start, parts[i].end, TAG_SEQUENCE, (e) => extensions(d, af.extensions, e));
  }
  return subject;
}

/** Calls `decode` with the element at `start` when it fits and has the tag. */
function inElement(
  d: Dissection,
  start: number,
  end: number,
  tag: number,
  decode: (element: Element) => void,
): void {
  const element = elementAt(d.buf, start, end);
  if (element === null) d.expert(berExperts.badLength);
  else if (element.tag === tag) decode(element);
}

const length = (e: Element): number => e.end - e.start;
const contents = (d: Dissection, e: Element): Uint8Array => d.buf.subarray(e.start, e.end);

function integer(d: Dissection, field: Field, e: Element): number {
  const value = integerOf(d.buf, e);
  d.add(field, e.start, length(e), value);
  return value;
}

function unsignedInteger(d: Dissection, field: Field, e: Element): void {
  const value = length(e) === 0 ? 0n : BigInt(`0x${formatHex(contents(d, e).subarray(-8))}`);
  d.add(field, e.start, length(e), value);
}

function unsignedExtension(d: Dissection, field: Field, start: number, end: number): void {
  inElement(d, start, end, TAG_INTEGER, (e) => unsignedInteger(d, field, e));
}

/** Most bytes a label shows of a long number. */
const LABEL_BYTES = 36;

/** An integer too long for arithmetic: its bytes, written as one hexadecimal number. */
function hexInteger(d: Dissection, field: Field, e: Element): void {
  const value = contents(d, e);
  d.add(field, e.start, length(e), value);
  if (!d.labels) return;
  const more = value.length > LABEL_BYTES ? "…" : "";
  d.relabel(`${field.title}: 0x${formatHex(value.subarray(0, LABEL_BYTES))}${more}`);
}

function objectId(d: Dissection, field: Field, e: Element): string {
  const value = contents(d, e);
  const text = formatOid(value);
  d.add(field, e.start, length(e), value);
  if (d.labels) d.append(` (${oidName(text)})`);
  return text;
}

function bitString(d: Dissection, field: Field, e: Element): void {
  if (e.tag !== TAG_BIT_STRING) return;
  const start = bitStringStart(d, e);
  d.add(field, start, e.end - start, d.buf.subarray(start, e.end));
}

/** A BIT STRING of flags; the flags from the ninth on are those of the second octet. */
function bitFlags(d: Dissection, field: Field, members: readonly Field[], e: Element): void {
  const start = bitStringStart(d, e);
  d.open(field, start, e.end - start, d.buf.subarray(start, e.end));
  members.forEach((member, i) => {
    const at = start + (i >> 3);
    const octet = at < e.end ? d.buf[at] : 0;
    d.add(member, Math.min(at, start), 1, octet & member.mask ? 1 : 0);
  });
  d.close();
}

/** Opens a line that counts its items. */
function openItems(d: Dissection, field: Field, e: Element, count: number): void {
  d.open(field, e.start, length(e), count);
  if (d.labels) d.relabelParent(`${field.title}: ${count} item${count === 1 ? "" : "s"}`);
}

/** RFC 5280 section 4.1.1.2: AlgorithmIdentifier. Returns the algorithm's identifier. */
function algorithm(d: Dissection, field: Field, e: Element): string {
  const [id, parameters] = elementsOf(d.buf, e.start, e.end);
  if (id?.tag !== TAG_OID) return "";
  d.open(field, e.at, e.next - e.at);
  const text = objectId(d, af.algorithmId, id);
  if (d.labels) d.appendParent(` (${oidName(text)})`);
  if (parameters !== undefined) algorithmParameters(d, text, parameters);
  d.close();
  return text;
}

function algorithmParameters(d: Dissection, id: string, e: Element): void {
  if (id !== "1.2.840.10045.2.1" || e.tag !== TAG_OID) return;
  d.open(pkcs1.ecParameters, e.at, e.next - e.at, 1);
  objectId(d, pkcs1.namedCurve, e);
  d.close();
}

function validity(d: Dissection, e: Element): void {
  d.open(af.validity, e.at, e.next - e.at);
  const [before, after] = elementsOf(d.buf, e.start, e.end);
  if (before !== undefined) timeChoice(d, af.notBefore, before);
  if (after !== undefined) timeChoice(d, af.notAfter, after);
  d.close();
}

function timeChoice(d: Dissection, field: Field, e: Element): void {
  const general = e.tag === TAG_GENERALIZED_TIME;
  if (!general && e.tag !== TAG_UTC_TIME) return;
  d.open(field, e.at, e.next - e.at, general ? 1 : 0);
  if (general) generalizedTime(d, af.generalizedTime, e);
  else d.add(af.utcTime, e.start, length(e), utcTimeText(decodeText(d.buf, e.start, e.end, "ascii")));
  d.close();
}

/** `YYMMDDhhmm[ss](Z|±hhmm)` with its century (RFC 5280 section 4.1.2.5.1). */
function utcTimeText(text: string): string {
  const m = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?$/.exec(text);
  if (m === null) return text;
  const century = Number(m[1]) < 50 ? "20" : "19";
  const zone = m[7] === undefined || m[7] === "Z" ? "UTC" : `UTC${m[7]}`;
  return `${century}${m[1]}-${m[2]}-${m[3]} ${m[4]}:${m[5]}:${m[6] ?? "00"} (${zone})`;
}

/** `YYYYMMDDhhmmss[.f]Z` as a time; other forms are left out. */
function generalizedTime(d: Dissection, field: Field, e: Element): void {
  const text = decodeText(d.buf, e.start, e.end, "ascii");
  const m = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z?$/.exec(text);
  if (m === null) return;
  const ms = Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6]));
  const fraction = BigInt((m[7] ?? "0").padEnd(9, "0"));
  d.add(field, e.start, length(e), BigInt(ms) * 1_000_000n + fraction);
}

/** RFC 5280 section 4.1.2.6: SubjectPublicKeyInfo. */
function publicKey(d: Dissection, e: Element): void {
  d.open(af.subjectPublicKeyInfo, e.at, e.next - e.at);
  publicKeyParts(d, e);
  d.close();
}

/** Adds the parts of the SubjectPublicKeyInfo in `d.buf[start .. end)` below the present line. */
export function dissectPublicKeyInfo(d: Dissection, start: number, end: number): void {
  const element = elementAt(d.buf, start, end);
  if (element === null || element.tag !== TAG_SEQUENCE) d.malformed();
  publicKeyParts(d, element);
}

function publicKeyParts(d: Dissection, e: Element): void {
  const [kind, key] = elementsOf(d.buf, e.start, e.end);
  const id = kind === undefined ? "" : algorithm(d, af.algorithm, kind);
  if (key?.tag === TAG_BIT_STRING && id === "1.2.840.113549.1.1.1" && length(key) > 0) {
    d.open(af.subjectPublicKey, key.start + 1, length(key) - 1, d.buf.subarray(key.start + 1, key.end));
    inElement(d, key.start + 1, key.end, TAG_SEQUENCE, (rsa) => {
      const [modulus, exponent] = elementsOf(d.buf, rsa.start, rsa.end);
      if (modulus?.tag === TAG_INTEGER) hexInteger(d, pkcs1.modulus, modulus);
      if (exponent?.tag === TAG_INTEGER) integer(d, pkcs1.publicExponent, exponent);
    });
    d.close();
  } else if (key !== undefined) bitString(d, af.subjectPublicKey, key);
}

// ------------------------------------------------------------------ names

/** A Name: the line of the choice with the sequence below it. Returns its text in brackets. */
function name(d: Dissection, choice: Field, sequence: Field, e: Element): string {
  d.open(choice, e.at, e.next - e.at, 0);
  const text = rdnSequence(d, sequence, e);
  d.close();
  return text;
}

/** A sequence of relative names with the line that counts them. */
function rdnSequence(d: Dissection, field: Field, e: Element): string {
  openItems(d, field, e, elementsOf(d.buf, e.start, e.end).length);
  const text = relativeNames(d, e);
  if (d.labels) d.appendParent(text);
  d.close();
  return text;
}

/** Adds the relative names; returns their text, the last first, as directories write names: " (…)". */
function relativeNames(d: Dissection, e: Element): string {
  const names: string[] = [];
  for (const item of elementsOf(d.buf, e.start, e.end)) {
    const attributes = elementsOf(d.buf, item.start, item.end);
    openItems(d, inf.rdn, item, attributes.length);
    const texts: string[] = [];
    for (const attribute of attributes) {
      d.open(inf.attribute, attribute.at, attribute.next - attribute.at);
      const text = attributeValue(d, attribute);
      if (d.labels) d.appendParent(` (${text})`);
      d.close();
      texts.push(text);
    }
    const joined = texts.join("+");
    if (d.labels) d.appendParent(` (${joined})`);
    d.close();
    names.unshift(joined);
  }
  return names.length === 0 ? "" : ` (${names.join(",")})`;
}

/** Adds the distinguished name in `d.buf[start .. end)` below the present line; returns its text, " (…)". */
export function dissectDistinguishedName(d: Dissection, start: number, end: number): string {
  const element = elementAt(d.buf, start, end);
  if (element === null || element.tag !== TAG_SEQUENCE) return "";
  addChainSteps(d, element.start, element.end);
  return d.building ? relativeNames(d, element) : "";
}

const PRINTABLE_ATTRIBUTES = new Set(["2.5.4.5", "2.5.4.46"]);
const COUNTRY_ATTRIBUTES = new Set(["2.5.4.6", "1.3.6.1.4.1.311.60.2.1.3"]);
const IA5_ATTRIBUTES = new Set(["1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25"]);

function attributeValue(d: Dissection, e: Element): string {
  const [id, value] = elementsOf(d.buf, e.start, e.end);
  if (id?.tag !== TAG_OID) return "";
  const type = objectId(d, inf.oid, id);
  const label = oidName(type);
  if (value === undefined) return label;
  const text = stringOf(d, value);
  const at = value.start;
  const n = length(value);
  if (COUNTRY_ATTRIBUTES.has(type)) d.add(sat.countryName, at, n, text);
  else if (PRINTABLE_ATTRIBUTES.has(type)) d.add(sat.printable, at, n, text);
  else if (IA5_ATTRIBUTES.has(type)) d.add(sat.ia5, at, n, text);
  else {
    for (const [tag, choice, field] of DIRECTORY_STRINGS) {
      if (tag !== value.tag) continue;
      d.open(sat.directoryString, value.at, value.next - value.at, choice);
      d.add(satByName[field], at, n, text);
      d.close();
    }
  }
  return `${label}=${text}`;
}

function stringOf(d: Dissection, e: Element): string {
  switch (e.tag) {
    case TAG_BMP:
      return decodeText(d.buf, e.start, e.end, "utf-16be");
    case TAG_TELETEX:
      return decodeText(d.buf, e.start, e.end, "latin1");
    case TAG_UTF8:
      return decodeText(d.buf, e.start, e.end, "utf-8");
    default:
      return decodeText(d.buf, e.start, e.end, "ascii");
  }
}

/** RFC 5280 section 4.2.1.6: GeneralNames. */
function generalNames(d: Dissection, field: Field, e: Element): void {
  const items = elementsOf(d.buf, e.start, e.end);
  openItems(d, field, e, items.length);
  for (const item of items) generalName(d, ce.generalName, item);
  d.close();
}

function generalName(d: Dissection, field: Field, e: Element): void {
  d.open(field, e.at, e.next - e.at, e.tag & 0x1f);
  const n = length(e);
  switch (e.tag & 0x1f) {
    case 0:
      otherName(d, e);
      break;
    case 1:
      d.add(ce.rfc822Name, e.start, n, decodeText(d.buf, e.start, e.end, "ascii"));
      break;
    case 2:
      d.add(ce.dNSName, e.start, n, decodeText(d.buf, e.start, e.end, "ascii"));
      break;
    case 4:
      inElement(d, e.start, e.end, TAG_SEQUENCE, (inner) => {
        name(d, ce.directoryName, inf.rdnSequence, inner);
      });
      break;
    case 6:
      d.add(ce.uri, e.start, n, decodeText(d.buf, e.start, e.end, "ascii"));
      break;
    case 7:
      ipAddress(d, e);
      break;
    case 8:
      objectId(d, ce.registeredId, e);
      break;
  }
  d.close();
}

function otherName(d: Dissection, e: Element): void {
  const [type, wrapped] = elementsOf(d.buf, e.start, e.end);
  d.open(ce.otherName, e.start, length(e));
  if (type?.tag === TAG_OID) objectId(d, ce.typeId, type);
  if (wrapped?.tag === 0xa0) {
    const value = elementAt(d.buf, wrapped.start, wrapped.end);
    if (value?.tag === TAG_UTF8) d.add(sat.utf8, value.start, length(value), stringOf(d, value));
  }
  d.close();
}

/** Four or sixteen bytes; twice that with a mask, in name constraints. */
function ipAddress(d: Dissection, e: Element): void {
  const value = contents(d, e);
  const word = (at: number): number =>
    ((value[at] << 24) | (value[at + 1] << 16) | (value[at + 2] << 8) | value[at + 3]) >>> 0;
  if (value.length === 4 || value.length === 8) {
    d.add(ce.ipv4, e.start, 4, word(0));
    if (value.length === 8) d.add(ce.ipv4Mask, e.start + 4, 4, word(4));
  } else if (value.length === 16 || value.length === 32) {
    d.add(ce.ipv6, e.start, 16, value.subarray(0, 16));
    if (value.length === 32) d.add(ce.ipv6Mask, e.start + 16, 16, value.subarray(16));
  }
}

// ------------------------------------------------------------------ extensions

/** RFC 5280 section 4.2. */
function extensions(d: Dissection, field: Field, e: Element): void {
  const items = elementsOf(d.buf, e.start, e.end);
  openItems(d, field, e, items.length);
  for (const item of items) {
    d.open(af.extension, item.at, item.next - item.at);
    extension(d, item);
    d.close();
  }
  d.close();
}

function extension(d: Dissection, e: Element): void {
  let id = "";
  for (const part of elementsOf(d.buf, e.start, e.end)) {
    if (part.tag === TAG_OID && id === "") {
      id = objectId(d, af.extensionId, part);
      if (d.labels) d.appendParent(` (${oidName(id)})`);
    } else if (part.tag === TAG_BOOLEAN && length(part) === 1) {
      d.add(af.critical, part.start, 1, d.buf[part.start] === 0 ? 0 : 1);
    } else if (part.tag === TAG_OCTET_STRING) {
      const decode = extensionDecoders.get(id);
      if (decode !== undefined) decode(d, part.start, part.end);
      else unknownExtension(d, part);
    }
  }
}

function unknownExtension(d: Dissection, e: Element): void {
  const inner = elementAt(d.buf, e.start, e.end);
  if (inner === null || inner.tag === TAG_NULL) return;
  if (inner.tag === TAG_OCTET_STRING) {
    d.add(berFields.unknownPrimitive, inner.start, length(inner), contents(d, inner));
  }
}

function stringExtension(d: Dissection, field: Field, start: number, end: number): void {
  const e = elementAt(d.buf, start, end);
  if (e === null) d.expert(berExperts.badLength);
  else if ([TAG_IA5, TAG_BMP, TAG_UTF8, TAG_PRINTABLE, TAG_VISIBLE].includes(e.tag)) {
    d.add(field, e.start, length(e), stringOf(d, e));
  }
}

function keyUsage(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_BIT_STRING, (e) => bitFlags(d, ce.keyUsage, KEY_USAGE, e));
}

function netscapeCertType(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_BIT_STRING, (e) => bitFlags(d, netscape.certType, NETSCAPE_TYPES, e));
}

function extendedKeyUsage(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const items = elementsOf(d.buf, e.start, e.end);
    openItems(d, ce.keyPurposeIds, e, items.length);
    for (const item of items) if (item.tag === TAG_OID) objectId(d, ce.keyPurposeId, item);
    d.close();
  });
}

function basicConstraints(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    d.open(ce.basicConstraints, e.at, e.next - e.at);
    if (length(e) === 0) d.appendParent(" [0 length]");
    for (const part of elementsOf(d.buf, e.start, e.end)) {
      if (part.tag === TAG_BOOLEAN && length(part) === 1) {
        d.add(ce.cA, part.start, 1, d.buf[part.start] === 0 ? 0 : 1);
      } else if (part.tag === TAG_INTEGER) unsignedInteger(d, ce.pathLenConstraint, part);
    }
    d.close();
  });
}

function subjectKeyIdentifier(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_OCTET_STRING, (e) => {
    d.add(ce.subjectKeyIdentifier, e.start, length(e), contents(d, e));
  });
}

function authorityKeyIdentifier(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    d.open(ce.authorityKeyIdentifier, e.at, e.next - e.at);
    for (const part of elementsOf(d.buf, e.start, e.end)) {
      if (part.tag === 0x80) d.add(ce.keyIdentifier, part.start, length(part), contents(d, part));
      else if (part.tag === 0xa1) generalNames(d, ce.authorityCertIssuer, part);
      else if (part.tag === 0x82) hexInteger(d, ce.authorityCertSerialNumber, part);
    }
    d.close();
  });
}

function authorityInfoAccess(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const items = elementsOf(d.buf, e.start, e.end);
    openItems(d, implicit.authorityInfoAccess, e, items.length);
    for (const item of items) {
      const [method, location] = elementsOf(d.buf, item.start, item.end);
      d.open(implicit.accessDescription, item.at, item.next - item.at);
      if (method?.tag === TAG_OID) objectId(d, implicit.accessMethod, method);
      if (location !== undefined) generalName(d, implicit.accessLocation, location);
      d.close();
    }
    d.close();
  });
}

/** RFC 5280 section 4.2.1.13. */
function distributionPoints(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const items = elementsOf(d.buf, e.start, e.end);
    openItems(d, ce.crlDistPoints, e, items.length);
    for (const item of items) {
      d.open(ce.distributionPointElement, item.at, item.next - item.at);
      for (const part of elementsOf(d.buf, item.start, item.end)) {
        if (part.tag === 0xa0) distributionPointName(d, part);
        else if (part.tag === 0x81) bitFlags(d, ce.reasons, REASON_FLAGS, part);
        else if (part.tag === 0xa2) generalNames(d, ce.crlIssuer, part);
      }
      d.close();
    }
    d.close();
  });
}

function distributionPointName(d: Dissection, e: Element): void {
  const choice = elementAt(d.buf, e.start, e.end);
  if (choice === null) return;
  d.open(ce.distributionPoint, choice.at, choice.next - choice.at, choice.tag & 0x1f);
  if (choice.tag === 0xa0) generalNames(d, ce.fullName, choice);
  else if (choice.tag === 0xa1) {
    const attributes = elementsOf(d.buf, choice.start, choice.end);
    openItems(d, ce.nameRelative, choice, attributes.length);
    for (const attribute of attributes) {
      d.open(inf.attribute, attribute.at, attribute.next - attribute.at);
      const text = attributeValue(d, attribute);
      if (d.labels) d.appendParent(` (${text})`);
      d.close();
    }
    d.close();
  }
  d.close();
}

/** RFC 5280 section 4.2.1.4. */
function certificatePolicies(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const items = elementsOf(d.buf, e.start, e.end);
    openItems(d, ce.certificatePolicies, e, items.length);
    for (const item of items) {
      const [id, qualifiers] = elementsOf(d.buf, item.start, item.end);
      d.open(ce.policyInformation, item.at, item.next - item.at);
      if (id?.tag === TAG_OID) objectId(d, ce.policyIdentifier, id);
      if (qualifiers?.tag === TAG_SEQUENCE) policyQualifiers(d, qualifiers);
      d.close();
    }
    d.close();
  });
}

function policyQualifiers(d: Dissection, e: Element): void {
  const items = elementsOf(d.buf, e.start, e.end);
  openItems(d, ce.policyQualifiers, e, items.length);
  for (const item of items) {
    const [id, value] = elementsOf(d.buf, item.start, item.end);
    d.open(ce.policyQualifierInfo, item.at, item.next - item.at);
    const kind = id?.tag === TAG_OID ? objectId(d, ce.qualifierId, id) : "";
    if (value !== undefined && kind === "1.3.6.1.5.5.7.2.1") {
      d.add(explicit.directoryString, value.start, length(value), stringOf(d, value));
    } else if (value?.tag === TAG_SEQUENCE && kind === "1.3.6.1.5.5.7.2.2") userNotice(d, value);
    d.close();
  }
  d.close();
}

function userNotice(d: Dissection, e: Element): void {
  d.open(implicit.userNotice, e.at, e.next - e.at);
  for (const part of elementsOf(d.buf, e.start, e.end)) {
    if (part.tag === TAG_SEQUENCE) {
      const [organization, numbers] = elementsOf(d.buf, part.start, part.end);
      d.open(implicit.noticeRef, part.at, part.next - part.at);
      if (organization !== undefined) displayText(d, implicit.organization, organization);
      if (numbers !== undefined) {
        const list = elementsOf(d.buf, numbers.start, numbers.end);
        openItems(d, implicit.noticeNumbers, numbers, list.length);
        for (const number of list) integer(d, implicit.noticeNumber, number);
        d.close();
      }
      d.close();
    } else displayText(d, implicit.explicitText, part);
  }
  d.close();
}

const DISPLAY_TEXTS: readonly (readonly [tag: number, choice: number, field: Field])[] = [
  [TAG_IA5, 0, implicit.ia5String],
  [TAG_VISIBLE, 1, implicit.visibleString],
  [TAG_BMP, 2, implicit.bmpString],
  [TAG_UTF8, 3, implicit.utf8String],
];

function displayText(d: Dissection, field: Field, e: Element): void {
  for (const [tag, choice, text] of DISPLAY_TEXTS) {
    if (tag !== e.tag) continue;
    d.open(field, e.at, e.next - e.at, choice);
    d.add(text, e.start, length(e), stringOf(d, e));
    d.close();
  }
}

/** RFC 5280 section 4.2.1.10. */
function nameConstraints(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    d.open(ce.nameConstraints, e.at, e.next - e.at);
    for (const part of elementsOf(d.buf, e.start, e.end)) {
      if (part.tag !== 0xa0 && part.tag !== 0xa1) continue;
      const items = elementsOf(d.buf, part.start, part.end);
      openItems(d, part.tag === 0xa0 ? ce.permittedSubtrees : ce.excludedSubtrees, part, items.length);
      for (const item of items) {
        const [base, minimum] = elementsOf(d.buf, item.start, item.end);
        d.open(ce.generalSubtree, item.at, item.next - item.at);
        if (base !== undefined) generalName(d, ce.base, base);
        if (minimum?.tag === 0x80) unsignedInteger(d, ce.minimum, minimum);
        d.close();
      }
      d.close();
    }
    d.close();
  });
}

function privateKeyUsagePeriod(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    d.open(ce.privateKeyUsagePeriod, e.at, e.next - e.at);
    for (const part of elementsOf(d.buf, e.start, e.end)) {
      if (part.tag === 0x80) generalizedTime(d, ce.notBefore, part);
      else if (part.tag === 0x81) generalizedTime(d, ce.notAfter, part);
    }
    d.close();
  });
}

function entrustVersionInfo(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const [version, flagBits] = elementsOf(d.buf, e.start, e.end);
    d.open(ce.entrustVersionInfo, e.at, e.next - e.at);
    if (version !== undefined) d.add(ce.entrustVers, version.start, length(version), stringOf(d, version));
    if (flagBits?.tag === TAG_BIT_STRING) bitFlags(d, ce.entrustFlags, ENTRUST_FLAGS, flagBits);
    d.close();
  });
}

function microsoftVersion(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_INTEGER, (e) => {
    integer(d, sat.integer, e);
  });
}

function certificateTemplate(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const [id, major, minor] = elementsOf(d.buf, e.start, e.end);
    d.open(ce.certificateTemplate, e.at, e.next - e.at);
    if (id?.tag === TAG_OID) objectId(d, ce.templateId, id);
    if (major?.tag === TAG_INTEGER) integer(d, ce.templateMajor, major);
    if (minor?.tag === TAG_INTEGER) integer(d, ce.templateMinor, minor);
    d.close();
  });
}

/** RFC 7633. */
function tlsFeature(d: Dissection, start: number, end: number): void {
  inElement(d, start, end, TAG_SEQUENCE, (e) => {
    const items = elementsOf(d.buf, e.start, e.end);
    openItems(d, explicit.features, e, items.length);
    for (const item of items) if (item.tag === TAG_INTEGER) integer(d, explicit.feature, item);
    d.close();
  });
}

// ------------------------------------------------------------------ OCSP

/** RFC 6960 section 4.2.1: OCSPResponse. */
function ocspResponse(d: Dissection, response: Element): void {
  for (const part of elementsOf(d.buf, response.start, response.end)) {
    if (part.tag === 0x0a) integer(d, status.responseStatus, part);
    else if (part.tag === 0xa0) inElement(d, part.start, part.end, TAG_SEQUENCE, (e) => responseBytes(d, e));
  }
}

function responseBytes(d: Dissection, e: Element): void {
  const [type, response] = elementsOf(d.buf, e.start, e.end);
  d.open(status.responseBytes, e.at, e.next - e.at);
  let kind = "";
  if (type?.tag === TAG_OID) {
    kind = formatOid(contents(d, type));
    d.add(status.responseType, type.start, length(type), kind);
    if (d.labels) d.append(` (${oidName(kind)})`);
  }
  if (response?.tag === TAG_OCTET_STRING && kind === "1.3.6.1.5.5.7.48.1.1") {
    inElement(d, response.start, response.end, TAG_SEQUENCE, (basic) => basicResponse(d, basic));
  }
  d.close();
}

function basicResponse(d: Dissection, e: Element): void {
  d.open(status.basicResponse, e.at, e.next - e.at);
  let n = 0;
  for (const part of elementsOf(d.buf, e.start, e.end)) {
    if (n === 0) responseData(d, part);
    else if (n === 1) algorithm(d, status.signatureAlgorithm, part);
    else if (n === 2) bitString(d, status.signature, part);
    else if (part.tag === 0xa0) {
      inElement(d, part.start, part.end, TAG_SEQUENCE, (list) => {
        const items = elementsOf(d.buf, list.start, list.end);
        openItems(d, status.certs, list, items.length);
        for (const item of items) {
          d.open(status.certificate, item.at, item.next - item.at);
          const certificate = elementAt(d.buf, item.at, item.next);
          const subject = certificate === null ? "" : certificateParts(d, certificate);
          if (d.labels) d.appendParent(subject);
          d.close();
        }
        d.close();
      });
    }
    n++;
  }
  d.close();
}

function responseData(d: Dissection, e: Element): void {
  d.open(status.responseData, e.at, e.next - e.at);
  for (const part of elementsOf(d.buf, e.start, e.end)) {
    if (part.tag === 0xa1 || part.tag === 0xa2) {
      const inner = elementAt(d.buf, part.start, part.end);
      if (inner === null) continue;
      d.open(status.responderId, part.at, part.next - part.at, part.tag & 0x1f);
      if (part.tag === 0xa1) name(d, status.byName, inf.rdnSequence, inner);
      else d.add(status.byKey, inner.start, length(inner), contents(d, inner));
      d.close();
    } else if (part.tag === TAG_GENERALIZED_TIME) generalizedTime(d, status.producedAt, part);
    else if (part.tag === TAG_SEQUENCE) {
      const items = elementsOf(d.buf, part.start, part.end);
      openItems(d, status.responses, part, items.length);
      for (const item of items) singleResponse(d, item);
      d.close();
    }
  }
  d.close();
}

function singleResponse(d: Dissection, e: Element): void {
  d.open(status.singleResponse, e.at, e.next - e.at);
  let n = 0;
  for (const part of elementsOf(d.buf, e.start, e.end)) {
    if (n === 0) certId(d, part);
    else if (n === 1) certStatus(d, part);
    else if (part.tag === TAG_GENERALIZED_TIME) generalizedTime(d, status.thisUpdate, part);
    else if (part.tag === 0xa0) {
      inElement(d, part.start, part.end, TAG_GENERALIZED_TIME, (t) =>
        generalizedTime(d, status.nextUpdate, t),
      );
    } else if (part.tag === 0xa1) {
      inElement(d, part.start, part.end, TAG_SEQUENCE, (list) =>
        extensions(d, status.singleExtensions, list),
      );
    }
    n++;
  }
  d.close();
}

function certId(d: Dissection, e: Element): void {
  const [hash, nameHash, keyHash, serial] = elementsOf(d.buf, e.start, e.end);
  d.open(status.certId, e.at, e.next - e.at);
  if (hash !== undefined) algorithm(d, status.hashAlgorithm, hash);
  if (nameHash !== undefined)
    d.add(status.issuerNameHash, nameHash.start, length(nameHash), contents(d, nameHash));
  if (keyHash !== undefined)
    d.add(status.issuerKeyHash, keyHash.start, length(keyHash), contents(d, keyHash));
  if (serial !== undefined) hexInteger(d, status.serialNumber, serial);
  d.close();
}

function certStatus(d: Dissection, e: Element): void {
  const choice = e.tag & 0x1f;
  d.open(status.certStatus, e.at, e.next - e.at, choice);
  if (choice === 0) d.add(status.good, e.start, length(e), null);
  else if (choice === 2) d.add(status.unknown, e.start, length(e), null);
  else if (choice === 1) {
    d.open(status.revoked, e.start, length(e));
    for (const part of elementsOf(d.buf, e.start, e.end)) {
      if (part.tag === TAG_GENERALIZED_TIME) generalizedTime(d, status.revocationTime, part);
      else if (part.tag === 0xa0) {
        const reason = elementAt(d.buf, part.start, part.end);
        if (reason !== null) integer(d, status.revocationReason, reason);
      }
    }
    d.close();
  }
  d.close();
}
