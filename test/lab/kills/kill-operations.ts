export type OperationName = "install" | "upgrade" | "repair" | "rollback" | "uninstall" | "repair again" | "give back";

/** Something readygo does to a host, and by which commands an interrupted one reaches its goal. */
export interface Operation {
  readonly name: OperationName;
  /** What brings the host to where the operation starts. */
  readonly before: (releases: Releases) => readonly (readonly string[] | { readonly script: string })[];
  readonly argv: (releases: Releases) => readonly string[];
  /** Each one a command that is to end well after a kill, and to lead where it leads after the whole operation. */
  readonly goals: (releases: Releases) => readonly Goal[];
}

export interface Goal {
  readonly argv: readonly string[];
  /** The `plan` that has nothing to do afterwards; none after an uninstall. */
  readonly plan?: readonly string[];
}

export interface Releases {
  readonly older: readonly string[];
  readonly newer: readonly string[];
}

export const account = "alice";

const install = (release: readonly string[], ...more: readonly string[]): readonly string[] =>
  ["install", release, "--no-verify", "--user", account, more].flat();
const installGoal = (release: readonly string[], ...more: readonly string[]): Goal => ({
  argv: install(release, ...more),
  plan: ["plan", ...release, "--user", account, "--detailed-exitcode"],
});

/** A file gone, one changed, one added, a wrong mode: what `--repair` is for. */
const damage =
  "cd /usr/local/go; rm src/fmt/fmt.go; echo changed >VERSION.new; echo '// changed' >>src/os/os.go; chmod 700 bin/gofmt";

/** A Go that somebody else has put there. */
const foreign =
  "mkdir -p /usr/local/go/bin /usr/local/go/src; echo mine >/usr/local/go/src/mine.go; echo go1.2 >/usr/local/go/VERSION";

export const operations: readonly Operation[] = [
  {
    name: "install",
    before: () => [],
    argv: ({ older }) => install(older),
    goals: ({ older }) => [installGoal(older)],
  },
  {
    name: "upgrade",
    before: ({ older }) => [install(older)],
    argv: ({ newer }) => install(newer),
    goals: ({ newer }) => [installGoal(newer)],
  },
  {
    name: "repair",
    before: ({ older }) => [install(older), { script: damage }],
    argv: ({ older }) => install(older, "--repair"),
    goals: ({ older }) => [installGoal(older, "--repair")],
  },
  {
    name: "rollback",
    before: ({ older, newer }) => [install(older), install(newer)],
    argv: () => ["rollback", "--no-verify", "--user", account],
    goals: ({ older }) => [installGoal(older)],
  },
  {
    name: "uninstall",
    before: ({ older }) => [install(older)],
    argv: () => ["uninstall"],
    goals: ({ older }) => [{ argv: ["uninstall"] }, installGoal(older)],
  },
];

/**
 * What takes away, or brings back, a tree that is kept below previous/. On a plain overlay that tree lies in the lower
 * layer here, as one that came with an image does.
 */
export const keptTreeOperations: readonly Operation[] = [
  {
    name: "repair again",
    before: ({ older }) => [install(older), { script: damage }, install(older, "--repair"), { script: damage }],
    argv: ({ older }) => install(older, "--repair"),
    goals: ({ older }) => [installGoal(older, "--repair")],
  },
  {
    name: "give back",
    before: ({ older }) => [{ script: foreign }, install(older)],
    argv: () => ["uninstall"],
    goals: () => [{ argv: ["uninstall"] }],
  },
];

export function findOperation(wanted: OperationName): Operation {
  const found = [...operations, ...keptTreeOperations].find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no operation ${wanted}`);
  return found;
}
