/** What a layer may use of Node's and the libraries' ways to the outside world. */
export type World = "files and processes" | "network" | "terminal" | "command line";

export interface Layer {
  /** The folder below src/. */
  readonly name: string;
  readonly knows: string;
  readonly never: string;
  readonly world: readonly World[];
}

/**
 * The layers of src/, from top to bottom: each may import those below it, and no other. `npm run docs` makes the lint
 * rules (scripts/layers.oxlintrc.json) and the table in docs/architecture.md from this list.
 */
export const layers: readonly Layer[] = [
  {
    name: "cli",
    knows: "commands as data (options, help, examples), and parsing",
    never: "decide anything about a host",
    world: ["command line"],
  },
  {
    name: "report",
    knows:
      "results and events → terminal, plain lines; JSON, JUnit, HTML and other reports; many hosts' results → one page",
    never: "",
    world: ["files and processes", "terminal"],
  },
  { name: "provision", knows: "the use cases, one for each command; the bundle", never: "format text", world: [] },
  { name: "apply", knows: "the transaction and its journal; acquiring a release", never: "", world: [] },
  {
    name: "doctor",
    knows: "diagnostics as data: what is wrong around Go on a host, with remedies and fixes",
    never: "write",
    world: [],
  },
  { name: "verify", knows: "the checks as data, three layers", never: "write", world: [] },
  { name: "observe", knows: "host → ObservedState", never: "write", world: [] },
  { name: "plan", knows: "desired × observed → plan; step types; pure", never: "read or write anything", world: [] },
  {
    name: "trust",
    knows: "what proves an archive or a tree: signature, checksum database, hashes, and their judge",
    never: "ask where bytes came from, except as a value",
    world: [],
  },
  {
    name: "sources",
    knows: "where archives come from: publisher, module proxy, mirrors, directories, bundles",
    never: "decide trust",
    world: [],
  },
  {
    name: "fetch",
    knows: "http/, download/, unpack/: bytes from a connection to a staged tree",
    never: "know Go releases, except as bounds and hashes",
    world: ["files and processes", "network"],
  },
  {
    name: "environment",
    knows: "launch contexts: how processes start on a host, and what they see",
    never: "",
    world: [],
  },
  { name: "shell", knows: "which rc files there are, and rc text → rc text; pure", never: "read files", world: [] },
  {
    name: "host",
    knows: "the machine: files, homes, accounts, processes, lock, state",
    never: "",
    world: ["files and processes"],
  },
  { name: "release", knows: "versions, catalogue, hashes and manifests of a tree; pure", never: "", world: [] },
  {
    name: "errors",
    knows: "the error catalogue, and the event types",
    never: "",
    world: [],
  },
];
