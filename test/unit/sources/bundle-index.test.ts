import { expect, test } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { formatBundleIndex, parseBundleIndex, readBundleIndex } from "../../../src/sources/bundle-index.ts";

const release = {
  version: "go1.26.8",
  architecture: "amd64",
  file: "go1.26.8.linux-amd64.tar.gz",
  kind: "tar.gz",
  sha256: "1".repeat(64),
  size: 9,
  trust: ["the pinned manifest states it"],
  from: "https://dl.google.com/go/go1.26.8.linux-amd64.tar.gz",
};
const index = { format: 1, createdBy: "readygo/0.1.0", program: null, releases: [release] };

test("an index is read as it was written", () => {
  const parsed = parseBundleIndex(JSON.stringify(index));
  expect(parsed).toEqual(index);
  expect(parsed && parseBundleIndex(formatBundleIndex(parsed))).toEqual(index);
});

test.each(["", "<!DOCTYPE html>", "[]", "null", '{"format":2,"createdBy":"x","releases":[]}', '{"format":1}'])(
  "%j is no index",
  (text) => {
    expect(parseBundleIndex(text)).toBeUndefined();
  },
);

test.each([
  { file: "../../etc/passwd" },
  { file: "go1.26.8.linux-arm64.tar.gz" },
  { version: "go1.26.08" },
  { architecture: "riscv64" },
  { size: "9" },
])("a release that says %j is left out", (fields) => {
  expect(parseBundleIndex(JSON.stringify({ ...index, releases: [{ ...release, ...fields }] }))?.releases).toEqual([]);
});

test("what answers with a page, or not at all, is no bundle; a token stays in the query", async () => {
  const asked: string[] = [];
  const answer = (text: string) => (url: string) => {
    asked.push(url);
    return Promise.resolve(text);
  };
  const refuse = (url: string) => Promise.reject(new RequestFailure("absent", url, "it answers 404"));
  expect(await readBundleIndex("https://a.example/go", answer("<html>"))).toBeUndefined();
  expect(await readBundleIndex("https://a.example/go", refuse)).toBeUndefined();
  expect(await readBundleIndex("https://a.example/go?token=1", answer(JSON.stringify(index)))).toEqual(index);
  expect(asked.at(-1)).toBe("https://a.example/go/bundle.json?token=1");
});
