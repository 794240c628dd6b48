import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";

/** Bytes a second below which a connection is given up: a byte now and then holds off every bound for a stall. */
const leastRate = 1024;

/**
 * Passes a body on and ends it as `timeout` where it stays under {@link leastRate} for one and a half times the bound
 * for a stall. Only time spent waiting for the body counts: a reader may take as long as it likes.
 */
export async function* guardRate(
  body: AsyncIterable<Uint8Array>,
  url: string,
  stallMs: number,
): AsyncGenerator<Uint8Array> {
  const windowMs = stallMs * 1.5;
  let waitedMs = 0;
  let bytes = 0;
  let since = performance.now();
  for await (const chunk of body) {
    waitedMs += performance.now() - since;
    bytes += chunk.length;
    if (waitedMs >= windowMs) {
      if (bytes < (leastRate * windowMs) / 1000) {
        const seconds = Math.round(waitedMs / 100) / 10;
        throw new RequestFailure("timeout", redactUrl(url), `the answer drips: ${bytes} bytes in ${seconds} s`);
      }
      waitedMs = 0;
      bytes = 0;
    }
    yield chunk;
    since = performance.now();
  }
}
