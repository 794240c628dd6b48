import { writeFileSync } from "node:fs";
import { runContexts } from "../test/lab/boot/contexts-host.ts";
import { setup } from "../test/lab/suite/global-setup.ts";
import { formatContexts } from "./format-contexts.ts";

// Writes docs/contexts.md from a run on a host that boots: npm run contexts
await setup();
writeFileSync("docs/contexts.md", formatContexts(await runContexts("contexts")));
