import { absolutePath } from "../../../src/host/absolute-path.ts";
import { findGoTree, listGoPlaces, systemGoPlaces } from "../../../src/host/trees/find-go-trees.ts";
import { places } from "../../../src/host/places.ts";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { cached, checkout, labCache } from "../suite/lab-cache.ts";

const run = promisify(execFile);

/**
 * Runs this machine's own go command, with the settings that it has (GOPROXY above all) and its caches in the lab's.
 * `env` adds to the environment. Throws where there is no Go, or with what it printed where it failed.
 */
export async function runGo(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<string> {
  mkdirSync(labCache, { recursive: true });
  const { stdout } = await run(findGo(), [...args], {
    cwd: options.cwd ?? labCache,
    maxBuffer: 16 << 20,
    env: {
      ...process.env,
      GOTOOLCHAIN: "local",
      GOFLAGS: "-modcacherw",
      GOWORK: "off",
      GOCACHE: join(labCache, "go-build"),
      ...options.env,
    },
  });
  return stdout;
}

/** The list that releases name in their own go.env; it is read there, and written nowhere. */
export function readDefaultGoproxy(): string {
  const env = { HOME: labCache, GOENV: "/dev/null", GOTOOLCHAIN: "local", GOTELEMETRY: "off" };
  return execFileSync(findGo(), ["env", "GOPROXY"], { env, encoding: "utf8" }).trim();
}

/** The host of its first entry. */
export function readDefaultProxyName(): string {
  return new URL(readDefaultGoproxy().split(/[,|]/)[0] ?? "").hostname;
}

/** The go command of this machine: the first on PATH, else where releases and distributions put it. */
export function findGo(): string {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin", "/usr/lib/go/bin"];
  const found = directories.map((directory) => join(directory, "go")).find(isExecutable);
  if (found === undefined) {
    throw new Error("the lab needs a Go on this machine to fetch and pack releases; run scripts/bootstrap.sh first");
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A program of scripts/lab built from its one file; built again when that file changes. */
export async function goProgram(name: "pack" | "small-go"): Promise<string> {
  const source = join(checkout, "scripts/lab", name, "main.go");
  const key = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const directory = await cached(`programs/${name}-amd64-${key}`, async (into) => {
    await runGo(["build", "-trimpath", "-ldflags=-s -w", "-o", join(into, name), source], {
      env: { CGO_ENABLED: "0", GOARCH: "amd64", GOOS: "linux" },
    });
  });
  return join(directory, name);
}

/**
 * This machine's official tree of `version`, where it has one: it brings the four folders that a toolchain module
 * leaves out (`api doc misc test`), which don't depend on the architecture. Where readygo was tried on this machine it is
 * the one that readygo has put aside.
 */
export function findOfficialTree(version: string): string | undefined {
  return [places.goroot, ...listOtherGos()].find((root) => {
    const isVersion =
      existsSync(join(root, "VERSION")) && readFileSync(join(root, "VERSION"), "utf8").startsWith(`go${version}\n`);
    return isVersion && ["api", "doc", "misc", "test"].every((name) => existsSync(join(root, name)));
  });
}

/** Every other Go of this machine, where `doctor` would find it: what a host must be without to have none. */
export function listOtherGos(): readonly string[] {
  const found = systemGoPlaces
    .flatMap((pattern) => listGoPlaces("", { base: absolutePath("/"), pattern, mostEntries: 10_000 }).paths)
    .flatMap((path) => findGoTree("", path) ?? []);
  return [...new Set(found)].filter((path) => path !== places.goroot);
}
