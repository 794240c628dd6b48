import type { GoLanguage } from "../../release/go-version.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { elfStartBytes, parseElfProgram } from "../../release/elf-program.ts";
import { type Check, type CheckContext, fail, type Finding, pass, skip, warn } from "../check.ts";
import { findCompiler } from "../find-compiler.ts";
import type { RunResult } from "../../host/ports.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { placeModule, runGo } from "../hermetic-go.ts";

/** `import "C"` is what lets a C compiler take part. */
const program = `package main

// static int answer(void) { return 42; }
import "C"

func main() { println(int(C.answer())) }
`;
const plain = "package main\n\nfunc main() { println(42) }\n";

export const cgoBuild: Check = {
  id: "cgo-build",
  layer: 3,
  proves: "with a C compiler a program links dynamically and runs, and without cgo it is static, by the ELF headers",
  cost: "build",
  bound: 4,
  isVerifyOnly: true,
  needsRunning: true,
  // From then on a build needs neither GOPATH nor a place in it.
  since: "1.13" as GoLanguage,
  async run(context) {
    const compiler = findCompiler(context);
    const without = await build(context, "cgo-without", plain, { CGO_ENABLED: "0" });
    if ("finding" in without) return without.finding;
    if (without.interpreter !== null)
      return fail(`a program without cgo needs ${without.interpreter}`, repair(context));
    if (compiler === undefined)
      return skip(
        "static without cgo; there is no C compiler (apt-get install gcc libc6-dev), so nothing is built with it",
      );
    const cgo = { CGO_ENABLED: "1", CC: compiler, PATH: "/usr/bin:/bin" };
    const withIt = await build(context, "cgo-with", program, cgo);
    // A compiler without headers, say: nothing that another tree would cure.
    if ("finding" in withIt) return { ...withIt.finding, status: "warn" };
    if (withIt.interpreter === null) return warn("a program with cgo is static", `look at what ${compiler} is`);
    return pass(`with ${compiler} dynamic (${withIt.interpreter}) and runs; without cgo static`);
  },
};

async function build(
  context: CheckContext,
  name: string,
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly interpreter: string | null } | { readonly finding: Finding }> {
  const module = await placeModule(context, name, source);
  const output = absolutePath(module, "program");
  const built = await runGo(context, ["build", "-o", output, "."], { module, env });
  const how = env["CGO_ENABLED"] === "1" ? "with cgo" : "without cgo";
  const isCgo = env["CGO_ENABLED"] === "1";
  const remedyOf = (run: RunResult): string =>
    isCgo && run.endedBy !== "time" ? "apt-get install gcc libc6-dev, or set CGO_ENABLED=0" : remedyOfRun(run, context);
  if (built.status !== 0)
    return { finding: fail(`\`go build\` ${how} fails: ${describeRun(built, context.timeoutMs)}`, remedyOf(built)) };
  const ran = await context.processes.run({
    argv: [output],
    env: { PATH: "/usr/bin:/bin" },
    cwd: module,
    timeoutMs: context.timeoutMs,
  });
  if (ran.stderr !== "42\n")
    return { finding: fail(`the program ${how} does not run: ${describeRun(ran, context.timeoutMs)}`, remedyOf(ran)) };
  const elf = parseElfProgram(context.files.readStart(output, elfStartBytes) ?? Buffer.alloc(0));
  return { interpreter: elf?.interpreter ?? null };
}

function repair({ version }: CheckContext): string {
  return `readygo install ${version} --repair`;
}
