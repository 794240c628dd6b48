import { asyncProperty, check } from "fast-check";
import { checkLaws } from "./property-laws.ts";
import { stockShelf } from "./property-shelf.ts";
import { hostStart, installRequest } from "./property-start.ts";

interface PropertyOptions {
  readonly runs: number;
  readonly seed: number;
  /** Milliseconds after which no further case is begun. */
  readonly boundMs?: number;
  /** fast-check's path to a case of this seed. */
  readonly path?: string;
  readonly onCase?: (done: number) => void;
}

interface PropertyTally {
  readonly runs: number;
  readonly refused: number;
  readonly givenBack: number;
  /** Undefined where every case held; else the smallest one that did not, and how to play it again. */
  readonly broken: string | undefined;
}

/** Plays cases until one breaks a law; that one is shrunk. */
export async function runProperties(options: PropertyOptions): Promise<PropertyTally> {
  const shelf = await stockShelf();
  const tally = { done: 0, refused: 0, givenBack: 0 };
  try {
    const laws = asyncProperty(hostStart, installRequest, async (start, request) => {
      const outcome = await checkLaws(start, request, shelf);
      tally.done += 1;
      if (outcome.isRefused) tally.refused += 1;
      if (outcome.isGivenBack) tally.givenBack += 1;
      options.onCase?.(tally.done);
    });
    const details = await check(laws, {
      numRuns: options.runs,
      seed: options.seed,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(options.boundMs === undefined ? {} : { interruptAfterTimeLimit: options.boundMs }),
    });
    const broken = details.failed
      ? `seed ${details.seed}, path ${details.counterexamplePath ?? ""}\n${JSON.stringify(details.counterexample, null, 1)}\n${String(details.errorInstance)}`
      : undefined;
    return { runs: tally.done, refused: tally.refused, givenBack: tally.givenBack, broken };
  } finally {
    shelf.remove();
  }
}
