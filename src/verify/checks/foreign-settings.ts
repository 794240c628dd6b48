import { type AccountSettings, readAccountSettings } from "../account-settings.ts";
import { type Check, type CheckContext, type Finding, pass, warn } from "../check.ts";
import { findSettingOrigins } from "../setting-origins.ts";

export const noGoroot: Check = {
  id: "no-goroot",
  layer: 2,
  proves: "GOROOT is set neither in the account's shells nor in its go/env: go finds its own tree",
  needsRunning: true,
  run: (context) => judge(context, "GOROOT"),
};

export const noGopath: Check = {
  id: "no-gopath",
  layer: 2,
  proves: "GOPATH is set neither in the account's shells nor in its go/env: modules and programs go where go puts them",
  needsRunning: true,
  run: (context) => judge(context, "GOPATH"),
};

/** A warning at most: the files that set these are not readygo's, and putting the former Go back would not change them. */
async function judge(context: CheckContext, name: "GOROOT" | "GOPATH"): Promise<Finding> {
  const settings = await readAccountSettings(context);
  const seen = describeSeen(settings, name);
  if (seen.length === 0) {
    return pass(
      `${name} is not set${settings.environments.length === 0 ? " in the account's go/env; its shells did not answer" : ""}`,
    );
  }
  const isInFile = settings.goenv?.settings[name] !== undefined;
  const origins = settings.environments.some(({ env }) => env[name] !== undefined)
    ? await findSettingOrigins(context, name)
    : [];
  const remedies = [
    ...(isInFile ? [`delete the line ${name}=… from ${settings.goenv?.path}`] : []),
    ...(origins.length > 0 ? [`delete the line that sets ${name} in ${origins.join(", ")}`] : []),
  ];
  const from = origins.length === 0 ? "" : `, set by ${origins.join(", ")}`;
  return warn(
    seen.join("; ") + from,
    remedies.join("; ") || `find what sets ${name} for ${context.account.name} and remove it`,
  );
}

function describeSeen({ environments, goenv }: AccountSettings, name: string): readonly string[] {
  const values = new Map<string, string[]>();
  for (const { mode, env } of environments) {
    const value = env[name];
    if (value !== undefined) values.set(value, [...(values.get(value) ?? []), mode]);
  }
  const inFile = goenv?.settings[name];
  return [
    ...[...values].map(([value, modes]) => `${name}=${value} in the ${modes.join(" and ")} shell`),
    ...(inFile === undefined ? [] : [`${name}=${inFile} in ${goenv?.path}`]),
  ];
}
