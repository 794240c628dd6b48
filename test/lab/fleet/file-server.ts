import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../suite/lab-cache.ts";
import type { Fleet } from "./fleet.ts";

interface FileServer {
  readonly base: string;
  /** The same files, of which large ones come a byte at a time. */
  readonly slowBase: string;
  /** What was asked for since the start: path and size. */
  readonly requests: readonly { readonly path: string; readonly bytes: number }[];
  stop(): Promise<void>;
}

const port = 8000;

/** The web server of the fleet, on the control host: any would do, since nobody trusts it. */
export async function startFileServer({ control, address }: Fleet, directory: string): Promise<FileServer> {
  const node = join(checkout, "node_modules/.bin/node");
  const options = JSON.stringify({ directory: control.path(directory), address, port, slowly: "/slowly" });
  const intoNetwork = ["--pdeathsig", "KILL", "nsenter", "--target", String(control.initPid), "--net", "--"];
  const child = spawn("setpriv", [...intoNetwork, node, join(import.meta.dirname, "file-server-main.ts"), options], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const requests: { readonly path: string; readonly bytes: number }[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (status) => reject(new Error(`the file server ended with ${status}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line) as "listening" | { readonly path: string; readonly bytes: number };
      if (said === "listening") resolve();
      else requests.push(said);
    });
  });
  return {
    base: `http://${address}:${port}`,
    slowBase: `http://${address}:${port}/slowly`,
    requests,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    },
  };
}
