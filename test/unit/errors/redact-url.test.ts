import * as fc from "fast-check";
import { expect, test } from "vitest";

import { redactUrl } from "../../../src/errors/redact-url.ts";

test.each([
  ["https://user:hunter2@proxy.example:8080/x", "https://***@proxy.example:8080/x"],
  ["https://token@proxy.example", "https://***@proxy.example"],
  ["http://user:p@ss@proxy.example/", "http://***@proxy.example/"],
  ["http://user:p/s?s@proxy.example/", "http://***@proxy.example/"],
  ["connect user:hunter2@proxy.example:3128 failed", "connect ***@proxy.example:3128 failed"],
  ["HTTPS_PROXY=user:hunter2@10.0.0.1:3128", "HTTPS_PROXY=***@10.0.0.1:3128"],
  [
    "GOPROXY=https://a:b@x.example,https://c:d@y.example|off",
    "GOPROXY=https://***@x.example,https://***@y.example|off",
  ],
  ["https://x.example/f?a=1&access_token=abc&b=2#c", "https://x.example/f?a=1&access_token=***&b=2#c"],
  [
    "https://x.example/f?X-Amz-Signature=abc&X-Amz-Credential=d%2Fe",
    "https://x.example/f?X-Amz-Signature=***&X-Amz-Credential=***",
  ],
  ["https://x.example/f?sig=a+b/c%3D;key=1", "https://x.example/f?sig=***"],
  ["https://x.example/#id_token=abc", "https://x.example/#id_token=***"],
  ['{"from":"https://a:b@x.example/?password=c"}', '{"from":"https://***@x.example/?password=***"}'],
])("%s", (text, redacted) => {
  expect(redactUrl(text)).toBe(redacted);
});

test.each([
  "https://x.example:8080/golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-amd64.zip",
  "http://[::1]:8080/golang.org/toolchain/@v/list",
  "https://sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.27.4.linux-amd64",
  "go mod download rsc.io/quote@v1.5.2: timeout after 20 s",
  "https://go.dev/dl/?mode=json&include=all",
  "git@github.com:golang/go",
  "https://go.dev/dl/, https://go.dev:443, then mail me@go.dev",
  "expected sha256:abc, received sha256:def",
])("%s holds no secret and stays", (text) => {
  expect(redactUrl(text)).toBe(text);
});

test("what has been redacted is not changed again", () => {
  const text = "https://u:p@x.example/?token=1 and u:p@y.example";
  expect(redactUrl(redactUrl(text))).toBe(redactUrl(text));
});

test("no password gets through, wherever the URL stands", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9!$&()*+,;=_.~%@-]{6,20}$/);
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom("", "see ", '"', "(", "cause: "),
      fc.constantFrom("", " failed", '"', ")"),
      (password, before, after) => {
        const text = `${before}https://user:${password}@proxy.example:8080/go${after}`;
        expect(redactUrl(text)).toBe(`${before}https://***@proxy.example:8080/go${after}`);
      },
    ),
  );
});

// Evidence quotes what others wrote: it must not be in their hands how long that takes.
test.each(["x", "a://b:c/", "a@", "a:", "?token", "=a:", "&secret", "://"])("200,000 characters of %s end", (piece) => {
  const text = `${piece.repeat(200_000 / piece.length)} =`;
  expect(redactUrl(`${text} http://u:p@h/`)).toMatch(/ http:\/\/\*\*\*@h\/$/);
});
