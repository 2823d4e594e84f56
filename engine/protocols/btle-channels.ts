/** Maps of the data channels of Bluetooth Low Energy: Bluetooth Core Specification 5.3, volume 6 part B section 1.4.1. */
import type { Dissection } from "../dissect/dissection.ts";
import { bool, type Field } from "../dissect/field.ts";

const DATA_CHANNELS = 37;

/** The radio channel of a data channel: the advertising channels 0, 12 and 39 lie in between. */
const radioChannel = (channel: number): number => (channel < 11 ? channel + 1 : channel + 2);

const channels = Array.from({ length: 40 }, (_, channel): Field => {
  const radio = radioChannel(channel);
  const title = `RF Channel ${radio} (${2402 + 2 * radio} MHz - Data - ${channel})`;
  const mask = 1 << (channel & 7);
  return bool(`btcommon.le_channel_map.${channel}`, channel < DATA_CHANNELS ? title : "Reserved", { mask });
});

export const channelMapFields: Readonly<Record<string, Field>> = Object.fromEntries(
  channels.map((field, channel) => [`channel ${channel}`, field]),
);

/** Adds the five bytes of a map with a line for each channel. */
export function addChannelMap(d: Dissection, field: Field): void {
  const at = d.pos;
  d.bytes(field, 5);
  if (!d.building) return;
  d.openLast();
  for (let channel = 0; channel < channels.length; channel++)
    d.bits(channels[channel], at + (channel >> 3), 1);
  d.close();
}
