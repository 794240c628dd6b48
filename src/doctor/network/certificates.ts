import { advise, type Remedy, runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import type { Account } from "../../host/ports.ts";
import { readAccountSettings } from "../../verify/account-settings.ts";
import { certificateDirectories, certificateFiles, certificateMark, findsCertificates } from "../../verify/find-certificates.ts"; // prettier-ignore
import { diagnostic, type DoctorFinding, findWarning } from "../diagnostic.ts";
import type { DoctorContext } from "../doctor-context.ts";
import { findOrigins } from "../settings.ts";
import { findListOrigins, judgeList, listFailures, nameAccounts, nameList, ownerOf } from "./describe-lists.ts";
import { parseEntryUrl } from "../../verify/proxies/goproxy-entries.ts";
import { composeUnset } from "./unset-remedy.ts";
import { mergeFindings } from "./merge-findings.ts";

export const caMissing = diagnostic({
  id: "ca-missing",
  group: "network",
  severity: "warning",
  sees: "a host without any CA certificate",
  why: "No server's certificate can be checked, and nothing comes over https: no module, no toolchain.",
  needs: [],
  async run(context) {
    if (hasCertificates(context)) return [];
    return [
      findWarning({
        evidence: "this host has no CA certificates: none in /etc/ssl/certs, nor where else go looks",
        origins: ["/etc/ssl/certs"],
        remedy: adviseCertificates(context),
      }),
    ];
  },
});

const mostBytes = 4 * 1024 * 1024;

function hasCertificates({ files }: DoctorContext): boolean {
  const isBundle = (path: string): boolean => {
    const file = files.resolve(absolutePath(path));
    if (file === undefined || files.stat(file)?.kind !== "file") return false;
    return files.readStart(file, mostBytes)?.includes(certificateMark) === true;
  };
  return (
    certificateFiles.some(isBundle) ||
    certificateDirectories.some((path) => files.list(absolutePath(path)).some((name) => isBundle(`${path}/${name}`)))
  );
}

/** The package is there and its bundle is gone, or there is no package. */
function adviseCertificates({ files, root }: DoctorContext): Remedy {
  if (root !== "") return advise("install ca-certificates in the image");
  const hasPackage = files.list(absolutePath("/usr/share/ca-certificates/mozilla")).length > 0;
  return hasPackage && files.resolve(absolutePath("/usr/sbin/update-ca-certificates")) !== undefined
    ? runAsRoot("update-ca-certificates", "--fresh")
    : runAsRoot("apt-get", "install", "-y", "ca-certificates");
}

const trustVariables = ["SSL_CERT_FILE", "SSL_CERT_DIR"] as const;

export const certFileNowhere = diagnostic({
  id: "cert-file-nowhere",
  group: "network",
  severity: "warning",
  sees: "SSL_CERT_FILE and SSL_CERT_DIR that lead to no certificate",
  why: "They take the place of the host's certificates, so that no server's certificate can be checked.",
  needs: ["running"],
  async run(context) {
    if (!hasCertificates(context)) return [];
    const found = await Promise.all(context.accounts.map((account) => findLostTrust(context, account)));
    return mergeFindings(found.flat());
  },
});

async function findLostTrust(context: DoctorContext, account: Account): Promise<readonly DoctorFinding[]> {
  const check = context.of(account);
  const { environments } = await readAccountSettings(check);
  for (const { env } of environments) {
    const named = trustVariables.filter((name) => env[name]);
    if (named.length === 0 || (await findsCertificates(check, env))) continue;
    const origins = await Promise.all(named.map((name) => findOrigins(context, account, name)));
    const settings = named.map((name) => `${name}=${env[name]}`).join(" and ");
    const [name] = named;
    // With one of them gone go has the host's own again: each has a default of its own.
    const remedy: Remedy =
      name === undefined
        ? advise("take them out")
        : await composeUnset(context, account, { name, fix: null, origins: origins[0] ?? [] });
    return [
      findWarning({
        account: account.name,
        evidence: `${settings} of ${account.name} ${named.length === 1 ? "leads" : "lead"} to no certificate`,
        origins: [...new Set(origins.flat())],
        remedy,
      }),
    ];
  }
  return [];
}

export const tlsInterception = diagnostic({
  id: "tls-interception",
  group: "network",
  severity: "warning",
  sees: "a module proxy with a certificate of an authority that this host does not know",
  why: "Something on the way shows its own certificate, or the proxy's authority was never installed here: go accepts neither.",
  needs: ["running", "go"],
  async run(context) {
    const findings: DoctorFinding[] = [];
    for (const { list, failed } of await listFailures(context, (kind) => kind === "unknown-authority")) {
      const [{ diagnosis }] = failed;
      const account = list.accounts.find(({ uid }) => uid !== 0) ?? list.accounts[0];
      const seen = await Promise.all(
        failed.map(async (entry) => {
          const url = parseEntryUrl(entry);
          const issuer = url === undefined || entry.by !== null ? undefined : await readIssuer(context, account, url);
          return `${url?.hostname ?? entry.text}${issuer === undefined ? "" : ` (signed by ${issuer})`}`;
        }),
      );
      findings.push(
        judgeList(
          list,
          failed,
        )({
          account: ownerOf(list),
          evidence: `the certificate of ${seen.join(" and ")} in ${nameList(list)} of ${nameAccounts(list)} is signed by an unknown authority`,
          origins: await findListOrigins(context, list, "GOPROXY"),
          remedy: advise(diagnosis.remedy),
        }),
      );
    }
    return mergeFindings(findings);
  },
});

/** Asked by openssl as the account, where there is one; unproven, and good for a name alone. */
async function readIssuer(
  { processes, files }: DoctorContext,
  asUser: Account,
  { hostname, port, protocol }: URL,
): Promise<string | undefined> {
  const openssl = absolutePath("/usr/bin/openssl");
  if (protocol !== "https:" || files.resolve(openssl) === undefined) return undefined;
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  const { stdout } = await processes.run({
    argv: [
      "/bin/sh",
      "-c",
      '"$1" s_client -connect "$2" -servername "$3" </dev/null 2>/dev/null | "$1" x509 -noout -issuer -nameopt RFC2253',
      "sh",
      openssl,
      `${hostname}:${port === "" ? "443" : port}`,
      name,
    ],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    cwd: absolutePath("/"),
    asUser,
    timeoutMs: 5_000,
  });
  return /^issuer=\s*(.+)$/m.exec(stdout)?.[1];
}
