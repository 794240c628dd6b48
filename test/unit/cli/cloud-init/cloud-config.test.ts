import { expect, it } from "vitest";
import templates from "../../../../manifests/cloud-init.json" with { type: "json" };
import { buildCloudConfig } from "../../../../src/cli/cloud-init/cloud-config.ts";
import type { Settings } from "../../../../src/cli/options.ts";

it.each<readonly [string, Settings, string]>([
  ["no URL", { version: "1.27" }, "0644"],
  ["URLs without a secret", { source: ["publisher", "https://mirror.example/go"], proxy: "http://proxy:3128" }, "0644"],
  ["a proxy's password", { proxy: "http://user:word@proxy:3128" }, "0600"],
  ["a module proxy's password", { goproxy: "https://user:word@modules.example,direct" }, "0600"],
  ["a mirror's password", { source: ["publisher", "https://user:word@mirror.example/go"] }, "0600"],
  ["a token in a query", { source: ["https://mirror.example/go?token=word"] }, "0600"],
])("readygo.ini with %s can be read by those who may: %j has mode %s", (_, config, mode) => {
  const request = { config, installArguments: [], authorities: undefined, hasTimer: false, bootstrap: undefined };
  const [settings] = buildCloudConfig(request, templates).write_files;
  expect(settings?.permissions).toBe(mode);
});
