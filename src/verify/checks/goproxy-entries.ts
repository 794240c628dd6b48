import type { GoLanguage } from "../../release/go-version.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { type Check, pass, skip, warn } from "../check.ts";
import { downloadSettings } from "./mod-download.ts";
import { type AskedEntry, openProxyAsker } from "../proxies/ask-proxy-entry.ts";
import { explainFallback, parseProxyEntries } from "../proxies/goproxy-entries.ts";

export const goproxyEntries: Check = {
  id: "goproxy-entries",
  layer: 3,
  proves:
    "each entry of the account's GOPROXY answers by itself, and so does the checksum database; how long that takes",
  cost: "fetch",
  bound: 4,
  isVerifyOnly: true,
  needsRunning: true,
  // `go list -m -json` of a module that none requires came with it.
  since: "1.16" as GoLanguage,
  async run(context) {
    const settings = await downloadSettings(context);
    const entries = parseProxyEntries(settings["GOPROXY"] ?? "");
    if (entries.length === 0) return skip("GOPROXY names nothing");
    const asker = await openProxyAsker(context, settings, 1);
    // One after another: each may take its whole bound of memory.
    const asked: AskedEntry[] = [];
    for (const entry of entries) asked.push(await asker.askEntry(entry, false));
    const database = await asker.askDatabase();
    const failed = asked.filter(({ outcome }) => outcome === "fails" || outcome === "hangs");
    const said = [
      ...asked.map(describeEntry),
      ...(database === null ? [] : [`with the checksum database ${describeDatabase(database)}`]),
    ].join(", ");
    const [first] = failed;
    if (first !== undefined) {
      const then = entries.length > 1 ? `; ${explainFallback(asked, asked.indexOf(first))}` : "";
      return warn(redactUrl(said + then), first.diagnosis?.remedy ?? "take it out of GOPROXY");
    }
    const fault = database?.diagnosis ?? null;
    return fault === null ? pass(redactUrl(said)) : warn(redactUrl(said), fault.remedy);
  },
};

function describeEntry({ text, outcome, durationMs, diagnosis }: AskedEntry): string {
  switch (outcome) {
    case "answers":
      return `${text} answers after ${inSeconds(durationMs)}`;
    case "unasked":
      return `${text} is not asked`;
    case "absent":
      return `${text} does not have the module`;
    case "fails":
    case "hangs":
      return `${text} fails after ${inSeconds(durationMs)}: ${diagnosis?.cause ?? "without a reason"}`;
  }
}

function describeDatabase({
  diagnosis,
  durationMs,
}: {
  readonly diagnosis: { readonly cause: string } | null;
  readonly durationMs: number;
}): string {
  const after = inSeconds(durationMs);
  return diagnosis === null ? `a whole download takes ${after}` : `nothing comes after ${after}: ${diagnosis.cause}`;
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
