import process from "node:process";
import { createContextAsker } from "../../../src/environment/ask-contexts.ts";
import { createRealProcesses } from "../../../src/host/child/real-processes.ts";
import { readAccounts } from "../../../src/host/home/accounts.ts";
import { createRealFiles } from "../../../src/host/real-files.ts";

// What verify asks of a host, for a test that runs it there: the accounts named, with every shell unless `--usual` says
// otherwise. One object of JSON on stdout.
const words = process.argv.slice(2);
const files = createRealFiles("");
const accounts = readAccounts(files).filter(({ name }) => words.includes(name));
const startedAt = performance.now();
const asker = createContextAsker(
  { files, processes: createRealProcesses() },
  { everyShell: !words.includes("--usual") },
);
const answers = (await Promise.all(accounts.map((account) => asker.ask(account)))).flat();
console.log(JSON.stringify({ answers, durationMs: performance.now() - startedAt }));
