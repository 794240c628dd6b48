import { describe, expect, test } from "vitest";
import { type JournalRecord, openJournal, readJournal } from "../../../src/apply/journal.ts";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { places } from "../../../src/host/places.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { createSystemFiles } from "../../../src/host/system-files.ts";
import type { Sha256 } from "../../../src/release/sha256.ts";
import { thrownBy } from "../thrown-by.ts";
import { makeDirectory, place } from "../verify/check-host.ts";

const id = "20261129T000000000Z";
const sha256 = "a".repeat(64) as Sha256;
const staging = absolutePath(places.staging, id);
const identity = { kind: "directory", mtimeNs: "1", inode: "2" } as const;
const begin = { kind: "begin", id, command: "install", at: "2026-11-29T00:00:00.000Z" } as const;
const kept = absolutePath(places.previous, "go1.26.8.linux-amd64");

const records: readonly JournalRecord[] = [
  begin,
  { kind: "stage", path: staging },
  { kind: "move", from: absolutePath(staging, "go"), to: kept, identity },
  { kind: "exchange", one: places.goroot, other: kept, identityOfOne: identity, identityOfOther: identity },
  {
    kind: "move-addition",
    from: absolutePath(kept, "bin/gopls"),
    to: absolutePath(places.previous, "added-to-go1.26.8/bin/gopls"),
    inode: "1",
    mtimeNs: "2",
  },
  { kind: "copy", path: places.goroot, copy: kept },
  { kind: "delete-original", path: places.goroot, copy: kept, identity },
  { kind: "make-directory", path: absolutePath("/etc/profile.d"), owner: null },
  { kind: "make-directory", path: absolutePath("/home/alice/.config"), owner: "alice" },
  { kind: "remove-directory", path: absolutePath("/home/alice/.config"), owner: "alice" },
  { kind: "write", path: places.profile, owner: null, before: null, after: sha256 },
  {
    kind: "write",
    path: absolutePath("/home/alice/.bashrc"),
    owner: "alice",
    before: { name: `undo-${id}-9`, sha256, mode: 0o644 },
    after: null,
  },
  { kind: "write", path: places.receipt, owner: null, before: null, after: sha256 },
  { kind: "write", path: absolutePath(places.backups, `${id}-4`), owner: null, before: null, after: sha256 },
  {
    kind: "commit",
    deletions: [kept, staging, places.partial, places.treeManifest, absolutePath(places.backups, "x")],
  },
];

const asFirst = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

function open(text?: string): ReturnType<typeof createRealFiles> {
  const root = makeDirectory();
  place(root, { "var/lib/readygo/other": "" });
  if (text !== undefined) place(root, { "var/lib/readygo/journal": text });
  return createRealFiles(root);
}

function writeSecond(written: readonly JournalRecord[]): string {
  const files = open();
  const journal = openJournal(createSystemFiles(files), "readygo 0.1.0");
  for (const record of written) journal.append(record);
  return files.read(places.journal)?.toString("utf8") ?? "";
}

test("what was written is read, of both schemas", () => {
  expect(readJournal(open(writeSecond(records)))).toEqual(records);
  expect(readJournal(open(asFirst(records)))).toEqual(records);
  expect(readJournal(open())).toEqual([]);
  expect(readJournal(open(""))).toEqual([]);
});

test("a line that was being written when the machine stopped is left out", () => {
  for (const text of [writeSecond(records), asFirst(records)]) {
    for (const cut of [1, 2, 40]) expect(readJournal(open(text.slice(0, -cut)))).toEqual(records.slice(0, -1));
  }
});

