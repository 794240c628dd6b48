# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""What became of each host, with the cause, and as a JSON file."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
name: summary
type: aggregate
short_description: Tell what became of each host
version_added: 1.0.0
description:
  - At the end of a run one line for each host. The release it has, whether it was changed, or the cause why it failed, also where it
    could not be reached, and where its turn did not come.
  - With I(directory) the same as a JSON file for each host, in the form that C(readygo --json) prints, for C(readygo report).
requirements:
  - C(callbacks_enabled = readygo.go.summary) in ansible.cfg
author:
  - The readygo contributors (@readygo)
options:
  directory:
    description: Where the files go, one for each host; made where it is missing. Without it there are none.
    type: path
    env:
      - name: READYGO_RESULTS
    ini:
      - section: callback_readygo_summary
        key: directory
"""

import json
import os
import re

from ansible.plugins.callback import CallbackBase

MODULES = ("readygo.go.readygo", "readygo")


class CallbackModule(CallbackBase):
    """Remembers of each host readygo's last answer and the first failure."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "readygo.go.summary"
    CALLBACK_NEEDS_ENABLED = True
    CALLBACK_NEEDS_WHITELIST = True

    def __init__(self):
        super().__init__()
        self.hosts = []
        self.answers = {}
        self.changed = set()
        self.failures = {}

    def v2_playbook_on_play_start(self, play):
        names = play.get_variable_manager().get_vars(play=play).get("ansible_play_hosts_all", [])
        self.hosts.extend(name for name in names if name not in self.hosts)

    def v2_runner_on_ok(self, result):
        if result._task.action not in MODULES or "readygo" not in result._result:
            return
        host = result._host.get_name()
        self.answers[host] = result._result["readygo"]
        if result._result.get("changed"):
            self.changed.add(host)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        host = result._host.get_name()
        if host not in self.failures and not ignore_errors:
            self.failures[host] = describe_failure(result)
        if "readygo" in result._result:
            self.answers.setdefault(host, result._result["readygo"])

    def v2_runner_on_unreachable(self, result):
        host = result._host.get_name()
        self.failures.setdefault(host, dict(code="unreachable", summary=first_line(result._result.get("msg")), remedy=[]))

    def v2_playbook_on_stats(self, stats):
        self._display.banner("READYGO")
        for host in self.hosts:
            state, line = self.judge(host, stats)
            self._display.display("%-24s %s" % (host, line), color=COLORS[state])
            self.write(host, state)

    def judge(self, host, stats):
        """In a word, and in a line."""
        if stats.failures.get(host) or stats.dark.get(host):
            failure = self.failures.get(host) or dict(code="unknown", summary="a task failed")
            text = "failed     %s: %s" % (failure["code"], failure["summary"])
            if failure.get("details"):
                text += " (%s)" % "; ".join("%s: %s" % pair for pair in sorted(failure["details"].items()))
            return "failed", text + ("; %s is back" % self.back(host) if self.back(host) else "")
        answer = self.answers.get(host)
        if answer is None:
            return "not begun", "not begun  the roll had stopped" if host not in stats.processed else "unchanged  no task of readygo's"
        state = "changed" if host in self.changed else "unchanged"
        return state, "%-10s %s" % (state, answer.get("version") or "no Go of readygo's")

    def back(self, host):
        """The release that was brought back after the failure."""
        answer = self.answers.get(host) or {}
        return answer.get("version") if answer.get("command") == "rollback" else None

    def write(self, host, state):
        directory = self.get_option("directory")
        if not directory:
            return
        os.makedirs(directory, exist_ok=True)
        answer = dict(EMPTY, **(self.answers.get(host) or {}))
        if state == "failed":
            failure = dict(code="unknown", summary="a task failed", remedy=[])
            failure.update(self.failures.get(host) or {})
            answer["status"] = "failed"
            answer["error"] = dict(answer.get("error") or dict(NO_ERROR, **failure))
        elif state == "not begun":
            answer["status"] = "unchanged"
        answer["host"] = host
        answer["fleet"] = state
        # A name of an inventory may be a path.
        name = re.sub(r"[^A-Za-z0-9._-]|^\.", "_", host)
        path = os.path.join(directory, name + ".json")
        with open(path + ".part", "w") as file:
            json.dump(answer, file, indent=2, sort_keys=True)
            file.write("\n")
        os.replace(path + ".part", path)


COLORS = {"failed": "red", "changed": "yellow", "unchanged": "green", "not begun": "cyan"}
NO_ERROR = {"code": "unknown", "summary": "", "details": {}, "cause": None, "remedy": [], "exit": 1}
EMPTY = {
    "command": "install",
    "status": "unchanged",
    "version": None,
    "previous": None,
    "changes": [],
    "checks": [],
    "error": None,
    "durationMs": 0,
}


def first_line(text):
    return (str(text or "").strip().splitlines() or [""])[0]


def describe_failure(result):
    """readygo's own code and summary, or which task it was and what it said."""
    given = result._result
    if "code" in given and "summary" in given:
        return dict(
            code=given["code"],
            summary=given["summary"],
            details=given.get("details") or {},
            remedy=given.get("remedies") or [],
        )
    task = result._task.get_name()
    said = first_line(given.get("msg")) or first_line(given.get("stderr")) or "rc %s" % given.get("rc")
    return dict(code="task-failed", summary="%s: %s" % (task, said), remedy=[])
