import { markup, type Markup } from "../markup.ts";

/** Says how many of a list are left out. */
export function showRest(count: number, shown: number): Markup | "" {
  if (count <= shown) return "";
  return markup` <span class="soft">and ${(count - shown).toLocaleString("en-US")} more, which the JSON has</span>`;
}
