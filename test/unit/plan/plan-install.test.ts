import { hashBytes } from "../../../src/release/sha256.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absolutePath } from "../../../src/host/absolute-path.ts";
import { commandLinks, places } from "../../../src/host/places.ts";
import type { Receipt, TrustEvidence } from "../../../src/host/state/receipt.ts";
import type { DesiredState } from "../../../src/plan/desired-state.ts";
import type { ObservedState, ObservedTree } from "../../../src/plan/observed-state.ts";
import { planInstall } from "../../../src/plan/plan-install.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Architecture } from "../../../src/release/architecture.ts";
import type { GoVersion } from "../../../src/release/go-version.ts";
import { profileText } from "../../../src/shell/managed-block.ts";
import { putBlock } from "../../../src/shell/rc-block.ts";
import { receiptOf } from "./receipt-of.ts";

const versions = ["go1.26.8" as GoVersion, "go1.27.4" as GoVersion] as const;
const profile = profileText;
const block = putBlock("", { dialect: "bash", hasGobin: false }, "end");
const bashrc = absolutePath("/home/alice/.bashrc");
const account = {
  name: "alice",
  uid: 1000,
  gid: 1000,
  home: absolutePath("/home/alice"),
  shell: absolutePath("/bin/bash"),
};

/** By this readygo, with its links. */
const installed = (version: GoVersion, architecture: Architecture): Receipt => ({
  ...receiptOf(version, architecture),
  links: commandLinks.map(({ path }) => ({ path, before: null, createdDirectories: [] })),
});

const fileOf = (path: typeof bashrc, owner: string | null, text: string | null) => ({
  path,
  owner,
  text,
  sha256: text === null ? null : hashBytes(Buffer.from(text, "latin1")),
  mode: 0o644,
  isManaged: true,
  restores: text,
  missingDirectories: [],
});

const observe = (
  tree: ObservedTree,
  receipt: Receipt | undefined,
  profileNow: string | null,
  rc: string | null,
): ObservedState => ({
  tree,
  receipt,
  profile: fileOf(places.profile, null, profileNow),
  rcFiles: [
    {
      ...fileOf(bashrc, "alice", rc),
      owner: "alice",
      dialect: "bash",
      isChosen: true,
      managed: undefined,
      backup: undefined,
      isLeftAlone: false,
      isClosed: true,
    },
  ],
  links: {
    obstacle: undefined,
    missingDirectories: [],
    found: commandLinks.map(({ path, target }) => ({
      path,
      wanted: target,
      target: receipt?.links.some((link) => link.path === path) === true ? target : null,
      occupiedBy: null,
    })),
  },
  shells: undefined,
  refusals: [],
});

const desire = (version: GoVersion, architecture: Architecture, isEditingRcFiles = true): DesiredState => ({
  version,
  architecture,
  account,
  isEditingRcFiles,
  hasLinks: true,
  hasGobin: false,
  isKeepingTools: false,
  policy: "any",
  sha256: undefined,
});

/** What the host is like after a plan, by the words of the plan alone. */
function follow(observed: ObservedState, plan: Plan): ObservedState {
  let { tree, receipt } = observed;
  let profileNow = observed.profile.text;
  let rc = observed.rcFiles[0]?.text ?? null;
  for (const step of plan.steps) {
    if (step.kind === "install-tree") {
      receipt = { ...receiptOf(step.version, step.architecture), links: receipt?.links ?? [] };
      tree = { kind: "directory", version: step.version, architecture: step.architecture, drift: [] };
    }
    if (step.kind === "write-file" && step.target === places.profile) profileNow = step.content;
    if (step.kind === "link" && receipt !== undefined) {
      const link = { path: step.target, before: step.restores, createdDirectories: [] };
      receipt = { ...receipt, links: [...receipt.links, link] };
    }
    if (step.kind === "write-file" && step.target === bashrc) rc = step.content;
  }
  return observe(tree, receipt, profileNow, rc);
}

