import { logFailure } from "./log-failure.ts";
import { openNote, parseTreeHead, parseVerifierKey, sumGolangOrgKey } from "./note.ts";
import { recordHash, rootOfProof } from "./tree-proof.ts";

/** What the checksum database says of one toolchain module, with all that is needed to check it again without a network. */
export interface ChecksumRecord {
  /** `v0.0.1-go1.26.8.linux-amd64` of module golang.org/toolchain. */
  readonly moduleVersion: string;
  /** Of the module's files: what `computeModuleHash` gives. */
  readonly h1: string;
  /** Of its go.mod alone. */
  readonly goModH1: string;
  readonly recordId: number;
  readonly treeSize: number;
  /** Base64. */
  readonly rootHash: string;
  /** Tree head and signatures as they came. */
  readonly signedNote: string;
  /** Base64 hashes from the record to the root (RFC 6962, 2.1.1). */
  readonly proof: readonly string[];
}

const modulePath = "golang.org/toolchain";

/** The two go.sum lines of a record; they are what its leaf hashes. */
export function recordText({ moduleVersion, h1, goModH1 }: Pick<ChecksumRecord, "moduleVersion" | "h1" | "goModH1">) {
  return `${modulePath} ${moduleVersion} ${h1}\n${modulePath} ${moduleVersion}/go.mod ${goModH1}\n`;
}

/** Parses the two lines; `undefined` unless they are exactly those of this module version. */
export function parseRecordText(
  moduleVersion: string,
  text: string,
): Pick<ChecksumRecord, "moduleVersion" | "h1" | "goModH1"> | undefined {
  const [h1 = "", goModH1 = ""] = text.split("\n").map((line) => line.split(" ")[2] ?? "");
  const isHash = [h1, goModH1].every((hash) => /^h1:[A-Za-z0-9+/]{43}=$/.test(hash));
  return isHash && recordText({ moduleVersion, h1, goModH1 }) === text ? { moduleVersion, h1, goModH1 } : undefined;
}

/**
 * Checks a record from nothing but itself and the pinned key: signature, tree head, record text and inclusion.
 * Throws ProvisionError of logFailure.
 */
export function verifyChecksumRecord(record: ChecksumRecord, key = parseVerifierKey(sumGolangOrgKey)): void {
  const head = parseTreeHead(openNote(record.signedNote, key));
  if (head.size !== record.treeSize || head.rootHash.toString("base64") !== record.rootHash) {
    throw logFailure("tree head", "the signed tree head is not the one that the record names", {
      signed: `${head.size} ${head.rootHash.toString("base64")}`,
      claimed: `${record.treeSize} ${record.rootHash}`,
    });
  }
  if (!Number.isSafeInteger(record.recordId) || record.recordId < 0 || record.recordId >= head.size) {
    throw logFailure("inclusion proof", "the record's number is outside the signed tree", {
      record: String(record.recordId),
      tree: String(head.size),
    });
  }
  const text = recordText(record);
  if (parseRecordText(record.moduleVersion, text) === undefined) {
    throw logFailure("record text", "the record's hashes are not go.sum hashes", { record: text.trimEnd() });
  }
  const proof = record.proof.map((hash) => Buffer.from(hash, "base64"));
  const root = rootOfProof(record.recordId, head.size, recordHash(text), proof);
  if (root === undefined || !root.equals(head.rootHash)) {
    throw logFailure("inclusion proof", "the signed tree does not hold this record", {
      record: String(record.recordId),
      signed: head.rootHash.toString("base64"),
      computed: root?.toString("base64") ?? "a proof of another length",
    });
  }
}
