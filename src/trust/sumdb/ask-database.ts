import { asRequestFailure, RequestFailure } from "../../errors/request-failure.ts";
import { joinFailures } from "../../fetch/download/attempt-log.ts";
import type { Clock } from "../../host/ports.ts";
import { realClock } from "../../host/real-clock.ts";
import { checksumDatabase, checksumDatabaseInChina } from "./checksum-base.ts";

/** As long as the publisher is given at the first contact. */
const patienceMs = 3_000;

interface DatabaseAnswer<Answer> {
  /** The host that gave it. */
  readonly base: string;
  readonly answer: Answer;
}

/**
 * Asks the checksum database, and by its name for mainland China too where it has failed, or has said nothing for 3 s: on
 * many networks it swallows every packet. What comes first counts; the same key has signed it. That there is no such record
 * (`absent`) is an answer.
 *
 * @param ask ends as soon as its signal is aborted
 * @throws RequestFailure of both; whatever else `ask` throws
 */
export async function askDatabase<Answer>(
  ask: (base: string, stop: AbortSignal) => Promise<Answer>,
  stop: AbortSignal,
  clock: Pick<Clock, "after"> = realClock,
): Promise<DatabaseAnswer<Answer>> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  const start = async (base: string): Promise<DatabaseAnswer<Answer> | RequestFailure> =>
    ask(base, signal).then((answer) => ({ base, answer }), asRequestFailure);
  const silence = Promise.withResolvers<undefined>();
  const cancel = clock.after(patienceMs, () => silence.resolve(undefined));
  try {
    const first = start(checksumDatabase);
    const early = await Promise.race([first, silence.promise]);
    if (early instanceof RequestFailure && early.kind === "absent") throw early;
    if (early !== undefined && !(early instanceof RequestFailure)) return early;
    stop.throwIfAborted();
    return await firstAnswer([first, start(checksumDatabaseInChina)]);
  } finally {
    cancel();
    over.abort(new RequestFailure("timeout", checksumDatabase, "the other host has answered"));
  }
}

async function firstAnswer<Value>(asked: readonly Promise<Value | RequestFailure>[]): Promise<Value> {
  const answers = asked.map(async (asking) => {
    const answer = await asking;
    if (answer instanceof RequestFailure) throw answer;
    return answer;
  });
  try {
    return await Promise.any(answers);
  } catch {
    // None has answered: whatever is no failure of a request is thrown here.
    const failures = await Promise.all(asked);
    throw joinFailures(failures.filter((failure) => failure instanceof RequestFailure));
  }
}
