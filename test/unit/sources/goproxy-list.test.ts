import { expect, test } from "vitest";

import { ProvisionError } from "../../../src/errors/provision-error.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import {
  appendPath,
  escapeModulePath,
  parseGoproxyList,
  toolchainListUrl,
  toolchainUrl,
} from "../../../src/sources/goproxy-list.ts";
import { thrownBy } from "../thrown-by.ts";

const entry = (url: string, fallback: "absent" | "any" = "absent") => ({ url, fallback });

test.each([
  ["https://a.example,direct", [entry("https://a.example"), entry("direct")]],
  [
    "https://a.example/x/|https://b.example,off",
    [entry("https://a.example/x", "any"), entry("https://b.example"), entry("off")],
  ],
  ["off,https://a.example", [entry("off")]],
  ["direct|https://a.example", [entry("direct", "any")]],
  [" https://a.example , ,| direct ", [entry("https://a.example"), entry("direct")]],
  ["a.example/go", [entry("https://a.example/go")]],
  ["a:8080", [entry("https://a:8080")]],
  ["http://localhost:3000", [entry("http://localhost:3000")]],
  ["file:///srv/proxy/", [entry("file:///srv/proxy")]],
  ["https://u:p@a.example?token=1", [entry("https://u:p@a.example?token=1")]],
])("%s", (text, list) => {
  expect(parseGoproxyList(text)).toEqual(list);
});

test.each([
  ["", "the GOPROXY list has no entries"],
  [" ,| ", "the GOPROXY list has no entries"],
  ["/srv/proxy", "a GOPROXY entry has no scheme"],
  ["proxy", "a GOPROXY entry has no scheme"],
  ["https:/a.example", "a GOPROXY entry has no scheme"],
  ["ftp://a.example", "a GOPROXY entry's scheme must be https, http or file"],
  ["file://host/srv", "a file:// entry of GOPROXY needs an absolute path only"],
  ["https://a.example,https://[", "a GOPROXY entry is not a URL"],
])("%j is refused", (text, summary) => {
  const error = thrownBy(() => parseGoproxyList(text), ProvisionError);
  expect([error.code, error.exit, error.message]).toEqual(["source-invalid", 2, summary]);
});

test("a list that is refused does not show its passwords", () => {
  const error = thrownBy(() => parseGoproxyList("ftp://me:hunter2@a.example"), ProvisionError);
  expect(error.details).toEqual({ given: "ftp://***@a.example" });
});

test("URLs of a toolchain module", () => {
  const version = "go1.27.4" as GoVersion;
  expect([
    toolchainListUrl("https://a.example/"),
    toolchainUrl("https://a.example/go", version, "amd64", "zip"),
    toolchainUrl("https://a.example?token=1", version, "arm64", "mod"),
  ]).toEqual([
    "https://a.example/golang.org/toolchain/@v/list",
    "https://a.example/go/golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-amd64.zip",
    "https://a.example/golang.org/toolchain/@v/v0.0.1-go1.27.4.linux-arm64.mod?token=1",
  ]);
});

test("capital letters of a module path are escaped; a path goes before the query", () => {
  expect(escapeModulePath("github.com/Azure/azure-SDK")).toBe("github.com/!azure/azure-!s!d!k");
  expect(appendPath("https://a.example/x//", "y/z")).toBe("https://a.example/x/y/z");
});
