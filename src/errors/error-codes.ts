export interface CatalogueEntry {
  readonly exit: number;
  readonly meaning: string;
  readonly remedy: readonly string[];
}

/** Every code that readygo can end with. docs/errors.md is generated from this: `npm run docs`. */
export const catalogue = {
  usage: { exit: 2, meaning: "The command line is not understood.", remedy: ["readygo --help"] },
  "config-invalid": {
    exit: 2,
    meaning: "readygo.ini does not parse, or holds a key or value that is not known.",
    remedy: ["correct the line that is named, or pass --config FILE with another file"],
  },
  "version-invalid": {
    exit: 2,
    meaning: "VERSION is not one that Go's own grammar knows.",
    remedy: ["readygo install latest", "readygo list"],
  },
  "version-unknown": {
    exit: 2,
    meaning: "The version is well formed, but no release has it.",
    remedy: ["readygo list"],
  },
  "version-too-old": {
    exit: 2,
    meaning: "The release is older than those that readygo can verify.",
    remedy: ["readygo list"],
  },
  "version-file": {
    exit: 2,
    meaning: "The version file cannot be read or names no version.",
    remedy: ["name the version itself: readygo install VERSION"],
  },
  "source-invalid": {
    exit: 2,
    meaning: "A --source is neither a known name, a URL, goproxy=LIST, a directory nor an archive file.",
    remedy: ["readygo sources --all"],
  },
  "output-differs": {
    exit: 2,
    meaning: "A file in the bundle's --output has other bytes than the bundle's own; it is not overwritten.",
    remedy: ["name another --output"],
  },
  "user-unknown": {
    exit: 2,
    meaning: "--user names an account that the host does not have.",
    remedy: ["getent passwd"],
  },
  "previous-missing": {
    exit: 2,
    meaning: "There is no previous release to go back to.",
    remedy: ["readygo list", "readygo install VERSION"],
  },
  "plan-invalid": {
    exit: 2,
    meaning: "The file of --plan is not what `readygo plan --json` prints.",
    remedy: ["readygo plan --json >FILE, look at it, then  readygo install --plan FILE"],
  },
  "arch-unsupported": {
    exit: 3,
    meaning: "The host's architecture is neither amd64 nor arm64, or is not the one that was asked for.",
    remedy: ["use --root DIR --arch ARCH to provision another machine's image"],
  },
  "host-too-old": {
    exit: 3,
    meaning: "Kernel or glibc are below the release's floor.",
    remedy: ["readygo list, and name an older release"],
  },
  "rights-missing": {
    exit: 3,
    meaning: "readygo needs root to write /usr/local, /etc and /var/lib.",
    remedy: ["run the same command with sudo"],
  },
  "space-missing": {
    exit: 3,
    meaning: "Too few free bytes or inodes for archive, staging and previous tree.",
    remedy: ["df -h /usr/local; df -i /usr/local"],
  },
  "mount-in-the-way": {
    exit: 3,
    meaning: "/usr/local/go is a mount point; it cannot be exchanged.",
    remedy: ["umount /usr/local/go, then run readygo again"],
  },
  "place-unsafe": {
    exit: 3,
    meaning: "A directory that readygo works in can be written by others than root.",
    remedy: ["chown root:root and chmod go-w the directory that is named"],
  },
  "place-read-only": {
    exit: 3,
    meaning: "A directory that readygo has to write in is mounted read-only, or immutable.",
    remedy: ["findmnt -T DIR; lsattr -d DIR"],
  },
  "self-managed": {
    exit: 3,
    meaning: "self-update: a package manager looks after readygo's file, or it was never installed.",
    remedy: ["upgrade it by the command of that package manager"],
  },
  "self-keys-missing": {
    exit: 3,
    meaning: "This readygo was built from sources that name no key for releases: it can check no release of itself.",
    remedy: ["bring readygo by the bootstrap.sh of a release"],
  },
  "host-unreadable": {
    exit: 3,
    meaning: "Something readygo has to look at cannot be read.",
    remedy: ["look at the path and the error that are named"],
  },
  "sources-failed": {
    exit: 4,
    meaning: "No source could deliver; each is listed with its cause.",
    remedy: [
      "readygo install VERSION --source DIR with an archive that was fetched elsewhere",
      "set GOPROXY, HTTPS_PROXY or readygo.ini's [source] for this network",
    ],
  },
  "checksum-mismatch": {
    exit: 5,
    meaning: "What arrived is not what the trust root states.",
    remedy: ["a proxy may be rewriting downloads; try  readygo install VERSION --source DIR"],
  },
  "checksum-unknown": {
    exit: 5,
    meaning: "Nothing proves this archive: no pinned hash, no publisher, no checksum database.",
    remedy: ["readygo install VERSION --sha256 HASH with the hash from https://go.dev/dl/"],
  },
  "policy-unmet": {
    exit: 5,
    meaning: "Fewer trust roots prove the archive than the trust policy asks for.",
    remedy: [
      "readygo install VERSION --sha256 HASH with the hash from https://go.dev/dl/, or ask for less: --trust any",
    ],
  },
  "roots-disagree": {
    exit: 5,
    meaning: "Two trust roots say different things of one archive.",
    remedy: ["a proxy may be rewriting https://go.dev/dl/ or the checksum database; try another network"],
  },
  "signature-invalid": {
    exit: 5,
    meaning:
      "The signature is not one of this archive, or the key that made it was not entitled to: expired at the time, revoked, not bound.",
    remedy: ["the archive or its .asc was changed on the way; try another --source"],
  },
  "signature-key-unknown": {
    exit: 5,
    meaning:
      "The signature, or the key file, is not of the publisher's signing key, whose fingerprint readygo has pinned.",
    remedy: ["the .asc or the key file was changed on the way; try another --source"],
  },
  "log-signature-invalid": {
    exit: 5,
    meaning: "The checksum database's tree head is no signed note, or its signature is not over what it says.",
    remedy: ["a proxy may be rewriting the checksum database; try another --source goproxy=URL"],
  },
  "log-key-unknown": {
    exit: 5,
    meaning: "The checksum database's tree head is not signed by the key that readygo has pinned.",
    remedy: ["a proxy may be passing off another database for it; try another --source goproxy=URL"],
  },
  "log-head-wrong": {
    exit: 5,
    meaning:
      "What the checksum database has signed is no tree head, or not the one that a record with its proof names.",
    remedy: ["a proxy may be rewriting the checksum database; try another --source goproxy=URL"],
  },
  "log-record-wrong": {
    exit: 5,
    meaning: "The checksum database's record is not this release's, or is none.",
    remedy: ["a proxy may be rewriting the checksum database; try another --source goproxy=URL"],
  },
  "log-proof-wrong": {
    exit: 5,
    meaning:
      "The checksum database's tiles or proof do not show the record in the signed tree, or one signed tree in another.",
    remedy: ["a proxy may be rewriting the checksum database; try another --source goproxy=URL"],
  },
  "log-forked": {
    exit: 5,
    meaning:
      "The checksum database has signed two trees of which neither is the beginning of the other: it shows different records to different people.",
    remedy: [
      "keep both signed heads, they prove it, and report them at https://go.dev/issue/new",
      "mv /var/lib/readygo/log.head /root/  forgets the head that was kept, once you know which of the two is right",
    ],
  },
  "log-unfollowed": {
    exit: 5,
    meaning:
      "With --trust log: it cannot be shown that the checksum database's tree continues the one that this host has seen, since nobody has the tiles for that. Who serves a forked tree would keep them back.",
    remedy: [
      "name another module proxy, or one more: --source goproxy=URL; or let this host reach https://sum.golang.org",
      "without a network: add the release to the bundle that this host has seen (readygo bundle VERSION --output THAT), which then has the tiles",
      "mv /var/lib/readygo/log.head /root/  forgets what this host has seen, as on a host that never saw it",
    ],
  },
  "self-signature-invalid": {
    exit: 5,
    meaning: "self-update: the signature of a readygo release is not over its SHA256SUMS, or cannot be read.",
    remedy: ["something on the way rewrites downloads, or the release is being replaced: try again, or another --base"],
  },
  "self-key-unknown": {
    exit: 5,
    meaning: "self-update: a readygo release is signed by no key that this readygo knows.",
    remedy: [
      "another --base; where the key has been replaced, the release that brought the new one comes first (docs/release.md)",
    ],
  },
  "self-file-wrong": {
    exit: 5,
    meaning: "self-update: a file of a readygo release is not the one whose sum was signed.",
    remedy: ["something on the way rewrites downloads: try another network, or another --base"],
  },
  "self-version-lower": {
    exit: 5,
    meaning:
      "self-update: the release that is served is older than this readygo. Somebody may be serving an old one on purpose.",
    remedy: ["try another --base; to go back to the former on purpose: readygo self-update --rollback"],
  },
  "archive-hostile": {
    exit: 5,
    meaning: "The archive holds entries that no release has: escapes, links, devices, duplicates, too much.",
    remedy: ["do not use this archive; fetch the release from https://go.dev/dl/"],
  },
  "tree-wrong": {
    exit: 5,
    meaning: "The unpacked tree is not the release for this architecture.",
    remedy: ["fetch the release from https://go.dev/dl/ and pass it with --source FILE"],
  },
  "step-failed": {
    exit: 6,
    meaning: "A step failed; everything was rolled back.",
    remedy: ["look at the cause, then run the same command again"],
  },
  "builds-running": {
    exit: 6,
    meaning: "Programs run from the tree that was to be replaced, and --busy=fail was asked for.",
    remedy: ["wait for them to end, or pass --busy=wait or --busy=replace"],
  },
  "result-invalid": {
    exit: 2,
    meaning: "report: nothing that was named is what --json prints.",
    remedy: ["readygo verify --json >FILE  on each host, then  readygo report FILE…"],
  },
  "report-unwritten": {
    exit: 6,
    meaning:
      "The run did what it was asked, and a report of it (--report) could not be written; nothing stands there, or what did before.",
    remedy: ["put the cause right, then run the same command again", "readygo COMMAND --report FORMAT:- >FILE"],
  },
  "recovery-failed": {
    exit: 6,
    meaning: "An earlier run was cut off, and what it left could not be rolled back.",
    remedy: ["put the cause right, then run the same command again"],
  },
  "state-invalid": {
    exit: 6,
    meaning: "readygo's own state in /var/lib/readygo is damaged, or was written by a newer readygo.",
    remedy: ["readygo install VERSION --adopt"],
  },
  "gate-failed": {
    exit: 7,
    meaning: "A check failed after the new release was in place; tree and files were rolled back.",
    remedy: ["readygo install VERSION --keep-failed keeps the new tree to look at"],
  },
  "verify-failed": { exit: 7, meaning: "A check failed.", remedy: ["readygo install puts the host right"] },
  "problems-found": {
    exit: 7,
    meaning:
      "doctor: something is wrong around Go on this host; each finding says what, where and what to do. With --fix: what could be fixed is fixed, and this is left.",
    remedy: ["readygo doctor --fix --dry-run  shows what it would fix", "readygo doctor --json"],
  },
  "tree-not-public": {
    exit: 7,
    meaning: "doctor: a Go on this host is not the release that its VERSION names; the error lists which files differ.",
    remedy: ["readygo install  puts the public release at /usr/local/go; take nothing from the other tree"],
  },
  "run-unfinished": {
    exit: 7,
    meaning:
      "verify writes nothing, so it does not roll back what an earlier run left unfinished; install and plan do.",
    remedy: ["readygo plan"],
  },
  locked: { exit: 8, meaning: "Another readygo holds the lock.", remedy: ["wait for it, or pass --wait SECONDS"] },
  "plan-stale": {
    exit: 9,
    meaning: "The host has changed since the saved plan was made, in something that the plan depends on.",
    remedy: ["readygo plan --json >FILE, look at it again, then  readygo install --plan FILE"],
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
