import { setImmediate as settle } from "node:timers/promises";
import { expect, test } from "vitest";
import { ProvisionError } from "../../../../src/errors/provision-error.ts";
import { RequestFailure, type RequestFailureKind } from "../../../../src/errors/request-failure.ts";
import { askDatabase } from "../../../../src/trust/sumdb/ask-database.ts";
import { createTestClock } from "../../fetch/test-clock.ts";
import { rejectionOf } from "../../thrown-by.ts";

const [main, inChina] = ["https://sum.golang.org", "https://sum.golang.google.cn"] as const;

type Answer = "answers" | "hangs" | RequestFailureKind | Error;

/** What each host answers, and after how many seconds. */
function play(answers: Readonly<Record<string, readonly [seconds: number, Answer]>>) {
  const clock = createTestClock();
  const asked: string[] = [];
  const stopped: string[] = [];
  const ask = async (base: string, stop: AbortSignal): Promise<string> => {
    asked.push(base);
    const [seconds, answer] = answers[base] ?? [0, "hangs"];
    return new Promise((resolve, reject) => {
      stop.addEventListener("abort", () => (stopped.push(base), reject(stop.reason as Error)), { once: true });
      if (answer === "hangs") return;
      const end = (): void => {
        if (answer === "answers") resolve(`of ${base}`);
        else reject(answer instanceof Error ? answer : new RequestFailure(answer, base, answer));
      };
      if (seconds === 0) end();
      else clock.after(seconds * 1000, end);
    });
  };
  const passSeconds = async (seconds: number): Promise<void> => {
    clock.move(seconds * 1000);
    await settle();
  };
  return { ask: (stop: AbortSignal) => askDatabase(ask, stop, clock), asked, stopped, passSeconds };
}

const never = new AbortController().signal;

test("where the database answers within its time, no other name is asked", async () => {
  const { ask, asked, passSeconds } = play({ [main]: [2.9, "answers"] });
  const asking = ask(never);
  await passSeconds(2.9);
  expect(await asking).toEqual({ base: main, answer: `of ${main}` });
  await passSeconds(10);
  expect(asked).toEqual([main]);
});

test("what swallows packets is waited for 3 s, and ended once the other has answered", async () => {
  const { ask, asked, stopped, passSeconds } = play({ [main]: [0, "hangs"], [inChina]: [1, "answers"] });
  const asking = ask(never);
  await passSeconds(2.999);
  expect(asked).toEqual([main]);
  await passSeconds(0.001);
  await passSeconds(1);
  expect(await asking).toEqual({ base: inChina, answer: `of ${inChina}` });
  expect(stopped).toContain(main);
});

test("one that is only slow still counts", async () => {
  const { ask, passSeconds } = play({ [main]: [8, "answers"], [inChina]: [0, "hangs"] });
  const asking = ask(never);
  await passSeconds(3);
  await passSeconds(5);
  expect((await asking).base).toBe(main);
});

test.each<RequestFailureKind>(["unreachable", "timeout", "tls", "status", "content", "interrupted"])(
  "a failure (%s) leads to the other at once",
  async (kind) => {
    const { ask } = play({ [main]: [0, kind], [inChina]: [0, "answers"] });
    expect((await ask(never)).base).toBe(inChina);
  },
);

test("that there is no record is an answer", async () => {
  const { ask, asked } = play({ [main]: [0, "absent"], [inChina]: [0, "answers"] });
  expect((await rejectionOf(ask(never), RequestFailure)).kind).toBe("absent");
  expect(asked).toEqual([main]);
});

test("what is no failure of a request leads to no other host", async () => {
  const wrong = new ProvisionError("log-signature-invalid", "forged");
  const { ask, asked } = play({ [main]: [0, wrong], [inChina]: [0, "answers"] });
  expect(await rejectionOf(ask(never), ProvisionError)).toBe(wrong);
  expect(asked).toEqual([main]);
});

test("where both fail, both are told of", async () => {
  const { ask } = play({ [main]: [0, "tls"], [inChina]: [0, "unreachable"] });
  const failure = await rejectionOf(ask(never), RequestFailure);
  expect([failure.kind, failure.message]).toEqual(["tls", "tls"]);
});

test("a run that is stopped ends both", async () => {
  const stop = new AbortController();
  const { ask, stopped, passSeconds } = play({});
  const asking = ask(stop.signal);
  asking.catch(() => undefined);
  await passSeconds(3);
  stop.abort(new Error("stopped"));
  await expect(asking).rejects.toThrow("stopped");
  expect(stopped).toEqual([main, inChina]);
});
