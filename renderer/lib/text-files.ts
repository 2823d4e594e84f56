/** Largest text file that is read. */
export const TEXT_FILE_LIMIT = 4_000_000;

/** Offers a text to be kept as a file, in the browser as on the desktop. */
export function downloadText(name: string, text: string): void {
  // Not as plain text: browsers would give the name an ending.
  const url = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
