import { absolutePath } from "../../host/absolute-path.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import type { GoLanguage } from "../../release/go-version.ts";
import { hashBytes } from "../../release/sha256.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, type CheckContext, fail, pass, skip, warn } from "../check.ts";
import { findCompiler } from "../find-compiler.ts";
import { placeModule, runGo } from "../hermetic-go.ts";

const common = {
  layer: 3,
  cost: "deep",
  bound: 10,
  isVerifyOnly: true,
  needsRunning: true,
  since: "1.13" as GoLanguage,
} as const;

const racy = `package main

func main() {
	shared := 0
	done := make(chan bool)
	go func() { shared = 1; done <- true }()
	shared = 2
	<-done
	println(shared)
}
`;

/** The race detector ends a program in which it has seen a race with this (go.dev/doc/articles/race_detector, exitcode). */
const raceStatus = 66;

export const raceDetector: Check = {
  ...common,
  id: "race-detector",
  proves: "a program with a data race is built with -race, and the race is found",
  async run(context) {
    const compiler = findCompiler(context);
    if (compiler === undefined) return skip("it needs a C compiler (apt-get install gcc libc6-dev)");
    const module = await placeModule(context, "race", racy);
    const output = absolutePath(module, "program");
    const env = { CGO_ENABLED: "1", CC: compiler, PATH: "/usr/bin:/bin" };
    const built = await runGo(context, ["build", "-race", "-o", output, "."], {
      module,
      env,
      timeoutMs: whole(context),
    });
    if (built.status !== 0)
      return warn(`\`go build -race\` fails: ${describeRun(built, whole(context))}`, "apt-get install gcc libc6-dev");
    const { timeoutMs } = context;
    const ran = await context.processes.run({ argv: [output], env: { PATH: "/usr/bin:/bin" }, cwd: module, timeoutMs });
    if (ran.status === raceStatus && ran.stderr.includes("WARNING: DATA RACE")) return pass("the race was found");
    return fail(`a race was not found: ${describeRun(ran, timeoutMs)}`, remedyOfRun(ran, context));
  },
};

const testGo = `package main

import "testing"

func TestGood(t *testing.T) {}

func TestBad(t *testing.T) { t.Error("as it should") }
`;

export const goTest: Check = {
  ...common,
  id: "go-test",
  proves: "`go test` of a new module passes a good test and fails a bad one",
  async run(context) {
    const module = await placeModule(context, "go-test", "package main\n\nfunc main() {}\n", {
      scratch: context.scratch,
      test: testGo,
    });
    const run = (name: string) =>
      runGo(context, ["test", "-vet=off", "-run", `^${name}$`, "."], { module, timeoutMs: whole(context) });
    const good = await run("TestGood");
    if (good.status !== 0)
      return fail(`a good test fails: ${describeRun(good, whole(context))}`, remedyOfRun(good, context));
    const bad = await run("TestBad");
    return bad.status === 1 && bad.stdout.includes("as it should")
      ? pass("a good test passes, a bad one fails")
      : fail(`a bad test does not fail: ${describeRun(bad, whole(context))}`, remedyOfRun(bad, context));
  },
};

export const sameBytes: Check = {
  ...common,
  id: "same-bytes",
  proves: "the same program built twice, each from an empty build cache, has the same bytes",
  async run(context) {
    const module = await placeModule(context, "same-bytes", "package main\n\nfunc main() { println(1) }\n");
    const hashes: string[] = [];
    for (const time of ["once", "twice"]) {
      const output = absolutePath(module, time);
      const cache = absolutePath(context.scratch, `build-cache-${time}`);
      const built = await runGo(context, ["build", "-trimpath", "-o", output, "."], {
        module,
        env: { GOCACHE: cache },
        timeoutMs: whole(context),
      });
      if (built.status !== 0)
        return fail(`\`go build\` fails: ${describeRun(built, whole(context))}`, remedyOfRun(built, context));
      hashes.push(hashBytes(context.files.read(output) ?? Buffer.alloc(0)));
    }
    const [once = "", twice] = hashes;
    return once === twice
      ? pass(`sha256:${once} both times`)
      : fail(`sha256:${once}, and then ${twice}`, repair(context));
  },
};

function whole({ timeoutMs }: CheckContext): number {
  return common.bound * timeoutMs;
}

function repair({ version }: CheckContext): string {
  return `readygo install ${version} --repair`;
}
