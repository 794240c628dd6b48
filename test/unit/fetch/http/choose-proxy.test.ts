import { expect, test } from "vitest";
import { parseAptProxies } from "../../../../src/fetch/http/apt-proxies.ts";
import {
  createChooseProxy,
  describeWay,
  isNoProxyList,
  type ProxySettings,
} from "../../../../src/fetch/http/choose-proxy.ts";

function choose(settings: Partial<ProxySettings>, url: string): string | undefined {
  return createChooseProxy({ env: {}, ...settings })(new URL(url))?.url;
}

test.each<[Partial<ProxySettings>, string, string]>([
  [{ proxy: "http://p:1" }, "https://go.dev/", "--proxy"],
  [{ proxy: "http://p:1", proxyNamedBy: "proxy in readygo.ini" }, "http://go.dev/", "proxy in readygo.ini"],
  [{ env: { HTTPS_PROXY: "p:1", https_proxy: "q:1" } }, "https://go.dev/", "HTTPS_PROXY"],
  [{ env: { HTTPS_PROXY: "", https_proxy: "q:1" } }, "https://go.dev/", "https_proxy"],
  [{ env: { http_proxy: "q:1" } }, "http://go.dev/", "http_proxy"],
  [{ apt: parseAptProxies('Acquire::http::Proxy "http://p:1";') }, "https://go.dev/", "apt's Acquire::http::Proxy"],
  [{ apt: parseAptProxies('Acquire::https::Proxy::go.dev "http://p:1";') }, "https://go.dev/", "apt's Acquire::https::Proxy::go.dev"], // prettier-ignore
])("%j and %s: named by %s", (settings, url, namedBy) => {
  const chosen = createChooseProxy({ env: {}, ...settings })(new URL(url));
  expect([chosen?.namedBy, describeWay(chosen)]).toEqual([namedBy, expect.stringContaining(`, named by ${namedBy}`)]);
});

test("a proxy is described without its password, and a wrong one with who named it", () => {
  const env = { HTTPS_PROXY: "http://me:secret@p:1" };
  const way = describeWay(createChooseProxy({ env })(new URL("https://go.dev/")));
  expect(way).toBe("by way of the proxy http://***@p:1, named by HTTPS_PROXY");
  expect(() => createChooseProxy({ env: { http_proxy: "ftp://p" } })).toThrow("(http_proxy)");
});

test("each scheme has its variable, upper case first; https does not fall back to http's", () => {
  const env = { HTTP_PROXY: "http://b:2", http_proxy: "http://a:1", https_proxy: "c:3" };
  expect(choose({ env }, "http://go.dev/")).toBe("http://b:2");
  expect(choose({ env }, "https://go.dev/")).toBe("http://c:3");
  expect(choose({ env: { HTTP_PROXY: "http://a:1" } }, "https://go.dev/")).toBeUndefined();
});

test("what was given goes before the variables, and holds for this machine too", () => {
  const settings = { proxy: "http://given:1", env: { HTTPS_PROXY: "http://env:2" } };
  expect(choose(settings, "https://go.dev/")).toBe("http://given:1");
  expect(choose(settings, "http://127.0.0.1:8080/")).toBe("http://given:1");
  expect(choose({ env: { HTTP_PROXY: "http://env:2" } }, "http://127.0.0.1:8080/")).toBeUndefined();
  expect(choose({ env: { HTTP_PROXY: "http://env:2" } }, "http://[::1]/")).toBeUndefined();
});

test.each([
  ["*", "https://go.dev/", true],
  ["go.dev", "https://go.dev/", true],
  ["go.dev", "https://sub.go.dev/", true],
  ["go.dev", "https://forgo.dev/", false],
  [".go.dev", "https://go.dev/", false],
  [".go.dev", "https://sub.go.dev/", true],
  ["GO.dev:443", "https://go.dev/", true],
  ["go.dev:80", "https://go.dev/", false],
  ["10.0.0.0/8", "http://10.1.2.3/", true],
  ["10.0.0.0/8", "http://11.1.2.3/", false],
  ["10.1.2.3", "http://10.1.2.3:81/", true],
  ["fd00::/8", "http://[fd00::1]/", true],
  ["10.0.0.0/99, nonsense/x, go.dev", "https://go.dev/", true],
])("NO_PROXY=%s and %s: exempt is %s", (noProxy, url, isExempt) => {
  const env = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:1", NO_PROXY: noProxy };
  expect(choose({ env }, url) === undefined).toBe(isExempt);
});

test("a list that was given takes the variable's place, also beside a proxy of the environment", () => {
  const env = { HTTPS_PROXY: "http://p:1", NO_PROXY: "go.dev" };
  expect(choose({ env, noProxy: "mirror.example" }, "https://mirror.example/")).toBeUndefined();
  expect(choose({ env, noProxy: "mirror.example" }, "https://go.dev/")).toBe("http://p:1");
  expect(choose({ proxy: "http://given:1", env, noProxy: "go.dev" }, "https://go.dev/")).toBeUndefined();
});

test.each([
  ["*", true],
  ["go.dev, .example  *.example,localhost:8080", true],
  ["10.0.0.0/8,fd00::/8,[::1]:80,::1,192.0.2.1:3128", true],
  ["10.0.0.0/99", false],
  ["https://go.dev", false],
  ["go.dev/dl", false],
  ["go.dev;example", false],
])("%s is a list of hosts: %s", (text, is) => {
  expect(isNoProxyList(text)).toBe(is);
});

// A bare % in a password is none of a URL's: it would end every request, as "URI malformed".
test.each(["http://u:secret@:x", "http://u:secret%@p:1"])("%s, no URL, is said without its password", (proxy) => {
  expect(() => choose({ proxy }, "http://go.dev/")).toThrow(
    expect.objectContaining({ code: "config-invalid", message: expect.not.stringContaining("secret") }),
  );
});
