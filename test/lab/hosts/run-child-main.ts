import { absolutePath } from "../../../src/host/absolute-path.ts";
import { createRealProcesses } from "../../../src/host/child/real-processes.ts";

// Runs sh with the script that it is given, as readygo runs a child; for a test that kills it meanwhile.
await createRealProcesses().run({
  argv: ["/bin/sh", "-c", process.argv[2] ?? ""],
  env: { PATH: "/usr/bin:/bin" },
  cwd: absolutePath("/"),
  timeoutMs: 600_000,
});
