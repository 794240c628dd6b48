import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, parseAbsolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { parseSource } from "../../sources/source.ts";
import { parseVersionRequest } from "../../release/version-request.ts";
import { buildCloudConfig, type CloudConfigRequest } from "../cloud-init/cloud-config.ts";
import type { Command } from "../command.ts";
import type { Config } from "../config.ts";
import { formatUserData } from "../cloud-init/format-user-data.ts";
import { checkOptions, shellOptions, sourceOptions } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { readBootstrap } from "../../provision/read-bootstrap.ts";
import { readReleaseRequest } from "../../provision/prepare-install.ts";
import type { Session } from "../../provision/session.ts";
import { readFlag, readSeconds, readText, readTexts, type Values } from "../values.ts";

const { arch: _onlyThisMachines, ...machineSourceOptions } = sourceOptions;

/** Prints what makes a new machine install Go by itself; works on nothing here, and needs no root. */
export const cloudInitCommand: Command = {
  name: "cloud-init",
  positional: { name: "version-or-file", describe: "as for install; a file is read here" },
  summary: "Print user-data: a new machine installs its Go",
  options: {
    base: {
      type: "string",
      requiresArg: true,
      describe: "URL or directory of a readygo release, whose bootstrap.sh brings readygo (default: the image has it)",
    },
    ...machineSourceOptions,
    "ca-file": { ...sourceOptions["ca-file"], describe: "CA certificates, PEM: read here, put on the machine" },
    ...shellOptions,
    ...checkOptions,
  },
  examples: [
    ["cloud-init 1.27 --base https://example.com/readygo >user-data", "a machine that has nothing yet"],
    ["cloud-init 1.27.4 --trust two --user ubuntu >user-data", "an image that has readygo"],
    ["cloud-init --config machines.ini >user-data", "with settings from a file"],
  ],
  async run(session, values, config) {
    const templates = await loadTemplates();
    const cloudConfig = buildCloudConfig(await readRequest(session, values, config), templates);
    const comment = templates.comment.map((line) => line.replace("{version}", session.port.version));
    return {
      status: "unchanged",
      version: null,
      previous: null,
      changes: [],
      checks: [],
      exit: 0,
      text: await formatUserData(cloudConfig, comment),
      isTextWanted: true,
      extra: { cloudConfig },
    };
  },
};

async function loadTemplates(): Promise<typeof import("../../../manifests/cloud-init.json")> {
  return (await import("../../../manifests/cloud-init.json", { with: { type: "json" } })).default;
}

/** This machine's own readygo.ini is not the new machine's; one that was named with --config is. */
async function readRequest(session: Session, values: Values, config: Config): Promise<CloudConfigRequest> {
  refuseControlCharacters(values);
  const base: Config = readText(values, "config") === undefined ? {} : config;
  // For its refusals: what a machine could not understand at its boot is better said here.
  parseInstallRequest(values, session.port, session.request, base);
  const caFile = readText(values, "ca-file");
  const overlay: Config = withoutAbsent({
    version: readVersion(session, readText(values, "version-or-file")),
    policy: readText(values, "trust"),
    proxy: readText(values, "proxy"),
    noproxy: readText(values, "noproxy"),
    connectTimeoutSeconds: readSeconds(values, "connect-timeout"),
    stallTimeoutSeconds: readSeconds(values, "stall-timeout"),
    downloadTimeoutSeconds: readSeconds(values, "download-timeout"),
    user: readText(values, "user"),
    rc: readFlag(values, "rc"),
    module: readText(values, "module"),
    timeoutSeconds: readSeconds(values, "timeout"),
  });
  const bootstrapAt = readText(values, "base");
  const sha256 = readText(values, "sha256");
  return {
    config: { version: "latest", ...base, ...overlay },
    installArguments: [
      ...readTexts(values, "source").flatMap((source) => ["--source", checkSource(source)]),
      ...(sha256 === undefined ? [] : ["--sha256", sha256]),
    ],
    authorities: caFile === undefined ? undefined : readAuthorities(session, pathOf(session, caFile)),
    bootstrap: bootstrapAt === undefined ? undefined : await readBootstrap(session, bootstrapAt),
  };
}

/** All of it ends in files of the new machine, line by line: a newline would begin a line of its own there. */
function refuseControlCharacters(values: Values): void {
  const names = ["version-or-file", ...Object.keys(cloudInitCommand.options)];
  const spoilt = names.find((name) => readTexts(values, name).some((text) => /\p{Cc}/u.test(text)));
  if (spoilt === undefined) return;
  const option = spoilt === "version-or-file" ? "VERSION" : `--${spoilt}`;
  throw new ProvisionError("usage", `${option} has a newline or another control character in it`);
}

function withoutAbsent(config: { readonly [Key in keyof Config]: Config[Key] | undefined }): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

function readVersion(session: Session, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const version = parseVersionRequest(text);
  if (version.kind !== "file") return text;
  const asked = readReleaseRequest(session, { version });
  return asked.kind === "exact" ? asked.version.slice(2) : asked.kind === "line" ? asked.line : "latest";
}

/** A relative path would be this machine's. */
function checkSource(text: string): string {
  const source = parseSource(text, absolutePath("/"));
  if ((source.kind === "directory" || source.kind === "file") && parseAbsolutePath(text) === undefined) {
    throw new ProvisionError("source-invalid", `${text} is not an absolute path; it has to be one on the new machine`);
  }
  return text;
}

function readAuthorities(session: Session, path: AbsolutePath): string {
  const text = session.machine.read(path)?.toString("utf8") ?? "";
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new ProvisionError("usage", `${path} holds no CA certificate (PEM)`);
}

function pathOf(session: Session, text: string): AbsolutePath {
  return parseAbsolutePath(text) ?? absolutePath(session.port.cwd, text);
}
