import { expect, it } from "vitest";
import { RequestFailure } from "../../../src/errors/request-failure.ts";
import { resolveVersion } from "../../../src/sources/resolve-version.ts";
import { parseGoVersion } from "../../../src/release/go-version.ts";
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
