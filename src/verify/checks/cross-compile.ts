import { absolutePath } from "../../host/absolute-path.ts";
import { otherArchitecture, parseElfArchitecture } from "../../release/architecture.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, fail, pass } from "../check.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { buildFlags, placeModule, runGo } from "../hermetic-go.ts";

/** Needs the runtime alone, which is compiled anew for the other architecture. */
const program = 'package main\n\nfunc main() { println("OK") }\n';

export const crossCompile: Check = {
  id: "cross-compile",
  layer: 3,
  proves: "a program for the other architecture compiles and links, by the ELF header of what comes out",
  cost: "build",
  bound: 2,
  needsRunning: true,
  async run(context) {
    const target = otherArchitecture(context.architecture);
    const module = await placeModule(context, "cross-compile", program);
    const output = absolutePath(module, "program");
    const result = await runGo(context, ["build", ...buildFlags(context), "-ldflags=-s -w", "-o", output, "."], {
      module,
      env: { GOOS: "linux", GOARCH: target },
    });
    const remedy = `readygo install ${context.version} --repair`;
    if (result.status !== 0)
      return fail(
        `\`go build\` for ${target} fails: ${describeRun(result, context.timeoutMs)}`,
        remedyOfRun(result, context),
      );
    const found = parseElfArchitecture(context.files.readStart(output, 64) ?? Buffer.alloc(0));
    if (found !== target)
      return fail(`\`go build\` for ${target} made ${found === undefined ? "no program" : `one for ${found}`}`, remedy);
    return pass(`linux/${target} program after ${(result.durationMs / 1000).toFixed(1)} s`);
  },
};
