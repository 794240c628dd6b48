import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { makeSingleFile } from "./build/make-single-file.ts";
import { readBuildTime } from "./build/read-build-time.ts";
import { readReleaseIdentity } from "./build/release-identity.ts";
import { writeNotices } from "./build/write-notices.ts";
import { aptKeyVariable, readAptKey } from "./release/deb/apt-key.ts";
import { formatAptSource, writeAptRepository } from "./release/deb/write-apt-repository.ts";
import { writeDeb } from "./release/deb/write-deb.ts";
import { compress, type Form } from "./release/compress.ts";
import { findNode } from "./release/find-node.ts";
import { type ReleaseArchitecture, releaseArchitectures } from "./release/release-architecture.ts";
import { formatReleaseUserData } from "./release/format-user-data.ts";
import { sha256OfFile } from "./release/sha256-of-file.ts";
import { keyVariables, readSigningKeys } from "./release/signing-key.ts";
import { type StampedFile, stampBootstrap } from "./release/stamp-bootstrap.ts";
import { writeImages } from "./release/write-images.ts";
import { writeNpmPackages } from "./release/write-npm-packages.ts";
import { writeProvenance } from "./release/write-provenance.ts";
import { writeCollection } from "./release/write-collection.ts";
import { writeSbom } from "./release/write-sbom.ts";
import { writeSums } from "./release/write-sums.ts";
import { parseOwnVersion } from "../src/release/own-version.ts";

// npm run release -- --repository URL [--base URL]: everything that a release is, into dist/release; docs/release.md says what. The same
// commit gives the same bytes. --quick leaves out what takes minutes, --arch takes one architecture only. The keys that sign it
// come from the environment; --unsigned makes the same without signatures, for who compares the bytes.

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    base: { type: "string", default: "" },
    repository: { type: "string", default: "" },
    arch: { type: "string", multiple: true, default: [...releaseArchitectures] },
    quick: { type: "boolean", default: false },
    unsigned: { type: "boolean", default: false },
    into: { type: "string", default: "dist/release" },
  },
});
const { repository } = values;
if (!/^(?:git\+)?https:\/\/\S+$/.test(repository)) {
  throw new Error("--repository is the https address of the sources, which the npm packages name");
}
const { version, author: maintainer } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly version: string;
  readonly author: string;
};
if (parseOwnVersion(version) === undefined)
  throw new Error(`${version} is no version: three numbers, and nothing else`);
const keys = readSigningKeys();
if (values.unsigned !== (keys.length === 0)) {
  throw new Error(
    values.unsigned
      ? `--unsigned, and ${keyVariables.join(" or ")} is set`
      : `${keyVariables[0]} names no key: a release is signed (docs/release.md), or made with --unsigned`,
  );
}
const aptKey = await readAptKey();
if ((aptKey === undefined) !== values.unsigned)
  throw new Error(`${aptKeyVariable} names no key, or --unsigned is given`);
process.env["READYGO_RELEASE_BASE"] = values.base;
const forms: readonly Form[] = values.quick ? ["gz"] : ["xz", "zst", "gz"];
const architectures = releaseArchitectures.filter((architecture) => values.arch.includes(architecture));
if (architectures.length !== values.arch.length) throw new Error(`--arch is one of ${releaseArchitectures.join(", ")}`);
const cache = "dist/cache";
const into = values.into;

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
// Not dist/readygo.mjs: that is the sources', and knows neither a test build's key nor a base.
const bundle = "dist/bundle";
await run(process.execPath, ["scripts/build.ts", "--into", bundle]);
const files: StampedFile[] = [];
for (const architecture of architectures) files.push(...(await writeExecutable(architecture)));
const bootstrap = stampBootstrap(readFileSync("scripts/bootstrap.sh", "utf8"), {
  version,
  base: values.base,
  files,
  keys: readReleaseIdentity().keys,
});
writeFileSync(join(into, "bootstrap.sh"), bootstrap);
chmodSync(join(into, "bootstrap.sh"), 0o755);
writeImages(join(into, "images"), join(into, "bootstrap.sh"), version);
writeUnits();
await writeCollection(into, { version, base: values.base, files, time: readBuildTime() });
await writeSbom(join(into, "readygo.spdx.json"), readBuildTime());
copyFileSync("LICENSE", join(into, "LICENSE"));
writeNotices(join(into, "THIRD-PARTY.txt"), true);
await writeNpmPackages({ into, bundle, repository, architectures: values.quick ? [] : architectures });
// A bootstrap that was not told where it is served from could not bring anything to a machine.
writeFileSync(
  join(into, "user-data"),
  await formatReleaseUserData(version, values.base === "" ? undefined : bootstrap),
);
await writeWhatReadygoPrints();
await writePackages();
await writeProvenance(into, `readygo-${version}.intoto.json`, {
  version,
  parameters: { base: values.base, architectures, forms },
});
await writeSums(into, { version, time: readBuildTime(), keys });

