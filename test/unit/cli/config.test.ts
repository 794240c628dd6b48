import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatConfig, parseConfig } from "../../../src/cli/config.ts";
import type { Settings } from "../../../src/cli/options.ts";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { thrownBy } from "../thrown-by.ts";

const whole = `[go]
version = 1.27        ; anything VERSION takes
[source]
order = publisher, goproxy
goproxy = https://proxy.example,direct
proxy = http://proxy.example:3128
noproxy = .example, 10.0.0.0/8
ca-file = /etc/ssl/own.pem
[trust]
policy = two
[shell]
user = alice
rc = no
[verify]
module = rsc.io/quote@v1.5.2
timeout = 90
`;

describe("readygo.ini", () => {
  it("takes every key that the README shows", () => {
    expect(parseConfig(whole, "/etc/readygo.ini")).toEqual({
      version: "1.27",
      source: ["publisher", "goproxy"],
      goproxy: "https://proxy.example,direct",
      proxy: "http://proxy.example:3128",
      noproxy: ".example, 10.0.0.0/8",
      "ca-file": "/etc/ssl/own.pem",
      trust: "two",
      user: "alice",
      rc: false,
      module: "rsc.io/quote@v1.5.2",
      timeout: 90,
    });
  });

  it("takes a key without a value as if it were not there", () => {
    expect(parseConfig("[source]\ngoproxy =\nproxy = ; none\n", "f")).toEqual({});
  });

  it("takes names of sources, URLs and absolute paths as the order", () => {
    const order = ["aliyun", "https://mirror.example/go", "/srv/kit", "goproxy"];
    expect(parseConfig(`[source]\norder = ${order.join(", ")}\n`, "f")).toEqual({ source: order });
  });

  it("knows no key by what JavaScript's objects inherit", () => {
    const error = thrownBy(() => parseConfig("[constructor]\nname = x\n", "f"), ProvisionError);
    expect(error.message).toMatch(/^there is no key name in \[constructor\]/);
  });

  it("names line and nearest key where a key is not known", () => {
    const error = thrownBy(
      () => parseConfig("[go]\nversion = latest\n\n[source]\ngo-proxy = x\n", "/etc/readygo.ini"),
      ProvisionError,
    );
    expect([error.code, error.exit, error.message, error.details]).toEqual([
      "config-invalid",
      2,
      "there is no key go-proxy in [source]; the nearest is goproxy in [source]",
      { file: "/etc/readygo.ini:5" },
    ]);
  });

  it.each([
    [
      "[source]\norder = publisher, aliyn\n",
      'source.order is "publisher, aliyn" and has to be a list of publisher, publisher-china, goproxy, ' +
        "publisher-modules, publisher-storage, aliyun, ustc, nju, hust, http(s) URLs and absolute paths " +
        "(the nearest to aliyn is aliyun)",
    ],
    ["[shell]\nrc = maybe\n", 'shell.rc is "maybe" and has to be one of yes, no, true, false'],
    [
      "[source]\nproxy = http://user:secr#et@proxy.example:3128\n",
      "source.proxy has to be a URL such as http://proxy.example:3128, a # in a password written %23",
    ],
    ["[verify]\ntimeout = soon\n", 'verify.timeout is "soon" and has to be a number of seconds from 1 to 999999'],
    ["[trust]\npolicy = none\n", 'trust.policy is "none" and has to be one of any, two, log'],
    ["version = latest\n", "version is outside of any section"],
    ["[go\nversion = latest\n", "[go is outside of any section"],
    ["[shells]\nrc = no\n", "there is no key rc in [shells]; the nearest is rc in [shell]"],
  ])("refuses %j", (text, message) => {
    expect(thrownBy(() => parseConfig(text, "f"), ProvisionError).message).toBe(message);
  });
});

describe("formatConfig", () => {
  it("writes the keys that are set, in their sections", () => {
    expect(formatConfig({ version: "1.27", trust: "two", rc: false })).toBe(
      "[go]\nversion = 1.27\n\n[trust]\npolicy = two\n\n[shell]\nrc = no\n",
    );
  });

  it("refuses what would not come back", () => {
    const error = thrownBy(() => formatConfig({ "ca-file": String.raw`/\;a` }), ProvisionError);
    expect(error.code).toBe("usage");
  });

  it("writes what parseConfig reads back as the same, or refuses", () => {
    const text = (characters: string): fc.Arbitrary<string> =>
      fc
        .string({ unit: fc.constantFrom(...characters.split("")), minLength: 1, maxLength: 12 })
        .map((value) => value.trim())
        .filter((value) => value !== "");
    const config = (characters: string): fc.Arbitrary<Settings> =>
      fc.record(
        {
          version: text(characters),
          goproxy: text(characters),
          noproxy: fc.constantFrom("*", "go.dev, 10.0.0.0/8", "[::1]:80"),
          proxy: fc.constantFrom("http://proxy.example:3128", "http://u%3B:p@proxy.example/#;x=1"),
          "ca-file": text(characters).map((name) => `/${name}`),
          trust: fc.constantFrom("any", "two", "log"),
          rc: fc.boolean(),
          "connect-timeout": fc.integer({ min: 1, max: 99_999 }),
          "stall-timeout": fc.integer({ min: 1, max: 99_999 }),
          "download-timeout": fc.integer({ min: 1, max: 99_999 }),
          timeout: fc.integer({ min: 1, max: 99_999 }),
        },
        { requiredKeys: [], noNullPrototype: true },
      );
    const isWritten = (settings: Settings): boolean => {
      try {
        expect(parseConfig(formatConfig(settings), "readygo.ini")).toEqual(settings);
        return true;
      } catch (error) {
        if (error instanceof ProvisionError && error.code === "usage") return false;
        throw error;
      }
    };
    fc.assert(fc.property(config("ab1./:@;#=[]\"'\\$ ,-"), (settings) => void isWritten(settings)));
    // What versions, URLs and paths are made of is always written.
    fc.assert(fc.property(config("abz19./:@;#=?&%~ ,_-"), (settings) => isWritten(settings)));
  });
});
