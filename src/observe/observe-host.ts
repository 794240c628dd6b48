import { hashBytes } from "../release/sha256.ts";
import { ProvisionError } from "../errors/provision-error.ts";
import { absolutePath } from "../host/absolute-path.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";
import type { Receipt } from "../host/state/receipt.ts";
import { removeOurProfile } from "../shell/managed-block.ts";
import type { ShellAnswers } from "../environment/shell-answer.ts";
import { observeLinks } from "./observe-links.ts";
import { listMissingParents, type ObservePorts, type ObserveRequest } from "./observe-ports.ts";
import { observeRcFiles } from "./observe-rc-files.ts";
import { observeTree } from "./observe-tree.ts";
import type { ObservedFile, ObservedState } from "../plan/observed-state.ts";

/** Looks at everything that an install plan depends on; writes nothing. */
export async function observeHost(ports: ObservePorts, request: ObserveRequest): Promise<ObservedState> {
  const { receipt, isThorough } = request;
  const mountInfo = ports.machine.read(absolutePath("/proc/self/mountinfo"))?.toString("utf8") ?? "";
  const { rcFiles, refusals } = request.isEditingRcFiles
    ? await observeRcFiles(ports, request, undefined)
    : { rcFiles: [], refusals: [] };
  return {
    tree: observeTree(ports.files, receipt, { mountInfo, isThorough }),
    receipt,
    profile: observeProfile(ports.files, receipt),
    links: observeLinks(ports.files),
    rcFiles,
    shells: undefined,
    refusals,
  };
}

/**
 * The same, with what the account's shells have: they say where zsh keeps its files, whether a version manager chooses
 * the Go, and whether the block holds. They are asked where something is to be done, or a file of theirs has changed.
 *
 * @param known what they said earlier in this run, of the very same files
 */
export async function observeShells(
  ports: ObservePorts,
  request: ObserveRequest & { readonly timeoutMs: number },
  observed: ObservedState,
  known: ShellAnswers | undefined,
): Promise<ObservedState> {
  let shells = known;
  if (shells === undefined) {
    // A run that has nothing to do asks nobody, and starts without what asking takes.
    const { askOwnShells } = await import("../environment/own-shells.ts");
    shells = await askOwnShells(ports, request.account, request.timeoutMs);
  }
  if (!request.isEditingRcFiles) return { ...observed, shells };
  return { ...observed, shells, ...(await observeRcFiles(ports, request, shells)) };
}

/** Whether nothing but the shells themselves can say what is to become of the rc files. */
export function isShellNeeded({ rcFiles }: ObservedState): boolean {
  return rcFiles.some(
    ({ isChosen, managed, sha256, isLeftAlone }) => isChosen && !isLeftAlone && managed?.sha256 !== sha256,
  );
}

function observeProfile(files: ReadFiles, receipt: Receipt | undefined): ObservedFile {
  const path = places.profile;
  const stat = files.stat(path);
  // Through a link root would write somewhere else; what others own is theirs to change under us.
  if (stat !== undefined && (stat.kind !== "file" || stat.uid !== 0)) {
    throw new ProvisionError("place-unsafe", `${path} is not a regular file of root's`, {
      remedy: [`mv ${path} ${path}.before-readygo, then run readygo again`],
    });
  }
  const content = files.read(path);
  const text = content?.toString("latin1") ?? null;
  // A text that is wholly ours, whose receipt is lost, was never anybody else's.
  const without = text === null ? "" : removeOurProfile(text);
  const isManaged = receipt?.files.some((file) => file.path === path) ?? false;
  return {
    path,
    owner: null,
    text,
    sha256: content === undefined ? null : hashBytes(content),
    mode: (stat?.mode ?? 0o644) & 0o755,
    isManaged,
    restores: text === null || without === "" ? null : without,
    missingDirectories: listMissingParents(path, (directory) => files.stat(directory) !== undefined),
  };
}
