/** Names of AVRCP: Audio/Video Remote Control Profile 1.6, and of the AV/C commands it uses. */

export const CTYPES: Readonly<Record<number, string>> = {
  0: "Control",
  1: "Status",
  2: "Specific Inquiry",
  3: "Notify",
  4: "General Inquiry",
  5: "reserved",
  6: "reserved",
  7: "reserved",
  8: "Not Implemented",
  9: "Accepted",
  10: "Rejected",
  11: "In Transition",
  12: "Stable",
  13: "Changed",
  14: "reserved",
  15: "Interim",
};

export const SUBUNITS: Readonly<Record<number, string>> = {
  0: "Monitor",
  1: "Audio",
  2: "Printer",
  3: "Disc",
  4: "Tape Recorder/Player",
  5: "Tuner",
  6: "CA",
  7: "Camera",
  8: "reserved",
  9: "Panel",
  10: "Bulletin Board",
  11: "Camera Storage",
  28: "Vendor Unique",
  29: "All subunit types",
  30: "Subunit_type extended to next byte",
  31: "Unit",
};

export const OPCODES: Readonly<Record<number, string>> = {
  0: "Vendor dependent",
  48: "Unit Info",
  49: "Subunit Info",
  124: "Pass Through",
};

export const OPERATIONS: Readonly<Record<number, string>> = {
  65: "VOLUME UP",
  66: "VOLUME DOWN",
  67: "MUTE",
  68: "PLAY",
  69: "STOP",
  70: "PAUSE",
  71: "RECORD",
  72: "REWIND",
  73: "FAST FORWARD",
  74: "EJECT",
  75: "FORWARD",
  76: "BACKWARD",
};

export const PDUS: Readonly<Record<number, string>> = {
  16: "GetCapabilities",
  17: "ListPlayerApplicationSettingAttributes",
  18: "ListPlayerApplicationSettingValue",
  19: "GetCurrentPlayerApplicationSettingValue",
  20: "SetPlayerApplicationSettingValue",
  21: "GetPlayerApplicationSettingAttributeText",
  22: "GetPlayerApplicationSettingValueText",
  23: "InformDisplayableCharacterSet",
  24: "InformBatteryStatusOfCT",
  32: "GetElementAttributes",
  48: "GetPlayStatus",
  49: "RegisterNotification",
  64: "RequestContinuingResponse",
  65: "AbortContinuingResponse",
  80: "SetAbsoluteVolume",
  96: "SetAddressedPlayer",
  112: "SetBrowsedPlayer",
  113: "GetFolderItems",
  114: "ChangePath",
  115: "GetItemAttributes",
  116: "PlayItem",
  128: "Search",
  144: "AddToNowPlaying",
  160: "GeneralReject",
};

export const EVENTS: Readonly<Record<number, string>> = {
  1: "PlaybackStatusChanged",
  2: "TrackChanged",
  3: "TrackReachedEnd",
  4: "TrackReachedStart",
  5: "PlaybackPositionChanged",
  6: "BatteryStatusChanged",
  7: "SystemStatusChanged",
  8: "PlayerApplicationSettingChanged",
  9: "NowPlayingContentChanged",
  10: "AvailablePlayersChanged",
  11: "AddressedPlayerChanged",
  12: "UIDsChanged",
  13: "VolumeChanged",
};

export const CAPABILITIES: Readonly<Record<number, string>> = {
  2: "Company ID",
  3: "Events Supported",
};

export const PLAY_STATUS: Readonly<Record<number, string>> = {
  0: "Stopped",
  1: "Playing",
  2: "Paused",
  3: "Forward Seek",
  4: "Reverse Seek",
  255: "Error",
};

export const ATTRIBUTES: Readonly<Record<number, string>> = {
  0: "Invalid",
  1: "Title",
  2: "Artist",
  3: "Album",
  4: "Media Number",
  5: "Total Number of Media",
  6: "Genre",
  7: "Playing Time",
};

export const STATUS: Readonly<Record<number, string>> = {
  0: "Invalid Command",
  1: "Invalid Parameter",
  2: "Parameter Not Found",
  3: "Internal Error",
  4: "OK",
  5: "UID Changed",
  6: "Reserved",
  7: "Invalid Direction",
  8: "Not a Directory",
  9: "Does Not Exist",
  10: "Invalid Scope",
  11: "Range Out of Bounds",
  12: "UID is a Directory",
  13: "Media In Use",
  14: "Now Player List Full",
  15: "Search Not Supported",
  16: "Search in Progress",
  17: "Invalid Player Id",
  18: "Player Not Browsable",
  19: "Player Not Addressed",
  20: "No Valid Search Results",
  21: "No Available Players",
  22: "Addressed Player Changed",
};
