import {
  array,
  boolean,
  exactOptional,
  type GenericSchema,
  type InferOutput,
  integer,
  isoTimestamp,
  literal,
  minValue,
  nullable,
  number,
  object,
  type ObjectEntries,
  picklist,
  pipe,
  readonly,
  record,
  string,
  union,
  unknown,
} from "valibot";

/** Keys that a later readygo adds are let pass: a fleet has several. */
const open = <const Entries extends ObjectEntries>(entries: Entries) => pipe(object(entries), readonly());
const listOf = <const Item extends GenericSchema<unknown, unknown>>(item: Item) => pipe(array(item), readonly());
const named = <const Item extends GenericSchema<unknown, unknown>>(item: Item) =>
  pipe(record(string(), item), readonly());
const count = pipe(number(), integer(), minValue(0));
const milliseconds = pipe(number(), minValue(0));
const texts = listOf(string());

const change = open({ path: string(), change: picklist(["created", "replaced", "modified", "removed"]) });

const check = open({
  id: string(),
  layer: picklist([1, 2, 3]),
  status: picklist(["pass", "fail", "warn", "skip"]),
  evidence: string(),
  remedy: nullable(string()),
  differences: exactOptional(texts),
  seen: exactOptional(texts),
});

const context = open({
  context: string(),
  typed: string(),
  account: string(),
  how: picklist(["derived", "started", "unseen"]),
  status: picklist(["pass", "warn", "info", "skip"]),
  go: nullable(string()),
  version: nullable(string()),
  variables: named(open({ value: string(), origin: string() })),
  why: exactOptional(string()),
});

const warning = open({ text: string(), remedy: nullable(string()) });

const timing = open({
  kind: picklist(["step", "check", "diagnostic"]),
  name: string(),
  /** Since the run began. */
  startMs: milliseconds,
  durationMs: milliseconds,
});

const error = open({
  code: string(),
  summary: string(),
  details: named(string()),
  cause: nullable(string()),
  remedy: texts,
  exit: count,
});

const step = open({
  kind: string(),
  target: string(),
  reason: string(),
  before: string(),
  after: string(),
  /** Unified, without lines around; null where no text is written. */
  diff: exactOptional(nullable(string())),
});

const remedy = union([
  open({
    kind: literal("command"),
    argv: texts,
    asRoot: boolean(),
    account: exactOptional(string()),
    text: string(),
  }),
  open({
    kind: literal("edit"),
    file: string(),
    line: count,
    from: string(),
    to: nullable(string()),
    text: string(),
  }),
  open({ kind: literal("advice"), text: string() }),
]);

const severity = picklist(["error", "warning", "info"]);

const finding = open({
  id: string(),
  group: string(),
  severity,
  account: nullable(string()),
  evidence: string(),
  origins: texts,
  why: string(),
  remedy,
  fix: nullable(
    union([open({ kind: literal("install") }), open({ kind: literal("unset"), account: string(), name: string() })]),
  ),
});

/** What became of a diagnostic; or, with --list, what it looks for. */
const diagnostic = union([
  open({
    id: string(),
    group: string(),
    status: picklist(["ok", "found", "skipped"]),
    why: nullable(string()),
    durationMs: milliseconds,
  }),
  open({ id: string(), group: string(), severity, sees: string(), why: string(), needs: texts }),
]);

const tree = open({
  path: string(),
  account: nullable(string()),
  broughtBy: nullable(string()),
  version: nullable(string()),
  architecture: nullable(string()),
  status: string(),
  reason: nullable(string()),
});

/** A release that is known (list), or that is in a bundle. */
const release = union([
  open({
    version: string(),
    stable: boolean(),
    knownBy: texts,
    supported: boolean(),
    advisories: texts,
  }),
  open({
    version: string(),
    architecture: string(),
    file: string(),
    kind: picklist(["tar.gz", "zip"]),
    sha256: string(),
    size: count,
    trust: texts,
    from: string(),
  }),
]);

const unfinished = open({
  path: string(),
  owner: string(),
  left: nullable(string()),
  before: nullable(open({ backup: string(), sha256: string(), mode: count })),
  createdDirectories: texts,
  isUndo: boolean(),
  since: string(),
  reason: string(),
});

const source = open({
  name: string(),
  status: picklist(["delivers", "absent", "fails"]),
  url: string(),
  operator: string(),
  firstByteMs: nullable(milliseconds),
  bytesPerSecond: nullable(number()),
  size: nullable(count),
  why: nullable(string()),
});

