/** What goes wrong beneath a session, in the contract's words. */
import { statSync } from "node:fs";
import { ApiError } from "../api.ts";
import { ClaimError } from "../capture/index.ts";
import { SaveError } from "../formats/save.ts";

/** Whatever was thrown, as the contract's error. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ClaimError)
    return new ApiError(error.code === "gone" ? "NOT_FOUND" : "BAD_REQUEST", error.message);
  if (error instanceof SaveError) {
    const codes = {
      cancelled: "CANCELLED",
      "no-space": "NO_SPACE",
      "not-representable": "FORMAT",
      source: "UNREADABLE",
      target: "UNREADABLE",
    } as const;
    return new ApiError(codes[error.code], error.message);
  }
  return new ApiError("INTERNAL", error instanceof Error ? error.message : String(error));
}

/** Answers at once, in words, what would go wrong on opening. */
export function checkReadable(path: string): void {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new ApiError("NOT_A_CAPTURE", `"${path}" is a folder, not a capture file.`);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new ApiError("NOT_FOUND", `There is no file "${path}".`);
    throw new ApiError("UNREADABLE", `"${path}" cannot be read (${code ?? error}).`);
  }
}

/** True when something has this name. */
export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
