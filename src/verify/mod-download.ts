import { redactUrl } from "../errors/redact-url.ts";
import { askAccountGo, readAccountSettings } from "./account-settings.ts";
import { type Check, type CheckContext, fail, pass, warn } from "./check.ts";
import { describeRun, lastLine } from "./describe-run.ts";
import { diagnoseDownload } from "./diagnose-download.ts";
import { placeModule, runGo } from "./hermetic-go.ts";
import { networkVariables } from "./network-variables.ts";

export const modDownload: Check = {
  id: "mod-download",
  layer: 3,
  proves: "a small module comes through the account's own proxy settings into an empty module cache, checksum and all",
  needsRunning: true,
  needsGo: true,
  async run(context) {
    const result = await runGo(context, ["mod", "download", "-json", context.module], {
      module: await placeModule(context, "mod-download", "package main\n"),
      env: await downloadEnvironment(context),
    });
    const answer = parseAnswer(result.stdout);
    const seconds = (result.durationMs / 1000).toFixed(1);
    if (result.status === 0 && answer.sum !== undefined)
      return pass(`${context.module} ${answer.sum} after ${seconds} s`);
    if (result.signal !== null && result.endedBy === null) {
      return fail(
        `\`go mod download\` ${describeRun(result, context.timeoutMs)}`,
        `readygo install ${context.version} --repair`,
      );
    }
    const words = answer.error ?? lastLine(result.stderr);
    const { cause, remedy } = diagnoseDownload(
      result.endedBy === "time" ? undefined : `${answer.error ?? ""}\n${result.stderr}`,
    );
    const said = result.endedBy === "time" ? `${context.timeoutMs / 1000} s` : lastLine(words.replaceAll("\n", " "));
    return warn(`${context.module} cannot be downloaded, ${cause}: ${redactUrl(said)}`, remedy);
  },
};

/** The account's settings, and on top of them what readygo itself was started with. */
async function downloadEnvironment(context: CheckContext): Promise<Readonly<Record<string, string>>> {
  const answer = await askAccountGo(context);
  const { env } = await readAccountSettings(context);
  const network = networkVariables.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const settings = "values" in answer ? Object.entries(answer.values).filter(([, value]) => value !== "") : [];
  return { ...Object.fromEntries(network), ...Object.fromEntries(settings), ...context.passedEnvironment };
}

/** `go mod download -json` prints an object with Sum, or with Error. */
function parseAnswer(stdout: string): { readonly sum: string | undefined; readonly error: string | undefined } {
  const text = (key: string): string | undefined => {
    const match = new RegExp(`^\\t"${key}": (".*"),?$`, "m").exec(stdout);
    return match?.[1] === undefined ? undefined : String(JSON.parse(match[1]));
  };
  return { sum: text("Sum"), error: text("Error") };
}
