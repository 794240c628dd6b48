import { expect, test } from "vitest";

import { nearestWords } from "../../../src/errors/nearest-words.ts";

const keys = ["version", "order", "goproxy", "proxy", "ca-file", "policy", "user", "rc", "module", "timeout"];

test.each([
  ["versoin", 1, ["version"]],
  ["Version", 1, ["version"]],
  ["go-proxy", 2, ["goproxy", "proxy"]],
  ["cafile", 1, ["ca-file"]],
  ["polcy", 3, ["policy"]],
  ["users", 1, ["user"]],
  ["xyzzy", 3, []],
  ["", 3, []],
])("%s: at most %i of %j", (word, count, nearest) => {
  expect(nearestWords(word, keys, count)).toEqual(nearest);
});
