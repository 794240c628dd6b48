import { expect, test } from "vitest";
import { isLoopbackHost } from "../../../../src/fetch/http/loopback-host.ts";

test.each([
  ["http://127.0.0.1:8080/x", true],
  ["http://127.1/x", true],
  ["http://0x7f.0.0.1/x", true],
  ["http://localhost/x", true],
  ["http://[::1]:80/x", true],
  ["http://127.evil.example/x", false],
  ["http://127.0.0.1.evil.example/x", false],
  ["http://localhost.evil.example/x", false],
  ["http://128.0.0.1/x", false],
  ["http://[::2]/x", false],
])("%s leads to this machine: %s", (url, isHere) => {
  expect(isLoopbackHost(new URL(url).hostname.replace(/^\[(.*)\]$/, "$1"))).toBe(isHere);
});
