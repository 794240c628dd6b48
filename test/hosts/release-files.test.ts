import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { makeSingleFile } from "../../scripts/build/make-single-file.ts";
import { releaseEpoch, releaseFiles } from "../lab/releases/release-files.ts";
import { releaseBase } from "../lab/servers/release-server.ts";

// The files of a release, made from these sources.
let files: string;
let scratch: string;
beforeAll(async () => {
  files = await releaseFiles();
  scratch = mkdtempSync(join(tmpdir(), "readygo-release-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("is the same bytes, built twice, and no larger than promised", async () => {
  const again = join(scratch, "readygo");
  vi.stubEnv("SOURCE_DATE_EPOCH", releaseEpoch);
  await makeSingleFile(realpathSync("node_modules/.bin/node"), again, { hasCodeCache: true, isReleased: true });
  vi.unstubAllEnvs();
  const sum = createHash("sha256").update(readFileSync(again)).digest("hex");
  expect(readFileSync(join(files, "bootstrap.sh"), "utf8")).toContain(`amd64 binary ${statSync(again).size} ${sum}`);
  expect(statSync(join(files, "readygo-linux-amd64.gz")).size).toBeLessThan(41e6);
  expect(execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: files, encoding: "utf8" })).toBe("");
});

it("has all that its documentation names, and says whose work is inside", () => {
  const { version: readygoVersion } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const names = readdirSync(files).sort();
  const rest = names.filter((name) => !name.startsWith("readygo"));
  expect(rest).toEqual(["LICENSE", "SHA256SUMS", "THIRD-PARTY.txt", "bootstrap.sh", "user-data"]);
  const documents = ["1", "bash", "fish", "spdx.json", "zsh"].map((ending) => `readygo.${ending}`);
  const tarball = `readygo-${readygoVersion}.tgz`;
  const collection = "readygo-go-1.0.0.tar.gz";
  const units = ["readygo-verify", "readygo-verify.service", "readygo-verify.timer"];
  expect(names.filter((name) => !rest.includes(name))).toEqual(
    [tarball, collection, "readygo-linux-amd64.gz", ...documents, ...units].toSorted(),
  );
  const sums = readFileSync(join(files, "SHA256SUMS"), "utf8").match(/(?<= {2}).*$/gm);
  expect(sums).toEqual(names.filter((name) => name !== "SHA256SUMS"));
  const listed = execFileSync("tar", ["-tzf", join(files, tarball)], { encoding: "utf8" });
  expect(listed.trim().split("\n").toSorted()).toEqual(
    ["LICENSE", "README.md", "dist/THIRD-PARTY.txt", "dist/readygo.mjs", "package.json"].map(
      (name) => `package/${name}`,
    ),
  );
  // The user-data of a machine brings this release, from where it is served.
  expect(readFileSync(join(files, "user-data"), "utf8")).toContain(`release_base='${releaseBase}'`);
  const notices = readFileSync(join(files, "THIRD-PARTY.txt"), "utf8");
  const sbom = JSON.parse(readFileSync(join(files, "readygo.spdx.json"), "utf8")) as {
    readonly packages: readonly { readonly name: string; readonly versionInfo: string }[];
  };
  const others = sbom.packages.filter(({ name }) => name !== "readygo" && !name.startsWith("node-linux-"));
  expect(others.length).toBeGreaterThan(30);
  for (const { name, versionInfo } of others) expect(notices).toContain(`\n${name} ${versionInfo}, `);
  for (const text of [
    "Node.js 24",
    "GNU LESSER GENERAL PUBLIC LICENSE",
    "GNU GENERAL PUBLIC LICENSE",
    "noble-curves - MIT",
  ]) {
    expect(notices).toContain(text);
  }
});
