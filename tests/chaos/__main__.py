"""`make chaos`: reminders under kills, freezes and crashes (ARGS=--long for 10,000 of them; ARGS="--seed 7")."""

import argparse
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from setup import postgres
from tests.chaos.site import Site


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--long", action="store_true", help="10,000 reminders and 1,000 kills")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="coalition-chaos-"))
    site = Site(folder)
    try:
        for name in os.environ.keys() - postgres.environment().keys():
            del os.environ[name]
        os.environ.update(site.environment(folder, plans_every=30.0 if asked.long else 5.0))
        django.setup()
        # Only now: they read the settings.
        forms, run = importlib.import_module("tests.chaos.forms"), importlib.import_module("tests.chaos.run")
        line, faults = forms.judge_all(site, folder, run.LONG if asked.long else run.SHORT, asked.seed)
    finally:
        site.stop()
    print("\n".join([line, *faults]))
    if faults:
        print(f"The logs are in {folder}.")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"took {time.monotonic() - began:.0f} s")
    sys.exit(code)
