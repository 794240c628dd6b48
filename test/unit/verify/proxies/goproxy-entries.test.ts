import { describe, expect, it, test } from "vitest";
import {
  explainFallback,
  followList,
  type Outcome,
  parseEntryUrl,
  parseProxyEntries,
} from "../../../../src/verify/proxies/goproxy-entries.ts";

test.each([
  ["https://proxy.example,direct", "web,|direct"],
  [" a.example | file:///srv/modules ,off,https://never.example", "web||directory,|off"],
  ["direct,https://never.example", "direct"],
  ["localhost:3000", "web"],
  [",", ""],
  ["", ""],
  ["word,direct", "invalid,|direct"],
  ["ftp://a.example", "invalid"],
  ["/srv/modules", "invalid"],
  ["file://srv/modules", "invalid"],
  ["https://a.example,", "web"],
])("GOPROXY=%s", (list, kinds) => {
  expect(
    parseProxyEntries(list)
      .map(({ kind, separator }) => kind + separator)
      .join("|"),
  ).toBe(kinds);
});

it("gives a host without a scheme https", () => {
  const [entry] = parseProxyEntries("goproxy.example/path");
  expect(entry && parseEntryUrl(entry)?.href).toBe("https://goproxy.example/path");
});

describe("what becomes of a list", () => {
  const entries = (text: string) =>
    [...text.matchAll(/([a-z]+)([,|]?)/g)].map(([, outcome, separator = ""]) => ({
      text: `the ${outcome}`,
      outcome: outcome as Outcome,
      separator,
    }));
  it.each([
    ["answers,unasked", true, 0],
    ["absent,answers", true, 1],
    ["fails,answers", false, 0],
    ["fails|answers", true, 1],
    ["hangs|answers", false, 0],
    ["absent,absent", false, 1],
    ["absent,unasked", true, 1],
    ["", false, -1],
  ])("%s", (text, isWorking, at) => {
    expect(followList(entries(text))).toEqual({ isWorking, at });
  });
  it.each([
    ["fails,answers", "after a comma go asks the next one after 404 and 410 only, so that the answers is not asked"],
    ["fails|answers", "after a bar go asks the next one after any error: the answers"],
    ["hangs|answers", "a hang is no error: go waits, and does not ask the answers"],
    ["fails", "nothing comes after it"],
  ])("%s is explained", (text, words) => {
    expect(explainFallback(entries(text), 0)).toBe(words);
  });
});
