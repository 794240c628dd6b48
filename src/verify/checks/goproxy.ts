import { redactUrl } from "../../errors/redact-url.ts";
import type { GoLanguage } from "../../release/go-version.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { parseGoEnvFile } from "../../release/go-env-file.ts";
import { askAccountGo, readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, fail, pass, warn } from "../check.ts";
import { findSettingOrigins } from "../trace-origins.ts";
import { adviseUnset } from "./foreign-settings.ts";

export const goproxy: Check = {
  id: "goproxy",
  layer: 2,
  proves: "the account's go fetches modules from where the release does by default",
  cost: "start",
  bound: 6,
  needsRunning: true,
  // go.env, which has the release's own defaults, came with it.
  since: "1.21" as GoLanguage,
  async run(context) {
    const goEnv = context.files.read(absolutePath(places.goroot, "go.env"))?.toString("utf8");
    const standard = goEnv === undefined ? undefined : parseGoEnvFile(goEnv)["GOPROXY"];
    if (!standard) {
      return fail(
        `${places.goroot}/go.env ${goEnv === undefined ? "is not there" : "sets no GOPROXY"}`,
        `readygo install ${context.version} --repair`,
      );
    }
    const answer = await askAccountGo(context);
    if ("failure" in answer) {
      return warn(
        `\`go env GOPROXY\` does not answer ${context.account.name}: ${redactUrl(answer.failure)}`,
        `see  go env  as ${context.account.name}`,
      );
    }
    const effective = answer.values["GOPROXY"] ?? "";
    if (effective === standard) return pass(standard);
    const { evidence, remedy } = await describeOverride(context);
    return warn(
      `GOPROXY is ${redactUrl(effective)}, the release's own is ${standard}; overridden by ${evidence}`,
      remedy,
    );
  },
};

async function describeOverride(
  context: CheckContext,
): Promise<{ readonly evidence: string; readonly remedy: string }> {
  const { env, goenv } = await readAccountSettings(context);
  if (env["GOPROXY"]) {
    const origins = await findSettingOrigins(context, "GOPROXY");
    return {
      evidence: origins.length === 0 ? "the variable GOPROXY in the login shell" : origins.join(", "),
      remedy: adviseUnset(context, "GOPROXY"),
    };
  }
  return {
    evidence: goenv?.path ?? "its settings",
    remedy: `if that is not wanted:  go env -u GOPROXY  as ${context.account.name}`,
  };
}
