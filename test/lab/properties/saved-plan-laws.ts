import {
  appendFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Arbitrary, array, constantFrom, nat, oneof, record } from "fast-check";
import type { ResultStep } from "../../../src/report/result/result-shape.ts";
import { compareWithSteps, follow, listChangedPaths } from "./changed-paths.ts";
import { playHistory } from "./property-history.ts";
import { createImage, type Image, type Look, toArgv } from "./property-image.ts";
import type { Shelf } from "./property-shelf.ts";
import { type HostEvent, hostEvent, type HostRequest, type HostStart } from "./property-start.ts";

/** What somebody does to a host between `plan` and `install --plan`. */
export type HostChange =
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "admin"; readonly what: AdminChange }
  | { readonly kind: "nothing" };

const adminChanges = [
  "another Go",
  "a link at /usr/local/go",
  "a link in /usr/local/bin",
  "a file in /usr/local/bin",
  "our profile edited",
  "an rc file added to",
  "an rc file becomes a link",
  "another shell",
  "readygo.ini without links",
  "readygo.ini with gobin",
  "the account is gone",
] as const;
type AdminChange = (typeof adminChanges)[number];

export const hostChange: Arbitrary<HostChange> = oneof(
  { weight: 4, arbitrary: hostEvent.map((event) => ({ kind: "event" as const, event })) },
  { weight: 5, arbitrary: constantFrom(...adminChanges).map((what) => ({ kind: "admin" as const, what })) },
  { weight: 1, arbitrary: constantFrom({ kind: "nothing" as const }) },
);

/** Edits of the file, each at a place that a number chooses. */
export interface PlanEdit {
  readonly at: number;
  readonly how: "version" | "user" | "links" | "gobin" | "sha256" | "steps" | "target" | "digest" | "option" | "root";
}

export const planEdits: Arbitrary<readonly PlanEdit[]> = array(
  record({
    at: nat(20),
    how: constantFrom<PlanEdit["how"]>("version", "user", "links", "gobin", "sha256", "steps", "target", "digest", "option", "root"), // prettier-ignore
  }),
  { minLength: 1, maxLength: 3 },
);

interface Saved {
  readonly version: string;
  readonly root: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly steps: readonly Readonly<Record<string, string>>[];
}

export interface PlanOutcome {
  readonly became: "no plan" | "refused" | "unchanged" | "applied";
  readonly code?: string | undefined;
}

/**
 * A saved plan is applied as it was reviewed, or not at all.
 *
 * 1. Refused: with a documented code, and not a byte has changed.
 * 2. Applied: what the plan was made for was as it had been, and what has changed is what its steps name.
 * 3. A file that was edited does what a plan of the request in it names, or nothing.
 */
export async function checkSavedPlan(
  start: HostStart,
  request: HostRequest,
  { change, edits }: { readonly change: HostChange; readonly edits: readonly PlanEdit[] },
  shelf: Shelf,
): Promise<PlanOutcome> {
  const image = createImage(start, shelf);
  const scratch = mkdtempSync(join(tmpdir(), "readygo-plan-"));
  try {
    await playHistory(image, shelf);
    const planned = await image.run(toArgv(request, shelf, "plan").filter((word) => word !== "--detailed-exitcode"));
    if (planned.exit !== 0) return { became: "no plan" };
    const reviewed = image.look();
    await applyChange(image, shelf, change);
    const saved = (planned as unknown as { readonly saved: Saved }).saved;
    const edited = edits.reduce((sum, edit) => editPlan(sum, edit), saved);
    const file = join(scratch, "plan.json");
    writeFileSync(file, JSON.stringify({ saved: edited }));
    const isKilled = change.kind === "event" && change.event.kind === "killed";
    // What a killed run has left is rolled back by the next one, whatever that is.
    const asked = isKilled || edits.length > 0 ? await image.run(toPlanWords(edited)) : undefined;
    const before = image.look();
    const run = await image.run(["install", "--plan", file, "--no-verify"]);
    const after = image.look();
    const changed = listChangedPaths(before, after);
    if (run.exit === 1) throw new Error(`ended as a bug: ${JSON.stringify(run.error)} ${run.words}`);
    if (run.exit !== 0 || run.status === "unchanged") {
      if (changed.length > 0) throw new Error(`${run.exit} ${run.status}, and changed: ${changed.join(", ")}`);
      return { became: run.exit === 0 ? "unchanged" : "refused", code: run.error?.code };
    }
    const steps = edits.length > 0 ? asked?.steps : planned.steps;
    if (steps === undefined) throw new Error(`applied, and the request in the file has no plan: ${asked?.words}`);
    const wrong = compareWithSteps(changed, steps, after);
    if (wrong.length > 0) throw new Error(`applied: ${wrong.join("; ")}`);
    if (edits.length === 0) requireSameTargets(steps, reviewed, before);
    return { became: "applied" };
  } finally {
    image.destroy();
    rmSync(scratch, { recursive: true });
  }
}

