import { hashBytes } from "../../../src/release/sha256.ts";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJournal } from "../../../src/apply/journal.ts";
import { placeTree } from "../../../src/apply/place-tree.ts";
import type { ApplyPorts, Transaction } from "../../../src/apply/acts/act.ts";
import { commit } from "../../../src/apply/acts/commit.ts";
import { writeFile } from "../../../src/apply/acts/write-file.ts";
import { beginTransaction } from "../../../src/apply/run-transaction.ts";
import { recoverTransaction } from "../../../src/apply/undo.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { places } from "../../../src/host/places.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { createSystemFiles, type SystemFiles } from "../../../src/host/system-files.ts";

let root: string;
/** Some hundred runs, with an fsync for each act: on a disk they take a minute. */
const memory = "/dev/shm";

beforeEach(() => {
  root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "readygo-transaction-"));
  put("usr/local/bin/tool", "tool");
  put("etc/profile.d/other.sh", "other");
  put("var/lib/dpkg/status", "status");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Everything below the root: kind, mode and content of each. */
function look(): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()) {
    const stat = lstatSync(join(root, path));
    const content = stat.isDirectory()
      ? "/"
      : stat.isSymbolicLink()
        ? `-> ${readlinkSync(join(root, path))}`
        : readFileSync(join(root, path), "utf8");
    seen[path] = `${stat.mode.toString(8)} ${content}`;
  }
  return seen;
}

class PowerCut extends Error {}

/** The system with its plug pulled: from the call that is numbered `at` on nothing happens, or that one still does. */
function openPorts(
  cut?: { readonly at: number; readonly isDone: boolean },
  refuse?: (name: string, args: readonly unknown[]) => void,
): ApplyPorts & { calls(): number } {
  const files = createRealFiles(root);
  const systemFiles = createSystemFiles(files);
  // Some hundred times 4 MiB of random bytes would be half of the time that all of it takes.
  const real: SystemFiles = { ...systemFiles, reserveRoom: (path) => systemFiles.reserveRoom(path, 4096) };
  let calls = 0;
  let isDead = false;
  const wrap =
    (name: string, act: (...args: readonly unknown[]) => unknown) =>
    (...args: readonly unknown[]): unknown => {
      if (isDead) throw new PowerCut();
      if (calls++ === cut?.at) {
        isDead = true;
        if (cut.isDone) act(...args);
        throw new PowerCut();
      }
      refuse?.(name, args);
      return act(...args);
    };
  const system = Object.fromEntries(
    Object.entries(real).map(([name, act]) => [name, wrap(name, act as (...args: readonly unknown[]) => unknown)]),
  ) as unknown as SystemFiles;
  const home = (): never => {
    throw new Error("no home here");
  };
  return { files, system, writtenBy: "readygo 0.0.0-test", home, calls: () => calls };
}

/** As overlayfs without redirect_dir does for a directory of its lower layer; the file `old` marks that directory. */
function refuseRenameOfGoroot(name: string, args: readonly unknown[]): void {
  const isRename = (name === "rename" || name === "exchange") && args.includes(places.goroot);
  if (isRename && existsSync(join(root, "usr/local/go/old")))
    throw Object.assign(new Error("EXDEV"), { code: "EXDEV" });
}

const settings = absolutePath("/etc/profile.d/readygo.sh");

const unpackedAt = 1_790_000_000;

/** An install as apply-install.ts performs it, with a tree of two files. */
async function install(ports: ApplyPorts, version: string): Promise<void> {
  const transaction = beginTransaction(ports, "install", new Date());
  const staged = absolutePath(transaction.staging, "go");
  ports.system.makeDirectory(staged, 0o755);
  put(`${staged.slice(1)}/VERSION`, version);
  put(`${staged.slice(1)}/bin/go`, `go of ${version}`);
  utimesSync(join(root, staged), unpackedAt, unpackedAt);
  placeTree(ports, transaction, staged, absolutePath(places.previous, "kept"));
  await write(ports, transaction, settings, `PATH for ${version}\n`);
  await write(ports, transaction, places.receipt, version);
  commit(ports, transaction, []);
}

