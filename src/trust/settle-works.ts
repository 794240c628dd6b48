import { setTimeout as sleep } from "node:timers/promises";

/** How long one who has enough already waits for the rest. */
export const mostExtraMs = 3_000;

/** Until all of these have come, or `isOver` says so; then a little longer for the rest. */
export async function settleWorks(
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
  if (extraMs === 0) return;
  const waking = new AbortController();
  const late = sleep(extraMs, undefined, { signal: waking.signal }).catch(() => undefined);
  await Promise.race([all, late]).finally(() => waking.abort());
}
