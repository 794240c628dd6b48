import type { BodyRequest } from "./body-request.ts";

/** The headers of a request for a body; user and password of the URL go into one of them. */
export function requestHeaders(
  url: URL,
  { offset = 0, last, ifRange }: BodyRequest,
  userAgent: string,
): Record<string, string> {
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    "user-agent": userAgent,
    // The digest is of the archive as it is published: no coding on the way.
    "accept-encoding": "identity",
    ...(user === ":" ? {} : { authorization: `Basic ${Buffer.from(user).toString("base64")}` }),
    ...(offset === 0 && last === undefined ? {} : { range: `bytes=${offset}-${last ?? ""}` }),
    ...(offset === 0 || ifRange === undefined ? {} : { "if-range": ifRange }),
  };
}
