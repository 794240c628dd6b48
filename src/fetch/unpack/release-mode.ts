/**
 * The mode of a release's file by Go's own rule (src/cmd/distpack, function `mode`): no archive's word is taken for it,
 * and no hash covers the modes in a module zip. `path` is relative to the Go tree.
 */
export function computeReleaseMode(path: string): 0o755 | 0o644 {
  const isExecutable =
    path.startsWith("bin/") ||
    path.startsWith("pkg/tool/") ||
    /\.(?:bash|sh|pl|rc)$/.test(path) ||
    /(?:^|\/)go_[^/]+_[^/]+_exec$/.test(path);
  return isExecutable ? 0o755 : 0o644;
}
