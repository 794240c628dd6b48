import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Those that systems take whole: each gets the bootstrap, by whose hashes it fetches. */
const whole = ["devcontainer-feature", "github-action"];

/** manifests/images into `directory`, for people who make images; docs/images.md says how each is used. */
export function writeImages(directory: string, bootstrap: string, version: string): void {
  const from = "manifests/images";
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    const path = join(from, name);
    if (!statSync(path).isFile()) continue;
    const to = join(directory, name);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, readFileSync(path, "utf8").replaceAll("@VERSION@", version));
    chmodSync(to, statSync(path).mode & 0o111 ? 0o755 : 0o644);
  }
  for (const name of whole) copyFileSync(bootstrap, join(directory, name, "bootstrap.sh"));
}
