import { redactUrl } from "../errors/redact-url.ts";
import { acquireLock } from "../host/lock/lock.ts";
import { recoverHost } from "./recover-host.ts";
import type { Session } from "./session.ts";

/**
 * Runs `work` as the only readygo on this host. Whatever was looked at before has to be looked at again: another one may
 * have run, or been cut off, in the meantime.
 *
 * @throws ProvisionError `locked`, and as recoverHost
 */
export async function withLock<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  const command = redactUrl(`readygo ${session.port.argv.join(" ")}`);
  const lock = await acquireLock(
    session.files,
    session.clock,
    command,
    session.request.waitSeconds * 1000,
    session.stop,
  );
  try {
    await recoverHost(session, { isLocked: true });
    return await work();
  } finally {
    lock.release();
  }
}
