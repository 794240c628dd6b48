import { execFileSync } from "node:child_process";
import { chownSync, closeSync, constants, linkSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ProvisionError } from "../../src/errors/provision-error.ts";
import { absolutePath } from "../../src/host/absolute-path.ts";
import { places } from "../../src/host/places.ts";
import { createRealFiles } from "../../src/host/real-files.ts";
import { createSystemFiles, type SystemFiles } from "../../src/host/system-files.ts";
import { thrownBy } from "../unit/thrown-by.ts";

// Rule: what root writes to the system's places under --root DIR stays in DIR: a link that the image brings in the place
// of a file or directory is never written through.
let room: string;
let system: SystemFiles;
let reader: number | undefined;
const inside = (path: string): string => join(room, "image", path);
const outside = (name: string): string => join(room, "outside", name);

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), "readygo-journal-"));
  for (const path of [dirname(inside(places.journal)), outside("directory")]) mkdirSync(path, { recursive: true });
  writeFileSync(outside("file"), "the host's own\n");
  system = createSystemFiles(createRealFiles(join(room, "image")));
});
afterEach(() => {
  if (reader !== undefined) closeSync(reader);
  reader = undefined;
  expect(readFileSync(outside("file"), "utf8")).toBe("the host's own\n");
  expect(readdirSync(outside("directory"))).toEqual([]);
  expect(readdirSync(dirname(outside("file"))).toSorted()).toEqual(["directory", "file"]);
  rmSync(room, { recursive: true });
});

it.each<[string, (journal: string) => void]>([
  ["a link to a file", (journal) => symlinkSync(outside("file"), journal)],
  ["a link to what is not there", (journal) => symlinkSync(outside("absent"), journal)],
  ["a second name of a file", (journal) => linkSync(outside("file"), journal)],
  [
    "a FIFO",
    (journal) => {
      execFileSync("mkfifo", [journal]);
      // Somebody reads it: else a run that waits for that would hold up this test, not fail it.
      reader = openSync(journal, constants.O_RDWR);
    },
  ],
  ["a directory", (journal) => mkdirSync(journal)],
  [
    "somebody else's file",
    (journal) => {
      writeFileSync(journal, "");
      chownSync(journal, 1234, 1234);
    },
  ],
])("the journal is not kept in %s", (_, put) => {
  put(inside(places.journal));
  const error = thrownBy(() => system.append(places.journal, "{}\n"), ProvisionError);
  expect([error.code, error.exit, error.remedy]).toEqual([
    "state-invalid",
    6,
    ["move /var/lib/readygo/journal away, then run readygo again"],
  ]);
});

it("the journal is made for root alone, and added to", () => {
  system.append(places.journal, "one\n");
  system.append(places.journal, "two\n");
  expect(readFileSync(inside(places.journal), "utf8")).toBe("one\ntwo\n");
});

it("a file is put in the place of a link, and of the link that its temporary file finds", () => {
  symlinkSync(outside("file"), inside(places.receipt));
  symlinkSync(outside("file"), inside("/var/lib/readygo/.receipt.json.readygo-new"));
  system.replace(places.receipt, "{}", 0o600);
  expect(readFileSync(inside(places.receipt), "utf8")).toBe("{}");
});

it("a tree is not copied through a link", () => {
  mkdirSync(inside("/usr/local/go"), { recursive: true });
  const copy = absolutePath("/usr/local/copy");
  symlinkSync(outside("directory"), inside(copy));
  expect(thrownBy(() => system.copyTree(places.goroot, copy), ProvisionError).code).toBe("step-failed");
});
