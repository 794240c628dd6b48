import { describe, expect, test } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import type { Sha256 } from "../../../src/release/sha256.ts";
import { fileUrl } from "../../../src/sources/file-url.ts";
import { askModuleRoots, type AskedRoots, askRoots, claimOf } from "../../../src/trust/ask-roots.ts";
import type { TrustContext } from "../../../src/trust/trust-context.ts";
import { rejectionOf } from "../thrown-by.ts";

const sha256 = "a".repeat(64) as Sha256;
const recordedLog = fileUrl(absolutePath(process.cwd(), "test/fixtures/recorded-log"));

/** A host without a network, which keeps what it asks for. */
function open(more: Partial<TrustContext> = {}): TrustContext & { readonly requests: string[] } {
  const requests: string[] = [];
  const refuse = (url: string): Promise<never> => {
    requests.push(url);
    return Promise.reject(new RequestFailure("unreachable", url, "no network"));
  };
  return {
    requests,
    version: "go1.27.4" as GoVersion,
    architecture: "amd64",
    sha256: undefined,
    policy: "any",
    http: {
      readText: refuse,
      readBytes: refuse,
      openBody: refuse,
      findWay: () => undefined,
      close: () => Promise.resolve(),
    },
    publisher: {
      failure: undefined,
      list: () => refuse("JSON"),
      openArchive: refuse,
      inChina: { failure: undefined, list: () => refuse("JSON"), openArchive: refuse },
    },
    machine: createRealFiles(""),
    stop: new AbortController().signal,
    logProxies: [],
    ...more,
  };
}

const publisher = { kind: "publisher", name: "publisher" } as const;
const beside = { kind: "beside", path: absolutePath("/nowhere") } as const;
const names = ({ list }: AskedRoots): string => list.map(({ root }) => root).join(" ");
const near = ({ list }: AskedRoots): string => list.flatMap(({ root, isNear }) => (isNear ? [root] : [])).join(" ");

describe("a tar.gz", () => {
  test("has --sha256 in the place of pinned and published hashes, and signature and log beside it", async () => {
    const pinned = await askRoots(open(), publisher, "FILE");
    expect(names(pinned)).toBe("manifest publisher signature log");
    const flagged = await askRoots(open({ sha256 }), publisher, "FILE");
    expect([names(flagged), flagged.pinned]).toEqual(["flag signature log", { sha256, isNamed: true }]);
    for (const roots of [pinned, flagged]) roots.end();
  });

  test("of this machine has publisher and log asked only when it comes to that", async () => {
    const context = open();
    const roots = await askRoots(context, beside, "FILE");
    expect([near(roots), context.requests]).toEqual(["manifest signature", []]);
    const bundled = await askRoots(open({ bundledLog: recordedLog }), beside, "FILE");
    expect(near(bundled)).toBe("manifest signature log");
    const log = await bundled.list.find(({ root }) => root === "log")?.ask();
    expect(log).toMatchObject({ kind: "states", claim: { evidence: expect.stringContaining("record 71124599 states h1:") as string } }); // prettier-ignore
  });

  test("is held against both hashes that are pinned of an older release, and proven by that of its bytes", async () => {
    const roots = await askRoots(open({ version: "go1.26.8" as GoVersion }), beside, "FILE");
    const { pinned } = roots;
    const claim = await claimOf(roots, "manifest");
    if (pinned === undefined) throw new Error("it is not pinned");
    expect(claim?.evidence).toBe(`the pinned manifest states sha256 ${pinned.sha256}`);
    const held = async (bytes: Sha256): Promise<void> =>
      claim?.hold({ bytes: { sha256: bytes, size: pinned.size ?? 1 }, from: "", h1: () => "h1:other" });
    const [byBytes, byFiles] = [
      rejectionOf(held(sha256), ProvisionError),
      rejectionOf(held(pinned.sha256), ProvisionError),
    ];
    expect([(await byBytes).message, (await byFiles).message]).toEqual([
      "the archive is not the published release",
      "the unpacked tree is not the one that the pinned manifest has on record",
    ]);
  });

  test("of a newer release is only refused by what is pinned: the hash of its files, from the log", async () => {
    const roots = await askRoots(open({ bundledLog: recordedLog }), beside, "FILE");
    const claim = await claimOf(roots, "manifest");
    expect([roots.pinned, claim?.evidence]).toEqual([undefined, undefined]);
    const held = async (by: "manifest" | "log", h1: string): Promise<unknown> =>
      (await claimOf(roots, by))?.hold({ bytes: { sha256, size: 1 }, from: "", h1: () => h1 });
    for (const by of ["manifest", "log"] as const) {
      expect((await rejectionOf(held(by, "h1:other"), ProvisionError)).code).toBe("checksum-mismatch");
      await held(by, "h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004GI/SM2XbmSqI=");
    }
  });

  test("is not proven by a log that cannot be followed from what this host has seen", async () => {
    const unshown = new RequestFailure("absent", "tile", "no tile");
    const logHeads = { follow: () => Promise.resolve(unshown), newest: () => undefined };
    const roots = await askRoots(open({ bundledLog: recordedLog, logHeads }), beside, "FILE");
    const { onlyRefuses, record } = (await claimOf(roots, "log")) ?? {};
    expect([onlyRefuses?.isUnfollowed, record?.recordId]).toEqual([true, 71_124_599]);
  });

  test("of a release that nobody has pinned has no manifest", async () => {
    const roots = await askRoots(open({ version: "go1.99.1" as GoVersion }), beside, "FILE");
    expect([names(roots), roots.pinned]).toEqual(["publisher signature log", undefined]);
  });
});

