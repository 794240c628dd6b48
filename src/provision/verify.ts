import { readTreeVersion } from "../observe/observe-tree.ts";
import type { CheckResult } from "../errors/event.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { places } from "../host/places.ts";
import { parseElfArchitecture } from "../release/architecture.ts";
import type { GoVersion } from "../release/go-version.ts";
import { readFollowedReceipt } from "./follow-homes.ts";
import { openPublicRelease } from "./open-public-release.ts";
import { adviseOnRelease, type ReleaseAdvice } from "./release-health.ts";
import { requireRoot } from "./preflight.ts";
import { chooseArchitecture } from "./prepare-install.ts";
import { refuseUnfinished } from "./recover-host.ts";
import { runChosenChecks } from "./run-gate.ts";
import type { Account } from "../host/ports.ts";
import type { Check } from "../verify/check.ts";
import type { Session } from "./session.ts";

/** Each account costs some starts of its shell. */
const mostUsers = 20;

/** The account and root, and then everybody whose shell somebody can log in with, in a home that is there. */
export function listAllUsers({ files, account, accounts, emit }: Session): readonly Account[] {
  const others = accounts.filter(
    ({ name, uid, shell, home }) =>
      name !== account().name &&
      (uid === 0 || (!/\/(?:nologin|false|sync)$/.test(shell) && files.stat(home)?.kind === "directory")),
  );
  const rest = others.length - (mostUsers - 1);
  if (rest > 0) emit({ kind: "notice", text: `${rest} more accounts are not looked at` });
  return [account(), ...others.slice(0, mostUsers - 1)];
}

/**
 * Who is not root looks for themselves alone: nobody else's shells can be started.
 *
 * @throws ProvisionError `rights-missing` where another account was asked for
 */
function findOwnAccount(session: Session): Account | undefined {
  const { port, accounts, request } = session;
  if (port.uid === 0) return undefined;
  const own = accounts.find(({ uid }) => uid === port.uid);
  if (own === undefined || (request.user !== undefined && request.user !== own.name)) requireRoot(session, "verify");
  return own;
}

/** What an ordinary user cannot read of readygo's own state. */
function hideState(session: Session): Session {
  const { files } = session;
  const read: Session["files"]["read"] = (path, most) => (path === places.logHead ? undefined : files.read(path, most));
  return { ...session, files: { ...files, read } };
}

export interface VerifyOptions {
  readonly checks: readonly Check[];
  readonly isOfAllUsers: boolean;
  /** Whether no other program is started, and no server asked. */
  readonly isQuick: boolean;
}

/** Runs the checks given on the Go at /usr/local/go, whoever installed it; writes nothing. */
export async function verify(
  session: Session,
  options: VerifyOptions,
): Promise<{ readonly version: GoVersion; readonly results: readonly CheckResult[]; readonly advice: ReleaseAdvice }> {
  const isRoot = session.port.uid === 0;
  const own = findOwnAccount(session);
  if (isRoot) refuseUnfinished(session);
  const receipt = isRoot ? readFollowedReceipt(session) : undefined;
  const version = receipt?.version ?? readTreeVersion(session.files);
  if (version === undefined) {
    throw new ProvisionError("verify-failed", `there is no Go release at ${places.goroot}`, {
      remedy: ["readygo install"],
    });
  }
  const elf = session.files.readStart(places.goBinary, 64);
  const tree = receipt?.architecture ?? (elf === undefined ? undefined : parseElfArchitecture(elf));
  // An image need not say what it is for: the tree in it does.
  const host = await chooseArchitecture(session, {
    architecture: session.request.root === "" ? undefined : tree,
    receipt,
  });
  const architecture = tree ?? host.architecture;
  const unrunnable =
    host.unrunnable ??
    (architecture === host.architecture
      ? null
      : `the tree is for linux/${architecture}, this host is ${host.architecture}`);
  session.emit({ kind: "step", text: `verifying ${version}` });
  const results = await runChosenChecks(
    session,
    {
      receipt,
      manifest: undefined,
      ...(options.isQuick
        ? {}
        : { publicRelease: openPublicRelease(isRoot ? session : hideState(session), { version, architecture }) }),
      desired: { version, architecture },
      unrunnable: options.isQuick ? (unrunnable ?? "--quick starts no other program") : unrunnable,
      isTold: session.request.isQuiet,
      ...(own !== undefined ? { accounts: [own] } : options.isOfAllUsers ? { accounts: listAllUsers(session) } : {}),
      // What builds nothing is looked at on a full disk, too.
      isScratchNeeded: false,
    },
    options.checks,
  );
  return { version, results, advice: await adviseOnRelease(version) };
}
