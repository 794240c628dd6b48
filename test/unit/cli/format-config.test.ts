import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { parseConfig, type Config } from "../../../src/cli/config.ts";
import { formatConfig } from "../../../src/cli/format-config.ts";
import { thrownBy } from "../thrown-by.ts";

describe("formatConfig", () => {
  it("writes the keys that are set, in their sections", () => {
    expect(formatConfig({ version: "1.27", policy: "two", rc: false })).toBe(
      "[go]\nversion = 1.27\n\n[trust]\npolicy = two\n\n[shell]\nrc = no\n",
    );
  });

  it("refuses what would not come back", () => {
    const error = thrownBy(() => formatConfig({ caFile: String.raw`/\;a` }), ProvisionError);
    expect(error.code).toBe("usage");
  });

  it("writes what parseConfig reads back as the same, or refuses", () => {
    const text = (characters: string): fc.Arbitrary<string> =>
      fc
        .string({ unit: fc.constantFrom(...characters.split("")), minLength: 1, maxLength: 12 })
        .map((value) => value.trim())
        .filter((value) => value !== "");
    const config = (characters: string): fc.Arbitrary<Config> =>
      fc.record(
        {
          version: text(characters),
          goproxy: text(characters),
          noproxy: fc.constantFrom("*", "go.dev, 10.0.0.0/8", "[::1]:80"),
          proxy: fc.constantFrom("http://proxy.example:3128", "http://u%3B:p@proxy.example/#;x=1"),
          caFile: text(characters).map((name) => `/${name}`),
          policy: fc.constantFrom("any", "two", "log"),
          rc: fc.boolean(),
          connectTimeoutSeconds: fc.integer({ min: 1, max: 99_999 }),
          stallTimeoutSeconds: fc.integer({ min: 1, max: 99_999 }),
          downloadTimeoutSeconds: fc.integer({ min: 1, max: 99_999 }),
          timeoutSeconds: fc.integer({ min: 1, max: 99_999 }),
        },
        { requiredKeys: [], noNullPrototype: true },
      );
    const isWritten = (settings: Config): boolean => {
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
