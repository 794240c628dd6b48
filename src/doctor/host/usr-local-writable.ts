import { runAsRoot } from "../../errors/remedy.ts";
import { absolutePath } from "../../host/absolute-path.ts";
import { places } from "../../host/places.ts";
import { diagnostic, findWarning } from "../diagnostic.ts";

export const usrLocalWritable = diagnostic({
  id: "usr-local-writable",
  group: "host",
  severity: "warning",
  sees: "/usr/local, /usr/local/bin or /usr/local/go that others than root can write",
  why: "Whoever can write there decides what root and everybody else run as go.",
  needs: [],
  async run({ files }) {
    return [absolutePath("/usr"), places.usrLocal, places.linkDirectory, places.goroot].flatMap((path) => {
      const stat = files.stat(path);
      // A link is root's to follow; what it leads to is another finding's.
      if (stat?.kind !== "directory") return [];
      const isOpen = (stat.mode & 0o022) !== 0;
      if (stat.uid === 0 && !isOpen) return [];
      const at = files.locate(path);
      const mode = stat.mode.toString(8).padStart(4, "0");
      return [
        findWarning({
          evidence: `${path} can be written by others than root: owner ${stat.uid}, group ${stat.gid}, mode ${mode}`,
          origins: [path],
          remedy: stat.uid === 0 ? runAsRoot("chmod", "go-w", at) : runAsRoot("chown", "-h", "root:root", at),
        }),
      ];
    });
  },
});
