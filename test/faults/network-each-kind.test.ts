import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDraw, drawFault, faultKinds } from "../lab/servers/network-faults.ts";
import { type NetworkLab, openNetworkLab } from "../lab/servers/network-play.ts";

// Rule: whatever a network does to a download, the host ends up with the release, or as it was, and the exit code says
// which. Each kind once; `npm run faults:network -- --count 200` plays more of them.
describe("a network at fault", () => {
  let lab: NetworkLab;
  beforeAll(async () => {
    lab = await openNetworkLab();
  });
  afterAll(() => lab?.destroy());

  const draw = createDraw(Date.now());
  it.each(faultKinds)("%s", async (kind) => {
    const fault = drawFault(kind, draw, lab);
    const played = await lab.play(fault);
    expect({ detail: fault.detail, complaints: played.complaints, stderr: played.stderr }).toMatchObject({
      complaints: [],
    });
  });
});
