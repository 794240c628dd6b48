import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../suite/lab-cache.ts";

/**
 * Debian's promtool, taken out of its package: installed, that would start a server. Undefined where the package cannot be
 * had.
 */
export async function findPromtool(): Promise<string | undefined> {
  if (existsSync("/usr/bin/promtool")) return "/usr/bin/promtool";
  try {
    const directory = await cached("promtool", async (into) => {
      execFileSync("apt-get", ["-qq", "download", "prometheus"], { cwd: into, stdio: "ignore" });
      const [name = ""] = readdirSync(into).filter((entry) => entry.endsWith(".deb"));
      execFileSync("dpkg-deb", ["-x", join(into, name), join(into, "tree")]);
      renameSync(join(into, "tree/usr/bin/promtool"), join(into, "promtool"));
      rmSync(join(into, "tree"), { recursive: true });
      rmSync(join(into, name));
    });
    return join(directory, "promtool");
  } catch {
    return undefined;
  }
}

/** What `promtool check metrics` says of a text; "" for nothing. */
export function checkMetrics(promtool: string, text: string): string {
  const run = spawnSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" });
  return run.status === 0 ? run.stdout + run.stderr : `exit ${run.status}: ${run.stdout}${run.stderr}`;
}
