import type { Plant } from "./plant.ts";

export const networkPlants = {} as const satisfies Readonly<Record<string, Plant>>;
