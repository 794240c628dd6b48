import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createByteRing, createRingWriter, readByteRing } from "../../../../src/fetch/unpack/byte-ring.ts";

const never = new Promise<never>(() => undefined);

test("what goes in comes out, in full slots but for the last", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 8 }), async (pieces) => {
      const ring = createByteRing(16, 512);
      const writer = createRingWriter(ring, never);
      for (const piece of pieces) await writer.write(piece);
      await writer.end();
      const slots = [...readByteRing(ring)].map((slot) => Buffer.from(slot));
      expect(Buffer.concat(slots)).toEqual(Buffer.concat(pieces));
      expect(slots.slice(0, -1).every(({ length }) => length === 512)).toBe(true);
    }),
  );
});

test("a full ring makes the writer wait until the reader has given a slot back", async () => {
  const ring = createByteRing(2, 512);
  const writer = createRingWriter(ring, never);
  const written = Promise.resolve(writer.write(new Uint8Array(512 * 3).fill(7)));
  let isWritten = false;
  void written.then(() => {
    isWritten = true;
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  expect(isWritten).toBe(false);
  const reader = readByteRing(ring);
  reader.next();
  reader.next();
  await written;
  expect(isWritten).toBe(true);
});

test("a writer whose reader is gone is told", async () => {
  let fail: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const writer = createRingWriter(createByteRing(1, 512), gone);
  const written = Promise.resolve(writer.write(new Uint8Array(2000)));
  fail(new Error("the reader is gone"));
  await expect(written).rejects.toThrow("the reader is gone");
});
