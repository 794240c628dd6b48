import { expect, test } from "vitest";

import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { parseProxyList } from "../../../src/sources/proxy-list.ts";
import { thrownBy } from "../thrown-by.ts";

const list = `v0.0.1-go1.9rc2.windows-amd64
v0.0.1-go1.27.4.linux-amd64
v0.0.1-go1.26.10.linux-arm64
v0.0.1-go1.26.10.linux-amd64
v0.0.1-go1.9.2rc2.linux-amd64
v0.0.1-go1.21rc2.linux-amd64\r
v0.0.1-go1.26.10.darwin-amd64

v0.0.1-go1.22.1.linux-armv6l
`;

test("a list gives the releases for one architecture, without hashes", () => {
  expect(parseProxyList(list, "amd64", "https://proxy.example/list")).toEqual(
    (["go1.27.4", "go1.26.10", "go1.21rc2"] as const).map((version) => ({
      version,
      isStable: version !== "go1.21rc2",
      archives: { amd64: { fileName: `${version}.linux-amd64.tar.gz`, statements: [{ by: "goproxy" }] } },
      knownBy: ["goproxy"],
    })),
  );
  expect(parseProxyList(list, "arm64", "x").map((release) => release.version)).toEqual(["go1.26.10"]);
});

test("an empty list is a list", () => {
  expect(parseProxyList("\n", "amd64", "x")).toEqual([]);
});

test("a page is not a list", () => {
  const failure = thrownBy(
    () => parseProxyList("<html>\nlog in</html>\n", "amd64", "https://t:s@proxy.example/"),
    RequestFailure,
  );
  expect([failure.kind, failure.url]).toEqual(["content", "https://***@proxy.example/"]);
});
