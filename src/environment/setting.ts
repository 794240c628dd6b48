/** Who gave a variable its value. */
export type Origin =
  | { readonly kind: "file"; readonly path: string; readonly line: number }
  /** Built into a program, or computed by it; the text names it. */
  | { readonly kind: "program"; readonly name: string }
  /** The account's entry in the user database. */
  | { readonly kind: "account" }
  /** The files that this shell has read; which of them is asked of the shell (verify). */
  | { readonly kind: "shell"; readonly shell: string };

export interface Setting {
  readonly value: string;
  readonly origin: Origin;
}

/** The variables of a process by name. */
export type Environment = ReadonlyMap<string, Setting>;

/** What readygo tells of an environment, beside PATH and HOME. */
export const goVariables = [
  "GOROOT",
  "GOPATH",
  "GOBIN",
  "GOFLAGS",
  "GO111MODULE",
  "GOTOOLCHAIN",
  "GOOS",
  "GOARCH",
  "CGO_ENABLED",
  "GOPROXY",
  "GOSUMDB",
  "GONOSUMDB",
  "GOPRIVATE",
  "GOINSECURE",
] as const;

export const reportedVariables: readonly string[] = ["PATH", "HOME", ...goVariables];

export function fromProgram(name: string, value: string): Setting {
  return { value, origin: { kind: "program", name } };
}

export function fromFile(path: string, line: number, value: string): Setting {
  return { value, origin: { kind: "file", path, line } };
}

/** Later environments win, as with Object.assign. */
export function merge(...environments: readonly Environment[]): Environment {
  return new Map(environments.flatMap((environment) => [...environment]));
}

export function valuesOf(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries([...environment].map(([name, { value }]) => [name, value]));
}

export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return `${origin.path}:${origin.line}`;
    case "program":
      return origin.name;
    case "account":
      return "the user database";
    case "shell":
      return `the files of ${origin.shell}`;
  }
}
