/** What a program and all that it started did, each once, in the order of its first time. */
export interface TracedRun {
  /** Paths as they were given to execve. */
  readonly programs: readonly string[];
  /** Paths of what was opened, as the kernel names them. */
  readonly files: readonly string[];
  /** Lines that are not strace's own: what the programs wrote to stderr. */
  readonly words: string;
}

/** Options of strace by which {@link parseStrace} can read what it writes to stderr: only what succeeded, with paths. */
export const straceOptions = [
  "--follow-forks",
  "--successful-only",
  "--decode-fds=path",
  "--seccomp-bpf",
  "--quiet=all",
  "--signal=none",
  "--trace=execve,execveat,open,openat,openat2",
] as const;

export function parseStrace(text: string): TracedRun {
  const programs = new Set<string>();
  const files = new Set<string>();
  const words: string[] = [];
  for (const line of text.split("\n")) {
    const program = /^(?:\[pid +\d+\] )?execve(?:at)?\((?:[^",]+, )?"((?:[^"\\]|\\.)*)".* = 0$/.exec(line)?.[1];
    const file = /^(?:\[pid +\d+\] )?open(?:at2?)?\(.* = \d+<(.*)>$/.exec(line)?.[1];
    if (program !== undefined) programs.add(unescape(program));
    else if (file !== undefined) files.add(unescape(file));
    else words.push(line);
  }
  return { programs: [...programs], files: [...files], words: words.join("\n") };
}

/** strace writes bytes that are not ASCII as in C, `\303\244`. */
function unescape(text: string): string {
  const bytes = text.replaceAll(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code,
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
