/** Names of the values of Cisco Hot Standby Router Protocol. */

export const STATE: Readonly<Record<number, string>> = {
  0: "Initial",
  1: "Learn",
  2: "Listen",
  4: "Speak",
  8: "Standby",
  16: "Active",
};

export const HSRP2_STATE: Readonly<Record<number, string>> = {
  1: "Init",
  2: "Learn",
  3: "Listen",
  4: "Speak",
  5: "Standby",
  6: "Active",
};
