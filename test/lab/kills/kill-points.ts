import { posix } from "node:path";

/** One file-system-changing system call of a run, addressed so that another run's same call can be told by strace. */
export interface KillPoint {
  readonly call: string;
  /** What `strace -P` is given: the call's first absolute path, else the path of its first file descriptor. */
  readonly key: string;
  /** The call's number among those of its name and key in its thread: strace counts `when=` thread by thread. */
  readonly nth: number;
  /** Where the change happens, as far as the arguments tell: the key, with the name in it where that is relative. */
  readonly path: string;
  /** Whether a child program makes the call; a kill of it alone would leave readygo alive. */
  readonly isInChild: boolean;
  readonly group: PointGroup;
}

/** `bulk`: one of many files of a tree that is unpacked, copied or deleted. */
export type PointGroup = "lock" | "journal" | "state" | "store" | "goroot" | "bulk" | "profile" | "home" | "usr-local";

/** Every system call by which a program changes a file system; of `open` and `openat` those that open for writing. */
export const changingCalls: readonly string[] = `
  open openat creat write pwrite64 writev pwritev pwritev2 copy_file_range sendfile rename
  renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat mknod
  mknodat chmod fchmod fchmodat chown fchown lchown fchownat fsync fdatasync syncfs truncate
  ftruncate fallocate utimensat setxattr fsetxattr
`
  .trim()
  .split(/\s+/);

/** Where readygo's changes lie. */
const watched =
  /^\/(?:usr\/local|var\/lib\/readygo|var\/lib$|etc\/profile\.d|etc\/readygo|home|root|run\/readygo)(?:\/|$)/;

/**
 * The points of a recorded run, in their order. Reads what `strace -f -y -qq -e trace=CALLS,execve -o FILE` writes; calls
 * that failed changed nothing and are left out.
 */
export function readPoints(log: string): readonly KillPoint[] {
  const points: KillPoint[] = [];
  const counts = new Map<string, number>();
  let readygo: string | undefined;
  const programs = new Set<string>();
  for (const line of log.split("\n")) {
    const parts = /^(\d+)\s+(\w+)\((.*)$/.exec(line);
    if (parts === null) continue;
    const [, thread = "", call = "", rest = ""] = parts;
    if (call === "execve") {
      readygo ??= thread;
      if (thread !== readygo) programs.add(thread);
      continue;
    }
    const { keys, path } = readArguments(call, rest.replace(/\)\s+= [^"]*$/, ""));
    for (const key of keys) {
      const counter = `${thread} ${call} ${key}`;
      counts.set(counter, (counts.get(counter) ?? 0) + 1);
    }
    const key = keys[0];
    if (key === undefined || !watched.test(path) || / = -1 E/.test(rest)) continue;
    if (call.startsWith("open") && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(rest)) continue;
    const nth = counts.get(`${thread} ${call} ${key}`) ?? 1;
    points.push({ call, key, nth, path, isInChild: programs.has(thread), group: groupOf(path) });
  }
  return points;
}

/**
 * All paths by which `-P` would pick this call, and where it acts. strace (pathtrace.c) takes only the first path of a
 * `rename`; the text of a `write` is content, which may begin as a path does.
 */
function readArguments(call: string, rest: string): { readonly keys: readonly string[]; readonly path: string } {
  const keys: string[] = [];
  let directory: string | undefined;
  let path: string | undefined;
  for (const [, descriptor, opened, text] of rest.matchAll(/(\b\d+|AT_FDCWD)<([^>]*)>|"((?:[^"\\]|\\.)*)"/g)) {
    if (descriptor === "AT_FDCWD") continue;
    if (descriptor !== undefined) {
      directory = opened?.replace(/ \(deleted\)$/, "");
      if (directory?.startsWith("/") === true) keys.push(directory);
    } else if (call.includes("write") || (call === "rename" && path !== undefined)) {
      continue;
    } else if (text?.startsWith("/") === true) {
      keys.push(text);
      path ??= text;
    } else if (directory?.startsWith("/") === true && path === undefined && keys.length === 1) {
      path = /^[\w.@+-]+$/.test(text ?? "") ? posix.join(directory, text ?? "") : undefined;
    }
  }
  return { keys: [...new Set(keys)], path: path ?? keys[0] ?? "" };
}

const trees = /^\/usr\/local\/(?:\.readygo\/(?:staging\/[^/]+|previous)\/[^/]+|go)\/./;

function groupOf(path: string): PointGroup {
  if (trees.test(path)) return "bulk";
  if (path.startsWith("/run/")) return "lock";
  if (path === "/var/lib/readygo/journal") return "journal";
  if (path.startsWith("/var/lib")) return "state";
  if (path.startsWith("/usr/local/.readygo")) return "store";
  if (path === "/usr/local/go") return "goroot";
  if (path.startsWith("/usr/local")) return "usr-local";
  return path.startsWith("/etc/") ? "profile" : "home";
}

/** Takes all points outside bulk, and `bulk` of those inside it, evenly. */
export function samplePoints(points: readonly KillPoint[], bulk: number): readonly KillPoint[] {
  const inBulk = points.filter(({ group }) => group === "bulk");
  const taken = new Set(spread(inBulk, bulk));
  return points.filter((point) => point.group !== "bulk" || taken.has(point));
}

/** `count` of `items`, evenly, the first and the last among them; all where there are fewer. */
export function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, at) => items[Math.round((at * (items.length - 1)) / Math.max(1, count - 1))],
  ).filter((item): item is T => item !== undefined);
}

export function describePoint({ call, path, nth, isInChild }: KillPoint): string {
  return `${call} ${path} (${nth}.${isInChild ? ", in a child" : ""})`;
}
