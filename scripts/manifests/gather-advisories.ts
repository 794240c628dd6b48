import { RequestFailure } from "../../src/errors/request-failure.ts";
import type { HttpClient } from "../../src/fetch/http/http-client.ts";
import type { Advisory } from "../../src/release/advisories.ts";

/** Where the Go vulnerability database is published: an index, and one file in the OSV format for each advisory. */
export const usualDatabase = "https://vuln.go.dev";

const bound = { maxBytes: 8 * 1024 * 1024, timeoutMs: 15_000 };
const atOnce = 8;
const goModules: ReadonlySet<string> = new Set(["stdlib", "toolchain"]);

/** The parts of an OSV file that are read (https://go.dev/doc/security/vuln/database). */
interface OsvFile {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly withdrawn?: string;
  readonly affected: readonly {
    readonly package: { readonly name: string };
    readonly ranges?: readonly {
      readonly type: string;
      readonly events: readonly { readonly introduced?: string; readonly fixed?: string }[];
    }[];
    readonly ecosystem_specific?: {
      readonly imports?: readonly { readonly path: string; readonly goos?: readonly string[] }[];
    };
  }[];
}

/** The file's new text; undefined where the database cannot be reached: then what is there stays. */
export async function refreshAdvisories(
  http: HttpClient,
  { base, note }: { readonly base: string; readonly note: (text: string) => void },
): Promise<string | undefined> {
  try {
    const { modified } = await readJson<{ readonly modified: string }>(http, `${base}/index/db.json`);
    const index = await readJson<
      readonly { readonly path: string; readonly vulns: readonly { readonly id: string }[] }[]
    >(http, `${base}/index/modules.json`);
    const ids = index.filter(({ path }) => goModules.has(path)).flatMap(({ vulns }) => vulns.map(({ id }) => id));
    const wanted = [...new Set(ids)].toSorted();
    if (wanted.length === 0) throw new Error(`${base}/index/modules.json names no advisory of Go's own`);
    const advisories: Advisory[] = [];
    for (let at = 0; at < wanted.length; at += atOnce) {
      const files = wanted.slice(at, at + atOnce).map((id) => readJson<OsvFile>(http, `${base}/ID/${id}.json`));
      advisories.push(...(await Promise.all(files)).flatMap((file) => parseOsv(file) ?? []));
    }
    return formatAdvisories(modified.slice(0, "2026-08-21".length), advisories);
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    note(`the vulnerability database cannot be asked: ${error.message}`);
    return undefined;
  }
}

async function readJson<Shape>(http: HttpClient, url: string): Promise<Shape> {
  return JSON.parse(await http.readText(url, bound)) as Shape;
}

/** Undefined for one that was withdrawn, or is of other systems than Linux alone. */
export function parseOsv({ id, aliases = [], withdrawn, affected }: OsvFile): Advisory | undefined {
  if (withdrawn !== undefined) return undefined;
  const own = affected.filter(
    (each) => goModules.has(each.package.name) && (each.ecosystem_specific?.imports ?? [{ path: "" }]).some(isOfLinux),
  );
  if (own.length === 0) return undefined;
  const imports = own.flatMap((each) => (each.ecosystem_specific?.imports ?? []).filter(isOfLinux));
  return {
    id,
    aliases: aliases.filter((alias) => alias.startsWith("CVE-")),
    packages: [...new Set(imports.map(({ path }) => path))],
    ranges: own.flatMap(({ ranges = [] }) =>
      ranges.flatMap(({ type, events }) => (type === "SEMVER" ? pair(events) : [])),
    ),
  };
}

function isOfLinux({ goos = [] }: { readonly goos?: readonly string[] }): boolean {
  return goos.length === 0 || goos.includes("linux");
}

/** Events come in order: introduced, fixed, introduced, fixed. */
function pair(
  events: readonly { readonly introduced?: string; readonly fixed?: string }[],
): readonly (readonly [string, string | null])[] {
  const ranges: (readonly [string, string | null])[] = [];
  let introduced: string | undefined;
  for (const event of events) {
    if (event.introduced !== undefined) introduced = event.introduced;
    if (event.fixed === undefined || introduced === undefined) continue;
    ranges.push([introduced, event.fixed]);
    introduced = undefined;
  }
  return introduced === undefined ? ranges : [...ranges, [introduced, null]];
}

/** One advisory a line, the oldest first. */
export function formatAdvisories(modified: string, advisories: readonly Advisory[]): string {
  const rows = advisories
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, aliases, packages, ranges }) => `  ${JSON.stringify({ id, aliases, packages, ranges })}`);
  const head = {
    source: "the Go vulnerability database, https://vuln.go.dev, by The Go Authors",
    licence: "CC-BY-4.0, https://creativecommons.org/licenses/by/4.0/",
    modified,
  };
  const lines = Object.entries(head).map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  return ["{", ...lines, ' "advisories": [', rows.join(",\n"), " ]", "}", ""].join("\n");
}
