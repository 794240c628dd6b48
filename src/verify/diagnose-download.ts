/** What go's own words about a failed download mean, and what to do about it. */
export interface Diagnosis {
  readonly cause: string;
  readonly remedy: string;
}

/** The first that matches holds: a checksum mismatch is reported even where an address failed before it. */
const diagnoses: readonly (Diagnosis & { readonly pattern: RegExp })[] = [
  {
    pattern: /SECURITY ERROR|checksum mismatch|initialized from .* with inconsistent/,
    cause: "checksum mismatch",
    remedy: "something on the way changes modules: find out which proxy answers before anything is built here",
  },
  {
    pattern: /out of memory|cannot allocate memory|file too large|SIGXFSZ/,
    cause: "what comes is larger than this check takes",
    remedy: "look at what GOPROXY and GOSUMDB name: it does not answer as a module proxy does",
  },
  {
    pattern: /^(?:fatal error|runtime|SIG[A-Z]+): /m,
    cause: "go crashed, as it does where what comes is larger than this check takes",
    remedy: "look at what GOPROXY and GOSUMDB name, and at the words of  go mod download",
  },
  {
    pattern: /GOPROXY list is not the empty string, but contains no entries/,
    cause: "GOPROXY is empty",
    remedy: "readygo install VERSION --repair  brings the release's go.env back",
  },
  {
    pattern: /disabled by GOPROXY=off/,
    cause: "GOPROXY is off",
    remedy: "set GOPROXY to a proxy that this host may use:  go env -w GOPROXY=…",
  },
  {
    pattern:
      /malformed module path|malformed import path|without -versions or an explicit version|not in form path@version/,
    cause: "that is no module@version",
    remedy: "correct module in [verify] of readygo.ini, as in rsc.io/quote@v1.5.2",
  },
  {
    pattern: /refusing to pass credentials to insecure URL/,
    cause: "GOPROXY holds a password for an address without TLS",
    remedy: "give GOPROXY an https:// address: go sends passwords over nothing else",
  },
  {
    pattern: /proxyconnect tcp|socks connect/,
    cause: "the HTTP proxy cannot be reached",
    remedy: "correct HTTPS_PROXY and HTTP_PROXY",
  },
  {
    pattern: /407 Proxy Authentication Required/,
    cause: "the HTTP proxy wants a password (407)",
    remedy: "set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
  },
  {
    pattern:
      /dial tcp \[[\da-fA-F:.]+\]:\d+: .*(?:network is unreachable|no route to host|cannot assign requested address)/,
    cause: "the proxy has an IPv6 address only, and this host has no way to it",
    remedy: "point GOPROXY at a proxy that has an IPv4 address, or give this host IPv6",
  },
  {
    pattern: /network is unreachable|no route to host|cannot assign requested address/,
    cause: "offline: there is no network",
    remedy: "connect this host, or point GOPROXY at a proxy that it can reach; the tree itself needs no network",
  },
  {
    pattern:
      /no such host|Temporary failure in name resolution|server misbehaving|lookup \S+ on \S+: .*(?:i\/o timeout|connection refused)/,
    cause: "offline: the proxy's name does not resolve",
    remedy: "correct DNS (/etc/resolv.conf), or point GOPROXY at a proxy that this host can reach",
  },
  {
    pattern: /connection refused/,
    cause: "the connection is refused",
    remedy: "correct GOPROXY, or let this host through the firewall",
  },
  {
    pattern: /certificate signed by unknown authority/,
    cause: "TLS: the certificate is signed by an unknown authority",
    remedy:
      "install the network's CA: copy it to /usr/local/share/ca-certificates/NAME.crt and run  update-ca-certificates",
  },
  {
    pattern: /x509:|tls:|TLS handshake|gave HTTP response to HTTPS client/,
    cause: "TLS: the proxy's certificate or handshake is not accepted",
    remedy: "check the host's clock and GOPROXY's address; install ca-certificates",
  },
  {
    pattern: /i\/o timeout|Client\.Timeout|deadline exceeded|connection timed out/,
    cause: "the connection timed out",
    remedy: "let this host through the firewall, or point GOPROXY at a proxy that it can reach",
  },
  {
    pattern: /connection reset by peer|unexpected EOF|: EOF/,
    cause: "the connection was cut",
    remedy: "try again; a firewall may be cutting connections to this proxy",
  },
  {
    pattern: /executable file not found/,
    cause: "GOPROXY=direct needs a version control program that is not installed",
    remedy: "apt-get install git",
  },
  {
    pattern: /invalid response from proxy|invalid character/,
    cause: "the proxy answers with something else, perhaps a login page",
    remedy: "open GOPROXY's address in a browser, or correct GOPROXY",
  },
];

/**
 * For `go mod download`: its error text, or undefined where the bound ended it.
 *
 * @param direct the setting that keeps the module from every proxy, as in `GOPRIVATE=*`
 */
export function diagnoseDownload(words: string | undefined, direct?: string): Diagnosis {
  const diagnosis = diagnoseWords(words);
  if (direct === undefined) return diagnosis;
  // What is said of a proxy is true of the module's own host.
  return {
    cause: `asked of the module's own host, since ${direct}: ${diagnosis.cause.replace("the proxy", "it")}`,
    remedy: `let this host reach the module's own host, or leave public modules out of ${direct.split("=", 1)[0]}`,
  };
}

function diagnoseWords(words: string | undefined): Diagnosis {
  if (words === undefined) {
    return { cause: "no answer within the bound", remedy: "point GOPROXY at a proxy that this host can reach quickly" };
  }
  const known = diagnoses.find(({ pattern }) => pattern.test(words));
  if (known !== undefined) return { cause: known.cause, remedy: known.remedy };
  const status = /: ((?:4|5)\d\d) ([A-Z][A-Za-z' -]*)/.exec(words);
  if (status?.[1] === "404" || status?.[1] === "410") {
    return {
      cause: `the proxy does not have it (${status[1]})`,
      remedy: "correct GOPROXY, or module in [verify] of readygo.ini",
    };
  }
  if (status !== null)
    return {
      cause: `the proxy answers ${status[1]} ${status[2]}`,
      remedy: "ask whoever runs the proxy, or correct GOPROXY",
    };
  return { cause: "it failed", remedy: "see  go mod download  with this GOPROXY" };
}
