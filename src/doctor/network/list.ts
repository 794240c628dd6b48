import { caMissing, certFileNowhere, tlsInterception } from "./certificates.ts";
import { gosumdbOff, gosumdbUnreachable } from "./checksum-database.ts";
import { clockWrong } from "./clock-wrong.ts";
import { goproxyEntry } from "./goproxy-entry.ts";
import { goproxyDirectNoGit, goproxyInvalid, goproxyOff } from "./goproxy-settings.ts";
import { allProxyUnread, loginPage, noProxyRule, proxyCredentials, proxyDead, proxyVariablesDiffer } from "./http-proxy.ts"; // prettier-ignore
import { goinsecure, goprivateWide } from "./module-patterns.ts";
import { dns, ipv6Only, offline } from "./name-resolution.ts";

export const networkDiagnostics = [
  offline,
  dns,
  ipv6Only,
  caMissing,
  certFileNowhere,
  tlsInterception,
  clockWrong,
  proxyDead,
  proxyCredentials,
  loginPage,
  proxyVariablesDiffer,
  allProxyUnread,
  noProxyRule,
  goproxyOff,
  goproxyInvalid,
  goproxyDirectNoGit,
  goproxyEntry,
  gosumdbOff,
  gosumdbUnreachable,
  goprivateWide,
  goinsecure,
] as const;
