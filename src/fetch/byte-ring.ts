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
  const slots = createSlotWriter(ring);

  const awaitFreeSlot = async (): Promise<void> => {
    for (let given = slots.given(); given !== undefined; given = slots.given()) {
      const wait = Atomics.waitAsync(ring.control, read, given);
      if (wait.async) await Promise.race([wait.value, stopped]);
    }
  };
  const writeRest = async (piece: Uint8Array, start: number): Promise<void> => {
    for (let from = start; from < piece.length; from = slots.copy(piece, from)) await awaitFreeSlot();
  };
  return {
    write(piece) {
      let from = 0;
      while (from < piece.length) {
        if (slots.given() !== undefined) return writeRest(piece, from);
        from = slots.copy(piece, from);
      }
      return undefined;
    },
    async end() {
      await awaitFreeSlot();
      if (slots.publishRest()) await awaitFreeSlot();
      slots.publishEnd();
    },
  };
}

/** As {@link createRingWriter}, for a worker: blocks the thread where the ring is full. */
export function createBlockingRingWriter(ring: ByteRing): { write(piece: Uint8Array): void; end(): void } {
  const slots = createSlotWriter(ring);

  const waitForFreeSlot = (): void => {
    for (let given = slots.given(); given !== undefined; given = slots.given()) Atomics.wait(ring.control, read, given);
  };
  return {
    write(piece) {
      for (let from = 0; from < piece.length; from = slots.copy(piece, from)) waitForFreeSlot();
    },
    end() {
      waitForFreeSlot();
      if (slots.publishRest()) waitForFreeSlot();
      slots.publishEnd();
    },
  };
}

interface SlotWriter {
  /** Undefined where a slot is free, else how many had been given back when there was none: to wait for a change of. */
  given(): number | undefined;
  /** Copies into the free slot as much as it takes, and says how far that reaches in `piece`. */
  copy(piece: Uint8Array, from: number): number;
  /** Publishes a slot that is not full; false where there is none begun. */
  publishRest(): boolean;
  publishEnd(): void;
}

function createSlotWriter(ring: ByteRing): SlotWriter {
  const target = new Uint8Array(ring.bytes);
  let filled = 0;

  const publish = (): void => {
    const count = Atomics.load(ring.control, written);
    Atomics.store(ring.control, firstLength + (count % ring.slots), filled);
    Atomics.store(ring.control, written, count + 1);
    Atomics.notify(ring.control, written);
    filled = 0;
  };
  return {
    given() {
      const given = Atomics.load(ring.control, read);
      return Atomics.load(ring.control, written) - given < ring.slots ? undefined : given;
    },
    copy(piece, from) {
      const slot = Atomics.load(ring.control, written) % ring.slots;
      const length = Math.min(piece.length - from, ring.slotBytes - filled);
      target.set(piece.subarray(from, from + length), slot * ring.slotBytes + filled);
      filled += length;
      if (filled === ring.slotBytes) publish();
      return from + length;
    },
    publishRest() {
      if (filled === 0) return false;
      publish();
      return true;
    },
    publishEnd: publish,
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
