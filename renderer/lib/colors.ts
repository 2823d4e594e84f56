/** Resolves colours of the style sheet for canvases, which know no custom properties. */

let probe: HTMLElement | null = null;
/** Colours that were computed, by palette and value. */
const known = new Map<string, string>();

/** The colour as the browser computes it now: `cssColor("var(--accent)")`, `cssColor("light-dark(#fff, #000)")`. */
export function cssColor(value: string): string {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const key = `${document.documentElement.dataset.theme}/${dark}/${value}`;
  let color = known.get(key);
  if (color !== undefined) return color;
  if (!probe) {
    probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = "";
  probe.style.color = value;
  color = getComputedStyle(probe).color;
  known.set(key, color);
  return color;
}

/** Calls `listener` when the palette changes: by the setting or by the system. */
export function onPalette(listener: () => void): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", listener);
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    query.removeEventListener("change", listener);
    observer.disconnect();
  };
}
