import { hashBytes } from "../release/sha256.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { HomeRefusal, type HomeFile } from "../host/home/home-files.ts";
import { systemEnvironment } from "../host/host-facts.ts";
import type { ReadFiles } from "../host/ports.ts";
import { chooseRcFiles, rcFileCandidates, type RcFile, type ShellName } from "../shell/choose-rc-files.ts";
import { directoriesToAsk, editRcFile, type RcEdit } from "../shell/edit-rc-file.ts";
import { removeFromRcFile } from "../shell/remove-block.ts";
import { listMissingParents, type ObservePorts, type ObserveRequest } from "./observe-ports.ts";
import type { ObservedRcFile } from "../plan/observed-state.ts";

const shells: readonly ShellName[] = ["sh", "bash", "zsh", "fish"];
const mostParseMs = 10_000;

interface ObservedRcFiles {
  readonly rcFiles: readonly ObservedRcFile[];
  /** Files that cannot be edited, and why. */
  readonly refusals: readonly string[];
}

/** The account's rc files, each with the edit that it needs; the edit is proven to parse before it is proposed. */
export async function observeRcFiles(ports: ObservePorts, request: ObserveRequest): Promise<ObservedRcFiles> {
  const { account } = request;
  const home = ports.home(account.name);
  const found = new Map<AbsolutePath, HomeFile>();
  const refused = new Map<AbsolutePath, string>();
  for (const path of rcFileCandidates(account.home)) {
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
  });
  const rcFiles: ObservedRcFile[] = [];
  for (const rcFile of chosen) {
    if (!refused.has(rcFile.path)) rcFiles.push(await observeRcFile(ports, request, rcFile, found.get(rcFile.path)));
  }
  return { rcFiles, refusals: describeRefusals(refused) };
}

/** A line a reason: in a home that cannot be written, one reason holds for every file. */
function describeRefusals(refused: ReadonlyMap<AbsolutePath, string>): readonly string[] {
  const byReason = Map.groupBy([...refused], ([, reason]) => reason);
  return [...byReason].map(([reason, files]) => {
    const [first, ...others] = files.map(([path]) => path);
    return `${first}${others.length === 0 ? " is" : ` and ${others.length} more are`} left alone: ${reason}`;
  });
}

function isInstalled(files: ReadFiles, shell: ShellName): boolean {
  return ["/bin", "/usr/bin"].some((directory) => files.resolve(absolutePath(directory, shell)) !== undefined);
}

async function observeRcFile(
  ports: ObservePorts,
  request: ObserveRequest,
  rcFile: RcFile,
  file: HomeFile | undefined,
): Promise<ObservedRcFile> {
  const text = file?.content.toString("latin1") ?? null;
  const edit = await proposeEdit(ports, request, rcFile, text ?? "");
  const without = text === null ? "" : removeFromRcFile(text, rcFile.dialect);
  const { name } = request.account;
  const managed = request.receipt?.files.find(({ path, owner }) => path === rcFile.path && owner === name);
  const isMadeByUs = text === null || (managed !== undefined && managed.before === null && without === "");
  const missing = file === undefined ? await listMissing(ports, request, rcFile.path) : [];
  const disabled = edit.changes.filter(({ kind }) => kind === "line-disabled");
  return {
    path: rcFile.path,
    owner: request.account.name,
    text,
    sha256: file === undefined ? null : hashBytes(file.content),
    mode: file?.mode ?? 0o644,
    isManaged: managed !== undefined,
    restores: isMadeByUs ? null : without,
    missingDirectories: missing,
    edited: edit.text,
    reason:
      disabled.length === 0
        ? "shells that read it find this Go first"
        : `shells that read it find this Go first; switched off: ${disabled.map(({ line, before }) => `line ${line} \`${before.trim()}\``).join(", ")}`,
    reported: edit.reported.map(({ line, text: content, why }) => `line ${line} \`${content}\` is left alone: ${why}`),
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

/** The edit, with lines switched off only where the shell's own parser accepts the result. */
async function proposeEdit(
  ports: ObservePorts,
  request: ObserveRequest,
  rcFile: RcFile,
  text: string,
): Promise<RcEdit> {
  const isOtherGo = await learnOtherGos(ports, request, rcFile, text);
  const edit = editRcFile({ text, dialect: rcFile.dialect, home: request.account.home, isOtherGo });
  const isSwitchingOff = edit.changes.some(({ kind }) => kind === "line-disabled");
  if (!isSwitchingOff || (await isParsed(ports, request, rcFile, edit.text))) return edit;
  return editRcFile({ text, dialect: rcFile.dialect, home: request.account.home, isOtherGo, disableLines: false });
}

/** Which directories that the file puts on PATH hold another Go, as the account itself sees them. */
async function learnOtherGos(
  ports: ObservePorts,
  request: ObserveRequest,
  rcFile: RcFile,
  text: string,
): Promise<(directory: string) => boolean> {
  const others = new Set<string>();
  for (const directory of directoriesToAsk({ text, dialect: rcFile.dialect, home: request.account.home })) {
    if (await ports.home(request.account.name).isGoDirectory(absolutePath(directory))) others.add(directory);
  }
  return (directory) => others.has(directory);
}

async function isParsed(ports: ObservePorts, request: ObserveRequest, rcFile: RcFile, text: string): Promise<boolean> {
  const answer = await ports.processes.run({
    argv: rcFile.validate,
    env: systemEnvironment,
    cwd: absolutePath("/"),
    input: Buffer.from(text, "latin1"),
    timeoutMs: mostParseMs,
    ...(request.isNative ? { asUser: request.account } : {}),
  });
  return answer.status === 0;
}
