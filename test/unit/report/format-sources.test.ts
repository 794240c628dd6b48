import { expect, test } from "vitest";
import { formatSources } from "../../../src/report/format-sources.ts";

const lines = [
  {
    name: "goproxy",
    status: "delivers",
    url: "https://proxy.example/v.zip",
    firstByteMs: 394,
    bytesPerSecond: 27_800_000,
    why: null,
  },
  {
    name: "publisher",
    status: "fails",
    url: "https://dl.google.com/go/a.tar.gz",
    firstByteMs: null,
    bytesPerSecond: null,
    why: "its name\u001b[2J does not resolve",
  },
] as const;

test("a row a source, its address or what is wrong at the end", () => {
  expect(formatSources(lines, Infinity)).toBe(
    [
      "source               first byte  rate",
      "goproxy    delivers  394 ms      27.8 MB/s  https://proxy.example/v.zip",
      "publisher  fails                            its name\\x1b[2J does not resolve (https://dl.google.com/go/a.tar.gz)",
    ].join("\n"),
  );
});

test("a narrow terminal has the last part below", () => {
  expect(formatSources(lines, 60)).toBe(
    [
      "source               first byte  rate",
      "goproxy    delivers  394 ms      27.8 MB/s",
      "  https://proxy.example/v.zip",
      "publisher  fails",
      "  its name\\x1b[2J does not resolve",
      "    (https://dl.google.com/go/a.tar.gz)",
    ].join("\n"),
  );
});
