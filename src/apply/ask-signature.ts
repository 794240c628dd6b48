import { RequestFailure } from "../errors/request-failure.ts";
import { absolutePath, type AbsolutePath } from "../host/absolute-path.ts";
import { claimSignature, type SignatureClaim } from "../release/signature/check-signature.ts";
import { isSignatureFile, readSignatures } from "../release/signature/detached-signature.ts";
import { isKeyFile, keyFileName, publishedKeyUrl, readSigningKey } from "../release/signature/signing-key.ts";
import { archiveUrls, type Source } from "../release/source.ts";
import type { AcquireContext } from "./acquire-context.ts";

/** Where a tar.gz comes from; `beside` is the directory that a file of this machine lies in. */
export type ArchivePlace =
  | Extract<Source, { readonly kind: "publisher" | "base-url" }>
  | { readonly kind: "beside"; readonly path: AbsolutePath };

/** A signature has 800 bytes, the publisher's key file 20,000. */
const mostBytes = 1024 * 1024;
const mostMs = 10_000;

/**
 * `FILE.asc` beside the archive and the signing key, read and held against the pinned fingerprint: all but the bytes.
 *
 * @throws RequestFailure where either cannot be had; ProvisionError `signature-invalid`, `signature-key-unknown`
 */
export async function askSignature(
  context: AcquireContext,
  place: ArchivePlace,
  fileName: string,
): Promise<SignatureClaim> {
  const ascName = `${fileName}.asc`;
  const [asc, keyFile] = await Promise.all([
    readBeside(context, place, ascName).then((read) => need(read, isSignatureFile, "it is no signature")),
    readKeyFile(context, place),
  ]);
  const key = await readSigningKey(keyFile.text, keyFile.from);
  return claimSignature(await readSignatures(asc.text), key);
}

interface ReadFile {
  readonly text: string;
  readonly from: string;
}

/** A mirror seldom has the key; a local source has it beside, or it is not used: it leads to no network of its own. */
async function readKeyFile(context: AcquireContext, place: ArchivePlace): Promise<ReadFile> {
  const isKey = (read: ReadFile): ReadFile => need(read, isKeyFile, "it is no key file");
  if (place.kind === "publisher") return isKey(await readUrl(context, publishedKeyUrl));
  try {
    return isKey(await readBeside(context, place, keyFileName));
  } catch (error) {
    if (place.kind === "beside" || !(error instanceof RequestFailure)) throw error;
    return isKey(await readUrl(context, publishedKeyUrl));
  }
}

async function readBeside(context: AcquireContext, place: ArchivePlace, name: string): Promise<ReadFile> {
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

async function readUrl({ http, stop }: AcquireContext, url: string): Promise<ReadFile> {
  return { text: await http.readText(url, { maxBytes: mostBytes, timeoutMs: mostMs, signal: stop }), from: url };
}

function need(read: ReadFile, isRight: (text: string) => boolean, message: string): ReadFile {
  if (!isRight(read.text)) throw new RequestFailure("content", read.from, message);
  return read;
}
