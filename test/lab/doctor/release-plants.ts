import type { Plant } from "./plant.ts";

export const releasePlants = {} as const satisfies Readonly<Record<string, Plant>>;
