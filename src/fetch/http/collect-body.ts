import { redactUrl } from "../../errors/redact-url.ts";
import { RequestFailure } from "../../errors/request-failure.ts";

/** A whole body in memory. @throws RequestFailure `content` beyond `maxBytes`; the signal's reason */
export async function collectBody(
  body: AsyncIterable<Uint8Array>,
  url: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    size += chunk.length;
    if (size > maxBytes) throw new RequestFailure("content", redactUrl(url), `it answers more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
