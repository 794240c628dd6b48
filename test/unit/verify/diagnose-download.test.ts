import { expect, test } from "vitest";
import { diagnoseDownload } from "../../../src/verify/diagnose-download.ts";

// Words of go1.26.8, as it said them on a Debian host.
const url = "https://proxy.example/rsc.io/quote/@v/v1.5.2.info";
const get = `rsc.io/quote@v1.5.2: Get "${url}": `;

test.each([
  [`${get}dial tcp: lookup proxy.example on 10.1.2.3:53: no such host`, "offline: the proxy's name does not resolve"],
  [
    `${get}dial tcp: lookup proxy.example on 127.0.0.53:53: read udp 127.0.0.1:41->127.0.0.53:53: i/o timeout`,
    "offline: the proxy's name does not resolve",
  ],
  [
    `${get}dial tcp: lookup proxy.example on 10.1.2.3:53: dial udp 10.1.2.3:53: connect: network is unreachable`,
    "offline: there is no network",
  ],
  [`${get}dial tcp 127.0.0.1:1: connect: connection refused`, "the connection is refused"],
  [`${get}proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused`, "the HTTP proxy cannot be reached"],
  [`${get}dial tcp 192.0.2.1:443: i/o timeout`, "the connection timed out"],
  [
    `${get}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    "TLS: the certificate is signed by an unknown authority",
  ],
  [
    `${get}tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs`,
    "TLS: the proxy's certificate or handshake is not accepted",
  ],
  [
    `${get}tls: first record does not look like a TLS handshake`,
    "TLS: the proxy's certificate or handshake is not accepted",
  ],
  [
    `${get}http: server gave HTTP response to HTTPS client`,
    "TLS: the proxy's certificate or handshake is not accepted",
  ],
  [`rsc.io/quote@v1.5.2: reading ${url}: 403 Forbidden`, "the proxy answers 403 Forbidden"],
  [`rsc.io/quote@v1.5.2: reading ${url}: 404 Not Found`, "the proxy does not have it (404)"],
  [`rsc.io/quote@v1.5.2: reading ${url}: 407 Proxy Authentication Required`, "the HTTP proxy wants a password (407)"],
  [`${get}Proxy Authentication Required`, "the HTTP proxy wants a password (407)"],
  [`${get}Found`, "a login page answers in place of the proxy"],
  [
    `rsc.io/quote@v1.5.2: reading ${url}: 511 Network Authentication Required`,
    "a login page answers in place of the proxy",
  ],
  [`${get}Forbidden`, "the HTTP proxy does not let go through"],
  [
    `${get}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-30T10:07:20Z is after 2021-01-01T00:00:00Z`,
    "TLS: by this host's clock the certificate is not valid",
  ],
  ["rsc.io/quote@v1.5.2: invalid proxy URL missing scheme: foo", "an entry of GOPROXY is no address of a proxy"],
  [
    "rsc.io/quote@v1.5.2: reading file:///nowhere/rsc.io/quote/@v/v1.5.2.info: no such file or directory",
    "the directory does not have it",
  ],
  [`rsc.io/quote@v1.5.2: reading ${url}: 502 Bad Gateway`, "the proxy answers 502 Bad Gateway"],
  [
    "rsc.io/quote@v1.5.2: invalid response from proxy \"https://proxy.example\": invalid character '<' looking for beginning of value",
    "the proxy answers with something else, perhaps a login page",
  ],
  ["rsc.io/quote@v1.5.2: module lookup disabled by GOPROXY=off", "GOPROXY is off"],
  ["rsc.io/quote@v1.5.2: GOPROXY list is not the empty string, but contains no entries", "GOPROXY is empty"],
  [
    "rsc.io/quote@v1.5.2: verifying module: checksum mismatch\n\tdownloaded: h1:AAAA=\n\tsum.golang.org: h1:BBBB=\n\nSECURITY ERROR\n",
    "checksum mismatch",
  ],
  ["go: r sc@v1: malformed module path \"r sc\": invalid char ' '", "that is no module@version"],
  [
    'go: cannot match "rsc.io/quote" without -versions or an explicit version: go.mod file not found',
    "that is no module@version",
  ],
  [
    'rsc.io/quote@v1.5.2: git ls-remote -q origin: exec: "git": executable file not found in $PATH',
    "GOPROXY=direct needs a version control program that is not installed",
  ],
  [
    "rsc.io/quote@v1.5.2: refusing to pass credentials to insecure URL: http://***@127.0.0.1:1/rsc.io/quote/@v/v1.5.2.info",
    "GOPROXY holds a password for an address without TLS",
  ],
  ["rsc.io/quote@v1.5.2: something new", "it failed"],
  [undefined, "no answer within the bound"],
])("%s", (words, cause) => {
  const diagnosis = diagnoseDownload(words);
  expect(diagnosis.cause).toBe(cause);
  expect(diagnosis.remedy).not.toBe("");
});
