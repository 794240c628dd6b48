#!/usr/bin/python
# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""Ansible module: what is known of the Go at /usr/local/go; reads only."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: readygo_info
short_description: Tell which Go a host has, and prove it
version_added: 1.0.0
description:
  - Tells which release is at C(/usr/local/go), who installed it, and which one C(rolled_back) would bring back.
  - Changes nothing.
extends_documentation_fragment:
  - readygo.go.readygo
options:
  verify:
    description:
      - C(none) runs no check.
      - C(quick) holds the tree against what readygo installed, by its bytes, and starts no other program.
      - C(full) runs every check of C(readygo verify), which starts shells and builds programs.
      - A check that fails does not fail the task; I(is_verified) tells.
    type: str
    choices: [none, quick, full]
    default: none
  releases:
    description:
      - Whether servers are asked which releases there are.
    type: bool
    default: false
  source:
    description:
      - Which servers, as for M(readygo.go.readygo). Only with I(releases=true).
    type: list
    elements: str
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: none
    details: It changes nothing.
  platform:
    description: Target OS/families that can be operated against.
    platforms: debian
    support: full
notes:
  - Needs root (C(become)) for I(previous), which only root can read.
seealso:
  - module: readygo.go.readygo
"""

EXAMPLES = r"""
- name: What is there
  readygo.go.readygo_info:
    verify: quick
  become: true
  register: go

- name: Whoever does not have a proven Go
  ansible.builtin.fail:
    msg: "{{ go.failed_checks }}"
  when: not go.is_verified
"""

RETURN = r"""
installed:
  description: The release at C(/usr/local/go); null where there is none.
  returned: success
  type: str
  sample: go1.27.4
ours:
  description: Whether readygo installed it.
  returned: success
  type: bool
previous:
  description: The release that I(state=rolled_back) brings back; null where there is none.
  returned: success
  type: str
architecture:
  description: Of the host, as Go names it.
  returned: success
  type: str
  sample: amd64
releases:
  description: The newest releases, each with C(supported) and C(advisories).
  returned: success
  type: list
  elements: dict
is_verified:
  description: Whether no check failed.
  returned: with I(verify) other than C(none)
  type: bool
checks:
  description: Each check with its evidence.
  returned: with I(verify) other than C(none)
  type: list
  elements: dict
failed_checks:
  description: IDs of those that failed.
  returned: with I(verify) other than C(none)
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.readygo.go.plugins.module_utils.run_readygo import DEFAULT_EXECUTABLE, Readygo


def main():
    module = AnsibleModule(
        argument_spec=dict(
            verify=dict(type="str", choices=["none", "quick", "full"], default="none"),
            releases=dict(type="bool", default=False),
            source=dict(type="list", elements="str"),
            executable=dict(type="path", default=DEFAULT_EXECUTABLE),
        ),
        supports_check_mode=True,
    )
    params = module.params
    if params["source"] is not None and not params["releases"]:
        text = "no server is asked without releases: true"
        module.fail_json(msg="source: " + text, code="parameter-refused", summary=text, parameter="source")
    readygo = Readygo(module)
    words = ["list"] + ["--source=" + source for source in params["source"] or []]
    answer = readygo.run(words + ([] if params["releases"] else ["--quick"]))
    result = dict((name, answer.get(name)) for name in ("installed", "ours", "previous", "architecture", "releases"))
    if params["verify"] != "none":
        result.update(verify(readygo, params["verify"] == "quick"))
    module.exit_json(changed=False, **result)


def verify(readygo, is_quick):
    # 7: a check failed, or there is no Go.
    answer = readygo.run(["verify"] + (["--quick"] if is_quick else []), accepted=(0, 7))
    checks = answer.get("checks") or []
    failed = [check["id"] for check in checks if check.get("status") == "fail"]
    return dict(is_verified=answer.get("error") is None, checks=checks, failed_checks=failed)


if __name__ == "__main__":
    main()
