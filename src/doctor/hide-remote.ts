import type { AbsolutePath } from "../host/absolute-path.ts";
import { isRemote, listMounts } from "../host/host-facts.ts";
import { places } from "../host/places.ts";
import type { ReadFiles } from "../host/ports.ts";

/**
 * The same files, without what lies on a file system whose server may not answer: root's own thread would wait for ever. What
 * has to look there is a child with a bound. Where the host's own places lie on one, nothing could be told without it.
 */
export function hideRemote(files: ReadFiles, mountInfo: string): ReadFiles {
  const own = [places.usrLocal, places.state, "/etc"].map((path) => `${files.locate(path as AbsolutePath)}/`);
  const points = listMounts(mountInfo).flatMap((mount) => {
    const isOwn = own.some((path) => path.startsWith(mount.point === "/" ? "/" : `${mount.point}/`));
    return isRemote(mount) && !isOwn ? [mount.point] : [];
  });
  if (points.length === 0) return files;
  const isHidden = (path: AbsolutePath): boolean => {
    const real = files.locate(path);
    return points.some((point) => real === point || real.startsWith(`${point}/`));
  };
  return {
    ...files,
    stat: (path) => (isHidden(path) ? undefined : files.stat(path)),
    read: (path, maxBytes) => (isHidden(path) ? undefined : files.read(path, maxBytes)),
    readStart: (path, bytes) => (isHidden(path) ? undefined : files.readStart(path, bytes)),
    readLink: (path) => (isHidden(path) ? undefined : files.readLink(path)),
    list: (path) => (isHidden(path) ? [] : files.list(path)),
    resolve: (path) => (isHidden(path) ? undefined : files.resolve(path)),
  };
}
