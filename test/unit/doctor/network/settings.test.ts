import { describe, expect, it, test } from "vitest";
import { describeEarlyClock } from "../../../../src/doctor/network/clock-wrong.ts";
import { listWidePatterns } from "../../../../src/doctor/network/module-patterns.ts";
import {
  chooseProxyVariable,
  findProxyFault,
  listDisagreements,
} from "../../../../src/verify/proxies/proxy-variables.ts";

test.each([
  ["*", ["*"]],
  ["*.com", ["*.com"]],
  ["github.com", ["github.com"]],
  ["github.com/*, git.corp.example", ["github.com/*"]],
  ["git*.com/", ["git*.com"]],
  ["*.corp.example,github.com/our-company", []],
  ["git.corp.example/*", []],
  ["", []],
])("GOPRIVATE=%s", (list, wide) => {
  expect(listWidePatterns(list)).toEqual(wide);
});

describe("proxy variables", () => {
  const url = new URL("https://proxy.example/");
  it("go takes upper case first, and what NO_PROXY names directly", () => {
    const both = { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" };
    expect(chooseProxyVariable(both, url)).toEqual({ name: "HTTPS_PROXY", value: "http://a:1" });
    expect(chooseProxyVariable({ https_proxy: "http://b:1" }, url)?.name).toBe("https_proxy");
    expect(chooseProxyVariable({ ...both, NO_PROXY: ".example" }, url)).toBeNull();
    expect(chooseProxyVariable({ HTTP_PROXY: "http://a:1" }, url)).toBeNull();
  });
  it("disagree where they name another place, not another spelling", () => {
    expect(listDisagreements({ HTTPS_PROXY: "http://a:1/", https_proxy: "a:1" })).toEqual([]);
    expect(listDisagreements({ HTTPS_PROXY: "http://a:1", HTTP_PROXY: "http://b:1" })).toEqual([]);
    const [pair] = listDisagreements({ HTTP_PROXY: "http://a:1", http_proxy: "http://b:1" });
    expect([pair?.upper.value, pair?.lower.value]).toEqual(["http://a:1", "http://b:1"]);
  });
  it.each([
    ["http://h:3128", null],
    ["h:3128", null],
    ["socks5://h:1080", null],
    ["ftp://h:1", "go knows no ftp proxies, and speaks HTTP to it"],
    ["http://h:port", "it is no address: http://HOST:PORT is one"],
    ["http://", "it is no address: http://HOST:PORT is one"],
  ])("%s", (value, fault) => {
    expect(findProxyFault(value)).toBe(fault);
  });
});

test("a clock before the release was made is wrong", () => {
  const file = "go1.26.8\ntime 2026-08-28T16:20:06Z\n";
  expect(describeEarlyClock(file, new Date("1970-01-01T00:01:00Z"))).toBe(
    "it says 1970-01-01 00:01, and go1.26.8 was made at 2026-08-28 16:20",
  );
  expect(describeEarlyClock(file, new Date("2026-08-28T16:00:00Z"))).toBeNull();
  expect(describeEarlyClock("go1.20.1\n", new Date(0))).toBeNull();
});
