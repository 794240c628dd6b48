import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { makeSingleFile } from "../../scripts/build/make-single-file.ts";
import { releaseEnvironment, releaseFiles, releaseRepository } from "../lab/releases/release-files.ts";
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
  for (const [name, value] of Object.entries(await releaseEnvironment())) vi.stubEnv(name, value);
  await makeSingleFile(realpathSync("node_modules/.bin/node"), again, { hasCodeCache: true, isReleased: true });
  vi.unstubAllEnvs();
  const sum = createHash("sha256").update(readFileSync(again)).digest("hex");
  expect(readFileSync(join(files, "bootstrap.sh"), "utf8")).toContain(`amd64 binary ${statSync(again).size} ${sum}`);
  expect(statSync(join(files, "readygo-linux-amd64.gz")).size).toBeLessThan(41e6);
  expect(execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: files, encoding: "utf8" })).toBe("");
});

it("has all that its documentation names, and says whose work is inside", () => {
  const { version: readygoVersion } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const all = readdirSync(files, { recursive: true, encoding: "utf8" });
  const isFile = (name: string): boolean => statSync(join(files, name)).isFile() && !name.endsWith(".sha256");
  const names = all.filter((name) => isFile(name) && !name.startsWith("images/")).toSorted();
  const images = all.filter((name) => isFile(name) && name.startsWith("images/"));
  expect(images.length).toBeGreaterThan(8);
  const rest = names.filter((name) => !name.startsWith("readygo"));
  const index = [
    "InRelease",
    "Packages",
    "Packages.gz",
    "Release",
    "Release.gpg",
    `readygo_${readygoVersion}_amd64.deb`,
  ];
  expect(rest).toEqual(
    ["LICENSE", "SHA256SUMS", "SHA256SUMS.minisig", "THIRD-PARTY.txt", ...index.map((name) => `apt/${name}`), "bootstrap.sh", "user-data"], // prettier-ignore
  );
  const documents = ["1", "bash", "fish", "spdx.json", "zsh"].map((ending) => `readygo.${ending}`);
  const tarball = `readygo-${readygoVersion}.tgz`;
  const collection = "readygo-go-1.0.0.tar.gz";
  const units = ["readygo-verify", "readygo-verify.service", "readygo-verify.timer"];
  expect(names.filter((name) => !rest.includes(name))).toEqual(
    [
      tarball,
      collection,
      "readygo-linux-amd64.gz",
      ...documents,
      ...units,
      `readygo-${readygoVersion}.intoto.json`,
      "readygo-archive-keyring.asc",
      "readygo.sources",
    ].toSorted(),
  );
  const sums = readFileSync(join(files, "SHA256SUMS"), "utf8").match(/(?<= {2}).*$/gm);
  const summed = [...names.filter((name) => !name.startsWith("SHA256SUMS")), ...images].toSorted();
  expect(sums).toEqual(summed);
  // Each has a sum of its own beside it, for who fetches that one alone.
  for (const name of summed) expect(all).toContain(`${name}.sha256`);
  execFileSync("sha256sum", ["--check", "--quiet", "readygo.1.sha256"], { cwd: files });
  const statement = JSON.parse(readFileSync(join(files, `readygo-${readygoVersion}.intoto.json`), "utf8")) as {
    readonly subject: readonly { readonly name: string }[];
  };
  expect(statement.subject.map(({ name }) => name)).toEqual(summed.filter((name) => !name.endsWith(".intoto.json")));
  const listed = execFileSync("tar", ["-tzf", join(files, tarball)], { encoding: "utf8" });
  expect(listed.trim().split("\n").toSorted()).toEqual(
    ["LICENSE", "README.md", "dist/THIRD-PARTY.txt", "dist/readygo.mjs", "package.json"].map(
      (name) => `package/${name}`,
    ),
  );
  // As readygo itself prints it.
  const printed = execFileSync(join("dist", "readygo-linux-amd64"), ["cloud-init", "--base", files], {
    encoding: "utf8",
  });
  expect(readFileSync(join(files, "user-data"), "utf8")).toBe(printed);
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

it.each([
  ["no key that signs it", { READYGO_RELEASE_KEY: "" }, "READYGO_RELEASE_KEY names no key"],
  ["no key for apt", { READYGO_APT_KEY: "" }, "READYGO_APT_KEY names no key"],
  ["a key that is none", { READYGO_RELEASE_KEY: "untrusted comment: it\nUlda" }, "is no secret key of minisign's"],
])("is not begun with %s", async (_, more, said) => {
  const into = join(scratch, "never");
  const argv = ["scripts/release.ts", "--quick", "--repository", releaseRepository, "--into", into];
  const env = { ...process.env, ...(await releaseEnvironment()), ...more };
  const { status, stderr } = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining(said)]);
  expect(existsSync(into)).toBe(false);
});
