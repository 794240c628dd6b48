"""
In the place of pip, for ansible-test, which fetches linters of pinned versions into an environment for each of its tests.
Where no registry of Python packages can be reached, this gives those environments the distribution's packages.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os
import sys
import sysconfig

site = sysconfig.get_paths()["purelib"]
os.makedirs(os.path.join(site, "pip"), exist_ok=True)
with open(os.path.join(site, "distribution.pth"), "w") as file:
    file.write("/usr/lib/python3/dist-packages\n")
for name in ("__init__.py", "__main__.py"):
    # pip install: it is all there.
    open(os.path.join(site, "pip", name), "w").close()
sys.exit(0)
