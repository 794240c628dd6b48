import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { createChooseProxy, describeWay } from "../../fetch/http/choose-proxy.ts";
import type { RunResult } from "../../host/ports.ts";
import { fetchBounds } from "../../host/child/run-bounds.ts";
import { askAccountGo, readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, fail, type Finding, pass, warn } from "../check.ts";
import type { GoLanguage } from "../../release/go-version.ts";
import { describeRun, lastLine } from "../../host/child/describe-run.ts";
import { type Diagnosis, diagnoseDownload } from "../diagnose-download.ts";
import { findsCertificates } from "../find-certificates.ts";
import { describeModuleWay } from "../module-way.ts";
import { findSettingOrigins } from "../trace-origins.ts";
import { offerProxies } from "../offer-proxies.ts";
import { openAccountPlace, placeModule, runGo, runGoAsAccount } from "../hermetic-go.ts";
import { restrictForRoot } from "../root-download.ts";

/** What a login shell tells every program about the way out. */
export const networkVariables = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
] as const;

export const modDownload: Check = {
  id: "mod-download",
  layer: 3,
  proves: "a small module comes through the account's own proxy settings into an empty module cache, checksum and all",
  cost: "fetch",
  bound: 6,
  needsRunning: true,
  // Modules came with 1.11, `go mod download -json` of a module that none requires with 1.16.
  since: "1.16" as GoLanguage,
  run: (context) => (context.account.uid === 0 ? downloadAsRoot(context) : downloadAsAccount(context)),
};

const name = "mod-download";
const mainGo = "package main\n";

async function downloadAsAccount(context: CheckContext): Promise<Finding> {
  try {
    const module = await placeModule(context, name, mainGo, await openAccountPlace(context));
    const env = await downloadSettings(context);
    const run = await runGoAsAccount(context, ["mod", "download", "-json", context.module], { module, env });
    return await judge(context, run, env);
  } catch (error) {
    // The account's quota, say, or its limits: nothing that the tree could be blamed for.
    const why = error instanceof Error ? error.message : String(error);
    return warn(
      `${context.module} cannot be asked for as ${context.account.name}: ${redactUrl(why)}`,
      `look at the error that is named, as ${context.account.name}`,
    );
  }
}

async function downloadAsRoot(context: CheckContext): Promise<Finding> {
  const answer = await askAccountGo(context);
  if ("failure" in answer)
    return warn(`\`go env\` does not answer root: ${redactUrl(answer.failure)}`, "see  go env  as root");
  const settings = await downloadSettings(context);
  const { env, hasProxy, leftOut } = restrictForRoot(settings);
  if (!hasProxy) {
    return warn(
      `${context.module} was not asked for: GOPROXY is ${redactUrl(settings["GOPROXY"] ?? "")}, and root's check uses http and https proxies alone`,
      "readygo verify --user NAME  tries it with an account's own settings",
    );
  }
  const module = await placeModule(context, name, mainGo);
  const run = await runGo(context, ["mod", "download", "-json", context.module], { module, env, bounds: fetchBounds });
  const finding = await judge(context, run, env);
  if (leftOut.length === 0) return finding;
  return { ...finding, evidence: `${finding.evidence}; root's check leaves out ${leftOut.join(", ")}` };
}

async function judge(
  context: CheckContext,
  result: RunResult,
  settings: Readonly<Record<string, string>>,
): Promise<Finding> {
  const answer = parseAnswer(result.stdout);
  const way = describeModuleWay(settings, context.module);
  const seconds = (result.durationMs / 1000).toFixed(1);
  if (result.status === 0 && answer.sum !== undefined)
    return pass(`${context.module} ${answer.sum} ${way.asked} after ${seconds} s, ${way.checked}`);
  if (result.endedBy !== null && result.endedBy !== "time") {
    return warn(
      `${context.module} cannot be downloaded: go was ${describeRun(result, context.timeoutMs)}`,
      "look at what GOPROXY and GOSUMDB name: what comes from there is too large",
    );
  }
  // An account can end what runs as it, and so may what its settings name.
  const isTreesFault = context.account.uid === 0;
  if (result.signal !== null && result.endedBy === null && isTreesFault) {
    return fail(
      `\`go mod download\` ${describeRun(result, context.timeoutMs)}`,
      `readygo install ${context.version} --repair`,
    );
  }
  const isTimedOut = result.endedBy === "time";
  const words = answer.error ?? lastLine(result.stderr);
  const text = isTimedOut ? undefined : `${answer.error ?? ""}\n${result.stderr}`;
  const { kind, cause, remedy } = (await diagnoseTrust(context, text, settings)) ?? diagnoseDownload(text, way.direct);
  const offer = way.direct === undefined ? await offerProxies(context, kind) : undefined;
  const said = isTimedOut ? `${context.timeoutMs / 1000} s` : lastLine(words.replaceAll("\n", " "));
  const by = describeHttpProxy(settings);
  const why = `${cause}${by === undefined ? "" : ` (${by})`}`;
  return warn(`${context.module} cannot be downloaded, ${why}: ${redactUrl(said)}`, offer ?? remedy);
}

/** By way of which HTTP proxy go asks the first of its module proxies that has an address. */
function describeHttpProxy(settings: Readonly<Record<string, string>>): string | undefined {
  const first = (settings["GOPROXY"] ?? "").split(/[,|]/).find((entry) => /^\s*https?:\/\//i.test(entry));
  if (first === undefined || !URL.canParse(first)) return undefined;
  try {
    return describeWay(createChooseProxy({ env: settings })(new URL(first)));
  } catch (error) {
    // It is no address of one: go's own words say so.
    if (error instanceof ProvisionError) return undefined;
    throw error;
  }
}

/**
 * Why no certificate at all is believed, where that is the host's doing or a setting's; else it is the network's. Go takes
 * the certificates of a file and those of a directory together: one of them that leads to nothing does no harm alone.
 */
async function diagnoseTrust(
  context: CheckContext,
  text: string | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<Diagnosis | undefined> {
  if (text?.includes("certificate signed by unknown authority") !== true) return undefined;
  if (await findsCertificates(context, settings)) return undefined;
  const named = (["SSL_CERT_FILE", "SSL_CERT_DIR"] as const).filter((name) => settings[name] !== undefined);
  const cause = "TLS: no certificate can be checked, since";
  if (named.length === 0)
    return {
      kind: "no-certificates",
      cause: `${cause} the host has no CA certificates`,
      remedy: "apt-get install ca-certificates",
    };
  const origins = await Promise.all(named.map((name) => findSettingOrigins(context, name)));
  const places = named.map((name, at) => [name, ...(origins[at] ?? []).slice(0, 1)].join(" in "));
  const settingsText = named.map((name) => `${name}=${settings[name]}`).join(" and ");
  return {
    kind: "no-certificates",
    cause: `${cause} ${settingsText} ${named.length === 1 ? "leads" : "lead"} to nothing`,
    remedy: `correct ${places.join(" and ")}, or take ${named.length === 1 ? "it" : "them"} out: nothing else depends on that`,
  };
}

/** The account's settings, and on top of them what readygo itself was started with by the account. */
export async function downloadSettings(context: CheckContext): Promise<Readonly<Record<string, string>>> {
  const answer = await askAccountGo(context);
  const { env } = await readAccountSettings(context);
  const network = networkVariables.flatMap((variable) =>
    env[variable] === undefined ? [] : [[variable, env[variable]] as const],
  );
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
