import { isIP } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import { RequestFailure } from "../../errors/request-failure.ts";
import type { Clock } from "../../host/ports.ts";

/** What a refused certificate and its server say of themselves. Unproven: good for a diagnosis, and for nothing else. */
export interface TlsWitness {
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** The server's header `Date`. */
  readonly serverTime: Date | undefined;
}

const minuteMs = 60_000;
const maxSkewMs = 60 * minuteMs;
const witnessMs = 3_000;
const maxHeadBytes = 16 * 1024;

const unknownAuthority =
  /^(?:UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA)$/;

/** True for codes (node's, which are OpenSSL's X509_V_ERR names) that {@link diagnoseTls} has more to say of. */
export function isCertificateCode(code: string): boolean {
  return (
    unknownAuthority.test(code) ||
    /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/.test(code)
  );
}

interface RefusedCertificate {
  readonly code: string;
  /** Redacted. */
  readonly url: string;
  readonly host: string;
  readonly port: string;
  /** The way there; undefined: directly. */
  readonly proxy?: string | undefined;
  readonly witness: TlsWitness | undefined;
  readonly now: Date;
  /** A time that has been: this readygo was built then. */
  readonly builtAt: Date | undefined;
  readonly cause: unknown;
}

/** Tells an unknown authority, an expired certificate, a wrong name and this host's own clock apart. */
export function diagnoseTls(refused: RefusedCertificate): RequestFailure {
  const { code, url, host, port, proxy, witness, now, builtAt, cause } = refused;
  const place = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const name = isIP(host) === 0 ? ` -servername ${host}` : "";
  const way = proxy === undefined ? "" : ` -proxy ${new URL(proxy).host}`;
  const look = `openssl s_client -connect ${place}${name}${way} </dev/null | openssl x509 -noout -subject -issuer -dates`;
  const fail = (kind: RequestFailure["kind"], message: string, remedy: readonly string[]): RequestFailure =>
    new RequestFailure(kind, url, message, { cause, remedy });
  if (/^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/.test(code)) {
    return fail("tls-wrong-name", `its certificate is for another name than ${host}: something else answers there`, [
      `getent ahosts ${host}  shows where the name leads; a captive portal wants a login first`,
      look,
    ]);
  }
  if (unknownAuthority.test(code)) {
    const issuer = witness === undefined ? "" : ` (${witness.issuer})`;
    return fail("tls-unknown-ca", `its certificate is signed by an authority that this host does not know${issuer}`, [
      "cp CA.pem /usr/local/share/ca-certificates/network.crt && update-ca-certificates  with the network's own CA",
      "readygo install --ca-file CA.pem  for this run alone",
      look,
    ]);
  }
  const clock = describeWrongClock({ now, builtAt, witness });
  if (clock !== undefined || (code === "CERT_NOT_YET_VALID" && witness?.serverTime === undefined)) {
    const what = clock ?? `it says ${format(now)}, and ${host}'s certificate is valid only later`;
    return fail("clock-wrong", `this host's clock is wrong: ${what}`, [
      "timedatectl set-ntp true",
      "date -u -s 'YYYY-MM-DD hh:mm:ss'  where there is no time server",
    ]);
  }
  const period = witness === undefined ? "" : `: ${format(witness.validFrom)} to ${format(witness.validUntil)}`;
  const state = code === "CERT_NOT_YET_VALID" ? "is not valid yet" : "has expired";
  return fail("tls-expired", `its certificate ${state}${period}; this host's clock says ${format(now)}`, [
    look,
    "readygo install --source URL  with another source, until its owner has renewed it",
  ]);
}

/** Undefined where nothing shows that the clock is wrong. */
function describeWrongClock({
  now,
  builtAt,
  witness,
}: Pick<RefusedCertificate, "now" | "builtAt" | "witness">): string | undefined {
  if (builtAt !== undefined && now.getTime() < builtAt.getTime() - maxSkewMs) {
    return `it says ${format(now)}, and this readygo was built on ${format(builtAt)}`;
  }
  const serverTime = witness?.serverTime;
  if (witness === undefined || serverTime === undefined) return undefined;
  const isOff = Math.abs(serverTime.getTime() - now.getTime()) > maxSkewMs;
  const wouldHold = witness.validFrom <= serverTime && serverTime <= witness.validUntil;
  return isOff && wouldHold
    ? `it says ${format(now)}, and the server's ${format(serverTime)}, at which the certificate is valid`
    : undefined;
}

function format(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}

/**
 * Asks a server whose certificate was refused for that certificate and for the time. Nothing of the caller's goes there
 * but a request for `/` without user or password; undefined where it does not answer within 3 s.
 */
export async function readTlsWitness(
  host: string,
  port: number,
  clock: Pick<Clock, "after">,
): Promise<TlsWitness | undefined> {
  return new Promise((resolve) => {
    // An address is no server name (RFC 6066), and node says so on stderr.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, ...servername, rejectUnauthorized: false });
    const cancel = clock.after(witnessMs, () => socket.destroy());
    let certificate: PeerCertificate | undefined;
    let head = "";
    socket.once("secureConnect", () => {
      certificate = socket.getPeerCertificate();
      socket.write(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.setEncoding("latin1").on("data", (text: string) => {
      head += text;
      if (head.includes("\r\n\r\n") || head.length > maxHeadBytes) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.once("close", () => {
      cancel();
      resolve(certificate === undefined ? undefined : toWitness(certificate, head));
    });
  });
}

function toWitness(certificate: PeerCertificate, head: string): TlsWitness | undefined {
  const [validFrom, validUntil] = [new Date(certificate.valid_from), new Date(certificate.valid_to)];
  if (Number.isNaN(validFrom.getTime()) || Number.isNaN(validUntil.getTime())) return undefined;
  const date = /^date:\s*(.+)$/im.exec(head)?.[1];
  const serverTime = date === undefined ? undefined : new Date(date);
  const isTime = serverTime !== undefined && !Number.isNaN(serverTime.getTime());
  const issuer = Object.entries(certificate.issuer)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");
  return { issuer, validFrom, validUntil, serverTime: isTime ? serverTime : undefined };
}
