/** Names that IS-IS and OSPF share: the registry of MSD types, https://www.iana.org/assignments/igp-parameters/. */

export const MSD_TYPES: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Base MPLS Imposition",
  41: "Maximum Segments Left",
  42: "Maximum End Pop",
  43: "Maximum T.Insert",
  44: "Maximum T.Encaps",
  45: "Maximum End D",
};
