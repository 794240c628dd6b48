import { readDefaultProxyName } from "../releases/machine-go.ts";
import type { Plant } from "./plant.ts";

/** The first of go's own default; the lab's mirror answers by its name. */
const proxy = readDefaultProxyName();

/** A small module by an empty cache. */
const fetch = "cd /tmp && GOFLAGS=-modcacherw GOMODCACHE=$(mktemp -d) go list -m rsc.io/quote@v1.5.2 2>&1";
const comes = /^rsc\.io\/quote v1\.5\.2\nexit 0$/;
/** The same with its checksum. */
const download =
  "cd /tmp && GOFLAGS=-modcacherw GOMODCACHE=$(mktemp -d) go mod download -json rsc.io/quote@v1.5.2 2>&1";

/** The names of the lab's mirror are gone, and come back. */
const forgetNames = "cp /etc/hosts /tmp/hosts.away; sed -i '/# lab mirror/d' /etc/hosts";
const recallNames = "cat /tmp/hosts.away >/etc/hosts";
const otherNames = "it takes the names away by which others reach their servers";

/** The HTTP proxy at 127.0.0.1:3128 that lets through who says ann:secret. */
const startProxy = String.raw`cat >/tmp/proxy.pl <<'P'
use IO::Socket::INET; use IO::Select; $SIG{CHLD} = 'IGNORE';
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 3128, Listen => 64, ReuseAddr => 1) or die;
while (my $c = $s->accept) {
  next if fork;
  my ($place) = (<$c> // "") =~ /^CONNECT (\S+)/;
  my $said = "";
  while (my $l = <$c>) { last if $l =~ /^\r?\n$/; $said = $1 if $l =~ /^Proxy-Authorization: Basic (\S+)/i }
  if ($said ne "YW5uOnNlY3JldA==") { print $c "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"; exit }
  my $t = IO::Socket::INET->new(PeerAddr => $place) or exit;
  syswrite $c, "HTTP/1.1 200 OK\r\n\r\n";
  my $both = IO::Select->new($c, $t);
  while (my @ready = $both->can_read) { for my $from (@ready) {
    exit unless sysread $from, my $bytes, 65536; syswrite $from == $c ? $t : $c, $bytes } }
}
P
setsid perl /tmp/proxy.pl </dev/null >/dev/null 2>&1 & echo $! >/tmp/proxy.pid; sleep 0.3`;

/** A module proxy at modules.lab.test:8443 with a certificate of its own network's authority. */
const startModules = String.raw`mkdir -p /srv/modules/rsc.io/quote/@v && cd /srv/modules
echo '{"Version":"v1.5.2","Time":"2018-02-14T15:44:20Z"}' >rsc.io/quote/@v/v1.5.2.info
echo 'module "rsc.io/quote"' >rsc.io/quote/@v/v1.5.2.mod
openssl req -x509 -newkey rsa:2048 -noenc -days 9 -subj '/O=Example Corp/CN=Example Root' -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey rsa:2048 -noenc -subj /CN=modules.lab.test -keyout key.pem -out csr.pem 2>/dev/null
openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -days 9 -extfile <(echo subjectAltName=DNS:modules.lab.test) -out cert.pem 2>/dev/null
echo '127.0.0.1 modules.lab.test' >>/etc/hosts
setsid openssl s_server -accept 127.0.0.1:8443 -cert cert.pem -key key.pem -WWW -quiet </dev/null >/dev/null 2>&1 & echo $! >/srv/modules.pid; sleep 0.5`;

