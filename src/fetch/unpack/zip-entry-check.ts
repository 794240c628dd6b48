import type { Entry } from "yauzl";
import type { ArchiveBounds } from "../../release/archive-bounds.ts";
import type { Architecture } from "../../release/architecture.ts";
import { toolchainModuleVersion } from "../../release/archive-name.ts";
import type { GoVersion } from "../../release/go-version.ts";
import { treePathOfModuleFile } from "../../release/module-hash.ts";
import type { ReceivedArchive } from "./digest-archive.ts";
import { createEntryLedger } from "./entry-ledger.ts";
import { parseEntryPath } from "./entry-path.ts";
import { HostileArchive } from "./hostile-archive.ts";
import type { ZipEntry } from "./zip-entry.ts";

const stored = 0;
const deflated = 8;
const unix = 3;
const fileTypeMask = 0o170_000;
const plainFile = 0o100_000;

/** The files of a toolchain module's zip, and the directories they need, outermost first. */
interface ZipContents {
  readonly entries: readonly ZipEntry[];
  readonly directories: readonly string[];
}

/** Takes the entries of a zip's directory one after another; every method throws HostileArchive. */
interface ZipEntryCheck {
  take(entry: Entry): void;
  finish(): ZipContents;
}

/**
 * Holds a zip's directory against what the module of this release looks like: plain files under the module's own prefix,
 * each once, within the bounds and within the zip.
 */
export function createZipEntryCheck(
  release: {
    readonly version: GoVersion;
    readonly architecture: Architecture;
    readonly archive: Pick<ReceivedArchive, "size">;
  },
  bounds: ArchiveBounds,
): ZipEntryCheck {
  const { version, architecture } = release;
  const prefix = `golang.org/toolchain@${toolchainModuleVersion(version, architecture)}/`;
  const ledger = createEntryLedger(bounds);
  const entries: ZipEntry[] = [];
  return {
    take(entry) {
      const name = entry.fileNameRaw.toString("utf8");
      checkKind(entry, name);
      parseEntryPath(name, prefix, bounds);
      const path = treePathOfModuleFile(version, architecture, name);
      if (path === undefined) throw new HostileArchive("an entry is not part of a toolchain module", name);
      // Memory for it is taken by this number: zip64 can say 2^60.
      if (entry.relativeOffsetOfLocalHeader + entry.compressedSize > release.archive.size) {
        throw new HostileArchive("the zip is damaged: an entry lies past its end", name);
      }
      ledger.claimFile(path, entry.uncompressedSize);
      entries.push({
        name,
        path,
        offset: entry.relativeOffsetOfLocalHeader,
        compressedSize: entry.compressedSize,
        size: entry.uncompressedSize,
        crc32: entry.crc32,
        isDeflated: entry.compressionMethod === deflated,
      });
    },
    finish() {
      if (entries.length === 0) throw new HostileArchive("it has no entries");
      return { entries, directories: ledger.directories() };
    },
  };
}

function checkKind(entry: Entry, name: string): void {
  if (name.endsWith("/")) throw new HostileArchive("an entry is a directory, which modules do not have", name);
  if (entry.isEncrypted()) throw new HostileArchive("an entry is encrypted", name);
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
    throw new HostileArchive(`an entry is compressed by method ${entry.compressionMethod}`, name);
  }
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (entry.versionMadeBy >>> 8 === unix && type !== 0 && type !== plainFile) {
    throw new HostileArchive("an entry is a link or a device", name);
  }
}
