import { lookAt } from "../../environment/find-go.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { runGo } from "../../verify/hermetic-go.ts";
import type { Account } from "../../host/ports.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { holds } from "./ask-account.ts";
import { readValues, settingDiagnostic } from "./setting-diagnostic.ts";

export const go111module = settingDiagnostic({
  id: "go111module",
  names: ["GO111MODULE"],
  sees: "GO111MODULE that switches modules off",
  why: "Without modules `go mod`, `go install PROGRAM@VERSION` and every project with a go.mod stop or build something else.",
  judge({ value }) {
    if (value === "off") return { how: "modules are off" };
    return value === "auto" ? { how: "modules are off wherever there is no go.mod" } : undefined;
  },
});

/** Flags that make commands fail which work everywhere else, and how. */
const harmful: readonly (readonly [pattern: RegExp, how: string])[] = [
  [/(?:^|\s)--?mod=vendor(?:\s|$)/, "`go install PROGRAM@VERSION` and every module without a vendor directory fail"],
  [/(?:^|\s)--?mod=mod(?:\s|$)/, "builds change go.mod and go.sum without a word"],
  [/(?:^|\s)--?insecure(?:\s|$)/, "go stops at a flag that it does not know any more"],
];

export const goflags = settingDiagnostic({
  id: "goflags",
  names: ["GOFLAGS"],
  sees: "GOFLAGS with a flag that breaks usual commands",
  why: "Each go command gets these flags, also those of tools that do not expect them.",
  async judge({ context, account, value }) {
    const how = harmful.find(([pattern]) => pattern.test(value))?.[1];
    if (how !== undefined) return { how };
    if (!/(?:^|\s)--?race(?:\s|$)/.test(value) || (await findCompiler(context, account)).isFound) return undefined;
    return { how: "-race needs cgo, and the account has no C compiler" };
  },
});

export const gocache = settingDiagnostic({
  id: "gocache",
  names: ["GOCACHE", "GOMODCACHE"],
  sees: "GOCACHE or GOMODCACHE that is no absolute path",
  why: "The go command does not know ~ and stops at a relative path: nothing is built.",
  judge: ({ value }) => (value.startsWith("/") || value === "off" ? undefined : { how: "no absolute path" }),
});

export const goosGoarch = settingDiagnostic({
  id: "goos-goarch",
  names: ["GOOS", "GOARCH"],
  sees: "GOOS or GOARCH of another platform, set for good",
  why: "What is built does not run on this host (exec format error), and `go install` puts it where no PATH leads.",
  judge({ context: { release }, name, value }) {
    const own = name === "GOOS" ? "linux" : release?.architecture;
    return own === undefined || value === own ? undefined : { how: `this host is ${own}` };
  },
});

export const cgoNoCompiler = settingDiagnostic({
  id: "cgo-no-compiler",
  names: ["CGO_ENABLED"],
  sees: "CGO_ENABLED=1 where the account has no C compiler",
  why: "Builds stop where go, left to itself, would do without C.",
  async judge({ context, account, value }) {
    if (value !== "1") return undefined;
    const { compiler, isFound } = await findCompiler(context, account);
    return isFound ? undefined : { how: `${compiler} is on no PATH of the account's` };
  },
});

/** The C compiler that go would start for the account, and whether it is there; where nobody could look, it is. */
async function findCompiler(
  context: DoctorContext,
  account: Account,
): Promise<{ readonly compiler: string; readonly isFound: boolean }> {
  const [named = "gcc"] = await readValues(context, account, "CC");
  const compiler = named.trim().split(/\s+/)[0] ?? "";
  const { environments, env } = await readAccountSettings(context.of(account));
  const paths = [env, ...environments.map((each) => each.env)].flatMap((each) => (each["PATH"] ?? "").split(":"));
  const places = compiler.startsWith("/")
    ? [compiler]
    : [...new Set(paths)].filter((each) => each.startsWith("/")).map((each) => `${each}/${compiler}`);
  const { targets, why } = await lookAt(context.processes, account, places, context.timeoutMs);
  return { compiler, isFound: why !== undefined || [...targets.values()].some((target) => target !== undefined) };
}

export const gowork = settingDiagnostic({
  id: "gowork",
  names: ["GOWORK"],
  sees: "GOWORK that names a file which is not there",
  why: "Every go command that reads modules stops at it.",
  async judge({ context, account, value }) {
    if (value === "off" || value === "auto") return undefined;
    if (!value.startsWith("/")) return { how: "no absolute path" };
    return (await holds(context, account, '[ -f "$1" ]', value)) ? undefined : { how: "there is no such file" };
  },
});

export const gotmpdir = settingDiagnostic({
  id: "gotmpdir",
  names: ["GOTMPDIR"],
  sees: "GOTMPDIR that is no directory which the account can write",
  why: "Every build stops before it begins.",
  async judge({ context, account, value }) {
    return (await holds(context, account, '[ -d "$1" ] && [ -w "$1" ]', value))
      ? undefined
      : { how: "no directory that it can write" };
  },
});

export const goexperiment = settingDiagnostic({
  id: "goexperiment",
  names: ["GOEXPERIMENT"],
  sees: "GOEXPERIMENT with a name that the installed release does not know",
  why: "Every go command stops at it: experiments come and go with releases.",
  async judge({ context, account, value }) {
    // To prove the tree takes a second: it is asked for here, where there is something to ask.
    if ((await context.whyNotRun()) !== null) return undefined;
    const { status, stderr, endedBy } = await runGo(context.of(account), ["env", "GOEXPERIMENT"], {
      env: { GOEXPERIMENT: value },
    });
    if (endedBy !== null || status === 0 || !stderr.includes("GOEXPERIMENT")) return undefined;
    return { how: stderr.trim().replace(/^go: /, "") };
  },
});
