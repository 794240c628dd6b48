import { parse } from "ini";
import { readCarriedSources } from "../host/carried-text.ts";

/** A source that has a name, as manifests/sources.ini describes it. */
export interface KnownSource {
  readonly name: string;
  readonly kind: "publisher" | "mirror" | "goproxy";
  /** In the order to try them; none for the module proxy that the host names. */
  readonly urls: readonly string[];
  /** Whether it is tried without being named. */
  readonly isDefault: boolean;
  /** Who runs it. */
  readonly operator: string;
  readonly notes: string;
}

/** A word that is meant as a name: anything else is a URL or a path. */
export const sourceName = /^[a-z][a-z0-9-]*$/i;

let known: readonly KnownSource[] | undefined;

export function listKnownSources(): readonly KnownSource[] {
  return (known ??= parseKnownSources(readCarriedSources()));
}

/** Case makes no other name: `Aliyun` is `aliyun`. */
export function findKnownSource(name: string): KnownSource | undefined {
  return listKnownSources().find((source) => source.name === name.toLowerCase());
}

/** Whether a base URL is the publisher's or that of a mirror with a name: those have its files and nothing else. */
export function isKnownMirror(url: string): boolean {
  return listKnownSources().some(({ kind, urls }) => kind !== "goproxy" && urls.includes(url));
}

/** What is tried where neither --source nor readygo.ini's `order` says anything. */
export function defaultSourceNames(): readonly string[] {
  return listKnownSources().flatMap(({ name, isDefault }) => (isDefault ? [name] : []));
}

/** The URLs of a source that has to be there; its absence is a bug. */
export function urlsOfSource(name: string): readonly [string, ...string[]] {
  const [first, ...others] = findKnownSource(name)?.urls ?? [];
  if (first === undefined) throw new Error(`manifests/sources.ini has no URL of ${name}`);
  return [first, ...others];
}

/** Throws a plain Error that names the section: the file is ours, and a test reads it. */
export function parseKnownSources(text: string): readonly KnownSource[] {
  return Object.entries(parse(text)).map(([name, section]) => {
    const fail = (what: string): Error => new Error(`manifests/sources.ini, [${name}]: ${what}`);
    if (!sourceName.test(name) || name !== name.toLowerCase()) throw fail("not a name");
    if (typeof section !== "object" || section === null) throw fail("outside of any section");
    const { kind, url, url2, default: isDefault, operator, notes = "", ...rest } = section as Record<string, unknown>;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw fail(`there is no key ${unknown}`);
    if (kind !== "publisher" && kind !== "mirror" && kind !== "goproxy") throw fail("kind is not known");
    const urls = [url, url2].filter((one) => typeof one === "string");
    if (!urls.every((one) => one.startsWith("https://") && URL.canParse(one) && !one.endsWith("/")))
      throw fail("a URL is not an https one without a slash at its end");
    const atLeast = kind === "goproxy" ? 0 : 1;
    const atMost = kind === "publisher" ? 2 : 1;
    if (urls.length < atLeast || urls.length > atMost) throw fail(`${urls.length} URLs`);
    // `ini` reads yes as text and true as a boolean: one spelling is enough.
    if (isDefault !== "yes" && isDefault !== "no") throw fail("default is neither yes nor no");
    if (typeof operator !== "string" || operator === "" || typeof notes !== "string") throw fail("operator or notes");
    return { name, kind, urls, isDefault: isDefault === "yes", operator, notes };
  });
}
