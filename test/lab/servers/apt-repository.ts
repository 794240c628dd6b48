import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { baseRoot } from "../hosts/base-root.ts";
import { cached } from "../suite/lab-cache.ts";

const run = promisify(execFile);

/** Real Debian packages with all that minbase lacks of what they need, as a flat repository for apt's file names. */
export async function aptRepository(packages: readonly string[]): Promise<string> {
  const root = await baseRoot("minbase");
  return await cached(`apt/${packages.join("-")}-1`, async (into) => {
    mkdirSync(join(into, "partial"));
    const options = [`Dir::State::status=${join(root, "var/lib/dpkg/status")}`, `Dir::Cache::archives=${into}`];
    await run("apt-get", ["update", "--quiet"], { maxBuffer: 16 << 20 });
    const quiet = ["--yes", "--quiet", "--download-only", "--no-install-recommends"];
    await run("apt-get", [...options.flatMap((option) => ["-o", option]), ...quiet, "install", ...packages]);
    const index: string[] = [];
    for (const name of readdirSync(into).filter((entry) => entry.endsWith(".deb"))) {
      const bytes = readFileSync(join(into, name));
      const { stdout } = await run("dpkg-deb", ["--field", join(into, name)]);
      const sum = createHash("sha256").update(bytes).digest("hex");
      index.push(`${stdout.trimEnd()}\nFilename: ./${name}\nSize: ${bytes.length}\nSHA256: ${sum}\n`);
    }
    if (index.length === 0) throw new Error(`apt-get brought nothing of ${packages.join(", ")}`);
    writeFileSync(join(into, "Packages"), index.join("\n"));
    for (const left of ["partial", "lock"]) rmSync(join(into, left), { recursive: true, force: true });
  });
}
