import { posix } from "node:path";
import { lookAt } from "../../environment/find-go.ts";
import { compareGoVersions, parseGoVersion } from "../../release/go-version.ts";
import { askAccountGo, readAccountSettings } from "../../verify/account-settings.ts";
import { runGoAsAccount } from "../../verify/hermetic-go.ts";
import { readValues, settingDiagnostic, type SettingQuestion } from "./setting-diagnostic.ts";

export const gotoolchainOlder = settingDiagnostic({
  id: "gotoolchain-older",
  names: ["GOTOOLCHAIN"],
  sees: "GOTOOLCHAIN pinned to a release that is older than the installed one",
  why: "The go command starts that release in its own place, with its bugs and without the fixes of this one.",
  judge({ context: { release }, value }) {
    const version = parseGoVersion(nameOf(value));
    if (version === undefined || release === undefined) return undefined;
    return compareGoVersions(version, release.version) < 0 ? { how: `${release.version} is installed` } : undefined;
  },
});

export const gotoolchainOffline = settingDiagnostic({
  id: "gotoolchain-offline",
  names: ["GOTOOLCHAIN"],
  sees: "GOTOOLCHAIN with a release that is neither on this host nor to be had",
  why: "Every go command stops, `go version` too.",
  async judge(question) {
    const name = nameOf(question.value);
    const { release } = question.context;
    if (release === undefined || !name.startsWith("go1") || name === release.version) return undefined;
    if (await isOnHost(question, name)) return undefined;
    const why = await whyNotFetched(question, name);
    return why === undefined ? undefined : { how: `${name} is not in the module cache, and cannot be fetched: ${why}` };
  },
});

/** `go1.22.5` of `go1.22.5+auto`. */
function nameOf(value: string): string {
  return value.replace(/\+(?:auto|path)$/, "");
}

/** In the module cache, or as a program of that name on PATH, which go tries first. */
async function isOnHost(question: SettingQuestion, name: string): Promise<boolean> {
  const { context, account } = question;
  const { environments, env } = await readAccountSettings(context.of(account));
  const paths = [env, ...environments.map((each) => each.env)].flatMap((each) => (each["PATH"] ?? "").split(":"));
  const caches = await listCaches(question);
  const places = [
    ...caches.map((cache) => `${cache}/golang.org/${moduleOf(question, name)}/bin/go`),
    ...paths.map((each) => posix.join(each, name)),
  ].filter((place) => place.startsWith("/"));
  const { targets, why } = await lookAt(context.processes, account, [...new Set(places)], context.timeoutMs);
  return why !== undefined || [...targets.values()].some((target) => target !== undefined);
}

async function listCaches({ context, account }: SettingQuestion): Promise<readonly string[]> {
  const [caches, paths] = await Promise.all([
    readValues(context, account, "GOMODCACHE"),
    readValues(context, account, "GOPATH"),
  ]);
  const roots = [`${account.home}/go`, ...paths.map((each) => each.split(":")[0] ?? "")];
  return [...caches, ...roots.map((root) => `${root}/pkg/mod`)];
}

function moduleOf({ context: { release } }: SettingQuestion, name: string): string {
  return `toolchain@v0.0.1-${name}.linux-${release?.architecture}`;
}

/** A proxy that answers does so at once; of a release only its description is asked for. */
const mostMs = 5_000;

/** Asked by the installed go, as the account, of the account's own proxies. Undefined where it is to be had. */
async function whyNotFetched(question: SettingQuestion, name: string): Promise<string | undefined> {
  const { context, account } = question;
  const check = context.of(account);
  // To prove the tree takes a second: it is asked for here, where there is something to ask.
  if ((await context.whyNotRun()) !== null) return undefined;
  const asked = await askAccountGo(check);
  if ("failure" in asked) return undefined;
  if (asked.values["GOPROXY"] === "off") return "GOPROXY is off";
  const { GOVERSION: _, ...settings } = asked.values;
  const { status, stderr, endedBy } = await runGoAsAccount(
    { ...check, timeoutMs: Math.min(check.timeoutMs, mostMs) },
    ["list", "-m", `golang.org/${moduleOf(question, name)}`],
    { env: { ...settings, GO111MODULE: "on" } },
  );
  if (endedBy === "time") return "no proxy has answered";
  return status === 0 ? undefined : (stderr.trim().split("\n").at(-1)?.replace(/^go: /, "") ?? "no reason given");
}
