import { runUnpackWorker } from "./unpack-worker.ts";

runUnpackWorker();
