/** The program of the unpacking thread as one script, which scripts/build puts here; from source it is a file instead. */
export const unpackWorkerText: string | undefined = undefined;
