import process from "node:process";
import type { TestContext } from "vitest";
import { skipBecause } from "./skip-because.ts";

/** `npm run hosts -- --full`: all of what is otherwise a sample. */
export const isFullMode = process.env["READYGO_FULL"] === "1";

/** For proofs that are slow: another of their kind is played for every change. */
export function onlyInFullMode(context: TestContext): void {
  if (!isFullMode) skipBecause(context, "slow, a sample is played: npm run hosts -- --full");
}
