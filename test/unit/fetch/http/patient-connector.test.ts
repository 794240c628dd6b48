import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { buildConnector } from "undici";
import { afterEach, expect, test } from "vitest";
import { createPatientConnector } from "../../../../src/fetch/http/patient-connector.ts";
import { createTestClock, type TestClock } from "../test-clock.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface BusyServer {
  readonly port: number;
  /** From here on it accepts. */
  readonly release: () => void;
}

/** Its kernel drops a SYN: two connections wait for its thread, which is blocked, and there is room for no other. */
async function startBusyServer(): Promise<BusyServer> {
  const isReleased = new Int32Array(new SharedArrayBuffer(4));
  const release = (): void => {
    Atomics.store(isReleased, 0, 1);
    Atomics.notify(isReleased, 0);
  };
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const server = require("node:net").createServer();
     server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(workerData, 0, 0);
     });`,
    { eval: true, workerData: isReleased },
  );
  open.push(() => worker.terminate(), release);
  const [port] = (await once(worker, "message")) as [number];
  for (let count = 0; count < 2; count += 1) {
    const filler = connect(port, "127.0.0.1").on("error", () => undefined);
    open.push(() => filler.destroy());
    await once(filler, "connect");
  }
  return { port, release };
}

/** To a name whose one good address comes first, as it does where there is no way for the other. */
async function connectTo(
  port: number,
  {
    timeout = 5000,
    build,
    clock = createTestClock(),
  }: { timeout?: number; build: typeof buildConnector; clock?: TestClock },
): Promise<Error | "connected"> {
  const options: Parameters<typeof createPatientConnector>[1] = {
    timeout,
    lookup: (_name, _options, callback) =>
      callback(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ]),
  };
  const connector = createPatientConnector(build, options, clock);
  const target = { hostname: "two.test", host: `two.test:${port}`, protocol: "http:", port: String(port) };
  return new Promise((resolve) => {
    connector(target, (error: Error | null, socket: Socket | null) => {
      socket?.destroy();
      resolve(error ?? "connected");
    });
  });
}

test("an address that needs more than 300 ms is waited for where the other leads nowhere", async () => {
  const server = await startBusyServer();
  let rounds = 0;
  const build: typeof buildConnector = (options) => {
    rounds += 1;
    if (rounds === 2) server.release();
    return buildConnector(options);
  };
  expect(await connectTo(server.port, { build })).toBe("connected");
  expect(rounds).toBe(2);
});

test.each([
  [700, [300, 250], [1200, 500]],
  [950, [300], [1200]],
])("the bound on connecting holds for both rounds together: after %i ms", async (takesMs, patience, timeouts) => {
  const clock = createTestClock();
  const rounds: object[] = [];
  const givenUp = new Error("no address in time", { cause: new AggregateError([]) });
  const build: typeof buildConnector = (options = {}) => {
    rounds.push(options);
    return (_target, callback) => {
      clock.move(takesMs);
      callback(givenUp, null);
    };
  };
  expect(await connectTo(9, { timeout: 1200, build, clock })).toBe(givenUp);
  expect(rounds).toMatchObject(
    timeouts.map((timeout, round) => ({ timeout, autoSelectFamilyAttemptTimeout: patience[round] })),
  );
});

test("a refused connection is not tried twice", async () => {
  let rounds = 0;
  const build: typeof buildConnector = (options) => {
    rounds += 1;
    return buildConnector(options);
  };
  expect(await connectTo(9, { build })).toBeInstanceOf(AggregateError);
  expect(rounds).toBe(1);
});
