import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDoctorHost, type DoctorHost, script, type Somebody, useGo } from "../lab/doctor/play-plant.ts";
import { readJson } from "../lab/hosts/read-json.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";
import { brokenInstallations } from "../lab/verify/broken-installation.ts";

// Broken installations: a plain use of go fails or changes, the right check says so and no other is
// needed, and its remedy cures it when it is obeyed to the letter. In CI every twenty-fourth is played.
const chosen = Object.entries(brokenInstallations).filter((_, at) => isFullMode || at % 24 === 6);

describe("an installation with", () => {
  let doctor: DoctorHost;
  beforeAll(async () => {
    doctor = await createDoctorHost();
  });
  afterAll(() => doctor?.host.destroy());

  it.each(chosen)("%s is found by its check, and cured by its remedy", async (_, broken) => {
    const somebody = await doctor.meet();
    const { by, status, says, as } = broken.found;
    const look = async () => (await verify(doctor, somebody, by, as)).get(by);
    const use = () => useGo(doctor, somebody, broken);
    if (broken.before !== undefined) await script(doctor, somebody, broken.before);
    expect(await use()).toMatch(broken.hurts.well);
    expect((await look())?.status).toBe("pass");

    await script(doctor, somebody, broken.plant);
    await doctor.mirror.setFaults(broken.faults ?? {});
    try {
      expect(await use()).toMatch(broken.hurts.ill);
      const result = await look();
      expect(result).toMatchObject({ status, evidence: expect.stringMatching(says) });
      await doctor.mirror.setFaults({});
      const remedy = result?.remedy ?? "";
      if (broken.cure === "remedy") await obey(doctor, remedy);
      else {
        expect(remedy).toMatch(broken.cure.advice);
        await script(doctor, somebody, broken.cure.done);
      }
      expect((await look())?.status).toBe("pass");
      expect(await use()).toMatch(broken.hurts.well);
    } finally {
      await doctor.mirror.setFaults({});
      if (broken.undo !== undefined) await script(doctor, somebody, broken.undo);
    }
  });
});

async function verify({ host }: DoctorHost, { user }: Somebody, id: string, as: "account" | undefined) {
  const words = ["verify", "--only", id, "--user", user, "--timeout", "60", "--json"];
  const { checks } = readJson(await host.readygo(words, { timeoutMs: 280_000, ...(as === undefined ? {} : { user }) }));
  return new Map(checks.map((check) => [check.id, check]));
}

/** `COMMAND  as USER` for that account; else root's. readygo is at hand in the lab under another name. */
async function obey({ host }: DoctorHost, remedy: string): Promise<void> {
  const [, command = "", as] = /^(?:if that is not wanted: {2})?(.*?)(?: {2}as (\S+))?$/s.exec(remedy) ?? [];
  const known = command.replaceAll(/(^|&& )readygo /g, "$1/opt/readygo/node /opt/readygo/dist/readygo.mjs ");
  const shell = as === undefined ? ["bash", "-c"] : ["su", "-", as, "-c"];
  await host.must([...shell, known], { timeoutMs: 280_000 });
}
