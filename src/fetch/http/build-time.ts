declare const __READYGO_BUILT__: string | undefined;

/** When this bundle was built (scripts/build.ts); undefined from source. A clock that shows less is wrong. */
export const builtAt: Date | undefined =
  typeof __READYGO_BUILT__ === "string" ? new Date(__READYGO_BUILT__) : undefined;
