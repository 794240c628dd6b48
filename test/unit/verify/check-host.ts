import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { absolutePath, type AbsolutePath } from "../../../src/host/absolute-path.ts";
import { places } from "../../../src/host/places.ts";
import type { Account, Processes } from "../../../src/host/ports.ts";
import { realClock } from "../../../src/host/real-clock.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";
import { createRealProcesses } from "../../../src/host/child/real-processes.ts";
import { scanTree } from "../../../src/host/trees/scan-tree.ts";
import type { Architecture } from "../../../src/release/architecture.ts";
import { type GoVersion, parseGoVersion } from "../../../src/release/go-version.ts";
import type { TreeManifest } from "../../../src/release/tree-manifest.ts";
import type { CheckContext } from "../../../src/verify/check.ts";

export const hostArchitecture: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** Only root's trees are whole, and only root becomes another account. */
export const isRoot = process.getuid?.() === 0;

/** The release at this machine's /usr/local/go; undefined where there is none. */
export const machineVersion: GoVersion | undefined = readMachineVersion();

export const wantedVersion = parseGoVersion("go1.27.4") as GoVersion;

/** What a context wants unless a test says otherwise. */
export const contextVersion = machineVersion ?? wantedVersion;

function readMachineVersion(): GoVersion | undefined {
  try {
    return parseGoVersion(readFileSync(`${places.goroot}/VERSION`, "utf8").split("\n")[0] ?? "");
  } catch {
    return undefined;
  }
}

/** A directory that goes when the test does. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "readygo-test-"));
  chmodSync(directory, 0o755);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function place(root: string, files: Readonly<Record<string, string | Uint8Array>>, mode = 0o644): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
  }
}

/** This machine, with a home of its own for the account; a check may be given any other part. */
export function makeContext(overrides: Partial<CheckContext> = {}): CheckContext {
  const scratch = makeDirectory();
  let accountScratch: AbsolutePath | undefined;
  const files = overrides.files ?? createRealFiles("");
  return {
    files,
    scanTree: () => scanTree(files.locate(places.goroot), { hash: true }),
    processes: createRealProcesses(),
    clock: realClock,
    version: contextVersion,
    architecture: hostArchitecture,
    receipt: undefined,
    manifest: undefined,
    account: makeAccount("/bin/bash"),
    unrunnable: null,
    passedEnvironment: {},
    scratch: absolutePath(scratch),
    accountScratch: () => (accountScratch ??= makeOwned(overrides.account)),
    module: "rsc.io/quote@v1.5.2",
    timeoutMs: 120_000,
    ...overrides,
  };
}

function makeOwned(account: Account | undefined): AbsolutePath {
  const directory = makeDirectory();
  if (account !== undefined) chownSync(directory, account.uid, account.gid);
  return absolutePath(directory);
}

/** An account with the test's own uid and an empty home, or with the files given in it. */
export function makeAccount(shell: string, home: Readonly<Record<string, string>> = {}): Account {
  const directory = makeDirectory();
  place(directory, home);
  return {
    name: "ada",
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    home: absolutePath(directory),
    shell: absolutePath(shell),
  };
}

/** Real children, with a shell script standing in for /usr/local/go/bin/go. */
export function withGo(script: string): Processes {
  const real = createRealProcesses();
  const program = join(makeDirectory(), "go");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return {
    run: (request) => {
      const [command, ...args] = request.argv;
      return real.run({ ...request, argv: [command === places.goBinary ? program : command, ...args] });
    },
  };
}

/** The manifest that a tree on the disk would have been unpacked with. */
export function manifestOf(root: string): TreeManifest {
  const scan = scanTree(root, { hash: true });
  return {
    directories: scan.directories,
    files: scan.files.flatMap(({ sha256, ...file }) => (sha256 === undefined ? [] : [{ ...file, sha256 }])),
  };
}

/** The first bytes of an ELF program of an architecture. */
export function elfHeader(architecture: Architecture): Uint8Array {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header[18] = architecture === "amd64" ? 62 : 183;
  return header;
}
