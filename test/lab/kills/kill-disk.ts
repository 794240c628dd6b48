/** What a room's disk is; on `plain` the lower layer's directories can't be renamed (EXDEV). */
export type RoomDisk = "redirect" | "plain" | "ext4";

/** Where readygo changes a host, but for /run. */
const places = ["usr/local", "var/lib", "etc/profile.d", "home", "root"].join(" ");

/**
 * Copies what stands there in readygo's places: every one of them is a directory of `tree` with its owner and mode, but
 * only what readygo looks at is in it.
 */
const copyPlaces = (tree: string): string => `
for place in ${places}; do mkdir -p ${tree}/$place; chmod 755 ${tree}/$place; done
for place in usr/local/go usr/local/.readygo var/lib/readygo home root etc/profile.d; do
  if [ -e /$place ]; then rm -rf ${tree}/$place; cp -a /$place ${tree}/$place; fi
done
mkdir -p ${tree}/usr/local/bin
for link in go gofmt; do
  if [ -L /usr/local/bin/$link ]; then cp -a /usr/local/bin/$link ${tree}/usr/local/bin/; fi
done`;

// The lower layer is a copy: the host's own root is an overlay, maybe within a container's, and the kernel stacks two.
const overlay = (options: string): string => `
mkdir -p /tmp/room; mount -t tmpfs -o mode=0755,size=3g room /tmp/room
${copyPlaces("/tmp/room/low")}
for place in ${places}; do
  mkdir -p /tmp/room/up/$place /tmp/room/scratch/$place
  chown --reference=/$place /tmp/room/up/$place; chmod --reference=/$place /tmp/room/up/$place
  mount -t overlay overlay -o lowerdir=/tmp/room/low/$place,upperdir=/tmp/room/up/$place,workdir=/tmp/room/scratch/$place,volatile,${options} /$place
done`;

/** A host has a /dev of its own, and loop devices are this machine's: any of them may be the free one. */
const makeLoopNodes = `
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
for number in $(seq 0 63); do [ -e /dev/loop$number ] || mknod /dev/loop$number b 7 $number; done`;

/** An ext4 image, made once a host, of what stands there in readygo's places. */
export const makeImage = `${makeLoopNodes}
if [ ! -e /opt/room.img ]; then
${copyPlaces("/opt/room-tree")}
  /usr/sbin/mkfs.ext4 -q -F -N 40000 -E lazy_itable_init=1,nodiscard -d /opt/room-tree /opt/room.tmp 1200M >/dev/null
  rm -rf /opt/room-tree; mv /opt/room.tmp /opt/room.img
fi`;

/** Puts the file system of an image over readygo's places. */
export const mountImage = (image: string, options: readonly string[] = []): string => `
mkdir -p /tmp/disk; mount -o ${["loop", ...options].join(",")} ${image} /tmp/disk
for place in ${places}; do mount --bind /tmp/disk/$place /$place; done`;

export const diskScripts: Readonly<Record<RoomDisk, string>> = {
  redirect: overlay("redirect_dir=on,metacopy=on"),
  plain: overlay("redirect_dir=off"),
  // A room gets a copy of the image, which takes no room for its holes.
  ext4: `${makeImage}
mkdir -p /tmp/room; mount -t tmpfs -o size=2g room /tmp/room
cp --sparse=always /opt/room.img /tmp/room/disk.img${mountImage("/tmp/room/disk.img")}`,
};
