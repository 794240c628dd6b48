import { readReceipt, type Receipt, toInstalledRelease } from "../../../../src/host/state/receipt.ts";
import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { places } from "../../../../src/host/places.ts";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { formatStateFile } from "../../../../src/host/state/state-file.ts";
import type { GoVersion } from "../../../../src/release/go-version.ts";
import { lookupChecksum } from "../../../../src/trust/sumdb/lookup.ts";
import { recordedDatabase } from "../../trust/sumdb/recorded-database.ts";
import { thrownBy } from "../../thrown-by.ts";
import { makeDirectory, place } from "../../verify/check-host.ts";

const record = await lookupChecksum({
  version: "go1.26.8" as GoVersion,
  architecture: "amd64",
  ...recordedDatabase(),
});
const sha256 = "a".repeat(64);
const release = {
  version: "go1.26.8",
  architecture: "amd64",
  installedAt: "2026-11-29T00:00:00.000Z",
  archive: { name: "go1.26.8.linux-amd64.tar.gz", kind: "tar.gz", sha256, size: 1, from: "https://go.dev/dl/" },
  trust: [{ root: "manifest", evidence: "pinned" }],
  tree: { inode: "1", mtimeNs: "2", manifestSha256: sha256, versionFileSha256: sha256 },
};
const kept = { ...release, keptAs: "go1.26.8.linux-amd64", manifest: "manifest-go1.26.8.linux-amd64" };
const profile = { path: places.profile, owner: null, sha256, before: null, createdDirectories: [] };
const before = { backup: "20261129T000000000Z-3", sha256, mode: 0o644 };
const bashrc = { ...profile, path: "/home/alice/.bashrc", owner: "alice", before };
const plain = { ...release, files: [profile, bashrc], original: { kind: "absent" }, previous: [kept] };

function write(text: string): string {
  const root = makeDirectory();
  place(root, { "var/lib/readygo/receipt.json": text });
  return root;
}

function read(text: string): Receipt | undefined {
  return readReceipt(createRealFiles(write(text)));
}

const asThird = (body: object): string => formatStateFile(body, "readygo 0.1.0");
const asSecond = (body: object): string => asThird(body).replace('"schema": 3', '"schema": 2');
const asFirst = (body: object): string => JSON.stringify({ schema: 1, ...body });

const link = { path: "/usr/local/bin/go", before: "/opt/go/bin/go", createdDirectories: [] };
const leftAlone = { path: "/home/alice/.zshrc", owner: "alice", sha256: null };

test.each([
  ["1", asFirst],
  ["2", asSecond],
])("a receipt of schema %s is read as it was written, and knows no links", (_, format) => {
  const later = { links: [], leftAlone: [] };
  expect(read(format(plain))).toEqual({ ...plain, ...later });
  expect(read(format({ ...plain, record }))).toEqual({ ...plain, ...later, record });
});

test("one of schema 3 has links, and files that are left alone", () => {
  const later = { links: [link], leftAlone: [leftAlone] };
  expect(read(asThird({ ...plain, ...later }))).toEqual({ ...plain, ...later });
});

test("a record goes along with its release only", () => {
  const receipt = read(asThird({ ...plain, record, previous: [{ ...kept, record }] }));
  if (receipt === undefined) throw new Error("no receipt was read");
  expect(toInstalledRelease(receipt).record).toEqual(record);
  const { record: _, ...without } = receipt;
  expect("record" in toInstalledRelease(without)).toBe(false);
});

const fileWith = (change: object): object => ({ ...plain, files: [{ ...bashrc, ...change }] });
const previousWith = (change: object): object => ({ ...plain, previous: [{ ...kept, ...change }] });
const original = (keptAs: unknown): object => ({ ...plain, original: { kind: "directory", keptAs } });

