import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { openBundleDirectory } from "../../../src/host/bundle-directory.ts";
import { thrownBy } from "../thrown-by.ts";

let room: string;

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "readygo-bundle-"));
});
afterEach(() => rmSync(room, { recursive: true }));

const open = () => openBundleDirectory(absolutePath(room, "new/kit"));

async function* body(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

test("a file appears whole and readable for a web server, whatever the umask", () => {
  const umask = process.umask(0o077);
  try {
    expect(open().write("sumdb/x/supported", "")).toBe(true);
    expect(open().write("readygo.mjs", "#!", 0o755)).toBe(true);
  } finally {
    process.umask(umask);
  }
  expect(statSync(join(room, "new/kit/sumdb/x/supported")).mode & 0o777).toBe(0o644);
  expect(statSync(join(room, "new/kit/readygo.mjs")).mode & 0o777).toBe(0o755);
  for (const directory of ["new", "new/kit", "new/kit/sumdb", "new/kit/sumdb/x"])
    expect(statSync(join(room, directory)).mode & 0o777, directory).toBe(0o755);
});

test("the same bytes are left alone, others are refused and stay", () => {
  const directory = open();
  directory.write("a", "one");
  const before = statSync(join(room, "new/kit/a"), { bigint: true }).mtimeNs;
  expect(directory.write("a", "one")).toBe(false);
  const error = thrownBy(() => directory.write("a", "two"), ProvisionError);
  expect([error.code, error.exit, readFileSync(join(room, "new/kit/a"), "utf8")]).toEqual(["output-differs", 2, "one"]);
  expect(statSync(join(room, "new/kit/a"), { bigint: true }).mtimeNs).toBe(before);
});

test("a part that was cut off is gone on with, and published under its name", async () => {
  const directory = open();
  await directory.writePart("a.tar.gz", 0, body("one ", "two "));
  expect(readdirSync(join(room, "new/kit"))).toEqual([".readygo-part"]);
  const again = open();
  expect(again.partSize("a.tar.gz")).toBe(8);
  await again.writePart("a.tar.gz", 8, body("three"));
  again.publish("a.tar.gz");
  again.removeParts();
  expect(readFileSync(join(room, "new/kit/a.tar.gz"), "utf8")).toBe("one two three");
  expect(readdirSync(join(room, "new/kit"))).toEqual(["a.tar.gz"]);
});

test("a part that a server answers from its beginning is begun anew", async () => {
  const directory = open();
  await directory.writePart("a.tar.gz", 0, body("one two three"));
  await directory.writePart("a.tar.gz", 0, body("four"));
  expect(readFileSync(directory.part("a.tar.gz"), "utf8")).toBe("four");
});

test("a temporary file of a run that was killed is in nobody's way", () => {
  const directory = open();
  writeFileSync(directory.part("a.new"), "half");
  expect(directory.write("a", "whole")).toBe(true);
  expect(directory.read("a")?.toString()).toBe("whole");
});
