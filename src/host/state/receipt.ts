import {
  check,
  exactOptional,
  type InferOutput,
  literal,
  nullable,
  optional,
  picklist,
  pipe,
  string,
  variant,
} from "valibot";
import { isCommandLink, isHomeDirectory, isHomeFile, places } from "../places.ts";
import {
  accountName,
  architecture,
  closed,
  component,
  count,
  digits,
  goVersion,
  listOf,
  mode,
  path,
  sha256,
  time,
} from "./state-shapes.ts";
import type { ReadFiles } from "../ports.ts";
import { readStateFile } from "./state-file.ts";

/** What proved an archive or tree, and in what words; several may have. */
const trustEvidence = closed({
  root: picklist(["flag", "manifest", "publisher", "signature", "log"]),
  evidence: string(),
});
export type TrustEvidence = InferOutput<typeof trustEvidence>;

/** Bytes that readygo keeps in /var/lib/readygo/backups, to write them back. */
export const backup = closed({ backup: component, sha256, mode });
/** A file that readygo wrote, and what it needs to restore the bytes that were there. */
const managedFile = pipe(
  closed({
    path,
    /** The account whose home holds it; null for a file of the system. */
    owner: nullable(accountName),
    /** As readygo left it. */
    sha256,
    /** Null where there was no file. */
    before: nullable(backup),
    /** Directories that had to be made for it, outermost first. */
    createdDirectories: listOf(path),
  }),
  check(({ path, owner }) => (owner === null ? path === places.profile : isHomeFile(path)), "not a file of readygo's"),
  check(
    ({ path, owner, createdDirectories }) =>
      createdDirectories.every(
        (directory) => path.startsWith(`${directory}/`) && (owner === null || isHomeDirectory(directory)),
      ),
    "a directory that readygo does not make for the file",
  ),
);
export type ManagedFile = InferOutput<typeof managedFile>;

/** A link in /usr/local/bin that readygo made, and what it replaced. */
const managedLink = pipe(
  closed({ path, before: nullable(string()), createdDirectories: listOf(path) }),
  check((link) => isCommandLink(link.path), "not a link of readygo's"),
  check(
    ({ createdDirectories }) => createdDirectories.every((made) => made === places.linkDirectory),
    "a directory that readygo does not make for a link",
  ),
);
export type ManagedLink = InferOutput<typeof managedLink>;

/** An rc file of which the shells were asked and that was left as it was then; null for no file. */
const leftAlone = pipe(
  closed({ path, owner: accountName, sha256: nullable(sha256) }),
  check(({ path }) => isHomeFile(path), "not a file of readygo's"),
);
export type LeftAlone = InferOutput<typeof leftAlone>;

/** What the checksum database says of a release; whether that is true is shown when it is used. */
export const checksumRecord = closed({
  moduleVersion: string(),
  h1: string(),
  goModH1: string(),
  recordId: count,
  treeSize: count,
  rootHash: string(),
  signedNote: string(),
  proof: listOf(string()),
});

const installedRelease = {
  version: goVersion,
  architecture,
  installedAt: time,
  archive: closed({
    name: string(),
    kind: picklist(["tar.gz", "zip"]),
    sha256,
    size: count,
    /** Redacted: no password or token. */
    from: string(),
  }),
  trust: listOf(trustEvidence),
  /** Where the checksum database was asked: its record, which proves the tree public without a network. */
  record: exactOptional(checksumRecord),
  /** Of the tree's root directory, VERSION and bin/go: by them a run that changes nothing recognises it without a walk. */
  tree: closed({
    inode: digits,
    mtimeNs: digits,
    manifestSha256: sha256,
    versionFileSha256: sha256,
    /** An earlier readygo kept nothing of it. */
    program: exactOptional(closed({ size: count, ctimeNs: digits })),
  }),
} as const;

const installedReleaseObject = closed(installedRelease);
/** A release as readygo installed it, and what proved it. */
export type InstalledRelease = InferOutput<typeof installedReleaseObject>;

/** A release that was replaced: its tree under previous/ and its tree manifest among the backups, by these names. */
const keptRelease = pipe(
  closed({ ...installedRelease, keptAs: component, manifest: component }),
  check(
    ({ keptAs, manifest, version, architecture }) =>
      keptAs === nameKept(version, architecture) && manifest === nameKeptManifest(keptAs),
    "a name that readygo does not keep this release by",
  ),
);
export type KeptRelease = InferOutput<typeof keptRelease>;

const originalName = pipe(
  component,
  check((name) => !/^(damaged-)?go\d/.test(name), "the name of a release"),
);

/** /var/lib/readygo/receipt.json: what is installed, and how to undo it. */
const receiptShape = closed({
  ...installedRelease,
  files: listOf(managedFile),
  // Receipts of schema 1 and 2 have neither.
  links: optional(listOf(managedLink), []),
  leftAlone: optional(listOf(leftAlone), []),
  /** What stood at /usr/local/go before readygo's first run; kept under previous/ by this name. */
  original: variant("kind", [
    closed({ kind: literal("absent") }),
    closed({ kind: picklist(["directory", "link"]), keptAs: originalName }),
  ]),
  /** Releases before this one, the last one first. */
  previous: listOf(keptRelease),
});
export type Receipt = InferOutput<typeof receiptShape>;

/** The name under previous/ of a release of ours that was replaced. */
export function nameKept(version: string, architectureName: string): string {
  return `${version}.linux-${architectureName}`;
}

/** The name of its tree manifest among the backups. */
export function nameKeptManifest(keptAs: string): string {
  return `manifest-${keptAs}`;
}

/** The part of a receipt that goes along with its tree. */
export function toInstalledRelease(receipt: InstalledRelease): InstalledRelease {
  const { version, architecture, installedAt, archive, trust, record, tree } = receipt;
  return { version, architecture, installedAt, archive, trust, ...(record === undefined ? {} : { record }), tree };
}

/**
 * The receipt, or undefined where readygo has installed nothing.
 *
 * @throws ProvisionError as readStateFile
 */
export function readReceipt(files: ReadFiles): Receipt | undefined {
  return readStateFile(files, places.receipt, receiptShape);
}
