import { describe, expect, it } from "vitest";
import { findMount } from "../../../src/host/host-facts.ts";
import { noteExchange } from "../../../src/plan/note-exchange.ts";

const container = [
  "24 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w",
  "25 24 0:5 / /proc rw - proc proc rw",
  "26 24 254:16 / /usr/local\\040old rw - xfs /dev/vdb rw",
].join("\n");

function notesOf(mountInfo: string, isRedirectDefault = false): readonly string[] {
  const mount = findMount(mountInfo, "/usr/local");
  return noteExchange(mount === undefined ? undefined : { ...mount, isRedirectDefault }).map(({ text }) => text);
}

describe("noteExchange", () => {
  it("says nothing where the file system exchanges directories", () => {
    expect(notesOf("24 1 254:0 / / rw shared:1 - ext4 /dev/vda rw,discard")).toEqual([]);
    expect(notesOf(`${container}\n30 24 0:40 / /usr/local rw - xfs /dev/vdc rw`)).toEqual([]);
    expect(notesOf(container.replace("workdir=/w", "workdir=/w,redirect_dir=on"))).toEqual([]);
    expect(notesOf(container, true)).toEqual([]);
  });

  it("says what may happen on an overlay that cannot rename a directory of the image", () => {
    const note =
      "/usr/local lies on an overlay without redirect_dir: where the tree there came with the image, it is copied and deleted, and /usr/local/go is away for a moment while the new one takes its place";
    expect(notesOf(container)).toEqual([note]);
    expect(notesOf(container.replace("workdir=/w", "workdir=/w,redirect_dir=nofollow"), true)).toEqual([note]);
  });

  it("says what may happen on a file system of which that is not known", () => {
    expect(notesOf(`${container}\n30 24 0:40 / /usr/local rw - nfs4 server:/export rw,vers=4.2`)).toEqual([
      "/usr/local lies on nfs4, which may have no exchange of directories: then /usr/local/go is away for a moment while the new one takes its place",
    ]);
  });

  it("says nothing where the mount table does not tell", () => {
    expect(notesOf("")).toEqual([]);
  });
});

describe("findMount", () => {
  it("takes the innermost mount, and of several at one point the last", () => {
    expect(findMount(container, "/usr/local")).toMatchObject({ point: "/", type: "overlay" });
    expect(findMount(container, "/usr/local old/x")).toMatchObject({ point: "/usr/local old", type: "xfs" });
    const covered = `${container}\n30 24 0:40 / /usr rw - ext4 a rw\n31 30 0:41 / /usr rw - btrfs b rw`;
    expect(findMount(covered, "/usr/local")).toMatchObject({ point: "/usr", type: "btrfs" });
  });
});
