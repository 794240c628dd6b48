#!/usr/bin/python
# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""Ansible module: readygo itself, one executable with a pinned hash."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: readygo_binary
short_description: Bring readygo itself to a host
version_added: 1.0.0
description:
  - Fetches a release of readygo, one executable that needs nothing else, and puts it where I(executable) says.
  - The executable is held against a hash that was pinned when the collection was released, before it gets its name. Who
    serves it is not trusted.
extends_documentation_fragment:
  - readygo.go.readygo
options:
  state:
    description:
      - C(absent) removes the executable and nothing else.
    type: str
    choices: [present, absent]
    default: present
  base:
    description:
      - The address that the files of a release are served from.
      - Required with I(state=present).
    type: str
  files:
    description:
      - What a release consists of, as the variable C(install_release_files) of the role C(readygo.go.install) has it.
      - Of each architecture one entry is the executable itself (C(form) is C(binary)). The others are packed forms of it, of
        which the smallest one is fetched that the host's Python can unpack.
      - Required with I(state=present).
    type: list
    elements: dict
    suboptions:
      architecture:
        description: As dpkg names it.
        type: str
        required: true
      form:
        description: How it is packed.
        type: str
        choices: [binary, gz, xz, zst]
        required: true
      bytes:
        description: The size.
        type: int
        required: true
      sha256:
        description: The hash.
        type: str
        required: true
  ca_path:
    description:
      - More CA certificates, a PEM file on the managed host.
    type: path
  timeout:
    description:
      - Seconds without an answer.
    type: int
    default: 30
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
  platform:
    description: Target OS/families that can be operated against.
    platforms: debian
    support: full
notes:
  - Has to run as root (C(become)).
  - A proxy is taken from the task's C(environment).
seealso:
  - module: readygo.go.readygo
"""

EXAMPLES = r"""
- name: Bring readygo
  readygo.go.readygo_binary:
    base: https://mirror.example/readygo
    files: "{{ install_release_files }}"
  become: true
"""

RETURN = r"""
sha256:
  description: The hash of the executable that is there now, or would be.
  returned: success
  type: str
url:
  description: The file that was fetched, or would be.
  returned: where there is something to do
  type: str
bytes:
  description: So many bytes came over the network.
  returned: changed
  type: int
"""

import gzip
import hashlib
import os
import platform
import shutil
import stat
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.urls import fetch_url
from ansible_collections.readygo.go.plugins.module_utils.run_readygo import DEFAULT_EXECUTABLE

try:
    import lzma
except ImportError:
    # Debian's python3-minimal.
    lzma = None

OPENERS = {"gz": gzip.open, "xz": lzma.open if lzma is not None else None}
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
BLOCK = 1 << 20


def main():
    entry = dict(
        architecture=dict(type="str", required=True),
        form=dict(type="str", required=True, choices=["binary", "gz", "xz", "zst"]),
        bytes=dict(type="int", required=True),
        sha256=dict(type="str", required=True),
    )
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["present", "absent"], default="present"),
            base=dict(type="str"),
            files=dict(type="list", elements="dict", options=entry),
            executable=dict(type="path", default=DEFAULT_EXECUTABLE),
            ca_path=dict(type="path"),
            timeout=dict(type="int", default=30),
        ),
        required_if=[("state", "present", ["base", "files"])],
        supports_check_mode=True,
    )
    if module.params["state"] == "absent":
        remove(module)
    bring(module)


def remove(module):
    path = module.params["executable"]
    is_there = os.path.lexists(path)
    if is_there and not module.check_mode:
        os.unlink(path)
    module.exit_json(changed=is_there, diff=describe(path, "present" if is_there else "absent", "absent"))


def bring(module):
    path = module.params["executable"]
    program, packed = choose(module)
    before = hash_of(path)
    if before == program["sha256"] and is_ours(path):
        module.exit_json(changed=False, sha256=before)
    name = "readygo-linux-%s.%s" % (packed["architecture"], packed["form"])
    result = dict(
        changed=True,
        sha256=program["sha256"],
        url="%s/%s" % (module.params["base"].rstrip("/"), name),
        diff=describe(path, "sha256:%s" % before if before else "absent", "sha256:%s" % program["sha256"]),
    )
    if not module.check_mode:
        result["bytes"] = put_in_place(module, result["url"], program, packed)
    module.exit_json(**result)


def describe(path, before, after):
    return [dict(before_header=path, after_header=path, before=before + "\n", after=after + "\n")]


def choose(module):
    """The executable's own entry, and the packed form that is fetched."""
    machine = platform.machine()
    architecture = MACHINES.get(machine, machine)
    own = [entry for entry in module.params["files"] if entry["architecture"] == architecture]
    programs = [entry for entry in own if entry["form"] == "binary"]
    packed = [entry for entry in own if OPENERS.get(entry["form"]) is not None]
    if not programs or not packed:
        known = sorted(set(entry["architecture"] for entry in module.params["files"]))
        fail(
            module,
            "arch-unsupported",
            "there is no readygo for %s that this host can unpack; there is one for %s" % (architecture, ", ".join(known)),
            "take a collection that was released for this architecture",
            parameter="files",
        )
    return programs[0], min(packed, key=lambda entry: entry["bytes"])


