interface Format {
  /** Of the last part of a path. */
  readonly name: RegExp;
  /** As help and errors name it. */
  readonly shown: string;
}

/** The files that may name a Go release, by what is in them. */
export const versionFileFormats = {
  module: { name: /^go\.(?:mod|work)$|\.mod$/, shown: "go.mod, NAME.mod, go.work" },
  line: { name: /^\.go-version$|^VERSION$/, shown: ".go-version, a Go tree's VERSION" },
  tools: { name: /^\.tool-versions$/, shown: ".tool-versions" },
  mise: { name: /^\.?mise(?:\.\w+)?\.toml$/, shown: "mise.toml" },
  gvm: { name: /^\.gvmrc$/, shown: ".gvmrc" },
  docker: { name: /^(?:Dockerfile|Containerfile)(?:\..+)?$|\.dockerfile$/, shown: "Dockerfile" },
  devcontainer: { name: /^\.?devcontainer\.json$/, shown: "devcontainer.json" },
} as const satisfies Readonly<Record<string, Format>>;

export type VersionFileFormat = keyof typeof versionFileFormats;

/** All of them, in words. */
export const versionFileNames = Object.values(versionFileFormats)
  .map(({ shown }) => shown)
  .join(", ");

export function isVersionFileName(name: string): boolean {
  return Object.values(versionFileFormats).some((format) => format.name.test(name));
}
