import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";

/**
 * A range's body, held to as many bytes as were asked for: without a Content-Length nothing else tells that it ended
 * early, and what follows it would come to stand in a wrong place. What is more than that is left out, unread.
 *
 * @throws RequestFailure `interrupted` where it ends before
 */
export async function* readRange(
  body: AsyncIterable<Uint8Array>,
  url: string,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of body) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.subarray(0, left);
      return;
    }
    left -= chunk.length;
    yield chunk;
  }
  if (left === 0) return;
  throw new RequestFailure("interrupted", redactUrl(url), `${bytes - left} of ${bytes} bytes of a range came`);
}
