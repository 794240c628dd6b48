import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";
import { realClock } from "../../host/real-clock.ts";
import { parseAptProxies, type AptProxies } from "./apt-proxies.ts";
import {
  createChooseProxy,
  describeWay,
  hasNamedProxy,
  type ChooseProxy,
  type ChosenProxy,
  type ProxySettings,
} from "./choose-proxy.ts";
import { type Credentials, parseNetrc } from "./netrc.ts";
import { openDispatchers, type Dispatchers } from "./dispatchers.ts";

export interface ConnectionOptions extends Omit<ProxySettings, "apt"> {
  /** The output of `apt-config dump`; asked for once, before the first connection, where no proxy is named. */
  readonly readAptConfig?: (() => Promise<string>) | undefined;
  /** The .netrc of the account that asks; asked for once, before the first https request without a user of its own. */
  readonly readNetrc?: (() => Promise<string>) | undefined;
  /** A line for people, the first time that a proxy is used, and where apt's is given up. */
  readonly onWay?: ((text: string) => void) | undefined;
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
  const told = new Set<string>();
  const tellWay = (proxy: ChosenProxy | undefined): ChosenProxy | undefined => {
    const way = describeWay(proxy);
    if (way !== undefined && !told.has(way)) options.onWay?.(`requests go ${way}`);
    if (way !== undefined) told.add(way);
    return proxy;
  };
  const connect = async (): Promise<Dispatchers> => {
    if (options.readAptConfig !== undefined && !hasNamedProxy(options)) {
      apt = parseAptProxies(await options.readAptConfig());
      chooseProxy = createChooseProxy({ ...options, apt });
    }
    return openDispatchers((url) => tellWay(chooseProxy(url)), { caFile, connectTimeoutMs: connectMs, clock });
  };
  return {
    connectMs,
    clock,
    chooseProxy: (url) => chooseProxy(url),
    open: () => (dispatchers ??= connect()),
    giveUpApt(error, url) {
      if (apt === undefined || !(error instanceof RequestFailure) || !URL.canParse(url)) return false;
      const way = describeWay(chooseProxy(new URL(url)));
      const isByApt = way !== undefined;
      const isProxys = ["unreachable", "timeout", "tls", "status", "content"].includes(error.kind);
      if (isByApt && isProxys) apt.giveUp();
      if (isByApt && isProxys) options.onWay?.(`requests go no more ${way}: it did not bring ${error.url}`);
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
