/**
 * Frees a buffer of `bytes` that a stream of zlib has filled to its end, and so has left for a new one: waiting for the
 * garbage collector costs 20 to 40 MB, and a page fault for every 4 KiB that is inflated.
 *
 * @param bytes the stream's chunkSize
 */
export function releaseWhole({ buffer, byteOffset, length }: Buffer, bytes: number): void {
  const isFull = buffer.byteLength === bytes && byteOffset + length === bytes;
  if (isFull && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