const saved = open({
  schema: literal(1),
  version: string(),
  architecture: string(),
  root: string(),
  settings: named(unknown()),
  withheld: texts,
  steps: listOf(open({ kind: string(), target: string(), before: string(), after: string(), digest: string() })),
});

const fleet = open({
  hosts: count,
  good: count,
  warned: count,
  bad: count,
  /** Those that are not like most others in release and in what is found. */
  differing: count,
  /** Files, or lines of them, that hold no result. */
  unread: count,
  /** Hosts by release. */
  versions: named(count),
  /** Hosts by check or diagnostic. */
  findings: named(count),
});

/** What one command has and others have not. */
const extras = {
  /** install, plan, doctor --fix. */
  steps: exactOptional(listOf(step)),
  /** plan: what was seen and is left alone. */
  notes: exactOptional(
    listOf(open({ text: string(), remedy: exactOptional(string()), isToldWhenDone: exactOptional(boolean()) })),
  ),
  /** plan: for install --plan. */
  saved: exactOptional(saved),
  /** install: what proved the release, and in what words. */
  proofs: exactOptional(listOf(open({ root: string(), evidence: string() }))),
  /** install, plan, verify: vulnerabilities that are known of the release. */
  advisories: exactOptional(texts),
  /** doctor. */
  findings: exactOptional(listOf(finding)),
  diagnostics: exactOptional(listOf(diagnostic)),
  trees: exactOptional(listOf(tree)),
  /** doctor: which findings make exit 7. */
  failOn: exactOptional(picklist(["error", "warning"])),
  /** verify --list. */
  list: exactOptional(
    listOf(
      open({
        id: string(),
        layer: picklist([1, 2, 3]),
        cost: string(),
        bound: number(),
        since: nullable(string()),
        proves: string(),
      }),
    ),
  ),
  /** list, sources. */
  architecture: exactOptional(string()),
  installed: exactOptional(nullable(string())),
  /** list: whether readygo installed it. */
  ours: exactOptional(boolean()),
  /** list, uninstall: files in homes that a later run restores. */
  unfinished: exactOptional(listOf(unfinished)),
  /** list, bundle. */
  releases: exactOptional(listOf(release)),
  sources: exactOptional(listOf(source)),
  /** bundle: the directory. */
  output: exactOptional(string()),
  /** completion. */
  script: exactOptional(string()),
  /** cloud-init. */
  cloudConfig: exactOptional(unknown()),
  /** report. */
  fleet: exactOptional(fleet),
} as const;

/** The version of the schema: another number where a key is taken away or means something else; keys are added without. */
export const resultSchemaVersion = 1;

/**
 * What a command came to: the one object that `--json` prints, that every format of `--report` is made from, and that
 * `readygo report` reads. docs/result.schema.json is generated from it.
 */
export const resultShape = open({
  schema: literal(resultSchemaVersion),
  /** readygo's own version. */
  readygo: string(),
  /** Empty where the command line named none. */
  command: string(),
  status: picklist(["unchanged", "changed", "planned", "failed"]),
  exit: count,
  /** When the run began. */
  startedAt: pipe(string(), isoTimestamp()),
  durationMs: milliseconds,
  host: open({
    name: string(),
    /** Made of /etc/machine-id, which it does not give away; null where there is none. Many hosts may have one name. */
    id: nullable(string()),
    /** As /etc/os-release names it; null where it does not, or was not looked at. */
    system: nullable(string()),
    /** DIR of --root DIR: what was looked at is that image, on this host. */
    root: nullable(string()),
  }),
  /** The release that is there now, or would be; null where none is, or none was looked for. */
  version: nullable(string()),
  previous: nullable(string()),
  changes: listOf(change),
  checks: listOf(check),
  /** Of commands that run the checks: what `go` means however a process starts. */
  contexts: exactOptional(listOf(context)),
  warnings: listOf(warning),
  timings: listOf(timing),
  error: nullable(error),
  ...extras,
});

export type Result = InferOutput<typeof resultShape>;
export type ResultStep = NonNullable<Result["steps"]>[number];
export type ResultError = NonNullable<Result["error"]>;
/** What a command adds to what all of them say. */
export type ResultExtras = Pick<Result, keyof typeof extras>;

/** What the published schema names. */
export const resultParts = {
  change,
  check,
  context,
  warning,
  timing,
  error,
  step,
  remedy,
  finding,
  diagnostic,
  tree,
  release,
  source,
  saved,
  unfinished,
  fleet,
} as const;
