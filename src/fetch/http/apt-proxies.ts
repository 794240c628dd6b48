/** What apt's configuration says of proxies: a guess for readygo, since it was made for package mirrors. */
export interface AptProxies {
  /** `DIRECT` where apt is set to use none, undefined where nothing is set or the guess was given up. */
  find(url: URL): AptProxy | undefined;
  /** A proxy that carries packages only refuses everything else: go directly for the rest of this run. */
  giveUp(): void;
}

export interface AptProxy {
  readonly url: string;
  /** The setting, as in apt.conf. */
  readonly setting: string;
}

/**
 * Reads the output of `apt-config dump`: `Acquire::http::Proxy "URL";`, the same for https, which falls back to http,
 * and `Acquire::http::Proxy::HOST "URL";` for one host (apt.conf(5), apt-transport-https(1)).
 */
export function parseAptProxies(dump: string): AptProxies {
  const values = new Map<string, AptProxy>();
  for (const [, scheme = "", host = "", value = ""] of dump.matchAll(
    /^Acquire::(https?)::Proxy(?:::([^\s":]+))? "([^"\n]*)";$/gim,
  )) {
    if (value === "" || !isProxy(value)) continue;
    const setting = `Acquire::${scheme.toLowerCase()}::Proxy${host === "" ? "" : `::${host}`}`;
    values.set(`${scheme.toLowerCase()} ${host.toLowerCase()}`, { url: value, setting });
  }
  let isGivenUp = false;
  return {
    find(url) {
      if (isGivenUp) return undefined;
      const schemes = url.protocol === "https:" ? ["https", "http"] : ["http"];
      return schemes
        .flatMap((scheme) => [values.get(`${scheme} ${url.hostname}`), values.get(`${scheme} `)])
        .find((value) => value !== undefined);
    },
    giveUp() {
      isGivenUp = true;
    },
  };
}

/** An odd setting of another program is no error of ours: it is as if it were not there. */
function isProxy(value: string): boolean {
  return value === "DIRECT" || (URL.canParse(value) && /^(?:https?|socks5h?):$/.test(new URL(value).protocol));
}
