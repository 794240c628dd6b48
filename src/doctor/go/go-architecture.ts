import { advise, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import { readArchitectureWitnesses, readImageArchitecture } from "../../host/host-facts.ts";
import { places } from "../../host/places.ts";
import type { ReadFiles } from "../../host/ports.ts";
import { parseArchitecture } from "../../release/architecture.ts";
import { diagnostic, type DoctorFinding, findError, findInfo, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { isGorootRemote } from "./goroot-place.ts";
import { findSeenGos, nameContexts, parseElfMachine } from "./seen-gos.ts";
import { nameSome } from "../../errors/name-some.ts";

export const goArchitecture = diagnostic({
  id: "go-architecture",
  group: "go",
  severity: "error",
  sees: "a go, or a tool of it, that was built for another machine",
  why: "The kernel cannot run it (`Exec format error`), or runs it by an emulator that is many times slower.",
  needs: [],
  async run(context) {
    const host = await findHostMachine(context);
    if (host === undefined) return [];
    const own = isGorootRemote(context) ? [] : judgeTree(context, host);
    return [...own, ...(context.root === "" ? await judgeOthers(context, host) : [])];
  },
});

/** Of the userland: Go has to fit it, whatever the kernel is. */
async function findHostMachine({ root, files, machine, processes }: DoctorContext): Promise<string | undefined> {
  if (root !== "") return readImageArchitecture(files);
  return parseArchitecture((await readArchitectureWitnesses(machine, processes)).dpkg);
}

function judgeTree({ files, receipt }: DoctorContext, host: string): readonly DoctorFinding[] {
  if (files.stat(places.goroot)?.kind !== "directory") return [];
  const others = listPrograms(files).flatMap((path) => {
    const found = parseElfMachine(files.readStart(path, 64) ?? new Uint8Array());
    return found === undefined || found === host ? [] : [{ path, found }];
  });
  const [first] = others;
  if (first === undefined) return [];
  const named = nameSome(others.map(({ path }) => path));
  const is = others.length === 1 ? "is" : "are";
  return [
    findError({
      evidence: `${named} ${is} built for linux/${first.found}, and this host is ${host}`,
      origins: others.slice(0, 5).map(({ path }) => path),
      remedy: runAsRoot("readygo", "install", ...(receipt === undefined ? [] : [receipt.version, "--repair"])),
    }),
  ];
}

function listPrograms(files: ReadFiles): readonly AbsolutePath[] {
  const tools = absolutePath(places.goroot, "pkg/tool");
  const directories = [places.goBin, ...files.list(tools).map((name) => absolutePath(tools, name))];
  return directories
    .filter((directory) => files.stat(directory)?.kind === "directory")
    .flatMap((directory) => files.list(directory).map((name) => absolutePath(directory, name)))
    .filter((path) => files.stat(path)?.kind === "file");
}

async function judgeOthers(context: DoctorContext, host: string): Promise<readonly DoctorFinding[]> {
  const seen = await findSeenGos(context);
  const others = seen.filter(
    ({ target, kind, machine }) =>
      kind === "tree" && machine !== undefined && machine !== host && !target.startsWith(`${places.goroot}/`),
  );
  return [...Map.groupBy(others, ({ path }) => path)].map(([path, gos]) => {
    const contexts = gos.flatMap((go) => go.contexts);
    const built = `${path} is built for linux/${gos[0]?.machine}, and this host is ${host}`;
    const shape = {
      origins: [path],
      account: null,
      remedy: advise(`take ${path} from PATH, or get there what is built for linux/${host}`),
    };
    return contexts.length === 0
      ? findInfo({ ...shape, evidence: built })
      : findWarning({ ...shape, evidence: `${built}; it is the go of ${nameContexts(contexts)}` });
  });
}
