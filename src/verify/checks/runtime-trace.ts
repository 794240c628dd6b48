import { places } from "../../host/places.ts";
import { buildBounds } from "../../host/child/run-bounds.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, pass, skip, warn } from "../check.ts";
import { openAccountPlace, placeModule, runGoAsAccount } from "../hermetic-go.ts";
import { parseStrace, straceOptions, type TracedRun } from "../parse-strace.ts";

const program = 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("OK\\n") }\n';
const MiB = 1024 * 1024;

export const runtimeTrace: Check = {
  id: "runtime-trace",
  layer: 3,
  proves:
    "which programs `go run` executes with the account's own settings, and what it opens outside the tree, its caches and the system's libraries: no other toolchain takes part",
  cost: "trace",
  bound: 4,
  isVerifyOnly: true,
  needsRunning: true,
  async run(context) {
    const place = await openAccountPlace(context);
    const result = await runGoAsAccount(context, ["run", "main.go"], {
      under: ["strace", ...straceOptions],
      module: await placeModule(context, "runtime-trace", program, place),
      env: await listSettings(context),
      timeoutMs: 4 * context.timeoutMs,
      bounds: { ...buildBounds(), outputBytes: 64 * MiB },
    });
    if (result.status === 127 || /^strace: .*ptrace/m.test(result.stderr))
      return skip("strace is not there, or may not watch programs here", "sudo apt-get install strace");
    const traced = parseStrace(result.stderr);
    const own = isOwn(place.scratch);
    const others = traced.programs.filter((path) => isToolchain(path) && !own(path));
    const outside = listOutside(traced, own);
    const seen = [...traced.programs.map((path) => `executes ${path}`), ...outside.map((path) => `opens ${path}`)];
    if (others.length > 0) {
      return {
        ...warn(
          `another toolchain takes part in \`go run\` of ${context.account.name}: ${others.slice(0, mostNamed).join(", ")}`,
          "see who names it:  readygo verify --only account-go,go-env,no-goroot",
        ),
        seen,
      };
    }
    if (result.status !== 0 || result.stdout !== "OK\n") {
      const how = describeRun({ ...result, stderr: traced.words }, context.timeoutMs);
      return {
        ...warn(`\`go run\` of ${context.account.name} does not print OK: ${how}`, "see  readygo verify --only go-env"),
        seen,
      };
    }
    const rest = outside.length > mostNamed ? ` and ${outside.length - mostNamed} more` : "";
    const named = outside.length === 0 ? "nothing" : `${outside.slice(0, mostNamed).join(", ")}${rest}`;
    return {
      ...pass(
        `\`go run\` of ${context.account.name} executed ${traced.programs.filter(own).length} programs of this tree or built by it; besides it used ${named}`,
      ),
      seen,
    };
  },
};

const mostNamed = 6;

/** A program of any Go: what go starts is named by its tree, or by its release (`go1.27.4` of golang.org/dl). */
function isToolchain(path: string): boolean {
  return /\/(?:(?:go|gofmt|go1\.[\d.]+\w*)|pkg\/tool\/[^/]+\/[^/]+)$/.test(path);
}

/** The tree, what readygo has made for the run, and what a program of this module is. */
function isOwn(scratch: string): (path: string) => boolean {
  return (path) => [places.goroot, scratch].some((root) => path === root || path.startsWith(`${root}/`));
}

const system =
  /^\/(?:proc|sys|dev|usr\/lib|usr\/lib64|usr\/libx32|lib|lib64)\/|^\/etc\/ld\.so\.|^(?:pipe|socket|anon_inode):/;

function listOutside({ files, programs }: TracedRun, own: (path: string) => boolean): readonly string[] {
  return [...new Set([...programs, ...files])].filter((path) => !own(path) && !system.test(path));
}

/** What the account's shells have set for go, and its file; modules are looked for in its own cache and fetched from nowhere. */
async function listSettings(context: CheckContext): Promise<Readonly<Record<string, string>>> {
  const { env, goenv } = await readAccountSettings(context);
  const names = Object.keys(env).filter((name) =>
    /^(?:GO[A-Z0-9]+|CGO_[A-Z_]+|CC|CXX|AR|FC|PKG_CONFIG|PATH)$/.test(name),
  );
  const own = Object.fromEntries(names.map((name) => [name, env[name] ?? ""]));
  const gopath = env["GOPATH"] || goenv?.settings["GOPATH"] || `${context.account.home}/go`;
  return {
    GOTOOLCHAIN: "",
    GOFLAGS: "",
    CGO_ENABLED: "",
    GOPATH: "",
    GOMODCACHE: goenv?.settings["GOMODCACHE"] || `${gopath.split(":")[0]}/pkg/mod`,
    ...own,
    GOCACHE: `${context.accountScratch()}/trace-cache`,
    GOENV: goenv === null ? "off" : goenv.path,
    GOPROXY: "off",
    GOWORK: "off",
    GO111MODULE: "on",
  };
}
