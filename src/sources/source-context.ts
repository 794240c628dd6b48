import type { HttpClient } from "../fetch/http/http-client.ts";
import type { Account, Clock, ReadFiles } from "../host/ports.ts";
import type { HomeFiles } from "../host/home/home-files.ts";
import type { ProcessPort } from "../host/process-port.ts";
import type { Publisher } from "./publisher.ts";

/** What asking for sources, and for this host's settings of them, works with. */
export interface SourceContext {
  readonly http: HttpClient;
  readonly publisher: Publisher;
  /** The host being provisioned; DIR under --root. */
  readonly files: ReadFiles;
  /** This machine, where sources lie also under --root. */
  readonly machine: ReadFiles;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly port: Pick<ProcessPort, "env" | "uid">;
  /** readygo.ini's GOPROXY list. */
  readonly request: { readonly goproxy: string | undefined };
  /** Whose go/env counts. */
  readonly account: () => Account;
  readonly home: (owner: string) => Pick<HomeFiles, "read">;
}