describe("a module zip", () => {
  test("has no hash of the publisher's and no signature; the pinned one is the log's", async () => {
    const roots = await askModuleRoots(open({ bundledLog: recordedLog }), false);
    expect([names(roots), roots.pinned]).toEqual(["manifest log", undefined]);
    const flagged = await askModuleRoots(open({ bundledLog: recordedLog, sha256 }), false);
    expect([names(flagged), flagged.pinned]).toEqual(["flag log", { sha256, isNamed: true }]);
  });

  test("makes a proxy fail where the log has no answer, unless --sha256 is to decide", async () => {
    for (const more of [{}, { policy: "two" }, { sha256, policy: "log" }] as const)
      expect((await rejectionOf(askModuleRoots(open(more), false), RequestFailure)).kind).toBe("unreachable");
    const roots = await askModuleRoots(open({ sha256 }), false);
    expect(await roots.list.at(-1)?.ask()).toMatchObject({ kind: "unused", reason: expect.stringContaining("it cannot be asked") as string }); // prettier-ignore
  });

  test("of this machine is no failed source, and leads to no network that --sha256 makes needless", async () => {
    const roots = await askModuleRoots(open(), true);
    expect([names(roots), (await roots.list[0]?.ask())?.kind]).toEqual(["log", "unused"]);
    const context = open({ sha256 });
    expect([names(await askModuleRoots(context, true)), context.requests]).toEqual(["flag", []]);
    const bundled = open({ sha256, bundledLog: fileUrl(absolutePath("/nowhere")) });
    expect([names(await askModuleRoots(bundled, true)), bundled.requests]).toEqual(["flag log", []]);
    const two = open({ sha256, policy: "two" });
    expect([names(await askModuleRoots(two, true)), two.requests.length > 0]).toEqual(["flag log", true]);
  });

  test("is refused where a setting forbids to ask the log, and nothing else is there", async () => {
    const forbidden = { logRefusal: "GOSUMDB=off in the environment" };
    for (const isLocal of [false, true]) {
      const error = await rejectionOf(askModuleRoots(open(forbidden), isLocal), ProvisionError);
      expect([error.code, error.exit]).toEqual(["checksum-unknown", 5]);
    }
  });
});
