import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOtherGos, type OtherGosRequest } from "../../../src/doctor/find-other-gos.ts";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { HomeRefusal } from "../../../src/host/home-files.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";

const home = absolutePath("/home/ann");
const account = { name: "ann", uid: 1000, gid: 1000, home, shell: absolutePath("/bin/bash") };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "readygo-doctor-"));
  for (const path of ["/usr/local/go", "/opt/go", "/usr/lib/go-1.22", "/snap/go/current"]) putTree(path);
  mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
  writeFileSync(join(root, "var/lib/dpkg/info/golang-1.22-go:amd64.list"), "/.\n/usr/lib/go-1.22/bin/go\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function putTree(path: string): void {
  mkdirSync(join(root, path, "bin"), { recursive: true });
  for (const name of ["VERSION", "bin/go"]) writeFileSync(join(root, path, name), "");
}

/** Path, account and what brought each that is found; and why a home was left out. */
async function find(request: Partial<OtherGosRequest> = {}) {
  const refused: string[] = [];
  const trees = await findOtherGos({
    files: createRealFiles(root),
    account,
    home: {
      findGoTrees: async () => [absolutePath("/home/ann/sdk/go1.21.0"), absolutePath("/opt/go")],
      surveyGoTree: () => Promise.reject(new Error("nothing is read yet")),
    },
    isOurs: false,
    onRefused: (reason) => refused.push(reason),
    ...request,
  });
  return { found: trees.map(({ path, account: owner, broughtBy }) => [path, owner, broughtBy]), refused };
}

const system = [
  ["/opt/go", null, null],
  ["/snap/go/current", null, "snap go"],
  ["/usr/lib/go-1.22", null, "package golang-1.22-go"],
];

test("each Go is found once, with what brought it", async () => {
  const ann = ["/home/ann/sdk/go1.21.0", "ann", null];
  expect(await find()).toEqual({ found: [...system, ["/usr/local/go", null, null], ann], refused: [] });
});

test("readygo's own is none of them", async () => {
  expect((await find({ isOurs: true })).found.map(([path]) => path)).not.toContain("/usr/local/go");
});

test("a home that gives no answer is left out, and that is said", async () => {
  const refusal = new HomeRefusal("unanswered", home, "the process for it ended (SIGKILL)");
  const silent = { findGoTrees: () => Promise.reject(refusal), surveyGoTree: () => Promise.reject(refusal) };
  expect(await find({ isOurs: true, home: silent })).toEqual({
    found: system,
    refused: ["/home/ann is left out: the process for it ended (SIGKILL)"],
  });
});
