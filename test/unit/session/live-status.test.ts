/** What a session says of captures: which interface, what became of it, what to do. */
import { expect, test } from "vitest";
import { noticeOf, startProblem, whyEnded } from "../../../engine/session/live-status.ts";

test("notices name their interface, and a later one takes the place of an earlier one about the same", () => {
  const down = noticeOf({ code: "interface-down", message: "The interface was set down", interface: "eth0" });
  expect(down).toEqual({
    severity: "warning",
    message: "eth0 was set down; capturing goes on when it is up.",
    about: "interface eth0",
  });
  const up = noticeOf({ code: "interface-up", message: "The interface is up again", interface: "eth0" });
  expect(up).toEqual({ severity: "note", message: "eth0 is up again.", about: down.about });
  const gone = noticeOf({ code: "interface-gone", message: "removed", interface: "eth0" });
  expect(gone.message).toBe("eth0 disappeared; the others are captured on.");
  const warned = { code: "activated-with-warning", message: "no promiscuous mode" };
  expect(noticeOf({ ...warned, interface: "eth0" }).message).toBe("eth0: no promiscuous mode");
  expect(noticeOf({ ...warned, message: "eth0 is odd", interface: "eth0" }).message).toBe("eth0 is odd");
  expect(noticeOf(warned)).toEqual({ severity: "warning", message: "no promiscuous mode" });
});

test("why a capture did not start names the interface", () => {
  expect(startProblem({ code: "no-such-device", message: "No such device exists", interface: "eth0" })).toBe(
    "There is no interface eth0 now: it was unplugged, removed or renamed. Choose one that is there.",
  );
  expect(startProblem({ code: "not-up", message: "That device is not up", interface: "eth0" })).toBe(
    "eth0: That device is not up",
  );
  expect(startProblem({ code: "capture-failed", message: "eth0: bad", interface: "eth0" })).toBe("eth0: bad");
  expect(startProblem({ code: "output", message: "disk full" })).toBe("disk full");
});

test("why a capture ended says once that packets are kept", () => {
  expect(whyEnded("The interface disappeared.", ["eth0", "eth1"])).toBe(
    "The capture on eth0, eth1 ended: the interface disappeared. The packets captured before are kept.",
  );
  expect(whyEnded("The helper was killed by SIGKILL. The packets it had written are kept.", ["eth0"])).toBe(
    "The capture on eth0 ended: the helper was killed by SIGKILL. The packets it had written are kept.",
  );
});
