import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached } from "../suite/lab-cache.ts";

const run = promisify(execFile);
const version = "2026.9.15";

/** Real tools that change PATH at a prompt, as programs for a host: mise as npm has it, direnv as Debian has it. */
export async function rcTools(): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  const directory = await cached(`rc-tools-${cpu}-${version}-1`, async (into) => {
    const scratch = join(into, "scratch");
    mkdirSync(scratch);
    writeFileSync(join(scratch, "package.json"), "{}");
    const name = `@jdxcode/mise-linux-${cpu}`;
    const quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...quiet, `${name}@${version}`], { cwd: scratch });
    copyFileSync(join(scratch, "node_modules", name, "bin/mise"), join(into, "mise"));
    await run("apt-get", ["download", "direnv"], { cwd: scratch });
    const [archive = ""] = readdirSync(scratch).filter((file) => file.endsWith(".deb"));
    await run("dpkg-deb", ["--extract", join(scratch, archive), scratch]);
    copyFileSync(join(scratch, "usr/bin/direnv"), join(into, "direnv"));
    await run("rm", ["-rf", "--", scratch]);
  });
  return ["mise", "direnv"].map((name) => ({ from: join(directory, name), to: `/usr/bin/${name}` }));
}
