import { quoteForShell } from "../../errors/aim-at-image.ts";
import { advise, type Remedy, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import type { Receipt } from "../../host/state/receipt.ts";
import { readTreeVersion } from "../../observe/observe-tree.ts";
import { compareTree } from "../../release/tree-manifest.ts";
import { type Diagnostic, diagnostic, type DoctorFinding, findError, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { isGorootRemote } from "./goroot-place.ts";
import { nameSome } from "../../errors/name-some.ts";
import { sortDifferences, type TreeFaults } from "./tree-differences.ts";

const { goroot } = places;
const mostOrigins = 5;

/** What stands where readygo has installed a release. */
interface InstalledTree {
  readonly receipt: Receipt;
  readonly faults: TreeFaults;
  /** The release that VERSION names instead of the receipt's. */
  readonly other: string | undefined;
}

type Look = (tree: InstalledTree, context: DoctorContext) => readonly DoctorFinding[];

function treeDiagnostic<const Id extends string>(
  shape: Pick<Diagnostic<Id>, "id" | "severity" | "sees" | "why">,
  look: Look,
): Diagnostic<Id> {
  return diagnostic({
    ...shape,
    group: "go",
    needs: ["root"],
    run: async (context) => {
      const tree = readInstalledTree(context);
      return tree === undefined ? [] : look(tree, context);
    },
  });
}

const known = new WeakMap<DoctorContext, InstalledTree | undefined>();

/** Held against its manifest once for all diagnostics of a run. Undefined where others say what stands there. */
function readInstalledTree(context: DoctorContext): InstalledTree | undefined {
  if (!known.has(context)) known.set(context, compareInstalledTree(context));
  return known.get(context);
}

function compareInstalledTree(context: DoctorContext): InstalledTree | undefined {
  const { files, receipt, accounts } = context;
  const [account] = accounts;
  if (receipt === undefined || account === undefined || findAbsence(context) !== undefined) return undefined;
  if (isGorootRemote(context) || files.stat(goroot)?.kind !== "directory") return undefined;
  const { manifest, scanTree } = context.of(account);
  if (manifest === undefined) return undefined;
  const version = readTreeVersion(files);
  const other = version === receipt.version ? undefined : version;
  const faults = sortDifferences(compareTree(manifest, scanTree()), manifest, other !== undefined);
  return { receipt, faults, other };
}

export const treePart = treeDiagnostic(
  {
    id: "tree-part",
    severity: "error",
    sees: "files of the release that are missing at /usr/local/go",
    why: "Builds that need one of them fail with `package … is not in std` or without a compiler.",
  },
  ({ receipt, faults, other }) =>
    faults.missing.length === 0 || other !== undefined
      ? []
      : [
          findError({
            evidence: `${faults.missingFiles.toLocaleString("en-US")} files of ${receipt.version} are missing: ${nameSome(faults.missing)}`,
            origins: locate(faults.missing),
            remedy: repair(receipt),
          }),
        ],
);

export const treeMixed = treeDiagnostic(
  {
    id: "tree-mixed",
    severity: "error",
    sees: "files of another release among those of /usr/local/go",
    why: "Go compiles all files of a directory: builds end with `redeclared in this block`.",
  },
  ({ receipt, faults, other }) => {
    const isOver = other !== undefined && faults.missing.length === 0 && faults.foreign.length > 0;
    if (faults.foreign.length === 0 || (other !== undefined && !isOver)) return [];
    const unpacked = isOver ? `; its VERSION says ${other}, which was unpacked over it` : "";
    return [
      findError({
        evidence: `${faults.foreign.length.toLocaleString("en-US")} files that ${receipt.version} does not have stand among its own: ${nameSome(faults.foreign)}${unpacked}`,
        origins: locate(faults.foreign),
        remedy: repair(receipt),
      }),
    ];
  },
);

export const treeReplaced = treeDiagnostic(
  {
    id: "tree-replaced",
    severity: "error",
    sees: "another release at /usr/local/go than the one that readygo installed",
    why: "Somebody else has exchanged it: what was proven is not what runs, and the next install takes it away.",
  },
  ({ receipt, faults, other }) =>
    other === undefined || (faults.missing.length === 0 && faults.foreign.length > 0)
      ? []
      : [
          findError({
            evidence: `${goroot} is ${other}, and readygo installed ${receipt.version}`,
            origins: [`${goroot}/VERSION:1`],
            remedy: runAsRoot("readygo", "install", receipt.version),
          }),
        ],
);

export const treeChanged = treeDiagnostic(
  {
    id: "tree-changed",
    severity: "error",
    sees: "files of /usr/local/go whose content is not the release's",
    why: "What go compiles is then whatever somebody has made of its compiler and library.",
  },
  ({ receipt, faults, other }) =>
    faults.changed.length === 0 || other !== undefined
      ? []
      : [
          findError({
            evidence: `${count(faults.changed.length)} not as ${receipt.version} has ${faults.changed.length === 1 ? "it" : "them"}: ${nameSome(faults.changed)}`,
            origins: locate(faults.changed.map((text) => text.replace(/ \([a-z]+\)$/, ""))),
            remedy: repair(receipt),
          }),
        ],
);

export const treeModes = treeDiagnostic(
  {
    id: "tree-modes",
    severity: "error",
    sees: "wrong modes or owners in /usr/local/go",
    why: "Accounts that cannot read a file cannot build, and who can write one decides what everybody compiles.",
  },
  ({ receipt, faults }) =>
    faults.modes.length === 0
      ? []
      : [
          findError({
            evidence: `${count(faults.modes.length)} not root's alone with the release's mode: ${nameSome(faults.modes)}`,
            origins: locate(faults.modes.map((text) => text.replace(/ \([a-z]+\)$/, ""))),
            remedy: repair(receipt),
          }),
        ],
);

export const treeAdditions = treeDiagnostic(
  {
    id: "tree-additions",
    severity: "warning",
    sees: "tools or anything else of somebody's own inside /usr/local/go",
    why: "The tree is exchanged as a whole: the next upgrade or repair moves them aside, and then they are on no PATH.",
  },
  ({ receipt, faults }, { files }) => [
    ...faults.tools.map((tool) => {
      const from = `${goroot}/${tool}`;
      const to = absolutePath(places.linkDirectory, tool.slice("bin/".length));
      return findWarning({
        evidence: `${from} is no program of ${receipt.version}; an upgrade moves it aside`,
        origins: [from],
        remedy:
          files.stat(to) === undefined
            ? runAsRoot("mv", files.locate(absolutePath(from)), files.locate(to))
            : advise(`${to} is there as well: keep one of them there, and move the other out of ${places.goBin}`),
      });
    }),
    ...(faults.additions.length === 0
      ? []
      : [
          findWarning({
            evidence: `${nameSome(faults.additions.map((path) => `${goroot}/${path}`))}: nothing of ${receipt.version}; an upgrade moves it aside`,
            origins: locate(faults.additions),
            remedy: advise(
              `move what is still needed out of ${goroot} (modules go below a home: GOPATH, GOBIN and projects never into it);  readygo install ${receipt.version} --repair  moves the rest to ${places.previous}/added-to-${receipt.version}`,
            ),
          }),
        ]),
  ],
);

export const goMissing = diagnostic({
  id: "go-missing",
  group: "go",
  severity: "error",
  sees: "nothing at /usr/local/go where readygo has installed a release",
  why: "Everything that found Go by readygo finds none, or another one.",
  needs: ["root"],
  async run(context) {
    const { receipt } = context;
    const absence = findAbsence(context);
    if (absence === undefined) return [];
    if (receipt === undefined) {
      // Whoever asks about Go on this host wants to know; a host without Go has no fault.
      const install = runAsRoot("readygo", "install");
      return absence.isFree
        ? [findInfo({ evidence: `${absence.text}; readygo has installed none`, remedy: install })]
        : [];
    }
    return [
      findError({
        evidence: `${absence.text}, and readygo installed ${receipt.version}`,
        origins: [goroot],
        remedy: absence.isFree
          ? runAsRoot("readygo", "install", receipt.version)
          : advise(
              `mv ${quoteForShell(context.files.locate(goroot))} to another place, then  readygo install ${receipt.version}`,
            ),
      }),
    ];
  },
});

/** Where there is nothing that could be a Go; `isFree`: an install can put one there. */
function findAbsence(context: DoctorContext): { readonly text: string; readonly isFree: boolean } | undefined {
  const { files } = context;
  if (isGorootRemote(context)) return undefined;
  const kind = files.stat(goroot)?.kind;
  if (kind === undefined) return { text: `${goroot} is not there`, isFree: true };
  if (kind === "link") return undefined;
  if (kind !== "directory") return { text: `${goroot} is no directory`, isFree: false };
  const isEmpty = ["VERSION", "bin/go", "src"].every((name) => files.stat(absolutePath(goroot, name)) === undefined);
  return isEmpty ? { text: `${goroot} holds no Go`, isFree: true } : undefined;
}

function repair({ version }: Receipt): Remedy {
  return runAsRoot("readygo", "install", version, "--repair");
}

function locate(paths: readonly string[]): readonly string[] {
  return paths.slice(0, mostOrigins).map((path) => (path === "." ? goroot : `${goroot}/${path}`));
}

function count(number: number): string {
  return number === 1 ? "1 file or directory is" : `${number.toLocaleString("en-US")} files or directories are`;
}
