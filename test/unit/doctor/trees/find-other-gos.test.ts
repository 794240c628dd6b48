import { findOtherGos } from "../../../../src/doctor/trees/examine-gos.ts";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPackageFinder } from "../../../../src/doctor/trees/find-package.ts";
import { absolutePath } from "../../../../src/host/absolute-path.ts";
import type { GoTreeLooker, LeftOutPlace } from "../../../../src/host/trees/go-tree-looker.ts";
import { createRealFiles } from "../../../../src/host/real-files.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-doctor-"));
  mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
  writeFileSync(join(root, "var/lib/dpkg/info/golang-1.22-go:amd64.list"), "/.\n/usr/lib/go-1.22/bin/go\n");
  writeFileSync(join(root, "var/lib/dpkg/info/golang-1.22-src.list"), "/.\n/usr/lib/go-1.22/src/bin/go.go\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const left: LeftOutPlace = {
  kind: "left-out",
  reason: "unanswered",
  text: "it gave no answer within 10000 ms",
  path: absolutePath("/opt/go-nfs"),
};

function looker(...paths: readonly string[]): GoTreeLooker {
  const unread = () => Promise.reject(new Error("nothing is read yet"));
  return {
    find: async () => ({ trees: paths.map((path) => absolutePath(path)), leftOut: [left] }),
    readName: unread,
    survey: unread,
    close: async () => undefined,
  };
}

test("each Go is named with what brought it, what is known is left, and what was left out is passed on", async () => {
  const { trees, leftOut } = await findOtherGos({
    looker: looker("/opt/go", "/snap/go/10907", "/usr/lib/go-1.22", "/usr/local/go"),
    patterns: [],
    account: null,
    known: [absolutePath("/usr/local/go")],
    findPackage: createPackageFinder(createRealFiles(root)),
  });
  expect(trees.map(({ path, account, broughtBy }) => [path, account, broughtBy])).toEqual([
    ["/opt/go", null, null],
    ["/snap/go/10907", null, "snap go"],
    ["/usr/lib/go-1.22", null, "package golang-1.22-go"],
  ]);
  expect(leftOut).toEqual([left]);
});

test("dpkg's lists are read once, however many trees there are", () => {
  const files = createRealFiles(root);
  const read: string[] = [];
  const find = createPackageFinder({
    ...files,
    readStart: (path, bytes) => {
      read.push(path);
      return files.readStart(path, bytes);
    },
  });
  const asked = ["/usr/lib/go-1.22", "/usr/lib/go-1.22", "/opt/go"].map((path) => find(absolutePath(path)));
  expect(asked).toEqual(["package golang-1.22-go", "package golang-1.22-go", null]);
  expect(read).toHaveLength(2);
});
