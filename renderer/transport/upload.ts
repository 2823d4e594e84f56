import type { ErrorInfo } from "../../engine/api.ts";
import { RequestError } from "./types.ts";

/**
 * Sends a file to the server of the browser face.
 * @param onProgress called with the share sent, 0 to 1
 * @returns the path of the file on the engine's machine, to be opened
 * @throws RequestError with the server's own message when it has one
 */
export function upload(
  file: File,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<{ path: string }> {
  return new Promise((resolve, reject) => {
    // fetch() tells nothing about how much of a body was sent.
    const request = new XMLHttpRequest();
    request.open("PUT", `/upload?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    const fail = (info: ErrorInfo) => reject(new RequestError(info));
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status >= 200 && request.status < 300 && typeof answer?.path === "string") {
        resolve({ path: answer.path });
        return;
      }
      fail({
        code: "UNREADABLE",
        message:
          typeof answer?.message === "string"
            ? answer.message
            : `The server did not take ${file.name} (HTTP ${request.status}). Try again, or open it from a folder.`,
      });
    };
    request.onerror = () =>
      fail({
        code: "UNREADABLE",
        message: `The connection broke while ${file.name} was being sent. Nothing was opened; try again.`,
      });
    request.onabort = () => fail({ code: "CANCELLED", message: `Sending ${file.name} was cancelled.` });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function parse(text: string): { path?: unknown; message?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
