import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checks } from "../../../src/verify/list-checks.ts";

const manual = readFileSync(new URL("../../../docs/verification.md", import.meta.url), "utf8");

test("docs/verification.md has every check, in order, each under its layer", () => {
  const told = manual.split("\n").flatMap((line) => {
    const layer = /^## Layer (\d)/.exec(line)?.[1];
    const id = /^### `([a-z-]+)`$/.exec(line)?.[1];
    return layer !== undefined ? [`layer ${layer}`] : id !== undefined ? [id] : [];
  });
  const layers = [1, 2, 3].flatMap((layer) => [
    `layer ${layer}`,
    ...checks.filter((check) => check.layer === layer).map(({ id }) => id),
  ]);
  expect(told).toEqual(layers);
});

test("README counts as many", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  expect(/(\d+) checks, decide/.exec(readme)?.[1]).toBe(`${checks.length}`);
});

test("ids are unique, and layers come in order", () => {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(checks.map(({ layer }) => layer)).toEqual(
    checks.map(({ layer }) => layer).toSorted((one, other) => one - other),
  );
});

test("what is waited for is there, and comes before", () => {
  const ids = checks.map(({ id }) => id);
  const late = checks.flatMap(({ id, after = [] }) =>
    after.filter((other) => !ids.slice(0, ids.indexOf(id)).includes(other)).map((other) => `${id} after ${other}`),
  );
  expect(late).toEqual([]);
});

test("no proof needs running, or it would wait for itself", () => {
  expect(checks.filter(({ isProof, needsRunning }) => isProof === true && needsRunning)).toEqual([]);
});
