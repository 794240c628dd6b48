interface WakeSignal {
  wait(): Promise<void>;
  wake(): void;
}

/** Wakes all who wait; one that is woken before anybody waits is not lost, since each looks before it waits. */
export function createWakeSignal(): WakeSignal {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    wait: () => promise,
    wake() {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}
