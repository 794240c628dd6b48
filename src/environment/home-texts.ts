import { absolutePath } from "../host/absolute-path.ts";
import type { Account, Processes } from "../host/ports.ts";
import { openKnownTexts, type Texts } from "./texts.ts";

/** Of a home that does not answer, nothing is known, and what follows from the system's files is reported. */
const mostMs = 5_000;
const mostBytes = 65_536;

/** The files of a home that programs take variables from before any shell reads its own; NUL between names and contents. */
const script = `cd || exit
for file in .pam_environment .ssh/environment .config/environment.d/*.conf .config/systemd/user.conf \\
  .config/systemd/user.conf.d/*.conf; do
  if [ -f "$file" ] && [ -r "$file" ]; then
    printf '%s\\0' "$HOME/$file"
    head -c ${mostBytes} -- "$file" | tr -d '\\0'
    printf '\\0'
  fi
done`;

/** Reads them by a child that is the account, so that a link out of the home leads to nothing that the account can't read. */
export async function readHomeTexts(processes: Processes, account: Account): Promise<Texts> {
  const known = new Map<string, string>();
  try {
    const { stdout } = await processes.run({
      argv: ["/bin/sh", "-c", script],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", HOME: account.home },
      cwd: absolutePath("/"),
      asUser: account,
      timeoutMs: mostMs,
    });
    const parts = stdout.split("\0");
    for (let at = 0; at + 1 < parts.length; at += 2) known.set(parts[at] ?? "", parts[at + 1] ?? "");
  } catch {
    // It cannot become the account: its shells will say so.
  }
  return openKnownTexts(known);
}
