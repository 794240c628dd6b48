import { ProvisionError } from "../../errors/provision-error.ts";

/** What a failed call of the file system means to the user. Without an errno it is a bug, and stays a plain Error. */
export function describeDiskFailure(errno: string | undefined, message: string, into: string): Error {
  if (errno === undefined || errno.startsWith("ERR_")) return new Error(message);
  // EDQUOT has no name of its own in Node: it comes as UNKNOWN.
  if (errno === "ENOSPC") return new ProvisionError("space-missing", `there is no space left to unpack to ${into}`);
  return new ProvisionError("step-failed", `the archive could not be written to ${into}`, {
    details: { cause: message.split("\n")[0] ?? errno },
  });
}

/** The same for what node:fs threw in this thread; anything else comes back as it is. */
export function toDiskFailure(error: unknown, into: string): unknown {
  const isErrno = error instanceof Error && "errno" in error && "code" in error && typeof error.code === "string";
  return isErrno ? describeDiskFailure(error.code as string, error.message, into) : error;
}
