import { execFileSync } from "node:child_process";
import { linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPartialStore, type PartialStore } from "../../src/fetch/download/partial-store.ts";
import { places } from "../../src/host/places.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import { createSystemFiles } from "../../src/host/system-files.ts";

// Rule: where a download is kept under --root DIR, nothing that the image brings along leads out of DIR: no link is
// followed, no FIFO is waited for, and no byte is taken from a file that is not root's alone.
let room: string;
const identity: Parameters<PartialStore["begin"]>[0] = {
  name: "a.tar.gz",
  url: "",
  sha256: "0".repeat(64),
  total: 8,
  validator: null,
};
const image = (): string => join(room, "image");
const store = (): string => join(image(), places.store);
const partial = (): string => join(image(), places.partial);
const outside = (name: string): string => join(room, "outside", name);

function openStore() {
  const files = createRealFiles(image());
  const system = createSystemFiles(files);
  return createPartialStore(files.locate(places.partial), () => void system.makeDirectory(places.partial, 0o700));
}

/** As a run that fetches from the beginning, or goes on after `size` bytes, and is cut off. */
function keep(size: number, text: string): void {
  const opened = openStore();
  opened.begin(identity, size);
  opened.append(Buffer.from(text));
  opened.close();
}

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "readygo-partial-"));
  mkdirSync(store(), { recursive: true });
  mkdirSync(outside("directory"), { recursive: true });
  writeFileSync(outside("file"), "the host's own");
});
afterEach(() => {
  expect(readFileSync(outside("file"), "utf8")).toBe("the host's own");
  expect(readdirSync(outside("directory"))).toEqual([]);
  rmSync(room, { recursive: true });
});

it.each(["archive.json", "archive.part"])("a link at %s is not written through", (name) => {
  mkdirSync(partial(), { mode: 0o700 });
  symlinkSync(outside("file"), join(partial(), name));
  keep(0, "bytes");
  expect(readFileSync(join(partial(), "archive.part"), "utf8")).toBe("bytes");
  expect(JSON.parse(readFileSync(join(partial(), "archive.json"), "utf8"))).toEqual(identity);
});

it.each([0, 3])("a link in place of the directory is not entered, with %i bytes taken over", (size) => {
  symlinkSync(outside("directory"), partial());
  keep(size, "bytes");
  expect(lstatSync(partial(), { throwIfNoEntry: false })?.isSymbolicLink() ?? false).toBe(false);
});

it("a directory that others can enter is made anew", () => {
  mkdirSync(partial(), { mode: 0o755 });
  writeFileSync(join(partial(), "other"), "");
  keep(0, "bytes");
  expect([lstatSync(partial()).mode & 0o777, readdirSync(partial()).toSorted()]).toEqual([0o700, ["archive.json", "archive.part"]]); // prettier-ignore
});

it.each(["link", "second name"])("a %s of the host's file is not gone on with", (kind) => {
  keep(0, "bytes");
  rmSync(join(partial(), "archive.part"));
  (kind === "link" ? symlinkSync : linkSync)(outside("file"), join(partial(), "archive.part"));
  expect(openStore().find()).toBeUndefined();
  keep(3, "more");
});

it.each(["archive.json", "archive.part"])("a FIFO at %s holds nobody up", async (name) => {
  keep(0, "bytes");
  rmSync(join(partial(), name));
  execFileSync("mkfifo", [join(partial(), name)]);
  const script = `import { createPartialStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/fetch/download/partial-store.ts"))};
    console.log(createPartialStore(${JSON.stringify(partial())}, () => {}).find());`;
  const answer = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { timeout: 20_000, encoding: "utf8" }); // prettier-ignore
  expect(answer).toBe("undefined\n");
});

it("what a run of ours left is found, read and gone on with", async () => {
  keep(0, "bytes");
  expect(openStore().find()).toEqual({ identity, size: 5 });
  keep(3, "12");
  const read: Buffer[] = [];
  for await (const chunk of openStore().read(5)) read.push(Buffer.from(chunk));
  expect(Buffer.concat(read).toString()).toBe("byt12");
});
