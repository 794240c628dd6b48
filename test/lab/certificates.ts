import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cached } from "./lab-cache.ts";
import { mirrorNames, mirrorSites } from "./mirror-protocol.ts";

const run = promisify(execFile);
const days = "3650";
const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

/** Paths of the lab's certificate authority and of the mirror's key and certificate, made once by openssl. */
export async function makeCertificates(): Promise<{ authority: string; serverKey: string; serverCertificate: string }> {
  const names = [...Object.values(mirrorNames), ...Object.values(mirrorSites)].map((name) => `DNS:${name}`);
  const key = createHash("sha256").update(names.join()).digest("hex").slice(0, 8);
  const directory = await cached(`certificates-${key}`, async (into) => {
    const at = (name: string): string => join(into, name);
    const openssl = async (...args: string[]): Promise<unknown> => await run("openssl", args);
    const authority = { key: at("authority.key"), certificate: at("authority.pem") };
    const server = { key: at("server.key"), request: at("server.csr"), certificate: at("server.pem") };
    const authorityName = ["-subj", "/CN=readygo lab authority", "-out", authority.certificate];
    await openssl("req", "-x509", "-days", days, ...curve, "-keyout", authority.key, ...authorityName);
    const serverName = ["-subj", "/CN=readygo lab mirror", "-out", server.request];
    await openssl("req", "-new", ...curve, "-keyout", server.key, ...serverName);
    writeFileSync(at("extensions"), `subjectAltName=${[...names, "IP:127.0.0.1"].join(",")}\n`);
    const signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"];
    const result = ["-extfile", at("extensions"), "-out", server.certificate];
    await openssl("x509", "-req", "-days", days, "-in", server.request, ...signer, ...result);
  });
  return {
    authority: join(directory, "authority.pem"),
    serverKey: join(directory, "server.key"),
    serverCertificate: join(directory, "server.pem"),
  };
}
