import { posix } from "node:path";
import type { AcquiredRelease } from "../../apply/acquire/acquire-context.ts";
import { openReaders } from "../../sources/open-readers.ts";
import { asRequestFailure, RequestFailure } from "../../errors/request-failure.ts";
import { absolutePath, type AbsolutePath } from "../../host/absolute-path.ts";
import type { BundleDirectory } from "../../host/bundle-directory.ts";
import { appendPath } from "../../sources/goproxy-list.ts";
import { urlsOfSource } from "../../sources/known-sources.ts";
import { isSignatureFile } from "../../trust/signature/detached-signature.ts";
import { isKeyFile, keyFileName, publishedKeyUrl } from "../../trust/signature/signing-key.ts";
import { type BundleTarget, proveAsOffline } from "./bundle-proof.ts";
import type { Session } from "../session.ts";

const signatureBound = { maxBytes: 64 * 1024, timeoutMs: 10_000 };

/** An archive as a host offline will find it trusted, and the files that were put into the bundle for that. */
export interface ProvenArchive {
  readonly proven: AcquiredRelease;
  readonly added: readonly string[];
}

export function isVouchedBySignature({ trust }: AcquiredRelease): boolean {
  return trust.some(({ root }) => root === "signature");
}

/**
 * Proves an archive with its detached signature and the publisher's key as they are served now; where they cannot be had,
 * with those of the bundle. They are parts until the signature has proven them, and only then take the place of what is there:
 * a wrong one would be in the way of every host and of every later run.
 *
 * @throws ProvisionError as `proveAsOffline`
 */
export async function proveWithSignature(
  session: Session,
  directory: BundleDirectory,
  target: BundleTarget,
  { archive, name }: { readonly archive: AbsolutePath; readonly name: string },
): Promise<ProvenArchive> {
  const staged = await stageSignature(session, directory, name);
  const signaturesIn = absolutePath(posix.dirname(directory.part(name)));
  const proven = await proveAsOffline(session, directory, target, { archive, signaturesIn });
  if (!isVouchedBySignature(proven)) return { proven, added: [] };
  const added = [...staged].flatMap(([file, text]) => (directory.replace(file, text) ? [file] : []));
  return { proven, added };
}

async function stageSignature(
  session: Session,
  directory: BundleDirectory,
  name: string,
): Promise<ReadonlyMap<string, string>> {
  const { readText } = openReaders(session);
  const [, downloads = ""] = urlsOfSource("publisher");
  const wanted = [
    { file: `${name}.asc`, url: appendPath(downloads, `${name}.asc`), isRight: isSignatureFile },
    { file: keyFileName, url: publishedKeyUrl, isRight: isKeyFile },
  ];
  const staged = new Map<string, string>();
  for (const { file, url, isRight } of wanted) {
    const fetched =
      session.publisher.failure === undefined ? await readText(url, signatureBound).catch(asRequestFailure) : undefined;
    const isFetched = typeof fetched === "string" && isRight(fetched);
    const text = isFetched ? fetched : directory.read(file)?.toString("utf8");
    directory.removePart(file);
    if (text !== undefined) {
      await directory.writePart(file, 0, once(text));
      staged.set(file, text);
    } else if (fetched instanceof RequestFailure) {
      session.emit({ kind: "notice", text: `the bundle is without ${file}: ${fetched.message}` });
    }
  }
  return staged;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
