import { ProvisionError } from "../errors/provision-error.ts";
import { RequestFailure } from "../errors/request-failure.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { computeModuleHash, moduleFileName } from "../release/module-hash.ts";
import { appendPath } from "../release/goproxy-list.ts";
import { findChecksumBase } from "../release/sumdb/checksum-base.ts";
import { lookupChecksum, type ChecksumRecord } from "../release/sumdb/lookup.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import type { AcquireContext } from "./acquire-context.ts";
import { openReaders } from "./open-readers.ts";

/** The checksum database's verified record of this release, asked through a module proxy or, without one, directly. */
export async function lookUpRelease(context: AcquireContext, proxy: string | undefined): Promise<ChecksumRecord> {
  const { readText, readBytes } = openReaders(context);
  const base = await findChecksumBase(proxy, readText);
  return lookupChecksum({ version: context.version, architecture: context.architecture, readText, readBytes, base });
}

/** The copy that came along with an archive, else the log itself. */
export async function lookUpNearest(context: AcquireContext): Promise<ChecksumRecord> {
  return (await lookUpBundled(context)) ?? lookUpRelease(context, context.logProxy);
}

/** Undefined where no copy came along, or where it lacks this release. */
async function lookUpBundled(context: AcquireContext): Promise<ChecksumRecord | undefined> {
  const { bundledLog } = context;
  if (bundledLog === undefined) return undefined;
  try {
    const base = appendPath(bundledLog, "sumdb/sum.golang.org");
    return await lookupChecksum({ ...context, ...openReaders(context), base });
  } catch (error) {
    if (error instanceof RequestFailure) return undefined;
    throw error;
  }
}

export function logEvidence(record: ChecksumRecord): TrustEvidence {
  return { root: "log", evidence: `the checksum database's record ${record.recordId} states ${record.h1}` };
}

/**
 * Proves a tree from the tar.gz: less `api doc misc test` it is the toolchain module, whose hash the log has.
 *
 * @throws ProvisionError `checksum-mismatch`; RequestFailure where the log cannot be reached
 */
export async function proveByLog(context: AcquireContext, manifest: TreeManifest): Promise<TrustEvidence> {
  return proveByRecord(context, manifest, await lookUpNearest(context));
}

/** The same where a copy of the log came along; nothing where none did. @throws ProvisionError as proveByLog */
export async function proveByBundledLog(
  context: AcquireContext,
  manifest: TreeManifest,
): Promise<readonly TrustEvidence[]> {
  const record = await lookUpBundled(context);
  return record === undefined ? [] : [proveByRecord(context, manifest, record)];
}

function proveByRecord(context: AcquireContext, manifest: TreeManifest, record: ChecksumRecord): TrustEvidence {
  const h1 = computeModuleHash(
    manifest.files.flatMap(({ path, sha256 }) => {
      const name = moduleFileName(context.version, context.architecture, path);
      return name === undefined ? [] : [{ name, sha256 }];
    }),
  );
  if (h1 !== record.h1) {
    throw new ProvisionError(
      "checksum-mismatch",
      "the unpacked tree is not the one that the checksum database has on record",
      {
        details: { expected: record.h1, received: h1 },
      },
    );
  }
  return logEvidence(record);
}
