import { hashBytes } from "../release/sha256.ts";
import { readBackup } from "../host/state/backups.ts";
import type { ShellAnswers } from "../environment/shell-answer.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { HomeRefusal, type HomeFile } from "../host/home/home-files.ts";
import type { ReadFiles } from "../host/ports.ts";
import { isZshDirectory } from "../host/places.ts";
import { chooseRcFiles, rcFileCandidates, type RcFile } from "../shell/choose-rc-files.ts";
import type { ShellDialect } from "../shell/managed-block.ts";
import { hasBlock, putBlock, removeBlock } from "../shell/rc-block.ts";
import { isClosedText } from "./is-closed-text.ts";
import { listMissingParents, type ObservePorts, type ObserveRequest } from "./observe-ports.ts";
import type { ObservedRcFile } from "../plan/observed-state.ts";

const shells: readonly ShellDialect[] = ["sh", "bash", "zsh", "fish"];

interface ObservedRcFiles {
  readonly rcFiles: readonly ObservedRcFile[];
  /** Files that cannot be edited, and why. */
  readonly refusals: readonly string[];
}

/** The account's rc files: those that are to carry our block, and those in which it stands. */
export async function observeRcFiles(
  ports: ObservePorts,
  request: ObserveRequest,
  answers: ShellAnswers | undefined,
): Promise<ObservedRcFiles> {
  const { account } = request;
  const home = ports.home(account.name);
  const zdotdir = findZshDirectory(request, answers);
  const found = new Map<AbsolutePath, HomeFile>();
  const refused = new Map<AbsolutePath, string>();
  for (const path of rcFileCandidates(account.home, zdotdir)) {
    try {
      const file = await home.read(path);
      if (file !== undefined) found.set(path, file);
    } catch (error) {
      if (!(error instanceof HomeRefusal)) throw error;
      // These hold for every file of the home: one word is enough.
      if (error.kind === "home" || error.kind === "unanswered") {
        return { rcFiles: [], refusals: [`rc files of ${account.name} are left alone: ${error.message}`] };
      }
      refused.set(path, error.message);
    }
  }
  const chosen = chooseRcFiles({
    shell: account.shell,
    home: account.home,
    existing: new Set([...found.keys(), ...refused.keys()]),
    installedShells: new Set(shells.filter((name) => isInstalled(ports.files, name))),
    zdotdir,
  });
  const others = [...found].flatMap(([path, file]): readonly RcFile[] => {
    const dialect = dialectOf(path);
    const isOurs = hasBlock(file.content.toString("latin1")) || findManaged(request, path) !== undefined;
    return isOurs && !chosen.some((rcFile) => rcFile.path === path) ? [{ path, dialect, mayCreate: false }] : [];
  });
  const rcFiles: ObservedRcFile[] = [];
  for (const rcFile of [...chosen, ...others]) {
    if (refused.has(rcFile.path)) continue;
    const isChosen = chosen.includes(rcFile);
    rcFiles.push(await observeRcFile(ports, request, { ...rcFile, isChosen }, found.get(rcFile.path)));
  }
  const wanted = new Map([...refused].filter(([path]) => chosen.some((rcFile) => rcFile.path === path)));
  return { rcFiles, refusals: describeRefusals(wanted) };
}

/** ZDOTDIR as zsh itself says; where it was not asked, as an earlier run has found it. */
function findZshDirectory(
  { account, receipt }: ObserveRequest,
  answers: ShellAnswers | undefined,
): AbsolutePath | undefined {
  const said = [answers?.interactive, answers?.login].map((answer) =>
    answer?.kind === "answered" ? answer.env["ZDOTDIR"] : undefined,
  );
  const noted = [...(receipt?.files ?? []), ...(receipt?.leftAlone ?? [])].flatMap(({ path, owner }) =>
    owner === account.name && path.endsWith("/.zshrc") ? [path.slice(0, -"/.zshrc".length)] : [],
  );
  const directory = (answers === undefined ? noted : said).find((path) => path !== undefined && path !== "");
  return directory !== undefined && isZshDirectory(account.home, directory) ? absolutePath(directory) : undefined;
}

function findManaged({ receipt, account }: ObserveRequest, path: AbsolutePath) {
  return receipt?.files.find((file) => file.path === path && file.owner === account.name);
}

/** A line a reason: in a home that cannot be written, one reason holds for every file. */
function describeRefusals(refused: ReadonlyMap<AbsolutePath, string>): readonly string[] {
  const byReason = Map.groupBy([...refused], ([, reason]) => reason);
  return [...byReason].map(([reason, files]) => {
    const [first, ...others] = files.map(([path]) => path);
    return `${first}${others.length === 0 ? " is" : ` and ${others.length} more are`} left alone: ${reason}`;
  });
}

function isInstalled(files: ReadFiles, shell: ShellDialect): boolean {
  return ["/bin", "/usr/bin"].some((directory) => files.resolve(absolutePath(directory, shell)) !== undefined);
}

/** The language of a file that `rcFileCandidates` named, by its name alone. */
function dialectOf(path: AbsolutePath): ShellDialect {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name.endsWith(".fish")) return "fish";
  if (name.startsWith(".z")) return "zsh";
  return name.startsWith(".bash") ? "bash" : "sh";
}

async function observeRcFile(
  ports: ObservePorts,
  request: ObserveRequest,
  rcFile: RcFile & { readonly isChosen: boolean },
  file: HomeFile | undefined,
): Promise<ObservedRcFile> {
  const { account, receipt } = request;
  const { path, dialect, isChosen } = rcFile;
  const text = file?.content.toString("latin1") ?? null;
  const sha256 = file === undefined ? null : hashBytes(file.content);
  const without = text === null ? "" : removeBlock(text);
  const managed = findManaged(request, path);
  const isMadeByUs = text === null || (managed !== undefined && managed.before === null && without === "");
  const before = managed?.before ?? undefined;
  return {
    path,
    owner: account.name,
    text,
    sha256,
    mode: file?.mode ?? 0o644,
    isManaged: managed !== undefined,
    restores: isMadeByUs ? null : without,
    missingDirectories: file === undefined ? await listMissing(ports, request, path) : [],
    dialect,
    isChosen,
    managed,
    backup:
      before === undefined ? undefined : readBackup(ports.files, before.backup, before.sha256)?.toString("latin1"),
    isLeftAlone:
      receipt?.leftAlone.some((left) => left.path === path && left.owner === account.name && left.sha256 === sha256) ??
      false,
    isClosed:
      !request.isNative || !isChosen || without === "" || managed?.sha256 === sha256
        ? true
        : await isClosedText(ports.processes, account, {
            text: putBlock(without, { dialect, hasGobin: false }, "end"),
            dialect,
          }),
  };
}

async function listMissing(
  ports: ObservePorts,
  request: ObserveRequest,
  path: AbsolutePath,
): Promise<readonly AbsolutePath[]> {
  const home = ports.home(request.account.name);
  const existing = new Set<AbsolutePath>();
  for (const directory of listMissingParents(path, (parent) => parent === request.account.home)) {
    if (await home.isDirectory(directory)) existing.add(directory);
  }
  return listMissingParents(path, (parent) => parent === request.account.home || existing.has(parent));
}
