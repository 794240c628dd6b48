# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""How the modules run readygo on the managed host, and what becomes of its answer."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re

from ansible.module_utils.common.text.converters import to_text

DEFAULT_EXECUTABLE = "/usr/local/bin/readygo"

# The parameter whose value readygo refuses with such a code.
PARAMETER_OF_CODE = {
    "version-invalid": "version",
    "version-unknown": "version",
    "version-too-old": "version",
    "version-file": "version",
    "source-invalid": "source",
    "user-unknown": "users",
    "previous-missing": "version",
    "policy-unmet": "trust",
    "plan-invalid": "plan",
    "plan-stale": "plan",
}

PARAMETER_OF_OPTION = {
    "user": "users",
    "no-links": "links",
    "ca-file": "ca_file",
    "download-timeout": "download_timeout",
}


class Readygo:
    """One program on the managed host; fails the module where it cannot be used."""

    def __init__(self, module):
        self.module = module
        self.executable = module.params["executable"]
        if not os.access(self.executable, os.X_OK):
            module.fail_json(
                msg="executable: there is no program %s on this host" % self.executable,
                code="readygo-missing",
                summary="there is no readygo on this host",
                parameter="executable",
                remedies=["bring it by the role readygo.go.install, or the module readygo.go.readygo_binary"],
            )

    def run(self, words, accepted=(0,), before=None):
        """The object that readygo prints. An exit that is not accepted fails the task; before: what was done until then."""
        argv = [self.executable] + words + ["--json", "--no-color"]
        rc, out, err = self.module.run_command(argv, use_unsafe_shell=False)
        answer = parse_answer(out)
        if answer is None:
            self.module.fail_json(
                msg="%s gave no answer (exit %d): %s" % (self.executable, rc, last_line(err or out)),
                code="readygo-broken",
                summary="readygo gave no answer",
                remedies=["run it on the host: " + " ".join(argv)],
                rc=rc,
                stdout=out,
                stderr=err,
                **(before or {})
            )
        answer["words"] = [line for line in to_text(err).splitlines() if line]
        if rc in accepted:
            return answer
        self.fail(answer, rc, before)

    def fail(self, answer, rc, before=None):
        """With code, summary and remedies of readygo's, and the parameter that they are about."""
        error = answer.get("error") or {}
        code = error.get("code", "unknown")
        summary = error.get("summary", "readygo ended with %d" % rc)
        result = dict(before or {})
        parameter = find_parameter(code, summary)
        if parameter is not None:
            result["parameter"] = parameter
        self.module.fail_json(
            msg=describe_failure(parameter, summary, error),
            code=code,
            summary=summary,
            details=error.get("details") or {},
            cause=error.get("cause"),
            remedies=error.get("remedy") or [],
            rc=rc,
            readygo=without_words(answer),
            **result
        )


def parse_answer(text):
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "error" in answer else None


def last_line(text):
    lines = to_text(text).strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


def without_words(answer):
    return dict((name, value) for name, value in answer.items() if name != "words")


def describe_failure(parameter, summary, error):
    """One line for people: which parameter, what, and what to do first."""
    remedies = error.get("remedy") or []
    text = summary if parameter is None else "%s: %s" % (parameter, summary)
    details = "; ".join("%s: %s" % pair for pair in sorted((error.get("details") or {}).items()))
    if details:
        text = "%s (%s)" % (text, details)
    if remedies:
        text = "%s. Remedy: %s" % (text, remedies[0])
    return text


def find_parameter(code, summary):
    if code in PARAMETER_OF_CODE:
        return PARAMETER_OF_CODE[code]
    option = re.search(r"--([a-z0-9-]+)", summary) if code in ("usage", "config-invalid") else None
    if option is None:
        return None
    return PARAMETER_OF_OPTION.get(option.group(1), option.group(1))


def to_diff(steps):
    """Each step of a plan as one difference, in the plan's own words."""
    return [
        dict(
            before_header="%s (%s)" % (step["target"], step["reason"]),
            after_header="%s (%s)" % (step["target"], step["kind"]),
            before=step["before"] + "\n",
            after=step["after"] + "\n",
        )
        for step in steps
    ]


def merge_steps(*plans):
    """Of plans for several accounts: what they share is done by the first of them."""
    merged = []
    for step in (step for plan in plans for step in plan):
        key = (step["kind"], step["target"])
        if key not in [(other["kind"], other["target"]) for other in merged]:
            merged.append(step)
    return merged


def warn_of(module, answer):
    """What an account's own files override is no failure, and is said."""
    for check in answer.get("checks") or []:
        if check.get("status") == "warn":
            module.warn("%s: %s" % (check.get("id"), check.get("evidence")))
    for line in answer.get("words") or []:
        if line.startswith("warning: "):
            module.warn(line[len("warning: "):])
