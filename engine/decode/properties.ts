/** Capture file properties: what a capture says about itself. */
import type { CaptureProperties } from "../api.ts";
import { linkTypeTitle } from "../capture/linktypes.ts";
import { formatAbsTime } from "../dissect/text.ts";
import type { Indexer } from "./indexer.ts";

export function captureProperties(indexer: Indexer): CaptureProperties {
  const { capture, index } = indexer;
  const info = capture.info();
  const packets = new Array<number>(info.interfaces.length).fill(0);
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let firstTime: string | null = null;
  let lastTime: string | null = null;
  let left = index.count;
  for (const s of index.segments) {
    const n = Math.min(left, s.sec.length);
    for (let i = 0; i < n; i++) {
      packets[s.iface[i]]++;
      const time = s.sec[i] + s.nsec[i] / 1e9;
      if (time < start) {
        start = time;
        firstTime = formatAbsTime(s.sec[i], s.nsec[i], true);
      }
      if (time > end) {
        end = time;
        lastTime = formatAbsTime(s.sec[i], s.nsec[i], true);
      }
    }
    left -= n;
  }
  return {
    path: capture.path,
    bytes: capture.reader.source.size(),
    format: info.description,
    compression: info.compression,
    sections: info.sections.map((section) => ({
      ...(section.hardware === undefined ? {} : { hardware: section.hardware }),
      ...(section.os === undefined ? {} : { os: section.os }),
      ...(section.application === undefined ? {} : { application: section.application }),
      comments: [...section.comments],
    })),
    interfaces: info.interfaces.map((iface) => {
      const dropped = info.statistics.find((statistics) => statistics.iface === iface.id)?.droppedByKernel;
      return {
        id: iface.id,
        name: iface.name ?? "",
        description: iface.description ?? "",
        linkType: iface.linkType,
        linkTypeName: linkTypeTitle(iface.linkType),
        snapLen: iface.snapLen,
        filter: iface.filter ?? "",
        packets: packets[iface.id],
        dropped: dropped ?? null,
      };
    }),
    firstTime,
    lastTime,
    duration: index.count === 0 ? 0 : end - start,
    frames: index.count,
    wireBytes: index.wireBytes,
    capturedBytes: index.capturedBytes,
    names: info.names.size,
    secrets: info.secrets,
  };
}
