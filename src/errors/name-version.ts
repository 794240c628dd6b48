import { quoteForShell } from "./aim-at-image.ts";

/**
 * Where a command of a remedy has the word VERSION, what was asked for stands there instead: it is to be pasted. What nobody
 * has asked for, or cannot be asked for again, is left to whoever reads it.
 */
export function nameVersion(remedy: string, asked: string | undefined): string {
  if (asked === undefined) return remedy;
  return remedy.replaceAll(
    /\b(readygo (?:install|plan|bundle)) VERSION\b/g,
    (_, command: string) => `${command} ${quoteForShell(asked)}`,
  );
}
