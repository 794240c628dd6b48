import type { buildConnector } from "undici";
import type { Clock } from "../../host/ports.ts";

type Build = typeof buildConnector;
type Options = buildConnector.BuildOptions & { readonly timeout: number };

/** For an address that is not the last one: the others are tried soon where it swallows packets. */
const firstPatienceMs = 300;

/**
 * Connects to a name's addresses in turn. Node gives up for good each of them but the last when its 300 ms are over: on a
 * host whose IPv6 leads nowhere, one lost packet (sent again after a second) or a way by satellite was then the end, with
 * the one good address in the first place. Where that is how all of them failed, they are tried once more with time.
 */
export function createPatientConnector(
  build: Build,
  options: Options,
  clock: Pick<Clock, "monotonicMs">,
): buildConnector.connector {
  const attempt = (timeout: number, patienceMs: number): buildConnector.connector =>
    build({ ...options, timeout, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: patienceMs });
  const first = attempt(options.timeout, firstPatienceMs);
  return (target, callback) => {
    const startedAt = clock.monotonicMs();
    first(target, (...result) => {
      const leftMs = Math.floor(options.timeout - (clock.monotonicMs() - startedAt));
      if (!isGivenUpEarly(result[0]) || leftMs <= firstPatienceMs) callback(...result);
      else attempt(leftMs, Math.ceil(leftMs / 2))(target, callback);
    });
  };
}

/** Node's own bound for an address was over; undici's for the whole comes without a cause. */
function isGivenUpEarly(error: Error | null): boolean {
  return error !== null && error.cause instanceof AggregateError;
}
