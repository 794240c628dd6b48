import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A network of its own at the far end of a cable with 100 ms there and back and 1 % loss; this end is 10.9.0.1. */
export interface SlowLink {
  readonly address: string;
  /** Runs a program at the far end. */
  spawn(program: string, args: readonly string[]): ChildProcess;
  close(): void;
}

const delaySeconds = 0.05;
const loss = 0.01;

/** BBR, where it is the default, takes no notice of losses; of the others a namespace may choose only this one. */
const setReno = "echo reno >/proc/sys/net/ipv4/tcp_congestion_control";

/** Needs root, and a network namespace that is this process's own. */
export async function openSlowLink(): Promise<SlowLink> {
  const far = spawn("unshare", ["--net", "sh", "-c", `${setReno}; echo ready; exec sleep 3600`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(far);
  const link = join(import.meta.dirname, "slow-link.pl");
  const cable = spawn("perl", [link, String(far.pid), String(delaySeconds), String(loss)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(cable);
  return {
    address: "10.9.0.2",
    spawn: (program, args) =>
      spawn("nsenter", [`--net=/proc/${far.pid}/ns/net`, program, ...args], { stdio: ["ignore", "pipe", "inherit"] }),
    close() {
      cable.kill("SIGKILL");
      far.kill("SIGKILL");
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("a child without an output");
  await once(child.stdout, "data");
}