async function write(ports: ApplyPorts, transaction: Transaction, path: typeof settings, text: string): Promise<void> {
  const now = ports.files.read(path);
  await writeFile(ports, transaction, {
    path,
    owner: null,
    content: Buffer.from(text),
    mode: 0o644,
    expected: now === undefined ? null : hashBytes(now),
  });
}

const starts: Readonly<Record<string, () => void>> = {
  "a host without Go": () => undefined,
  "a host with another tree": () => {
    put("usr/local/go/old", "lower layer");
    put("usr/local/go/VERSION", "old");
    put("usr/local/go/bin/go", "old go");
    put("etc/profile.d/readygo.sh", "old settings\n");
  },
  "a host with a tree of the same second, which a file system with coarse times can't tell": () => {
    put("usr/local/go/old", "lower layer");
    put("usr/local/go/VERSION", "old");
    utimesSync(join(root, "usr/local/go"), unpackedAt, unpackedAt);
  },
  "a host with a link": () => {
    put("opt/go/VERSION", "linked");
    mkdirSync(join(root, "usr/local"), { recursive: true });
    symlinkSync("/opt/go", join(root, "usr/local/go"));
  },
};

describe.each(Object.entries(starts))("a transaction on %s", (name, start) => {
  describe.each([
    ["a file system that exchanges", undefined],
    ["one that refuses to rename the tree", refuseRenameOfGoroot],
  ] as const)("on %s", (_kind, refuse) => {
    it("ends in the new state, leaving nothing of its own in the way", async () => {
      start();
      await install(openPorts(undefined, refuse), "new");
      expect(readFileSync(join(root, "usr/local/go/bin/go"), "utf8")).toBe("go of new");
      expect(readdirSync(join(root, "var/lib/readygo"))).toEqual(["receipt.json"]);
      const kept = existsSync(join(root, "usr/local/.readygo")) ? readdirSync(join(root, "usr/local/.readygo")) : [];
      expect(kept).toEqual(name === "a host without Go" ? [] : ["previous"]);
    });

    it.each([false, true])(
      "is rolled back or finished wherever the power goes (last act done: %s)",
      async (isLastActDone) => {
        start();
        const before = look();
        const counting = openPorts(undefined, refuse);
        await install(counting, "new");
        const after = look();
        const total = counting.calls();
        rmSync(root, { recursive: true });
        const outcomes = { undone: 0, finished: 0 };
        for (let at = 0; at < total; at += 1) {
          mkdirSync(root);
          put("usr/local/bin/tool", "tool");
          put("etc/profile.d/other.sh", "other");
          put("var/lib/dpkg/status", "status");
          start();
          await expect(install(openPorts({ at, isDone: isLastActDone }, refuse), "new")).rejects.toThrow(PowerCut);
          const ports = openPorts(undefined, refuse);
          const records = readJournal(ports.files);
          const { ended, failures } = await recoverTransaction(ports, records);
          expect([at, failures]).toEqual([at, []]);
          outcomes[ended] += 1;
          const isDone = ended === "finished" || (records.length === 0 && at > total / 2);
          expect([at, look()]).toEqual([at, isDone ? after : before]);
          rmSync(root, { recursive: true });
        }
        mkdirSync(root);
        expect(outcomes.undone).toBeGreaterThan(8);
        expect(outcomes.finished).toBeGreaterThan(1);
      },
    );
  });
});

it("is rolled back on a full disk: staging goes first, and makes the room that a file takes", async () => {
  starts["a host with another tree"]?.();
  put("var/lib/readygo/receipt.json", "old receipt");
  const before = look();
  const uncommitted = openPorts(undefined, (name, args) => {
    if (name === "append" && String(args[1]).includes('"commit"')) throw new PowerCut();
  });
  await expect(install(uncommitted, "new")).rejects.toThrow(PowerCut);
  expect(readFileSync(join(root, "var/lib/readygo/receipt.json"), "utf8")).toBe("new");
  const isFull = (): boolean => readdirSync(join(root, places.staging)).length > 0;
  const full = openPorts(undefined, (name) => {
    if (name === "replace" && isFull()) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
  });
  expect(await recoverTransaction(full, readJournal(full.files))).toMatchObject({ ended: "undone", failures: [] });
  expect(look()).toEqual(before);
});
