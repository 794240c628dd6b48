import { readFileSync } from "node:fs";

declare const __READYGO_SOURCES__: string | undefined;
declare const __READYGO_MODULE_PROXIES__: string | undefined;

/** manifests/sources.ini as text: part of the bundle (scripts/build.ts), beside the sources where those run unbundled. */
export function readCarriedSources(): string {
  if (typeof __READYGO_SOURCES__ === "string") return __READYGO_SOURCES__;
  return readFileSync(new URL("../../manifests/sources.ini", import.meta.url), "utf8");
}

/** The same of manifests/module-proxies.ini. */
export function readCarriedModuleProxies(): string {
  if (typeof __READYGO_MODULE_PROXIES__ === "string") return __READYGO_MODULE_PROXIES__;
  return readFileSync(new URL("../../manifests/module-proxies.ini", import.meta.url), "utf8");
}
