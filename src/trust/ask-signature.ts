import { ProvisionError } from "../errors/provision-error.ts";
import { endsWithArmor } from "../fetch/http/whole-texts.ts";
import { redactUrl } from "../errors/redact-url.ts";
import { asRequestFailure, RequestFailure } from "../errors/request-failure.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { archiveFileName } from "../release/archive-name.ts";
import type { Claim } from "./judge.ts";
import { checkSignature, claimSignature, type SignatureClaim } from "./signature/check-signature.ts";
import { isSignatureFile, readSignatures } from "./signature/detached-signature.ts";
import { isKeyFile, keyFileName, publishedKeyUrl, readSigningKey } from "./signature/signing-key.ts";
import { archiveUrls, type Source } from "../sources/source.ts";
import type { TrustContext } from "./trust-context.ts";
import { mostExtraMs, waitUntil } from "./wait-until.ts";

/** Where a tar.gz comes from; `beside` is the directory that a file of this machine lies in. */
export type ArchivePlace =
  | Extract<Source, { readonly kind: "publisher" | "base-url" }>
  | { readonly kind: "beside"; readonly path: AbsolutePath };

/** A signature has 800 bytes, the publisher's key file 20,000. */
const mostBytes = 1024 * 1024;
const mostMs = 10_000;

/**
 * `FILE.asc` beside the archive, of its bytes, and the signing key, read and held against the pinned fingerprint.
 * What a key file of the publisher's does not have, is not the publisher's. Anybody else's may only be old: then the
 * signature is not used.
 *
 * @throws RequestFailure where either cannot be had or used; ProvisionError `signature-invalid`, `signature-key-unknown`
 */
export async function askSignature(context: TrustContext, place: ArchivePlace, fileName: string): Promise<Claim> {
  const [asc, keyFile] = await Promise.all([
    readSignatureFile(context, place, fileName).then((read) => need(read, isSignatureFile, "it is no signature")),
    readKeyFile(context, place),
  ]);
  const signatures = await readSignatures(asc.text);
  try {
    const claim = await claimSignature(signatures, await readSigningKey(keyFile.text, keyFile.from));
    if (keyFile.from === publishedKeyUrl) return toClaim(claim, "");
    return toClaim(
      claim,
      `, with the key in ${place.kind === "beside" ? `${keyFileName} beside the archive` : keyFile.from}`,
    );
  } catch (cause) {
    if (!(cause instanceof ProvisionError) || keyFile.from === publishedKeyUrl) throw cause;
    const message = `with this key file, which is not the publisher's own, it does not count: ${cause.message}`;
    throw new RequestFailure("content", keyFile.from, message, { cause });
  }
}

function toClaim(claim: SignatureClaim, withKey: string): Claim {
  const { fingerprint, subkey, signature } = claim;
  const when = signature.signedAt.toISOString().replace(".000Z", "Z");
  return {
    evidence: `signed ${when} by subkey ${subkey} of ${fingerprint}${withKey}`,
    signedHash: signature.hash,
    hold: ({ bytes: { digestWith } }) => {
      if (digestWith === undefined) throw new Error("a signature is over more than the archive's digest");
      return checkSignature(claim, digestWith);
    },
  };
}

interface ReadFile {
  readonly text: string;
  readonly way?: string | undefined;
  readonly from: string;
}

/** A file of this machine may have been renamed, or be half of a bundle: its signature then has the published name. */
async function readSignatureFile(context: TrustContext, place: ArchivePlace, fileName: string): Promise<ReadFile> {
  const published = archiveFileName(context.version, context.architecture);
  try {
    return await readBeside(context, place, `${fileName}.asc`);
  } catch (error) {
    if (!(error instanceof RequestFailure) || fileName === published) throw error;
    return readBeside(context, place, `${published}.asc`);
  }
}

/**
 * The publisher's own, wherever the archive comes from: a mirror's may lack a revocation, or the newest subkey. A mirror's
 * is taken where the publisher's cannot be had. A local source has it beside, or the signature is not used: it leads to no
 * network of its own.
 */
async function readKeyFile(context: TrustContext, place: ArchivePlace): Promise<ReadFile> {
  const isKey = (read: ReadFile): ReadFile => need(read, isKeyFile, "it is no key file");
  if (place.kind === "beside") return isKey(await readBeside(context, place, keyFileName));
  const published = readUrl(context, publishedKeyUrl).then(isKey);
  if (place.kind === "publisher") return published;
  published.catch(() => undefined);
  const mirrored = await readBeside(context, place, keyFileName).then(isKey).catch(asRequestFailure);
  if (mirrored instanceof RequestFailure) return published;
  let key = mirrored;
  const preferred = published.catch(asRequestFailure).then((read) => {
    if (!(read instanceof RequestFailure)) key = read;
  });
  await waitUntil([preferred], () => true, mostExtraMs);
  return key;
}

async function readBeside(context: TrustContext, place: ArchivePlace, name: string): Promise<ReadFile> {
  if (place.kind !== "beside") {
    // go.dev answers a name that it does not know with a page and status 200; the download host says 404.
    const url = archiveUrls(place, name).at(-1) ?? name;
    return readUrl(context, url);
  }
  const path = absolutePath(place.path, name);
  let content: Buffer | undefined;
  try {
    content = context.machine.read(path, mostBytes);
  } catch (cause) {
    throw new RequestFailure("unreachable", path, `${path} cannot be read`, { cause });
  }
  if (content === undefined) throw new RequestFailure("absent", path, `${path} does not exist`);
  return { text: content.toString("latin1"), from: path };
}

async function readUrl({ http, stop }: TrustContext, url: string): Promise<ReadFile> {
  return {
    text: await http.readText(url, { maxBytes: mostBytes, timeoutMs: mostMs, signal: stop, isWhole: endsWithArmor }),
    from: redactUrl(url),
    way: http.findWay(url),
  };
}

function need(read: ReadFile, isRight: (text: string) => boolean, message: string): ReadFile {
  if (!isRight(read.text)) throw new RequestFailure("content", read.from, message).nameWay(read.way);
  return read;
}
