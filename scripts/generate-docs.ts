import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { commands } from "../src/cli/run-cli.ts";
import { diagnostics } from "../src/doctor/list-diagnostics.ts";
import { formatDoctorPage } from "./format-doctor.ts";
import { formatManPage } from "./format-man-page.ts";
import { formatResultSchema } from "./format-result-schema.ts";
import { formatLayerRules, formatLayerTable } from "./generate-layers.ts";
import { catalogue, type CatalogueEntry } from "../src/errors/error-codes.ts";

// `npm run docs` writes docs/errors.md from the catalogue, docs/readygo.1 from the commands, docs/result.schema.json from the shape of results, and the lint rules and the table
// of the layers from scripts/layers.ts; with --check it only tells whether they are in step.
const entries: readonly (readonly [string, CatalogueEntry])[] = Object.entries(catalogue);
const exits = [...new Set(entries.map(([, { exit }]) => exit))].toSorted((a, b) => a - b);

const sections = exits.map((exit) => {
  const codes = entries.filter(([, entry]) => entry.exit === exit);
  const rows = codes.map(
    ([code, { meaning, remedy }]) => `### ${code}\n\n${meaning}\n\n${remedy.map((line) => `- ${line}`).join("\n")}\n`,
  );
  return `## Exit ${exit}\n\n${rows.join("\n")}`;
});

const text = `# Errors

Generated from src/errors/error-codes.ts by \`npm run docs\`. Every failure that is not a bug has one of these codes; on a
terminal it reads \`error[code]: summary\`, with the facts indented below it and what to do as \`hint:\`; with \`--json\` it is
the \`error\` object. A bug ends with exit 1 and its stack. 10 is \`plan --detailed-exitcode\` on a host that differs, and
128+n a run that signal n stopped; it has put everything back.

${sections.join("\n")}`;

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const pages = {
  "docs/errors.md": text,
  "docs/readygo.1": formatManPage(commands, version),
  "docs/doctor.md": formatDoctorPage(diagnostics),
  "docs/architecture.md": withLayerTable(readFileSync("docs/architecture.md", "utf8")),
  "docs/result.schema.json": formatResultSchema(),
  "scripts/layers.oxlintrc.json": formatLayerRules(),
};

for (const [path, page] of Object.entries(pages)) {
  if (!process.argv.includes("--check")) {
    writeFileSync(path, page);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== page) {
    console.error(`${path} is not what its source says: npm run docs`);
    process.exitCode = 1;
  }
}

/** The page with the table between its two marks made anew. */
function withLayerTable(page: string): string {
  return page.replace(
    /(<!-- layers -->\n\n)[^]*(\n\n<!-- end of layers -->)/,
    (_, start, end) => `${start}${formatLayerTable()}${end}`,
  );
}
