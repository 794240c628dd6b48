import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { RequestFailure } from "../../../../src/errors/request-failure.ts";
import { type StagedTree, stageTarGz, type StageTarGzRequest } from "../../../../src/fetch/unpack/stage-tar-gz.ts";
import { downloadZip, stageZip, type StageZipRequest } from "../../../../src/fetch/unpack/stage-zip.ts";
import { type ArchiveBounds, releaseBounds } from "../../../../src/release/archive-bounds.ts";
import type { Sha256 } from "../../../../src/release/sha256.ts";
import type { GoVersion } from "../../../../src/release/go-version.ts";

/** A directory with an empty `go` to stage into and something beside it that an escape would hit. */
export interface StagingRoom {
  readonly path: string;
  readonly into: string;
  /** All that lies in the room but not in `go`: `["victim"]` while nothing has escaped. */
  outside(): string[];
  tarGz(bytes: Buffer, more?: Partial<StageTarGzRequest>): Promise<StagedTree>;
  zip(bytes: Buffer, more?: Partial<StageZipRequest>): Promise<StagedTree & { readonly h1: string }>;
}

export function createStagingRoom(): StagingRoom {
  const path = mkdtempSync(join(tmpdir(), "readygo-stage-"));
  // Not by a hook of this file: files that share a worker run it once, and only the first of them has the hook.
  onTestFinished(() => rmSync(path, { recursive: true }));
  const into = join(path, "go");
  mkdirSync(into);
  writeFileSync(join(path, "victim"), "untouched");
  const common = { into, bounds: releaseBounds, sourceName: "the test" };
  return {
    path,
    into,
    outside: () => readdirSync(path).filter((name) => name !== "go"),
    tarGz: async (bytes, more = {}) => stageTarGz({ body: inChunks(bytes), ...common, ...more }),
    async zip(bytes, more = {}) {
      const zipPath = join(path, "archive.zip");
      const archive = await downloadZip({ ...common, body: inChunks(bytes), to: zipPath });
      const release = { version: "go1.99.1" as GoVersion, architecture: "amd64" as const };
      const staged = stageZip({ ...common, ...release, zipPath, archive, ...more });
      return staged.finally(() => rmSync(zipPath));
    },
  };
}

/** As it comes from a network: in pieces whose borders mean nothing. */
export async function* inChunks(bytes: Buffer, size = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    yield bytes.subarray(at, at + size);
  }
}

export function sha256Of(bytes: Buffer | string): Sha256 {
  return createHash("sha256").update(bytes).digest("hex") as Sha256;
}

/** Code (or kind) and message, and the entry that is named; a success or a bug fails the test. */
export async function refusalOf(
  staging: Promise<unknown>,
): Promise<{ code: string; message: string; entry: string | undefined }> {
  const error: unknown = await staging.then(
    () => new Error("it was staged"),
    (reason: unknown) => reason,
  );
  if (error instanceof ProvisionError) {
    return { code: error.code, message: error.message, entry: error.details.entry };
  }
  if (error instanceof RequestFailure) return { code: error.kind, message: error.message, entry: undefined };
  throw error;
}

export function boundedBy(bounds: Partial<ArchiveBounds>): { readonly bounds: ArchiveBounds } {
  return { bounds: { ...releaseBounds, ...bounds } };
}
