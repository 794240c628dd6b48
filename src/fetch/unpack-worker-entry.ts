import { runUnpackWorker } from "./unpack-worker.ts";

void runUnpackWorker();
