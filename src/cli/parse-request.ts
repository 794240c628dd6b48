import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { isNoProxyList } from "../fetch/http/choose-proxy.ts";
import { usualLimits } from "../fetch/download/download-limits.ts";
import { absolutePath, parseAbsolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { createRealFiles } from "../host/real-files.ts";
import { hasOneWriter, rootAlone } from "../host/one-writer.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { parseArchitecture } from "../release/architecture.ts";
import { defaultSourceNames } from "../sources/known-sources.ts";
import { parseSha256 } from "../release/sha256.ts";
import { parseSource } from "../sources/source.ts";
import { parseVersionRequest, type VersionRequest } from "../release/version-request.ts";
import { parseConfig, type Config } from "./config.ts";
import type { ProcessPort } from "../host/process-port.ts";
import type { CommonRequest, InstallRequest } from "../provision/request.ts";
import { readCount, readFlag, readSeconds, readText, readTexts, type Values } from "./values.ts";

const defaultModule = "rsc.io/quote@v1.5.2";
const defaultTimeoutMs = 60_000;
const defaultWaitBuildsSeconds = 60;

/** @throws ProvisionError `usage`, `config-invalid`, `place-unsafe` */
export function parseCommonRequest(values: Values, port: ProcessPort): { request: CommonRequest; config: Config } {
  const root = parseRoot(readText(values, "root"), port.cwd);
  const config = readConfig(readText(values, "config"), root, port.cwd);
  return {
    config,
    request: {
      isJson: readFlag(values, "json") ?? false,
      isQuiet: readFlag(values, "quiet") ?? false,
      isVerbose: readFlag(values, "verbose") ?? false,
      isColor: readFlag(values, "color") ?? (port.isTerminal && !port.env["NO_COLOR"] && port.env["TERM"] !== "dumb"),
      root,
      waitSeconds: readSeconds(values, "wait") ?? 0,
      module: readText(values, "module") ?? config.module ?? defaultModule,
      checkTimeoutMs: readBoundMs(values, "timeout", config.timeoutSeconds) ?? defaultTimeoutMs,
      user: readText(values, "user") ?? config.user,
      proxy: readText(values, "proxy") ?? config.proxy,
      noProxy: readNoProxy(values) ?? config.noproxy,
      caFile: readText(values, "ca-file") ?? config.caFile,
      goproxy: config.goproxy,
      limits: {
        connectMs: readBoundMs(values, "connect-timeout", config.connectTimeoutSeconds) ?? usualLimits.connectMs,
        stallMs: readBoundMs(values, "stall-timeout", config.stallTimeoutSeconds) ?? usualLimits.stallMs,
        wholeMs: readBoundMs(values, "download-timeout", config.downloadTimeoutSeconds),
      },
    },
  };
}

/** @throws ProvisionError `usage`, `version-invalid`, `source-invalid`, `arch-unsupported` */
export function parseInstallRequest(
  values: Values,
  port: ProcessPort,
  common: CommonRequest,
  config: Config,
): InstallRequest {
  const sha256 = readText(values, "sha256");
  const digest = sha256 === undefined ? undefined : parseSha256(sha256);
  if (sha256 !== undefined && digest === undefined)
    throw new ProvisionError("usage", "--sha256 takes 64 hexadecimal digits", { details: { given: sha256 } });
  const arch = readText(values, "arch");
  const architecture = arch === undefined ? undefined : parseArchitecture(arch);
  if (arch !== undefined && architecture === undefined) {
    throw new ProvisionError("arch-unsupported", `--arch takes amd64 or arm64, not "${arch}"`);
  }
  const busy = readText(values, "busy");
  const policy = readText(values, "trust") ?? config.policy ?? "any";
  return {
    ...common,
    version: parseVersion(readText(values, "version-or-file") ?? config.version ?? "latest"),
    architecture,
    sources: listSourceTexts(values, config).map((text) => parseSource(text, port.cwd)),
    areSourcesNamed: readTexts(values, "source").length > 0,
    sha256: digest,
    policy: policy === "two" || policy === "log" ? policy : "any",
    isEditingRcFiles: readFlag(values, "rc") ?? config.rc ?? true,
    isVerifying: readFlag(values, "verify") ?? true,
    isKeepingFailed: readFlag(values, "keep-failed") ?? false,
    isRepairing: readFlag(values, "repair") ?? false,
    isAdopting: readFlag(values, "adopt") ?? false,
    busy: busy === "replace" || busy === "fail" ? busy : "wait",
    waitBuildsSeconds: readSeconds(values, "wait-builds") ?? defaultWaitBuildsSeconds,
    keep: readCount(values, "keep") ?? 1,
    isDiscardingForeign: readFlag(values, "discard-foreign") ?? false,
  };
}

/** The flag's seconds, else readygo.ini's. */
function readBoundMs(values: Values, name: string, configured: number | undefined): number | undefined {
  const seconds = readSeconds(values, name) ?? configured;
  if (seconds === 0) throw new ProvisionError("usage", `--${name} takes a number of seconds from 1 on`);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Sources as they were written: on the command line, else in readygo.ini, else those that are on by default. */
export function listSourceTexts(values: Values, config: Config): readonly string[] {
  const named = readTexts(values, "source");
  return named.length > 0 ? named : (config.order ?? defaultSourceNames());
}

/** A URL is no version, and as a path its password would be printed. */
function parseVersion(text: string): VersionRequest {
  if (!/^\w+:\/\//.test(text)) return parseVersionRequest(text);
  throw new ProvisionError("version-invalid", `${redactUrl(text)} is not a Go version`, {
    remedy: [`readygo install latest --source ${redactUrl(text)}`],
  });
}

function parseRoot(text: string | undefined, cwd: AbsolutePath): string {
  if (text === undefined) return "";
  const path = parseAbsolutePath(text) ?? absolutePath(cwd, text);
  const real = createRealFiles("").resolve(path);
  if (real === undefined || createRealFiles("").stat(real)?.kind !== "directory") {
    throw new ProvisionError("usage", `--root takes a directory, and ${path} is none`);
  }
  return real === "/" ? "" : real;
}

function readConfig(text: string | undefined, root: string, cwd: AbsolutePath): Config {
  if (text !== undefined) {
    const path = parseAbsolutePath(text) ?? absolutePath(cwd, text);
    const content = readOrExplain(() => createRealFiles("").read(path), path);
    if (content === undefined)
      throw new ProvisionError("config-invalid", `there is no file ${path}`, {
        details: { file: path },
        remedy: [`ls -l ${path}`],
      });
    return parseConfig(content.toString("utf8"), path);
  }
  const files = createRealFiles(root);
  requireOwnConfig(files);
  const content = readOrExplain(() => files.read(places.config), places.config);
  return content === undefined ? {} : parseConfig(content.toString("utf8"), places.config);
}

/** It says where root fetches from, and whom it trusts; a file that the caller names is the caller's choice. */
function requireOwnConfig(files: ReadFiles): void {
  const path = readOrExplain(() => files.resolve(places.config), places.config);
  const stat = path === undefined ? undefined : files.stat(path);
  if (path === undefined || stat === undefined || hasOneWriter(stat, rootAlone)) return;
  const at = files.locate(path);
  throw new ProvisionError(
    "place-unsafe",
    `${at} can be written by others than root (owner ${stat.uid}, mode ${stat.mode.toString(8)})`,
    {
      remedy: [`look at what ${at} says, then  chown root:root ${at} && chmod go-w ${at}`],
    },
  );
}

function readOrExplain<Value>(read: () => Value, path: string): Value {
  try {
    return read();
  } catch (cause) {
    throw new ProvisionError("config-invalid", `${path} cannot be read`, { cause, details: { file: path } });
  }
}

function readNoProxy(values: Values): string | undefined {
  const text = readText(values, "noproxy");
  if (text === undefined || isNoProxyList(text)) return text;
  throw new ProvisionError(
    "usage",
    "--noproxy takes hosts, .domains, addresses and networks, with commas between them",
    {
      details: { given: text },
    },
  );
}
