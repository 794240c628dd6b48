import { readFileSync } from "node:fs";
import process from "node:process";
import type { ContextAnswer } from "../src/environment/ask-contexts.ts";
import { launchContexts } from "../src/environment/launch-context.ts";
import { formatContexts } from "./format-contexts.ts";

// Prints docs/contexts.md: node scripts/contexts.ts [FILE], FILE being what test/lab/boot/ask-contexts-main.ts said on a host.
const [file] = process.argv.slice(2);
const told = file === undefined ? undefined : (JSON.parse(readFileSync(file, "utf8")) as { answers: ContextAnswer[] });
process.stdout.write(formatContexts(launchContexts, told?.answers));
