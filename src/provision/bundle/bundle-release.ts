import { describeSource } from "../../apply/acquire/acquire-release.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { nameRoot } from "../../trust/trust-policy.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import { describeAttempts } from "../../fetch/download/attempt-log.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import type { BundledRelease } from "../../sources/bundle-index.ts";
import { archivePlaces } from "../../release/archive-name.ts";
import type { Source } from "../../sources/source.ts";
import { downloadToProve } from "./bundle-download.ts";
import { type BundleTarget, proveAsOffline } from "./bundle-proof.ts";
import { isVouchedBySignature, type ProvenArchive, proveWithSignature } from "./bundle-signature.ts";
import { type ArchivePlace, listArchivePlaces } from "../../sources/probe-sources.ts";
import type { Session } from "../session.ts";

/** A release that is in the bundle, proven, and the files that were added for it. */
interface BundledFiles {
  readonly entry: BundledRelease;
  readonly added: readonly string[];
}

/**
 * Puts one release into a bundle: the archive that is there already, else that of the first source that delivers one which
 * a host without a network can trust.
 *
 * @throws ProvisionError `sources-failed`, `checksum-unknown`; `checksum-mismatch` and others of exit 5 stop everything
 */
export async function bundleRelease(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  sources: readonly Source[],
): Promise<BundledFiles> {
  const places = archivePlaces(target.version, target.architecture);
  const present = places.find((place) => directory.has(place));
  if (present !== undefined) return describeArchive(session, directory, target, present);
  const failures: Record<string, string> = {};
  for (const source of sources) {
    for (const place of listArchivePlaces(session, source, target)) {
      try {
        return await fetchArchive(session, directory, target, place);
      } catch (error) {
        const isNext =
          error instanceof RequestFailure || (error instanceof ProvisionError && error.code === "checksum-unknown");
        if (!isNext) throw error;
        const attempts = error instanceof RequestFailure ? describeAttempts(error) : [];
        failures[redactUrl(place.url)] = [error.message, ...attempts].join("\n");
        session.emit({ kind: "notice", text: `${describeSource(source)}: ${error.message}` });
        if (place.fallback === "absent" && error instanceof RequestFailure && error.kind !== "absent") break;
      }
    }
  }
  throw new ProvisionError(
    "sources-failed",
    `no source could deliver ${target.version} for linux-${target.architecture} in a form that can be proven offline`,
    { details: failures },
  );
}

async function fetchArchive(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  place: ArchivePlace,
): Promise<BundledFiles> {
  const name = nameInBundle(target, place.url);
  session.emit({ kind: "step", text: `fetching ${name}`, transfer: { verb: "download", file: name } });
  const archive = directory.part(name);
  const { proven, added: signature } = await downloadToProve(
    session,
    directory,
    { target, name, url: place.url },
    async () =>
      name.endsWith(".zip")
        ? { proven: await proveAsOffline(session, directory, target, { archive }), added: [] }
        : proveWithSignature(session, directory, target, { archive, name }),
  );
  session.emit({ kind: "proof", file: name, roots: proven.trust.map(({ root }) => nameRoot(root)) });
  const { sha256, size } = proven.staged.archive;
  const beside = name.endsWith(".zip") ? writeModule(directory, name) : writeHash(directory, name, sha256);
  directory.publish(name);
  return {
    entry: {
      ...describeTarget(target, name),
      sha256,
      size,
      trust: proven.trust.map(({ evidence }) => evidence),
      from: redactUrl(place.url),
    },
    added: [...signature, ...beside, name],
  };
}

/**
 * Of an archive that is there: proven anew, and not touched. Where the signature or the key beside it is refused, or does
 * not count, they are fetched anew.
 */
async function describeArchive(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  name: string,
): Promise<BundledFiles> {
  session.emit({ kind: "step", text: `proving ${name}` });
  const archive = `${directory.path}/${name}` as typeof directory.path;
  const { proven, added: signature } = await proveAgain(session, directory, target, { archive, name });
  const { sha256, size } = proven.staged.archive;
  const beside = name.endsWith(".zip") ? writeModule(directory, name) : writeHash(directory, name, sha256);
  const entry = { ...describeTarget(target, name), sha256, size, trust: proven.trust.map(({ evidence }) => evidence) };
  return { entry: { ...entry, from: "" }, added: [...signature, ...beside] };
}

async function proveAgain(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  at: { readonly archive: AbsolutePath; readonly name: string },
): Promise<ProvenArchive> {
  const isSigned = directory.has(`${at.name}.asc`);
  try {
    const proven = await proveAsOffline(session, directory, target, at);
    if (!isSigned || isVouchedBySignature(proven)) return { proven, added: [] };
  } catch (error) {
    const isLeftToSignature = error instanceof ProvisionError && error.exit === 5;
    if (!isSigned || !isLeftToSignature) throw error;
  }
  return proveWithSignature(session, directory, target, at);
}

function describeTarget(
  { version, architecture }: BundleTarget,
  file: string,
): Pick<BundledRelease, "version" | "architecture" | "file" | "kind"> {
  return { version, architecture, file, kind: file.endsWith(".zip") ? "zip" : "tar.gz" };
}

function nameInBundle(target: BundleTarget, url: string): string {
  const [tarGz, , inProxy] = archivePlaces(target.version, target.architecture);
  return /\.zip(?:\?|$)/.test(url) ? inProxy : tarGz;
}

/** As the download host serves it: 64 digits and nothing else. */
function writeHash(directory: BundleDirectory, name: string, sha256: string): readonly string[] {
  return directory.write(`${name}.sha256`, sha256) ? [`${name}.sha256`] : [];
}

/**
 * What the go command asks a module proxy for besides the zip, so that the bundle is a GOPROXY too. Every toolchain's
 * go.mod is the same line (cmd/distpack); the time in .info is optional (go help goproxy).
 */
function writeModule(directory: BundleDirectory, zip: string): readonly string[] {
  const [, place = "", moduleVersion = ""] = /^(.*\/)?([^/]+)\.zip$/.exec(zip) ?? [];
  const files = [
    [`${place}${moduleVersion}.mod`, "module golang.org/toolchain\n"],
    [`${place}${moduleVersion}.info`, `${JSON.stringify({ Version: moduleVersion })}\n`],
  ] as const;
  return files.flatMap(([name, content]) => (directory.write(name, content) ? [name] : []));
}
