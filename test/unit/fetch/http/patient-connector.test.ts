import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { buildConnector } from "undici";
import { afterEach, expect, test } from "vitest";
import { createPatientConnector } from "../../../../src/fetch/http/patient-connector.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Its kernel drops a SYN while two connections wait for a thread that sleeps; it is sent again a second later. */
async function startBusyServer(sleepMs: number): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer();
     server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${sleepMs}), 20);
     });`,
    { eval: true },
  );
  open.push(() => worker.terminate());
  const port = await new Promise<number>((resolve) => {
    worker.once("message", resolve);
  });
  await sleep(150);
  for (let count = 0; count < 2; count += 1) {
    const filler = connect(port, "127.0.0.1").on("error", () => undefined);
    open.push(() => filler.destroy());
  }
  await sleep(150);
  return port;
}

/** To a name whose one good address comes first, as it does where there is no way for the other. */
async function connectTo(port: number, timeout: number, build = buildConnector): Promise<Error | "connected"> {
  const connector = createPatientConnector(build, {
    timeout,
    lookup: (_name, _options, callback) =>
      callback(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ]),
  });
  const target = { hostname: "two.test", host: `two.test:${port}`, protocol: "http:", port: String(port) };
  return new Promise((resolve) => {
    connector(target, (error: Error | null, socket: Socket | null) => {
      socket?.destroy();
      resolve(error ?? "connected");
    });
  });
}

test("an address that needs more than 300 ms is waited for where the other leads nowhere", async () => {
  expect(await connectTo(await startBusyServer(1000), 5000)).toBe("connected");
});

test("the bound on connecting holds for both rounds together", async () => {
  const port = await startBusyServer(4000);
  const startedAt = performance.now();
  expect(await connectTo(port, 1200)).toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
  expect(performance.now() - startedAt).toBeLessThan(2500);
});

test("a refused connection is not tried twice", async () => {
  let rounds = 0;
  const counting: typeof buildConnector = (options) => {
    rounds += 1;
    return buildConnector(options);
  };
  expect(await connectTo(9, 5000, counting)).toBeInstanceOf(AggregateError);
  expect(rounds).toBe(1);
});
