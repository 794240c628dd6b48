import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { ProvisionError } from "../../../src/errors/provision-error.ts";
import { loadManifest, mergeCatalogues } from "../../../src/release/catalogue.ts";
import { chooseRelease } from "../../../src/release/choose-release.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { parseProxyList } from "../../../src/sources/proxy-list.ts";
import type { Release } from "../../../src/release/release.ts";
import { parseReleaseRequest } from "../../../src/release/release-request.ts";
import { thrownBy } from "../thrown-by.ts";

const pinned = readFileSync("test/fixtures/release/pinned-2026-11-23.sha256", "utf8");

/** The releases that were pinned, and what a module proxy knew, on 2026-11-23: 1.27.4 for one architecture only. */
const catalogue = mergeCatalogues(
  (await loadManifest()).filter(({ version }) => pinned.includes(`${version}.linux-`)),
  parseProxyList(
    "v0.0.1-go1.27.3.linux-amd64\nv0.0.1-go1.27.4.linux-amd64\nv0.0.1-go1.28rc1.linux-amd64",
    "amd64",
    "x",
  ),
  parseProxyList("v0.0.1-go1.27.3.linux-arm64", "arm64", "x"),
);

function choose(text: string, installed?: string, architecture: "amd64" | "arm64" = "amd64"): Release {
  const request = parseReleaseRequest(text);
  if (request === undefined) throw new Error(text);
  return chooseRelease(request, catalogue, {
    architecture,
    ...(installed === undefined ? {} : { installed: installed as GoVersion }),
  });
}

test.each([
  ["latest", "amd64", "go1.27.4"],
  ["latest", "arm64", "go1.27.3"],
  ["1.26", "amd64", "go1.26.9"],
  ["1.20", "amd64", "go1.20.14"],
  ["1.20.0", "amd64", "go1.20"],
  ["1.21.0", "amd64", "go1.21.0"],
  ["1.27rc2", "amd64", "go1.27rc2"],
  ["1.28", "amd64", "go1.28rc1"],
] as const)("%s on %s is %s", (text, architecture, version) => {
  expect(choose(text, undefined, architecture).version).toBe(version);
});

test.each([
  ["latest", "go1.26.8", "go1.27.4"],
  ["latest", "go1.27.4", "go1.27.4"],
  ["latest", "go1.28rc1", "go1.28rc1"],
  ["1.26", "go1.27.4", "go1.26.9"],
  ["1.26", "go1.26.11", "go1.26.11"],
  ["1.26", "go1.26rc1", "go1.26.9"],
  ["1.26.8", "go1.27.4", "go1.26.8"],
])("%s where %s is installed is %s", (text, installed, version) => {
  expect(choose(text, installed).version).toBe(version);
});

test("an installed release that is newer than all that could be reached stays, known by nobody", () => {
  expect(choose("latest", "go1.29.1")).toEqual({ version: "go1.29.1", isStable: true, archives: {}, knownBy: [] });
});

test.each([
  ["1.27.9", "amd64", ["1.27.4", "1.27.3", "1.27.2"]],
  ["1.26.99", "amd64", ["1.26.9", "1.26.8", "1.26.7"]],
  ["1.27rc9", "amd64", ["1.27rc3", "1.27rc2", "1.27rc1"]],
  ["1.24rc9", "amd64", ["1.24rc3", "1.24rc2", "1.24rc1"]],
  ["1.21beta1", "amd64", ["1.21rc2", "1.21rc3", "1.21rc4"]],
  ["1.27.4", "arm64", ["1.27.3", "1.27.2", "1.27.1"]],
  ["1.28.0", "amd64", ["1.28rc1", "1.27.4", "1.26.9"]],
  ["1.99", "amd64", ["1.27.4", "1.26.9", "1.25.14"]],
  ["1.20.15", "amd64", ["1.20.14", "1.20.13", "1.20.12"]],
  ["2.0.1", "amd64", ["1.27.4", "1.26.9", "1.25.14"]],
  ["1.29rc1", "amd64", ["1.28rc1", "1.27.4", "1.26.9"]],
] as const)("%s does not exist on %s: %j do", (text, architecture, nearest) => {
  const error = thrownBy(() => choose(text, undefined, architecture), ProvisionError);
  expect({ code: error.code, exit: error.exit, message: error.message, remedy: error.remedy }).toEqual({
    code: "version-unknown",
    exit: 2,
    message: `there is no release go${text} for linux-${architecture}`,
    remedy: [...nearest.map((version) => `readygo install ${version}`), "readygo list"],
  });
});

test("a first release before 1.21 is offered in the spelling that means it", () => {
  const only = catalogue.filter((release) => release.version === "go1.20");
  const error = thrownBy(
    () => chooseRelease({ kind: "exact", version: "go1.20.1" as GoVersion }, only, { architecture: "amd64" }),
    ProvisionError,
  );
  expect(error.remedy).toEqual(["readygo install 1.20.0", "readygo list"]);
});

test("an empty catalogue has no latest", () => {
  const error = thrownBy(() => chooseRelease({ kind: "latest" }, [], { architecture: "amd64" }), ProvisionError);
  expect([error.code, error.message]).toEqual(["version-unknown", "there is no stable release for linux-amd64"]);
});
