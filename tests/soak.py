"""`make soak`: the properties of reminders and of sign-off over many more orders of events (ARGS="--steps 10000 --seed 7")."""

import argparse
import os
import random
import subprocess
import sys

from setup import ROOT

FILES = ("tests/notices/test_properties.py", "tests/decisions/test_life.py", "tests/decisions/test_web_races.py")


def main() -> int:
    """Run them; prints how many steps were taken and the seed that takes the same ones again."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--steps", type=int, default=2000, help="of each machine, at least")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    environment = {**os.environ, "SOAK_STEPS": str(asked.steps), "SOAK_SEED": str(asked.seed)}
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", *FILES]
    code = subprocess.run(words, cwd=ROOT, env=environment).returncode
    print(f"seed {asked.seed}")
    return code


if __name__ == "__main__":
    sys.exit(main())
