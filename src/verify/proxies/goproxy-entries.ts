/** An entry of GOPROXY as the go command takes it. */
export interface ProxyEntry {
  /** Without white space. */
  readonly text: string;
  readonly kind: "web" | "directory" | "direct" | "off" | "invalid";
  /** What stands behind it in the list; empty at the end. */
  readonly separator: "," | "|" | "";
}

/**
 * The entries of GOPROXY by the rules of cmd/go/internal/modfetch/proxy.go: empty ones are passed over, `direct` and `off` end
 * the list, and a host without a scheme gets https. One that is invalid makes the whole list fail.
 */
export function parseProxyEntries(list: string): readonly ProxyEntry[] {
  const entries: ProxyEntry[] = [];
  for (const [, word = "", separator = ""] of list.matchAll(/([^,|]*)([,|]|$)/g)) {
    const text = word.trim();
    if (text === "") continue;
    const kind = judgeEntry(text);
    entries.push({ text, kind, separator: separator === "," || separator === "|" ? separator : "" });
    if (kind === "direct" || kind === "off") break;
  }
  const last = entries.at(-1);
  return last === undefined ? entries : [...entries.slice(0, -1), { ...last, separator: "" }];
}

function judgeEntry(text: string): ProxyEntry["kind"] {
  if (text === "direct" || text === "off") return text;
  const lacksScheme = /[.:/]/.test(text) && !text.includes(":/") && !text.startsWith("/");
  const url = lacksScheme ? `https://${text}` : text;
  if (/^file:\/\/\/[^?#]*$/i.test(url)) return "directory";
  return /^https?:\/\/[^/?#]/i.test(url) && URL.canParse(url) ? "web" : "invalid";
}

/** The address of an entry that is asked over the network. */
export function parseEntryUrl({ text, kind }: ProxyEntry): URL | undefined {
  if (kind !== "web") return undefined;
  return new URL(/^[a-z][a-z0-9+.-]*:\//i.test(text) ? text : `https://${text}`);
}

/**
 * What one entry says, asked by itself. `absent` is 404 or 410; `hangs` is no answer within the bound, after which go waits
 * on; `unasked` is not known.
 */
export type Outcome = "answers" | "absent" | "fails" | "hangs" | "unasked";

/** Which entry decides a list, and whether modules come by it. */
export interface Verdict {
  readonly isWorking: boolean;
  /** The entry that answers, or at which go gives up; nothing behind it is asked. */
  readonly at: number;
}

/** After a comma go goes on after 404 and 410 only, after a bar after any error; a hang is no error. */
export function followList(entries: readonly { readonly outcome: Outcome; readonly separator: string }[]): Verdict {
  for (const [at, { outcome, separator }] of entries.entries()) {
    if (outcome === "answers" || outcome === "unasked") return { isWorking: true, at };
    if (outcome === "hangs" || (outcome === "fails" && separator !== "|")) return { isWorking: false, at };
  }
  return { isWorking: false, at: entries.length - 1 };
}

/** Why the entries behind one that fails are asked, or are not. */
export function explainFallback(
  entries: readonly { readonly text: string; readonly outcome: Outcome; readonly separator: string }[],
  at: number,
): string {
  const entry = entries[at];
  const next = entries[at + 1];
  if (entry === undefined || next === undefined) return "nothing comes after it";
  if (entry.outcome === "hangs") return `a hang is no error: go waits, and does not ask ${next.text}`;
  if (entry.outcome === "absent") return `after 404 and 410 go asks ${next.text}`;
  return entry.separator === "|"
    ? `after a bar go asks the next one after any error: ${next.text}`
    : `after a comma go asks the next one after 404 and 410 only, so that ${next.text} is not asked`;
}
