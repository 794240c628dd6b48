import { columnsOf } from "../report/columns.ts";
import { quoteForShell } from "../errors/aim-at-image.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { redactUrl } from "../errors/redact-url.ts";
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
import type { CommandInput } from "./command.ts";
import { parseConfig } from "./config.ts";
import { options, type Settings } from "./options.ts";
import type { ProcessPort } from "../host/process-port.ts";
import type { CommonRequest, InstallRequest } from "../provision/request.ts";

export function parseCommonRequest(
  { settings, given }: Pick<CommandInput, "settings" | "given">,
  root: string,
  port: ProcessPort,
): CommonRequest {
  const inMs = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : seconds * 1000;
  return {
    isJson: settings.json ?? false,
    isQuiet: settings.quiet ?? false,
    isVerbose: settings.verbose ?? false,
    isColor: settings.color ?? (port.isTerminal && !port.env["NO_COLOR"] && port.env["TERM"] !== "dumb"),
    columns: columnsOf(port.stdout),
    root,
    waitSeconds: settings.wait ?? 0,
    module: settings.module ?? options.module.default,
    checkTimeoutMs: (settings.timeout ?? options.timeout.default) * 1000,
    user: settings.user,
    proxy: settings.proxy,
    proxyNamedBy: given.proxy === undefined ? "proxy in readygo.ini" : "--proxy",
    noProxy: settings.noproxy,
    caFile: settings["ca-file"],
    goproxy: settings.goproxy,
    limits: {
      connectMs: (settings["connect-timeout"] ?? options["connect-timeout"].default) * 1000,
      stallMs: (settings["stall-timeout"] ?? options["stall-timeout"].default) * 1000,
      wholeMs: inMs(settings["download-timeout"]),
    },
  };
}

/** @throws ProvisionError `usage`, `version-invalid`, `source-invalid`, `arch-unsupported` */
export function parseInstallRequest(
  { settings, given, words }: Omit<CommandInput, "config">,
  { port, request }: { readonly port: ProcessPort; readonly request: CommonRequest },
): InstallRequest {
  const { sha256, arch } = settings;
  const digest = sha256 === undefined ? undefined : parseSha256(sha256);
  if (sha256 !== undefined && digest === undefined)
    throw new ProvisionError("usage", "--sha256 takes 64 hexadecimal digits", { details: { given: sha256 } });
  const architecture = arch === undefined ? undefined : parseArchitecture(arch);
  if (arch !== undefined && architecture === undefined) {
    throw new ProvisionError("arch-unsupported", `--arch takes amd64 or arm64, not "${arch}"`);
  }
  return {
    ...request,
    version: parseVersion(words[0] ?? settings.version ?? "latest"),
    architecture,
    sources: listSourceTexts(settings).map((text) => parseSource(text, port.cwd)),
    areSourcesUsual: settings.source === undefined,
    areSourcesNamed: given.source !== undefined,
    sha256: digest,
    policy: settings.trust ?? options.trust.default,
    isEditingRcFiles: settings.rc ?? true,
    hasLinks: settings.links ?? true,
    hasGobin: settings.gobin ?? false,
    isVerifying: settings.verify ?? true,
    isKeepingFailed: settings["keep-failed"] ?? false,
    isRepairing: settings.repair ?? false,
    isAdopting: settings.adopt ?? false,
    busy: settings.busy ?? "wait",
    waitBuildsSeconds: settings["wait-builds"] ?? options["wait-builds"].default,
    keep: settings.keep ?? options.keep.default,
    isDiscardingForeign: settings["discard-foreign"] ?? false,
    isKeepingTools: settings["keep-tools"] ?? false,
  };
}

/** Sources as they were written; else those that are on by default. */
export function listSourceTexts({ source }: Settings): readonly string[] {
  return source ?? defaultSourceNames();
}

/** A URL is no version, and as a path its password would be printed. */
function parseVersion(text: string): VersionRequest {
  if (!/^\w+:\/\//.test(text)) return parseVersionRequest(text);
  throw new ProvisionError("version-invalid", `${redactUrl(text)} is not a Go version`, {
    remedy: [`readygo install latest --source ${redactUrl(text)}`],
  });
}

/**
 * "" for this machine, else where the image really lies.
 *
 * @throws ProvisionError `usage`
 */
export function parseRoot(text: string | undefined, cwd: AbsolutePath): string {
  if (text === undefined) return "";
  const path = parseAbsolutePath(text) ?? absolutePath(cwd, text);
  const real = createRealFiles("").resolve(path);
  if (real === undefined || createRealFiles("").stat(real)?.kind !== "directory") {
    throw new ProvisionError("usage", `--root needs a directory, and ${path} is not one`);
  }
  return real === "/" ? "" : real;
}

/**
 * The readygo.ini that counts: the one that was named, else the host's own.
 *
 * @throws ProvisionError `config-invalid`, `place-unsafe`
 */
export function readConfig(text: string | undefined, root: string, cwd: AbsolutePath): Settings {
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
      remedy: [
        `look at what ${at} says, then  chown root:root ${quoteForShell(at)} && chmod go-w ${quoteForShell(at)}`,
      ],
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
