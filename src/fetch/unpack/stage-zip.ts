import { chmodSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { ProvisionError } from "../../errors/provision-error.ts";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import type { Architecture } from "../../release/architecture.ts";
import type { GoVersion } from "../../release/go-version.ts";
import { computeModuleHash } from "../../release/module-hash.ts";
import type { TreeManifest } from "../../release/tree-manifest.ts";
import type { ReceivedArchive } from "./digest-archive.ts";
import { createZipEntryCheck } from "./zip-entry-check.ts";
import { toDiskFailure } from "./describe-disk-failure.ts";
import { downloadZip, type DownloadZipRequest } from "../download/download-zip.ts";
import { HostileArchive } from "./hostile-archive.ts";
import { readZipDirectory } from "./read-zip-directory.ts";
import { type StagedTree, toManifest, toStageError } from "./staged-tree.ts";
import { startUnpackThread } from "./unpack-thread.ts";
import type { ZipEntry } from "./zip-entry.ts";

export { downloadZip, type DownloadZipRequest };

export interface StageZipRequest {
  /** Physical path of what {@link downloadZip} wrote. */
  readonly zipPath: string;
  readonly archive: ReceivedArchive;
  readonly version: GoVersion;
  readonly architecture: Architecture;
  /** Physical path of an existing empty directory, which becomes the Go tree. */
  readonly into: string;
  readonly bounds: ArchiveBounds;
  /** The checksum database's hash of the module; undefined: the caller judges the one that is returned. */
  readonly expectedH1?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sourceName: string;
}

/** Each thread costs about 15 MB; more than four write no faster. */
const maxThreads = 4;

/**
 * Unpacks a toolchain module's zip as the release's tree: the module's prefix off, `_go.mod` back to `go.mod`, modes by
 * Go's own rule. Its hash is computed from what was written and compared before this returns.
 *
 * What lies in `into` after a failure is garbage, to be removed by the caller. Throws ProvisionError:
 * `checksum-mismatch`, `archive-hostile`, `space-missing`, `step-failed`.
 */
export async function stageZip(request: StageZipRequest): Promise<StagedTree & { readonly h1: string }> {
  const { zipPath, into, bounds, expectedH1, sourceName } = request;
  const callersUmask = process.umask(0o022);
  try {
    const check = createZipEntryCheck(request, bounds);
    await readZipDirectory(zipPath, bounds, (entry) => check.take(entry));
    const { entries, directories } = check.finish();
    request.signal?.throwIfAborted();
    chmodSync(into, 0o755);
    for (const path of directories) mkdirSync(`${into}/${path}`, 0o755);
    const manifest = await unpackAll(request, entries, directories);
    const h1 = hashModule(entries, manifest);
    if (expectedH1 !== undefined && h1 !== expectedH1) throw moduleMismatch(expectedH1, h1, sourceName);
    return { archive: { ...request.archive, kind: "zip" }, manifest, h1 };
  } catch (error) {
    // Bytes that were changed on the way mostly show as damage before there is a hash to compare.
    if (error instanceof HostileArchive && expectedH1 !== undefined && error.message.startsWith("the zip is damaged")) {
      throw moduleMismatch(expectedH1, error.message, sourceName);
    }
    throw toStageError(toDiskFailure(error, into), sourceName);
  } finally {
    process.umask(callersUmask);
  }
}

async function unpackAll(
  { zipPath, into, signal }: StageZipRequest,
  entries: readonly ZipEntry[],
  directories: readonly string[],
): Promise<TreeManifest> {
  const threads = splitByBytes(entries, Math.min(availableParallelism(), maxThreads)).map((part) =>
    startUnpackThread({ readygo: "unpack", kind: "zip", into, zipPath, entries: part }),
  );
  const stopAll = async (): Promise<unknown> => Promise.all(threads.map((thread) => thread.stop()));
  const onAbort = (): void => void stopAll();
  signal?.addEventListener("abort", onAbort);
  try {
    const parts = await Promise.all(threads.map(({ written }) => written));
    return toManifest(...parts, { files: [], directories });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await stopAll();
  }
}

/** Runs of neighbours, so that each thread reads its part of the zip from front to back. */
function splitByBytes(entries: readonly ZipEntry[], parts: number): ZipEntry[][] {
  // A file costs about as much as 16 KiB of content: opening it, and a zlib of its own.
  const cost = ({ size }: ZipEntry): number => size + 16_384;
  const share = entries.reduce((sum, entry) => sum + cost(entry), 0) / parts;
  const runs: ZipEntry[][] = [];
  let spent = 0;
  for (const entry of entries) {
    const index = Math.min(Math.floor(spent / share), parts - 1);
    (runs[index] ??= []).push(entry);
    spent += cost(entry);
  }
  return runs.filter((run) => run !== undefined);
}

function hashModule(entries: readonly ZipEntry[], manifest: TreeManifest): string {
  const names = new Map(entries.map(({ path, name }) => [path, name]));
  return computeModuleHash(manifest.files.map(({ path, sha256 }) => ({ name: names.get(path) ?? path, sha256 })));
}

function moduleMismatch(expected: string, received: string, sourceName: string): ProvisionError {
  return new ProvisionError("checksum-mismatch", "the module is not the one that the checksum database knows", {
    details: { expected, received, from: sourceName },
  });
}
