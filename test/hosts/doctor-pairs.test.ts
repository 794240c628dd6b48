import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Pair, playPair } from "../lab/doctor/play-pair.ts";
import { createDoctorHost, type DoctorHost } from "../lab/doctor/play-plant.ts";

// Two problems at once are both found, and both go away. `npm run doctor:pairs` plays all that can stand together.
const pairs: readonly Pair[] = [
  ["own-parts", "goflags"],
  ["goroot", "gosumdb-off"],
  ["context-alias", "cache-owner"],
];

describe("two problems at once", () => {
  let doctor: DoctorHost;
  beforeAll(async () => {
    doctor = await createDoctorHost();
  });
  afterAll(() => doctor?.host.destroy());

  it.each(pairs)("%s and %s", async (...pair) => {
    expect(await playPair(doctor, pair)).toEqual([]);
  });
});
