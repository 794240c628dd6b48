import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDoctorHost, diagnose, type DoctorHost, listLosses, look, obey, ownFindings, script, useGo } from "../lab/doctor/play-plant.ts"; // prettier-ignore
import { type Plant, plants } from "../lab/doctor/plant.ts";
import { isFullMode } from "../lab/suite/full-mode.ts";

// Each diagnostic on a host where it is true: it hurts a plain use of go, is found with its place, and is cleared by its fix
// or its remedy, after which no shell is worse than before and nothing is found. In CI every tenth is played.
const everyTenth = (at: number): boolean => at % 10 === 8;
const chosen = Object.entries<Plant>(plants).filter((_, at) => isFullMode || everyTenth(at));

describe("what doctor finds", () => {
  let doctor: DoctorHost;
  beforeAll(async () => {
    doctor = await createDoctorHost();
  });
  afterAll(() => doctor?.host.destroy());

  it.each(chosen)("%s hurts, is found, and is cleared", async (id, plant) => {
    const somebody = await doctor.meet();
    if (plant.before !== undefined) await script(doctor, somebody, plant.before);
    const before = await look(doctor, somebody);
    expect(await useGo(doctor, somebody, plant)).toMatch(plant.hurts.well);
    expect(ownFindings((await diagnose(doctor, somebody, id)).findings, somebody, id)).toEqual([]);

    await script(doctor, somebody, plant.plant);
    await doctor.mirror.setFaults(plant.faults ?? {});
    try {
      expect(await useGo(doctor, somebody, plant)).toMatch(plant.hurts.ill);
      const { findings } = await diagnose(doctor, somebody, id);
      const { severity, says, at } = plant.found;
      const found = ownFindings(findings, somebody, id).find(({ evidence }) => says.test(evidence));
      expect(found ?? findings).toMatchObject({ severity });
      if (at !== undefined) expect(found?.origins.join()).toContain(at.replaceAll("$H", somebody.home));
      if (found === undefined) return;
      await doctor.mirror.setFaults({});
      if (plant.clear === "fix") {
        const fixed = await diagnose(doctor, somebody, id, "--fix");
        expect([fixed.status, fixed.exit]).toEqual(["changed", 0]);
      } else if (plant.clear === "remedy") await obey(doctor, somebody, found);
      else {
        expect(found.remedy.text).toMatch(plant.clear.advice);
        await script(doctor, somebody, plant.clear.done);
      }
      expect(ownFindings((await diagnose(doctor, somebody, id)).findings, somebody, id)).toEqual([]);
      expect(await useGo(doctor, somebody, plant)).toMatch(plant.hurts.well);
      expect(listLosses(before, await look(doctor, somebody))).toEqual([]);
    } finally {
      await doctor.mirror.setFaults({});
      if (plant.undo !== undefined) await script(doctor, somebody, plant.undo);
    }
  });
});
