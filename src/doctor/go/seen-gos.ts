import { posix } from "node:path";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { type DoctorContext, oncePerRun } from "../doctor-context.ts";

/** A program `go` that a process of an account may find, as the account sees it. */
export interface SeenGo {
  readonly account: Account;
  readonly path: string;
  /** Where it leads in the end. */
  readonly target: string;
  /**
   * - `tree`: it stands in a Go tree
   * - `lone`: it is the go command, and no tree is around it
   * - `other`: a script, a stand-in of a version manager, or anything else
   */
  readonly kind: "tree" | "lone" | "other";
  /** The machine of its ELF header, in Go's words; undefined for what has none. */
  readonly machine: string | undefined;
  /** Launch contexts in which `go` means this one, as somebody would type them. */
  readonly contexts: readonly string[];
}

/** Looked for once for all diagnostics of a run, by a child that is the account. */
export const findSeenGos = oncePerRun(async (context): Promise<readonly SeenGo[]> =>
  (await Promise.all(context.accounts.map((account) => look(context, account)))).flat(),
);

/** Where a `go` is put that is on some PATH, at the latest at the next login. */
const usualPlaces = ["/usr/local/bin/go", "/usr/bin/go", "/snap/bin/go"];
const usualHomePlaces = ["bin/go", ".local/bin/go", "go/bin/go"];

/** Looks at an ELF header, for a tree around it, and for a text that the go command has and no stand-in. */
const script = `for path; do
  if [ -f "$path" ] && [ -x "$path" ]; then
    target=$(readlink -f -- "$path")
    root=$(dirname -- "$(dirname -- "$target")")
    head=$(head -c 20 -- "$target" | od -An -v -tx1 | tr -d ' \\n')
    kind=other
    case $head in 7f454c46*)
      if [ -d "$root/pkg/tool" ]; then kind=tree
      elif grep -qaF 'cannot find GOROOT directory' -- "$target"; then kind=lone
      fi ;;
    esac
    printf '%s\\n%s\\n%s' "$kind" "$head" "$target"
  fi
  printf '\\0'
done`;

const mostMs = 10_000;

async function look(context: DoctorContext, account: Account): Promise<readonly SeenGo[]> {
  const rows = (await context.rows()).filter((row) => row.account === account.name);
  const entries = rows.flatMap(({ variables }) => (variables["PATH"]?.value ?? "").split(":"));
  const paths = [
    ...rows.flatMap(({ go }) => (go?.startsWith("/") === true ? [go] : [])),
    ...entries.flatMap((entry) => (entry.startsWith("/") ? [`${entry.replace(/\/+$/, "")}/go`] : [])),
    ...usualPlaces,
    ...usualHomePlaces.map((place) => posix.join(account.home, place)),
  ];
  const wanted = [...new Set(paths)];
  const { stdout } = await context.processes.run({
    argv: ["/bin/sh", "-c", script, "sh", ...wanted],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs: Math.min(context.timeoutMs, mostMs),
  });
  const answers = stdout.split("\0").slice(0, -1);
  return answers.flatMap((answer, at): readonly SeenGo[] => {
    const path = wanted[at] ?? "";
    const [kind = "", head = "", ...target] = answer.split("\n");
    if (answer === "") return [];
    const contexts = rows.filter((row) => row.go === path).map(({ typed }) => typed);
    return [
      {
        account,
        path,
        target: target.join("\n"),
        kind: kind === "tree" || kind === "lone" ? kind : "other",
        machine: parseElfMachine(Buffer.from(head, "hex")),
        contexts,
      },
    ];
  });
}

/** `bash -c CMD, sudo CMD and 4 more`. */
export function nameContexts(contexts: readonly string[]): string {
  const rest = contexts.length - 3;
  return `${contexts.slice(0, 3).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** e_machine of elf(5), for which Go has a release on Linux. */
const machines: Readonly<Record<number, string>> = {
  3: "386",
  8: "mips",
  21: "ppc64le",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

/** The machine of an ELF header in Go's words; undefined for what is none. */
export function parseElfMachine(header: Uint8Array): string | undefined {
  if (header.length < 20 || Buffer.from(header).toString("latin1", 0, 4) !== "\u007fELF") return undefined;
  const isBigEndian = header[5] === 2;
  const bytes = Buffer.from(header);
  const machine = isBigEndian ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
  return machines[machine] ?? `machine ${machine}`;
}
