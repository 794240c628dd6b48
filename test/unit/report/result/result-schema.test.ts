import { readFileSync } from "node:fs";
import { safeParse } from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { CheckResult, ContextRow } from "../../../../src/errors/event.ts";
import { type Result, resultShape } from "../../../../src/report/result/result-shape.ts";
import { createResultJudge } from "../../../lab/report/result-judge.ts";
import { sampleResults } from "../../../lab/report/sample-result.ts";

describe("docs/result.schema.json", () => {
  const judge = createResultJudge();

  it.each(Object.entries(sampleResults))("takes what is %s, and so does readygo report", (_name, sample) => {
    expect(judge(sample())).toEqual([]);
    expect(safeParse(resultShape, sample()).success).toBe(true);
  });

  it("names what is wrong", () => {
    expect(judge({ ...sampleResults.healthy(), schema: 2 })).not.toEqual([]);
    expect(judge({ ...sampleResults.healthy(), unheard: true })).not.toEqual([]);
    expect(judge({ ...sampleResults.healthy(), checks: [{ id: "x" }] })).not.toEqual([]);
  });

  it("has a place for everything that checks and launch contexts say", () => {
    expectTypeOf<keyof CheckResult>().toEqualTypeOf<keyof Result["checks"][number]>();
    expectTypeOf<keyof ContextRow>().toEqualTypeOf<keyof NonNullable<Result["contexts"]>[number]>();
  });

  it("is of the version that results name", () => {
    const { $id } = JSON.parse(readFileSync("docs/result.schema.json", "utf8")) as { $id: string };
    expect($id).toBe(`urn:readygo:result:${sampleResults.healthy().schema}`);
  });
});