/** Debian packages, the repository that apt takes them from, and what tells a host of it. */
async function writePackages(): Promise<void> {
  const directory = join(into, "apt");
  const archiveKey = aptKey?.toPublic().armor() ?? "";
  for (const architecture of architectures) {
    await writeDeb(directory, {
      architecture,
      version,
      maintainer,
      time: readBuildTime(),
      executable: join("dist", `readygo-linux-${architecture}`),
      release: into,
      archiveKey,
      releaseKeys: readReleaseIdentity().keys,
      isQuick: values.quick,
    });
  }
  await writeAptRepository(directory, readBuildTime(), aptKey);
  if (archiveKey === "") return;
  writeFileSync(join(into, "readygo-archive-keyring.asc"), archiveKey);
  if (values.base !== "") writeFileSync(join(into, "readygo.sources"), formatAptSource(values.base, archiveKey));
}

/** Off by default: whoever wants them installs them, or lets `readygo cloud-init --timer` write them. */
function writeUnits(): void {
  const { verify } = JSON.parse(readFileSync("manifests/cloud-init.json", "utf8")) as {
    readonly verify: {
      readonly files: readonly {
        readonly path: string;
        readonly permissions: string;
        readonly lines: readonly string[];
      }[];
    };
  };
  for (const { path, permissions, lines } of verify.files) {
    const to = join(into, basename(path));
    writeFileSync(to, lines.join("\n"));
    chmodSync(to, Number.parseInt(permissions, 8));
  }
}

async function writeExecutable(architecture: ReleaseArchitecture): Promise<StampedFile[]> {
  const name = `readygo-linux-${architecture}`;
  const executable = join("dist", name);
  const isNative = architecture === (process.arch === "x64" ? "amd64" : process.arch);
  await makeSingleFile(await findNode(architecture, cache), executable, { hasCodeCache: isNative, isReleased: true });
  const written: StampedFile[] = [await describe(architecture, "binary", executable)];
  for (const form of forms) {
    const file = join(into, `${name}.${form}`);
    await compress(executable, form, file, cache);
    written.push(await describe(architecture, form, file));
  }
  return written;
}

async function describe(
  architecture: ReleaseArchitecture,
  form: StampedFile["form"],
  path: string,
): Promise<StampedFile> {
  return { architecture, form, bytes: statSync(path).size, sha256: await sha256OfFile(path) };
}

/** Documents that a command of readygo prints. */
async function writeWhatReadygoPrints(): Promise<void> {
  const documents = {
    "readygo.bash": ["completion", "bash"],
    "readygo.zsh": ["completion", "zsh"],
    "readygo.fish": ["completion", "fish"],
  };
  copyFileSync("docs/readygo.1", join(into, "readygo.1"));
  for (const [name, words] of Object.entries(documents)) {
    const { stdout } = await run(process.execPath, [join(bundle, "readygo.mjs"), ...words]);
    writeFileSync(join(into, name), stdout);
  }
}
