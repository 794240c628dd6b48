import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  defaultSourceNames,
  findKnownSource,
  listKnownSources,
  parseKnownSources,
} from "../../../src/sources/known-sources.ts";

const mirror = "[m]\nkind = mirror\nurl = https://m.example/golang\ndefault = no\noperator = somebody\n";

test("the carried sources are those of manifests/sources.ini, the publisher's hosts and the module proxy alone on by default", () => {
  expect(listKnownSources()).toEqual(parseKnownSources(readFileSync("manifests/sources.ini", "utf8")));
  expect(defaultSourceNames()).toEqual(["publisher", "publisher-china", "goproxy"]);
  expect(listKnownSources().map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "publisher publisher",
    "publisher-china publisher",
    "goproxy goproxy",
    "publisher-modules goproxy",
    "publisher-storage mirror",
    "aliyun mirror",
    "ustc mirror",
    "nju mirror",
    "hust mirror",
  ]);
});

test("the module proxy that a host names has no URL of its own", () => {
  expect(findKnownSource("goproxy")?.urls).toEqual([]);
  expect(findKnownSource("Aliyun")?.urls).toEqual(["https://mirrors.aliyun.com/golang"]);
});

test("what trust is held against cannot be moved by sources.ini", () => {
  const trusted = ["src/sources/publisher.ts", "src/trust/sumdb/checksum-base.ts"].map((path) =>
    readFileSync(path, "utf8"),
  );
  expect(trusted[0]).toContain('"https://go.dev/dl/?mode=json&include=all"');
  expect(trusted[1]).toContain('"https://sum.golang.org"');
  expect(trusted[1]).toContain('"https://sum.golang.google.cn"');
});

test.each([
  ["kind = mirror", "kind = ftp", "kind is not known"],
  ["https://", "http://", "a URL is not an https one without a slash at its end"],
  ["/golang", "/golang/", "a URL is not an https one without a slash at its end"],
  ["default = no", "default = maybe", "default is neither yes nor no"],
  ["operator = somebody", "operator =", "operator or notes"],
  ["kind = mirror\nurl = https://m.example/golang", "kind = mirror", "0 URLs"],
  ["operator =", "run-by =", "there is no key run-by"],
])("%j as %j is refused", (text, instead, message) => {
  expect(parseKnownSources(mirror)).toHaveLength(1);
  expect(() => parseKnownSources(mirror.replace(text, instead))).toThrow(`manifests/sources.ini, [m]: ${message}`);
});
