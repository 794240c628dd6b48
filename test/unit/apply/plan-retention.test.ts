import { describe, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { places } from "../../../src/host/places.ts";
import type { FileStat, ReadFiles } from "../../../src/host/ports.ts";
import { type KeptRelease, nameKept, nameKeptManifest, type Receipt } from "../../../src/host/state/receipt.ts";
import type { ObservedTree } from "../../../src/plan/observed-state.ts";
import { listKept, planRetention, type Retention, type RetentionRequest } from "../../../src/apply/plan-retention.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { hashBytes } from "../../../src/release/sha256.ts";

const hash = hashBytes(Buffer.from(""));
const installed = (version: string) => ({
  version: version as GoVersion,
  architecture: "amd64" as const,
  installedAt: "2026-11-23T00:00:00.000Z",
  archive: { name: "a", kind: "tar.gz" as const, sha256: hash, size: 1, from: "x" },
  trust: [],
  tree: { inode: "1", mtimeNs: "1", manifestSha256: hash, versionFileSha256: hash },
});
const kept = (version: string): KeptRelease => {
  const keptAs = nameKept(version, "amd64");
  return { ...installed(version), keptAs, manifest: nameKeptManifest(keptAs) };
};
const receiptOf = (version: string, more: Partial<Receipt> = {}): Receipt => ({
  ...installed(version),
  files: [],
  links: [],
  leftAlone: [],
  original: { kind: "absent" },
  previous: [],
  ...more,
});

const original = { kind: "directory", keptAs: "original" } as const;
const directory = (drift?: readonly string[]): ObservedTree => ({
  kind: "directory",
  version: "go1.26.8" as GoVersion,
  architecture: "amd64",
  drift,
});
const link: ObservedTree = { kind: "link", target: "/opt/go" };

/** `stored` is what lies under previous/. */
function plan(request: Partial<RetentionRequest>, stored: Readonly<Record<string, FileStat["kind"]>> = {}): Retention {
  const paths = new Map(Object.entries(stored).map(([name, kind]) => [absolutePath(places.previous, name), kind]));
  const files = {
    stat: (path: string) => {
      const kind = paths.get(absolutePath(path));
      return kind === undefined ? undefined : { kind };
    },
  } as unknown as ReadFiles;
  return planRetention(files, {
    tree: directory(),
    receipt: undefined,
    incoming: "go1.30.1" as GoVersion,
    keep: 1,
    isDiscardingForeign: false,
    ...request,
  });
}

describe("a tree that readygo did not install", () => {
  it("is nothing to keep where there is none", () => {
    expect(plan({ tree: { kind: "absent" } })).toEqual({
      keptAs: undefined,
      keptManifest: undefined,
      original: { kind: "absent" },
      previous: [],
      deletions: [],
    });
  });

  it.each<[ObservedTree, string]>([
    [directory(), "directory"],
    [link, "link"],
  ])("is the original, the first time", (tree, kind) => {
    expect(plan({ tree })).toMatchObject({ keptAs: "original", original: { kind, keptAs: "original" }, deletions: [] });
  });

  it("goes for good where that is asked for, and is no original", () => {
    expect(plan({ isDiscardingForeign: true })).toMatchObject({ keptAs: undefined, original: { kind: "absent" } });
  });

  it("does not take the original's place, which stays what the first run found", () => {
    const receipt = receiptOf("go1.26.8", { original });
    expect(plan({ receipt })).toMatchObject({ keptAs: "foreign", original, deletions: [] });
    const taken = { original: "directory", foreign: "directory", "foreign-2": "link" } as const;
    expect(plan({ receipt, tree: link }, taken)).toMatchObject({ keptAs: "foreign-3", original });
    expect(plan({ receipt, isDiscardingForeign: true })).toMatchObject({ keptAs: undefined, original });
  });

  it("is not the original after readygo's own install, where nothing stood there before", () => {
    expect(plan({ receipt: receiptOf("go1.26.8") })).toMatchObject({ keptAs: "foreign", original: { kind: "absent" } });
  });

  it.each(["directory", "link"] as const)("finds a lost receipt's original (%s) again", (kind) => {
    const found = { kind, keptAs: "original" };
    expect(plan({}, { original: kind })).toMatchObject({ keptAs: "foreign", original: found });
    expect(plan({ isDiscardingForeign: true }, { original: kind })).toMatchObject({
      keptAs: undefined,
      original: found,
    });
  });
});

describe("a release of readygo's", () => {
  const receipt = receiptOf("go1.27.4", { original, previous: [kept("go1.26.8"), kept("go1.25.3")] });
  const versions = ({ previous }: Retention): readonly string[] => previous.map(({ version }) => version);

  it("is kept with its manifest, before those that were kept, and the oldest that are too many go with theirs", () => {
    const retention = plan({ receipt, tree: directory([]), keep: 2 });
    expect([versions(retention), retention.keptAs, retention.keptManifest, retention.original]).toEqual([
      ["go1.27.4", "go1.26.8"],
      "go1.27.4.linux-amd64",
      "manifest-go1.27.4.linux-amd64",
      original,
    ]);
    expect(retention.deletions).toEqual(listKept(kept("go1.25.3")));
    expect(retention.deletions).toEqual([
      `${places.previous}/go1.25.3.linux-amd64`,
      `${places.backups}/manifest-go1.25.3.linux-amd64`,
    ]);
  });

  it("goes with all that were kept where none is to be", () => {
    const retention = plan({ receipt, tree: directory([]), keep: 0 });
    expect([versions(retention), retention.keptAs, retention.keptManifest]).toEqual([[], undefined, undefined]);
    expect(retention.deletions).toEqual(receipt.previous.flatMap(listKept));
  });

  it("takes the place of an older copy of its own: each is kept once, and that copy is not deleted by name", () => {
    const again = receiptOf("go1.26.8", { previous: [kept("go1.27.4"), kept("go1.26.8")] });
    const retention = plan({ receipt: again, tree: directory([]), keep: 3 });
    expect([versions(retention), retention.deletions]).toEqual([["go1.26.8", "go1.27.4"], []]);
  });

  it("keeps where it came from: without the receipt's own lists", () => {
    const [first] = plan({ receipt, tree: directory([]) }).previous;
    expect(first).toEqual(kept("go1.27.4"));
  });

  it("that is damaged is set aside under a name that is no release's, and is no release to return to", () => {
    const retention = plan({ receipt, tree: directory(["bin/go"]), keep: 2 });
    expect(retention).toEqual({
      keptAs: "damaged-go1.27.4",
      keptManifest: undefined,
      original,
      previous: receipt.previous,
      deletions: [],
    });
  });

  it("that was only added to is kept as the release that it is once that is moved out", () => {
    const tree = { ...directory(["bin/gopls was added"]), isOnlyAddedTo: true } as ObservedTree;
    expect(plan({ receipt, tree }).keptAs).toBe("go1.27.4.linux-amd64");
    expect(plan({ receipt, tree, incoming: receipt.version })).toMatchObject({
      keptAs: undefined,
      previous: receipt.previous,
      deletions: [],
    });
  });

  // Each is 270 MB, and what somebody put into it has been moved out.
  it("that is damaged takes the place of an earlier one", () => {
    const tree = directory(["bin/go"]);
    expect(plan({ receipt, tree }, { "damaged-go1.27.4": "directory" }).keptAs).toBe("damaged-go1.27.4");
  });

  it("is not discarded as somebody else's", () => {
    expect(plan({ receipt, tree: directory([]), isDiscardingForeign: true }).keptAs).toBe("go1.27.4.linux-amd64");
  });
});
