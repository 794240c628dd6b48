import { goflags } from "./goflags.ts";

export const environmentDiagnostics = [goflags] as const;
