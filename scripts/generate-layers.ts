import { layers, type World } from "./layers.ts";

const modules: Readonly<Record<World, readonly string[]>> = {
  "files and processes": ["node:fs", "node:fs/*", "node:child_process", "node:process", "node:os"],
  network: ["node:net", "node:http*", "node:dgram", "undici"],
  terminal: ["ora"],
  "command line": ["yargs"],
};

/** The import rules of every layer, as oxlint reads them. */
export function formatLayerRules(): string {
  const overrides = layers.map(({ name, world }, at) => {
    const above = layers.slice(0, at).map((layer) => `**/${layer.name}/**`);
    const closed = (Object.keys(modules) as World[]).filter((each) => !world.includes(each));
    const order = {
      group: ["**/main.ts", ...above],
      message: `${name}/ may import the layers below it: docs/architecture.md.`,
    };
    const doors = closed.map((each) => ({
      group: modules[each],
      message: `${name}/ has no ${each} of its own: scripts/layers.ts.`,
    }));
    const isProcessClosed = closed.includes("files and processes");
    const globals = { name: "process", message: `${name}/ does not touch the process: scripts/layers.ts.` };
    return {
      files: [`src/${name}/**`],
      rules: {
        ...(isProcessClosed ? { "no-restricted-globals": ["error", globals] } : {}),
        "no-restricted-imports": ["error", { patterns: [order, ...doors] }],
      },
    };
  });
  return `${JSON.stringify({ overrides }, undefined, 2)}\n`;
}

/** The table in docs/architecture.md. */
export function formatLayerTable(): string {
  const rows = layers.map(({ name, knows, never }) => [`\`src/${name}/\``, knows, never]);
  const all = [
    ["layer", "what it knows", "what it never does"],
    ["`src/main.ts`", "the process: argv, signals, streams", ""],
    ...rows,
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const [head = [], ...body] = all;
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}
