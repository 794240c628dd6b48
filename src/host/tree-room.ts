const mib = 1024 * 1024;

/** What an installation needs for a while: archive (a zip is spooled) and staging; a tree that stands there may have to be copied as well. */
export const leastTreeBytes = { fresh: 400 * mib, upgrade: 600 * mib } as const;

/** A release has about 15,000 files and directories. */
export const leastTreeInodes = 20_000;
