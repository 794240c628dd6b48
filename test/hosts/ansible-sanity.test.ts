import { join } from "node:path";
import { expect, it } from "vitest";
import { withHost } from "../lab/hosts/throw-away-host.ts";
import { onlyInFullMode } from "../lab/suite/full-mode.ts";
import { checkout } from "../lab/suite/lab-cache.ts";

// What Ansible's own tools say of the collection. There is no ignore file: a finding fails the test.
const place = "/root/collections/ansible_collections/readygo/go";
const bind = [
  { from: join(checkout, "manifests/ansible"), to: "/opt/collection" },
  { from: join(checkout, "test/lab/fleet/stand_in_pip.py"), to: "/opt/stand_in_pip.py" },
];

/** Of ansible-test's tests those that need nothing but Ansible. */
const sample = ["ansible-doc", "compile", "empty-init", "future-import-boilerplate", "import", "metaclass-boilerplate", "no-illegal-filenames", "shebang", "symlinks", "use-argspec-type-path"]; // prettier-ignore

/** A copy, as ansible-test wants it below a directory of that name, and what it takes for pip. */
const prepare = `
  mkdir -p ${place} ~/.ansible/test/cache
  cp -r /opt/collection/. ${place}
  rm -rf ${place}/tests/sanity
  for version in $(grep -rhoE "'2[0-9][.][0-9.]+'" /usr/lib/python3/dist-packages/ansible_test/_internal/python_requirements.py | tr -d "'"); do
    cp /opt/stand_in_pip.py ~/.ansible/test/cache/get_pip_\${version//./_}.py
  done
  cd ${place}
  export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
`;

it("passes ansible-test sanity, a sample of it", async () => {
  const tests = sample.map((name) => `--test ${name}`).join(" ");
  await withHost({ lower: "fleet", bind }, async (host) => {
    const { stdout } = await host.script(`${prepare}\nansible-test sanity --color no ${tests} 2>&1`);
    expect(stdout.match(/^Running sanity test "[^"]+"/gm)?.length).toBeGreaterThanOrEqual(sample.length);
  });
});

/** Tests that cannot run, and why. */
const unrun: Readonly<Record<"fleet-lint" | "fleet-lint-forky", Readonly<Record<string, string>>>> = {
  "fleet-lint": {},
  "fleet-lint-forky": { "validate-modules": "needs antsibull-docs-parser, which Debian does not have" },
};

// With Debian's releases of the linters in the place of those that ansible-test pins and would fetch.
it.for(["fleet-lint", "fleet-lint-forky"] as const)(
  "passes all of ansible-test sanity on %s",
  async (lower, context) => {
    onlyInFullMode(context);
    const left = Object.keys(unrun[lower]);
    const skip = left.map((name) => `--skip-test ${name}`).join(" ");
    await withHost({ lower, bind }, async (host) => {
      const list = await host.script(`${prepare}\nansible-test sanity --color no --list-tests 2>/dev/null`);
      const run = await host.run(["bash", "-c", `${prepare}\nansible-test sanity --color no ${skip} 2>&1`], {
        timeoutMs: 580_000,
      });
      const ran = new Set([...run.stdout.matchAll(/^Running sanity test "([^"]+)"/gm)].map(([, name = ""]) => name));
      const missing = list.stdout
        .trim()
        .split("\n")
        .filter((name) => !ran.has(name));
      console.log(`${lower}: ${ran.size} sanity tests; not run: ${JSON.stringify(unrun[lower])}`);
      expect([run.status, missing], run.stdout).toEqual([0, left]);
    });
  },
);

// The newer Debian's is of another generation: it wants a collection to refuse ansible-core 2.14.
it("passes ansible-lint's production profile", async (context) => {
  onlyInFullMode(context);
  await withHost({ lower: "fleet-lint", bind }, async (host) => {
    const lint = "ANSIBLE_COLLECTIONS_PATH=/root/collections ansible-lint --offline --nocolor --profile production";
    const run = await host.run(["bash", "-c", `${prepare}\n${lint} 2>&1`], { timeoutMs: 580_000 });
    console.log(run.stdout.trim().split("\n").at(-1));
    expect(run.status, run.stdout).toBe(0);
    expect(run.stdout).toContain("Passed with production profile");
  });
});
