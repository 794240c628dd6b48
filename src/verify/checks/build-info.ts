import type { GoLanguage } from "../../release/go-version.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { describeRun } from "../../host/child/describe-run.ts";
import { places } from "../../host/places.ts";
import { remedyOfRun } from "../remedy-of-run.ts";
import { type Check, fail, pass } from "../check.ts";
import { runGo } from "../hermetic-go.ts";
import { listPrograms } from "../list-programs.ts";

export const buildInfo: Check = {
  id: "build-info",
  layer: 1,
  proves: "each program in bin and pkg/tool says by `go version -m` that this release made it, for this architecture",
  cost: "start",
  bound: 2,
  needsRunning: true,
  // Until then `go version` looked at no file.
  since: "1.13" as GoLanguage,
  async run(context) {
    const { version, architecture } = context;
    const remedy = `readygo install ${version} --repair`;
    const programs = listPrograms(context);
    const paths = programs.map((program) => absolutePath(places.goroot, program));
    const result = await runGo(context, ["version", "-m", ...paths]);
    if (result.status !== 0)
      return fail(`\`go version -m\` fails: ${describeRun(result, context.timeoutMs)}`, remedyOfRun(result, context));
    const said = parseBuildInfo(result.stdout);
    const wrong = programs.flatMap((program) => {
      const found = said.get(`${places.goroot}/${program}`);
      if (found === undefined) return [`${program} says nothing`];
      if (found.version !== version) return [`${program} is of ${found.version}`];
      // From go1.18 on.
      const isForOther = found.architecture !== undefined && found.architecture !== architecture;
      return isForOther ? [`${program} is for ${found.architecture}`] : [];
    });
    return wrong.length === 0
      ? pass(`${programs.length} programs of ${version}`)
      : fail(`not of ${version} linux/${architecture}: ${wrong.slice(0, 5).join(", ")}`, remedy);
  },
};

interface BuildInfo {
  readonly version: string;
  readonly architecture: string | undefined;
}

/** `PATH: go1.26.8`, then lines that begin with a tab: `path`, `mod`, `build NAME=VALUE`. */
function parseBuildInfo(text: string): ReadonlyMap<string, BuildInfo> {
  const programs = new Map<string, BuildInfo>();
  for (const [, path = "", version = "", lines = ""] of text.matchAll(/^(\/.*): (\S+).*\n((?:\t.*\n?)*)/gm)) {
    programs.set(path, { version, architecture: /^\tbuild\tGOARCH=(\S+)$/m.exec(lines)?.[1] });
  }
  return programs;
}
