"""`make test`: all tests on throw-away servers, in two processes; with arguments, those tests in one."""

from __future__ import annotations

import os
import subprocess
import sys

from setup import ROOT, Stop, say, told
from setup.browser import MISSING, chromium

IN_PARALLEL = ["-n", "2", "--dist", "loadgroup"]


def main() -> int:
    """Run pytest and give its exit code. Raises Stop under CI=true when browser tests could not run."""
    browser = chromium()
    if not browser and in_ci():
        raise Stop(f"Under CI=true the browser tests must run. {MISSING}")
    arguments = sys.argv[1:]
    code = subprocess.run([sys.executable, "-m", "pytest", *(arguments or IN_PARALLEL)], cwd=ROOT).returncode
    if not browser:
        say(f"Browser tests were skipped. {MISSING}")
    return code


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


if __name__ == "__main__":
    told(main)
