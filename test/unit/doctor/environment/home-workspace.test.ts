import { expect, test } from "vitest";
import { listUses } from "../../../../src/doctor/environment/home-workspace.ts";

test("the directories of a go.work, alone and in a block, with their lines", () => {
  const text = 'go 1.26\n\nuse ./a // mine\nuse (\n\t./b\n\t"../c d"\n\n)\nreplace x => ./y\n';
  expect(listUses(text)).toEqual([
    { directory: "./a", line: 3 },
    { directory: "./b", line: 5 },
    { directory: "../c d", line: 6 },
  ]);
});
