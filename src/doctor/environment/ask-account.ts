import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import type { DoctorContext } from "../doctor-context.ts";

/** A home or a server that does not answer is not worth more. */
const mostMs = 5_000;

/** What a small script of sh says that runs as the account; what did not come in time is missing. Never throws. */
export async function askAccount(
  { processes, timeoutMs }: DoctorContext,
  account: Account,
  script: string,
  ...args: readonly string[]
): Promise<string> {
  try {
    const { stdout } = await processes.run({
      argv: ["/bin/sh", "-c", script, "sh", ...args],
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", HOME: account.home, USER: account.name },
      cwd: absolutePath("/"),
      asUser: account,
      timeoutMs: Math.min(timeoutMs, mostMs),
    });
    return stdout;
  } catch {
    return "";
  }
}

/** Whether a test of sh(1) holds for a path, as the account sees it. Where nobody answers, nothing is claimed: true. */
export async function holds(context: DoctorContext, account: Account, test: string, path: string): Promise<boolean> {
  return (await askAccount(context, account, `if ${test}; then echo yes; else echo no; fi`, path)) !== "no\n";
}
