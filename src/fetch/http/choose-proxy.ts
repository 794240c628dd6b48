import type { AptProxies, AptProxy } from "./apt-proxies.ts";
import { BlockList, isIP } from "node:net";
import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { isLoopbackHost } from "./loopback-host.ts";

export interface ProxySettings {
  /** From the command line or readygo.ini: for http and https alike, and before every variable. */
  readonly proxy?: string | undefined;
  /** Which of the two; default `--proxy`. */
  readonly proxyNamedBy?: string | undefined;
  /** In NO_PROXY's syntax; takes that variable's place. */
  readonly noProxy?: string | undefined;
  /** What apt uses, where neither of the two above nor the environment names any. */
  readonly apt?: AptProxies | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ChosenProxy {
  readonly url: string;
  /** The option, file, variable or setting of apt that names it. */
  readonly namedBy: string;
}

/** The proxy for a request, or undefined for a direct connection. */
export type ChooseProxy = (url: URL) => ChosenProxy | undefined;

/** For messages: without its password. */
export function describeWay(proxy: ChosenProxy | undefined): string | undefined {
  return proxy === undefined ? undefined : `by way of the proxy ${redactUrl(proxy.url)}, named by ${proxy.namedBy}`;
}

/**
 * Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY (upper case first) as the go command does (golang.org/x/net/http/httpproxy):
 * https only goes by HTTPS_PROXY, and this machine itself is never asked through a variable's proxy.
 *
 * @throws ProvisionError `config-invalid` for a proxy that is no URL
 */
export function createChooseProxy(settings: ProxySettings): ChooseProxy {
  const { env } = settings;
  const nameOf = (name: string): string => (env[name] ? name : name.toLowerCase());
  const read = (name: string): string => env[nameOf(name)] ?? "";
  const given = parseProxy(settings.proxy ?? "", settings.proxyNamedBy ?? "--proxy");
  const forHttp = given ?? parseProxy(read("HTTP_PROXY"), nameOf("HTTP_PROXY"));
  const forHttps = given ?? parseProxy(read("HTTPS_PROXY"), nameOf("HTTPS_PROXY"));
  const isExempt = parseNoProxy(settings.noProxy ?? read("NO_PROXY"));
  return (url) => {
    const named = url.protocol === "https:" ? forHttps : forHttp;
    const proxy = named ?? ofApt(settings.apt?.find(url));
    if (proxy === undefined || proxy.url === "DIRECT" || isExempt(url)) return undefined;
    return given === undefined && isThisMachine(hostOf(url)) ? undefined : proxy;
  };
}

function ofApt(proxy: AptProxy | undefined): ChosenProxy | undefined {
  return proxy === undefined ? undefined : { url: proxy.url, namedBy: `apt's ${proxy.setting}` };
}

/** Whether somebody has named a proxy for readygo or for programs in general: then apt's is not asked for. */
export function hasNamedProxy({ proxy, env }: Pick<ProxySettings, "proxy" | "env">): boolean {
  const names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
  return (proxy ?? "") !== "" || names.some((name) => (env[name] ?? "") !== "");
}

function parseProxy(text: string, namedBy: string): ChosenProxy | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (URL.canParse(url) && /^(?:https?|socks5?h?):$/.test(new URL(url).protocol) && isDecodable(new URL(url)))
    return { url, namedBy };
  throw new ProvisionError("config-invalid", `the proxy is no URL that leads to one: ${redactUrl(url)} (${namedBy})`, {
    remedy: [
      "name it as http://HOST:PORT or socks5://HOST:PORT: with --proxy, as HTTPS_PROXY, or as proxy in readygo.ini",
    ],
  });
}

/** A `%` that is meant as one is written `%25`. */
function isDecodable({ username, password }: URL): boolean {
  return !/%(?![0-9a-f]{2})/i.test(username + password);
}

/** Whether every rule of a list is one that {@link createChooseProxy} understands. */
export function isNoProxyList(text: string): boolean {
  return splitRules(text).every((rule) => {
    const { name } = splitPort(rule);
    if (rule === "*" || isIP(name) !== 0) return true;
    return name.includes("/") ? parseNetwork(name) !== undefined : /^(?:\*?\.)?[\w-]+(?:\.[\w-]+)*\.?$/.test(name);
  });
}

/** `*`; names, which cover their subdomains (with a leading dot: only those); addresses and CIDR; each with or without a port. */
function parseNoProxy(text: string): (url: URL) => boolean {
  const rules = splitRules(text);
  return (url) => rules.some((rule) => coversHost(rule.toLowerCase(), url));
}

function splitRules(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((rule) => rule !== "");
}

function coversHost(rule: string, url: URL): boolean {
  if (rule === "*") return true;
  const host = hostOf(url);
  const { name, port } = splitPort(rule);
  if (port !== undefined && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  if (name.includes("/")) return isInside(name, host);
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, "");
  return host.endsWith(`.${domain}`) || (name === domain && host === domain);
}

function splitPort(rule: string): { name: string; port: string | undefined } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rule);
  return match === null ? { name: rule, port: undefined } : { name: match[1] ?? match[2] ?? "", port: match[3] };
}

function isInside(network: string, host: string): boolean {
  const parsed = parseNetwork(network);
  if (parsed === undefined || isIP(host) !== parsed.family) return false;
  const list = new BlockList();
  const type = parsed.family === 6 ? "ipv6" : "ipv4";
  list.addSubnet(parsed.address, parsed.bits, type);
  return list.check(host, type);
}

/** Undefined for what is no CIDR. */
function parseNetwork(network: string): { address: string; bits: number; family: number } | undefined {
  const [address = "", bits = ""] = network.split("/");
  const family = isIP(address);
  const isNetwork = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32);
  return isNetwork ? { address, bits: Number(bits), family } : undefined;
}

function isThisMachine(host: string): boolean {
  return isLoopbackHost(host) || host.endsWith(".localhost");
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}
