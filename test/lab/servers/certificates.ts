import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached } from "../suite/lab-cache.ts";
import { readDefaultProxyName } from "../releases/machine-go.ts";
import { listPublicProxies } from "../../../src/sources/public-proxies.ts";
import {
  type CertificateKind,
  checksumsInChina,
  type KeyPair,
  mirrorNames,
  mirrorSites,
  releaseName,
} from "./mirror-protocol.ts";

const run = promisify(execFile);
const days = "3650";
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

interface LabCertificates {
  readonly authority: string;
  readonly serverKey: string;
  readonly serverCertificate: string;
  readonly bad: Readonly<Record<CertificateKind, KeyPair>>;
}

/** Certificates that are not right: who signs them, for which names, and when they hold, as `openssl ca` writes dates. */
const badOnes: readonly {
  readonly kind: CertificateKind;
  readonly isTrusted: boolean;
  readonly names?: readonly string[];
  readonly from?: string;
  readonly until?: string;
}[] = [
  { kind: "expired", isTrusted: true, from: "20200101000000Z", until: "20210101000000Z" },
  { kind: "not-yet-valid", isTrusted: true, from: "20900101000000Z", until: "20910101000000Z" },
  { kind: "unknown", isTrusted: false },
  { kind: "wrong-name", isTrusted: true, names: ["login.hotel.test"] },
];

const caConfig = `[ca]
default_ca = lab
[lab]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
copy_extensions = none
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
`;

/** Paths of the lab's certificate authority and of the mirror's keys and certificates, made once by openssl. */
export async function makeCertificates(): Promise<LabCertificates> {
  const sites = [...Object.values(mirrorNames), ...Object.values(mirrorSites)];
  const proxies = listPublicProxies().map((url) => new URL(url).hostname);
  const ownNames = [...new Set([...sites, readDefaultProxyName(), releaseName, checksumsInChina, ...proxies])];
  const key = createHash("sha256")
    .update(JSON.stringify([ownNames, badOnes]))
    .digest("hex")
    .slice(0, 8);
  const directory = await cached(`certificates-${key}`, async (into) => {
    const at = (name: string): string => join(into, name);
    const openssl = async (...args: string[]): Promise<unknown> => await run("openssl", args, { cwd: into });
    const makeAuthority = async (name: string): Promise<unknown> =>
      await openssl(
        "req",
        "-x509",
        "-days",
        days,
        ...curve,
        "-keyout",
        at(`${name}.key`),
        "-subj",
        `/CN=readygo lab ${name}`,
        "-out",
        at(`${name}.pem`),
      );
    await makeAuthority("authority");
    await makeAuthority("stranger");
    writeFileSync(at("ca.cnf"), caConfig);
    writeFileSync(at("index.txt"), "");
    const all = [{ kind: "server", isTrusted: true }, ...badOnes];
    for (const { kind, isTrusted, names, from, until } of all as readonly ((typeof badOnes)[number] & {
      kind: string;
    })[]) {
      const signer = isTrusted ? "authority" : "stranger";
      await openssl(
        "req",
        "-new",
        ...curve,
        "-keyout",
        at(`${kind}.key`),
        "-subj",
        "/CN=readygo lab mirror",
        "-out",
        at(`${kind}.csr`),
      );
      const alternatives = (names ?? ownNames).map((name) => `DNS:${name}`);
      writeFileSync(at(`${kind}.ext`), `subjectAltName=${[...alternatives, "IP:127.0.0.1"].join(",")}\n`);
      const dates =
        from === undefined || until === undefined ? ["-days", days] : ["-startdate", from, "-enddate", until];
      await openssl(
        "ca",
        "-batch",
        "-notext",
        "-config",
        at("ca.cnf"),
        "-extfile",
        at(`${kind}.ext`),
        ...dates,

        "-cert",
        at(`${signer}.pem`),
        "-keyfile",
        at(`${signer}.key`),
        "-in",
        at(`${kind}.csr`),
        "-out",
        at(`${kind}.pem`),
      );
    }
  });
  const pair = (kind: string): KeyPair => ({
    key: join(directory, `${kind}.key`),
    certificate: join(directory, `${kind}.pem`),
  });
  return {
    authority: join(directory, "authority.pem"),
    serverKey: pair("server").key,
    serverCertificate: pair("server").certificate,
    bad: {
      expired: pair("expired"),
      "not-yet-valid": pair("not-yet-valid"),
      unknown: pair("unknown"),
      "wrong-name": pair("wrong-name"),
    },
  };
}
