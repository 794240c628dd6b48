import { setTimeout as sleep } from "node:timers/promises";

/** Long enough for a machine with busy neighbours; what a test waits for comes within milliseconds elsewhere. */
const mostMs = 60_000;

/** Looks until `isThere` says so; throws, naming `what`, where a minute has passed without it. */
export async function waitFor(what: string, isThere: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + mostMs;
  while (!(await isThere())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${mostMs / 1000} s`);
    await sleep(5);
  }
}
