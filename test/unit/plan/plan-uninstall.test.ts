import { describe, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { places } from "../../../src/host/places.ts";
import type { ManagedFile, Receipt } from "../../../src/host/state/receipt.ts";
import type { ObservedLinks, ObservedTree } from "../../../src/plan/observed-state.ts";
import { type ManagedFileNow, planUninstall } from "../../../src/plan/plan-uninstall.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import { receiptOf } from "./receipt-of.ts";

const receipt = receiptOf("go1.27.4" as GoVersion, "amd64");
const kept = (kind: "directory" | "link"): Receipt => ({ ...receipt, original: { kind, keptAs: "original" } });

const absent: ObservedTree = { kind: "absent" };
const ours: ObservedTree = { kind: "directory", version: receipt.version, architecture: "amd64", drift: [] };
const damaged: ObservedTree = { ...ours, drift: ["bin/go (content)"] };
const foreignTrees: readonly (readonly [ObservedTree, string])[] = [
  [{ ...ours, drift: undefined }, "go1.27.4 linux/amd64, not installed by readygo"],
  [{ kind: "link", target: "/opt/go" }, "link to /opt/go"],
  [{ kind: "mount" }, "mount point"],
  [{ kind: "other" }, "not a directory"],
];

const part = "# readygo's part\n";
const hash = (text: string) => hashBytes(Buffer.from(text, "latin1"));

interface FileStory {
  readonly path?: string;
  readonly owner?: string | null;
  /** What stood there before readygo; null: nothing. */
  readonly before: string | null;
  /** As readygo left it. Default: the text of before, with readygo's part. */
  readonly left?: string;
  /** As it is; null: gone. Default: as readygo left it. */
  readonly now?: string | null;
  readonly isBackupWhole?: boolean;
  readonly refusal?: ManagedFileNow["refusal"];
}

/** A file that readygo wrote, from what happened to it. */
function file(story: FileStory): ManagedFileNow {
  const { before, owner = "alice", isBackupWhole = true, refusal } = story;
  const path = absolutePath(story.path ?? "/home/alice/.bashrc");
  const left = story.left ?? `${before ?? ""}${part}`;
  const now = story.now === undefined ? left : story.now;
  const managed: ManagedFile = {
    path,
    owner,
    sha256: hash(left),
    before: before === null ? null : { backup: "backup-1", sha256: hash(before), mode: 0o644 },
    createdDirectories: [],
  };
  return {
    path,
    owner,
    text: now,
    sha256: now === null ? null : hash(now),
    managed,
    refusal,
    isBackupWhole: before !== null && isBackupWhole,
    without: (now ?? "").replace(part, ""),
  };
}

const noLinks: ObservedLinks = { obstacle: undefined, missingDirectories: [], found: [] };
const hostOf = (tree: ObservedTree, files: readonly ManagedFileNow[], links = noLinks) => ({ tree, files, links });

/** The plan for one file, with no tree in the way. */
const planFor = (story: FileStory) => planUninstall(receipt, hostOf(absent, [file(story)]));

describe("planUninstall, of the tree", () => {
  it.each([
    ["as it was installed", ours, "go1.27.4 linux/amd64"],
    ["damaged", damaged, "go1.27.4 linux/amd64, damaged"],
  ])("takes readygo's own away: %s", (_, tree, before) => {
    expect(planUninstall(receipt, hostOf(tree, []))).toEqual({
      steps: [
        {
          kind: "remove-tree",
          target: "/usr/local/go",
          original: { kind: "absent" },
          reason: "readygo installed it",
          before,
          after: "absent",
        },
      ],
      notes: [],
    });
  });

  it.each(["directory", "link"] as const)("gives the %s back that was there before readygo", (kind) => {
    expect(planUninstall(kept(kind), hostOf(ours, []))).toEqual({
      steps: [
        expect.objectContaining({
          kind: "remove-tree",
          original: { kind, keptAs: "original" },
          reason: "readygo installed it",
          after: `the ${kind} that was there before readygo`,
        }),
      ],
      notes: [],
    });
  });

  it("gives it back also where readygo's own is gone already", () => {
    expect(planUninstall(kept("directory"), hostOf(absent, []))).toEqual({
      steps: [
        expect.objectContaining({
          kind: "remove-tree",
          reason: "something stood there before readygo's first run",
          before: "absent",
          after: "the directory that was there before readygo",
        }),
      ],
      notes: [],
    });
  });

  it("has nothing to do where nothing is there and nothing was", () => {
    expect(planUninstall(receipt, hostOf(absent, []))).toEqual({ steps: [], notes: [] });
  });

  it.each(foreignTrees)("leaves what is not readygo's any more, and says so: %o", (tree, words) => {
    expect(planUninstall(receipt, hostOf(tree, []))).toEqual({
      steps: [],
      notes: [{ text: `/usr/local/go is not what readygo installed (${words}); it is left alone` }],
    });
  });

  it.each(foreignTrees)("says then where the Go of before readygo is kept: %o", (tree) => {
    const { steps, notes } = planUninstall(kept("directory"), hostOf(tree, []));
    expect(steps).toEqual([]);
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringContaining("it is left alone"),
      "what was there before readygo stays in /usr/local/.readygo/previous/original",
    ]);
  });
});

