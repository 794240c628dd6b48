import { readFileSync } from "node:fs";
import process from "node:process";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { Dispatcher } from "undici";
import { ProvisionError } from "../../errors/provision-error.ts";
import type { Clock } from "../../host/ports.ts";
import type { ChooseProxy } from "./choose-proxy.ts";
import { createPatientConnector } from "./patient-connector.ts";

type Undici = typeof import("undici");

/** Connections by the way they take: direct, or through a proxy; made when first needed. */
export interface Dispatchers {
  request: Undici["request"];
  /** @throws ProvisionError `config-invalid` where the CA file cannot be read */
  for(url: URL): Dispatcher;
  close(): Promise<void>;
}

interface ConnectOptions {
  /** PEM; trusted besides node's own and the system's certificates. */
  readonly caFile: string | undefined;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/** Loads undici; a run without network never comes here, and saves the time. */
export async function openDispatchers(chooseProxy: ChooseProxy, options: ConnectOptions): Promise<Dispatchers> {
  const { caFile, connectTimeoutMs, clock } = options;
  const undici = await import("undici");
  const { Agent, ProxyAgent, buildConnector, request } = undici;
  const open = new Map<string, Dispatcher>();
  let context: SecureContext | undefined;

  // Reading the system's store and parsing 300 certificates takes tens of milliseconds: for the first https only.
  const tlsOptions = (isTls: boolean): { secureContext?: SecureContext } =>
    isTls ? { secureContext: (context ??= createTrust(caFile)) } : {};

  return {
    request,
    for(url) {
      const proxy = chooseProxy(url)?.url;
      const isTls = url.protocol === "https:" || proxy?.startsWith("https:") === true;
      const key = `${isTls ? "tls" : "plain"} ${proxy ?? ""}`;
      const known = open.get(key);
      if (known !== undefined) return known;
      const connect = {
        ...tlsOptions(isTls),
        timeout: connectTimeoutMs,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: 300,
        allowH2: false,
      };
      const dispatcher =
        proxy === undefined
          ? new Agent({ connect: createPatientConnector(buildConnector, connect, clock), allowH2: false })
          : isSocks(proxy)
            ? openSocks(undici, proxy, connect)
            : new ProxyAgent({ uri: proxy, requestTls: connect, proxyTls: connect, allowH2: false });
      open.set(key, dispatcher);
      return dispatcher;
    },
    async close() {
      await Promise.all([...open.values()].map(async (dispatcher) => dispatcher.destroy()));
    },
  };
}

function isSocks(proxy: string): boolean {
  return /^socks/i.test(proxy);
}

/**
 * The name of the server goes to the proxy, as with `socks5h`: the go command makes no difference either. undici's own
 * ProxyAgent would greet a SOCKS proxy with TLS.
 */
function openSocks({ Socks5ProxyAgent }: Undici, proxy: string, connect: { readonly timeout: number }): Dispatcher {
  const emitWarning = process.emitWarning.bind(process);
  // undici says that its API may change: this file is held to one version, and a user can do nothing about it.
  process.emitWarning = () => undefined;
  try {
    const uri = proxy.replace(/^socks\w*:/i, "socks5:");
    return new Socks5ProxyAgent(uri, { requestTls: connect, connectTimeout: connect.timeout });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Node's own certificates, the system's (a company's CA is there), and the file that was named. */
function createTrust(caFile: string | undefined): SecureContext {
  const certificates = new Set([...getCACertificates("bundled"), ...getCACertificates("system")]);
  if (caFile !== undefined) certificates.add(readCaFile(caFile));
  return createSecureContext({ ca: [...certificates] });
}

function readCaFile(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    createSecureContext({ ca: text });
    if (text.includes("-----BEGIN")) return text;
    throw new Error("it holds no certificate in PEM form");
  } catch (cause) {
    throw new ProvisionError("config-invalid", `the CA file cannot be used: ${path}`, {
      details: { cause: cause instanceof Error ? cause.message : String(cause) },
      remedy: [`ls -l ${path}; it has to hold certificates in PEM form, and is named by --ca-file or in readygo.ini`],
      cause,
    });
  }
}
