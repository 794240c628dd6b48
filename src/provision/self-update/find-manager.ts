import { posix } from "node:path";
import { quoteForShell } from "../../errors/aim-at-image.ts";
import { ProvisionError } from "../../errors/provision-error.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { systemEnvironment } from "../../host/host-facts.ts";
import { findRunningFile } from "../../host/own-program.ts";
import { findOpenAncestor, hasOneWriter, rootAlone } from "../../host/one-writer.ts";
import type { FileStat, Processes, ReadFiles } from "../../host/ports.ts";
import type { Session } from "../session.ts";

/**
 * The file that is to be replaced: the one that runs, as long as nobody else looks after it.
 *
 * @throws ProvisionError `self-managed` with the command of the package manager whose file it is; `place-unsafe`
 */
export async function findOwnFile(session: Session): Promise<AbsolutePath> {
  const { port, machine, processes } = session;
  if (port.entry.length > 0) {
    const script = absolutePath(port.cwd, port.entry.at(-1) ?? "");
    // npm puts a link on PATH.
    throw describeScript(machine.resolve(script) ?? script);
  }
  const path = findRunningFile();
  if (path === undefined) {
    throw new ProvisionError("step-failed", "the readygo that runs was removed or replaced while it ran");
  }
  if (path.includes("/node_modules/")) throw describeScript(path);
  const owner = await findDpkgPackage(processes, path);
  if (owner !== undefined) {
    throw new ProvisionError("self-managed", `${path} belongs to the package ${owner}`, {
      remedy: [`sudo apt-get update && sudo apt-get install --only-upgrade ${owner}`],
    });
  }
  const at = findOpenPlace(machine, path);
  if (at === undefined) return path;
  throw new ProvisionError("place-unsafe", `${at} can be written by others than root`, {
    remedy: [`chown root:root ${quoteForShell(at)} && chmod go-w ${quoteForShell(at)}`],
  });
}

/** Where somebody but root could exchange the file, or put a name beside it: in a sticky directory, too. */
function findOpenPlace(machine: ReadFiles, path: AbsolutePath): AbsolutePath | undefined {
  const directory = absolutePath(posix.dirname(path));
  const isClosed = (stat: FileStat | undefined, kind: FileStat["kind"]): boolean =>
    stat?.kind === kind && hasOneWriter(stat, rootAlone);
  if (!isClosed(machine.stat(directory), "directory")) return directory;
  return findOpenAncestor(directory, machine, rootAlone) ?? (isClosed(machine.stat(path), "file") ? undefined : path);
}

/** Run by a Node: npm's, or a checkout's or a bundle's, which nobody has installed. */
function describeScript(script: string): ProvisionError {
  const isOfNpm = script.includes("/node_modules/");
  return new ProvisionError("self-managed", isOfNpm ? `${script} belongs to npm` : `${script} is not installed`, {
    remedy: isOfNpm
      ? ["npm install --global FILE, with the readygo-VERSION.tgz of the new release (docs/release.md)"]
      : ["git pull, then  ./scripts/bootstrap.sh  in the checkout; or the bootstrap.sh of a release"],
  });
}

/** The package that a file belongs to; undefined for none, and where there is no dpkg. */
export async function findDpkgPackage(processes: Processes, path: string): Promise<string | undefined> {
  const argv = ["dpkg-query", "--search", "--", path] as const;
  const run = processes.run({ argv, env: systemEnvironment, cwd: absolutePath("/"), timeoutMs: 10_000 });
  const { status, stdout } = await run.catch(() => ({ status: 1, stdout: "" }));
  if (status !== 0) return undefined;
  return stdout.split("\n").flatMap((line) => (line.endsWith(`: ${path}`) ? [line.split(/[:,]/)[0] ?? ""] : []))[0];
}
