import { redactUrl } from "../../errors/redact-url.ts";
import { goVariables } from "../../environment/setting.ts";
import type { Account } from "../../host/ports.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import type { TracedName } from "../../verify/trace-origins.ts";
import { type Diagnostic, diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { type AccountSetting, findOrigins, findSettings } from "../settings.ts";
import { parsePlace } from "./rc-texts.ts";
import { unsetStored } from "../../verify/unset-stored.ts";
import { editSetting } from "./setting-remedy.ts";

type SettingName = (typeof goVariables)[number] | TracedName;

export interface SettingQuestion {
  readonly context: DoctorContext;
  readonly account: Account;
  readonly name: string;
  readonly value: string;
}

/** What is wrong with a value, as an end of `NAME=VALUE of ACCOUNT: …`. */
export interface SettingFault {
  readonly how: string;
  /** What a line that sets it should say instead; null (default): it should go. */
  readonly better?: string | null;
}

interface SettingShape<Id extends string> extends Pick<Diagnostic<Id>, "id" | "sees" | "why"> {
  readonly names: readonly SettingName[];
  /** Undefined where nothing is wrong with it. */
  judge(question: SettingQuestion): Promise<SettingFault | undefined> | SettingFault | undefined;
}

/** A diagnostic of one shape: variables of Go's that an account has set, in its shells' files or by `go env -w`. */
export function settingDiagnostic<const Id extends string>(shape: SettingShape<Id>): Diagnostic<Id> {
  const { id, sees, why, names } = shape;
  return diagnostic({
    id,
    group: "environment",
    severity: "warning",
    sees,
    why,
    needs: ["running"],
    async run(context) {
      const questions = context.accounts.flatMap((account) => names.map((name) => ({ account, name })));
      const findings = await Promise.all(
        questions.map(async ({ account, name }) => {
          const settings = await readSettings(context, account, name);
          const found = settings.map((setting) => judgeOne(context, shape, { account, name, setting }));
          return (await Promise.all(found)).flat();
        }),
      );
      return dropRepeated(findings.flat());
    },
  });
}

/** Also of the names that launch contexts do not report. */
async function readSettings(
  context: DoctorContext,
  account: Account,
  name: SettingName,
): Promise<readonly AccountSetting[]> {
  const settings = await findSettings(context, account, name);
  if (isReported(name)) return settings;
  const { environments } = await readAccountSettings(context.of(account));
  const values = new Set(environments.flatMap(({ env }) => (env[name] ? [env[name]] : [])));
  const origins = values.size === 0 ? [] : await findOrigins(context, account, name);
  return [...[...values].map((value) => ({ value, origins, fix: null })), ...settings];
}

function isReported(name: SettingName): name is (typeof goVariables)[number] {
  return goVariables.some((each) => each === name);
}

/** The values alone, of any name: in the account's shells, and by `go env -w`. */
export async function readValues(context: DoctorContext, account: Account, name: string): Promise<readonly string[]> {
  const { environments, goenv } = await readAccountSettings(context.of(account));
  const values = [...environments.map(({ env }) => env[name]), goenv?.settings[name]];
  return [...new Set(values.flatMap((value) => value || []))];
}

async function judgeOne(
  context: DoctorContext,
  { judge }: Pick<SettingShape<string>, "judge">,
  found: { readonly account: Account; readonly name: string; readonly setting: AccountSetting },
): Promise<readonly DoctorFinding[]> {
  const { account, name, setting } = found;
  const { value, origins, fix } = setting;
  const fault = await judge({ context, account, name, value });
  if (fault === undefined) return [];
  const shape = {
    account: account.name,
    evidence: `${name}=${redactUrl(value)} of ${account.name}: ${fault.how}`,
    fix,
  };
  if (fix !== null) return [findWarning({ ...shape, origins, remedy: unsetStored(account, name) })];
  // Each line has to be changed: one finding for each.
  const placed = origins.filter((origin) => parsePlace(origin) !== undefined);
  const better = fault.better ?? null;
  return Promise.all(
    (placed.length === 0 ? [origins.join(" and ")] : placed).map(async (origin) =>
      findWarning({
        ...shape,
        ...(origin.startsWith("/etc/") ? { account: null, evidence: `${name}=${redactUrl(value)}: ${fault.how}` } : {}),
        origins: placed.length === 0 ? origins : [origin],
        remedy: await editSetting(context, account, { name, origin, better }),
      }),
    ),
  );
}

/** What stands in the host's own files is true of every account. */
function dropRepeated(findings: readonly DoctorFinding[]): readonly DoctorFinding[] {
  const keyOf = ({ account, evidence, origins }: DoctorFinding): string => JSON.stringify([account, evidence, origins]);
  return [...new Map(findings.map((each) => [keyOf(each), each])).values()];
}