describe("planInstall", () => {
  it("plans nothing on a host that is as desired", () => {
    const tree: ObservedTree = { kind: "directory", version: versions[0], architecture: "amd64", drift: [] };
    const observed = observe(tree, installed("go1.26.8" as GoVersion, "amd64"), profile, block);
    expect(planInstall(desire("go1.26.8" as GoVersion, "amd64"), observed)).toEqual({
      steps: [],
      notes: [],
      leftAlone: [],
    });
  });

  it("says of a fresh host what it will put there, and why", () => {
    const plan = planInstall(
      desire("go1.27.4" as GoVersion, "arm64"),
      observe({ kind: "absent" }, undefined, null, "alias ll='ls -l'\n"),
    );
    expect(plan.steps.map(({ kind, target, before, after, reason }) => [kind, target, before, after, reason])).toEqual([
      ["install-tree", "/usr/local/go", "absent", "go1.27.4 linux/arm64", "there is no Go at /usr/local/go"],
      [
        "write-file",
        "/etc/profile.d/readygo.sh",
        "absent",
        `${profile.split("\n").length - 1} lines, ${profile.length} bytes`,
        "login shells find Go through it",
      ],
      ...["go", "gofmt"].map((name) => [
        "link",
        `/usr/local/bin/${name}`,
        "absent",
        `a link to ../go/bin/${name}`,
        "sudo, services and other accounts find Go through it",
      ]),
      [
        "write-file",
        "/home/alice/.bashrc",
        "1 lines, 17 bytes",
        `27 lines, ${block.length + 17} bytes`,
        "shells that read it last find this Go first",
      ],
    ]);
  });

  it("leaves home files alone where it is asked to", () => {
    const plan = planInstall(
      desire("go1.27.4" as GoVersion, "amd64", false),
      observe({ kind: "absent" }, undefined, null, null),
    );
    expect(plan.steps.map(({ target }) => target)).toEqual([
      "/usr/local/go",
      "/etc/profile.d/readygo.sh",
      "/usr/local/bin/go",
      "/usr/local/bin/gofmt",
    ]);
  });

  it.each([
    [{ kind: "link", target: "/opt/go" }, undefined, "/usr/local/go is a link; its target stays as it is"],
    [
      { kind: "directory", version: versions[1], architecture: "amd64", drift: undefined },
      undefined,
      "readygo did not install what stands there",
    ],
    [
      { kind: "directory", version: versions[0], architecture: "amd64", drift: [] },
      "go1.26.8",
      "go1.27.4 was asked for",
    ],
    [
      { kind: "directory", version: versions[1], architecture: "amd64", drift: ["bin/go is missing"] },
      "go1.27.4",
      "the tree is not whole: bin/go is missing",
    ],
  ] as readonly (readonly [ObservedTree, GoVersion | undefined, string])[])(
    "replaces %o because of what it sees",
    (tree, had, reason) => {
      const receipt = had === undefined ? undefined : installed(had, "amd64");
      // Links are another matter: plan-links.test.ts.
      const plan = planInstall(desire("go1.27.4" as GoVersion, "amd64"), observe(tree, receipt, profile, block));
      const steps = plan.steps.filter(({ kind }) => kind !== "link");
      expect(steps.map((step) => [step.kind, step.reason])).toEqual([["install-tree", reason]]);
    },
  );

  const elsewhere = hashBytes(Buffer.from("b"));
  const here = hashBytes(Buffer.from("a"));
  it.each<[string, Partial<DesiredState>, readonly TrustEvidence["root"][], string | undefined]>([
    [
      "another hash",
      { sha256: elsewhere },
      ["flag"],
      `it came from an archive with another hash than --sha256: ${here}`,
    ],
    ["its own hash", { sha256: here }, ["manifest"], undefined],
    [
      "the log",
      { policy: "log" },
      ["manifest"],
      "--trust log asks for more than the roots that proved it: the pinned manifest",
    ],
    ["the log, which has", { policy: "log" }, ["manifest", "log"], undefined],
    [
      "two",
      { policy: "two" },
      ["log"],
      "--trust two asks for more than the roots that proved it: the checksum database",
    ],
    ["two, which have", { policy: "two" }, ["signature", "log"], undefined],
    ["one", { policy: "any" }, [], undefined],
  ])("takes it anew where what is asked is more than came with it: %s", (_, asked, roots, reason) => {
    const tree: ObservedTree = { kind: "directory", version: versions[0], architecture: "amd64", drift: [] };
    const receipt = { ...installed(versions[0], "amd64"), trust: roots.map((root) => ({ root, evidence: "" })) };
    const desired = { ...desire(versions[0], "amd64"), ...asked };
    const plan = planInstall(desired, observe(tree, receipt, profile, block));
    expect(plan.steps.map((step) => step.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  it("has nothing left to do after its own plan, whatever the host was and whatever is asked", () => {
    const version = fc.constantFrom(...versions);
    const architecture = fc.constantFrom<Architecture>("amd64", "arm64");
    const directory = fc.record({
      kind: fc.constant("directory" as const),
      version: fc.option(version, { nil: undefined }),
      architecture: fc.option(architecture, { nil: undefined }),
      drift: fc.option(fc.array(fc.constantFrom("src/a.go was added", "bin/go is missing"), { maxLength: 2 }), {
        nil: undefined,
      }),
    });
    const tree = fc.oneof(
      fc.constant<ObservedTree>({ kind: "absent" }),
      fc.constant<ObservedTree>({ kind: "link", target: "/opt/go" }),
      directory,
    );
    const text = fc.option(fc.constantFrom("", profile, block, "export A=1\n", `export A=1\n${block}`), { nil: null });
    const receipt = fc.option(fc.tuple(version, architecture), { nil: undefined });
    fc.assert(
      fc.property(
        tree,
        receipt,
        text,
        text,
        version,
        architecture,
        fc.boolean(),
        (stands, had, profileNow, rc, wanted, arch, isEditing) => {
          const observed = observe(stands, had === undefined ? undefined : installed(...had), profileNow, rc);
          const desired = desire(wanted, arch, isEditing);
          const after = follow(observed, planInstall(desired, observed));
          expect(planInstall(desired, after).steps).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
