import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What is inside, by npm's own SPDX 2.3 writer; its time and its random name are replaced, so that the bytes recur. */
export async function writeSbom(path: string, time: string): Promise<void> {
  const options = ["--sbom-format=spdx", "--sbom-type=application", "--omit=dev", "--package-lock-only"];
  const { stdout } = await run("npm", ["sbom", ...options], { maxBuffer: 16 << 20 });
  const document = JSON.parse(stdout) as { documentNamespace: string; creationInfo: { created: string } };
  document.creationInfo.created = time;
  document.documentNamespace = "";
  const name = createHash("sha256").update(JSON.stringify(document)).digest("hex");
  document.documentNamespace = `https://spdx.org/spdxdocs/readygo-${name}`;
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
}
