import process from "node:process";
import type { TestContext } from "vitest";
import { skipBecause } from "./skip-because.ts";

/** For proofs that are slow: another of their kind is played for every change. */
export function onlyInFullMode(context: TestContext): void {
  if (process.env["READYGO_FULL"] !== "1") skipBecause(context, "slow, a sample is played: npm run hosts -- --full");
}
