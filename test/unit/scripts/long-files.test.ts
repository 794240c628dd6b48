import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { longFiles } from "../../lab/suite/long-files.ts";

test("the files that begin first are there, each named once", () => {
  const root = join(import.meta.dirname, "../..");
  expect(longFiles.filter((name) => !existsSync(join(root, `${name}.test.ts`)))).toEqual([]);
  expect(new Set(longFiles).size).toBe(longFiles.length);
});
