import type { ModuleEntry } from "../../sources/list-module.ts";
import type { LogAnswer } from "../../trust/sumdb/log-answer.ts";
import type { ReleaseName, ReleaseQuestions } from "./judge-go-tree.ts";

/** Asks what is public of each release once in a run, however many trees are of it. */
export interface SharedReleases extends Pick<ReleaseQuestions, "openPublicRelease"> {
  /** Asks the log now, for the answer to be there when the tree has been read. */
  prepare(release: ReleaseName): void;
}

export function sharePublicReleases(open: ReleaseQuestions["openPublicRelease"]): SharedReleases {
  const answers = new Map<string, Promise<LogAnswer>>();
  /** Of the last release only: each list has 15,000 files. */
  let list: { readonly key: string; readonly entries: Promise<readonly ModuleEntry[]> } | undefined;
  const keyOf = ({ version, architecture }: ReleaseName): string => `${version} ${architecture}`;
  const askLog = (release: ReleaseName): Promise<LogAnswer> => {
    const key = keyOf(release);
    const answer = answers.get(key) ?? open(release).askLog();
    answers.set(key, answer);
    return answer;
  };
  return {
    prepare(release) {
      // A failure is for who awaits the answer; a tree that is left out needs none.
      askLog(release).catch(() => undefined);
    },
    openPublicRelease: (release) => ({
      askLog: () => askLog(release),
      listModule(scratch) {
        const key = keyOf(release);
        if (list?.key !== key) list = { key, entries: open(release).listModule(scratch) };
        return list.entries;
      },
    }),
  };
}
