/** Capture file properties: what a capture says about itself. */
import type { CaptureProperties } from "../api.ts";
import { linkTypeTitle } from "../capture/linktypes.ts";
import type { Time } from "../dissect/dissection.ts";
import { formatAbsTime } from "../dissect/text.ts";
import type { Indexer } from "./indexer.ts";
import type { CaptureSums } from "./sums.ts";

/** A generator, to be run in slices; it yields the share that is done. */
export function* captureProperties(
  indexer: Indexer,
  captureSums: CaptureSums,
): Generator<number, CaptureProperties> {
  const { capture, index } = indexer;
  const { count, earliest, latest, packets } = yield* captureSums.read();
  const info = capture.info();
  const shown = ({ sec, nsec }: Time): string | null => (count === 0 ? null : formatAbsTime(sec, nsec, true));
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
        packets: packets[iface.id] ?? 0,
        dropped: dropped ?? null,
      };
    }),
    firstTime: shown(earliest),
    lastTime: shown(latest),
    duration: latest.sec - earliest.sec + (latest.nsec - earliest.nsec) / 1e9,
    frames: count,
    wireBytes: index.wireBytes,
    capturedBytes: index.capturedBytes,
    names: info.names.size,
    secrets: info.secrets,
  };
}
