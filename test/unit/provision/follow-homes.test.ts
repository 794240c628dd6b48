import { expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import type { FileStat } from "../../../src/host/ports.ts";
import type { Receipt } from "../../../src/host/state/receipt.ts";
import { followHomes } from "../../../src/provision/follow-homes.ts";

/** Directories that are there. */
function follow(path: string, { home, there }: { readonly home: string; readonly there: readonly string[] }): string {
  const files = { stat: (at: string) => (there.includes(at) ? ({ kind: "directory" } as FileStat) : undefined) };
  const file = { path: absolutePath(path), owner: "alice", sha256: "a", before: null, createdDirectories: [] };
  const receipt = { files: [file], leftAlone: [] } as unknown as Receipt;
  return followHomes(files, receipt, () => ({ home: absolutePath(home) })).files[0]?.path ?? "";
}

it.each([
  ["is where it was", "/home/alice/.bashrc", "/home/alice", ["/home", "/home/alice"], "/home/alice/.bashrc"],
  ["has moved with its home", "/home/alice/.bashrc", "/srv/al", ["/home"], "/srv/al/.bashrc"],
  ["lies deeper", "/home/alice/.config/fish/config.fish", "/srv/al", ["/home"], "/srv/al/.config/fish/config.fish"],
  ["is zsh's elsewhere", "/home/alice/.config/zsh/.zshrc", "/srv/al", ["/home"], "/srv/al/.config/zsh/.zshrc"],
  ["lies in a home that is there", "/home/alice/.bashrc", "/srv/al", ["/home", "/home/alice"], "/home/alice/.bashrc"],
])("a file that %s", (_, path, home, there, now) => {
  expect(follow(path, { home, there })).toBe(now);
});
