import { absolutePath, parseAbsolutePath } from "../host/absolute-path.ts";
import type { CheckContext } from "./check.ts";

/** Where go looks for CA certificates: in the first of the files that can be read, and in all directories (crypto/x509). */
export const certificateFiles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
] as const;
export const certificateDirectories = ["/etc/ssl/certs", "/etc/pki/tls/certs"] as const;

/** What marks a certificate in a file. */
export const certificateMark = "-----BEGIN CERTIFICATE-----";

/**
 * Whether the account itself finds a certificate with these settings. Go takes those of a file and those of directories
 * together: one of the two that leads to nothing does no harm alone.
 */
export async function findsCertificates(
  { processes, account, timeoutMs }: CheckContext,
  { SSL_CERT_FILE: file, SSL_CERT_DIR: directories }: Readonly<Record<string, string>>,
): Promise<boolean> {
  const files = file ? [file] : certificateFiles;
  const places = directories ? directories.split(":") : certificateDirectories;
  const absolute = (paths: readonly string[]): readonly string[] =>
    paths.filter((path) => parseAbsolutePath(path) !== undefined);
  const { status } = await processes.run({
    argv: [
      "/bin/sh",
      "-c",
      `for p; do if [ -d "$p" ]; then set -- "$p"/*; else set -- "$p"; fi
for f; do [ -f "$f" ] && grep -qse '${certificateMark}' -- "$f" && exit 0; done; done; exit 1`,
      "sh",
      ...absolute(files),
      ...absolute(places),
    ],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser: account,
    timeoutMs,
  });
  return status === 0;
}
