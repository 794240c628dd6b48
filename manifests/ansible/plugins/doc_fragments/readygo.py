# Copyright: the readygo contributors
# MIT license (see LICENSE), or the GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: MIT OR GPL-3.0-or-later
"""What the documentation of the modules has in common."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment:
    """Read by ansible-doc."""

    DOCUMENTATION = r"""
options:
  executable:
    description:
      - Where readygo lies on the managed host.
    type: path
    default: /usr/local/bin/readygo
requirements:
  - readygo on the managed host; the role C(readygo.go.install) and the module M(readygo.go.readygo_binary) bring it.
  - Python 3 on the managed host, for Ansible itself.
author:
  - The readygo contributors (@readygo)
"""
