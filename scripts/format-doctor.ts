import { type Diagnostic, groups } from "../src/doctor/diagnostic.ts";

const titles = {
  go: "The Gos on the host",
  environment: "What processes start with",
  network: "The way to modules",
  host: "The host",
  release: "The release",
} as const satisfies Record<(typeof groups)[number], string>;

/** docs/doctor.md: what is looked for, in the order in which findings are printed. */
export function formatDoctorPage(diagnostics: readonly Diagnostic[]): string {
  const sections = groups.map((group) => {
    const rows = diagnostics
      .filter((each) => each.group === group)
      .map(
        ({ id, severity, sees, why, needs }) =>
          `| \`${id}\` | ${severity} | ${cell(sees)} | ${cell(why)} | ${describeNeeds(needs)} |`,
      );
    return `## ${titles[group]}\n\n| ID | at worst | looks for | why | needs |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# What doctor looks for

Generated from src/doctor/ by \`npm run docs\`. \`readygo doctor\` runs all ${diagnostics.length} diagnostics side by side, for the account and
root; \`readygo doctor ID…\`, \`--group\`, \`--only\` and \`--skip\` choose, \`--list\` lists them, \`--all-users\` looks at every account that
somebody can log in with. It changes nothing, unless \`--fix\` is given.

- **error**: Go is wrong or missing where readygo promises it. **warning**: something works against it. **info**: true of every
  stock host, or only good to know. A healthy host has neither errors nor warnings.
- Each finding says what was seen, in which file and line where that can be known, why it hurts, and what to do. \`--json\` has the
  same as \`findings[]\`: the remedy there is a command (\`argv\`), an edit (\`file\`, \`line\`, \`from\`, \`to\`) or advice.
- \`--fix\` applies the fixes that can be undone exactly: readygo's own links, files and blocks, and lines that \`go env -w\` has
  written. Their plan is printed first (\`--dry-run\`: and nothing else is done), they are applied in one transaction, and rolled back where a
  shell of the account has lost anything by them. \`readygo uninstall\` gives the bytes back. Packages, version managers' files and
  your own lines are never changed: those are remedies.
- Exit 7 where an error is found, with \`--fail-on warning\` also where a warning is.
- What needs root is left out for an ordinary user and counted; under \`--root DIR\` nothing of the image is started.

${sections.join("\n")}`;
}

/** Of the table that the formatter would make anyway. */
function cell(text: string): string {
  return text.replaceAll("|", "\\\\|");
}

function describeNeeds(needs: Diagnostic["needs"]): string {
  const words = { root: "root", running: "a running host", go: "a proven go" } as const;
  return needs.map((need) => words[need]).join(", ");
}
