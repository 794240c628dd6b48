import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { bundleProgram } from "../../src/provision/bundle/bundle-program.ts";
import type { Session } from "../../src/provision/session.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { openBundleDirectory } from "../../src/host/bundle-directory.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import { rejectionOf, thrownBy } from "../unit/thrown-by.ts";

// Rule: `bundle` writes where only root and the user who runs it can write, or exchange a directory on the way; through no
// link; and it names no program as the bundle's that it did not put there.
const alice = 1234;
let room: string;
const kit = (...names: readonly string[]): string => join(room, "kit", ...names);
const open = () => openBundleDirectory(absolutePath(room, "kit"));

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "readygo-output-"));
  mkdirSync(kit());
  writeFileSync(join(room, "file"), "the host's own");
});
afterEach(() => {
  expect(readFileSync(join(room, "file"), "utf8")).toBe("the host's own");
  rmSync(room, { recursive: true });
});

async function* body(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

it.each<[string, () => void]>([
  ["somebody else's", () => chownSync(kit(), alice, alice)],
  ["open to everybody", () => chmodSync(kit(), 0o1777)],
  [
    "open to another group",
    () => {
      chownSync(kit(), 0, alice);
      chmodSync(kit(), 0o775);
    },
  ],
  [
    "with somebody else's parts in it",
    () => {
      mkdirSync(kit(".readygo-part"));
      chownSync(kit(".readygo-part"), alice, alice);
    },
  ],
  [
    "with parts open to everybody",
    () => {
      mkdirSync(kit(".readygo-part"));
      chmodSync(kit(".readygo-part"), 0o777);
    },
  ],
  ["with a link in place of its parts", () => symlinkSync(room, kit(".readygo-part"))],
])("refuses an output that is %s", (_, spoil) => {
  spoil();
  const before = readdirSync(kit());
  const error = thrownBy(open, ProvisionError);
  expect([error.code, error.exit, error.message]).toEqual(["place-unsafe", 3, expect.stringContaining(kit())]);
  expect(readdirSync(kit())).toEqual(before);
});

/** As a process of another user, which is what the rule is about. */
function asAlice(script: string): void {
  const { status, stderr } = spawnSync("sh", ["-euc", script], { cwd: room, uid: alice, gid: alice, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
}

it("refuses an output that somebody else can exchange for a link, by a directory above it", () => {
  mkdirSync(kit("way/to/output"), { recursive: true });
  mkdirSync(kit("elsewhere"));
  chownSync(kit("way"), alice, alice);
  chmodSync(room, 0o755);
  const error = thrownBy(() => {
    const output = openBundleDirectory(absolutePath(kit("way/to/output")));
    asAlice("mv kit/way/to kit/way/aside; mkdir kit/way/to; ln -s ../../elsewhere kit/way/to/output");
    output.write("readygo.mjs", "root's");
  }, ProvisionError);
  expect([error.code, error.exit]).toEqual(["place-unsafe", 3]);
  expect([error.message, error.remedy.join()]).toEqual(Array(2).fill(expect.stringContaining(kit("way"))));
  expect(readdirSync(kit("elsewhere"))).toEqual([]);
});

it("goes on in the directory that a link led to, when somebody else lets it lead elsewhere", () => {
  for (const name of ["output", "elsewhere", "alices"]) mkdirSync(kit(name));
  chownSync(kit("alices"), alice, alice);
  chmodSync(room, 0o755);
  asAlice("ln -s ../output kit/alices/link");
  const output = openBundleDirectory(absolutePath(kit("alices/link")));
  asAlice("ln -sfn ../elsewhere kit/alices/link");
  output.write("a/b", "root's");
  output.replace("c", "root's");
  expect(output.path).toBe(kit("output"));
  expect([readFileSync(kit("output/a/b"), "utf8"), readFileSync(kit("output/c"), "utf8")]).toEqual([
    "root's",
    "root's",
  ]);
  expect(readdirSync(kit("elsewhere"))).toEqual([]);
});

it.each<[string, () => void]>([
  ["somebody else's", () => chownSync(kit("way"), alice, alice)],
  ["open to everybody", () => chmodSync(kit("way"), 0o777)],
  [
    "open to another group",
    () => {
      chownSync(kit("way"), 0, alice);
      chmodSync(kit("way"), 0o775);
    },
  ],
  [
    "sticky, and somebody else's",
    () => {
      chmodSync(kit("way"), 0o1777);
      chownSync(kit("way"), alice, alice);
    },
  ],
  [
    "closed, and in somebody else's below a sticky one",
    () => {
      chmodSync(kit(), 0o1777);
      chownSync(kit("way"), alice, alice);
    },
  ],
  [
    "somebody else's, behind a link of root's",
    () => {
      mkdirSync(kit("theirs"));
      rmSync(kit("way"), { recursive: true });
      mkdirSync(kit("theirs/to"));
      symlinkSync("theirs", kit("way"));
      chownSync(kit("theirs"), alice, alice);
    },
  ],
])("makes nothing below a directory that is %s", (_, spoil) => {
  mkdirSync(kit("way/to"), { recursive: true });
  spoil();
  const error = thrownBy(() => openBundleDirectory(absolutePath(kit("way/to/new/output"))), ProvisionError);
  expect([error.code, error.exit]).toEqual(["place-unsafe", 3]);
  expect(error.remedy.join()).toMatch(/\/kit\/(?:way|theirs)\b/);
  expect(existsSync(kit("way/to/new"))).toBe(false);
});

it.each<[string, () => void]>([
  ["like /tmp", () => chmodSync(kit("way"), 0o1777)],
  ["open to the caller's own group, which it gives to what is made in it", () => chmodSync(kit("way"), 0o2775)],
])("makes its output below a directory that is %s", (_, arrange) => {
  mkdirSync(kit("way"));
  arrange();
  openBundleDirectory(absolutePath(kit("way/to/output"))).write("a", "one");
  expect(readFileSync(kit("way/to/output/a"), "utf8")).toBe("one");
});

it("takes an output that the caller's own group can write, and keeps its parts to itself", () => {
  chmodSync(kit(), 0o775);
  mkdirSync(kit(".readygo-part"), 0o755);
  open();
  expect(statSync(kit(".readygo-part")).mode & 0o777).toBe(0o700);
});

it.each<[string, (target: string, name: string) => void]>([
  ["link", symlinkSync],
  ["second name", linkSync],
])("neither begins nor goes on with a part that is a %s", async (_, make) => {
  const directory = open();
  make(join(room, "file"), directory.part("a"));
  await rejectionOf(directory.writePart("a", 4, body("more")), Error);
  await directory.writePart("a", 0, body("anew"));
  expect(readFileSync(directory.part("a"), "utf8")).toBe("anew");
});

it.each<[string, () => void]>([
  ["has other bytes", () => writeFileSync(kit("readygo.mjs"), "another", { mode: 0o755 })],
  ["is a link", () => symlinkSync(join(room, "readygo.mjs"), kit("readygo.mjs"))],
  [
    "others can write",
    () => {
      writeFileSync(kit("readygo.mjs"), "the running one");
      chmodSync(kit("readygo.mjs"), 0o777);
    },
  ],
])("puts the running program in the place of one that %s", (_, put) => {
  writeFileSync(join(room, "readygo.mjs"), "the running one");
  put();
  const machine = createRealFiles("");
  const session = { machine, port: { entry: ["node", join(room, "readygo.mjs")], cwd: room } } as unknown as Session;
  expect(bundleProgram(session, open())).toEqual({ name: "readygo.mjs", added: ["readygo.mjs"] });
  expect([readFileSync(kit("readygo.mjs"), "utf8"), statSync(kit("readygo.mjs")).mode & 0o777]).toEqual(["the running one", 0o755]); // prettier-ignore
  expect(bundleProgram(session, open())).toEqual({ name: "readygo.mjs", added: [] });
});
