import { posix } from "node:path";
import { lookAt } from "../../environment/find-go.ts";
import { quoteForShell } from "../../errors/aim-at-image.ts";
import { advise, type Remedy, runAs } from "../../errors/remedy.ts";
import { isForeignGoroot, places } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { askAccount } from "./ask-account.ts";

/** A multiplexer's server of the account that is running. */
interface Server {
  readonly kind: "tmux" | "screen";
  /** tmux's socket, or the name of screen's session. */
  readonly name: string;
  /** What it gives to whatever it starts. */
  readonly env: Readonly<Record<string, string>>;
}

export const tmuxOldEnvironment = diagnostic({
  id: "tmux-old-environment",
  group: "environment",
  severity: "warning",
  sees: "a tmux or screen server that still has an old PATH or GOROOT",
  why: "What it starts has the environment of the day on which it was started, whatever the files say now.",
  needs: ["running"],
  async run(context) {
    const findings = await Promise.all(context.accounts.map((account) => judgeServers(context, account)));
    return findings.flat();
  },
});

async function judgeServers(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const servers = parseServers(await askAccount(context, account, askServers));
  if (servers.length === 0) return [];
  const { env } = await readAccountSettings(context.of(account));
  const now = await findGo(context, account, env["PATH"]);
  const findings: DoctorFinding[] = [];
  for (const server of servers) {
    const tell = (what: string, remedy: Remedy): void => {
      const evidence = `the ${server.kind} server of ${account.name} (${server.name}) gives ${what}`;
      findings.push(findWarning({ account: account.name, evidence, origins: [server.name], remedy }));
    };
    const root = server.env["GOROOT"];
    if (isForeignGoroot(root) && env["GOROOT"] !== root) {
      tell(`GOROOT=${root} to what it starts; a login has ${env["GOROOT"] ?? "none"}`, unset(account, server));
    }
    const before = await findGo(context, account, server.env["PATH"]);
    if (now !== places.goBinary || before === now || before === undefined) continue;
    tell(
      `a PATH by which go is ${before ?? "not found"}; a login finds ${places.goBinary}`,
      setPath(account, server, env["PATH"] ?? ""),
    );
  }
  return findings;
}

function unset(account: Account, server: Server): Remedy {
  return server.kind === "tmux"
    ? tmux(account, server, "-gu", "GOROOT")
    : adviseScreen(account, server, "unsetenv GOROOT");
}

function setPath(account: Account, server: Server, path: string): Remedy {
  return server.kind === "tmux"
    ? tmux(account, server, "-g", "PATH", path)
    : adviseScreen(account, server, `setenv PATH ${quoteForShell(path)}`);
}

function tmux({ name: account }: Account, { name }: Server, ...words: readonly string[]): Remedy {
  const socket = posix.basename(name) === "default" ? [] : ["-S", name];
  return runAs(account, "tmux", ...socket, "set-environment", ...words);
}

/** Of screen only its windows can be looked at: those that are open keep what they have. */
function adviseScreen({ name: account }: Account, { name }: Server, command: string): Remedy {
  return advise(
    `as ${account}, for new windows:  screen -S ${quoteForShell(name)} -X ${command}  and close those that are open`,
  );
}

/** Null where there is none; undefined where nobody could look. */
async function findGo(context: DoctorContext, account: Account, path = ""): Promise<string | null | undefined> {
  const candidates = path.split(":").flatMap((entry) => (entry.startsWith("/") ? [`${entry}/go`] : []));
  const { targets, why } = await lookAt(context.processes, account, [...new Set(candidates)], context.timeoutMs);
  if (why !== undefined) return undefined;
  return [...targets.values()].find((target) => target !== undefined) ?? null;
}

/**
 * A tmux that only asks starts no server. screen tells nobody its environment: the first process of each window has it. NUL
 * after each field: program, name, and the lines that were looked for.
 */
const askServers = `say() { printf '%s\\0%s\\0' "$1" "$2"; grep -aE '^(PATH|GOROOT)=' | tr -d '\\0'; printf '\\0'; }
for socket in "\${TMUX_TMPDIR:-/tmp}/tmux-$(id -u)"/*; do
  if [ -S "$socket" ] && [ -O "$socket" ]; then
    timeout 2 tmux -S "$socket" show-environment -g 2>/dev/null | say tmux "$socket"
  fi
done
for server in $(pgrep -x -U "$(id -u)" screen 2>/dev/null); do
  for window in $(cat "/proc/$server/task/$server/children" 2>/dev/null); do
    name=$(tr '\\0' '\\n' <"/proc/$window/environ" 2>/dev/null | sed -n 's/^STY=//p')
    [ -z "$name" ] || tr '\\0' '\\n' <"/proc/$window/environ" | say screen "$name"
  done
done`;

export function parseServers(said: string): readonly Server[] {
  const fields = said.split("\0");
  const servers = new Map<string, Server>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [kind, name = "", text = ""] = fields.slice(at, at + 3);
    const pairs = text.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const equals = line.indexOf("=");
      return equals > 0 ? [[line.slice(0, equals), line.slice(equals + 1)]] : [];
    });
    if (pairs.length === 0 || (kind !== "tmux" && kind !== "screen")) continue;
    servers.set(JSON.stringify([kind, name, pairs]), { kind, name, env: Object.fromEntries(pairs) });
  }
  return [...servers.values()];
}
