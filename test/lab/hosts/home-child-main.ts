import process from "node:process";
import { isHomeChild, runHomeChild } from "../../../src/host/home/home-child.ts";

// What main.ts does, without the rest of it.
if (isHomeChild(process.argv)) runHomeChild(process.argv);
else process.exitCode = 2;
