import { readFileSync } from "node:fs";
import { buildCloudConfig, formatUserData } from "../../src/cli/cloud-init/cloud-config.ts";

/** As `readygo cloud-init` prints it, which takes a bootstrap only from a release that is signed: this one is not yet. */
export async function formatReleaseUserData(version: string, bootstrap: string | undefined): Promise<string> {
  const templates = JSON.parse(
    readFileSync("manifests/cloud-init.json", "utf8"),
  ) as typeof import("../../manifests/cloud-init.json");
  const cloudConfig = buildCloudConfig(
    {
      config: { version: "latest" },
      installArguments: [],
      authorities: undefined,
      hasTimer: false,
      bootstrap: bootstrap === undefined ? undefined : { script: bootstrap, url: undefined },
    },
    templates,
  );
  return await formatUserData(
    cloudConfig,
    templates.comment.map((line) => line.replace("{version}", version)),
  );
}
