import { posix } from "node:path";
import { openSystemTexts, type Texts } from "../../environment/texts.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { homeFiles } from "../../host/places.ts";
import type { Account } from "../../host/ports.ts";
import { type DoctorContext, oncePerAccount } from "../doctor-context.ts";

interface ReadFile {
  readonly path: string;
  readonly text: string;
}

const ownFiles = [...homeFiles.bash, ".bash_aliases", ...homeFiles.zsh, homeFiles.fish];
const systemFiles = ["/etc/environment", "/etc/profile", "/etc/bash.bashrc", "/etc/zsh/zshenv", "/etc/zsh/zshrc"];

/**
 * Lines, as `FILE:LINE`, of the files that the account's shells read, comments left out.
 *
 * @param more further files to look at, below the home unless absolute
 */
export async function findShellLines(
  context: DoctorContext,
  account: Account,
  line: RegExp,
  more: readonly string[] = [],
): Promise<readonly string[]> {
  const files = [...(await readShellFiles(context, account)), ...(await readMore(context, account, more))];
  const found = files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((each, at) => (line.test(each) && !each.trimStart().startsWith("#") ? [`${path}:${at + 1}`] : [])),
  );
  return [...new Set(found)];
}

/** Those of the home by its account, those of the system as readygo; each once in a run. */
const readShellFiles = oncePerAccount(readAll);

async function readAll(context: DoctorContext, account: Account): Promise<readonly ReadFile[]> {
  const own = await readMore(context, account, ownFiles);
  const texts = openSystemTexts(context.files);
  const profiles = texts.list("/etc/profile.d").map((name) => posix.join("/etc/profile.d", name));
  return [...own, ...readSystem(texts, [...systemFiles, ...profiles])];
}

async function readMore(
  context: DoctorContext,
  account: Account,
  paths: readonly string[],
): Promise<readonly ReadFile[]> {
  const system = readSystem(
    openSystemTexts(context.files),
    paths.filter((path) => path.startsWith("/")),
  );
  const own = paths.filter((path) => !path.startsWith("/")).map((path) => absolutePath(account.home, path));
  const texts = await Promise.all(own.map((path) => context.readHome(account, path)));
  return [...system, ...own.flatMap((path, at) => (texts[at] === undefined ? [] : [{ path, text: texts[at] }]))];
}

function readSystem(texts: Texts, paths: readonly string[]): readonly ReadFile[] {
  return paths.flatMap((path) => {
    const text = texts.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
}
