#!/usr/bin/python
# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""Ansible module: the Go at /usr/local/go."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: readygo
short_description: Bring a host to a verified official Go release
version_added: 1.0.0
description:
  - Installs, upgrades, repairs, removes or brings back the Go at C(/usr/local/go), by readygo.
  - The former Go and the new one change places in one system call; there is never no Go. Each host holds what it fetches
    against the publisher's signature, pinned hashes or Go's checksum database itself, so neither a mirror nor the control
    node is trusted.
  - After a change readygo's gate runs on the host. Where a check of it fails, the former Go and files are back and the task
    fails.
  - Check mode and diff show readygo's own plan, the object that is then applied.
extends_documentation_fragment:
  - readygo.go.readygo
options:
  state:
    description:
      - C(present) brings the host to I(version).
      - C(absent) gives the host back as it was before readygo's first run.
      - C(rolled_back) brings back the release that was there before this one, which I(version) names; nothing is fetched. A
        host that has that release already is left as it is.
    type: str
    choices: [present, absent, rolled_back]
    default: present
  version:
    description:
      - C(latest), a line such as C(1.27), a release such as C(1.27.4), or the absolute path of a version file on the managed
        host, such as a go.mod.
      - With I(state=rolled_back) it is required, and is one release, such as I(previous) of the upgrade.
      - Without it, what readygo.ini on the host says, else C(latest).
      - Only a release, such as C(1.27.4), is left alone without asking a server.
    type: str
  source:
    description:
      - Where archives come from, in this order. A name that C(readygo sources --all) lists, a URL, C(goproxy=LIST), or an
        absolute path of a directory or file on the managed host.
      - A bundle on a web server (C(readygo bundle)) is one URL, and one download for all hosts.
    type: list
    elements: str
  trust:
    description:
      - Which trust roots have to prove the archive.
    type: str
    choices: [any, two, log]
  sha256:
    description:
      - The archive's SHA-256. What arrives is held against it.
    type: str
  users:
    description:
      - Accounts of the managed host whose shell files lead to Go. Each is set up by a run of its own; what they share is
        done by the first one.
      - Without it, the account that ran sudo, else root.
      - An empty list leaves all homes alone.
    type: list
    elements: str
  links:
    description:
      - Whether C(go) and C(gofmt) are linked in C(/usr/local/bin), where sudo and services find them.
    type: bool
  gobin:
    description:
      - Whether C(~/go/bin) is put at the end of PATH.
    type: bool
  keep:
    description:
      - So many former releases are kept for I(state=rolled_back).
    type: int
  proxy:
    description:
      - An HTTP(S) or SOCKS5 proxy, such as a cache of the fleet.
    type: str
  ca_file:
    description:
      - More CA certificates, a PEM file on the managed host.
    type: path
  download_timeout:
    description:
      - Seconds that a whole archive may take from one source. Then the task fails with the code C(sources-failed), and nothing
        was changed.
      - Without it, by the archive's size.
    type: int
  plan:
    description:
      - A plan that check mode returned as I(saved). The host gets what was reviewed, or nothing, with the code C(plan-stale).
      - Nothing of it is performed. The host makes a plan anew from the request in it, and compares.
      - With I(users) of more than one account there is no such plan.
    type: dict
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
    details: What a run that was cut off has left is put right in check mode too, as C(readygo plan) does.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
  platform:
    description: Target OS/families that can be operated against.
    platforms: debian
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details: A version that is no release, such as C(latest), means another release when there is a newer one.
notes:
  - Has to run as root (C(become)).
  - Supports amd64 and arm64.
seealso:
  - module: readygo.go.readygo_info
  - module: readygo.go.readygo_binary
"""

EXAMPLES = r"""
- name: One release on all hosts, from a bundle that a web server of yours has
  readygo.go.readygo:
    version: 1.27.4
    source: http://mirror.example/go
    users: [deploy]
  become: true

- name: Review
  readygo.go.readygo:
    version: "1.27"
  become: true
  check_mode: true
  diff: true
  register: reviewed

- name: Apply what was reviewed, or nothing
  readygo.go.readygo:
    plan: "{{ reviewed.saved }}"
  become: true
  when: reviewed is changed

- name: The release that was there before
  readygo.go.readygo:
    state: rolled_back
    version: go1.26.8
  become: true

- name: As the host was before the first run
  readygo.go.readygo:
    state: absent
  become: true
"""

RETURN = r"""
version:
  description: The release that is at C(/usr/local/go) now, or would be.
  returned: success, but not with I(state=absent)
  type: str
  sample: go1.27.4
previous:
  description: The release that was there before, where that is another one.
  returned: success
  type: str
  sample: go1.26.8
