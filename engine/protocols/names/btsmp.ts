/** Names of security manager numbers: Bluetooth Core Specification 5.3, volume 3 part H. */
export const OPCODES: Readonly<Record<number, string>> = {
  1: "Pairing Request",
  2: "Pairing Response",
  3: "Pairing Confirm",
  4: "Pairing Random",
  5: "Pairing Failed",
  6: "Encryption Information",
  7: "Master Identification",
  8: "Identity Information",
  9: "Identity Address Information",
  10: "Signing Information",
  11: "Security Request",
  12: "Pairing Public Key",
  13: "Pairing DHKey Check",
  14: "Pairing Keypress Notification",
};
export const REASONS: Readonly<Record<number, string>> = {
  1: "Passkey Entry Failed",
  2: "OOB Not Available",
  3: "Authentication Requirements",
  4: "Confirm Value Failed",
  5: "Pairing Not Supported",
  6: "Encryption Key Size",
  7: "Command Not Supported",
  8: "Unspecified Reason",
  9: "Repeated Attempts",
  10: "Invalid Parameters",
  11: "DHKey Check Failed",
  12: "Numeric Comparison Failed",
  13: "BR/EDR pairing in progress",
  14: "Cross-transport Key Derivation/Generation not allowed",
};
export const IO_CAPABILITYS: Readonly<Record<number, string>> = {
  0: "Display Only",
  1: "Display Yes/No",
  2: "Keyboard Only",
  3: "No Input, No Output",
  4: "Keyboard, Display",
};
export const OOB_DATA_FLAGS: Readonly<Record<number, string>> = {
  0: "OOB Auth. Data Not Present",
  1: "OOB Auth. Data From Remote Device Present",
};
export const BONDING_FLAGS: Readonly<Record<number, string>> = {
  0: "No Bonding",
  1: "Bonding",
};
export const ADDRESS_TYPES: Readonly<Record<number, string>> = {
  0: "Public",
  1: "Random",
};
export const NOTIFICATION_TYPES: Readonly<Record<number, string>> = {
  0: "Passkey Entry Started",
  1: "Passkey Digit Entered",
  2: "Passkey Digit Erased",
  3: "Passkey Cleared",
  4: "Passkey Entry Completed",
};
