import { expect, test } from "vitest";
import { readTraceSteps } from "../../../../src/environment/trace/trace-steps.ts";

const written = (...steps: readonly (readonly string[])[]): string =>
  steps
    .flat()
    .map((field) => `${field}\0`)
    .join("");
const initial = ["initial", "GOROOT", "", "", "", "sure"];
const change = ["change", "GOROOT", "x/a\nb", "/rc", "12", "sure"];
const end = ["end", "", "", "", "", ""];

test("steps are read up to the end", () => {
  expect(readTraceSteps(written(initial, change, end))).toEqual({
    isComplete: true,
    steps: [
      { kind: "initial", name: "GOROOT", value: undefined, place: undefined, certainty: "sure" },
      { kind: "change", name: "GOROOT", value: "/a\nb", place: { file: "/rc", line: 12 }, certainty: "sure" },
    ],
  });
});

test("an empty value is a value, a file without a line a place, and the question's own text an empty file", () => {
  const steps = readTraceSteps(
    written(["change", "N", "x", "/rc", "", "weak"], ["change", "N", "", "", "3", "what"], end),
  ).steps;
  expect(steps).toMatchObject([
    { value: "", place: { file: "/rc", line: null }, certainty: "weak" },
    { value: undefined, place: { file: "", line: 3 }, certainty: "unsure" },
  ]);
});

test.each([
  ["nothing", ""],
  ["a shell that ended before", written(initial, change)],
  ["an answer that is cut", written(initial, change, end).slice(0, -3)],
  ["something else", written(initial, ["what", "", "", "", "", ""], end)],
])("%s is not complete", (_, text) => {
  expect(readTraceSteps(text).isComplete).toBe(false);
});
