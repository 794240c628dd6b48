import { describe, expect, it } from "vitest";
import { watchExchanges } from "../lab/kills/kill-exchanges.ts";
import { replaceExchange } from "../lab/kills/kill-host.ts";

// A hundred on each disk: `npm run faults -- --full`.
describe("a process that runs /usr/local/go/bin/go all the time", () => {
  it("sees not one error while two releases change places, again and again", async () => {
    const { releases, errors, answers } = await watchExchanges("ext4", 6);
    expect(errors).toEqual([]);
    expect(releases.toSorted()).toEqual(["go1.30.1", "go1.30.2"]);
    expect(answers).toBeGreaterThan(50);
  });

  it("would see them where the exchange is a removal and a rename", async () => {
    const { errors } = await watchExchanges("redirect", 1, { alterBundle: replaceExchange });
    expect(errors.join("\n")).toMatch(/not found|No such file|cannot find/);
  });
});