describe("a journal is refused, and nothing of it undone,", () => {
  const refused = (text: string): ProvisionError => {
    const error = thrownBy(() => readJournal(open(text)), ProvisionError);
    expect([error.code, error.exit]).toEqual(["state-invalid", 6]);
    expect(error.remedy).toEqual(["readygo install --adopt"]);
    return error;
  };

  const write = { kind: "write", path: "/etc/sudoers.d/x", owner: null, before: { name: `undo-${id}-1`, sha256, mode: 288 }, after: null }; // prettier-ignore
  test.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["an unknown kind", { kind: "run", argv: ["id"] }],
    ["no kind", { path: staging }],
    ["an unknown key", { kind: "stage", path: staging, force: true }],
    ["a second beginning", begin],
    ["a write to a file of the system", write],
    ["a write to a user's file as root", { ...write, path: "/home/alice/.bashrc" }],
    ["a write to what is not readygo's in a home", { ...write, owner: "alice", path: "/home/alice/.ssh/config" }],
    ["a backup elsewhere", { ...write, path: places.profile, before: { name: "../../x", sha256, mode: 0 } }],
    [
      "a backup that is no undo's",
      { ...write, path: places.profile, before: { name: "manifest-go1.26.8.linux-amd64", sha256, mode: 0 } },
    ],
    [
      "a directory of a home that readygo does not make",
      { kind: "make-directory", path: "/home/alice/.ssh", owner: "alice" },
    ],
    ["a deletion of what readygo did not install", { kind: "commit", deletions: [`${places.previous}/original`] }],
    [
      "a hash that is none",
      { ...write, path: places.profile, before: { name: `undo-${id}-1`, sha256: "00", mode: 0 } },
    ],
    ["a mode out of range", { ...write, path: places.profile, before: { name: `undo-${id}-1`, sha256, mode: 1e9 } }],
    ["a staging place elsewhere", { kind: "stage", path: "/opt/canary" }],
    ["the staging place itself", { kind: "stage", path: places.staging }],
    ["a staging place that is not normal", { kind: "stage", path: `${places.staging}/x/../../..` }],
    ["a directory of the system", { kind: "remove-directory", path: "/etc/cron.d", owner: null }],
    ["a tree elsewhere", { kind: "move", from: "/opt/canary", to: kept, identity }],
    ["an addition out of a tree elsewhere", { ...records[4], from: "/opt/canary" }],
    ["an addition to a place elsewhere", { ...records[4], to: "/etc/cron.d/x" }],
    ["an addition into a kept release", { ...records[4], to: `${kept}/bin/x` }],
    ["an exchange with a tree elsewhere", { ...records[3], other: "/opt/canary" }],
    ["a copy that is a tree elsewhere", { kind: "copy", path: places.goroot, copy: "/opt/canary" }],
    ["a copy that is /usr/local/go", { kind: "copy", path: places.goroot, copy: places.goroot }],
    ["a deletion elsewhere", { kind: "commit", deletions: ["/opt/canary"] }],
    ["a deletion of the whole store", { kind: "commit", deletions: [places.store] }],
    ["a deletion that is not normal", { kind: "commit", deletions: [`${places.previous}/../../go`] }],
    ["a link elsewhere", { kind: "link", path: "/usr/local/bin/sh", before: null, after: "../go/bin/go" }],
    ["a link to what is no text", { kind: "link", path: "/usr/local/bin/go", before: 7, after: null }],
    ["deletions that are none", { kind: "commit", deletions: null }],
  ])("with %s", (_, record) => {
    refused(asFirst([begin, record]));
    if (record !== null) refused(writeSecond([begin, record as JournalRecord]));
  });

  test.each(["null\n", "7\n", "{\n", "\n", "\0\0\0\n", '{"kind":"stage","path":"/usr/local/.readygo/staging/x"}\n'])(
    "that begins with %j",
    (text) => void refused(text),
  );

  test("of a newer schema, whose writer is named", () => {
    const text = writeSecond(records).split("\n")[0]?.slice(17).replace('"schema":3', '"schema":4') ?? "";
    const files = open();
    createSystemFiles(files).append(places.journal, "");
    const journal = openJournal(createSystemFiles(files), "readygo 9.9");
    journal.append({ ...(JSON.parse(text) as JournalRecord), ...({ schema: 4 } as object) });
    const error = thrownBy(() => readJournal(files), ProvisionError);
    expect(error.details).toMatchObject({
      wrong: "its schema is 4, which is newer than this readygo knows (3)",
      "written by": "readygo 0.1.0",
    });
  });

  test("wherever a bit of it is flipped, or a line is gone", () => {
    const text = writeSecond(records);
    for (let at = 0; at < text.length - 1; at += 11) {
      const flipped = Buffer.from(text);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      refused(flipped.toString("latin1"));
    }
    const lines = text.split("\n");
    for (let gone = 0; gone < records.length - 1; gone += 1) refused(lines.toSpliced(gone, 1).join("\n"));
  });
});
