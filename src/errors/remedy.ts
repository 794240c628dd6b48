import { aimAtImage, quoteForShell } from "./aim-at-image.ts";

/** What to do about a finding. The first two kinds can be obeyed by a program; a test does, and looks again. */
export type Remedy =
  | {
      readonly kind: "command";
      readonly argv: readonly [string, ...string[]];
      readonly asRoot: boolean;
      /** Who has to type it, where that is an account and not root. */
      readonly account?: string;
    }
  | {
      readonly kind: "edit";
      readonly file: string;
      /** From 1. */
      readonly line: number;
      /** The line as it stands there, whole. */
      readonly from: string;
      /** What is to stand there; null: nothing, the line goes. */
      readonly to: string | null;
    }
  | { readonly kind: "advice"; readonly text: string };

/** In one line, to be pasted where it is a command. */
export function formatRemedy(remedy: Remedy): string {
  switch (remedy.kind) {
    case "command": {
      const command = remedy.argv.map(quoteForShell).join(" ");
      if (remedy.asRoot) return `sudo ${command}`;
      return remedy.account === undefined ? command : `${command}  as ${remedy.account}`;
    }
    case "edit": {
      const where = `line ${remedy.line} of ${remedy.file}`;
      return remedy.to === null ? `delete ${where}: ${remedy.from}` : `change ${where} to: ${remedy.to}`;
    }
    case "advice":
      return remedy.text;
  }
}

/** Under --root DIR what is said to be done would else be done to this machine. */
export function aimRemedy(remedy: Remedy, root: string): Remedy {
  if (root === "") return remedy;
  if (remedy.kind === "advice") return { ...remedy, text: aimAtImage(remedy.text, root) };
  if (remedy.kind === "edit") return remedy;
  const [program, command = "", ...words] = remedy.argv;
  return program === "readygo" ? { ...remedy, argv: [program, command, "--root", root, ...words] } : remedy;
}

export function runAsRoot(...argv: readonly [string, ...string[]]): Remedy {
  return { kind: "command", argv, asRoot: true };
}

export function runAs(account: string, ...argv: readonly [string, ...string[]]): Remedy {
  return { kind: "command", argv, asRoot: account === "root", ...(account === "root" ? {} : { account }) };
}

export function edit(file: string, line: number, from: string, to: string | null): Remedy {
  return { kind: "edit", file, line, from, to };
}

export function advise(text: string): Remedy {
  return { kind: "advice", text };
}
