import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { loadManifest, mergeCatalogues } from "../../../src/release/catalogue.ts";
import { compareGoVersions } from "../../../src/release/go-version.ts";
import { parseProxyList } from "../../../src/sources/proxy-list.ts";
import { parsePublisherJson } from "../../../src/release/publisher-json.ts";

const one = "1".repeat(64);
const two = "2".repeat(64);

function stated(origin: "manifest" | "publisher", version: string, sha256: string, size?: number) {
  const filename = `${version}.linux-amd64.tar.gz`;
  const file = { filename, os: "linux", arch: "amd64", version, sha256, size, kind: "archive" };
  return parsePublisherJson(JSON.stringify([{ version, stable: true, files: [file] }]), { origin, url: "x" });
}

test("the pinned manifest holds every release that Go's grammar can name, newest first", async () => {
  const pinned = JSON.parse(readFileSync("manifests/releases.json", "utf8")) as { version: string }[];
  const manifest = await loadManifest();
  const names = pinned.map((entry) => entry.version).filter((version) => version !== "go1.9.2rc2");
  expect(new Set(manifest.map((release) => release.version))).toEqual(new Set(names));
  expect(manifest.toSorted((a, b) => compareGoVersions(b.version, a.version))).toEqual(manifest);
  expect(manifest.find((release) => release.version === "go1.26.8")?.archives.amd64).toEqual({
    fileName: "go1.26.8.linux-amd64.tar.gz",
    statements: [
      {
        by: "manifest",
        sha256: "d0f743b33e8d8945e6b1f432edd15785c70507121d6e2a723b21285eddf8b57b",
        size: 66897291,
        h1: "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=",
        logRecord: 61743986,
      },
    ],
  });
});

test("a release that only the log knows is pinned by its module's hash alone", async () => {
  const release = (await loadManifest()).find(({ version }) => version === "go1.27.3");
  expect(release?.archives.arm64).toEqual({
    fileName: "go1.27.3.linux-arm64.tar.gz",
    statements: [
      {
        by: "manifest",
        h1: "h1:VY4gDzfxOrsM17J2qtgZgiAIsWhp7XWK1jMfE3kXV0s=",
        logRecord: expect.any(Number) as number,
      },
    ],
  });
});

test("the union keeps each version once and says who knows it", () => {
  const merged = mergeCatalogues(
    stated("manifest", "go1.26.8", one),
    stated("publisher", "go1.26.8", one, 7),
    stated("publisher", "go1.27.3", two),
    parseProxyList("v0.0.1-go1.26.8.linux-arm64\nv0.0.1-go1.27.4.linux-arm64\n", "arm64", "x"),
  );
  expect(merged).toEqual([
    {
      version: "go1.27.4",
      isStable: true,
      archives: { arm64: { fileName: "go1.27.4.linux-arm64.tar.gz", statements: [{ by: "goproxy" }] } },
      knownBy: ["goproxy"],
    },
    {
      version: "go1.27.3",
      isStable: true,
      archives: {
        amd64: { fileName: "go1.27.3.linux-amd64.tar.gz", statements: [{ by: "publisher", sha256: two }] },
      },
      knownBy: ["publisher"],
    },
    {
      version: "go1.26.8",
      isStable: true,
      archives: {
        amd64: {
          fileName: "go1.26.8.linux-amd64.tar.gz",
          statements: [
            { by: "manifest", sha256: one },
            { by: "publisher", sha256: one, size: 7 },
          ],
        },
        arm64: { fileName: "go1.26.8.linux-arm64.tar.gz", statements: [{ by: "goproxy" }] },
      },
      knownBy: ["manifest", "publisher", "goproxy"],
    },
  ]);
});

test("a release that one origin calls unstable is not stable", () => {
  const unstable = parsePublisherJson(JSON.stringify([{ version: "go1.26.8", stable: false, files: [] }]), {
    origin: "publisher",
    url: "x",
  });
  expect(mergeCatalogues(stated("manifest", "go1.26.8", one), unstable)[0]?.isStable).toBe(false);
});
