// Rule: a fork of the log is reported whatever else refuses the archive: both signed heads are its only evidence. A refusal of
// bytes that another root proves is reported as that, whichever of the roots has answered first.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AcquireContext } from "../../src/apply/acquire/acquire-context.ts";
import { stageArchive } from "../../src/apply/acquire/stage-archive.ts";
import type { ErrorCode } from "../../src/errors/error-codes.ts";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import { hashBytes, type Sha256 } from "../../src/release/sha256.ts";
import { checkArchiveDigest } from "../../src/fetch/unpack/digest-archive.ts";
import type { Answer } from "../../src/trust/judge.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

let release: LabArchive;
let room: string;
beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  room = mkdtempSync(join(tmpdir(), "readygo-fork-"));
});
afterAll(() => rmSync(room, { recursive: true }));

/** Who answers what; the others are not used. */
type Answers = Partial<Record<"manifest" | "publisher" | "signature" | "log", () => Promise<Answer>>>;

const refused = (code: ErrorCode): Answer => ({ kind: "refused", error: new ProvisionError(code, code) });
const unused: Answer = { kind: "unused", reason: "not asked" };
const wrongHash = "0".repeat(64) as Sha256;
const states =
  (sha256: Sha256): (() => Promise<Answer>) =>
  async () => ({
    kind: "states",
    claim: {
      evidence: sha256,
      expected: { sha256 },
      hold: ({ bytes, from }) => checkArchiveDigest(bytes, { sha256 }, from),
    },
  });

async function codeOf(answers: Answers, bytes: Uint8Array = readFileSync(release.path)): Promise<string> {
  const into = absolutePath(room, "go");
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into);
  const context = {
    version: "go1.30.1" as GoVersion,
    architecture: "amd64",
    policy: "any",
    files: createRealFiles(""),
    emit: () => undefined,
    stop: new AbortController().signal,
  } as unknown as AcquireContext;
  const pinned = await answers.manifest?.();
  const roots = {
    kind: "tar.gz",
    list: (["manifest", "publisher", "signature", "log"] as const).map((root) => ({
      root,
      about: root === "manifest" || root === "log" ? ("tree" as const) : ("bytes" as const),
      isNear: true,
      ask: answers[root] ?? (async () => unused),
    })),
    pinned: pinned?.kind === "states" ? pinned.claim.expected : undefined,
    isLocal: false,
    end: () => undefined,
  } as const;
  const body = (async function* () {
    yield bytes;
  })();
  const archive = { roots, fileName: release.filename, body, total: undefined, from: "the test" };
  return (await rejectionOf(stageArchive(context, into, { ...archive, isFromPublisher: false }), ProvisionError)).code;
}

const fork = async (): Promise<Answer> => {
  await sleep(300);
  return refused("log-forked");
};

test.each<[string, Answers]>([
  ["the pinned hash", { manifest: states(wrongHash) }],
  ["the publisher's JSON", { publisher: states(wrongHash) }],
  ["the signature", { signature: async () => refused("signature-invalid") }],
])("a fork and a refusal by %s", async (_, roots) => {
  expect(await codeOf(roots)).not.toBe("log-forked");
  expect(await codeOf({ ...roots, log: fork })).toBe("log-forked");
});

test("a fork and an archive that is hostile", async () => {
  const bytes = Buffer.concat([readFileSync(release.path), Buffer.from("more")]);
  // Proven all the same: where no root could, the run would end for that.
  const publisher = states(hashBytes(bytes));
  expect(await codeOf({ publisher }, bytes)).toBe("archive-hostile");
  expect(await codeOf({ publisher, log: fork }, bytes)).toBe("log-forked");
});

test("two roots that disagree, and a third that refuses too, before or after", async () => {
  const signature = async (): Promise<Answer> => refused("signature-invalid");
  const late = async (): Promise<Answer> => (await sleep(200), refused("signature-invalid"));
  const [manifest, publisher] = [states(release.sha256 as Sha256), states(wrongHash)];
  for (const third of [signature, late])
    expect(await codeOf({ manifest, publisher, signature: third })).toBe("roots-disagree");
});
