/** Names of the values of Bidirectional Forwarding Detection Control Message. */

export const DIAG: Readonly<Record<number, string>> = {
  0: "No Diagnostic",
  1: "Control Detection Time Expired",
  2: "Echo Function Failed",
  3: "Neighbor Signaled Session Down",
  4: "Forwarding Plane Reset",
  5: "Path Down",
  6: "Concatenated Path Down",
  7: "Administratively Down",
  8: "Reverse Concatenated Path Down",
  9: "Mis-Connectivity Defect",
};
