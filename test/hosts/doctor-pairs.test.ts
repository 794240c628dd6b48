import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listPairs, playPair } from "../lab/doctor/play-pair.ts";
import { createDoctorHost, type DoctorHost } from "../lab/doctor/play-plant.ts";

// Two problems at once are both found, and both go away; others each day. `npm run doctor:pairs` plays more.
const day = Math.floor(Date.now() / 86_400_000);

describe("two problems at once", () => {
  let doctor: DoctorHost;
  beforeAll(async () => {
    doctor = await createDoctorHost();
  });
  afterAll(() => doctor?.host.destroy());

  it.each(listPairs(day).slice(0, 2))("%s and %s", async (...pair) => {
    // Undefined: one of them does no harm beside the other.
    expect((await playPair(doctor, pair)) ?? []).toEqual([]);
  });
});