steps:
  description: readygo's plan. In check mode what would be done, else what was done.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: What is done.
      type: str
      sample: install-tree
    target:
      description: The file or directory.
      type: str
      sample: /usr/local/go
    reason:
      description: Why.
      type: str
      sample: go1.27.4 was asked for
    before:
      description: What is there before.
      type: str
      sample: go1.26.8 linux/amd64, installed by readygo
    after:
      description: What is there after.
      type: str
      sample: go1.27.4 linux/amd64
changes:
  description: The paths that were changed, and how.
  returned: success, outside check mode
  type: list
  elements: dict
notes:
  description: What readygo has seen and leaves alone.
  returned: success
  type: list
  elements: dict
readygo:
  description:
    - The whole object that C(readygo --json) printed, with C(checks), C(contexts) and C(advisories); of several accounts the last
      one's.
  returned: where readygo gave an answer
  type: dict
saved:
  description: The plan for I(plan).
  returned: check mode with I(state=present), for one account at most
  type: dict
code:
  description: What failed, as C(docs/errors.md) of readygo lists it; C(readygo-missing) and C(readygo-broken) are this module's.
  returned: failure of readygo
  type: str
  sample: gate-failed
summary:
  description: The failure in one sentence.
  returned: failure of readygo
  type: str
remedies:
  description: What to do, most of it to paste.
  returned: failure of readygo
  type: list
  elements: str
details:
  description: The facts of the failure.
  returned: failure of readygo
  type: dict
parameter:
  description: The parameter that the failure is about.
  returned: failure, where it is about one
  type: str
rc:
  description: readygo's exit code.
  returned: failure of readygo
  type: int
"""

import json
import os
import re

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.readygo.go.plugins.module_utils.run_readygo import (
    DEFAULT_EXECUTABLE,
    Readygo,
    merge_steps,
    to_diff,
    warn_of,
    without_words,
)

# Parameters that decide what is planned: a plan has them already.
PLANNED = ("version", "source", "trust", "sha256", "users", "links", "gobin")
FETCHING = ("source", "trust", "sha256", "users", "links", "gobin", "keep", "proxy", "ca_file", "download_timeout", "plan")
FOREIGN = {"absent": ("version",) + FETCHING, "rolled_back": FETCHING}


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["present", "absent", "rolled_back"], default="present"),
            version=dict(type="str"),
            source=dict(type="list", elements="str"),
            trust=dict(type="str", choices=["any", "two", "log"]),
            sha256=dict(type="str"),
            users=dict(type="list", elements="str"),
            links=dict(type="bool"),
            gobin=dict(type="bool"),
            keep=dict(type="int"),
            proxy=dict(type="str"),
            ca_file=dict(type="path"),
            download_timeout=dict(type="int"),
            plan=dict(type="dict"),
            executable=dict(type="path", default=DEFAULT_EXECUTABLE),
        ),
        required_if=[("state", "rolled_back", ["version"])],
        supports_check_mode=True,
    )
    refuse_foreign(module)
    act = dict(present=be_present, absent=be_absent, rolled_back=be_rolled_back)[module.params["state"]]
    module.exit_json(**act(module, Readygo(module)))


def refuse(module, parameter, text):
    module.fail_json(msg="%s: %s" % (parameter, text), code="parameter-refused", summary=text, parameter=parameter)


def refuse_foreign(module):
    """What a state does not take, and what readygo would read as another word."""
    params = module.params
    for name in FOREIGN.get(params["state"], ()):
        if params[name] is not None:
            refuse(module, name, "state %s does not take it" % params["state"])
    if params["plan"] is not None:
        for name in PLANNED:
            if params[name] is not None:
                refuse(module, name, "it is in the plan already")
    version = params["version"]
    if version is not None and (version == "" or version.startswith("-")):
        refuse(module, "version", "%r is no version" % version)
    if params["state"] == "rolled_back" and re.match(r"^(go)?\d+\.\d+(\.\d+|(beta|rc)\d+)$", version) is None:
        refuse(module, "version", "%r is not one release, such as 1.26.8" % version)
    for user in params["users"] or []:
        if user == "" or params["users"].count(user) > 1:
            refuse(module, "users", "%r is named twice" % user if user else "an empty name")
    for source in params["source"] or []:
        if source == "":
            refuse(module, "source", "an empty source")
    # readygo reads it when it first speaks TLS, which it need not.
    if params["ca_file"] is not None and not os.path.isfile(params["ca_file"]):
        refuse(module, "ca_file", "there is no file %s" % params["ca_file"])


def list_words(params, command, user):
    """The command line of `plan` and `install`, for one account. Values are never words of their own."""
    words = [command]
    if params["version"] is not None:
        words.append(params["version"])
    for source in params["source"] or []:
        words.append("--source=" + source)
    for name in ("trust", "sha256"):
        if params[name] is not None:
            words.append("--%s=%s" % (name, params[name]))
    words.extend(way_words(params))
    for name in ("links", "gobin"):
        if params[name] is not None:
            words.append(("--%s" if params[name] else "--no-%s") % name)
    if user is not None:
        words.append("--user=" + user)
    elif params["users"] == []:
        words.append("--no-rc")
    return words


def be_present(module, readygo):
    params = module.params
    # A word for each account; None: whom readygo chooses itself.
    users = params["users"] or [None]
    if module.check_mode:
        if params["plan"] is not None:
            return preview_saved(module, readygo)
        return report(module, [readygo.run(list_words(params, "plan", user)) for user in users])
    answers = []
    for user in users:
        words = saved_words(module) if params["plan"] is not None else list_words(params, "install", user)
        if params["keep"] is not None:
            words.append("--keep=%d" % params["keep"])
        done = report(module, answers) if answers else None
        # What an earlier account's run has changed stays, and is said.
        before = dict((name, done[name]) for name in ("changed", "steps", "changes")) if done else None
        answers.append(readygo.run(words, before=before))
    return report(module, answers)


def saved_words(module):
    """The plan, in a file of root's alone that goes with the module's other temporary files."""
    path = os.path.join(module.tmpdir, "plan.json")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(module.params["plan"], file)
    return ["install", "--plan=" + path] + way_words(module.params)


def way_words(params):
    """How this host comes to its servers."""
    names = ("proxy", "ca_file", "download_timeout")
    return ["--%s=%s" % (name.replace("_", "-"), params[name]) for name in names if params[name] is not None]


def preview_saved(module, readygo):
    """What a plan says of itself is no proof: the host's own plan of now, from the same request, is held against it."""
    saved = module.params["plan"]
    settings = saved.get("settings")
    version = saved.get("version")
    if not isinstance(version, str) or version.startswith("-") or not isinstance(settings, dict):
        refuse(module, "plan", "it is no plan that check mode returned as saved")
    words = ["plan", version]
    for name, value in sorted(settings.items()):
        if isinstance(value, bool):
            words.append(("--%s" if value else "--no-%s") % name)
        else:
            words.extend("--%s=%s" % (name, one) for one in (value if isinstance(value, list) else [value]))
    answer = readygo.run(words + way_words(module.params))
    now = answer["saved"]["steps"]
    if now and now != saved.get("steps"):
        text = "the host has changed since the plan was made"
        module.fail_json(msg="plan: " + text, code="plan-stale", summary=text, parameter="plan", remedies=["make a new plan"])
    return report(module, [answer])


