import type { AbsolutePath } from "./absolute-path.ts";
import type { RunBounds } from "./child/run-bounds.ts";

/** What `lstat` says, in the shape the rest of readygo uses. `mode` holds the permission bits (07777) only. */
export interface FileStat {
  readonly kind: "file" | "directory" | "link" | "other";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly links: number;
  readonly device: string;
  readonly inode: string;
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

/**
 * Reading. Every path is the host's own; under `--root DIR` each component, links included, is resolved inside DIR.
 * Absent means `undefined`: ENOENT, ENOTDIR and ELOOP are answers, as is anything but a regular file where content is
 * asked for; every other errno is thrown as it came.
 */
export interface ReadFiles {
  /** `lstat`: a link is reported as a link. */
  stat(path: AbsolutePath): FileStat | undefined;
  /** Whole content, following links; throws a plain Error where the file is larger than `maxBytes` (default 16 MiB). */
  read(path: AbsolutePath, maxBytes?: number): Buffer | undefined;
  /** The first bytes of a file, following links. */
  readStart(path: AbsolutePath, bytes: number): Buffer | undefined;
  readLink(path: AbsolutePath): string | undefined;
  /** Names in a directory, sorted by bytes; empty where there is none. */
  list(path: AbsolutePath): readonly string[];
  /** Where `path` really is on this machine (DIR prepended, links resolved except the last component). */
  locate(path: AbsolutePath): string;
  /** The host path after every link is resolved; `undefined` where something on the way is absent. */
  resolve(path: AbsolutePath): AbsolutePath | undefined;
  /** Whether root may make and remove names in a directory: false on a read-only mount, and where it is immutable. */
  isWritable(directory: AbsolutePath): boolean;
  /** Free bytes and free inodes for root on the file system that holds `path` or its nearest existing parent. */
  space(path: AbsolutePath): { readonly freeBytes: number; readonly freeInodes: number };
}

/** Somebody of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: AbsolutePath;
  /** Empty in passwd means /bin/sh. */
  readonly shell: AbsolutePath;
}

export interface RunRequest {
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: AbsolutePath;
  /** Runs as this account (uid, gid and groups), by setpriv; default: as readygo itself. */
  readonly asUser?: Account;
  readonly input?: string | Uint8Array;
  /** Milliseconds until the child and all that it has started are ended. */
  readonly timeoutMs: number;
  /** Over {@link usualBounds}. */
  readonly bounds?: Partial<RunBounds>;
}

/** `status` is null when a signal ended the child. Output beyond the bound is cut. */
export interface RunResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The bound at which it was ended; null where it ended otherwise. */
  readonly endedBy: "time" | "memory" | "processes" | "output" | null;
  readonly durationMs: number;
}

/**
 * Children run in a new session without a terminal. All that a child has started ends with it, at a bound, when readygo is
 * stopped, and when readygo is gone. Rejects where the program cannot be started, with the errno's `code`.
 */
export interface Processes {
  run(request: RunRequest): Promise<RunResult>;
}

export interface Clock {
  /** Wall clock. */
  now(): Date;
  /** Milliseconds from an arbitrary start that never goes back. */
  monotonicMs(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` once the time is over, unless what is returned is called before. Keeps no process alive. */
  after(milliseconds: number, act: () => void): () => void;
}
