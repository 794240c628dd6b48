import { places } from "../host/places.ts";
import type { PlanNote } from "./plan.ts";

/** What /usr/local lies on. */
export interface FileSystem {
  /** As /proc/self/mountinfo names it. */
  readonly type: string;
  readonly options: readonly string[];
  /** The overlay module's own setting, which holds where a mount says nothing. */
  readonly isRedirectDefault: boolean;
}

/** Those of Linux that have RENAME_EXCHANGE (renameat2(2); for zfs OpenZFS 2.2), an overlay apart. */
const exchanging = new Set(["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "tmpfs", "vfat", "xfs", "zfs"]);

/**
 * Says where the tree that stands there may be away for a moment while another takes its place. Of an overlay nothing
 * tells from inside in which layer a directory lies, so there it is a condition.
 */
export function noteExchange(fileSystem: FileSystem | undefined): readonly PlanNote[] {
  if (fileSystem === undefined || exchanging.has(fileSystem.type)) return [];
  const { type, options, isRedirectDefault } = fileSystem;
  const away = `${places.goroot} is away for a moment while the new one takes its place`;
  if (type !== "overlay") {
    return [{ text: `${places.usrLocal} lies on ${type}, which may have no exchange of directories: then ${away}` }];
  }
  const isRedirecting =
    options.includes("redirect_dir=on") ||
    (isRedirectDefault && !options.some((option) => option.startsWith("redirect_dir=")));
  if (isRedirecting) return [];
  return [
    {
      text: `${places.usrLocal} lies on an overlay without redirect_dir: where the tree there came with the image, it is copied and deleted, and ${away}`,
    },
  ];
}
