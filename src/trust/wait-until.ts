import { setTimeout as sleep } from "node:timers/promises";

/** How long one who has enough already waits for the rest. */
export const mostExtraMs = 3_000;

/** Until all of these have come, or `isOver` says so; then a little longer for the rest. */
export async function waitUntil(
  works: readonly Promise<void>[],
  isOver: () => boolean,
  extraMs: number,
): Promise<void> {
  const all = Promise.all(works);
  const over = Promise.withResolvers<void>();
  for (const work of works)
    work.then(
      () => (isOver() ? over.resolve() : undefined),
      () => undefined,
    );
  if (isOver()) over.resolve();
  await Promise.race([all, over.promise]);
  if (extraMs > 0) await within(extraMs, all);
}

/** What this comes to, where it does in time. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  const waking = new AbortController();
  const late = sleep(ms, undefined, { signal: waking.signal }).catch(() => undefined);
  return Promise.race([work, late]).finally(() => waking.abort());
}