describe("planUninstall, of a file as readygo left it", () => {
  it("gives the bytes of before back where the backup is whole", () => {
    const { steps, notes } = planFor({ before: "alias a=b\n" });
    expect(steps).toEqual([
      {
        kind: "restore-file",
        target: "/home/alice/.bashrc",
        managed: file({ before: "alias a=b\n" }).managed,
        beforeSha256: hash(`alias a=b\n${part}`),
        reason: "it is as readygo left it",
        before: "with readygo's part",
        after: "the bytes of before",
        result: { kind: "backup" },
      },
    ]);
    expect(notes).toEqual([]);
  });

  it("takes out readygo's part alone where the backup is not whole, and names the backup", () => {
    const { steps, notes } = planFor({ before: "alias a=b\n", isBackupWhole: false });
    expect(steps).toEqual([
      expect.objectContaining({
        kind: "restore-file",
        reason: "its backup cannot be used: only readygo's part goes",
        after: "without readygo's part",
        result: { kind: "text", content: "alias a=b\n" },
      }),
    ]);
    expect(notes).toEqual([
      {
        text: "/var/lib/readygo/backups/backup-1, the backup of /home/alice/.bashrc, is gone or was changed: only readygo's part is taken out",
      },
    ]);
  });

  it("keeps an account's file that was empty, also without its backup", () => {
    const { steps } = planFor({ before: "\n", isBackupWhole: false });
    expect(steps).toEqual([expect.objectContaining({ result: { kind: "text", content: "\n" } })]);
  });

  it("takes away a file that readygo made", () => {
    expect(planFor({ before: null })).toEqual({
      steps: [
        expect.objectContaining({
          kind: "restore-file",
          reason: "readygo made it",
          after: "absent",
          result: { kind: "remove" },
        }),
      ],
      notes: [],
    });
  });

  it("does not believe a receipt by which readygo made a file that has something else in it", () => {
    const { steps } = planFor({ before: null, left: `alias a=b\n${part}` });
    expect(steps).toEqual([
      expect.objectContaining({ after: "without readygo's part", result: { kind: "text", content: "alias a=b\n" } }),
    ]);
  });
});

describe("planUninstall, of a file that was edited since", () => {
  const edited = `alias a=b\n${part}alias c=d\n`;

  it.each([true, false])("keeps the later text and takes out readygo's part (backup whole: %s)", (isBackupWhole) => {
    const { steps, notes } = planFor({ before: "alias a=b\n", now: edited, isBackupWhole });
    expect(steps).toEqual([
      expect.objectContaining({
        kind: "restore-file",
        beforeSha256: hash(edited),
        reason: "it was edited since: only readygo's part goes",
        after: "without readygo's part",
        result: { kind: "text", content: "alias a=b\nalias c=d\n" },
      }),
    ]);
    expect(notes).toHaveLength(isBackupWhole ? 0 : 1);
  });

  it("keeps what somebody added to a file that readygo made", () => {
    const { steps } = planFor({ before: null, now: `${part}export MINE=1\n` });
    expect(steps).toEqual([expect.objectContaining({ result: { kind: "text", content: "export MINE=1\n" } })]);
  });

  it("takes away a file that readygo made where only blanks were added to it", () => {
    const { steps } = planFor({ before: null, now: `${part}\n  \n` });
    expect(steps).toEqual([
      expect.objectContaining({
        reason: "it was edited since: only readygo's part goes",
        after: "absent",
        result: { kind: "remove" },
      }),
    ]);
  });

  it("takes away the profile where nothing but readygo's part is left in it, whatever was there before", () => {
    const profile = { path: places.profile, owner: null, before: "echo theirs\n", now: part };
    expect(planFor(profile).steps).toEqual([expect.objectContaining({ after: "absent", result: { kind: "remove" } })]);
    expect(planFor({ ...profile, path: "/home/alice/.bashrc", owner: "alice" }).steps).toEqual([
      expect.objectContaining({ after: "without readygo's part", result: { kind: "text", content: "" } }),
    ]);
  });
});

