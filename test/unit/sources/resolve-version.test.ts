import { expect, it } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { resolveVersion } from "../../../src/sources/resolve-version.ts";
import { parseGoVersion } from "../../../src/release/go-version.ts";
import type { Release } from "../../../src/release/release.ts";
import { parseReleaseRequest } from "../../../src/release/release-request.ts";

const missing = {
  name: "/media/usb",
  list: () => Promise.reject(new RequestFailure("absent", "/media/usb", "it does not exist")),
};

/** With one source, a directory that is not there. */
async function resolve(asked: string, installed: string): Promise<string> {
  const request = parseReleaseRequest(asked);
  if (request === undefined) throw new Error(`${asked} is no request`);
  const { version } = await resolveVersion({
    request,
    architecture: "amd64",
    installed: parseGoVersion(installed),
    manifest: () => Promise.resolve([]),
    isManifestOffered: () => Promise.resolve(false),
    origins: () => Promise.resolve([missing]),
  });
  return version;
}

it.each([
  ["latest", ""],
  ["1.27", ""],
  ["1.27", "go1.26.8"],
  ["1.27.4", "go1.26.8"],
])("%s, with %j installed, hears that its only source could not be asked", async (asked, installed) => {
  await expect(resolve(asked, installed)).rejects.toMatchObject({
    code: "sources-failed",
    details: { "/media/usb": "it does not exist" },
  });
});

it.each([
  ["latest", "go1.26.8"],
  ["1.26", "go1.26.8"],
])("%s is answered by %s, which is installed", async (asked, installed) => {
  expect(await resolve(asked, installed)).toBe(installed);
});

it("asks an origin of last resort where no other knows any release, and only there", async () => {
  const release = {
    version: parseGoVersion("go1.30.1"),
    isStable: true,
    archives: { amd64: { fileName: "a", statements: [] } },
  };
  const known = [{ ...release, knownBy: ["publisher"] }] as unknown as readonly Release[];
  for (const [first, asked] of [
    [[missing], 1],
    [[missing, { name: "empty", list: async () => [] }], 1],
    [[missing, { name: "another", list: async () => known }], 0],
    [[], 1],
  ] as const) {
    let count = 0;
    const last = { name: "last", isLastResort: true, list: async () => ((count += 1), known) };
    const { version } = await resolveVersion({
      request: { kind: "latest" },
      architecture: "amd64",
      installed: undefined,
      manifest: async () => [],
      isManifestOffered: async () => false,
      origins: async () => [last, ...first],
    });
    expect([version, count]).toEqual(["go1.30.1", asked]);
  }
});
