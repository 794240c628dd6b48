import type { Account } from "../../host/ports.ts";
import { namesOf } from "./login.ts";
import { readPamEnvironment } from "./pam-env.ts";
import { type Environment, fromProgram, merge } from "../setting.ts";
import { applyEnvironmentDirectories, readManagerSetting } from "./systemd-settings.ts";
import type { Texts } from "../texts.ts";

const withoutTail = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
/** snapd's generator of the system manager's environment adds this, and nothing else. */
const generators = "/usr/lib/systemd/system-environment-generators";
const snapGenerator = "snapd-env-generator";

/**
 * What a service of the system is started with; with an account where it has User=. Units' own Environment= and PAMName=
 * are theirs alone, and what `systemctl set-environment` says lasts until the next boot: neither is in it.
 */
export function deriveService(texts: Texts, account: Account | undefined): Environment {
  return merge(
    new Map([["PATH", fromProgram("systemd's built-in default", systemPath(texts))]]),
    readManagerSetting(texts, "system.conf", "DefaultEnvironment"),
    account === undefined ? new Map() : namesOf(account),
  );
}

/** systemd 255 and later know no separate /bin; before that, Debian and Ubuntu built it with one. */
function systemPath(texts: Texts): string {
  const versions = ["/usr/lib/x86_64-linux-gnu/systemd", "/usr/lib/aarch64-linux-gnu/systemd", "/usr/lib/systemd"]
    .flatMap((directory) => texts.list(directory))
    .flatMap((name) => /^libsystemd-shared-(\d+)/.exec(name)?.[1] ?? [])
    .map(Number);
  const path = (versions[0] ?? 255) < 255 ? `${withoutTail}:/sbin:/bin` : withoutTail;
  return texts.list(generators).includes(snapGenerator) ? `${path}:/snap/bin` : path;
}

/**
 * What the account's user manager has after a fresh start, and gives to its services. A manager that is running has what
 * stood in these files when it was started. Other user-environment-generators than systemd's own, and what a desktop
 * imports (dbus-update-activation-environment), are left out.
 */
export function deriveUserManager(texts: Texts, account: Account): Environment {
  const variables = new Map(
    merge(
      deriveService(texts, account),
      readPamEnvironment(texts, "systemd-user", account),
      new Map([["XDG_RUNTIME_DIR", fromProgram("pam_systemd", `/run/user/${account.uid}`)]]),
      readManagerSetting(texts, "user.conf", "ManagerEnvironment", `${account.home}/.config/systemd`),
      readManagerSetting(texts, "user.conf", "DefaultEnvironment", `${account.home}/.config/systemd`),
    ),
  );
  applyEnvironmentDirectories(variables, texts, account.home);
  return variables;
}
