/** Names of AVDTP: the protocol's specification 1.3 and the profiles above it. */

export const AVDTP_SIGNALS: Readonly<Record<number, string>> = {
  0: "Reserved",
  1: "Discover",
  2: "GetCapabilities",
  3: "SetConfiguration",
  4: "GetConfiguration",
  5: "Reconfigure",
  6: "Open",
  7: "Start",
  8: "Close",
  9: "Suspend",
  10: "Abort",
  11: "SecurityControl",
  12: "GetAllCapabilities",
  13: "DelayReport",
};

export const AVDTP_MESSAGES: Readonly<Record<number, string>> = {
  0: "Command",
  1: "GeneralReject",
  2: "ResponseAccept",
  3: "ResponseReject",
};

export const AVDTP_ERRORS: Readonly<Record<number, string>> = {
  1: "Bad Header Format",
  17: "Bad Length",
  18: "Bad ACP SEID",
  19: "SEP In Use",
  20: "SEP Not In Use",
  23: "Bad Service Category",
  24: "Bad Payload Format",
  25: "Not Supported Command",
  26: "Invalid Capabilities",
  34: "Bad Recovery Type",
  35: "Bad Media Transport Format",
  37: "Bad Recovery Format",
  38: "Bad Header Compression Format",
  39: "Bad Content Protection Format",
  40: "Bad Multiplexing Format",
  41: "Unsupported Configuration",
  49: "Bad State",
  128: "The Service Category Stated is Invalid",
  129: "Lack of Resource New Stream Context",
  193: "Invalid Codec Type",
  194: "Not Supported Codec Type",
  195: "Invalid Sampling Frequency",
  196: "Not Supported Sampling Frequency",
  197: "Invalid Channel Mode",
  198: "Not Supported Channel Mode",
  199: "Invalid Subbands",
  200: "Not Supported Subbands",
  201: "Invalid Allocation Method",
  202: "Not Supported Allocation Method",
  203: "Invalid Minimum Bitpool Value",
  204: "Not Supported Minimum Bitpool Value",
  205: "Invalid Maximum Bitpool Value",
  206: "Not Supported Maximum Bitpool Value",
  207: "Invalid Layer",
  208: "Not Supported Layer",
  209: "Not Supported CRC",
  210: "Not Supported MPF",
  211: "Not Supported VBR",
  212: "Invalid Bit Rate",
  213: "Not Supported Bit Rate",
  214: "Invalid Object Type",
  215: "Not Supported Object Type",
  216: "Invalid Channels",
  217: "Not Supported Channels",
  218: "Invalid Version",
  219: "Not Supported Version",
  220: "Not Supported Maximum SUL",
  221: "Invalid Block Length",
  224: "Invalid Content Protection Type",
  225: "Invalid Content Protection Format",
  226: "Invalid Coded Parameter",
  227: "Not Supported Codec Parameter",
};

export const MEDIA_TYPES: Readonly<Record<number, string>> = {
  0: "Audio",
  1: "Video",
  2: "Multimedia",
};

export const SERVICE_CATEGORIES: Readonly<Record<number, string>> = {
  1: "Media Transport",
  2: "Reporting",
  3: "Recovery",
  4: "Content Protection",
  5: "Header Compression",
  6: "Multiplexing",
  7: "Media Codec",
  8: "Delay Reporting",
};

export const PROTECTIONS: Readonly<Record<number, string>> = {
  1: "DTCP",
  2: "SCMS-T",
};

export const AUDIO_CODECS: Readonly<Record<number, string>> = {
  0: "SBC",
  1: "MPEG-1,2 Audio",
  2: "MPEG-2,4 AAC",
  4: "ATRAC family",
  255: "non-A2DP",
};

export const VIDEO_CODECS: Readonly<Record<number, string>> = {
  1: "H.263 baseline",
  2: "MPEG-4 Visual Simple Profile",
  3: "H.263 profile 3",
  4: "H.263 profile 8",
  255: "non-VDP",
};
