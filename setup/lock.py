"""Pins and hashes what the .in files ask for: `make lock`. Everything newest that fits is taken."""

from __future__ import annotations

import subprocess

from setup import ROOT, Stop, say, told
from setup.bootstrap import has_uv, make_venv
from setup.commands import UV, environment

PAIRS = {
    "requirements.in": "requirements.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "setup/uv.in": "setup/uv.txt",
    "setup/node.in": "setup/node.txt",
}
# No address of an index may enter the files, so that a mirror or a proxy may stand in for it.
FLAGS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--quiet",
]


def lock() -> None:
    make_venv()
    if not has_uv():
        raise Stop("uv could not be installed; what pip said stands in .venv/setup.log.")
    for source, target in PAIRS.items():
        command = [str(UV), "pip", "compile", *FLAGS, source, "-o", target, "--upgrade"]
        if subprocess.run(command, cwd=ROOT, env=environment()).returncode:
            raise Stop(f"{source} could not be resolved; what uv said stands above.")
        say(f"{target} is written.")


if __name__ == "__main__":
    told(lock)
