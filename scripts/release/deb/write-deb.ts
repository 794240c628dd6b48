import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { ReleaseArchitecture } from "../release-architecture.ts";
import { formatChangelog, formatControl, formatCopyright, lintianOverrides, maintainerScripts } from "./control.ts";

const run = promisify(execFile);

export interface DebOptions {
  readonly architecture: ReleaseArchitecture;
  readonly version: string;
  readonly maintainer: string;
  /** ISO 8601. */
  readonly time: string;
  readonly executable: string;
  /** The directory of the release, with what readygo prints of itself. */
  readonly release: string;
  /** Text of what apt is to know the repository by; empty for none. */
  readonly archiveKey: string;
  /** Public keys of the releases. */
  readonly releaseKeys: readonly string[];
  /** gzip, in seconds. */
  readonly isQuick: boolean;
}

/** Writes `into`/readygo_VERSION_ARCH.deb and returns its name. Everything it holds lies outside /usr/local. */
export async function writeDeb(into: string, options: DebOptions): Promise<string> {
  const { architecture, version, time, isQuick } = options;
  const root = mkdtempSync(join(tmpdir(), "readygo-deb-"));
  try {
    chmodSync(root, 0o755);
    writeTree(root, options);
    writeControl(root, options);
    const name = `readygo_${version}_${architecture}.deb`;
    mkdirSync(into, { recursive: true });
    // One thread: the same bytes on any number of processors.
    const compression = isQuick ? ["-Zgzip", "-z1"] : ["-Zxz", "-z9"];
    await run(
      "dpkg-deb",
      ["--root-owner-group", ...compression, "--threads-max=1", "--build", root, join(into, name)],
      { env: { ...process.env, SOURCE_DATE_EPOCH: String(Date.parse(time) / 1000) } },
    );
    return name;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function writeTree(root: string, options: DebOptions): void {
  const { executable, release, archiveKey, releaseKeys, version, maintainer, time } = options;
  const put = (path: string, content: string | Buffer, mode = 0o644): void => {
    const to = join(root, path);
    makeDirectories(root, dirname(path));
    writeFileSync(to, content);
    chmodSync(to, mode);
  };
  const read = (name: string): string => readFileSync(join(release, name), "utf8");
  const pack = (text: string): Buffer => gzipSync(text, { level: 9 });
  makeDirectories(root, "usr/bin");
  copyFileSync(executable, join(root, "usr/bin/readygo"));
  chmodSync(join(root, "usr/bin/readygo"), 0o755);
  const service = read("readygo-verify.service").replaceAll("/usr/local/lib/readygo/", "/usr/lib/readygo/");
  put(
    "usr/lib/systemd/system/readygo-verify.service",
    service.replace(/^# Shipped.*$/m, "# Off by default: systemctl enable --now readygo-verify.timer"),
  );
  put("usr/lib/systemd/system/readygo-verify.timer", read("readygo-verify.timer"));
  put(
    "usr/lib/readygo/readygo-verify",
    read("readygo-verify").replaceAll("/usr/local/bin/readygo", "/usr/bin/readygo"),
    0o755,
  );
  put("usr/share/man/man1/readygo.1.gz", pack(read("readygo.1")));
  put("usr/share/bash-completion/completions/readygo", read("readygo.bash"));
  put("usr/share/zsh/vendor-completions/_readygo", read("readygo.zsh"));
  put("usr/share/fish/vendor_completions.d/readygo.fish", read("readygo.fish"));
  put("usr/share/doc/readygo/copyright", formatCopyright(readFileSync("LICENSE", "utf8")));
  put("usr/share/doc/readygo/changelog.gz", pack(formatChangelog(version, maintainer, time)));
  put("usr/share/doc/readygo/THIRD-PARTY.txt.gz", pack(read("THIRD-PARTY.txt")));
  put("usr/share/lintian/overrides/readygo", lintianOverrides);
  for (const [at, line] of releaseKeys.entries()) {
    put(
      `usr/share/readygo/release-${at + 1}.pub`,
      `untrusted comment: a key that signs releases of readygo\n${line}\n`,
    );
  }
  if (archiveKey !== "") put("usr/share/keyrings/readygo-archive-keyring.asc", archiveKey);
}

function writeControl(root: string, options: DebOptions): void {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(root, name)).isFile())
    .toSorted();
  const bytes = files.reduce((sum, name) => sum + statSync(join(root, name)).size, 0);
  const sums = files.map(
    (name) =>
      `${createHash("md5")
        .update(readFileSync(join(root, name)))
        .digest("hex")}  ${name}\n`,
  );
  const control = join(root, "DEBIAN");
  mkdirSync(control, { mode: 0o755 });
  const write = (name: string, text: string, mode: number): void => {
    writeFileSync(join(control, name), text);
    chmodSync(join(control, name), mode);
  };
  write("control", formatControl(options.architecture, { ...options, installedKib: Math.ceil(bytes / 1024) }), 0o644);
  write("md5sums", sums.join(""), 0o644);
  for (const [name, text] of Object.entries(maintainerScripts)) write(name, text, 0o755);
}

/** Whatever the umask says. */
function makeDirectories(root: string, path: string): void {
  let at = root;
  for (const part of path.split("/")) {
    at = join(at, part);
    mkdirSync(at, { recursive: true });
    chmodSync(at, 0o755);
  }
}
