/**
 * A queue of bytes between two threads in shared memory: the reader blocks (it has no event loop to serve), the writer
 * awaits. What is in flight is bounded by the ring, and no buffer is allocated or transferred for a piece.
 *
 * Counters only grow: `written` slots are published, `read` slots are given back. A published slot of length 0 is the
 * end. Every slot but the last before the end is full.
 */
const written = 0;
const read = 1;
const firstLength = 2;

export interface ByteRing {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly bytes: SharedArrayBuffer;
  readonly slotBytes: number;
  readonly slots: number;
}

/** `slotBytes` must be a multiple of tar's block of 512, so that no header is ever cut by a slot's end. */
export function createByteRing(slots: number, slotBytes: number): ByteRing {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * (firstLength + slots))),
    bytes: new SharedArrayBuffer(slots * slotBytes),
    slotBytes,
    slots,
  };
}

export interface RingWriter {
  /** Copies; undefined when that could be done at once, else a promise to wait for before the next call. */
  write(piece: Uint8Array): Promise<void> | undefined;
  end(): Promise<void>;
}

/** @param stopped rejects when the reader is gone, and with it every wait here */
export function createRingWriter(ring: ByteRing, stopped: Promise<never>): RingWriter {
  const target = new Uint8Array(ring.bytes);
  let filled = 0;

  const hasFreeSlot = (): boolean =>
    Atomics.load(ring.control, written) - Atomics.load(ring.control, read) < ring.slots;

  const awaitFreeSlot = async (): Promise<void> => {
    while (!hasFreeSlot()) {
      const given = Atomics.load(ring.control, read);
      if (hasFreeSlot()) return;
      const wait = Atomics.waitAsync(ring.control, read, given);
      if (wait.async) await Promise.race([wait.value, stopped]);
    }
  };

  const publish = (): void => {
    const count = Atomics.load(ring.control, written);
    Atomics.store(ring.control, firstLength + (count % ring.slots), filled);
    Atomics.store(ring.control, written, count + 1);
    Atomics.notify(ring.control, written);
    filled = 0;
  };

  const copy = (piece: Uint8Array, from: number): number => {
    const slot = Atomics.load(ring.control, written) % ring.slots;
    const length = Math.min(piece.length - from, ring.slotBytes - filled);
    target.set(piece.subarray(from, from + length), slot * ring.slotBytes + filled);
    filled += length;
    if (filled === ring.slotBytes) publish();
    return from + length;
  };

  const writeRest = async (piece: Uint8Array, start: number): Promise<void> => {
    for (let from = start; from < piece.length; from = copy(piece, from)) if (!hasFreeSlot()) await awaitFreeSlot();
  };

  return {
    write(piece) {
      let from = 0;
      while (from < piece.length) {
        if (!hasFreeSlot()) return writeRest(piece, from);
        from = copy(piece, from);
      }
      return undefined;
    },
    async end() {
      await awaitFreeSlot();
      if (filled > 0) publish();
      await awaitFreeSlot();
      publish();
    },
  };
}

/**
 * Yields each slot as a view of the shared memory: valid until the next one is asked for. Blocks the thread, so for
 * workers only.
 */
export function* readByteRing(ring: ByteRing): Generator<Buffer> {
  const source = Buffer.from(ring.bytes);
  for (let count = 0; ; count += 1) {
    while (Atomics.load(ring.control, written) === count) Atomics.wait(ring.control, written, count);
    const slot = count % ring.slots;
    const length = Atomics.load(ring.control, firstLength + slot);
    if (length === 0) return;
    yield source.subarray(slot * ring.slotBytes, slot * ring.slotBytes + length);
    Atomics.store(ring.control, read, count + 1);
    Atomics.notify(ring.control, read);
  }
}