describe("planUninstall, of a file that needs nothing or refuses", () => {
  it("says that a file is gone already", () => {
    expect(planFor({ before: "alias a=b\n", now: null })).toEqual({
      steps: [],
      notes: [{ text: "/home/alice/.bashrc is gone already" }],
    });
  });

  it("does not speak of the backup of a file that is gone", () => {
    const { notes } = planFor({ before: "alias a=b\n", now: null, isBackupWhole: false });
    expect(notes).toEqual([{ text: "/home/alice/.bashrc is gone already" }]);
  });

  const refusal = { reason: "it is a FIFO, not a regular file", isPassing: false };

  it.each([undefined, refusal, { ...refusal, isPassing: true }])(
    "leaves a file out of which the user has taken readygo's part, also where it refuses: %o",
    (why) => {
      expect(planFor({ before: "alias a=b\n", now: "alias a=c\n", refusal: why })).toEqual({
        steps: [],
        notes: [{ text: "readygo's part is gone from /home/alice/.bashrc already" }],
      });
    },
  );

  it("leaves a file that refuses for good, with what its user can do", () => {
    expect(planFor({ before: "alias a=b\n", refusal })).toEqual({
      steps: [],
      notes: [
        {
          text: "/home/alice/.bashrc is left alone: it is a FIFO, not a regular file",
          remedy: "take readygo's block out of /home/alice/.bashrc",
        },
      ],
    });
  });

  it("keeps what a file that refuses for now needs, for the next run that can", () => {
    const story = { before: "alias a=b\n", refusal: { reason: "/home/alice gave no answer", isPassing: true } };
    expect(planFor(story)).toEqual({
      steps: [
        {
          kind: "defer-file",
          target: "/home/alice/.bashrc",
          managed: file(story).managed,
          reason: "/home/alice gave no answer",
          before: "with readygo's part",
          after: "restored by the next run that can",
        },
      ],
      notes: [],
    });
  });

  it("does so where nothing of the file could be read, either", () => {
    const refused = { before: "alias a=b\n", now: null, refusal: { reason: "no right to it", isPassing: true } };
    expect(planFor(refused).steps).toEqual([expect.objectContaining({ kind: "defer-file" })]);
  });
});

describe("planUninstall, of all of it", () => {
  const files = [
    file({ path: places.profile, owner: null, before: null }),
    file({ path: "/home/alice/.profile", before: "a\n", refusal: { reason: "no answer", isPassing: true } }),
    file({ path: "/home/alice/.bashrc", before: "b\n" }),
  ];

  it("takes the tree first, then the files in the receipt's order", () => {
    expect(planUninstall(receipt, hostOf(ours, files)).steps.map(({ kind, target }) => [kind, target])).toEqual([
      ["remove-tree", "/usr/local/go"],
      ["restore-file", "/etc/profile.d/readygo.sh"],
      ["defer-file", "/home/alice/.profile"],
      ["restore-file", "/home/alice/.bashrc"],
    ]);
  });

  it("restores the files also where the tree is not readygo's any more", () => {
    const { steps } = planUninstall(receipt, hostOf({ kind: "link", target: "/opt/go" }, files));
    expect(steps.map(({ kind }) => kind)).toEqual(["restore-file", "defer-file", "restore-file"]);
  });
});
