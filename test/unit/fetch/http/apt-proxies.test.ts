import { expect, test } from "vitest";
import { parseAptProxies } from "../../../../src/fetch/http/apt-proxies.ts";
import { createChooseProxy } from "../../../../src/fetch/http/choose-proxy.ts";

const dump = `APT "";
APT::Architecture "amd64";
Acquire::http "";
Acquire::http::Proxy "http://me:pw@cache.lab:3142/";
Acquire::http::Proxy::sum.golang.org "DIRECT";
Acquire::https::Proxy::dl.google.com "http://other.lab:3128";
`;

test.each([
  ["http://go.dev/", "http://me:pw@cache.lab:3142/"],
  ["https://go.dev/", "http://me:pw@cache.lab:3142/"],
  ["https://dl.google.com/go/x", "http://other.lab:3128"],
  ["https://sum.golang.org/", undefined],
  ["https://127.0.0.1/", undefined],
  ["https://exempt.lab/", undefined],
])("%s goes by %s", (url, proxy) => {
  const choose = createChooseProxy({ env: { NO_PROXY: "exempt.lab" }, apt: parseAptProxies(dump) });
  expect(choose(new URL(url))?.url).toBe(proxy);
});

test("what is named for readygo, or in the environment, comes before apt's", () => {
  const apt = parseAptProxies(dump);
  const url = new URL("https://go.dev/");
  expect(createChooseProxy({ env: { HTTPS_PROXY: "http://env.lab:1" }, apt })(url)?.url).toBe("http://env.lab:1");
  expect(createChooseProxy({ env: {}, proxy: "http://flag.lab:1", apt })(url)?.url).toBe("http://flag.lab:1");
});

test("an odd value is as if it were not there, and one that was given up too", () => {
  const odd = parseAptProxies('Acquire::http::Proxy "no url";\nAcquire::https::Proxy "ftp://x/";\n');
  expect(odd.find(new URL("https://go.dev/"))).toBeUndefined();
  const apt = parseAptProxies(dump);
  apt.giveUp();
  expect(apt.find(new URL("https://go.dev/"))).toBeUndefined();
});