/** What somebody looked at in the plan was still there when it was applied; a link of the account's own may lead to it. */
function requireSameTargets(steps: readonly ResultStep[], reviewed: Look, before: Look): void {
  const describe = (look: Look, path: string): string => {
    const entry = look.get(follow(look, path));
    return JSON.stringify(entry === undefined ? null : { ...entry, mtimeNs: "", size: 0 });
  };
  for (const { target, kind } of steps) {
    const paths = target === "/usr/local/go" ? [target, `${target}/VERSION`] : [target];
    for (const path of paths) {
      // What is planned for a link is planned for the link.
      const isLink = kind === "link" || target === "/usr/local/go";
      const [one, other] = [reviewed, before].map((look) =>
        isLink ? JSON.stringify({ ...look.get(path), mtimeNs: "", size: 0 }) : describe(look, path),
      );
      if (one !== other) throw new Error(`applied, and ${path} was no longer what was reviewed: ${one} -> ${other}`);
    }
  }
}

function toPlanWords({ version, settings }: Saved): readonly string[] {
  const words = Object.entries(settings).flatMap(([name, value]): readonly string[] => {
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    return (Array.isArray(value) ? value : [value]).map((one) => `--${name}=${String(one)}`);
  });
  return ["plan", version, ...words];
}

function editPlan(saved: Saved, { at, how }: PlanEdit): Saved {
  const { settings, steps } = saved;
  const replace = (change: Readonly<Record<string, string>>): Saved["steps"] =>
    steps.map((step, index) => (index === at % Math.max(steps.length, 1) ? { ...step, ...change } : step));
  switch (how) {
    case "version":
      return { ...saved, version: saved.version === "go1.30.1" ? "go1.30.2" : "go1.30.1" };
    case "user":
      return { ...saved, settings: { ...settings, user: ["root", "alice", "nobody-there"][at % 3] } };
    case "links":
      return { ...saved, settings: { ...settings, links: at % 2 === 0 } };
    case "gobin":
      return { ...saved, settings: { ...settings, gobin: at % 2 === 0 } };
    case "sha256":
      return { ...saved, settings: { ...settings, sha256: String(at % 10).repeat(64) } };
    case "steps":
      return { ...saved, steps: steps.filter((_, index) => index !== at % Math.max(steps.length, 1)) };
    case "target":
      return { ...saved, steps: replace({ target: "/etc/sudoers", after: "mine" }) };
    case "digest":
      return { ...saved, steps: replace({ digest: "0".repeat(64) }) };
    case "option":
      return { ...saved, settings: { ...settings, "discard-foreign": true } };
    case "root":
      return { ...saved, root: "" };
  }
}

async function applyChange(image: Image, shelf: Shelf, change: HostChange): Promise<void> {
  if (change.kind === "event") await playHistory(image, shelf, [change.event]);
  if (change.kind === "admin") changeAsAdmin(image, change.what);
}

function changeAsAdmin({ path, home, uid, start }: Image, what: AdminChange): void {
  const make = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  const clear = (name: string): void => rmSync(path(name), { recursive: true, force: true });
  const rc = ["/.bashrc", "/.zshenv", "/.profile"].map((name) => `${home}${name}`).find((name) => isFile(path(name)));
  switch (what) {
    case "another Go":
      clear("/usr/local/go");
      return make("/usr/local/go/VERSION", "go1.20.1\n");
    case "a link at /usr/local/go":
      clear("/usr/local/go");
      return symlinkSync("/opt/other", path("/usr/local/go"));
    case "a link in /usr/local/bin":
      clear("/usr/local/bin/go");
      mkdirSync(path("/usr/local/bin"), { recursive: true });
      return symlinkSync("/opt/other/bin/go", path("/usr/local/bin/go"));
    case "a file in /usr/local/bin":
      clear("/usr/local/bin/gofmt");
      return make("/usr/local/bin/gofmt", "mine");
    case "our profile edited":
      if (isFile(path("/etc/profile.d/readygo.sh"))) appendFileSync(path("/etc/profile.d/readygo.sh"), "# mine\n");
      return;
    case "an rc file added to":
      if (rc !== undefined) appendFileSync(path(rc), "alias x=y\n");
      return;
    case "an rc file becomes a link":
      if (rc === undefined) return;
      renameSync(path(rc), path(`${home}/elsewhere`));
      symlinkSync("elsewhere", path(rc));
      return lchownSync(path(rc), uid, uid);
    case "another shell": {
      const passwd = readFileSync(path("/etc/passwd"), "utf8");
      const other = start.shell === "/usr/bin/fish" ? "/bin/zsh" : "/usr/bin/fish";
      return writeFileSync(path("/etc/passwd"), passwd.replaceAll(start.shell, other));
    }
    case "readygo.ini without links":
      return make("/etc/readygo.ini", "[shell]\nlinks = no\n");
    case "readygo.ini with gobin":
      return make("/etc/readygo.ini", "[shell]\ngobin = yes\n");
    case "the account is gone": {
      const passwd = readFileSync(path("/etc/passwd"), "utf8");
      return writeFileSync(path("/etc/passwd"), passwd.replace(/^alice:.*\n/m, ""));
    }
  }
}

/** Nothing that waits for somebody, as a FIFO does. */
function isFile(real: string): boolean {
  return lstatSync(real, { throwIfNoEntry: false })?.isFile() === true;
}
