import { isDirectoryAt } from "../real-files.ts";
import { answering, HomeRefusal } from "./home-refusal.ts";
import type { AbsolutePath } from "../absolute-path.ts";
import { locateInside } from "../locate-inside.ts";

export interface Home {
  /** As the host names it. */
  readonly home: AbsolutePath;
  /** "" or where the host's root lies; every link is resolved inside it. */
  readonly root: string;
}

export interface LocatedInHome {
  readonly real: string;
  readonly host: AbsolutePath;
}

/**
 * Where `path` is when all links are followed: inside the home directory, and on a file system place that exists.
 * Throws HomeRefusal.
 */
export function locateInHome({ home, root }: Home, path: AbsolutePath): LocatedInHome {
  return answering(path, () => {
    const inside = locateInside(root, home, true).host;
    const found = locateInside(root, path, true);
    if (found.host !== inside && !found.host.startsWith(inside === "/" ? "/" : `${inside}/`)) {
      throw new HomeRefusal("link", path, `it leads elsewhere, to ${found.host}`);
    }
    if (!isDirectoryAt(locateInside(root, home, true).real)) {
      throw new HomeRefusal("home", path, `there is no home directory ${home}`);
    }
    return found;
  });
}
