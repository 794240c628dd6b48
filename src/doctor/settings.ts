import type { ContextRow } from "../errors/event.ts";
import type { Account } from "../host/ports.ts";
import { readAccountSettings } from "../verify/account-settings.ts";
import { findSettingOrigins, type TracedName } from "../verify/trace-origins.ts";
import type { Fix } from "./diagnostic.ts";
import type { DoctorContext } from "./doctor-context.ts";

/** A value that an account's own go would take, and who set it. */
export interface AccountSetting {
  readonly value: string;
  /** Files with lines, or programs. */
  readonly origins: readonly string[];
  /** Where it stands in what `go env -w` has written, and may be taken out of. */
  readonly fix: Fix | null;
}

/**
 * Each value that a setting has for an account: in its login and interactive shell, in the launch contexts that no shell
 * decides, and by `go env -w`. Several where they differ.
 */
export async function findSettings(
  context: DoctorContext,
  account: Account,
  name: string,
): Promise<readonly AccountSetting[]> {
  const found = new Map<string, Set<string>>();
  const add = (value: string, origin: string): void => {
    const origins = found.get(value) ?? new Set();
    found.set(value, origins.add(origin));
  };
  for (const row of await context.rows()) {
    const variable = row.account === account.name ? row.variables[name] : undefined;
    if (variable !== undefined && variable.value !== "") add(variable.value, variable.origin);
  }
  const { goenv } = await readAccountSettings(context.of(account));
  const stored = goenv?.settings[name];
  const settings = [...found].map(([value, origins]): AccountSetting => ({ value, origins: [...origins], fix: null }));
  if (goenv === null || stored === undefined || stored === "") return settings;
  const isOwnFile = goenv.path === `${account.home}/.config/go/env`;
  const fix: Fix | null = isOwnFile ? { kind: "unset", account: account.name, name } : null;
  return [...settings, { value: stored, origins: [goenv.path], fix }];
}

/** The file and line of a variable in the account's shells, for names that the launch contexts do not report. */
export function findOrigins(context: DoctorContext, account: Account, name: TracedName): Promise<readonly string[]> {
  return findSettingOrigins(context.of(account), name);
}

/** The rows of an account that could be seen. */
export async function findRows(context: DoctorContext, account: Account): Promise<readonly ContextRow[]> {
  const rows = await context.rows();
  return rows.filter((row) => row.account === account.name && row.how !== "unseen");
}
