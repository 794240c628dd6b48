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

declare const __READYGO_RELEASE_KEYS__: string | undefined;
declare const __READYGO_BASE__: string | undefined;

/** The public keys by which readygo's own releases are known: those of manifests/release-keys.txt, or a test build's own one. */
export function readCarriedReleaseKeys(): string {
  if (typeof __READYGO_RELEASE_KEYS__ === "string") return __READYGO_RELEASE_KEYS__;
  return readFileSync(new URL("../../manifests/release-keys.txt", import.meta.url), "utf8");
}

/** Where this release is served; empty where nobody said when it was made. */
export function readCarriedBase(): string {
  return typeof __READYGO_BASE__ === "string" ? __READYGO_BASE__ : "";
}
