type ErrorClass<E extends Error> = abstract new (...parameters: never[]) => E;

/** What `action` throws; fails the test where that is nothing, or another kind of error. */
export function thrownBy<E extends Error>(action: () => unknown, kind: ErrorClass<E>): E {
  try {
    action();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`nothing was thrown where a ${kind.name} was expected`);
}

/** The same for a promise. */
export async function rejectionOf<E extends Error>(promise: Promise<unknown>, kind: ErrorClass<E>): Promise<E> {
  const [outcome] = await Promise.allSettled([promise]);
  return thrownBy(() => {
    if (outcome?.status === "rejected") throw outcome.reason;
  }, kind);
}
