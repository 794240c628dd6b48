"""For the tests: each result as one line of JSON."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
name: lab_lines
type: stdout
short_description: each result as one line of JSON
description: each result as one line of JSON
"""

import json

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lab_lines"

    def say(self, kind, result):
        line = dict(kind=kind, host=result._host.get_name(), task=result._task.get_name(), result=dict(result._result, failed=kind == "failed"))
        self._display.display(json.dumps(line, default=str))

    def v2_runner_on_ok(self, result, **kwargs):
        self.say("ok", result)

    def v2_runner_on_failed(self, result, **kwargs):
        self.say("failed", result)

    def v2_runner_on_unreachable(self, result):
        self.say("unreachable", result)

    def v2_runner_on_skipped(self, result):
        self.say("skipped", result)

    def v2_playbook_on_stats(self, stats):
        summary = dict((host, stats.summarize(host)) for host in sorted(stats.processed))
        self._display.display(json.dumps(dict(kind="stats", stats=summary)))
