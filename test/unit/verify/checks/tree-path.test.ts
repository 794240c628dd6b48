import { execFileSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { expect, test } from "vitest";
import { createRealFiles } from "../../../../src/host/real-files.ts";
import { treePath } from "../../../../src/verify/checks/tree-path.ts";
import { isRoot, makeContext, makeDirectory, place } from "../check-host.ts";

function makeHost() {
  const root = makeDirectory();
  place(root, { "usr/local/go/VERSION": "go1.27.4\n", "etc/group": "root:x:0:\nstaff:x:50:bob\n" });
  return { root, judge: () => treePath.run(makeContext({ files: createRealFiles(root) })) };
}

// Of an image under --root: its remedy, pasted as it is, must not change this machine.
test.runIf(isRoot).each<[string, (root: string) => void, string]>([
  ["everybody", (root) => chmodSync(`${root}/usr/local`, 0o777), "everybody (mode 777)"],
  [
    "a group",
    (root) => {
      chownSync(`${root}/usr/local`, 0, 50);
      chmodSync(`${root}/usr/local`, 0o775);
    },
    "the group staff",
  ],
  ["an owner", (root) => chownSync(`${root}/usr/local`, 4321, 0), "its owner 4321"],
])("names %s that could put another tree there, and how to end that", async (_, open, who) => {
  const { root, judge } = makeHost();
  expect(await judge()).toMatchObject({ status: "pass" });
  open(root);
  const remedy = `chown root:root ${root}/usr/local && chmod go-w ${root}/usr/local`;
  expect(await judge()).toEqual({ status: "fail", evidence: `/usr/local can be written by ${who}`, remedy });
  execFileSync("sh", ["-c", remedy]);
  expect(await judge()).toMatchObject({ status: "pass" });
});
