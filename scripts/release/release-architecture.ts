/** As dpkg names them. */
export const releaseArchitectures = ["amd64", "arm64"] as const;

export type ReleaseArchitecture = (typeof releaseArchitectures)[number];
