import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { makeSingleFile } from "./build/make-single-file.ts";
import { readBuildTime } from "./build/read-build-time.ts";
import { writeNotices } from "./build/write-notices.ts";
import { compress, type Form } from "./release/compress.ts";
import { findNode } from "./release/find-node.ts";
import { type ReleaseArchitecture, releaseArchitectures } from "./release/release-architecture.ts";
import { sha256OfFile } from "./release/sha256-of-file.ts";
import { type StampedFile, stampBootstrap } from "./release/stamp-bootstrap.ts";
import { writeCollection } from "./release/write-collection.ts";
import { writeSbom } from "./release/write-sbom.ts";

// npm run release [-- --base URL]: everything that a release is, into dist/release; docs/release.md says what. The same
// commit gives the same bytes. --quick leaves out the two forms that take minutes, --arch takes one architecture only.

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    base: { type: "string", default: "" },
    arch: { type: "string", multiple: true, default: [...releaseArchitectures] },
    quick: { type: "boolean", default: false },
    into: { type: "string", default: "dist/release" },
  },
});
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const forms: readonly Form[] = values.quick ? ["gz"] : ["xz", "zst", "gz"];
const architectures = releaseArchitectures.filter((architecture) => values.arch.includes(architecture));
if (architectures.length !== values.arch.length) throw new Error(`--arch is one of ${releaseArchitectures.join(", ")}`);
const cache = "dist/cache";
const into = values.into;

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
await run("npm", ["run", "--silent", "build"]);
const files: StampedFile[] = [];
for (const architecture of architectures) files.push(...(await writeExecutable(architecture)));
await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", into]);
const bootstrap = stampBootstrap(readFileSync("scripts/bootstrap.sh", "utf8"), { version, base: values.base, files });
writeFileSync(join(into, "bootstrap.sh"), bootstrap);
chmodSync(join(into, "bootstrap.sh"), 0o755);
writeUnits();
await writeCollection(into, { version, base: values.base, files, time: readBuildTime() });
await writeSbom(join(into, "readygo.spdx.json"), readBuildTime());
copyFileSync("LICENSE", join(into, "LICENSE"));
writeNotices(join(into, "THIRD-PARTY.txt"), true);
await writeWhatReadygoPrints();
await writeSums();

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
    // A bootstrap that was not told where it is served from could not bring anything to a machine.
    "user-data": ["cloud-init", ...(values.base === "" ? [] : ["--base", resolve(into)])],
    "readygo.bash": ["completion", "bash"],
    "readygo.zsh": ["completion", "zsh"],
    "readygo.fish": ["completion", "fish"],
  };
  copyFileSync("docs/readygo.1", join(into, "readygo.1"));
  for (const [name, words] of Object.entries(documents)) {
    const { stdout } = await run(process.execPath, ["dist/readygo.mjs", ...words]);
    writeFileSync(join(into, name), stdout);
  }
}

async function writeSums(): Promise<void> {
  const lines: string[] = [];
  for (const name of readdirSync(into).sort()) lines.push(`${await sha256OfFile(join(into, name))}  ${name}\n`);
  writeFileSync(join(into, "SHA256SUMS"), lines.join(""));
}
