import type { Remedy } from "../errors/remedy.ts";
import type { DoctorContext } from "./doctor-context.ts";

export const groups = ["go", "environment", "network", "host", "release"] as const;
export type Group = (typeof groups)[number];

/**
 * - `error`: Go is wrong or missing where readygo promises it
 * - `warning`: something works against it
 * - `info`: true of every stock host, or only good to know
 */
export type Severity = "error" | "warning" | "info";

/** What can be undone exactly, and is planned and applied by `--fix`. */
export type Fix =
  /** What `install` of the same release would do besides the tree: links, profile.d, blocks of the account. */
  | { readonly kind: "install" }
  /** `go env -u NAME` of the account. */
  | { readonly kind: "unset"; readonly account: string; readonly name: string };

/** One thing that is wrong. */
export interface DoctorFinding {
  readonly severity: Severity;
  /** What was seen, in one line that stands alone. */
  readonly evidence: string;
  /** Files, with lines where they are known (`/home/ada/.profile:3`). */
  readonly origins: readonly string[];
  /** Whose it is; null for the host's. */
  readonly account: string | null;
  readonly remedy: Remedy;
  readonly fix: Fix | null;
}

/** A diagnostic as data: what it looks for, why that matters, and how it looks. */
export interface Diagnostic<Id extends string = string> {
  readonly id: Id;
  readonly group: Group;
  /** The worst that it reports. */
  readonly severity: Severity;
  /** What it sees, as a title. */
  readonly sees: string;
  /** Why that hurts, in one sentence. */
  readonly why: string;
  /** What it cannot do without: root's rights; a host whose programs may be started (not an image); a proven go. */
  readonly needs: readonly ("root" | "running" | "go")[];
  /** Only with `--deep`, or where it is named: it starts what leaves traces on the host. */
  readonly isDeep?: true;
  /** Only looks. What it throws is reported as not looked at. */
  run(context: DoctorContext): Promise<readonly DoctorFinding[]>;
}

/** Keeps the id a literal type, so that a table of tests without it does not compile. */
export function diagnostic<const Id extends string>(shape: Diagnostic<Id>): Diagnostic<Id> {
  return shape;
}

type Shape = Pick<DoctorFinding, "evidence" | "remedy"> & Partial<DoctorFinding>;

export function findError(shape: Shape): DoctorFinding {
  return { severity: "error", ...defaults, ...shape };
}

export function findWarning(shape: Shape): DoctorFinding {
  return { severity: "warning", ...defaults, ...shape };
}

export function findInfo(shape: Shape): DoctorFinding {
  return { severity: "info", ...defaults, ...shape };
}

const defaults = { origins: [], account: null, fix: null } as const;
