import { createHost, type LabHost } from "../hosts/throw-away-host.ts";
import { type ReleaseShelf, stockReleases } from "../releases/release-shelf.ts";
import { rcTools } from "./rc-tools.ts";

export interface RcHost {
  readonly host: LabHost;
  readonly shelf: ReleaseShelf;
}

/** A host for rc files: with mise, direnv, other Gos and a small release. */
export async function createRcHost(): Promise<RcHost> {
  const shelf = await stockReleases("1.30.1");
  const host = await createHost({ lower: "server", bind: [...shelf.bind, ...(await rcTools())] });
  const go = "#!/bin/sh\necho go version go1.19 linux/amd64\n";
  for (const directory of ["/opt/go1.19/bin", "/opt/probe/bin"]) host.write(`${directory}/go`, go, 0o755);
  return { host, shelf };
}

export async function withRcHost<T>(work: (made: RcHost) => Promise<T>): Promise<T> {
  const made = await createRcHost();
  try {
    return await work(made);
  } finally {
    await made.host.destroy();
  }
}
