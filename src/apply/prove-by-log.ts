import { ProvisionError } from "../errors/provision-error.ts";
import type { TrustEvidence } from "../host/receipt.ts";
import { hashTreeAsModule } from "../release/module-hash.ts";
import type { ReadText } from "../release/read-text.ts";
import { findChecksumBase } from "../release/sumdb/checksum-base.ts";
import { lookupChecksum, type ChecksumRecord } from "../release/sumdb/lookup.ts";
import type { TreeManifest } from "../release/tree-manifest.ts";
import type { AcquireContext } from "./acquire-context.ts";

/** The part of an acquiring run that asks the checksum database. */
export type LogContext = Pick<AcquireContext, "version" | "architecture" | "http" | "stop" | "logRefusal" | "logHeads">;

/**
 * The checksum database's verified record of this release, asked through a module proxy or, without one, directly. Its
 * tree head is held against those that were seen before.
 *
 * @throws ProvisionError `log-untrusted`, `log-forked`, or `checksum-unknown` where a setting forbids to ask; RequestFailure
 */
export async function lookUpRelease(context: LogContext, proxy: string | undefined): Promise<ChecksumRecord> {
  if (context.logRefusal !== undefined) throw forbidden(context.logRefusal);
  const readText: ReadText = (url, bound) => context.http.readText(url, { ...bound, signal: context.stop });
  const base = await findChecksumBase(proxy, readText);
  const access: Parameters<typeof lookupChecksum>[0] = {
    version: context.version,
    architecture: context.architecture,
    readText,
    readBytes: (url, bound) => context.http.readBytes(url, { ...bound, signal: context.stop }),
    base,
  };
  const record = await lookupChecksum(access);
  await context.logHeads?.follow(record.signedNote, access);
  return record;
}

function forbidden(setting: string): ProvisionError {
  return new ProvisionError("checksum-unknown", `the checksum database is not asked: ${setting}`, {
    remedy: [
      "unset that for this run: it keeps the log from vouching for the release, and nothing else does",
      "pass --sha256 HASH with the archive's hash from https://go.dev/dl/",
    ],
  });
}

export function logEvidence(record: ChecksumRecord): TrustEvidence {
  return { root: "log", evidence: `the checksum database's record ${record.recordId} states ${record.h1}` };
}

/**
 * Holds a tree from the tar.gz against its record: less `api doc misc test` it is the toolchain module, whose hash the log
 * has.
 *
 * @throws ProvisionError `checksum-mismatch`
 */
export function proveByRecord(
  release: Pick<AcquireContext, "version" | "architecture">,
  manifest: TreeManifest,
  record: ChecksumRecord,
): TrustEvidence {
  const h1 = hashTreeAsModule(release, manifest.files);
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
