import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { skipBecause } from "../../lab/suite/skip-because.ts";

it("readygo.1 is formatted by groff without a warning", (context) => {
  const run = spawnSync("groff", ["-man", "-ww", "-rCHECKSTYLE=3", "-Tutf8", "docs/readygo.1"], { encoding: "utf8" });
  if (run.error !== undefined) skipBecause(context, "groff is not installed");
  expect([run.status, run.stderr]).toEqual([0, ""]);
  expect(run.stdout).toContain("readygo install");
});
