import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";
import { realClock } from "../../host/real-clock.ts";
import { parseAptProxies, type AptProxies } from "./apt-proxies.ts";
import { createChooseProxy, hasNamedProxy, type ChooseProxy, type ProxySettings } from "./choose-proxy.ts";
import { type Credentials, parseNetrc } from "./netrc.ts";
import { openDispatchers, type Dispatchers } from "./dispatchers.ts";

export interface ConnectionOptions extends Omit<ProxySettings, "apt"> {
  /** The output of `apt-config dump`; asked for once, before the first connection, where no proxy is named. */
  readonly readAptConfig?: (() => Promise<string>) | undefined;
  /** The .netrc of the account that asks; asked for once, before the first https request without a user of its own. */
  readonly readNetrc?: (() => Promise<string>) | undefined;
  /** PEM; trusted besides node's own and the system's certificates. */
  readonly caFile?: string | undefined;
  /** Until there is a connection; default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default the real one. */
  readonly clock?: Clock | undefined;
}

/** The ways to the network: direct, by a proxy that is named, or by apt's as long as that one carries more than packages. */
export interface Connections {
  /** Until there is a connection. */
  readonly connectMs: number;
  readonly clock: Clock;
  /** Undefined: directly. */
  readonly chooseProxy: ChooseProxy;
  /** Asks apt and loads undici when first called; then always the same. */
  open(): Promise<Dispatchers>;
  /** True where the request failed by way of apt's proxy: then it is made again without. */
  giveUpApt(error: unknown, url: string): boolean;
  /** User and password for a server, where the account has them for its host; over nothing but https. */
  findCredentials(url: URL): Promise<Credentials | undefined>;
  close(): Promise<void>;
}

const usualConnectMs = 10_000;

/** @throws ProvisionError `config-invalid` for a proxy that is no URL */
export function createConnections(options: ConnectionOptions): Connections {
  let chooseProxy = createChooseProxy(options);
  let apt: AptProxies | undefined;
  const { connectTimeoutMs: connectMs = usualConnectMs, clock = realClock, caFile } = options;
  let dispatchers: Promise<Dispatchers> | undefined;
  let netrc: Promise<ReadonlyMap<string, Credentials>> | undefined;
  const connect = async (): Promise<Dispatchers> => {
    if (options.readAptConfig !== undefined && !hasNamedProxy(options)) {
      apt = parseAptProxies(await options.readAptConfig());
      chooseProxy = createChooseProxy({ ...options, apt });
    }
    return openDispatchers((url) => chooseProxy(url), { caFile, connectTimeoutMs: connectMs, clock });
  };
  return {
    connectMs,
    clock,
    chooseProxy: (url) => chooseProxy(url),
    open: () => (dispatchers ??= connect()),
    giveUpApt(error, url) {
      if (apt === undefined || !(error instanceof RequestFailure) || !URL.canParse(url)) return false;
      const isByApt = chooseProxy(new URL(url)) !== undefined;
      const isProxys = ["unreachable", "timeout", "tls", "status", "content"].includes(error.kind);
      if (isByApt && isProxys) apt.giveUp();
      return isByApt && isProxys;
    },
    async findCredentials(url) {
      if (url.protocol !== "https:" || url.username !== "" || options.readNetrc === undefined) return undefined;
      return (await (netrc ??= options.readNetrc().then(parseNetrc))).get(url.hostname);
    },
    async close() {
      await (await dispatchers)?.close();
    },
  };
}
