import { paint } from "./paint.ts";
import { printableLine } from "./printable.ts";

/** `warning: …`, and a hint below where there is one. No newline at the end. */
export function formatWarning(warning: { readonly text: string; readonly remedy?: string }, isColor: boolean): string {
  const line = `${paint("warning:", "yellow", isColor)} ${printableLine(warning.text)}`;
  return warning.remedy === undefined
    ? line
    : `${line}\n  ${paint("hint:", "cyan", isColor)} ${printableLine(warning.remedy)}`;
}