def fail(module, code, summary, remedy, **more):
    module.fail_json(msg="%s. Remedy: %s" % (summary, remedy), code=code, summary=summary, remedies=[remedy], **more)


def hash_of(path):
    if not os.path.isfile(path) or os.path.islink(path):
        return None
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def is_ours(path):
    """Only root can have put it there."""
    status = os.lstat(path)
    return status.st_uid == 0 and stat.S_IMODE(status.st_mode) == 0o755


def put_in_place(module, url, program, packed):
    path = module.params["executable"]
    directory = os.path.dirname(path)
    try:
        scratch = tempfile.mkdtemp(prefix=".readygo-", dir=directory)
    except OSError as error:
        fail(module, "step-failed", "%s cannot be written: %s" % (directory, error), "make it writable for root")
    try:
        archive = os.path.join(scratch, "packed")
        fetch(module, url, archive, packed)
        unpacked = os.path.join(scratch, "readygo")
        unpack(module, OPENERS[packed["form"]], archive, unpacked, program)
        os.chmod(unpacked, 0o755)
        os.rename(unpacked, path)
    except OSError as error:
        fail(module, "step-failed", "%s could not be written: %s" % (path, error), "free 200 MB below %s" % directory)
    finally:
        shutil.rmtree(scratch)
    return packed["bytes"]


def fetch(module, url, to, packed):
    """Not a byte more than was released."""
    answer, info = fetch_url(module, url, timeout=module.params["timeout"], ca_path=module.params["ca_path"])
    if info["status"] != 200:
        fail(module, "sources-failed", "%s: %s" % (url, info["msg"]), "serve the files of the release there", parameter="base")
    digest, count = hashlib.sha256(), 0
    with open(to, "wb") as file:
        for block in iter(lambda: answer.read(BLOCK), b""):
            count += len(block)
            if count > packed["bytes"]:
                break
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != packed["sha256"]:
        fail(
            module,
            "checksum-mismatch",
            "%s is not what was released: sha256 %s was expected, %s came" % (url, packed["sha256"], digest.hexdigest()),
            "something on the way rewrites downloads: try another base",
            parameter="base",
        )


def unpack(module, opener, archive, to, program):
    digest, count = hashlib.sha256(), 0
    with opener(archive, "rb") as packed, open(to, "wb") as file:
        for block in iter(lambda: packed.read(BLOCK), b""):
            count += len(block)
            if count > program["bytes"]:
                break
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != program["sha256"]:
        fail(module, "checksum-mismatch", "what came out of the archive is not what was released", "report this as a bug")


if __name__ == "__main__":
    main()
