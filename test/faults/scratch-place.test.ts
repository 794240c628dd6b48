// Rule: root builds and runs in TMPDIR only where nobody else can put another directory in the place of it, or of one on
// the way to it; elsewhere in /tmp.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeScratch } from "../../src/host/scratch.ts";

const alice = 1234;
let room: string;
const way = (...names: readonly string[]): string => join(room, "way", ...names);

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "scratch-place-"));
  mkdirSync(way("to", "tmp"), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(room, { recursive: true });
});

function parentWith(named: string): string {
  vi.stubEnv("TMPDIR", named);
  const scratch = makeScratch();
  scratch.remove();
  return dirname(scratch.path);
}

it.each<[string, () => void]>([
  ["root's alone, all the way", () => undefined],
  ["below a directory like /tmp", () => chmodSync(way(), 0o1777)],
])("%s: it is taken", (_, arrange) => {
  arrange();
  expect(parentWith(way("to", "tmp"))).toBe(way("to", "tmp"));
});

it("by a link: what it leads to is taken", () => {
  symlinkSync(way("to"), join(room, "link"));
  expect(parentWith(join(room, "link", "tmp"))).toBe(way("to", "tmp"));
});

it.each<[string, () => void]>([
  ["itself open to everybody", () => chmodSync(way("to", "tmp"), 0o777)],
  ["below one that is open to everybody", () => chmodSync(way("to"), 0o777)],
  ["further below one that is", () => chmodSync(way(), 0o777)],
  ["below one that a group can write", () => chmodSync(way(), 0o775)],
  ["below one of somebody else's", () => chownSync(way(), alice, alice)],
  [
    "below somebody else's in a directory like /tmp",
    () => {
      chmodSync(way(), 0o1777);
      chownSync(way("to"), alice, alice);
    },
  ],
  ["not there", () => rmSync(way("to", "tmp"), { recursive: true })],
])("%s: /tmp is", (_, spoil) => {
  spoil();
  symlinkSync(way("to"), join(room, "link"));
  expect([parentWith(way("to", "tmp")), parentWith(join(room, "link", "tmp"))]).toEqual(["/tmp", "/tmp"]);
});

it("a path that starts nowhere: /tmp is", () => {
  expect(parentWith("way/to/tmp")).toBe("/tmp");
});
