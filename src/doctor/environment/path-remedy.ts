import type { ContextRow, ContextVariable } from "../../errors/event.ts";
import { edit, type Remedy } from "../../errors/remedy.ts";
import { places } from "../../host/places.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { parsePlace, readSystemFile } from "./rc-texts.ts";

const mostNamed = 3;

/** `sudo CMD`, `sudo -i` and 2 more. */
export function describeContexts(rows: readonly ContextRow[]): string {
  const typed = [...new Set(rows.map((row) => `\`${row.typed}\``))];
  const named = typed.slice(0, mostNamed);
  const more = typed.length - named.length;
  if (more > 0) return `${named.join(", ")} and ${more} more`;
  return named.length === 1 ? `${named[0]}` : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

/**
 * The line of a system file that sets this PATH, with /usr/local/bin before all else. Undefined where no such line says
 * just that, and for a crontab, which cron does not read again when somebody else has changed it.
 */
export function putLinksFirst(context: DoctorContext, { value, origin }: ContextVariable): Remedy | undefined {
  const place = parsePlace(origin);
  if (place === undefined || place.file.startsWith("/var/spool/cron/")) return undefined;
  const from = readSystemFile(context, place.file)?.split("\n")[place.line - 1];
  if (from === undefined || value === "" || from.split(value).length !== 2) return undefined;
  const rest = value.split(":").filter((entry) => entry !== places.linkDirectory);
  return edit(place.file, place.line, from, from.replace(value, [places.linkDirectory, ...rest].join(":")));
}

/**
 * A line that puts one directory before PATH, rewritten to put it behind: what only it has is found as before. Undefined
 * for any other line.
 */
export function putBehind(line: string): string | undefined {
  const [, start, directory, end] =
    /^(\s*(?:export\s+)?PATH=)"?((?:\/|\$HOME\/|~\/)[^:"$`\s;&|()]+):\$(?:PATH|\{PATH\})"?(\s*(?:#.*)?|; export PATH\s*)$/.exec(
      line,
    ) ?? [];
  if (start === undefined || directory === undefined) return undefined;
  return `${start}"$PATH:${directory.replace(/^~/, "$HOME")}"${end}`;
}
