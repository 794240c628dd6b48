import type { Plant } from "./plant.ts";

export const hostPlants = {} as const satisfies Readonly<Record<string, Plant>>;