export const networkPlants = {
  offline: {
    plant: forgetNames,
    hurts: { command: fetch, well: comes, ill: /dial tcp: lookup/ },
    found: { severity: "info", says: /no network/ },
    clear: { advice: /connect this host/, done: recallNames },
    undo: recallNames,
    alone: otherNames,
  },
  dns: {
    plant: `${forgetNames}; ip link add lab0 type veth peer name lab1; ip address add 192.0.2.9/24 dev lab0; ip link set lab0 up; echo nameserver 127.0.0.1 >/etc/resolv.conf`,
    hurts: { command: fetch, well: comes, ill: /dial tcp: lookup/ },
    found: { severity: "warning", says: /does not resolve for .*names 127\.0\.0\.1/, at: "/etc/resolv.conf" },
    clear: { advice: /correct DNS/, done: recallNames },
    undo: `ip link del lab0; rm -f /etc/resolv.conf; ${recallNames}`,
    alone: otherNames,
  },
  "ipv6-only": {
    plant: "echo 2001:db8::6 six.lab.test >>/etc/hosts; su $U -c 'go env -w GOPROXY=https://six.lab.test'",
    hurts: { command: fetch, well: comes, ill: /network is unreachable/ },
    found: { severity: "warning", says: /six\.lab\.test of .* has an IPv6 address only/, at: "$H/.config/go/env" },
    clear: { advice: /has an IPv4 address/, done: "su $U -c 'go env -u GOPROXY'" },
    undo: "sed -i /six.lab.test/d /etc/hosts",
  },
  "ca-missing": {
    plant: "mv /etc/ssl/certs /etc/ssl/away; mkdir /etc/ssl/certs",
    hurts: { command: fetch, well: comes, ill: /signed by unknown authority/ },
    found: { severity: "warning", says: /no CA certificates/, at: "/etc/ssl/certs" },
    clear: "remedy",
    undo: "rm -rf /etc/ssl/away",
    alone: "nothing can be had over https without them",
  },
  "cert-file-nowhere": {
    plant: "printf 'export SSL_CERT_FILE=/opt/gone.pem\\nexport SSL_CERT_DIR=/opt/gone\\n' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /signed by unknown authority/ },
    found: {
      severity: "warning",
      says: /SSL_CERT_FILE=\/opt\/gone\.pem and SSL_CERT_DIR=\/opt\/gone/,
      at: "$H/.profile:",
    },
    clear: "remedy",
  },
  "tls-interception": {
    plant: `${startModules}; su $U -c 'go env -w GOPROXY=https://modules.lab.test:8443'`,
    hurts: { command: fetch, well: comes, ill: /signed by unknown authority/ },
    found: { severity: "warning", says: /modules\.lab\.test \(signed by CN=Example Root,O=Example Corp\)/ },
    clear: {
      advice: /update-ca-certificates/,
      done: "cp /srv/modules/ca.pem /usr/local/share/ca-certificates/corp.crt; update-ca-certificates",
    },
    undo: "kill $(cat /srv/modules.pid); sed -i /modules.lab.test/d /etc/hosts; rm -rf /srv/modules /usr/local/share/ca-certificates/corp.crt; update-ca-certificates --fresh",
  },
  "clock-wrong": {
    // What a clock that is six years ahead looks like: here nobody may set it.
    faults: {
      [proxy]: { certificate: "expired" },
      "go.dev": { certificate: "expired" },
      "go.dev/": { headers: { date: "Sun, 01 Mar 2020 00:00:00 GMT" } },
    },
    plant: "true",
    hurts: { command: fetch, well: comes, ill: /expired or is not yet valid/ },
    found: { severity: "warning", says: /clock is wrong: it says .* and the server's 2020-03-01/ },
    clear: { advice: /date -u -s|timedatectl/, done: "true" },
    alone: "no server is believed",
  },
  "proxy-dead": {
    plant: "echo 'export HTTPS_PROXY=http://127.0.0.1:9' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /proxyconnect tcp/ },
    found: { severity: "warning", says: /HTTPS_PROXY=http:\/\/127\.0\.0\.1:9 of /, at: "$H/.profile:" },
    clear: { advice: /take it out/, done: "sed -i /HTTPS_PROXY/d $H/.profile" },
  },
  "proxy-credentials": {
    plant: `${startProxy}; echo 'export HTTPS_PROXY=http://127.0.0.1:3128' >>$H/.profile`,
    hurts: { command: fetch, well: comes, ill: /Proxy Authentication Required/ },
    found: { severity: "warning", says: /127\.0\.0\.1:3128 of .* \(407\)/, at: "$H/.profile:" },
    clear: {
      advice: /in front of the host in HTTPS_PROXY/,
      done: "sed -i 's|http://127.0.0.1:3128|http://ann:secret@127.0.0.1:3128|' $H/.profile",
    },
    undo: "kill $(cat /tmp/proxy.pid); rm -f /tmp/proxy.*; sed -i /HTTPS_PROXY/d $H/.profile",
  },
  "login-page": {
    faults: { [`${proxy}/*`]: { html200: true } },
    plant: "true",
    hurts: { command: fetch, well: comes, ill: /invalid character '<'/ },
    found: { severity: "warning", says: /a page answers in its place/ },
    clear: { advice: /browser/, done: "true" },
    alone: "every account goes by the same proxy",
  },
  "proxy-variables-differ": {
    plant: "printf 'export HTTPS_PROXY=http://127.0.0.1:9\\nexport https_proxy=http://127.0.0.1:3128\\n' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /proxyconnect tcp: dial tcp 127\.0\.0\.1:9/ },
    found: { severity: "warning", says: /go takes the first/, at: "$H/.profile:" },
    clear: { advice: /one value/, done: "sed -i /_proxy/Id $H/.profile" },
  },
  "all-proxy-unread": {
    plant: "echo 'export ALL_PROXY=http://127.0.0.1:9' >>$H/.profile",
    hurts: {
      command: `curl -sSo /dev/null https://${proxy}/ 2>&1; ${fetch}`,
      well: comes,
      ill: /^curl: .*\nrsc\.io\/quote/,
    },
    found: { severity: "info", says: /is not read by go/, at: "$H/.profile:" },
    clear: { advice: /HTTPS_PROXY/, done: "sed -i /ALL_PROXY/d $H/.profile" },
  },
  "no-proxy-rule": {
    plant: "printf 'export HTTPS_PROXY=http://127.0.0.1:9\\nexport NO_PROXY=\"*.golang.*\"\\n' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /proxyconnect tcp/ },
    found: { severity: "info", says: /\*\.golang\.\* in NO_PROXY/, at: "$H/.profile:" },
    clear: { advice: /covers its subdomains/, done: "sed -i 's/[*].golang.[*]/.golang.org/' $H/.profile" },
    undo: "sed -i /_PROXY/d $H/.profile",
  },
  "goproxy-off": {
    plant: "su $U -c 'go env -w GOPROXY=off'",
    hurts: { command: fetch, well: comes, ill: /disabled by GOPROXY=off/ },
    found: { severity: "warning", says: /GOPROXY=off of /, at: "$H/.config/go/env" },
    clear: "fix",
  },
  "goproxy-invalid": {
    plant: "echo 'export GOPROXY=company-proxy,direct' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /invalid proxy URL/ },
    found: { severity: "warning", says: /company-proxy in GOPROXY=/, at: "$H/.profile:" },
    clear: "remedy",
  },
  "goproxy-direct-no-git": {
    plant: "su $U -c 'go env -w GOPROXY=direct'",
    hurts: {
      // By the first entry alone: a proxy without a module passes it on to direct.
      command: fetch.replace(
        "go list -m rsc.io/",
        "GOPROXY=$(go env GOPROXY | cut -d, -f1) go list -m github.com/rsc/",
      ),
      well: /^(?![^]*executable file not found)/,
      ill: /"git": executable file not found/,
    },
    found: { severity: "warning", says: /finds none/, at: "$H/.config/go/env" },
    // The lab has no apt archive: a program of that name is what counts here.
    clear: {
      advice: /apt-get install -y git/,
      done: "printf '#!/bin/sh\\nexit 1\\n' >/usr/local/bin/git; chmod 755 /usr/local/bin/git",
    },
    undo: "rm -f /usr/local/bin/git",
  },
  "goproxy-entry": {
    plant: `su $U -c 'go env -w GOPROXY=http://127.0.0.1:9,https://${proxy}'`,
    hurts: { command: fetch, well: comes, ill: /connection refused/ },
    found: {
      severity: "warning",
      says: /after a comma .* https:\/\/proxy\.golang\.org is not asked/,
      at: "$H/.config/go/env",
    },
    clear: { advice: /correct GOPROXY/, done: "su $U -c 'go env -u GOPROXY'" },
  },
  "gosumdb-off": {
    plant: "su $U -c 'go env -w GOSUMDB=off'",
    hurts: { command: "go env GOSUMDB", well: /^sum\.golang\.org/, ill: /^off/ },
    found: { severity: "warning", says: /GOSUMDB=off of /, at: "$H/.config/go/env" },
    clear: "fix",
  },
  "gosumdb-unreachable": {
    faults: { [`${proxy}/sumdb/*`]: { status: 404 }, "sum.golang.org/*": { status: 503 } },
    plant: "true",
    hurts: { command: download, well: /"Sum": "h1:[^]*exit 0$/, ill: /verifying go\.mod/ },
    found: { severity: "warning", says: /the checksum database sum\.golang\.org does not answer/ },
    clear: { advice: /let this host reach sum\.golang\.org/, done: "true" },
    alone: "every account goes by the same proxy",
  },
  "goprivate-wide": {
    plant: "echo 'export GOPRIVATE=\"*\"' >>$H/.profile",
    hurts: { command: fetch, well: comes, ill: /unrecognized import path "rsc\.io\/quote"/ },
    found: { severity: "warning", says: /\* in GOPRIVATE=\*/, at: "$H/.profile:" },
    clear: "remedy",
  },
  goinsecure: {
    plant: "su $U -c 'go env -w GOINSECURE=*'",
    hurts: { command: "go env GOINSECURE", well: /^\nexit/, ill: /^\*/ },
    found: { severity: "warning", says: /\* in GOINSECURE=/, at: "$H/.config/go/env" },
    clear: "fix",
  },
} as const satisfies Readonly<Record<string, Plant>>;
