import { advise, edit, type Remedy } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { homeFiles } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { unsetStored } from "../../verify/unset-stored.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { editSetting } from "../environment/setting-remedy.ts";
import type { AccountSetting } from "../settings.ts";

/**
 * How a setting is taken away: by `go env -u`, by deleting the one line that does nothing else, or in words where several
 * places set it or its line does more.
 */
export async function composeUnset(
  context: DoctorContext,
  account: Account,
  { name, fix, origins }: Pick<AccountSetting, "fix" | "origins"> & { readonly name: string },
): Promise<Remedy> {
  if (context.root !== "") return composeImageEdit(context, account, name);
  if (fix !== null) return unsetStored(account, name);
  const [origin, ...more] = new Set(origins);
  if (origin !== undefined && more.length === 0) return editSetting(context, account, { name, origin, better: null });
  return advise(
    `take ${name} out ${origin === undefined ? "where it is set" : `in ${[origin, ...more].join(" and ")}`}`,
  );
}

/** In an image no go is run: the line itself is named, where this machine sees it. */
async function composeImageEdit(context: DoctorContext, account: Account, name: string): Promise<Remedy> {
  const path = absolutePath(account.home, homeFiles.goEnv);
  const lines = ((await context.readHome(account, path)) ?? "").split("\n");
  const at = lines.findLastIndex((line) => line.startsWith(`${name}=`));
  const file = context.files.locate(path);
  if (at === -1) return advise(`take ${name} out where it is set`);
  return edit(file, at + 1, lines[at] ?? "", null);
}
