import { buildCloudConfig, type CloudConfigRequest, formatUserData } from "../cloud-init/cloud-config.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, parseAbsolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { parseSource } from "../../sources/source.ts";
import { parseVersionRequest } from "../../release/version-request.ts";
import { type Command, type CommandInput, onlyText } from "../command.ts";
import { pickConfig } from "../config.ts";
import { checkOptions, shellOptions, sourceOptions } from "../option-groups.ts";
import type { Settings } from "../options.ts";
import { parseInstallRequest } from "../parse-request.ts";
import { readBootstrap } from "../../provision/read-bootstrap.ts";
import { readReleaseRequest } from "../../provision/read-version-file.ts";
import type { Session } from "../../provision/session.ts";

/** Prints what makes a new machine install Go by itself; works on nothing here, and needs no root. */
export const cloudInitCommand: Command = {
  name: "cloud-init",
  positional: { name: "version-or-file", describe: "as for install; a file is read here" },
  summary: "Print user-data: a new machine installs its Go",
  options: ["base", "timer", ...sourceOptions.filter((name) => name !== "arch"), ...shellOptions, ...checkOptions],
  help: { "ca-file": "CA certificates, PEM: read here, put on the machine" },
  examples: [
    ["cloud-init 1.27 --base https://example.com/readygo >user-data", "a machine that has nothing yet"],
    ["cloud-init 1.27.4 --trust two --user ubuntu >user-data", "an image that has readygo"],
    ["cloud-init 1.27 --timer >user-data", "a machine that proves its Go once a day"],
    ["cloud-init --config machines.ini >user-data", "with settings from a file"],
  ],
  async run(session, input) {
    const templates = await loadTemplates();
    const cloudConfig = buildCloudConfig(await readRequest(session, input), templates);
    const comment = templates.comment.map((line) => line.replace("{version}", session.port.version));
    return onlyText(await formatUserData(cloudConfig, comment), { cloudConfig }, { isFile: true });
  },
};

async function loadTemplates(): Promise<typeof import("../../../manifests/cloud-init.json")> {
  return (await import("../../../manifests/cloud-init.json", { with: { type: "json" } })).default;
}

/** This machine's own readygo.ini is not the new machine's; one that was named with --config is. */
async function readRequest(session: Session, { given, config, words }: CommandInput): Promise<CloudConfigRequest> {
  refuseControlCharacters(given, words);
  const base = given.config === undefined ? {} : config;
  // For its refusals: what a machine could not understand at its boot is better said here.
  parseInstallRequest({ settings: { ...base, ...given }, given, words }, session);
  // Sources, their order, are arguments on the machine; the certificates' file is another one there.
  const { base: bootstrapAt, timer: hasTimer = false, sha256, source = [], "ca-file": caFile, ...rest } = given;
  const version = await readVersion(session, words[0]);
  return {
    config: { version: "latest", ...base, ...pickConfig(rest), ...(version === undefined ? {} : { version }) },
    installArguments: [
      ...source.flatMap((text) => ["--source", checkSource(text)]),
      ...(sha256 === undefined ? [] : ["--sha256", sha256]),
    ],
    authorities: caFile === undefined ? undefined : readAuthorities(session, pathOf(session, caFile)),
    hasTimer,
    bootstrap: bootstrapAt === undefined ? undefined : await readBootstrap(session, bootstrapAt),
  };
}

/** All of it ends in files of the new machine, line by line: a newline would begin a line of its own there. */
function refuseControlCharacters(given: Settings, words: readonly string[]): void {
  const isSpoilt = (value: unknown): boolean => [value].flat().some((text) => /\p{Cc}/u.test(String(text)));
  const [spoilt] = Object.entries(given).find(([, value]) => isSpoilt(value)) ?? [];
  const option = isSpoilt(words) ? "VERSION" : spoilt === undefined ? undefined : `--${spoilt}`;
  if (option === undefined) return;
  throw new ProvisionError("usage", `${option} has a newline or another control character in it`);
}

async function readVersion(session: Session, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const version = parseVersionRequest(text);
  if (version.kind !== "file" && version.kind !== "stdin") return text;
  const asked = await readReleaseRequest(session, { version });
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
