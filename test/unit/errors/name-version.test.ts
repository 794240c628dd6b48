import { expect, test } from "vitest";
import { nameVersion } from "../../../src/errors/name-version.ts";

test.each([
  ["readygo install VERSION --source DIR with an archive", "1.27", "readygo install 1.27 --source DIR with an archive"],
  [
    "try  readygo install VERSION; or readygo bundle VERSION",
    "go1.26.8",
    "try  readygo install go1.26.8; or readygo bundle go1.26.8",
  ],
  ["readygo install VERSION --adopt", "./my app/go.mod", "readygo install './my app/go.mod' --adopt"],
  ["readygo list", "1.27", "readygo list"],
  ["its VERSION says otherwise", "1.27", "its VERSION says otherwise"],
  ["readygo install VERSION", undefined, "readygo install VERSION"],
])("%s, asked for %s: %s", (remedy, asked, named) => {
  expect(nameVersion(remedy, asked)).toBe(named);
});