def report(module, answers):
    """One result of the runs for all accounts."""
    first = answers[0]
    steps = merge_steps(*[answer.get("steps") or [] for answer in answers])
    result = dict(
        changed=any(answer["status"] in ("changed", "planned") for answer in answers),
        version=first.get("version"),
        previous=first.get("previous"),
        steps=steps,
        diff=to_diff(steps),
        notes=merge_lists(answers, "notes"),
        readygo=without_words(answers[-1]),
    )
    if not module.check_mode:
        result["changes"] = merge_lists(answers, "changes")
    elif len(answers) == 1 and "saved" in first:
        result["saved"] = first["saved"]
    for answer in answers:
        warn_of(module, answer)
    return result


def merge_lists(answers, name):
    merged = []
    for item in (item for answer in answers for item in answer.get(name) or []):
        if item not in merged:
            merged.append(item)
    return merged


def be_absent(module, readygo):
    return report(module, [readygo.run(["uninstall"] + (["--dry-run"] if module.check_mode else []))])


def be_rolled_back(module, readygo):
    wanted = module.params["version"]
    wanted = wanted if wanted.startswith("go") else "go" + wanted
    here = readygo.run(["list", "--quick"])
    if here.get("version") == wanted and here.get("ours"):
        return dict(changed=False, version=wanted, previous=None, steps=[], diff=[], notes=[], readygo=without_words(here))
    if here.get("previous") != wanted:
        text = "%s is not kept on this host; kept: %s" % (wanted, here.get("previous") or "nothing")
        module.fail_json(
            msg="version: " + text,
            code="previous-missing",
            summary=text,
            parameter="version",
            remedies=["state present with version %s fetches it" % wanted],
        )
    return report(module, [readygo.run(["rollback"] + (["--dry-run"] if module.check_mode else []))])


if __name__ == "__main__":
    main()
