import { expect, test } from "vitest";
import { takeTurns } from "../../../src/verify/take-turns.ts";

test("runs so many at a time, in the order in which they came, and goes on after one that fails", async () => {
  const turns = takeTurns(2);
  let running = 0;
  const begun: string[] = [];
  const most: number[] = [];
  const task = (name: string, isFailing = false) =>
    turns(async () => {
      begun.push(name);
      most.push((running += 1));
      await new Promise((go) => setTimeout(go, 5));
      running -= 1;
      if (isFailing) throw new Error(name);
      return name;
    });
  const all = await Promise.allSettled([task("a", true), task("b"), task("c"), task("d"), task("e")]);
  expect(begun).toEqual(["a", "b", "c", "d", "e"]);
  expect(Math.max(...most)).toBe(2);
  expect(all.map(({ status }) => status)).toEqual(["rejected", ...Array.from({ length: 4 }, () => "fulfilled")]);
});
