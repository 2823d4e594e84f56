/** An assistant's part in applying filters: judges a share of a capture's frames. */
import "../protocols/index.ts";
import { AtomAnswers } from "../decode/atom-store.ts";
import { FrameJudge } from "../decode/frame-judge.ts";
import { FrameWindow } from "../decode/frame-window.ts";
import { ScanControl } from "../decode/scan-control.ts";
import type { CaptureSnapshot, ScanJob } from "../decode/scan-messages.ts";
import { ScanShare } from "../decode/scan-share.ts";
import { SharedCapture } from "../decode/scanned.ts";
import { StreamWalk } from "../decode/stream-walk.ts";
import { compileFilter } from "../filter/compile.ts";

/** Milliseconds between two looks at whether the work was called off, while others must finish first. */
const WAIT = 20;

export class ScanAssistant {
  #capture: SharedCapture | null = null;
  #window: FrameWindow | null = null;

  /** Takes a capture over, in place of the one before. */
  open(snapshot: CaptureSnapshot): void {
    this.close();
    this.#capture = new SharedCapture(snapshot);
    this.#window = new FrameWindow(snapshot.path);
  }

  close(): void {
    this.#capture?.close();
    this.#window?.close();
    this.#capture = null;
    this.#window = null;
  }

  /** Does a share of a job; returns when it is done or the job was called off. */
  work(job: ScanJob): void {
    const capture = this.#capture;
    const window = this.#window;
    if (capture === null || window === null) return;
    const filter = compileFilter(job.filter, { references: job.references });
    const answers = job.answers.map(({ known, truth }) => {
      const shared = new AtomAnswers();
      shared.known.adopt(known);
      shared.truth.adopt(truth);
      return shared;
    });
    const { count } = capture.index;
    const control = new ScanControl(job.shares, count, job.control);
    const judge = new FrameJudge(capture, window, filter, answers);
    const share = { index: job.share, count: job.shares };
    const walk = new StreamWalk(capture, window, filter, answers, judge.decider, null, share);
    const work = new ScanShare(judge, walk, control, job.share, count);
    while (!work.done && !control.calledOff) {
      if (!work.step(Number.POSITIVE_INFINITY)) control.wait(WAIT);
    }
  }
}
