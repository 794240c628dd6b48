import * as fc from "fast-check";
import { expect, test } from "vitest";

import {
  compareGoVersions,
  type GoLanguage,
  type GoVersion,
  isStable,
  languageOf,
  parseGoLanguage,
  parseGoVersion,
} from "../../../src/release/go-version.ts";

test.each([
  ["1.26.8", "go1.26.8"],
  ["go1.26.8", "go1.26.8"],
  ["1.28rc1", "go1.28rc1"],
  ["go1.19beta1", "go1.19beta1"],
  ["1.21.0", "go1.21.0"],
  ["1.20", "go1.20"],
  ["1.20.0", "go1.20"],
  ["1.22.10", "go1.22.10"],
])("%s is the release %s", (text, release) => {
  expect(parseGoVersion(text)).toBe(release);
});

test.each([
  "1.21",
  "1.27",
  "1",
  "",
  "go",
  "1.27.04",
  "1.027.4",
  "01.27.4",
  "1.27.4rc1",
  "1.9.2rc2",
  "1.27rc",
  "1.27rc01",
  "1.27alpha1",
  "v1.27.4",
  "Go1.27.4",
  "gogo1.27.4",
  "1.27.4 ",
  " 1.27.4",
  "1.27.4\n",
  "1.27.x",
  "1.27.4.1",
  "0.9.1",
  "-1.2.3",
  "1.27.-4",
  "1.٢7.4",
])("%j is no release", (text) => {
  expect(parseGoVersion(text)).toBeUndefined();
});

test("a line is two numbers, whatever its age", () => {
  expect(["1.27", "go1.27", "1.20", "1.0"].map(parseGoLanguage)).toEqual(["1.27", "1.27", "1.20", "1.0"]);
  expect(["1.27.4", "1", "1.027", "v1.27", "1.27rc1", ""].map(parseGoLanguage)).toEqual(Array(6).fill(undefined));
});

test("versions sort in Go's own order, not by their letters", () => {
  const inOrder = [
    "go1.9beta1",
    "go1.9rc2",
    "go1.9",
    "go1.9.7",
    "go1.20rc3",
    "go1.20",
    "go1.20.1",
    "go1.20.14",
    "1.21",
    "go1.21rc2",
    "go1.21rc10",
    "go1.21.0",
    "go1.21.9",
    "go1.21.10",
    "1.100",
    "go1.100.0",
    "go2.0.0",
  ] as (GoVersion | GoLanguage)[];
  expect(inOrder.toReversed().sort(compareGoVersions)).toEqual(inOrder);
});

test("numbers may be longer than a double holds", () => {
  const [one, two] = ["go1.99999999999999999998.0", "go1.99999999999999999999.0"] as [GoVersion, GoVersion];
  expect(compareGoVersions(one, two)).toBeLessThan(0);
});

test("candidates are not stable, and every release has a line", () => {
  const releases = ["go1.26.8", "go1.20", "go1.28rc1", "go1.19beta1"] as GoVersion[];
  expect(releases.map((release) => [isStable(release), languageOf(release)])).toEqual([
    [true, "1.26"],
    [true, "1.20"],
    [false, "1.28"],
    [false, "1.19"],
  ]);
});

const release = fc
  .tuple(fc.nat(40), fc.constantFrom(".", "rc", "beta"), fc.nat(30))
  .map(([minor, kind, last]) => parseGoVersion(`1.${minor}${kind}${last}`))
  .filter((version) => version !== undefined);

test("the order is total: antisymmetric, transitive, and zero for equal spellings only", () => {
  fc.assert(
    fc.property(release, release, release, (a, b, c) => {
      expect(Math.sign(compareGoVersions(a, b))).toBe(0 - Math.sign(compareGoVersions(b, a)));
      expect(compareGoVersions(a, b) === 0).toBe(a === b);
      if (compareGoVersions(a, b) <= 0 && compareGoVersions(b, c) <= 0) {
        expect(compareGoVersions(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test("a release that was parsed is parsed to itself", () => {
  fc.assert(
    fc.property(release, (version) => {
      expect(parseGoVersion(version)).toBe(version);
      expect(parseGoVersion(version.slice(2))).toBe(version);
    }),
  );
});
