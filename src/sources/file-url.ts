import { type AbsolutePath, absolutePath } from "../host/absolute-path.ts";

/** `file:///srv/my%20kit`, every byte that means something in a URL escaped. */
export function fileUrl(path: AbsolutePath): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The path that a file URL means. */
export function pathOfFileUrl(url: string): AbsolutePath {
  return absolutePath(decodeURIComponent(new URL(url).pathname));
}
