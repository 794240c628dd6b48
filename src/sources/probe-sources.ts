import { redactUrl } from "../errors/redact-url.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import { probeArchive, type ArchiveSample } from "./probe-archive.ts";
import { absolutePath } from "../host/absolute-path.ts";
import type { Architecture } from "../release/architecture.ts";
import { archiveFileName, archivePlaces } from "../release/archive-name.ts";
import type { GoVersion } from "../release/go-version.ts";
import { fileUrl } from "./file-url.ts";
import { isKnownMirror } from "./known-sources.ts";
import { toolchainUrl } from "./goproxy-list.ts";
import { archiveUrls, moduleOrigin, type Source } from "./source.ts";
import type { SourceContext } from "./source-context.ts";

/** A source to ask, by the name or text that it goes by. */
export interface SourceTarget {
  readonly name: string;
  readonly source: Source;
  readonly operator: string;
}

/** `why` says what is wrong with `url`, the address that comes first. */
export type SourceProbe = SourceTarget &
  (
    | { readonly status: "delivers"; readonly sample: ArchiveSample }
    | { readonly status: "absent" | "fails"; readonly url: string; readonly why: string }
  );

const atOnce = 4;
const boundMs = 5_000;
/** The publisher's first host, and each proxy before the last, leaves time for the next. */
const boundBeforeNextMs = 3_000;
const sampleBytes = 1024 * 1024;
/** What a delivery is reckoned for: about the size of a release. */
const usualBytes = 70_000_000;

/** Asks each source for the beginning of a release's archive, a few at once, 5 s each; best first. */
export async function probeSources(
  context: SourceContext,
  targets: readonly SourceTarget[],
  release: { readonly version: GoVersion; readonly architecture: Architecture },
): Promise<readonly SourceProbe[]> {
  const waiting = [...targets];
  const probes: SourceProbe[] = [];
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      probes.push(await probeSource(context, target, listArchivePlaces(context, target.source, release)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const placeOf = ({ name }: SourceProbe): number => targets.findIndex((target) => target.name === name);
  return probes.toSorted((a, b) => secondsToDeliver(a) - secondsToDeliver(b) || placeOf(a) - placeOf(b));
}

/** An address of the archive, and whether the next one counts after any failure of this one or only where it is absent. */
export interface ArchivePlace {
  readonly url: string;
  readonly fallback: "absent" | "any";
}

async function probeSource(
  context: SourceContext,
  target: SourceTarget,
  places: readonly ArchivePlace[],
): Promise<SourceProbe> {
  const end = context.clock.monotonicMs() + boundMs;
  let first: RequestFailure | undefined;
  for (const [index, { url, fallback }] of places.entries()) {
    const leftMs = end - context.clock.monotonicMs();
    if (leftMs <= 0) break;
    const bound = index === places.length - 1 ? leftMs : Math.min(leftMs, boundBeforeNextMs);
    try {
      const request = { boundMs: Math.ceil(bound), sampleBytes, signal: context.stop };
      return { ...target, status: "delivers", sample: await probeArchive(context.http, url, request) };
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error;
      first ??= error.nameWay(context.http.findWay(error.url));
      if (fallback === "absent" && error.kind !== "absent") break;
    }
  }
  const failure = first ?? new RequestFailure("absent", "", "it names nothing to ask");
  const status = failure.kind === "absent" ? "absent" : "fails";
  return { ...target, status, url: redactUrl(failure.url), why: failure.message };
}

/** Addresses of one release's archive at a source, in the order to try them. */
export function listArchivePlaces(
  context: SourceContext,
  source: Source,
  { version, architecture }: { readonly version: GoVersion; readonly architecture: Architecture },
): readonly ArchivePlace[] {
  switch (source.kind) {
    case "publisher":
    case "base-url": {
      const archives = archiveUrls(source, archiveFileName(version, architecture));
      // A server that is no known mirror may have a bundle, and that a release as a module zip.
      const mayBeBundle = source.kind === "base-url" && !isKnownMirror(source.url);
      const modules = mayBeBundle ? [toolchainUrl(source.url, version, architecture, "zip")] : [];
      return [...archives, ...modules].map((url) => ({ url, fallback: "any" }));
    }
    case "goproxy":
      return source.list.flatMap(({ url, fallback }): readonly ArchivePlace[] => {
        if (url === "off") return [];
        const proxy = url === "direct" ? moduleOrigin() : url;
        return [{ url: toolchainUrl(proxy, version, architecture, "zip"), fallback }];
      });
    case "directory": {
      const paths = archivePlaces(version, architecture).map((place) => absolutePath(source.path, place));
      const found = paths.find((path) => context.machine.stat(path) !== undefined) ?? paths[0];
      return found === undefined ? [] : [{ url: fileUrl(found), fallback: "any" }];
    }
    case "file":
      return [{ url: fileUrl(source.path), fallback: "any" }];
  }
}

function secondsToDeliver(probe: SourceProbe): number {
  if (probe.status !== "delivers") return Number.MAX_SAFE_INTEGER - (probe.status === "absent" ? 1 : 0);
  const { firstByteMs, bytesPerSecond, size } = probe.sample;
  return firstByteMs / 1000 + (size ?? usualBytes) / bytesPerSecond;
}