describe("a receipt is refused", () => {
  test.each(["", "null", "[]", '"receipt"', "7", "{", "{}", '{"schema":"1"}', '{"schema":-1}', '{"schema":1}'])(
    "that is %j",
    (text) => {
      const error = thrownBy(() => read(text), ProvisionError);
      expect([error.code, error.exit]).toEqual(["state-invalid", 6]);
    },
  );

  test.each<[string, object]>([
    ["an unknown key", { ...plain, hooks: [] }],
    ["an unknown key in a file", fileWith({ run: "id" })],
    ["no version", { ...plain, version: undefined }],
    ["a version that is none", { ...plain, version: "../go" }],
    ["an architecture that is none", { ...plain, architecture: "mips" }],
    ["a negative size", { ...plain, archive: { ...release.archive, size: -1 } }],
    ["a size beyond counting", { ...plain, archive: { ...release.archive, size: 1e300 } }],
    ["a hash that is none", { ...plain, tree: { ...release.tree, manifestSha256: "00" } }],
    ["a hash in capitals", { ...plain, tree: { ...release.tree, manifestSha256: "A".repeat(64) } }],
    ["files that are no list", { ...plain, files: {} }],
    ["a file that is null", { ...plain, files: [null] }],
    ["a file of the system that is not readygo's", fileWith({ owner: null, path: "/etc/sudoers.d/x" })],
    ["a file in a home that is not readygo's", fileWith({ path: "/home/alice/.ssh/authorized_keys" })],
    ["a relative path", fileWith({ path: ".bashrc" })],
    ["a path that is not normal", fileWith({ path: "/home/alice/../bob/.bashrc" })],
    ["a path with a NUL", fileWith({ path: "/home/alice/\0/.bashrc" })],
    ["an owner that is a path", fileWith({ owner: "../root" })],
    ["an owner that is empty", fileWith({ owner: "" })],
    ["directories that the file does not lie in", fileWith({ createdDirectories: ["/opt"] })],
    ["a link that is not readygo's", { ...plain, links: [{ ...link, path: "/usr/local/bin/sh" }] }],
    ["a link that leads to no text", { ...plain, links: [{ ...link, before: 1 }] }],
    ["a directory that no link needs", { ...plain, links: [{ ...link, createdDirectories: ["/etc"] }] }],
    ["a file left alone that is not readygo's", { ...plain, leftAlone: [{ ...leftAlone, path: "/etc/shadow" }] }],
    ["a file left alone that is nobody's", { ...plain, leftAlone: [{ ...leftAlone, owner: null }] }],
    ["a mode out of range", fileWith({ before: { ...before, mode: 0o200000 } })],
    ["a mode that is a text", fileWith({ before: { ...before, mode: "644" } })],
    ...["", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "a\0b", "x".repeat(300)].flatMap(
      (name): [string, object][] => [
        [`a backup named ${JSON.stringify(name.slice(0, 20))}`, fileWith({ before: { ...before, backup: name } })],
        [`an original named ${JSON.stringify(name.slice(0, 20))}`, original(name)],
        [`a kept release named ${JSON.stringify(name.slice(0, 20))}`, previousWith({ keptAs: name })],
        [`a kept manifest named ${JSON.stringify(name.slice(0, 20))}`, previousWith({ manifest: name })],
      ],
    ),
    ["an original that is a release of readygo's", original("go1.26.8.linux-amd64")],
    ["a kept release by another's name", previousWith({ keptAs: "go1.27.4.linux-amd64" })],
    ["a kept manifest that is a user's backup", previousWith({ manifest: before.backup })],
    ["a record of another shape", { ...plain, record: { ...record, proof: "none" } }],
    ["a record that is null", { ...plain, record: null }],
    ["a record with a number out of range", previousWith({ record: { ...record, recordId: -1 } })],
  ])("with %s", (_, body) => {
    for (const format of [asFirst, asSecond]) {
      const error = thrownBy(() => read(format(body)), ProvisionError);
      expect([error.code, error.exit]).toEqual(["state-invalid", 6]);
    }
  });

  test("that says which file, what is wrong, who wrote it, and what leads out", () => {
    const root = write(asSecond(fileWith({ before: { ...before, mode: -1 } })));
    place(root, { "usr/local/go/VERSION": "go1.26.8\ntime x\n" });
    const error = thrownBy(() => readReceipt(createRealFiles(root)), ProvisionError);
    expect(error.details).toEqual({
      file: join(root, places.receipt),
      wrong: expect.stringContaining("files.0.before.mode") as string,
      "written by": "readygo 0.1.0",
    });
    expect(error.remedy).toEqual(["readygo install 1.26.8 --adopt"]);
  });

  test("of a newer readygo, which is named", () => {
    const text = asThird(plain).replace('"schema": 3', '"schema": 4').replace("readygo 0.1.0", "readygo 9.9");
    const error = thrownBy(() => read(text), ProvisionError);
    expect([error.code, error.details["wrong"], error.details["written by"]]).toEqual([
      "state-invalid",
      "its schema is 4, which is newer than this readygo knows (3)",
      "readygo 9.9",
    ]);
  });

  test("wherever one bit of it is flipped", () => {
    const text = Buffer.from(asThird(plain));
    const step = process.env["READYGO_FULL"] === "1" ? 13 : 61;
    for (let at = 0; at < text.length; at += step) {
      const flipped = Buffer.from(text);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const root = write("");
      place(root, { "var/lib/readygo/receipt.json": flipped.toString("latin1") });
      const isRead = (): boolean => {
        try {
          // White space and the writer's own name are not covered.
          expect(readReceipt(createRealFiles(root))).toEqual(plain);
          return true;
        } catch (error) {
          if (!(error instanceof ProvisionError)) throw error;
          expect(error.code).toBe("state-invalid");
          return false;
        }
      };
      if (isRead()) expect(text.subarray(0, at).includes('"checksum"')).toBe(false);
    }
  });
});

describe("state that others can write is refused before it is read", () => {
  const uid = 4321;
  const makeAnothers = (path: string): void => {
    mkdirSync(path, { recursive: true });
    chownSync(path, uid, 0);
  };
  test.each<[string, string, (path: string) => void]>([
    ["another's file", places.receipt, (path) => chownSync(path, uid, 0)],
    ["a file that its group can write", places.receipt, (path) => chmodSync(path, 0o620)],
    ["another's directory", places.state, (path) => chownSync(path, uid, 0)],
    ["a directory that everybody can write", places.state, (path) => chmodSync(path, 0o777)],
    ["/var/lib of another", "/var/lib", (path) => chownSync(path, uid, 0)],
    ["/var that everybody can write", "/var", (path) => chmodSync(path, 0o1777)],
    ["a root directory that everybody can write", "/", (path) => chmodSync(path, 0o777)],
    ["another's store", places.store, makeAnothers],
  ])("%s", (_, path, spoil) => {
    const root = write("not read at all");
    spoil(join(root, path));
    const error = thrownBy(() => readReceipt(createRealFiles(root)), ProvisionError);
    expect([error.code, error.exit]).toEqual(["place-unsafe", 3]);
  });

  test("a link in the place of /var/lib", () => {
    const root = makeDirectory();
    mkdirSync(join(root, "var"));
    mkdirSync(join(root, "elsewhere/readygo"), { recursive: true });
    symlinkSync("/elsewhere", join(root, "var/lib"));
    expect(thrownBy(() => readReceipt(createRealFiles(root)), ProvisionError).code).toBe("place-unsafe");
  });
});
