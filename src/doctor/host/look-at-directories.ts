import { absolutePath } from "../../host/absolute-path.ts";
import type { Account, Processes } from "../../host/ports.ts";

/** A directory as an account sees it. */
export interface SeenDirectory {
  readonly path: string;
  readonly kind: "directory" | "other" | "none";
  /** Whether the account can make files there; of none, null. */
  readonly isWritable: boolean | null;
  /** Of the file system that holds it, or its nearest parent that exists; null where nobody could tell. */
  readonly freeBytes: number | null;
  readonly freeInodes: number | null;
  readonly mount: { readonly point: string; readonly type: string; readonly options: readonly string[] } | null;
}

/** What the file system counts for the account: space in use and its hard limit, in bytes. */
export interface Quota {
  readonly path: string;
  readonly usedBytes: number;
  readonly mostBytes: number;
}

/** Prints after each path, so that what answers before one that does not is known. */
const script = `for path; do
  if [ -d "$path" ]; then kind=directory; elif [ -e "$path" ] || [ -L "$path" ]; then kind=other; else kind=none; fi
  if [ -w "$path" ]; then writable=yes; else writable=no; fi
  at=$path
  while [ ! -d "$at" ] && [ "$at" != / ]; do at=$(dirname -- "$at"); done
  printf '%s\\t%s\\t%s\\t%s\\0' "$kind" "$writable" "$(stat -fc '%a %S %c %d' -- "$at" 2>/dev/null)" \\
    "$(findmnt -rno TARGET,FSTYPE,OPTIONS -T "$at" 2>/dev/null | tail -n 1)"
done`;

const mostMs = 3_000;

/** By one child that is the account. Those that were not come to are missing. */
export async function lookAtDirectories(
  processes: Processes,
  account: Account,
  paths: readonly string[],
): Promise<ReadonlyMap<string, SeenDirectory>> {
  if (paths.length === 0) return new Map();
  const { stdout } = await processes.run({
    argv: ["/bin/sh", "-c", script, "sh", ...paths],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: mostMs,
  });
  const answers = stdout.split("\0").slice(0, -1);
  return new Map(paths.slice(0, answers.length).map((path, at) => [path, parseAnswer(path, answers[at] ?? "")]));
}

export function parseAnswer(path: string, answer: string): SeenDirectory {
  const [kind = "", writable, space = "", mount = ""] = answer.split("\t");
  const [blocks, blockSize, inodes, freeInodes] = space.split(" ").map(Number);
  const [point, type, options] = mount.split(" ");
  const isCounted = blocks !== undefined && blockSize !== undefined && !Number.isNaN(blocks * blockSize);
  return {
    path,
    kind: kind === "directory" || kind === "other" ? kind : "none",
    isWritable: kind === "none" ? null : writable === "yes",
    freeBytes: isCounted && space !== "" ? blocks * blockSize : null,
    // btrfs counts no inodes and says 0 of 0: it makes them as it needs them.
    freeInodes: !isCounted || space === "" || inodes === 0 ? null : (freeInodes ?? null),
    mount:
      point === undefined || type === undefined || options === undefined
        ? null
        : { point: readHex(point), type, options: options.split(",") },
  };
}

/** findmnt -r writes what would part its columns as \x20. */
function readHex(text: string): string {
  return text.replaceAll(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
}

/**
 * quotactl_fd(2), which Linux has since 5.14 by one number for all architectures, with Q_GETQUOTA for the account itself. The
 * file systems that keep no quota say so by an error, and are passed over.
 */
const quotaScript = `use Fcntl;
for my $path (@ARGV) {
  sysopen(my $directory, $path, O_RDONLY | O_DIRECTORY | O_NONBLOCK) or next;
  my $answer = "\\0" x 72;
  next if syscall(443, fileno($directory), 0x80000700, $<, $answer) != 0;
  my ($most, undef, $used) = unpack("Q3", $answer);
  print $path, "\\t", $used, "\\t", $most * 1024, "\\0";
}`;

/** Of directories on file systems that keep quotas, and that limit this account. */
export async function readQuotas(
  processes: Processes,
  account: Account,
  paths: readonly string[],
): Promise<readonly Quota[]> {
  const { stdout } = await processes.run({
    argv: ["/usr/bin/perl", "-e", quotaScript, ...paths],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: mostMs,
  });
  return parseQuotas(stdout);
}

export function parseQuotas(stdout: string): readonly Quota[] {
  return stdout.split("\0").flatMap((answer) => {
    const [path, used, most] = answer.split("\t");
    if (path === undefined || used === undefined || most === undefined || Number(most) === 0) return [];
    return [{ path, usedBytes: Number(used), mostBytes: Number(most) }];
  });
}
