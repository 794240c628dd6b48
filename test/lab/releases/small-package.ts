import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAptKey } from "../../../scripts/release/deb/apt-key.ts";
import { formatAptSource, writeAptRepository } from "../../../scripts/release/deb/write-apt-repository.ts";
import { writeDeb } from "../../../scripts/release/deb/write-deb.ts";
import { releaseBase } from "../servers/release-server.ts";
import { releaseFiles, releaseKeys } from "./release-files.ts";

interface SmallPackage {
  readonly version: string;
  /** ISO 8601; the repository's time. */
  readonly time: string;
  readonly key?: "apt.key" | "other-apt.key";
}

/**
 * A package of readygo's whose program is a script that says its version, in a signed repository at `into`/apt, both made as a
 * release makes them. Beside it `readygo.sources`.
 */
export async function writeSmallPackage(
  into: string,
  { version, time, key = "apt.key" }: SmallPackage,
): Promise<string> {
  const scratch = join(into, "parts");
  mkdirSync(scratch, { recursive: true });
  const executable = join(scratch, "program");
  writeFileSync(executable, `#!/bin/sh\necho ${version}\n`);
  chmodSync(executable, 0o755);
  const release = await releaseFiles();
  const documents = [
    "readygo-verify",
    "readygo-verify.service",
    "readygo-verify.timer",
    "readygo.1",
    "readygo.bash",
    "readygo.zsh",
  ];
  for (const name of [...documents, "readygo.fish", "THIRD-PARTY.txt"])
    copyFileSync(join(release, name), join(scratch, name));
  const signer = await readAptKey({ READYGO_APT_KEY: join(await releaseKeys(), key) });
  const archiveKey = signer?.toPublic().armor() ?? "";
  const options = { architecture: "amd64", maintainer: "lab <lab@lab.test>", releaseKeys: [], isQuick: true } as const;
  const name = await writeDeb(join(into, "apt"), {
    ...options,
    version,
    time,
    executable,
    release: scratch,
    archiveKey,
  });
  await writeAptRepository(join(into, "apt"), time, signer);
  writeFileSync(join(into, "readygo.sources"), formatAptSource(releaseBase, archiveKey));
  return join(into, "apt", name);
}
