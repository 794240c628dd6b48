import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import { parseGoEnvFile } from "../release/go-env-file.ts";
import type { GoproxyList } from "./goproxy-list.ts";
import { chooseGoproxy, type GoproxySettings, type Source } from "./source.ts";
import type { SourceContext } from "./source-context.ts";

/** One of the go command's settings, and who made it: `the environment`, a file. */
export interface GoSetting {
  readonly value: string;
  readonly from: string;
}

/** What the go command of this host would take for a setting: the account's `go env -w`, else an installed Go's go.env. */
export async function readStoredSetting(context: SourceContext, name: string): Promise<GoSetting | undefined> {
  return (await readUserSetting(context, name)) ?? readInstalledSetting(context, name);
}

/** The GOPROXY lists that this host names, for the sources that leave it open. */
export async function readGoproxySettings(context: SourceContext): Promise<GoproxySettings> {
  const { goproxy } = context.request;
  const own = await readUserSetting(context, "GOPROXY");
  const installed = readInstalledSetting(context, "GOPROXY");
  const environment = context.port.env["GOPROXY"];
  return {
    ...(goproxy === undefined ? {} : { config: goproxy }),
    ...(environment === undefined ? {} : { environment }),
    ...(own === undefined ? {} : { "go.env": own.value }),
    ...(installed === undefined ? {} : { installed: installed.value }),
  };
}

/** The module proxies through which the checksum database is asked: the first list of this run's sources, else this host's own. */
export async function chooseLogProxies(context: SourceContext, sources: readonly Source[]): Promise<GoproxyList> {
  const own = async (): Promise<Source> => chooseGoproxy(await readGoproxySettings(context));
  return findProxies(sources) ?? findProxies([await own()]) ?? [];
}

/** `direct` and `off` mirror nothing. */
function findProxies(sources: readonly Source[]): GoproxyList | undefined {
  return sources
    .map((source) => (source.kind === "goproxy" ? source.list : []))
    .find((list) => list.some(({ url }) => url !== "direct" && url !== "off"));
}

/** `go env -w NAME=…` of the account. */
async function readUserSetting(context: SourceContext, name: string): Promise<GoSetting | undefined> {
  const account = context.account();
  const path = absolutePath(account.home, ".config/go/env");
  try {
    const file = await context.home(account.name).read(path);
    const stored = file === undefined ? undefined : parseGoEnvFile(file.content.toString("utf8"))[name];
    const isOwn = account.uid === context.port.uid;
    const value = stored === undefined || isOwn ? stored : leaveOutFiles(stored);
    return value === undefined ? undefined : { value, from: path };
  } catch {
    // A home that cannot be read does not stop an install.
    return undefined;
  }
}

/**
 * Of a GOPROXY list or a GOSUMDB: readygo would read a file as root that somebody else names. Undefined where there was
 * nothing else.
 */
function leaveOutFiles(value: string): string | undefined {
  // A separator says after which answers the next entry is asked: those that stay keep theirs.
  const web = value.replaceAll(/[^,|]*\bfile:[^,|]*([,|]|$)/gi, "").replace(/[,|]$/, "");
  return web === "" ? undefined : web;
}

/**
 * $GOROOT/go.env of the Gos that Debian, Ubuntu, snap and the publisher's own instructions put on a host, read as data:
 * nothing of an unproven tree is run as root.
 */
function readInstalledSetting(
  { files, machine }: Pick<SourceContext, "files" | "machine">,
  name: string,
): GoSetting | undefined {
  return readGoEnvOf(files, name) ?? readGoEnvOf(machine, name);
}

function readGoEnvOf(files: ReadFiles, name: string): GoSetting | undefined {
  const distribution = files.list(absolutePath("/usr/lib")).filter((entry) => /^go-\d/.test(entry));
  const roots: readonly AbsolutePath[] = [
    places.goroot,
    absolutePath("/snap/go/current"),
    ...distribution.toReversed().map((entry) => absolutePath("/usr/lib", entry)),
  ];
  for (const root of roots) {
    const path = absolutePath(root, "go.env");
    const text = files.read(path)?.toString("utf8");
    const value = text === undefined ? undefined : parseGoEnvFile(text)[name];
    if (value !== undefined && value !== "") return { value, from: path };
  }
  return undefined;
}
