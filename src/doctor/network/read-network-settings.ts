import { absolutePath } from "../../host/absolute-path.ts";
import { homeFiles } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { goVariables } from "../../environment/setting.ts";
import { parseGoEnvFile } from "../../release/go-env-file.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { downloadSettings, networkVariables } from "../../verify/checks/mod-download.ts";
import { findSettingOrigins, type TracedName } from "../../verify/trace-origins.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { type AccountSetting, findSettings } from "../settings.ts";

/** Go's settings that decide from where modules come, and who says that they are right. */
export const moduleVariables = ["GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE"] as const;

/** What an account's go command fetches with: in its login shell, and in its interactive one where that has others. */
export async function readNetworkSettings(
  context: DoctorContext,
  account: Account,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const check = context.of(account);
  const { environments } = await readAccountSettings(check);
  const login = await downloadSettings(check);
  const interactive = environments.find(({ mode }) => mode === "interactive")?.env ?? {};
  const others = [...networkVariables, ...moduleVariables].flatMap((name) => {
    const value = interactive[name] ?? "";
    // A terminal has what its session has, and on top of that what its own files set.
    return value === "" || value === login[name] || check.passedEnvironment[name] !== undefined
      ? []
      : [[name, value] as const];
  });
  return others.length === 0 ? [login] : [login, { ...login, ...Object.fromEntries(others) }];
}

/** Each value of a variable of the shells or of `go env -w`, and who set it; in an image only what `go env -w` wrote. */
export async function findNetworkSettings(
  context: DoctorContext,
  account: Account,
  name: TracedName,
): Promise<readonly AccountSetting[]> {
  if (context.root !== "") return readStored(context, account, name);
  if (goVariables.some((known) => known === name)) return findSettings(context, account, name);
  const { environments, goenv } = await readAccountSettings(context.of(account));
  const having = Map.groupBy(
    environments.filter(({ env }) => env[name]),
    ({ env }) => env[name] ?? "",
  );
  const inShells = await Promise.all(
    [...having].map(async ([value, shells]): Promise<AccountSetting> => {
      const modes = shells.map(({ mode }) => mode);
      return { value, origins: await findSettingOrigins(context.of(account), name, modes), fix: null };
    }),
  );
  const isOwnFile = goenv?.path === absolutePath(account.home, homeFiles.goEnv);
  return [
    ...inShells,
    ...(goenv?.settings[name] && isGoName(name)
      ? [
          {
            value: goenv.settings[name],
            origins: [goenv.path],
            fix: isOwnFile ? ({ kind: "unset", account: account.name, name } as const) : null,
          },
        ]
      : []),
  ];
}

async function readStored(
  context: DoctorContext,
  account: Account,
  name: TracedName,
): Promise<readonly AccountSetting[]> {
  const path = absolutePath(account.home, homeFiles.goEnv);
  const value = isGoName(name) ? parseGoEnvFile((await context.readHome(account, path)) ?? "")[name] : undefined;
  return value ? [{ value, origins: [path], fix: { kind: "unset", account: account.name, name } }] : [];
}

function isGoName(name: string): boolean {
  return name.startsWith("GO");
}
