/** What go's own words about a failed download mean, and what to do about it. */
export interface Diagnosis {
  /** Who is at fault, so that one cause is reported once. */
  readonly kind: DownloadFault;
  readonly cause: string;
  readonly remedy: string;
}

export type DownloadFault =
  | "checksum"
  | "content"
  | "setting"
  | "off"
  | "http-proxy"
  | "http-proxy-password"
  | "ipv6"
  | "no-network"
  | "no-name"
  | "refused"
  | "unknown-authority"
  /** No certificate at all can be checked on this host, or with these settings. */
  | "no-certificates"
  | "certificate-time"
  | "tls"
  | "timeout"
  | "cut"
  | "no-git"
  | "login-page"
  | "absent"
  | "status"
  | "hang"
  | "other";

/** The first that matches holds: a checksum mismatch is reported even where an address failed before it. */
const diagnoses: readonly (Diagnosis & { readonly pattern: RegExp })[] = [
  {
    pattern: /SECURITY ERROR|checksum mismatch|initialized from .* with inconsistent/,
    kind: "checksum",
    cause: "checksum mismatch",
    remedy: "something on the way changes modules: find out which proxy answers before anything is built here",
  },
  {
    pattern: /out of memory|cannot allocate memory|file too large|SIGXFSZ/,
    kind: "content",
    cause: "what comes is larger than this check takes",
    remedy: "look at what GOPROXY and GOSUMDB name: it does not answer as a module proxy does",
  },
  {
    pattern: /^(?:fatal error|runtime|SIG[A-Z]+): /m,
    kind: "content",
    cause: "go crashed, as it does where what comes is larger than this check takes",
    remedy: "look at what GOPROXY and GOSUMDB name, and at the words of  go mod download",
  },
  {
    pattern: /GOPROXY list is not the empty string, but contains no entries/,
    kind: "setting",
    cause: "GOPROXY is empty",
    remedy: "readygo install VERSION --repair  brings the release's go.env back",
  },
  {
    pattern: /invalid proxy URL|invalid file:\/\/ proxy URL|: parse "[^"]*": /,
    kind: "setting",
    cause: "an entry of GOPROXY is no address of a proxy",
    remedy: "correct GOPROXY: its entries are addresses (https://…, file:///…), direct or off",
  },
  {
    pattern: /disabled by GOPROXY=off/,
    kind: "off",
    cause: "GOPROXY is off",
    remedy: "set GOPROXY to a proxy that this host may use:  go env -w GOPROXY=…",
  },
  {
    pattern:
      /malformed module path|malformed import path|without -versions or an explicit version|not in form path@version/,
    kind: "setting",
    cause: "that is no module@version",
    remedy: "correct module in [verify] of readygo.ini, as in rsc.io/quote@v1.5.2",
  },
  {
    pattern: /refusing to pass credentials to insecure URL/,
    kind: "setting",
    cause: "GOPROXY holds a password for an address without TLS",
    remedy: "give GOPROXY an https:// address: go sends passwords over nothing else",
  },
  {
    pattern: /proxyconnect tcp|socks connect/,
    kind: "http-proxy",
    cause: "the HTTP proxy cannot be reached",
    remedy: "correct HTTPS_PROXY and HTTP_PROXY",
  },
  {
    // Asked for a tunnel, the proxy's number is not told.
    pattern: /(?:407|":) Proxy Authentication Required/,
    kind: "http-proxy-password",
    cause: "the HTTP proxy wants a password (407)",
    remedy: "set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
  },
  {
    pattern:
      /511 Network Authentication Required|": (?:Found|Moved Permanently|See Other|(?:Temporary|Permanent) Redirect|Network Authentication Required)$/m,
    kind: "login-page",
    cause: "a login page answers in place of the proxy",
    remedy: "log in to this network with a browser, or correct HTTPS_PROXY",
  },
  {
    pattern:
      /": (?:Bad Request|Forbidden|Not Found|Method Not Allowed|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Timeout)$/m,
    kind: "http-proxy",
    cause: "the HTTP proxy does not let go through",
    remedy: "ask whoever runs the HTTP proxy, or correct HTTPS_PROXY",
  },
  {
    pattern:
      /dial tcp \[[\da-fA-F:.]+\]:\d+: .*(?:network is unreachable|no route to host|cannot assign requested address)/,
    kind: "ipv6",
    cause: "the proxy has an IPv6 address only, and this host has no way to it",
    remedy: "point GOPROXY at a proxy that has an IPv4 address, or give this host IPv6",
  },
  {
    pattern: /network is unreachable|no route to host|cannot assign requested address/,
    kind: "no-network",
    cause: "offline: there is no network",
    remedy: "connect this host, or point GOPROXY at a proxy that it can reach; the tree itself needs no network",
  },
  {
    pattern:
      /no such host|Temporary failure in name resolution|server misbehaving|lookup \S+ on \S+: .*(?:i\/o timeout|connection refused)/,
    kind: "no-name",
    cause: "offline: the proxy's name does not resolve",
    remedy: "correct DNS (/etc/resolv.conf), or point GOPROXY at a proxy that this host can reach",
  },
  {
    pattern: /connection refused/,
    kind: "refused",
    cause: "the connection is refused",
    remedy: "correct GOPROXY, or let this host through the firewall",
  },
  {
    pattern: /certificate signed by unknown authority/,
    kind: "unknown-authority",
    cause: "TLS: the certificate is signed by an unknown authority",
    remedy:
      "install the network's CA: copy it to /usr/local/share/ca-certificates/NAME.crt and run  update-ca-certificates",
  },
  {
    pattern: /certificate has expired or is not yet valid/,
    kind: "certificate-time",
    cause: "TLS: by this host's clock the certificate is not valid",
    remedy: "correct the clock (timedatectl); where it is right, whoever runs the proxy has to renew its certificate",
  },
  {
    pattern: /x509:|tls:|TLS handshake|gave HTTP response to HTTPS client/,
    kind: "tls",
    cause: "TLS: the proxy's certificate or handshake is not accepted",
    remedy: "check the host's clock and GOPROXY's address; install ca-certificates",
  },
  {
    pattern: /i\/o timeout|Client\.Timeout|deadline exceeded|connection timed out/,
    kind: "timeout",
    cause: "the connection timed out",
    remedy: "let this host through the firewall, or point GOPROXY at a proxy that it can reach",
  },
  {
    pattern: /connection reset by peer|unexpected EOF|: EOF/,
    kind: "cut",
    cause: "the connection was cut",
    remedy: "try again; a firewall may be cutting connections to this proxy",
  },
  {
    pattern: /executable file not found/,
    kind: "no-git",
    cause: "GOPROXY=direct needs a version control program that is not installed",
    remedy: "apt-get install git",
  },
  {
    // A directory of this machine, which is asked like a proxy that answers 404.
    pattern: /reading file:\S+: no such file or directory/,
    kind: "absent",
    cause: "the directory does not have it",
    remedy: "correct GOPROXY, or put the module there",
  },
  {
    pattern: /invalid response from proxy|invalid character/,
    kind: "login-page",
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
    kind: diagnosis.kind,
    cause: `asked of the module's own host, since ${direct}: ${diagnosis.cause.replace("the proxy", "it")}`,
    remedy: `let this host reach the module's own host, or leave public modules out of ${direct.split("=", 1)[0]}`,
  };
}

function diagnoseWords(words: string | undefined): Diagnosis {
  if (words === undefined) {
    return {
      kind: "hang",
      cause: "no answer within the bound",
      remedy: "point GOPROXY at a proxy that this host can reach quickly",
    };
  }
  const known = diagnoses.find(({ pattern }) => pattern.test(words));
  if (known !== undefined) return { kind: known.kind, cause: known.cause, remedy: known.remedy };
  const status = /: ((?:4|5)\d\d) ([A-Z][A-Za-z' -]*)/.exec(words);
  if (status?.[1] === "404" || status?.[1] === "410") {
    return {
      kind: "absent",
      cause: `the proxy does not have it (${status[1]})`,
      remedy: "correct GOPROXY, or module in [verify] of readygo.ini",
    };
  }
  if (status !== null)
    return {
      kind: "status",
      cause: `the proxy answers ${status[1]} ${status[2]}`,
      remedy: "ask whoever runs the proxy, or correct GOPROXY",
    };
  return { kind: "other", cause: "it failed", remedy: "see  go mod download  with this GOPROXY" };
}
