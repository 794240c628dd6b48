import type { ReadBytes, ReadText } from "../../sources/open-readers.ts";
import { endsWithNewline } from "../../fetch/http/whole-texts.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Architecture } from "../../release/architecture.ts";
import { toolchainModuleVersion } from "../../release/archive-name.ts";
import type { GoVersion } from "../../release/go-version.ts";
import { appendPath, escapeModulePath } from "../../sources/goproxy-list.ts";
import { type ChecksumRecord, parseRecordText } from "./checksum-record.ts";
import { logFailure } from "./log-failure.ts";
import { openNote, parseTreeHead, parseVerifierKey, sumGolangOrgKey, type VerifierKey } from "./note.ts";
import { readProof } from "./read-proof.ts";
import { recordHash } from "./tree-proof.ts";

export interface LookupRequest extends LoggedRelease {
  readonly readText: ReadText;
  readonly readBytes: ReadBytes;
  /** What `findChecksumBase` gave. */
  readonly base: string;
  /** What `lookupUrl` answers there, where that has been read. */
  readonly answer?: string;
  /** Default: the pinned key of sum.golang.org. */
  readonly key?: VerifierKey;
}

export interface LoggedRelease {
  readonly version: GoVersion;
  readonly architecture: Architecture;
}

export const lookupBound = { maxBytes: 64 * 1024, timeoutMs: 20_000, isWhole: endsWithNewline };

/** Where a release's record stands, with its signed tree head. */
export function lookupUrl(base: string, { version, architecture }: LoggedRelease): string {
  return appendPath(
    base,
    `lookup/golang.org/toolchain@${escapeModulePath(toolchainModuleVersion(version, architecture))}`,
  );
}

/**
 * Asks the checksum database for a toolchain module's hash: the record, its signed tree head and its inclusion in that
 * tree, all verified. Throws ProvisionError of logFailure where anything does not hold, RequestFailure where something
 * can't be had or is no answer of a checksum database at all (`absent`: the module is not in the log).
 */
export async function lookupChecksum(request: LookupRequest): Promise<ChecksumRecord> {
  const { base, readText, readBytes, key = parseVerifierKey(sumGolangOrgKey) } = request;
  const moduleVersion = toolchainModuleVersion(request.version, request.architecture);
  const url = lookupUrl(base, request);
  const answer = parseAnswer(request.answer ?? (await readText(url, lookupBound)), url);
  const head = parseTreeHead(openNote(answer.signedNote, key));
  if (answer.recordId >= head.size) {
    throw logFailure("inclusion proof", "the record's number is outside the signed tree", {
      record: String(answer.recordId),
      tree: String(head.size),
    });
  }
  const record = parseRecordText(moduleVersion, answer.text);
  if (record === undefined) {
    throw logFailure("record text", `the checksum database's record is not that of ${moduleVersion}`, {
      received: answer.text.trimEnd(),
    });
  }
  const leaf = recordHash(answer.text);
  const proof = await readProof({ recordId: answer.recordId, leaf, head }, { base, readBytes });
  return {
    ...record,
    recordId: answer.recordId,
    treeSize: head.size,
    rootHash: head.rootHash.toString("base64"),
    signedNote: answer.signedNote,
    proof: proof.map((hash) => hash.toString("base64")),
  };
}

function parseAnswer(
  body: string,
  url: string,
): { readonly recordId: number; readonly text: string; readonly signedNote: string } {
  // A record without a line is one all the same, and not the release's.
  const [, id = "", text, signedNote] = /^(0|[1-9][0-9]*)\n((?!\n).+?\n|)\n(.+)$/s.exec(body) ?? [];
  if (text === undefined || signedNote === undefined || !Number.isSafeInteger(Number(id))) {
    throw new RequestFailure("content", redactUrl(url), "not an answer of a checksum database");
  }
  return { recordId: Number(id), text, signedNote };
}
