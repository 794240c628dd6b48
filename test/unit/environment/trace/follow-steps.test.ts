import { expect, test } from "vitest";
import { followSteps, lastOrigin, pathEntryOrigin } from "../../../../src/environment/trace/follow-steps.ts";
import { type TracedOrigin, unknownOrigin } from "../../../../src/environment/trace/traced-origin.ts";
import type { TraceStep } from "../../../../src/environment/trace/trace-steps.ts";

const hook: TracedOrigin = unknownOrigin("a hook");
const start = (value?: string): TraceStep => ({
  kind: "initial",
  name: "N",
  value,
  place: undefined,
  certainty: "sure",
});
const change = (
  value: string | undefined,
  line: number | undefined,
  certainty: TraceStep["certainty"] = "sure",
): TraceStep => ({
  kind: "change",
  name: "N",
  value,
  certainty,
  place: line === undefined ? undefined : { file: "/rc", line },
});
const again = (value: string, line: number): TraceStep => ({ ...change(value, line), kind: "again" });
const at = (line: number): object => ({ kind: "line", file: "/rc", line });
const last = (...steps: readonly TraceStep[]): TracedOrigin => lastOrigin(followSteps(steps, hook));
const pathEntry = (directory: string, ...steps: readonly TraceStep[]): TracedOrigin =>
  pathEntryOrigin(followSteps(steps, hook), directory);

test("the last command that set it is the origin", () => {
  expect(last(start(), change("/a", 1), change("/b", 2))).toEqual(at(2));
  expect(last(start(), change("/a", 1), again("/a", 2))).toEqual(at(2));
  expect(last(start("/s"))).toEqual({ kind: "start" });
  expect(last(start("/s"), change(undefined, 3))).toEqual({ kind: "unset" });
  expect(last(start())).toEqual({ kind: "unset" });
});

test("a value that comes back by no command of its own is what it was", () => {
  expect(last(start(), change("/a", 1), change("/b", 2), change("/a", undefined, "unsure"))).toEqual(at(1));
  expect(last(start(), change("/a", 1), change("/b", 2), change("/a", 2, "weak"))).toEqual(at(1));
  expect(last(start("/s"), change("/b", 2), change("/s", undefined, "unsure"))).toEqual({ kind: "start" });
});

test("a new value that no command shown has made is unknown; one that a function's end may have made is not", () => {
  expect(last(start(), change("/a", 1), change("/b", undefined, "unsure"))).toMatchObject({ kind: "unknown" });
  expect(last(start(), change("/a", 1), change("/b", 2, "weak"))).toEqual(at(2));
});

test("what a hook's own text does has the hook's origin", () => {
  const step: TraceStep = { ...change("/a", 0), place: { file: "", line: 4 } };
  expect(last(start(), step)).toEqual(hook);
});

test("a directory on PATH is of the command that brought it or moved it forward", () => {
  expect(pathEntry("/go", start("/bin"), change("/go:/bin", 1), change("/x:/go:/bin", 2))).toEqual(at(1));
  expect(pathEntry("/go", start("/bin:/go"), change("/go:/bin", 1))).toEqual(at(1));
  expect(pathEntry("/go", start("/bin:/go"), change("/x:/bin:/go", 1))).toEqual({ kind: "start" });
  expect(pathEntry("/go", start("/bin:/go"), change("/go", 1))).toEqual({ kind: "start" });
  expect(pathEntry("/go", start("/bin"), change("/go:/bin", 1), change("/bin", 2))).toEqual({ kind: "unset" });
});

test("a PATH that comes back brings the directory's own origin", () => {
  const steps = [start("/bin"), change("/go:/bin", 1), change("/x:/go:/bin", 2), change("/y", undefined, "unsure")];
  expect(pathEntry("/go", ...steps, change("/x:/go:/bin", undefined, "unsure"))).toEqual(at(1));
});
