// Rule: a fork of the log is told whatever else refuses the archive: both signed heads are its only evidence. A refusal of
// bytes that another root vouches for is told as that, whichever of the roots has answered first.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AcquireContext } from "../../src/apply/acquire/acquire-context.ts";
import { stageVouched } from "../../src/apply/acquire/acquire-tar-gz.ts";
import type { Answer, AskedRoots } from "../../src/trust/ask-roots.ts";
import type { ErrorCode } from "../../src/errors/error-codes.ts";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import type { GoVersion } from "../../src/release/go-version.ts";
import { hashBytes, type Sha256 } from "../../src/release/sha256.ts";
import { type LabArchive, makeSmallRelease } from "../lab/releases/releases.ts";
import { rejectionOf } from "../unit/thrown-by.ts";

let release: LabArchive;
let room: string;
beforeAll(async () => {
  release = await makeSmallRelease("1.30.1");
  room = mkdtempSync(join(tmpdir(), "readygo-fork-"));
});
afterAll(() => rmSync(room, { recursive: true }));

const refused = (code: ErrorCode): Answer<never> => ({ kind: "refused", error: new ProvisionError(code, code) });
const unused: Answer<never> = { kind: "unused", reason: "not asked" };
const wrongHash = { sha256: "0".repeat(64) as Sha256 };
const evidence = { root: "manifest", evidence: "pinned" } as const;

async function codeOf(roots: Partial<AskedRoots>, bytes: Uint8Array = readFileSync(release.path)): Promise<string> {
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
  const asked: AskedRoots = {
    pinned: undefined,
    publisher: async () => unused,
    signature: async () => unused,
    log: async () => unused,
    isLocal: false,
    isLogNear: true,
    hashBefore: async () => undefined,
    end: () => undefined,
    ...roots,
  };
  const body = (async function* () {
    yield bytes;
  })();
  const archive = { roots: asked, fileName: release.filename, body, total: undefined, from: "the test" };
  return (await rejectionOf(stageVouched(context, into, { ...archive, isFromPublisher: false }), ProvisionError)).code;
}

const fork = async (): Promise<Answer<never>> => {
  await sleep(300);
  return refused("log-forked");
};

test.each<[string, Partial<AskedRoots>]>([
  ["the pinned hash", { pinned: { expected: wrongHash, trust: evidence } }],
  ["the publisher's JSON", { publisher: async () => ({ kind: "states", statement: wrongHash }) }],
  ["the signature", { signature: async () => refused("signature-invalid") }],
])("a fork and a refusal by %s", async (_, roots) => {
  expect(await codeOf(roots)).not.toBe("log-forked");
  expect(await codeOf({ ...roots, log: fork })).toBe("log-forked");
});

test("a fork and an archive that is hostile", async () => {
  const bytes = Buffer.concat([readFileSync(release.path), Buffer.from("more")]);
  // Vouched for all the same: where nobody could, the run would end for that.
  const publisher = async () => ({ kind: "states", statement: { sha256: hashBytes(bytes) } }) as const;
  expect(await codeOf({ publisher }, bytes)).toBe("archive-hostile");
  expect(await codeOf({ publisher, log: fork }, bytes)).toBe("log-forked");
});

test("two roots that disagree, and a third that refuses too, before or after", async () => {
  const signature = async (): Promise<Answer<never>> => refused("signature-invalid");
  const late = async (): Promise<Answer<never>> => (await sleep(200), refused("signature-invalid"));
  const pinned = { expected: { sha256: release.sha256 as Sha256 }, trust: evidence };
  const publisher = async () => ({ kind: "states", statement: wrongHash }) as const;
  for (const third of [signature, late])
    expect(await codeOf({ pinned, publisher, signature: third })).toBe("roots-disagree");
});
